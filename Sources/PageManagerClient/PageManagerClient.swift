internal import Launcher
internal import PageManagerInterface
internal import Platform
public import Varlink
public import YunCore

/// The way of the owner's programs to the page manager of a store, which is started where none runs.
public enum PageManagerClient {
    private static let program = "pagemanagerd"

    /// A connection to the page manager of the store at `root`, or `nil` where none runs.
    public static func connectIfRunning(root: String) throws(Failure) -> Client? {
        guard try AnchoredDirectory.status(ofPath: root + "/run/pagemanager") != nil else { return nil }
        let directory = try AnchoredDirectory(at: root + "/run")
        guard let socket = try StreamSocket.connect(to: "pagemanager", in: directory) else { return nil }
        return Client(Channel(socket), server: program)
    }

    /// A connection to the page manager of the store at `root`; where none runs, to one that is started for whoever
    /// wants to follow what comes, or `nil`.
    public static func connect(root: String, toFollow isFollowing: Bool) throws(Failure) -> Client? {
        try isFollowing ? connect(root: root) : connectIfRunning(root: root)
    }

    /// A connection to the page manager of the store at `root`.
    public static func connect(root: String) throws(Failure) -> Client {
        if let client = try connectIfRunning(root: root) { return client }
        try start(root: root)
        guard let client = try connectIfRunning(root: root) else {
            throw Failure(
                .unavailable, "\(program) ended right after its start", hint: "see \(root)/run/\(program).log"
            )
        }
        return client
    }

    /// Tells the page manager of the store at `root`, where one runs, that an app was installed, updated or removed.
    public static func announceChange(of domain: Domain, root: String) throws(Failure) {
        try connectIfRunning(root: root)?.call(Owner.changed, .init(app: domain.name))
    }

    /// Ends all of an app in order, where the page manager of the store at `root` runs it.
    public static func stop(_ domain: Domain, root: String) throws(Failure) {
        do throws(Failure) {
            try connectIfRunning(root: root)?.call(Owner.stop, .init(app: domain.name))
        } catch { guard error.code == .appNotRunning else { throw error } }
    }

    /// What the page manager needs of the caller's environment; the rest is the caller's own business.
    private static let variables = [
        "HOME", "PATH", "LANG", "LC_ALL", "LC_MESSAGES", "XDG_RUNTIME_DIR", "WAYLAND_DISPLAY",
    ]

    private static func start(root: String) throws(Failure) {
        let store = try AnchoredDirectory.make(at: root)
        let run = try store.makeDirectory("run", permissions: 0o700)
        let log = try run.open(program + ".log", .replace(permissions: 0o600))
        let null = try OwnedDescriptor.open("/dev/null", .read)
        let readiness = try Pipe()
        let environment = CurrentProcess.environment
        _ = try SpawnedProcess(
            [ProgramDirectory().path(of: program), "--root", store.path, "--ready-descriptor", "3"],
            environment: variables.compactMap { name in environment[name].map { "\(name)=\($0)" } },
            descriptors: [null.number, log.number, log.number, readiness.writing.number], isDetached: true)
        let bytes = try readiness.closingWritingEnd().readSome(upTo: 4096)
        let lines = String(decoding: bytes, as: UTF8.self).split(
            separator: "\n", omittingEmptySubsequences: false)
        guard lines.first != "ready" else { return }
        guard lines.count >= 3, let code = FailureCode(rawValue: String(lines[0])) else {
            throw Failure(.unavailable, "\(program) does not start", hint: "see \(run.path(of: program)).log")
        }
        throw Failure(code, String(lines[1]), hint: lines[2].isEmpty ? nil : String(lines[2]))
    }
}
