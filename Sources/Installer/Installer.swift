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
        case updated(from: VersionCode, WayBack)
        /// The very same release is already there.
        case unchanged
    }

    /// Which user ids apps get on a store of root's.
    public static let userIDs: ClosedRange<UInt32> = 1_900_000_000...1_900_099_999

    let root: StoreRoot
    let announceWaiting: (() -> Void)?
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
    ///   - allowsDowngrade: whether a developer's package may be older than what was installed.
    ///   - progress: told how many compressed bytes have been read, from any thread.
    public func install(
        _ package: VerifiedBundle, allowsDowngrade: Bool = false, progress: @escaping @Sendable (Int) -> Void
    ) throws(Failure) -> Outcome {
        let lock = try root.lock(announce: announceWaiting)
        defer { withExtendedLifetime(lock) {} }
        var report = try root.recover()
        let indexDigest = Digest(of: package.bundle.indexBytes)
        let existing = try root.registry.app(package.manifest.domain)
        if let existing {
            if let current = existing.current, current.indexDigest == indexDigest {
                return try repair(current, from: package, progress, &report)
            }
            try check(package, indexDigest, replaces: existing, allowsDowngrade)
        }
        // A removed app that still runs has its data open: it can be neither deleted nor given to another.
        guard existing != nil || !report.running.contains(package.manifest.domain.name) else {
            throw .running(package.manifest.domain)
        }
        try refuseUnfinished(package.manifest.domain)
        let release = InstalledRelease(
            domain: package.manifest.domain, version: package.manifest.version,
            versionCode: package.manifest.versionCode, indexDigest: indexDigest,
            contentBytes: package.index.contentBytes, installedAt: CurrentProcess.now,
            publisherKey: package.publisher.key.bytes, voucherKeys: package.publisher.vouchers.map(\.bytes),
            isCurrent: true)
        let isPresent = try isPresent(release, isRunning: report.running.contains(release.domain.name))
        if !isPresent {
            let known = existing?.current.map(knownContents) ?? .none
            try checkSpace(for: package, known)
            try stage(package, release, known, progress)
        }
        try root.beginChange()
        if !isPresent { try moveIntoPlace(release) }
        return try commit(package, release, existing, &report)
    }

    /// A release that is there as the one before, or because it runs, has been whole ever since it was committed.
    private func isPresent(_ release: InstalledRelease, isRunning: Bool) throws(Failure) -> Bool {
        let isNamed = try root.registry.releases(of: release.domain).contains {
            $0.indexDigest == release.indexDigest && $0.versionCode == release.versionCode
        }
        guard isNamed || isRunning else { return false }
        return try isOnDisk(release)
    }

    private func isOnDisk(_ release: InstalledRelease) throws(Failure) -> Bool {
        guard try root.apps.status(of: release.domain.name)?.kind == .directory else { return false }
        return try root.apps.directory(release.domain.name).status(of: release.directoryName) != nil
    }

    /// From here on whoever starts the app waits, and then starts the new release.
    private func commit(
        _ package: VerifiedBundle, _ release: InstalledRelease, _ existing: InstalledApp?,
        _ report: inout RecoveryReport
    ) throws(Failure) -> Outcome {
        let userID = try userID(of: existing)
        if existing == nil {
            // Data without an owner is nobody's to read, so not this publisher's either.
            try root.data.removeTree(release.domain.name)
            try root.data.removeTree("." + release.domain.name)
            try root.cache.removeTree(release.domain.name)
        }
        try makeDataDirectories(release.domain, userID)
        let reservation = try root.reserve(release.domain)
        defer { withExtendedLifetime(reservation) {} }
        let copy = try existing?.current.map { _ throws(Failure) in
            try copyData(of: release.domain, isRunning: reservation == nil)
        }
        let export = report.export { () throws(Failure) in
            try Exports(root).prepare(release, package.manifest)
        }
        // All of it durable with one call, before the commit that names it. The descriptor is older than every write,
        // so it hears of every error.
        try root.staging.synchronizeFileSystem()
        try root.registry.commit(
            Registry.NewRelease(
                release: release, signingClass: package.publisher.signingClass.rawValue, userID: userID,
                title: package.manifest.registryTitle, pages: package.manifest.registryPages,
                permissions: package.manifest.permissionSet, snapshot: copy?.name))
        try end(release.domain, export, snapshot: existing?.snapshot, &report)
        guard let current = existing?.current, let copy else { return .installed }
        return .updated(from: current.versionCode, copy.wayBack)
    }

    /// The release that is installed already; where its directory is gone, it is written again.
    private func repair(
        _ release: InstalledRelease, from package: VerifiedBundle,
        _ progress: @escaping @Sendable (Int) -> Void, _ report: inout RecoveryReport
    ) throws(Failure) -> Outcome {
        let vouchers = package.publisher.vouchers.map(\.bytes)
        if vouchers != release.voucherKeys { try root.registry.setVouchers(vouchers, of: release) }
        if try isOnDisk(release) { return .unchanged }
        try stage(package, release, .none, progress)
        try root.beginChange()
        try moveIntoPlace(release)
        let export = report.export { () throws(Failure) in
            try Exports(root).prepare(release, package.manifest)
        }
        try root.staging.synchronizeFileSystem()
        try end(release.domain, export, snapshot: nil, &report)
        return .installed
    }

    /// Same publisher, no step back, and one version code means one content.
    private func check(
        _ package: VerifiedBundle, _ indexDigest: Digest, replaces existing: InstalledApp,
        _ allowsDowngrade: Bool
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
        guard let highest = existing.highestCode else { return }
        let code = package.manifest.versionCode
        let isDeveloper = package.publisher.signingClass == .developer
        guard code >= highest || (allowsDowngrade && isDeveloper) else {
            let isInstalled = existing.current?.versionCode == highest
            throw Failure(
                .installDowngrade,
                "version code \(highest) of \(domain) \(isInstalled ? "is installed" : "was installed before"), which is newer than \(code)",
                hint: isDeveloper
                    ? "install a package with a higher version code; for a developer's test: --allow-downgrade"
                    : "install a package with a higher version code")
        }
        let known =
            try root.registry.releases(of: domain).first { $0.versionCode == code }?.indexDigest
            ?? (code == highest ? existing.highestDigest : nil)
        guard known == nil || known == indexDigest else {
            throw Failure(
                .installOtherBytes, "version code \(code) of \(domain) had other contents here",
                hint: "raise version_code in the manifest and pack again")
        }
    }

    private func checkSpace(for package: VerifiedBundle, _ known: KnownContents) throws(Failure) {
        let spoolBytes = package.bundle.isStream ? package.bundle.payloadBytes : 0
        let neededBytes = known.neededBytes(for: package.index) + spoolBytes
        let freeBytes = try root.staging.freeBytes()
        guard neededBytes <= freeBytes else {
            throw Failure(
                .noSpace,
                "\(package.index.domain) needs \(neededBytes.bytesText), \(freeBytes.bytesText) are free",
                hint: "free some space and try again")
        }
    }

    private func userID(of existing: InstalledApp?) throws(Failure) -> UInt32? {
        if let userID = existing?.userID { return userID }
        return CurrentProcess.isRoot ? try root.registry.freeUserID(in: Self.userIDs) : nil
    }

    /// Writes the whole release under `staging`. Nothing of a package that turns out to be bad stays.
    private func stage(
        _ package: VerifiedBundle, _ release: InstalledRelease, _ known: KnownContents,
        _ progress: @escaping @Sendable (Int) -> Void
    ) throws(Failure) {
        let name = release.directoryName
        do throws(Failure) {
            let staged = try root.staging.makeDirectory(name)
            let tree = try staged.makeDirectory("tree")
            try TreeSink.makeDirectories(of: package.index, in: tree)
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

    /// Nothing where the release is damaged or gone: then everything is written anew.
    private func knownContents(of release: InstalledRelease) -> KnownContents {
        do throws(Failure) {
            let directory = try root.directory(of: release)
            let index = try Index(text: directory.contents(of: "index", limit: Limits.indexBytesMax))
            return KnownContents.of(index, in: try directory.directory("tree"))
        } catch {
            return .none
        }
    }

    private func write(_ bytes: [UInt8], to name: String, in directory: AnchoredDirectory) throws(Failure) {
        let file = try directory.open(name, .createNew(permissions: 0o644))
        try file.write(bytes)
    }

    /// Kept across updates and, where the owner asked for it, removals.
    private func makeDataDirectories(_ domain: Domain, _ userID: UInt32?) throws(Failure) {
        let own = try root.data.makeDirectory(domain.name, permissions: 0o700)
        for (parent, name) in [(own, StoreRoot.filesName), (root.cache, domain.name)] {
            let directory = try parent.makeDirectory(name, permissions: 0o700)
            if let userID { try directory.setOwner(userID) }
        }
    }

    private func moveIntoPlace(_ release: InstalledRelease) throws(Failure) {
        let target = try root.apps.makeDirectory(release.domain.name)
        try root.staging.move(release.directoryName, to: target, as: release.directoryName)
    }

    /// Removes an app, and its data unless `keepsData`. The files of one that runs go when it has ended.
    /// - Returns: whether it still runs.
    @discardableResult
    public func remove(_ domain: Domain, keepsData: Bool) throws(Failure) -> Bool {
        let lock = try root.lock(announce: announceWaiting)
        defer { withExtendedLifetime(lock) {} }
        var report = try root.recover()
        guard let app = try root.registry.app(domain), app.current != nil || !keepsData else {
            throw Failure(.appUnknown, "\(domain) is not installed", hint: "see what is: ypkg list")
        }
        try root.spendingSpare { () throws(Failure) in
            try root.beginChange()
            try root.registry.remove(domain, keepsData: keepsData, at: CurrentProcess.now)
        }
        try end(domain, Exports.Change(removing: domain.name), snapshot: app.snapshot, &report)
        return report.running.contains(domain.name)
    }

    /// Removes all that an app keeps on the device, also for its way back; the app stays, as after its install.
    public func eraseData(of domain: Domain) throws(Failure) {
        let lock = try root.lock(announce: announceWaiting)
        defer { withExtendedLifetime(lock) {} }
        var report = try root.recover()
        guard let app = try root.registry.app(domain) else { return }
        guard let reserved = try root.reserve(domain) else { throw .running(domain) }
        defer { withExtendedLifetime(reserved) {} }
        try root.beginChange()
        // First, so that nobody goes back to what is about to go.
        try root.registry.forgetSnapshot(of: domain)
        try root.data.removeTree(domain.name)
        try root.cache.removeTree(domain.name)
        if app.current != nil { try makeDataDirectories(domain, app.userID) }
        try root.data.synchronize()
        try end(domain, nil, snapshot: app.snapshot, &report)
    }

    /// After the commit: what the desktop sees follows, and what is no longer named goes now rather than at the next change.
    func end(
        _ domain: Domain, _ export: Exports.Change?, snapshot: String?, _ report: inout RecoveryReport
    ) throws(Failure) {
        if let export {
            _ = report.export { () throws(Failure) in try Exports(root).publish(export) }
        }
        try root.clear(domain, snapshot: snapshot, &report)
        try root.keepSpare()
        root.endChange(report)
    }

    /// Clears away what interrupted changes left.
    public func recover() throws(Failure) -> RecoveryReport {
        let lock = try root.lock(announce: announceWaiting)
        defer { withExtendedLifetime(lock) {} }
        return try root.recover(isThorough: true)
    }
}

extension Failure {
    static func running(_ domain: Domain) -> Failure {
        Failure(.appRunning, "\(domain) is running", hint: "end it and try again")
    }
}
