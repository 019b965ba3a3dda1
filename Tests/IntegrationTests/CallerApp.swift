import Glibc
import Platform
import Support
import Testing
import YunCore

/// An app whose program calls the broker: each line that it reads is a call, each reply a line that it writes.
struct CallerApp {
    var domain = "caller.example.com"
    var permissions = "[]"
    var network = ""
    var background = ""
    var versionCode = 1
    var serviceName = "worker"
    var program = Self.program
    /// An SVG.
    var icon: String?

    /// Without a terminal's line it goes on as long as it is let; `watch` prints the events of its page.
    static let program = #"""
        #!/usr/bin/python3
        import array, json, os, socket, sys, threading, time

        def connect():
            broker = socket.socket(socket.AF_UNIX)
            broker.connect(os.environ["YUN_BROKER"])
            return broker

        def messages(broker):
            buffer = b""
            while True:
                data, fds, _, _ = socket.recv_fds(broker, 65536, 16)
                if not data:
                    return
                buffer += data
                while b"\0" in buffer:
                    message, buffer = buffer.split(b"\0", 1)
                    yield json.loads(message), fds
                    fds = []

        def say(*words):
            print(*words, flush=True)

        def call(method, parameters={}, more=False, fds=[]):
            broker = connect()
            message = {"method": method, "parameters": parameters}
            if more:
                message["more"] = True
            socket.send_fds(broker, [json.dumps(message).encode() + b"\0"], fds)
            for reply, fds in messages(broker):
                for fd in fds:
                    with os.fdopen(fd, "rb") as file:
                        reply["body"] = file.read().decode()
                say(json.dumps(reply, sort_keys=True))
                if not reply.get("continues"):
                    break

        def watch():
            broker, taken = connect(), connect()
            broker.sendall(json.dumps({"method": "com.yunos.page.Watch", "more": True}).encode() + b"\0")
            answers = messages(taken)
            for reply, _ in messages(broker):
                event = reply.get("parameters", {})
                say("event", event.get("event", reply), (event.get("link") or {}).get("uri", ""))
                done = {"instance": event["instance"], "number": event["number"]}
                taken.sendall(json.dumps({"method": "com.yunos.page.Taken", "parameters": done}).encode() + b"\0")
                next(answers)

        if sys.argv[1:] == ["calls"]:
            for line in sys.stdin:
                request = json.loads(line)
                call(request["method"], request.get("parameters", {}), request.get("more", False))
        elif sys.argv[1:] == ["program"]:
            exec(compile(sys.stdin.read(), "program", "exec"))
        elif os.path.exists("/data/program"):
            exec(compile(open("/data/program").read(), "program", "exec"))
        else:
            say("started")
            threading.Thread(target=watch, daemon=True).start()
            while True:
                time.sleep(0.05)
        """#

    var manifest: String {
        """
        { "domain": { "name": "\(domain)", "title": "Caller", "version": "1.\(versionCode)",
            "version_code": \(versionCode), "use_sdk": 1,
            "permission": { "use_permission": \(permissions) }\(network) },
          "pages": [
            { "uri": "page://\(domain)/main", "type": "native", "content_path": "bin/caller", "main": true,
              "title": "Caller"\(icon == nil ? "" : #", "icon": "icon.svg""#)\(background) },
            { "uri": "page://\(domain)/\(serviceName)", "type": "service", "content_path": "bin/caller",
              "title": "Worker" }],
          "files": ["bin/caller"\(icon == nil ? "" : #", "icon.svg""#)] }
        """
    }

    /// Packs, signs and installs it.
    func install(with ypkg: Tool) throws {
        try ypkg.directory.write(program.utf8, to: "\(domain)/bin/caller", permissions: 0o755)
        if let icon { try ypkg.directory.write(icon.utf8, to: "\(domain)/icon.svg") }
        try ypkg.directory.write(manifest.utf8, to: "\(domain)/manifest.json")
        try ypkg.installApp(in: domain, as: "\(domain)-\(versionCode).ypkg")
    }
}

extension Tool {
    /// Packs, signs and installs what lies in a directory.
    func installApp(in directory: String, as package: String) throws {
        try trustKey()
        let packed = try run(["pack", directory, "-o", package, "--level", "1"])
        #expect(packed.status == 0, "\(packed.errors)")
        #expect(try run(["sign", package, "--key", "me.key"]).status == 0)
        let installed = try run(["install", package])
        #expect(installed.status == 0, "\(installed.errors)")
    }

    /// The replies to calls that an app makes, a line each.
    func calls(_ domain: String, _ calls: String...) throws -> [String] { try self.calls(domain, calls) }

    /// The replies to calls that an app makes, a line each.
    func calls(_ domain: String, _ calls: [String]) throws -> [String] {
        let result = try run(
            ["run", domain, "--", "calls"], input: Array((calls.joined(separator: "\n") + "\n").utf8))
        #expect(result.status == 0, "\(result.errors)")
        return result.output.split(separator: "\n").map(String.init)
    }

    /// What an app prints that does this in Python, with the functions of `CallerApp.program`.
    func act(_ domain: String = "caller", _ options: String..., program: String) throws -> Program.Result {
        try run(["run", domain] + options + ["--", "program"], input: Array(program.utf8))
    }

    /// Starts the page manager with arguments of its own, and returns when it takes calls.
    /// - Parameters:
    ///   - wrapper: a command that becomes the page manager.
    ///   - environment: more of it.
    func startPageManager(
        _ arguments: String..., under wrapper: [String] = [], environment: [String] = []
    ) throws -> RunningPageManager {
        let null = try OwnedDescriptor.open("/dev/null", .read)
        let log = try OwnedDescriptor.open(directory.path("pagemanagerd.log"), .replace(permissions: 0o600))
        let ready = try Pipe()
        let process = try SpawnedProcess(
            wrapper + [
                "\(Checkout.programs)/pagemanagerd", "--root", directory.path("root"), "--ready-descriptor",
                "3",
            ] + arguments, environment: ["PATH=/usr/bin:/bin", "HOME=\(directory.path)"] + environment,
            descriptors: [null.number, log.number, log.number, ready.writing.number])
        let answer = try ready.closingWritingEnd().readSome(upTo: 4096)
        #expect(String(decoding: answer, as: UTF8.self) == "ready\n")
        return RunningPageManager(process)
    }

    /// Waits until a command's output holds a text; only a hang takes long.
    @discardableResult
    func wait(for text: String, in arguments: String...) throws -> String {
        var output = ""
        for _ in 0..<600 {
            output = try run(arguments).output
            if output.contains(text) { return output }
            usleep(50_000)
        }
        Issue.record("\(text) does not appear in \(arguments): \(output)")
        return output
    }
}

/// A page manager that a test has started. Nobody else waits for its end, and a child that nobody has waited for keeps
/// the testing library from seeing the ends of others.
final class RunningPageManager {
    private let process: SpawnedProcess
    private var isOver = false

    init(_ process: SpawnedProcess) { self.process = process }

    var number: Int32 { process.number }

    /// A process of that name that the page manager has started, while there is one.
    func child(named name: String) throws -> Int32? {
        for thread in try AnchoredDirectory(at: "/proc/\(number)/task").names() {
            let list = try Self.text("/proc/\(number)/task/\(thread)/children")
            for child in list.split(separator: " ") where try Self.text("/proc/\(child)/comm") == name + "\n"
            {
                return Int32(child)
            }
        }
        return nil
    }

    /// Empty where the process or thread has ended.
    private static func text(_ path: String) throws -> String {
        do throws(Failure) {
            let bytes = try OwnedDescriptor.open(path, .read).readToEnd(limit: 4096, describedAs: path)
            return String(decoding: bytes, as: UTF8.self)
        } catch { return "" }
    }

    func signal(_ signal: Int32) throws(Failure) { try process.signal(signal) }

    func wait() throws(Failure) -> Int32 {
        isOver = true
        return try process.wait()
    }

    deinit {
        guard !isOver else { return }
        do throws(Failure) {
            try process.signal(SIGKILL)
            _ = try process.wait()
        } catch { print("a page manager does not end: \(error)") }
    }
}
