internal import Glibc
internal import Platform
public import YunCore

/// Where this caller may make control groups: version 2 where it was delegated, version 1 beside it on hybrid
/// machines, or nowhere.
public struct CgroupLayout: Sendable, Equatable {
    /// The directory of version 2 below which new groups are made; for freezing and killing at least.
    public var unified: String?
    /// Whether `unified` also limits memory and processes.
    public var unifiedLimits: Bool
    /// The directory of version 1's memory controller.
    public var memory: String?
    /// The directory of version 1's pids controller.
    public var processes: String?

    /// No groups: limits are each process's own.
    public static let none = CgroupLayout()

    /// A layout as given, for tests.
    public init(
        unified: String? = nil, unifiedLimits: Bool = false, memory: String? = nil, processes: String? = nil
    ) {
        self.unified = unified
        self.unifiedLimits = unifiedLimits
        self.memory = memory
        self.processes = processes
    }

    var limitsMemory: Bool { memory != nil || (unified != nil && unifiedLimits) }
    var limitsProcesses: Bool { processes != nil || (unified != nil && unifiedLimits) }

    /// Looks for the places where this process may make groups.
    public static func find() throws(Failure) -> CgroupLayout {
        let mounts = try text(of: "/proc/self/mountinfo")
        let own = try text(of: "/proc/self/cgroup")
        return try find(mounts: mounts, own: own, isUsable: isUsable, hasControllers: hasControllers)
    }

    /// Makes room for apps where a service manager has given this process a group of its own (systemd's `Delegate=`): a
    /// group that limits what is below it may hold no process itself, so this one moves into a group beside the apps'.
    /// Elsewhere nothing changes: the group of a terminal or a session holds other processes too.
    public static func settle() throws(Failure) {
        let lowest = try find(
            mounts: text(of: "/proc/self/mountinfo"), own: text(of: "/proc/self/cgroup"), isUsable: isUsable,
            hasControllers: { _ in false })
        guard let path = lowest.unified, path.hasSuffix(".service") else { return }
        try settle(in: AnchoredDirectory(at: path))
    }

    static func settle(in group: AnchoredDirectory) throws(Failure) {
        let controllers = String(
            decoding: try group.contents(of: "cgroup.controllers", limit: 4096), as: UTF8.self
        ).split(whereSeparator: \.isWhitespace)
        // Version 1 has them on a hybrid machine.
        guard controllers.contains("memory"), controllers.contains("pids") else { return }
        let beside = try group.makeDirectory("manager")
        try beside.open("cgroup.procs", .replace(permissions: 0o644)).write(Array("0".utf8))
        let limits = try group.open("cgroup.subtree_control", .replace(permissions: 0o644))
        try limits.write(Array("+memory +pids".utf8))
    }

    /// The pure part: `mounts` and `own` are the texts of `/proc/self/mountinfo` and `/proc/self/cgroup`.
    static func find(
        mounts: String, own: String, isUsable: (String) -> Bool,
        hasControllers: (String) throws(Failure) -> Bool
    ) throws(Failure) -> CgroupLayout {
        let places = own.split(separator: "\n").map {
            $0.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
        }.filter { $0.count == 3 }
        var layout = CgroupLayout()
        for mount in mounts.split(separator: "\n").compactMap(CgroupMount.init) {
            if mount.isUnified {
                let place = places.first { $0[0] == "0" }
                let usable = place.map { directories(below: mount.path, $0[2]).filter(isUsable) } ?? []
                // A scope that holds its own processes limits none below it; the slice around it does.
                layout.unified = usable.first
                for directory in usable where try hasControllers(directory) {
                    layout.unified = directory
                    layout.unifiedLimits = true
                    break
                }
                continue
            }
            for name in ["memory", "pids"] where mount.options.contains(Substring(name)) {
                let place = places.first { $0[1].split(separator: ",").contains(Substring(name)) }
                let directory = place.flatMap { directories(below: mount.path, $0[2]).first(where: isUsable) }
                if name == "memory" { layout.memory = directory } else { layout.processes = directory }
            }
        }
        return layout
    }

    /// From the caller's own group upwards: the lowest that will do is best, since its limits go on to hold.
    private static func directories(below mount: String, _ place: Substring) -> [String] {
        let components = String(place).pathComponents
        return (0...components.count).reversed().map { count in
            ([mount[...]] + components.prefix(count)).joined(separator: "/")
        }
    }

    private static func isUsable(_ directory: String) -> Bool {
        // Processes are moved by writing here; being allowed to make a directory alone is not enough.
        guard unsafe faccessat(AT_FDCWD, directory, W_OK, AT_EACCESS) == 0 else { return false }
        return unsafe faccessat(AT_FDCWD, directory + "/cgroup.procs", W_OK, AT_EACCESS) == 0
    }

    private static func hasControllers(_ directory: String) throws(Failure) -> Bool {
        guard unsafe access(directory + "/cgroup.subtree_control", R_OK) == 0 else { return false }
        let names = try text(of: directory + "/cgroup.subtree_control").split(whereSeparator: \.isWhitespace)
        return names.contains("memory") && names.contains("pids")
    }

    private static func text(of path: String) throws(Failure) -> String {
        let bytes = try OwnedDescriptor.open(path, .read).readToEnd(limit: 1 << 20, describedAs: path)
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// A line of `/proc/self/mountinfo` that mounts control groups.
private struct CgroupMount {
    let path: String
    let isUnified: Bool
    let options: [Substring]

    init?(_ line: Substring) {
        let fields = line.split(separator: " ")
        guard let dash = fields.firstIndex(of: "-"), fields.count >= dash + 4, fields.count > 5 else {
            return nil
        }
        let type = fields[dash + 1]
        // A part of a hierarchy mounted elsewhere would make /proc/self/cgroup's paths wrong.
        guard fields[3] == "/", type == "cgroup" || type == "cgroup2" else { return nil }
        path = String(fields[4])
        isUnified = type == "cgroup2"
        options = fields[dash + 3].split(separator: ",")
    }
}
