public import YunCore

/// Everything that makes up one sandbox, as data: what is mounted in which order, what may be called, what the
/// program gets. It is a pure function of a request and of facts about the host; `seed` or bubblewrap carry it out.
public struct Plan: Sendable {
    /// What a mount allows besides reading.
    public struct Access: OptionSet, Sendable, Hashable {
        /// A set of the members below.
        public let rawValue: UInt8
        /// A set by its bits.
        public init(rawValue: UInt8) { self.rawValue = rawValue }
        /// Files can be changed.
        public static let write = Access(rawValue: 1)
        /// Programs can be run.
        public static let execute = Access(rawValue: 2)
        /// Device files work.
        public static let devices = Access(rawValue: 4)
        /// To the app it looks like its own: a socket of the owner's session lets in nobody else, and under root every
        /// app is somebody else.
        public static let asOwner = Access(rawValue: 8)
    }

    /// One line of the root directory's construction. Paths are absolute as the app sees them.
    public enum Operation: Sendable, Equatable {
        case directory(String, permissions: UInt32)
        case file(String, contents: [UInt8], permissions: UInt32)
        case link(String, to: String)
        /// A file system in memory.
        case temporary(String, sizeBytes: Int, permissions: UInt32)
        /// A path of the host; `isOwn` marks the app's directories, whose last component must not be a symlink.
        case mount(String, at: String, access: Access, isOwn: Bool)
        /// The processes of this sandbox.
        case processes(String)

        /// What the line makes.
        public var path: String {
            switch self {
            case .directory(let path, _), .file(let path, _, _), .link(let path, _),
                .temporary(let path, _, _),
                .mount(_, at: let path, _, _), .processes(let path):
                path
            }
        }

        /// Whether the app can write below the path.
        var isWritable: Bool {
            switch self {
            case .temporary: true
            case .mount(_, _, let access, _): access.contains(.write) && !access.contains(.devices)
            case .directory, .file, .link, .processes: false
            }
        }
    }

    /// A resource limit, `setrlimit(2)`'s number and value.
    public struct Limit: Sendable, Equatable {
        /// For people, such as `nofile`.
        public let name: String
        /// RLIMIT_*.
        public let resource: UInt32
        /// Both the soft and the hard limit.
        public let value: UInt64
    }

    /// The app.
    public let page: PageURI
    /// In the order of execution.
    public internal(set) var operations: [Operation]
    /// Landlock's view of the same.
    public internal(set) var rules: [FileRule]
    /// Sorted by name; nothing else is in the program's environment.
    public let environment: [(name: String, value: String)]
    /// As the app sees it.
    public let executable: String
    /// The first one is the process title.
    public let arguments: [String]
    /// Where the program starts.
    public let directory: String
    /// For each process.
    public internal(set) var limits: [Limit]
    /// For all processes together, where cgroups can do it.
    public let resources: ResourceLimits
    /// What may be called.
    public let policy: SeccompPolicy
    /// What was granted.
    public let permissions: Set<Permission>
    /// Outside user id of the app.
    public let user: UInt32
    /// Outside group id of the app.
    public let group: UInt32
    /// Whether the program gets a terminal of its own.
    public let hasTerminal: Bool
    /// How processes are grouped.
    public let cgroups: CgroupLayout

    /// Plans the sandbox of `request` for a machine with `host`'s facts.
    ///
    /// Fails where the request contradicts itself, and where root names no user for the app.
    public init(_ request: LaunchRequest, host: HostFacts) throws(Failure) {
        (user, group) = try Self.identity(request, host: host)
        var request = request
        request.limits = try request.limits.within(host, running: request.program)
        var root = RootPlan()
        try root.addAll(for: request, host: host)
        try root.check()
        let program = try ProgramPlan(request)
        page = request.page
        operations = root.operations
        rules = root.rules
        environment = try program.environment(adding: root.variables)
        executable = program.executable
        arguments = program.arguments
        directory = "/data"
        limits = Self.limits(request.limits, cgroups: host.cgroups)
        resources = request.limits
        policy = .standard
        permissions = request.permissions
        hasTerminal = request.program == .shell && request.hasTerminal
        cgroups = host.cgroups
    }

    private static func identity(_ request: LaunchRequest, host: HostFacts) throws(Failure) -> (
        UInt32, UInt32
    ) {
        guard host.user == 0 else { return (host.user, host.group) }
        guard let user = request.appUser, user != 0 else {
            throw Failure(
                .sandboxFailed, "cannot run \(request.page.domain) as root",
                hint: "root launches every app under a user id of its own")
        }
        return (user, user)
    }
}
