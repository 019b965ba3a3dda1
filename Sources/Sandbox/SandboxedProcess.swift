internal import CLinux
internal import Glibc
internal import Platform
internal import Synchronization
public import YunCore

/// A running sandbox. It dies with the process that launched it, not with this object.
public final class SandboxedProcess: Sendable {
    private enum Ending: Sendable {
        case running
        case ended(Int32, ranOutOfMemory: Bool)
    }

    /// The spawner's process id, the parent of everything in the sandbox.
    public var processID: Int32 { process.number }
    /// The program's terminal, where the plan gives it one.
    public let terminal: Terminal?

    private let process: SpawnedProcess
    private let groups: LaunchGroups?
    private let status: OwnedDescriptor
    private let keeper: KeptThread
    private let supervision: Supervision?
    private let ending = Mutex(Ending.running)

    private init(
        _ process: SpawnedProcess, status: consuming OwnedDescriptor, groups: LaunchGroups?,
        keeper: KeptThread,
        supervision: Supervision?, terminal: Terminal?
    ) {
        self.process = process
        self.status = status
        self.groups = groups
        self.keeper = keeper
        self.supervision = supervision
        self.terminal = terminal
    }

    /// Spawns on a thread that lives as long as the sandbox: the kernel kills the spawner when the thread that
    /// spawned it ends, and the caller's may end any time.
    static func start(
        _ command: SpawnCommand, groups: LaunchGroups?, supervision: Supervision? = nil, terminal: Terminal?
    ) throws(Failure) -> SandboxedProcess {
        var pair: [Int32] = [-1, -1]
        guard unsafe yun_pipe(&pair) == 0 else { throw .system("cannot create a pipe") }
        let status = OwnedDescriptor(owning: pair[0])
        let statusEnd = pair[1]
        let shared = Shared()
        let thread: KeptThread
        do throws(Failure) {
            thread = try KeptThread { keep(command, statusEnd: statusEnd, shared, groups) }
        } catch {
            close(statusEnd)
            throw error
        }
        // The first bytes say that the spawn was tried.
        _ = try status.read(upTo: 4)
        guard let spawned = shared.result.withLock({ $0 }) else {
            throw Failure(.internalError, "cannot tell how the spawn ended")
        }
        switch spawned {
        case .failure(let failure):
            thread.join()
            throw failure
        case .success(let process):
            return SandboxedProcess(
                process, status: status, groups: groups, keeper: thread, supervision: supervision,
                terminal: terminal)
        }
    }

    private final class Shared: Sendable {
        let result = Mutex<Result<SpawnedProcess, Failure>?>(nil)
    }

    private static func keep(
        _ command: SpawnCommand, statusEnd: Int32, _ shared: Shared, _ groups: LaunchGroups?
    ) {
        let output = OwnedDescriptor(owning: statusEnd)
        let result = Result { () throws(Failure) in try command.spawn() }
        shared.result.withLock { $0 = result }
        tell(0, output)
        guard case .success(let process) = result else { return }
        let code = yun_wait_pidfd(process.handle.number)
        // Nothing is left by now: the end of its init ends a sandbox. So the groups are empty.
        let ranOut = Result { () throws(Failure) in try groups?.ranOutOfMemory() }
        groups?.remove()
        tell(code, output)
        // What cannot be read leaves an explanation out, nothing else.
        if case .success(true) = ranOut { tell(1, output) } else { tell(0, output) }
    }

    private static func tell(_ number: Int32, _ output: borrowing OwnedDescriptor) {
        var number = number
        // The reader may have lost interest; there is nobody else to tell.
        _ = unsafe write(output.number, &number, 4)
    }

    /// Becomes readable when the sandbox has ended; do not read from it.
    public var endDescriptor: Int32 { status.number }

    /// Sends a signal, which reaches the program as if it were started without a sandbox.
    public func signal(_ number: Int32) throws(Failure) {
        try process.signal(number)
    }

    /// Kills everything in the sandbox at once.
    public func kill() throws(Failure) {
        if try groups?.kill() != true { try signal(SIGKILL) }
    }

    /// Stops or continues everything in the sandbox.
    public func freeze(_ isFrozen: Bool) throws(Failure) {
        guard try groups?.freeze(isFrozen) == true else {
            throw Failure(
                .unavailable, "cannot freeze an app on this machine",
                hint: "it needs a cgroup version 2 directory that is delegated to this user")
        }
    }

    /// Waits for the program's end: its exit status, or 128 and the signal that ended it.
    public func wait() throws(Failure) -> Int32 {
        try ending.withLock { ending throws(Failure) in
            if case .ended(let code, _) = ending { return code }
            let bytes = try status.read(upTo: 8)
            guard bytes.count == 8 else { throw Failure(.internalError, "cannot tell how the app ended") }
            let code = bytes[..<4].reversed().reduce(Int32(0)) { $0 << 8 | Int32($1) }
            keeper.join()
            supervision?.join()
            ending = .ended(code, ranOutOfMemory: bytes[4] == 1)
            return code
        }
    }

    /// Whether a process of the sandbox was ended because all together had used more memory than they may. Known
    /// when ``wait()`` has returned, and only where there are control groups.
    public var ranOutOfMemory: Bool {
        if case .ended(_, ranOutOfMemory: true) = ending.withLock({ $0 }) { true } else { false }
    }
}

/// A thread that several may wait for.
final class KeptThread: Sendable {
    private let thread: Mutex<Thread?>

    init(_ run: @escaping @Sendable () -> Void) throws(Failure) {
        thread = Mutex(try Thread(run))
    }

    func join() {
        thread.withLock { thread in
            thread?.join()
            thread = nil
        }
    }
}
