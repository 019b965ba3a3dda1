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
    /// Domains whose data was to be deleted.
    var discarded: [Domain] = []
    /// `DOMAIN/DIRECTORY` that the registry names and that is gone: nothing of ours does that.
    var missing: [String] = []

    init(staging: [String], onDisk: [String: [String]], named: Set<String>, discarded: [Domain]) {
        unfinished = staging
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
    /// Releases that the registry names and that are not on disk.
    public var missing: [String] = []
    /// Why something could not be deleted. It is in nobody's way, and the next change tries again.
    public var undeletable: [String] = []

    /// Runs one deletion: one app's leftovers must not keep other apps from being changed.
    mutating func attempt(_ deletion: () throws(Failure) -> Void) -> Bool {
        do throws(Failure) {
            try deletion()
            return true
        } catch {
            undeletable.append(error.message)
            return false
        }
    }
}

extension StoreRoot {
    /// Brings the disk back to what the registry says. Runs under the store's lock, before every change.
    func recover() throws(Failure) -> RecoveryReport {
        var onDisk: [String: [String]] = [:]
        for domain in try apps.names() where try apps.status(of: domain)?.kind == .directory {
            onDisk[domain] = try apps.directory(domain).names()
        }
        let plan = RecoveryPlan(
            staging: try staging.names(), onDisk: onDisk, named: try registry.releaseDirectories(),
            discarded: try registry.discardedData())
        var report = RecoveryReport(missing: plan.missing)
        for name in plan.unfinished
        where report.attempt({ () throws(Failure) in try staging.removeTree(name) }) {
            report.clearedInstalls += 1
        }
        for path in plan.unnamed where report.attempt({ () throws(Failure) in try removeRelease(path) }) {
            report.deletedReleases += 1
        }
        for domain in plan.empty {
            _ = report.attempt { () throws(Failure) in try apps.remove(domain, isDirectory: true) }
        }
        for domain in plan.discarded
        where report.attempt({ () throws(Failure) in try discardData(of: domain) }) {
            report.deletedData += 1
        }
        return report
    }

    private func removeRelease(_ path: String) throws(Failure) {
        let parts = path.split(separator: "/", maxSplits: 1).map(String.init)
        try apps.directory(parts[0]).removeTree(parts[1])
    }

    /// The deletion is durable before it is forgotten: data that came back after a power cut would have no owner.
    private func discardData(of domain: Domain) throws(Failure) {
        try data.removeTree(domain.name)
        try cache.removeTree(domain.name)
        try data.synchronizeFileSystem()
        try registry.forgetDiscardedData(of: domain)
    }
}
