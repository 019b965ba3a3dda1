internal import Glibc
internal import Platform
internal import Synchronization
public import YunCore

/// A running sandbox. It ends with this object at the latest, and with the process that launched it.
public final class SandboxedProcess: Sendable {
    private enum Ending: Sendable {
        case running
        case ended(Int32, ranOutOfMemory: Bool)
    }

    /// What must live as long as the sandbox.
    enum Keeper: Sendable {
        case spawner(Spawner)
        case child(KeptChild)
    }

    /// The process id of the sandbox's init, the ancestor of everything in it.
    public var processID: Int32 { process.number }
    /// The program's terminal, where one was made for it.
    public let terminal: ProgramTerminal?
    /// The running app of which this sandbox is a part, to launch others in and to freeze.
    public let group: AppGroup

    private let process: SpawnedProcess
    private let link: SeedLink
    private let keeper: Keeper
    private let groups: LaunchGroups?
    private let memoryKillsBefore: Int
    private let supervision: Supervision?
    private let ending = Mutex(Ending.running)

    init(
        _ process: SpawnedProcess, link: SeedLink, keeper: Keeper, group: AppGroup, groups: LaunchGroups?,
        supervision: Supervision?, terminal: ProgramTerminal?
    ) {
        self.process = process
        self.link = link
        self.keeper = keeper
        self.group = group
        self.groups = groups
        self.supervision = supervision
        self.terminal = terminal
        memoryKillsBefore = Self.memoryKills(groups)
    }

    deinit {
        guard case .running = ending.withLock({ $0 }) else { return }
        // What fails here has ended already.
        do throws(Failure) {
            try kill()
            _ = try wait()
        } catch {}
    }

    /// Becomes readable when the sandbox has ended; do not read from it.
    public var endDescriptor: Int32 { process.handle.number }

    /// Sends a signal, which reaches the program as if it were started without a sandbox.
    public func signal(_ number: Int32) throws(Failure) {
        try process.signal(number)
    }

    /// Kills everything in this sandbox at once, frozen or not, and nothing in another one of the app.
    public func kill() throws(Failure) {
        // By its init: a group in which everything was killed kills whatever is cloned into it later.
        try signal(SIGKILL)
    }

    /// Waits for the program's end: its exit status, or 128 and the signal that ended it. Nothing of the sandbox is left
    /// then.
    public func wait() throws(Failure) -> Int32 {
        try ending.withLock { ending throws(Failure) in
            if case .ended(let code, _) = ending { return code }
            var end = pollfd(fd: endDescriptor, events: Int16(POLLIN), revents: 0)
            while unsafe poll(&end, 1, -1) < 0 {
                guard errno == EINTR else { throw .system("cannot wait for an app") }
            }
            // An init that was killed reports nothing.
            var code = 128 + SIGKILL
            reports: while let report = try link.next() {
                if case .ended(let status) = report {
                    code = status
                    break reports
                }
            }
            if case .child(let child) = keeper { child.join() }
            supervision?.join()
            let ranOut = Self.memoryKills(groups) > memoryKillsBefore
            groups?.leave()
            ending = .ended(code, ranOutOfMemory: ranOut)
            return code
        }
    }

    /// What cannot be read leaves an explanation out, nothing else.
    private static func memoryKills(_ groups: LaunchGroups?) -> Int {
        do throws(Failure) { return try groups?.memoryKills() ?? 0 } catch { return 0 }
    }

    /// Whether a process of the app was ended meanwhile because all together had used more memory than they may. Known
    /// when ``wait()`` has returned, and only where there are control groups.
    public var ranOutOfMemory: Bool {
        if case .ended(_, ranOutOfMemory: true) = ending.withLock({ $0 }) { true } else { false }
    }
}
