internal import Manifest
internal import Platform
public import Store
public import YunCore

extension Installer {
    /// Returns an app to its other release on the device, each with its own data: what the present one has now is set
    /// aside for the next return, which undoes this one.
    /// - Parameter withCurrentData: for where the other release's data was not kept.
    /// - Returns: the release that is current now.
    public func goBack(_ domain: Domain, withCurrentData: Bool) throws(Failure) -> InstalledRelease {
        let lock = try root.lock(announce: announceWaiting)
        defer { withExtendedLifetime(lock) {} }
        var report = try root.recover()
        guard let app = try root.registry.app(domain), app.current != nil else {
            throw Failure(.appUnknown, "\(domain) is not installed", hint: "see what is: ypkg list")
        }
        try refuseUnfinished(domain)
        guard let other = try root.registry.releases(of: domain).first(where: { !$0.isCurrent }) else {
            throw Failure(
                .releaseUnknown, "there is no other release of \(domain) to return to",
                hint: "an update keeps the one before it")
        }
        try AnchorStore(root).revocations().check(other)
        guard let reservation = try root.reserve(domain) else { throw .running(domain) }
        defer { withExtendedLifetime(reservation) {} }
        try checkData(of: app, withCurrentData: withCurrentData)
        try root.beginChange()
        try emptyCache(of: app)
        // Read before the word is given that nobody takes back.
        let manifest = try root.manifest(of: other)
        let export = report.export { () throws(Failure) in try Exports(root).prepare(other, manifest) }
        if let snapshot = app.snapshot {
            guard let data = try root.data.status(of: domain.name),
                let kept = try root.snapshots.status(of: snapshot)
            else { throw Failure(.storeDamaged, "the data of \(domain) is not on disk") }
            let step = Registry.GoingBack(
                domain: domain, versionCode: other.versionCode, snapshot: snapshot, dataInode: data.inode,
                snapshotInode: kept.inode)
            try root.registry.begin(step)
            try root.finish(step)
        } else {
            try root.staging.synchronizeFileSystem()
            try root.commitReturn(to: other)
        }
        try end(domain, export, snapshot: nil, &report)
        return other
    }

    /// A return that cannot be finished leaves open which data belongs to which release.
    /// Nor may a running app's data that lies as it did in older stores.
    func refuseUnfinished(_ domain: Domain) throws(Failure) {
        guard try root.registry.unfinishedReturns(of: domain).isEmpty else {
            throw Failure(
                .storeDamaged, "the return of \(domain) to another release cannot be finished",
                hint:
                    "see why: ypkg recover; to start afresh with the data as it is: ypkg remove --keep-data \(domain)"
            )
        }
        guard try root.registry.isSettled(domain) else { throw .running(domain) }
    }

    private func checkData(of app: InstalledApp, withCurrentData: Bool) throws(Failure) {
        if withCurrentData, app.snapshot != nil {
            throw Failure(
                .usage, "the data that \(app.domain) had with that release was kept",
                hint: "leave out --with-current-data")
        }
        guard withCurrentData || app.snapshot != nil else {
            throw Failure(
                .dataUnknown, "the data that \(app.domain) had with that release was not kept",
                hint: "to return with the data as it is now: ypkg rollback \(app.domain) --with-current-data")
        }
    }

    /// What one release put into the cache is nothing for the other. Both names exist throughout, for a run needs them.
    private func emptyCache(of app: InstalledApp) throws(Failure) {
        let name = "cache"
        let empty = try root.staging.makeDirectory(name, permissions: 0o700)
        if let userID = app.userID { try empty.setOwner(userID) }
        guard try root.cache.status(of: app.domain.name) != nil else { return }
        try root.cache.exchange(app.domain.name, with: name, in: root.staging)
        try root.staging.removeTree(name)
    }
}

extension StoreRoot {
    /// Finishes a return from wherever it stopped: run again after any failure it ends the same.
    func finish(_ step: Registry.GoingBack) throws(Failure) {
        guard
            let release = try registry.releases(of: step.domain).first(where: {
                $0.versionCode == step.versionCode
            })
        else { throw Failure(.storeDamaged, "the release that \(step.domain) returns to is not known") }
        switch try data.status(of: step.domain.name)?.inode {
        case step.dataInode: try data.exchange(step.domain.name, with: step.snapshot, in: snapshots)
        case step.snapshotInode: break
        default:
            throw Failure(
                .storeDamaged, "cannot tell to which release the data of \(step.domain) belongs",
                hint:
                    "somebody else moved it; to start afresh with it: ypkg remove --keep-data \(step.domain)")
        }
        try data.synchronizeFileSystem()
        try commitReturn(to: release)
    }

    func manifest(of release: InstalledRelease) throws(Failure) -> Manifest {
        let directory = try directory(of: release)
        let bytes = try directory.contents(of: Manifest.fileName, limit: Limits.manifestBytesMax)
        return try Manifest(bytes, describedAs: directory.path(of: Manifest.fileName))
    }

    fileprivate func commitReturn(to release: InstalledRelease) throws(Failure) {
        let manifest = try manifest(of: release)
        try registry.commitReturn(
            of: release.domain, to: release.versionCode, title: manifest.registryTitle,
            pages: manifest.registryPages, permissions: manifest.permissionSet, at: CurrentProcess.now)
    }
}

extension Manifest {
    var registryTitle: String { title.text(forLocale: "en") }
    var permissionSet: Set<Permission> { Set(permissions.map(\.permission)) }
    var registryPages: [Registry.PageRow] {
        pages.map { ($0.uri.description, $0.kind.rawValue, $0.isMain) }
    }
}
