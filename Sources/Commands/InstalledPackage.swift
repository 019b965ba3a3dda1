internal import Manifest
internal import Platform
internal import Store
internal import YunCore

/// An installed app with the manifest of its current release.
struct InstalledPackage {
    let app: InstalledApp
    let release: InstalledRelease
    let directory: AnchoredDirectory
    let manifest: Manifest

    init(_ domain: Domain, in root: StoreRoot) throws(Failure) {
        guard let app = try root.registry.app(domain), let release = app.current else {
            throw Failure(.appUnknown, "\(domain) is not installed", hint: "see what is: ypkg list")
        }
        self.app = app
        self.release = release
        do throws(Failure) {
            directory = try root.directory(of: release)
        } catch {
            throw Failure(
                .storeDamaged, "the release of \(domain) is not on disk", hint: "install its package again")
        }
        let bytes = try directory.contents(of: Manifest.fileName, limit: Limits.manifestBytesMax)
        manifest = try Manifest(bytes, describedAs: directory.path(of: Manifest.fileName))
    }
}
