internal import CLinux
internal import Glibc
public import YunCore

/// A child process that was started with exactly what it was given.
public final class SpawnedProcess: Sendable {
    /// Its process id.
    public let number: Int32
    /// Its pid descriptor, which means this process also when it has ended and its number belongs to another.
    public let handle: OwnedDescriptor

    /// Starts it; it begins a process group of its own.
    /// - Parameters:
    ///   - arguments: the program's absolute path first, unless `executable` says another one.
    ///   - environment: `NAME=VALUE` each; nothing else is passed.
    ///   - descriptors: what becomes 0, 1, 2, ...; -1 leaves one closed; nothing else is passed.
    ///   - deathSignal: what the kernel sends it when the calling thread ends, which the main one does last.
    ///   - isDetached: whether it begins a session without a terminal, to go on when the caller's has ended.
    public init(
        _ arguments: [String], executable: String? = nil, environment: [String] = [], descriptors: [Int32],
        deathSignal: Int32? = nil, isDetached: Bool = false
    ) throws(Failure) {
        let path = executable ?? arguments.first ?? ""
        var argv = unsafe arguments.map { unsafe strdup($0) } + [nil]
        var envp = unsafe environment.map { unsafe strdup($0) } + [nil]
        defer {
            unsafe argv.forEach { unsafe free($0) }
            unsafe envp.forEach { unsafe free($0) }
        }
        var pidfd: Int32 = -1
        let process = unsafe path.withCString { path in
            unsafe argv.withUnsafeMutableBufferPointer { argv in
                unsafe envp.withUnsafeMutableBufferPointer { envp in
                    unsafe descriptors.withUnsafeBufferPointer { descriptors in
                        var spawn = unsafe yun_spawn(
                            executable: path, arguments: argv.baseAddress, environment: envp.baseAddress,
                            descriptors: descriptors.baseAddress, descriptor_count: Int32(descriptors.count),
                            death_signal: deathSignal ?? 0, new_session: isDetached ? 1 : 0)
                        return unsafe yun_spawn_process(&spawn, &pidfd)
                    }
                }
            }
        }
        guard process > 0 else { throw .system("cannot start \(path.escaped)", code: .unavailable) }
        number = process
        handle = OwnedDescriptor(owning: pidfd)
    }

    /// Takes over the descriptor of a process that somebody else spawned for us; only its parent can ``wait()`` for it.
    public init(_ number: Int32, handle: consuming OwnedDescriptor) {
        self.number = number
        self.handle = handle
    }

    /// Sends a signal; to a process that has ended, nothing.
    public func signal(_ signal: Int32) throws(Failure) {
        guard yun_signal_pidfd(handle.number, signal) == 0 || errno == ESRCH else {
            throw .system("cannot send signal \(signal)")
        }
    }

    /// Waits for the end: the exit status, or 128 and the signal. Once for each process.
    public func wait() throws(Failure) -> Int32 {
        let status = yun_wait_pidfd(handle.number)
        guard status >= 0 else { throw .system("cannot wait for a process") }
        return status
    }
}
