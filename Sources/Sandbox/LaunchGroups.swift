internal import Glibc
internal import Platform
internal import Synchronization
internal import YunCore

/// The control groups of one launch: fresh directories, never used again (a group that was killed once kills
/// whatever is cloned into it later), removed when the launch is over.
final class LaunchGroups: Sendable {
    private struct Group {
        let parent: AnchoredDirectory
        let directory: AnchoredDirectory
    }

    private let name: String
    private let unified: Group?
    private let versionOne: [Group]
    /// `tasks` of the groups of version 1.
    private let members: [Member]

    private final class Member: Sendable {
        let file: OwnedDescriptor
        init(_ file: consuming OwnedDescriptor) { self.file = file }
    }

    private static let counter = Mutex(0)

    init(_ layout: CgroupLayout, limits: ResourceLimits) throws(Failure) {
        let number = Self.counter.withLock { counter in
            counter += 1
            return counter
        }
        let name = "yun-\(getpid())-\(number)"
        self.name = name
        unified = try layout.unified.map { path throws(Failure) in try Self.make(name, in: path) }
        var groups: [Group] = []
        // Only where there is something to limit: each costs a tenth of a millisecond and some kernel memory.
        var paths: [String] = []
        if limits.memoryBytes != nil, let path = layout.memory { paths.append(path) }
        if limits.processes != nil, let path = layout.processes, !paths.contains(path) { paths.append(path) }
        for path in paths { groups.append(try Self.make(name, in: path)) }
        versionOne = groups
        members = try groups.map { group throws(Failure) in
            Member(try group.directory.open("tasks", .replace(permissions: 0o600)))
        }
        try apply(limits, layout)
    }

    private static func make(_ name: String, in path: String) throws(Failure) -> Group {
        let parent = try AnchoredDirectory(at: path)
        try parent.createDirectory(name)
        return Group(parent: parent, directory: try parent.directory(name))
    }

    private func apply(_ limits: ResourceLimits, _ layout: CgroupLayout) throws(Failure) {
        // Init is a process too, and not the app's.
        let processes = limits.processes.map { String($0 + 1) }
        let memory = limits.memoryBytes.map(String.init)
        if let unified, layout.unifiedLimits {
            try write(memory, "memory.max", unified)
            try write(memory, "memory.swap.max", unified, ifThere: true)
            // An app that lost one of its processes at random is worse than one that ended.
            try write("1", "memory.oom.group", unified, ifThere: true)
            try write(processes, "pids.max", unified)
            return
        }
        for group in versionOne {
            if layout.memory.map({ group.parent.path == $0 }) == true {
                try write(memory, "memory.limit_in_bytes", group)
                // Memory and swap together, so that an app gets at most as much of the one as of the other.
                let both = limits.memoryBytes.map { String($0 * 2) }
                try write(both, "memory.memsw.limit_in_bytes", group, ifThere: true)
            }
            if layout.processes.map({ group.parent.path == $0 }) == true {
                try write(processes, "pids.max", group)
            }
        }
    }

    private func write(
        _ text: String?, _ name: String, _ group: Group, ifThere isOptional: Bool = false
    ) throws(Failure) {
        guard let text else { return }
        if isOptional, try group.directory.status(of: name) == nil { return }
        do throws(Failure) {
            try group.directory.open(name, .replace(permissions: 0o600)).write(Array(text.utf8))
        } catch { throw error.during("cannot set \(name) to \(text)") }
    }

    /// Directory of the version 2 group, for CLONE_INTO_CGROUP.
    var unifiedDescriptor: Int32? { unified?.directory.number }
    /// `tasks` of the version 1 groups, two at most.
    var memberDescriptors: [Int32] { members.map { $0.file.number } }

    /// Kills every process in the group. Always through version 2: what version 1 froze survives even SIGKILL.
    /// False where there is no such group.
    func kill() throws(Failure) -> Bool { try control("cgroup.kill", "1") }

    /// Whether the kernel ended a process because the group had used up its memory, and not because the machine had.
    func ranOutOfMemory() throws(Failure) -> Bool {
        for group in [unified].compactMap({ $0 }) + versionOne {
            // Version 2 counts both in one file; version 1 has the limit's hits, page cache included, in another.
            for (events, hits) in [
                ("memory.events", nil), ("memory.oom_control", "memory.failcnt" as String?),
            ] {
                guard try group.directory.status(of: events) != nil else { continue }
                let counts = try numbers(events, group)
                let hitCount =
                    try hits.map { name throws(Failure) in try numbers(name, group)[""] } ?? counts["oom"]
                if counts["oom_kill"] ?? 0 > 0, hitCount ?? 0 > 0 { return true }
            }
        }
        return false
    }

    /// The lines of a file, name and number each, or a number alone.
    private func numbers(_ name: String, _ group: Group) throws(Failure) -> [String: Int] {
        let text = String(decoding: try group.directory.contents(of: name, limit: 4096), as: UTF8.self)
        let pairs = text.split(separator: "\n").compactMap { line -> (String, Int)? in
            let words = line.split(separator: " ")
            guard let count = words.last.flatMap({ Int($0) }) else { return nil }
            return (words.dropLast().joined(separator: " "), count)
        }
        return Dictionary(pairs) { first, _ in first }
    }

    /// Stops or continues every process in the group. False where there is no such group.
    func freeze(_ isFrozen: Bool) throws(Failure) -> Bool {
        try control("cgroup.freeze", isFrozen ? "1" : "0")
    }

    private func control(_ file: String, _ text: String) throws(Failure) -> Bool {
        guard let unified else { return false }
        try write(text, file, unified)
        return true
    }

    /// Removes the directories; the kernel may need a moment until the last process has left them.
    func remove() {
        for group in [unified].compactMap({ $0 }) + versionOne {
            for _ in 0..<200 {
                guard unsafe unlinkat(group.parent.number, name, AT_REMOVEDIR) != 0, errno == EBUSY else {
                    break
                }
                usleep(2000)
            }
            Self.sweep(group.parent)
        }
    }

    /// Removes what launchers that were killed left behind; their sandboxes died with them. At the end of a launch, for
    /// at its begin somebody waits. What cannot be removed, because its last processes are dying, has its turn later.
    private static func sweep(_ parent: AnchoredDirectory) {
        do throws(Failure) {
            for name in try parent.names() where isAbandoned(name) {
                _ = unsafe unlinkat(parent.number, name, AT_REMOVEDIR)
            }
        } catch {
            return
        }
    }

    private static func isAbandoned(_ name: String) -> Bool {
        let parts = name.split(separator: "-")
        guard parts.count == 3, parts[0] == "yun", let launcher = pid_t(parts[1]), launcher > 0 else {
            return false
        }
        return Glibc.kill(launcher, 0) != 0 && errno == ESRCH
    }
}
