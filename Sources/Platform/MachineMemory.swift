internal import Glibc
public import YunCore

/// The memory of the whole machine.
public enum MachineMemory {
    /// All of it.
    public static var totalBytes: Int { sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE)) }

    /// What programs could still get without anything being written to a disk, by the kernel's estimate.
    public static func availableBytes() throws(Failure) -> Int {
        let path = "/proc/meminfo"
        let text = String(
            decoding: try OwnedDescriptor.open(path, .read).readToEnd(limit: 64 << 10, describedAs: path),
            as: UTF8.self)
        let line = text.split(separator: "\n").first { $0.hasPrefix("MemAvailable:") }
        guard let line, let kibibytes = Int(line.split(separator: " ").dropFirst().first ?? "") else {
            throw Failure(.unavailable, "the kernel does not say how much memory is available")
        }
        return kibibytes << 10
    }
}

/// Wakes when programs wait for memory (the kernel's pressure stall information), and costs nothing until then.
public struct MemoryPressure: ~Copyable {
    private let trigger: OwnedDescriptor

    /// A tenth of two seconds, the shortest window that the kernel gives to programs without privileges.
    private static let terms = "some 200000 2000000"

    /// Fails where this kernel does not count it, or not for this user.
    public init() throws(Failure) {
        trigger = try Self.makeTrigger()
    }

    private static func makeTrigger() throws(Failure) -> OwnedDescriptor {
        let file = try OwnedDescriptor.open("/proc/pressure/memory", .readWriteOrCreate(permissions: 0o600))
        // One write is one trigger; with its NUL.
        try file.write(Array(terms.utf8) + [0])
        return file
    }

    /// Returns when there is pressure, at most once in the window.
    public borrowing func wait() throws(Failure) {
        var event = pollfd(fd: trigger.number, events: Int16(POLLPRI), revents: 0)
        while unsafe poll(&event, 1, -1) < 0 {
            guard errno == EINTR else { throw .system("cannot wait for memory pressure") }
        }
        guard event.revents & Int16(POLLERR) == 0 else {
            throw Failure(.unavailable, "the kernel counts no memory pressure any more")
        }
    }
}
