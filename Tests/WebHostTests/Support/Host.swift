import CLinux
import DisplaySupport
import Glibc
import Platform
import WebHostContract
import YunCore

/// A package in a temporary directory, a display, and the web host between them. Everything is gone with it.
final class Scene {
    let root: AnchoredDirectory
    private let parent: AnchoredDirectory
    private let name: String
    let display: Display
    var domain = "app.example.com"
    /// What the host finds in its environment, where a test has it.
    private(set) var broker: FakeBroker?

    /// - Parameter files: path to contents.
    init(_ files: [String: String] = [:]) throws {
        parent = try AnchoredDirectory(at: "/tmp")
        name = "yun-webhost-\(getpid())-\(UInt64.random(in: 0 ... .max))"
        root = try parent.makeDirectory(name, permissions: 0o700)
        for directory in ["package", "data", "cache", "runtime", "screen"] {
            try root.createDirectory(directory)
        }
        display = try Display(scratch: root.directory("screen"))
        for (path, contents) in files { try add(path, contents) }
    }

    deinit {
        broker?.stop()
        display.stop()
        do throws(Failure) { try parent.removeTree(name) } catch { print("cannot clean up: \(error)") }
    }

    /// A file of the package.
    func add(_ path: String, _ contents: String) throws { try add(path, Array(contents.utf8)) }

    func add(_ path: String, _ contents: [UInt8]) throws {
        let full = root.path + "/package/" + path
        let slash = full.lastIndex(of: "/") ?? full.startIndex
        let directory = try AnchoredDirectory.make(at: String(full[..<slash]))
        try directory.open(String(full[full.index(after: slash)...]), .replace(permissions: 0o644))
            .write(contents)
    }

    /// Starts a broker for the hosts that are started from now on.
    func startBroker() throws -> FakeBroker {
        let broker = try FakeBroker(in: root)
        self.broker = broker
        return broker
    }

    /// A host that shows what the broker says.
    func startEmpty() throws -> RunningHost {
        var arguments = try arguments()
        arguments.page = nil
        return try start(arguments.encoded)
    }

    func arguments(_ page: String? = "index.html") throws -> WebHostArguments {
        WebHostArguments(
            package: root.path + "/package", domain: try Domain(domain), page: page,
            data: root.path + "/data",
            cache: root.path + "/cache")
    }

    /// Starts the host with nothing but its own environment.
    func start(_ arguments: WebHostArguments, picture: borrowing OwnedDescriptor) throws -> RunningHost {
        try start(arguments.encoded, picture: picture.number)
    }

    func start(_ arguments: [String], picture: Int32 = -1) throws -> RunningHost {
        let pipe = try Pipe()
        let variables = WebHostEnvironment.variables(
            display: .x11(display.name), cache: root.path + "/cache", runtime: root.path + "/runtime")
        var environment = Dictionary(uniqueKeysWithValues: variables.map { ($0, $1) })
        environment[WebHostEnvironment.brokerVariable] = broker?.path
        let child = try Child.start(
            try builtProgram("ywebhost"), arguments, environment: environment,
            descriptors: [-1, -1, pipe.writing.number, picture])
        return RunningHost(child: child, output: pipe.closingWritingEnd())
    }

    /// Opens a window and returns what the host says until a line ends with `text`.
    func lines(until text: String) throws -> [String] {
        let host = try start(arguments().encoded)
        try host.waitForLine(containing: text)
        host.child.signal(SIGTERM)
        return try host.finish().1
    }

    /// Takes a picture and waits for the end.
    func photograph(
        _ page: String = "index.html", delayMilliseconds: Int = 0,
        _ adjust: (inout WebHostArguments) -> Void = { _ in }
    ) throws -> HostResult {
        let file = try OwnedDescriptor.memoryFile("picture")
        var arguments = try arguments(page)
        arguments.screenshot = ScreenshotRequest(descriptor: 3, delayMilliseconds: delayMilliseconds)
        adjust(&arguments)
        let host = try start(arguments, picture: file)
        let (exit, lines) = try host.finish()
        try file.seek(to: 0)
        let bytes = try file.readToEnd(limit: 16 << 20, describedAs: "the picture")
        return HostResult(exit: exit, lines: lines, picture: bytes)
    }
}

/// How a run of the host ended.
struct HostResult {
    let exit: Int32
    let lines: [String]
    let picture: [UInt8]

    func lines(_ kind: String) -> [String] { lines.filter { $0.hasPrefix(kind) } }
}

/// A host that has been started.
final class RunningHost {
    let child: Child
    private let output: OwnedDescriptor
    private(set) var lines: [String] = []
    private var pending: [UInt8] = []

    init(child: Child, output: consuming OwnedDescriptor) {
        self.child = child
        self.output = output
    }

    /// Reads lines until one contains `text`, for at most ten seconds.
    func waitForLine(containing text: String) throws {
        while !lines.contains(where: { $0.contains(text) }) {
            guard try readMore() else { throw Failure(.internalError, "no line with \(text) in \(lines)") }
        }
    }

    /// Kills the process that shows the page, as running out of memory would.
    func killPageProcess() throws {
        let name = "WebKitWebProces"
        let number = try child.children().first { try commandName($0) == name }
        guard let number else { throw Failure(.internalError, "no process shows the page") }
        kill(number, SIGKILL)
    }

    /// Whether a process of the host's group is left.
    var hasEngineProcesses: Bool { kill(-child.number, 0) == 0 }

    private func commandName(_ number: pid_t) throws -> String {
        let name = try OwnedDescriptor.open("/proc/\(number)/comm", .read).readToEnd(
            limit: 64, describedAs: "comm")
        return String(decoding: name.dropLast(), as: UTF8.self)
    }

    /// Waits for the end.
    func finish() throws -> (Int32, [String]) {
        while try readMore() {}
        return (child.wait(), lines)
    }

    private func readMore() throws -> Bool {
        var waiting = pollfd(fd: output.number, events: Int16(POLLIN), revents: 0)
        guard unsafe poll(&waiting, 1, 30_000) > 0 else {
            throw Failure(.internalError, "the host says nothing more; so far \(lines)")
        }
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        let count = unsafe read(output.number, &buffer, buffer.count)
        guard count > 0 else { return false }
        pending += buffer[..<count]
        while let end = pending.firstIndex(of: UInt8(ascii: "\n")) {
            lines.append(String(decoding: pending[..<end], as: UTF8.self))
            pending.removeSubrange(...end)
        }
        return true
    }
}
