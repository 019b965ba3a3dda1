internal import ArgumentParser
internal import Glibc
internal import Launcher
internal import Manifest
internal import Platform
internal import Sandbox
internal import Store
internal import Synchronization
internal import WebHostContract
internal import YunCore

struct Run: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", _superCommandName: Ypkg.name,
        abstract: "Runs an app in its sandbox, in the foreground.",
        discussion: """
            Standard input, output and error, signals and the exit status pass through. What the sandbox denied is said \
            in words on standard error.

            A web page ends with 0; with 67 if it is not in the package, 81 if its process ended; with --screenshot also with \
            80 if the picture was written but the page threw or lacks a part, 82 if it did not load in time, 83 if the \
            picture is of one colour.
            """)

    @OptionGroup var app: AppOptions

    @Argument(
        parsing: .postTerminator,
        help: ArgumentHelp("What the app's program is given, behind --.", valueName: "args"))
    var arguments: [String] = []

    @Option(name: .long, help: ArgumentHelp("The page to open instead of the main one.", valueName: "name"))
    var page: String?

    @Option(
        name: .long,
        help: ArgumentHelp("Where a web page begins, such as '#/item?id=42'.", valueName: "fragment"))
    var fragment: String?

    @Option(name: .long, help: ArgumentHelp("Write a picture of the web page and end.", valueName: "file"))
    var screenshot: String?

    @Option(name: .long, help: ArgumentHelp("Milliseconds to wait before the picture.", valueName: "ms"))
    var delay = 0

    @Option(name: .long, help: ArgumentHelp("Size of a web page's window.", valueName: "width x height"))
    var size = "360x640"

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Memory that the app may use, half of the machine's if not given.", valueName: "MiB"))
    var memory: Int?

    @Flag(name: .long, help: "Open a shell in the app's sandbox instead.")
    var shell = false

    @Flag(name: .long, help: "Print what the sandbox would be, and do not run.")
    var explain = false

    @Flag(name: .long, help: "Do not say what the sandbox denied.")
    var quiet = false

    @Option(name: .long, help: "Who builds the sandbox: seed, or bwrap for comparison.")
    var backend = BackendName.seed

    @OptionGroup var store: StoreOptions
    @OptionGroup var format: OutputOptions

    func validate() throws {
        guard !shell || (screenshot == nil && arguments.isEmpty) else {
            throw ValidationError("--shell takes neither --screenshot nor arguments")
        }
        guard explain || !format.json else { throw ValidationError("--json goes with --explain") }
        guard (0...600_000).contains(delay) else { throw ValidationError("--delay takes 0 to 600000") }
        guard memory.map((8...1 << 20).contains) ?? true else {
            throw ValidationError("--memory takes 8 to 1048576 MiB")
        }
    }

    func run() throws {
        if explain { return try printExplanation() }
        let picture = try screenshot.map { path throws(Failure) in try PublishedFile(path: path) }
        let (status, signal) = try backend == .bwrap ? runDirectly(picture) : runManaged(picture)
        try finish(status, picture, signal)
    }

    /// The picture appears if the page was shown, also where it reported an error of its own.
    private func finish(_ status: Int32, _ picture: PublishedFile?, _ signal: Int32?) throws {
        if let picture, [WebHostExit.closed.rawValue, WebHostExit.pageThrew.rawValue].contains(status) {
            // A host that is told to end before its picture is taken ends well, without one.
            guard try picture.sizeBytes() > 0 else { throw ExitCode(128 + (signal ?? SIGTERM)) }
            try picture.publish()
        }
        if status != 0 { throw ExitCode(status) }
    }

    /// Width and height.
    func windowSize() throws(Failure) -> WindowSize {
        let numbers = size.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
        guard numbers.count == 2, let width = numbers[0], let height = numbers[1],
            let size = WindowSize(width: width, height: height)
        else {
            throw Failure(
                .usage, "\(self.size.escaped) is not a size", hint: "write WIDTHxHEIGHT, such as 360x640")
        }
        return size
    }

    /// Why the program ended, where it did not end by itself.
    func explainEnd(_ status: Int32, signal: Int32?, memoryBytesMax: Int?) {
        if let memoryBytesMax {
            let who = status == 128 + SIGKILL ? app.name : "a process of \(app.name)"
            Console.note("\(who) was ended: it used more than the \(memoryBytesMax >> 20) MiB it may")
        } else if status > 128, signal == nil {
            Console.note("\(app.name) was ended by signal \(status - 128)\(Self.signalName(status - 128))")
        }
    }

    /// The signals by which programs end themselves.
    private static func signalName(_ number: Int32) -> String {
        let names = [
            SIGILL: "illegal instruction", SIGABRT: "aborted", SIGBUS: "bad memory access",
            SIGFPE: "arithmetic error",
            SIGKILL: "killed, perhaps because the machine ran out of memory", SIGSEGV: "segmentation fault",
            SIGSYS: "bad system call",
        ]
        return names[number].map { " (\($0))" } ?? ""
    }

    private func printExplanation() throws(Failure) {
        let plan = try directPlan(display: LaunchRequest.Display.none).plan
        if format.json {
            try Console.json(ExplanationOutput(plan.explanation))
        } else {
            plan.explanation.lines.forEach(Console.data)
        }
    }
}

/// The signals that this command passes on.
final class ForwardedSignal: Sendable {
    private let last = Mutex<Int32?>(nil)
    private let target = Mutex<Int?>(nil)

    /// The last one.
    var number: Int32? { last.withLock { $0 } }

    /// To which instance, once there is one.
    var instance: Int? { target.withLock { $0 } }

    func begin(to instance: Int) { target.withLock { $0 = instance } }

    /// Notes a signal, and returns the one before it.
    func exchange(_ signal: Int32) -> Int32? {
        last.withLock { last in
            defer { last = signal }
            return last
        }
    }
}

/// The names of the backends on the command line.
enum BackendName: String, ExpressibleByArgument, CaseIterable {
    case seed, bwrap

    func backend(_ programs: ProgramDirectory) throws(Failure) -> Sandbox.Backend {
        switch self {
        case .seed: return .seed(path: try programs.path(of: "seed"))
        case .bwrap:
            let path = "/usr/bin/bwrap"
            guard try AnchoredDirectory.status(ofPath: path) != nil else {
                throw Failure(
                    .unavailable, "bubblewrap is not installed", hint: "on Debian: apt-get install bubblewrap"
                )
            }
            return .bwrap(path: path)
        }
    }
}

/// A plan as programs read it.
private struct ExplanationOutput: Encodable {
    struct MountRow: Encodable {
        let path: String
        let kind: String
        let source: String?
        let isWritable: Bool
        let isExecutable: Bool
    }

    struct PermissionRow: Encodable {
        let name: String
        let isGranted: Bool
        let opens: String
    }

    let page: String
    let executable: String
    let arguments: [String]
    let user: UInt32
    let mounts: [MountRow]
    let environment: [String: String]
    let limits: [String: String]
    let permissions: [PermissionRow]

    init(_ plan: PlanExplanation) {
        page = plan.page
        executable = plan.executable
        arguments = plan.arguments
        user = plan.user
        mounts = plan.mounts.map {
            MountRow(
                path: $0.path, kind: $0.kind, source: $0.source, isWritable: $0.isWritable,
                isExecutable: $0.isExecutable)
        }
        environment = Dictionary(uniqueKeysWithValues: plan.environment.map { ($0.name, $0.value) })
        limits = Dictionary(plan.limits.map { ($0.name, $0.value) }) { first, _ in first }
        permissions = plan.permissions.map {
            PermissionRow(name: $0.name, isGranted: $0.isGranted, opens: $0.opens)
        }
    }
}
