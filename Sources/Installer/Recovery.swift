internal import Platform
internal import Store
internal import YunCore

/// What must be undone or finished after a process or the power failed. A pure function of what lies on disk and
/// what the registry names: whatever the registry does not name was never installed.
struct RecoveryPlan: Equatable {
    /// Names in `staging`.
    var unfinished: [String] = []
    /// `DOMAIN/DIRECTORY` below `apps` that no release has.
    var unnamed: [String] = []
    /// Directories below `apps` without any release left.
    var empty: [String] = []
    /// Names in `snapshots` that no app has.
    var unnamedSnapshots: [String] = []
    /// Domains whose data was to be deleted.
    var discarded: [Domain] = []
    /// `DOMAIN/DIRECTORY` that the registry names and that is gone: nothing of ours does that.
    var missing: [String] = []

    init(
        staging: [String], onDisk: [String: [String]], named: Set<String>, discarded: [Domain],
        snapshots: [String] = [], namedSnapshots: Set<String> = []
    ) {
        unfinished = staging
        unnamedSnapshots = snapshots.filter { !namedSnapshots.contains($0) }
        self.discarded = discarded
        var present: Set<String> = []
        let namedDomains = Set(named.map { $0.prefix { $0 != "/" } })
        for (domain, directories) in onDisk.sorted(by: { $0.key < $1.key }) {
            for directory in directories {
                let path = "\(domain)/\(directory)"
                if named.contains(path) { present.insert(path) } else { unnamed.append(path) }
            }
            if !namedDomains.contains(domain[...]) { empty.append(domain) }
        }
        missing = named.subtracting(present).sorted()
    }
}

/// What recovery did, in numbers.
public struct RecoveryReport: Sendable, Equatable {
    /// Whether there was nothing to do.
    public var isEmpty: Bool { self == RecoveryReport() }
    /// Interrupted installs that were cleared away.
    public var clearedInstalls = 0
    /// Releases of interrupted updates or removals that were deleted.
    public var deletedReleases = 0
    /// Apps whose data was deleted as their removal had ordered.
    public var deletedData = 0
    /// Data of earlier releases that nothing can return to any more.
    public var deletedSnapshots = 0
    /// Directories of data that were brought over from the layout of older stores.
    public var movedData = 0
    /// Returns to another release that were finished.
    public var finishedReturns = 0
    /// Apps whose desktop entry or icon was not as it is now.
    public var renewedExports = 0
    /// Why the desktop does not see an app as it is. The app runs all the same, and the next change tries again.
    public var unexported: [String] = []
    /// Releases that the registry names and that are not on disk.
    public var missing: [String] = []
    /// Domains of apps that run from a release, or with data, that is to be deleted: it goes when they have ended.
    public var running: Set<String> = []
    /// Why something could not be deleted. It is in nobody's way, and the next change tries again.
    public var undeletable: [String] = []

    /// Whether nothing is left to try again.
    var isFinal: Bool { running.isEmpty && undeletable.isEmpty && unexported.isEmpty }

    /// Runs one deletion: one app's leftovers must not keep other apps from being changed.
    /// - Parameter deletion: false where the app still runs.
    mutating func attempt(
        _ count: WritableKeyPath<RecoveryReport, Int>, of domain: String = "",
        _ deletion: () throws(Failure) -> Bool
    ) {
        do throws(Failure) {
            if try deletion() { self[keyPath: count] += 1 } else { running.insert(domain) }
        } catch {
            undeletable.append(error.message)
        }
    }
}

extension StoreRoot {
    /// Names the start of the machine in which the whole store was last found in order, and is there only while no change is
    /// under way: a link, for that is made whole or not at all. After a power cut it names another start, whatever of the
    /// last changes has reached the disk.
    private static let inOrderName = "in-order"

    private func isInOrder() -> Bool {
        do throws(Failure) {
            return try directory.symlinkTarget(of: Self.inOrderName) == CurrentProcess.bootID()
        } catch {
            return false
        }
    }

    /// From here on a process that is killed leaves something to recover.
    func beginChange() throws(Failure) { try directory.remove(Self.inOrderName) }

    /// - Parameter report: of all since the store was last looked at as a whole.
    func endChange(_ report: RecoveryReport) {
        guard report.isFinal else { return }
        do throws(Failure) {
            try directory.createSymlink(Self.inOrderName, target: CurrentProcess.bootID())
        } catch {
            // Without it the next change looks at everything, which is slower and no worse.
        }
    }

    /// Brings the disk back to what the registry says, before every change and under the store's lock. What is known to be
    /// unfinished is finished; the rest, with every app in it, is looked at where a change was interrupted.
    /// - Parameter isThorough: everything is looked at in any case, and what the desktop sees is compared whole.
    func recover(isThorough: Bool = false) throws(Failure) -> RecoveryReport {
        let isWhole = isThorough || !isInOrder()
        let moves = try registry.flatData()
        var onDisk: [String: [String]] = [:]
        if isWhole {
            for domain in try apps.names() { onDisk[domain] = try releaseNames(of: domain) }
        }
        let plan = RecoveryPlan(
            staging: try staging.names(), onDisk: onDisk,
            named: isWhole ? try registry.releaseDirectories() : [],
            discarded: try registry.discardedData(), snapshots: isWhole ? try snapshots.names() : [],
            namedSnapshots: isWhole ? try registry.snapshots().union(moves.map { "." + $0.name }) : [])
        var report = RecoveryReport(missing: plan.missing)
        if isWhole { try beginChange() }
        for step in try registry.unfinishedReturns() {
            report.attempt(\.finishedReturns, of: step.domain.name) { () throws(Failure) in
                // Whoever has it now only looks, for a run that finds an unfinished return lets go again.
                guard let lock = try reserve(step.domain, waiting: true) else { return false }
                defer { withExtendedLifetime(lock) {} }
                try finish(step)
                return true
            }
        }
        for move in moves {
            report.attempt(\.movedData, of: move.domain.name) { () throws(Failure) in try nest(move) }
        }
        carryOut(plan, &report)
        guard isWhole else { return report }
        do throws(Failure) {
            try Exports(self).renew(isThorough: isThorough, &report)
        } catch {
            report.unexported.append(error.message)
        }
        endChange(report)
        return report
    }

    /// Deletes what an app's change has left behind, right after it.
    /// - Parameter snapshot: the one that the app had before.
    func clear(_ domain: Domain, snapshot: String?, _ report: inout RecoveryReport) throws(Failure) {
        let onDisk = try releaseNames(of: domain.name).map { [domain.name: $0] } ?? [:]
        let plan = RecoveryPlan(
            staging: [], onDisk: onDisk, named: try registry.releaseDirectories(of: domain),
            discarded: try registry.discardedData().filter { $0 == domain },
            snapshots: [snapshot].compactMap(\.self), namedSnapshots: try registry.snapshots(of: domain))
        carryOut(plan, &report)
    }

    /// `nil` where there is no directory.
    private func releaseNames(of domain: String) throws(Failure) -> [String]? {
        guard try apps.status(of: domain)?.kind == .directory else { return nil }
        return try apps.directory(domain).names()
    }

    private func carryOut(_ plan: RecoveryPlan, _ report: inout RecoveryReport) {
        for name in plan.unfinished {
            report.attempt(\.clearedInstalls) { () throws(Failure) in
                try staging.removeTree(name)
                return true
            }
        }
        for name in plan.unnamedSnapshots {
            report.attempt(\.deletedSnapshots) { () throws(Failure) in
                try snapshots.removeTree(name)
                return true
            }
        }
        for path in plan.unnamed {
            let parts = path.split(separator: "/", maxSplits: 1).map(String.init)
            report.attempt(\.deletedReleases, of: parts[0]) { () throws(Failure) in
                try removeRelease(parts[1], of: parts[0])
            }
        }
        for domain in plan.discarded {
            report.attempt(\.deletedData, of: domain.name) { () throws(Failure) in
                try discardData(of: domain)
            }
        }
        for domain in plan.empty where !report.running.contains(domain) {
            do throws(Failure) {
                try apps.remove(domain, isDirectory: true)
            } catch {
                report.undeletable.append(error.message)
            }
        }
    }

    private func removeRelease(_ name: String, of domain: String) throws(Failure) -> Bool {
        let app = try apps.directory(domain)
        let isDirectory = try app.status(of: name)?.kind == .directory
        let lock = isDirectory ? try reserve(release: name, of: domain) : nil
        guard lock != nil || !isDirectory else { return false }
        defer { withExtendedLifetime(lock) {} }
        try app.removeTree(name)
        return true
    }

    /// Moves flat data into `files` of a directory that takes its place; run again after any failure it ends the same.
    private func nest(_ move: FlatData) throws(Failure) -> Bool {
        guard let lock = try reserve(move.domain) else { return false }
        defer { withExtendedLifetime(lock) {} }
        let place = move.place == "data" ? data : snapshots
        // No domain and no snapshot begins with a dot.
        let new = "." + move.name
        if !move.isMoving {
            try place.removeTree(new)
            try place.createDirectory(new, permissions: 0o700)
            try place.synchronize()
            try registry.begin(move)
        }
        if try place.status(of: new) != nil {
            let parent = try place.directory(new)
            if try parent.status(of: Self.filesName) == nil, try place.status(of: move.name) != nil {
                try place.move(move.name, to: parent, as: Self.filesName)
                try place.synchronizeFileSystem()
            }
            try place.move(new, to: place, as: move.name)
            try place.synchronizeFileSystem()
        }
        var permissions: Set<Permission>?
        if let current = try registry.app(move.domain)?.current,
            try apps.directory(move.domain.name).status(of: current.directoryName) != nil
        {
            permissions = try manifest(of: current).permissionSet
        }
        try registry.end(move, permissions: permissions)
        return true
    }

    /// The deletion is durable before it is forgotten: data that came back after a power cut would have no owner.
    private func discardData(of domain: Domain) throws(Failure) -> Bool {
        guard let lock = try reserve(domain) else { return false }
        defer { withExtendedLifetime(lock) {} }
        try data.removeTree(domain.name)
        try data.removeTree("." + domain.name)
        try cache.removeTree(domain.name)
        try data.synchronizeFileSystem()
        try registry.forgetDiscardedData(of: domain)
        try apps.remove(domain.name, isDirectory: true)
        return true
    }
}
