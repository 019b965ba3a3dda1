public import YunCore

/// What shall run in a sandbox, and for which app. Paths are the host's and absolute.
public struct LaunchRequest: Sendable {
    /// What is executed.
    public enum Program: Sendable, Equatable {
        /// An executable of the release, its path relative to the release tree.
        case app(String)
        /// A host program such as the web host, at its own path, with further host paths that it reads.
        case host(path: String, resources: [String])
        /// A host program that needs nothing beside the runtime, brought in from wherever it lies: also from below
        /// a directory, such as `/tmp`, that is the app's own inside.
        case carried(path: String)
        /// A shell for the developer, with a terminal of its own.
        case shell
    }

    /// The one way to the screen.
    public enum Display: Sendable, Equatable {
        /// No screen at all.
        case none
        /// A Wayland compositor's socket.
        case wayland(socket: String)
        /// The socket of an X server that only this app uses: X clients can watch each other.
        /// `cookie` is the contents of an Xauthority file, without which the server lets nobody in.
        case privateX11(socket: String, cookie: [UInt8])
    }

    /// The page that is opened; its domain is the app.
    public var page: PageURI
    /// The release tree, `/app` inside.
    public var release: String
    /// The app's own files, `/data` inside.
    public var data: String
    /// What the app can make again, `/cache` inside.
    public var cache: String
    /// What is executed.
    public var program: Program
    /// What follows the program's name.
    public var arguments: [String] = []
    /// What the manifest asks for and the owner granted.
    public var permissions: Set<Permission> = []
    /// The way to the screen.
    public var display: Display = .none
    /// The app's own socket to the page manager, `/run/broker` inside.
    public var broker: String?
    /// Further variables, such as `LANG` or `TERM`; they may not replace the sandbox's own.
    public var environment: [String: String] = [:]
    /// Whether a shell gets a terminal of its own; without one it uses the caller's streams.
    public var hasTerminal = true
    /// How much the app may use.
    public var limits = ResourceLimits()
    /// The host user id that the app gets when root launches it; never 0. Ignored for other callers.
    public var appUser: UInt32?

    /// A launch of `program` for `page` with the three directories that every app has.
    public init(page: PageURI, release: String, data: String, cache: String, program: Program) {
        self.page = page
        self.release = release
        self.data = data
        self.cache = cache
        self.program = program
    }
}

/// How much of the machine one sandbox may use.
public struct ResourceLimits: Sendable, Equatable {
    /// All memory of all its processes, its temporary files included. Without cgroups each process's writable
    /// memory is limited to it instead, but for carried programs. `nil` for half of the machine's.
    public var memoryBytes: Int?
    /// What the app says is enough; it holds where nobody chose a limit, and it is less than half of the machine's.
    public var wishedMemoryBytes: Int?
    /// Processes and threads at once. `nil` for no limit.
    public var processes: Int? = 512
    /// Open descriptors of one process.
    public var openFiles = 4096
    /// `/tmp` and `/dev/shm`, each; never more than a quarter of the memory.
    public var temporaryBytes = 256 << 20

    /// The defaults.
    public init() {}

    /// With what nobody chose taken from the machine: whatever one app does, the other half is left for the phone.
    func within(_ host: HostFacts, running program: LaunchRequest.Program) throws(Failure) -> ResourceLimits {
        var limits = self
        let half = host.memoryBytes.map { ($0 >> 21) << 20 }
        limits.memoryBytes = memoryBytes ?? [half, wishedMemoryBytes].compactMap(\.self).min()
        if let memory = limits.memoryBytes {
            limits.temporaryBytes = min(temporaryBytes, max(memory / 4, 1 << 20))
        }
        // What a process reserves counts too, and the script engine of web pages reserves gigabytes that it never uses.
        if case .carried = program, !host.cgroups.limitsMemory {
            guard memoryBytes == nil else {
                throw Failure(
                    .unavailable,
                    "cannot limit the memory of a web page: this user has no control group for it",
                    hint: "run it as root or in a session of systemd's, or give no limit")
            }
            limits.memoryBytes = nil
        }
        return limits
    }
}
