public import Platform
public import YunCore

/// What a running app holds, so that neither its release nor its data goes while it lives. The kernel gives it back
/// when the process that launched the app dies, and the app dies with that process.
///
/// The locks are on directories that no app can reach: `apps/DOMAIN` stands for the app with its data, the release's
/// own directory for the release.
public final class AppUse: Sendable {
    /// The release that runs.
    public let release: InstalledRelease
    /// The release's own directory.
    public let directory: AnchoredDirectory
    /// Whose the app's files are in a store of root's.
    public let userID: UInt32?
    private let allData: AnchoredDirectory
    private let locks: [FileLock]

    fileprivate init(
        _ app: InstalledApp, _ release: InstalledRelease, at directory: AnchoredDirectory, in root: StoreRoot,
        _ locks: [FileLock]
    ) {
        self.release = release
        self.directory = directory
        self.locks = locks
        userID = app.userID
        allData = root.data
    }

    /// Lets go of the app, whoever still holds this: nothing of it runs any more.
    public func endUse() { for lock in locks { lock.release() } }

    /// `data/DOMAIN`, which stays where it is as long as this lives.
    func data() throws(Failure) -> AnchoredDirectory { try allData.directory(release.domain.name) }
}

extension StoreRoot {
    /// Takes an app into use with the release that is current then, or says with `nil` that none is installed.
    public func use(_ domain: Domain) throws(Failure) -> AppUse? {
        while let app = try registry.app(domain), let release = app.current {
            let locked = Result { () throws(Failure) in try lock(app, release) }
            // Between the look and the locks the app may have been updated, or removed and installed anew: then the
            // locks are on what nobody calls the app any more, or could not be had.
            guard try registry.app(domain)?.current == release else { continue }
            guard try registry.isSettled(domain) else {
                throw Failure(
                    .storeBusy, "\(domain) is in the middle of a change", hint: "finish it: ypkg recover")
            }
            if let use = try locked.get() { return use }
        }
        return nil
    }

    private func lock(_ installed: InstalledApp, _ release: InstalledRelease) throws(Failure) -> AppUse? {
        let app: AnchoredDirectory
        let directory: AnchoredDirectory
        do throws(Failure) {
            app = try apps.directory(release.domain.name)
            directory = try app.directory(release.directoryName)
        } catch {
            throw Failure(
                .storeDamaged, "the release of \(release.domain) is not on disk",
                hint: "install its package again")
        }
        guard let appLock = try app.lockSelf(isShared: true, waiting: true),
            let releaseLock = try directory.lockSelf(isShared: true, waiting: true),
            try isInPlace(app, release.domain)
        else { return nil }
        return AppUse(installed, release, at: directory, in: self, [appLock, releaseLock])
    }

    /// Whether the locked directory still is the app's.
    private func isInPlace(_ app: AnchoredDirectory, _ domain: Domain) throws(Failure) -> Bool {
        try app.status(of: ".")?.inode == apps.status(of: domain.name)?.inode
    }

    /// Keeps an app from being started, or `nil` where it runs and this does not wait for its end. Only for whoever
    /// holds the store's lock: everybody else who waits for it looks into the registry again.
    public func reserve(_ domain: Domain, waiting: Bool = false) throws(Failure) -> FileLock? {
        try apps.makeDirectory(domain.name).lockSelf(isShared: false, waiting: waiting)
    }

    /// Keeps a release from being started, or `nil` where it runs.
    public func reserve(release name: String, of domain: String) throws(Failure) -> FileLock? {
        try apps.directory(domain).directory(name).lockSelf(isShared: false, waiting: false)
    }
}
