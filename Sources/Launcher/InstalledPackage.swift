internal import Installer
public import Manifest
public import Platform
public import Signing
public import Store
public import YunCore

/// An installed app with the manifest of its current release.
public struct InstalledPackage: Sendable {
    /// What the registry says.
    public let app: InstalledApp
    /// The release that runs.
    public let release: InstalledRelease
    /// Where the release lies; its files are in `tree`.
    public let directory: AnchoredDirectory
    /// What the app says of itself.
    public let manifest: Manifest
    /// Keeps the release and the data where they are, where the package was opened to be run.
    public let use: AppUse?

    /// Reads the current release of an installed app, and takes it into use where it is going to run.
    public init(
        _ domain: Domain, in root: StoreRoot, forRunning: Bool = false,
        manifests: ManifestCache = ManifestCache()
    ) throws(Failure) {
        if forRunning, try !root.registry.isSettled(domain) {
            _ = try Installer(root: root, threads: 1, announceWaiting: {}).recover()
        }
        use = forRunning ? try root.use(domain) : nil
        guard let app = try root.registry.app(domain), let release = use?.release ?? app.current else {
            throw Failure(.appUnknown, "\(domain) is not installed", hint: "see what is: ypkg list")
        }
        if forRunning { try AnchorStore(root).revocations().check(release) }
        self.app = app
        self.release = release
        do throws(Failure) {
            directory = if let use { use.directory } else { try root.directory(of: release) }
        } catch {
            throw Failure(
                .storeDamaged, "the release of \(domain) is not on disk", hint: "install its package again")
        }
        manifest = try manifests.manifest(ofRelease: release.indexDigest) { [directory] () throws(Failure) in
            let bytes = try directory.contents(of: Manifest.fileName, limit: Limits.manifestBytesMax)
            return try Manifest(bytes, describedAs: directory.path(of: Manifest.fileName))
        }
    }

    /// The picture of the main page in this release.
    public var icon: InstalledIcon { InstalledIcon(manifest: manifest, release: directory) }

    /// The key that signed the release, with the id that stands in its signature.
    public func publisher() throws(Failure) -> PublicKey {
        let bytes = try directory.contents(of: "index.minisig", limit: Limits.signatureBytesMax)
        guard let key = PublicKey(try Signature(fileText: bytes).keyID, bytes: release.publisherKey) else {
            throw Failure(
                .storeDamaged, "the key of \(app.domain) is not known", hint: "install its package again")
        }
        return key
    }
}

/// The picture of an app's main page in one release. Whoever holds it does not hold the release in use.
public struct InstalledIcon: Sendable {
    fileprivate let manifest: Manifest
    fileprivate let release: AnchoredDirectory

    /// A stranger's bytes, which nothing has decoded; `nil` where they are not to be shown (T-20).
    public func read() -> [UInt8]? { AppIcon(manifest, in: release)?.bytes }
}
