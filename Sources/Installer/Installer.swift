internal import Bundle
internal import Manifest
internal import Platform
internal import Signing
public import Store
internal import Trust
public import YunCore

/// Installs and removes apps. Every change is one transaction of the registry; what lies on disk before the commit
/// or after it without being named is nothing, and recovery takes it away.
public struct Installer {
    /// What an install did.
    public enum Outcome: Sendable, Equatable {
        case installed
        case updated(from: VersionCode)
        /// The very same release is already there.
        case unchanged
    }

    /// Which user ids apps get on a store of root's.
    public static let userIDs: ClosedRange<UInt32> = 1_900_000_000...1_900_099_999

    private let root: StoreRoot
    private let announceWaiting: (() -> Void)?
    private let threads: Int

    /// - Parameters:
    ///   - root: the store.
    ///   - threads: how many decompress and write at once.
    ///   - announceWaiting: called before waiting for another process; `nil` fails at once instead.
    public init(root: StoreRoot, threads: Int, announceWaiting: (() -> Void)?) {
        self.root = root
        self.threads = threads
        self.announceWaiting = announceWaiting
    }

    /// Installs or updates an app.
    /// - Parameters:
    ///   - package: verified but for its payload, which is verified while it is written.
    ///   - progress: told how many compressed bytes have been read, from any thread.
    public func install(
        _ package: VerifiedBundle, progress: @escaping @Sendable (Int) -> Void
    ) throws(Failure) -> Outcome {
        let lock = try root.lock(announce: announceWaiting)
        defer { withExtendedLifetime(lock) {} }
        _ = try root.recover()
        let indexDigest = Digest(of: package.bundle.indexBytes)
        let existing = try root.registry.app(package.manifest.domain)
        if let existing {
            try Self.check(package, indexDigest, replaces: existing)
            if let current = existing.current, current.indexDigest == indexDigest {
                return try repair(current, from: package, progress)
            }
        }
        try checkSpace(for: package.index)
        let release = InstalledRelease(
            domain: package.manifest.domain, version: package.manifest.version,
            versionCode: package.manifest.versionCode, indexDigest: indexDigest,
            contentBytes: package.index.contentBytes, installedAt: CurrentProcess.now, isCurrent: true)
        let userID = try userID(of: existing)
        try stage(package, release, existing?.current, progress)
        if existing == nil {
            // Data without an owner is nobody's to read, so not this publisher's either.
            try root.data.removeTree(release.domain.name)
            try root.cache.removeTree(release.domain.name)
        }
        try makeDataDirectories(release.domain, userID)
        try publish(release)
        try root.registry.commit(
            Registry.NewRelease(
                release: release, publisherKey: package.publisher.key.bytes,
                signingClass: package.publisher.signingClass.rawValue, userID: userID,
                title: package.manifest.title.text(forLocale: "en"),
                pages: package.manifest.pages.map { ($0.uri.description, $0.kind.rawValue, $0.isMain) }))
        // What the commit no longer names goes now rather than at the next change.
        _ = try root.recover()
        return existing?.current.map { .updated(from: $0.versionCode) } ?? .installed
    }

    /// The release that is installed already; where its directory is gone, it is written again.
    private func repair(
        _ release: InstalledRelease, from package: VerifiedBundle,
        _ progress: @escaping @Sendable (Int) -> Void
    ) throws(Failure) -> Outcome {
        if try root.apps.status(of: release.domain.name)?.kind == .directory,
            try root.apps.directory(release.domain.name).status(of: release.directoryName) != nil
        {
            return .unchanged
        }
        try stage(package, release, nil, progress)
        try publish(release)
        return .installed
    }

    /// Same publisher, no step back, and one version code means one content.
    private static func check(
        _ package: VerifiedBundle, _ indexDigest: Digest, replaces existing: InstalledApp
    ) throws(Failure) {
        let domain = package.manifest.domain
        guard package.publisher.continues(existing.publisherKey) else {
            let what =
                existing.current == nil
                ? "the kept data of \(domain) belongs" : "\(domain) is installed and belongs"
            throw Failure(
                .installOtherKey, "\(what) to another publisher's key",
                hint: "to give up that app and its data first: ypkg remove \(domain)")
        }
        guard let current = existing.current else { return }
        guard package.manifest.versionCode >= current.versionCode else {
            throw Failure(
                .installDowngrade,
                "\(domain) \(current.version) (\(current.versionCode)) is installed, which is newer than version code \(package.manifest.versionCode)",
                hint: "install a package with a higher version code")
        }
        guard package.manifest.versionCode > current.versionCode || current.indexDigest == indexDigest else {
            throw Failure(
                .installOtherBytes,
                "\(domain) with version code \(current.versionCode) is installed with other contents",
                hint: "raise version_code in the manifest and pack again")
        }
    }

    private func checkSpace(for index: Index) throws(Failure) {
        // Each entry takes a block beside its contents.
        let neededBytes = index.contentBytes + index.entries.count * 4096
        let freeBytes = try root.staging.freeBytes()
        guard neededBytes <= freeBytes else {
            throw Failure(
                .noSpace,
                "\(index.domain) needs \(neededBytes >> 20) MiB, \(freeBytes >> 20) MiB are free",
                hint: "free some space and try again")
        }
    }

    private func userID(of existing: InstalledApp?) throws(Failure) -> UInt32? {
        if let userID = existing?.userID { return userID }
        return CurrentProcess.isRoot ? try root.registry.freeUserID(in: Self.userIDs) : nil
    }

    /// Writes the whole release under `staging`. Nothing of a package that turns out to be bad stays.
    private func stage(
        _ package: VerifiedBundle, _ release: InstalledRelease, _ previous: InstalledRelease?,
        _ progress: @escaping @Sendable (Int) -> Void
    ) throws(Failure) {
        let name = Self.stagingName(release)
        do throws(Failure) {
            let staged = try root.staging.makeDirectory(name)
            let tree = try staged.makeDirectory("tree")
            try TreeSink.makeDirectories(of: package.index, in: tree)
            let known =
                try previous.map { previous throws(Failure) in try knownContents(of: previous) } ?? .none
            try package.bundle.readPayload(
                of: package.index, threads: threads, spoolDirectory: root.staging.path, progress: progress
            ) {
                TreeSink(tree, known)
            }
            try write(package.bundle.manifestBytes, to: Manifest.fileName, in: staged)
            try write(package.bundle.indexBytes, to: "index", in: staged)
            for signature in package.bundle.signatures {
                let file = signature.name.map { "index.\($0).minisig" } ?? "index.minisig"
                try write(signature.text, to: file, in: staged)
            }
        } catch {
            try root.staging.removeTree(name)
            throw error
        }
    }

    private static func stagingName(_ release: InstalledRelease) -> String {
        "\(release.domain)-\(release.directoryName)"
    }

    private func knownContents(of release: InstalledRelease) throws(Failure) -> KnownContents {
        let directory = try root.directory(of: release)
        let index = try Index(text: directory.contents(of: "index", limit: Limits.indexBytesMax))
        return KnownContents.of(index, in: try directory.directory("tree"))
    }

    private func write(_ bytes: [UInt8], to name: String, in directory: AnchoredDirectory) throws(Failure) {
        let file = try directory.open(name, .createNew(permissions: 0o644))
        try file.write(bytes)
    }

    /// Kept across updates and, where the owner asked for it, removals.
    private func makeDataDirectories(_ domain: Domain, _ userID: UInt32?) throws(Failure) {
        for parent in [root.data, root.cache] {
            let directory = try parent.makeDirectory(domain.name, permissions: 0o700)
            if let userID { try directory.setOwner(userID) }
        }
    }

    /// Renames the staged release into place and makes all of it durable with one call; the commit that names it
    /// comes after.
    private func publish(_ release: InstalledRelease) throws(Failure) {
        let target = try root.apps.makeDirectory(release.domain.name)
        try root.staging.move(Self.stagingName(release), to: target, as: release.directoryName)
        try target.synchronizeFileSystem()
    }

    /// Removes an app, and its data unless `keepsData`.
    public func remove(_ domain: Domain, keepsData: Bool) throws(Failure) {
        let lock = try root.lock(announce: announceWaiting)
        defer { withExtendedLifetime(lock) {} }
        _ = try root.recover()
        guard let app = try root.registry.app(domain), app.current != nil || !keepsData else {
            throw Failure(.appUnknown, "\(domain) is not installed", hint: "see what is: ypkg list")
        }
        try root.registry.remove(domain, keepsData: keepsData, at: CurrentProcess.now)
        _ = try root.recover()
    }

    /// Clears away what interrupted changes left.
    public func recover() throws(Failure) -> RecoveryReport {
        let lock = try root.lock(announce: announceWaiting)
        defer { withExtendedLifetime(lock) {} }
        return try root.recover()
    }
}
