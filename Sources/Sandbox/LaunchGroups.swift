internal import Glibc
internal import Platform
internal import Synchronization
internal import YunCore

/// The control groups of one running app: fresh directories, never used again (a group that was killed once kills
/// whatever is cloned into it later), removed when the last sandbox in them is over.
final class LaunchGroups: Sendable {
    private struct Group {
        let parent: AnchoredDirectory
        let name: String
        let directory: AnchoredDirectory
        /// Tells everybody that the group's launcher lives, whatever process ids and namespaces say.
        let lock: FileLock
    }

    let layout: CgroupLayout
    private let unified: Group?
    private let versionOne: [Group]
    /// `tasks` of the groups of version 1.
    private let members: [Member]
    private let sandboxes = Mutex(1)
    private let limits = Mutex<ResourceLimits?>(nil)

    private final class Member: Sendable {
        let file: OwnedDescriptor
        init(_ file: consuming OwnedDescriptor) { self.file = file }
    }

    private static let counter = Mutex(0)

    /// Groups for a sandbox, without limits yet.
    init(_ layout: CgroupLayout) throws(Failure) {
        self.layout = layout
        let made = Made()
        do throws(Failure) {
            unified = try layout.unified.map { path throws(Failure) in try made.group(in: path) }
            var paths: [String] = []
            for path in [layout.memory, layout.processes] {
                if let path, !paths.contains(path) { paths.append(path) }
            }
            versionOne = try paths.map { path throws(Failure) in try made.group(in: path) }
            members = try versionOne.map { group throws(Failure) in
                Member(try group.directory.open("tasks", .replace(permissions: 0o600)))
            }
        } catch {
            for group in made.groups { _ = unsafe unlinkat(group.parent.number, group.name, AT_REMOVEDIR) }
            throw error
        }
    }

    /// What there is to be taken back if a later step fails.
    private final class Made {
        var groups: [Group] = []

        func group(in path: String) throws(Failure) -> Group {
            let parent = try AnchoredDirectory(at: path)
            while true {
                let number = LaunchGroups.counter.withLock { counter in
                    counter += 1
                    return counter
                }
                let name = "yun-app-\(getpid())-\(number)"
                guard unsafe mkdirat(parent.number, name, 0o755) == 0 else {
                    // A dead launcher's, which had our number.
                    if errno == EEXIST { continue }
                    throw .system("cannot make a control group in \(path.escaped)", code: .sandboxFailed)
                }
                // Whoever sweeps may have come first: nobody had the lock. Then it is gone, or about to be.
                guard let (directory, lock) = try Self.lock(name, in: parent) else { continue }
                let group = Group(parent: parent, name: name, directory: directory, lock: lock)
                groups.append(group)
                return group
            }
        }

        private static func lock(
            _ name: String, in parent: AnchoredDirectory
        ) throws(Failure) -> (AnchoredDirectory, FileLock)? {
            do throws(Failure) {
                let directory = try parent.directory(name)
                guard let lock = try directory.lockSelf(isShared: true, waiting: false) else { return nil }
                return try parent.status(of: name) == nil ? nil : (directory, lock)
            } catch {
                if try parent.status(of: name) == nil { return nil }
                throw error
            }
        }
    }

    /// Sets what all sandboxes in the groups may use together.
    func apply(_ limits: ResourceLimits) throws(Failure) {
        let before = self.limits.withLock { $0 }
        guard limits != before else { return }
        try apply(limits, over: before)
        self.limits.withLock { $0 = limits }
    }

    private func apply(_ limits: ResourceLimits, over before: ResourceLimits?) throws(Failure) {
        // Init is a process too, and not the app's.
        let processes = limits.processes.map { String($0 + 1) } ?? before?.processes.map { _ in "max" }
        if let unified, layout.unifiedLimits {
            let memory = limits.memoryBytes.map(String.init) ?? before?.memoryBytes.map { _ in "max" }
            try write(memory, "memory.max", unified)
            try write(memory, "memory.swap.max", unified, ifThere: true)
            // An app that lost one of its processes at random is worse than one that ended.
            try write("1", "memory.oom.group", unified, ifThere: true)
            try write(processes, "pids.max", unified)
            return
        }
        for group in versionOne {
            if group.parent.path == layout.memory {
                // The limit of memory alone may never be the larger one, whichever way both change.
                let none = before?.memoryBytes.map { _ in "-1" }
                try write(none, "memory.memsw.limit_in_bytes", group, ifThere: true)
                try write(
                    limits.memoryBytes.map(String.init) ?? none, "memory.limit_in_bytes", group)
                // Memory and swap together, so that an app gets at most as much of the one as of the other.
                let both = limits.memoryBytes.map { String($0 * 2) }
                try write(both, "memory.memsw.limit_in_bytes", group, ifThere: true)
            }
            if group.parent.path == layout.processes { try write(processes, "pids.max", group) }
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

    /// Counts one more sandbox in. False if the last one has left: then the groups are gone.
    func enter() -> Bool {
        sandboxes.withLock { count in
            if count > 0 { count += 1 }
            return count > 0
        }
    }

    /// Counts a sandbox out, which must have ended. The last one removes the groups.
    func leave() {
        let isLast = sandboxes.withLock { count in
            count -= 1
            return count == 0
        }
        if isLast { remove() }
    }

    /// Removes the directories; the kernel may need a moment until the last process has left them.
    private func remove() {
        for group in [unified].compactMap({ $0 }) + versionOne {
            for _ in 0..<200 {
                guard unsafe unlinkat(group.parent.number, group.name, AT_REMOVEDIR) != 0, errno == EBUSY
                else { break }
                usleep(2000)
            }
            // At the end of a launch, for at its begin somebody waits.
            _ = Self.sweep(group.parent)
        }
    }

    /// Ends and removes what launchers that are gone left in a directory; nobody else has its lock then. The number of
    /// those whose last processes are still dying: they have their turn later.
    static func sweep(_ parent: AnchoredDirectory) -> Int {
        var left = 0
        do throws(Failure) {
            for name in try parent.names() where isName(name) {
                // Another launcher was quicker, or it is another user's: then the next one.
                do throws(Failure) { left += try sweep(name, parent) } catch {}
            }
        } catch {}
        return left
    }

    private static func sweep(_ name: String, _ parent: AnchoredDirectory) throws(Failure) -> Int {
        let directory = try parent.directory(name)
        guard let lock = try directory.lockSelf(isShared: false, waiting: false) else { return 0 }
        // Held to the end, or somebody could begin to use it meanwhile.
        return try withExtendedLifetime(lock) { () throws(Failure) in
            if try directory.status(of: "cgroup.kill") != nil {
                try directory.open("cgroup.kill", .replace(permissions: 0o600)).write(Array("1".utf8))
            }
            return unsafe unlinkat(parent.number, name, AT_REMOVEDIR) != 0 && errno == EBUSY ? 1 : 0
        }
    }

    /// Sweeps until nothing is left, or for as long as a process may take to die. The number of what is left.
    static func sweepWaiting(_ parent: AnchoredDirectory) -> Int {
        for _ in 0..<500 where sweep(parent) > 0 { usleep(2000) }
        return sweep(parent)
    }

    private static func isName(_ name: String) -> Bool {
        let parts = name.split(separator: "-", omittingEmptySubsequences: false)
        return parts.count == 4 && name.hasPrefix("yun-app-") && parts[2...].allSatisfy { UInt32($0) != nil }
    }

    // MARK: Looking and freezing

    /// The lines of a file, name and number each, or a number alone without a name; `nil` where no group has the file.
    func numbers(_ name: String) throws(Failure) -> [String: Int]? {
        for group in [unified].compactMap({ $0 }) + versionOne {
            guard try group.directory.status(of: name) != nil else { continue }
            let text = String(decoding: try group.directory.contents(of: name, limit: 4096), as: UTF8.self)
            let pairs = text.split(separator: "\n").compactMap { line -> (String, Int)? in
                let words = line.split(separator: " ")
                guard let count = words.last.flatMap({ Int($0) }) else { return nil }
                return (words.dropLast().joined(separator: " "), count)
            }
            return Dictionary(pairs) { first, _ in first }
        }
        return nil
    }

    /// The app's processes, each sandbox's init left out.
    func processCount() throws(Failure) -> Int? {
        guard let group = unified ?? versionOne.first else { return nil }
        let list = try group.directory.contents(of: "cgroup.procs", limit: 1 << 20)
        return max(0, list.count { $0 == UInt8(ascii: "\n") } - sandboxes.withLock { $0 })
    }

    /// How many processes the kernel ended because the groups had used up their memory, and not because the machine had.
    func memoryKills() throws(Failure) -> Int {
        // Version 2 counts both in one file; version 1 has the limit's hits, page cache included, in another.
        if let events = try numbers("memory.events") {
            return events["oom"] ?? 0 > 0 ? events["oom_kill"] ?? 0 : 0
        }
        guard let hits = try numbers("memory.failcnt")?[""], hits > 0 else { return 0 }
        return try numbers("memory.oom_control")?["oom_kill"] ?? 0
    }

    /// Stops or continues every process, and returns when it has come to that. Always through version 2: what version 1
    /// froze survives even SIGKILL. False where there is no such group.
    func freeze(_ isFrozen: Bool) throws(Failure) -> Bool {
        guard let unified else { return false }
        let events = try unified.directory.open("cgroup.events", .read)
        try write(isFrozen ? "1" : "0", "cgroup.freeze", unified)
        let wanted = isFrozen ? "frozen 1" : "frozen 0"
        for _ in 0..<Self.freezeLooksMax {
            let bytes = unsafe [UInt8](unsafeUninitializedCapacity: 256) { buffer, count in
                count = max(0, unsafe pread(events.number, buffer.baseAddress, buffer.count, 0))
            }
            if String(decoding: bytes, as: UTF8.self).contains(wanted) { return true }
            // The kernel tells of changes, but holds back what follows another one within 10 ms.
            var wait = pollfd(fd: events.number, events: Int16(POLLPRI), revents: 0)
            _ = unsafe poll(&wait, 1, 1)
        }
        throw Failure(.unavailable, "cannot freeze an app: a process of it waits for a device")
    }

    /// One each millisecond.
    private static let freezeLooksMax = 2000
}
