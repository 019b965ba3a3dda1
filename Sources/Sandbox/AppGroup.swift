internal import Platform
internal import Synchronization
public import YunCore

/// What the sandboxes of one running app share: limits, freezing and counting are for all of them together. Empty until
/// its first sandbox starts, and again when the last one has ended; then the next one begins anew.
public final class AppGroup: Sendable {
    private let current = Mutex<LaunchGroups?>(nil)

    /// A group without sandboxes.
    public init() {}

    /// The groups in which the app runs, one more sandbox counted in; for the first one `make`'s, with the limits.
    func enter(
        limits: ResourceLimits, _ make: () throws(Failure) -> LaunchGroups
    ) throws(Failure) -> LaunchGroups {
        try current.withLock { current throws(Failure) in
            if let groups = current, groups.enter() { return groups }
            let groups = try make()
            do throws(Failure) {
                try groups.apply(limits)
            } catch {
                groups.leave()
                throw error
            }
            current = groups
            return groups
        }
    }

    /// Stops or continues every process of the app, and returns when it has come to that. A launch in it that is under
    /// way stands still too.
    public func freeze(_ isFrozen: Bool) throws(Failure) {
        let groups = current.withLock { $0 }
        guard try groups?.freeze(isFrozen) == true else {
            throw Failure(
                .unavailable, "cannot freeze an app on this machine",
                hint: "it needs a cgroup version 2 directory that is delegated to this user")
        }
    }

    /// What the app uses, as far as this machine counts it.
    public func usage() throws(Failure) -> AppUsage {
        guard let groups = current.withLock({ $0 }) else { return AppUsage() }
        let memory = try [
            groups.numbers("memory.current"), groups.numbers("memory.usage_in_bytes"),
        ]
        return AppUsage(
            memoryBytes: memory.lazy.compactMap { $0?[""] }.first,
            processorMicroseconds: try groups.numbers("cpu.stat")?["usage_usec"],
            processes: try groups.processCount())
    }
}

/// What a running app uses; `nil` is what this machine does not count.
public struct AppUsage: Sendable, Equatable {
    /// All memory, that of its files in memory and of the page cache included.
    public var memoryBytes: Int?
    /// Processor time since its first sandbox started.
    public var processorMicroseconds: Int?
    /// The app's processes at the moment.
    public var processes: Int?

    /// Nothing is known.
    public init(memoryBytes: Int? = nil, processorMicroseconds: Int? = nil, processes: Int? = nil) {
        self.memoryBytes = memoryBytes
        self.processorMicroseconds = processorMicroseconds
        self.processes = processes
    }
}

extension Sandbox {
    /// Ends what sandboxes launchers left behind that are gone, and removes their control groups; never those of a
    /// launcher that lives. Their number as far as their processes would not die within a second.
    @discardableResult
    public static func endAbandoned(in layout: CgroupLayout) throws(Failure) -> Int {
        var left = 0
        for path in [layout.unified, layout.memory, layout.processes].compactMap(\.self) {
            left += LaunchGroups.sweepWaiting(try AnchoredDirectory(at: path))
        }
        return left
    }
}
