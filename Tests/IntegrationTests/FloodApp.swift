import FoundationEssentials
import Platform
import Support
import Testing
import YunCore

/// An app that is as hostile to the broker as it is told, from `ypkg run flood -- MODE` until its input ends; then it
/// tells what it was answered, and how often. Without a mode it writes without end.
enum FloodApp {
    static let domain = "flood.example.com"

    static func install(with ypkg: Tool) throws {
        var app = CallerApp()
        app.domain = domain
        app.program = program
        app.permissions = """
            [{"name":"NOTIFICATION.permission.yunos.com","reason":{"en":"To tell you","zh":"通知您"}},
             {"name":"CAMERA.permission.yunos.com","reason":{"en":"To see you","zh":"看您"}}]
            """
        try app.install(with: ypkg)
    }

    private static let program = #"""
        #!/usr/bin/python3
        import collections, itertools, json, os, socket, sys, threading

        counts = collections.Counter()
        threads = 0
        begun = threading.Event()
        over = threading.Event()

        def connect():
            broker = socket.socket(socket.AF_UNIX)
            broker.connect(os.environ["YUN_BROKER"])
            broker.settimeout(60)
            return broker

        def call(method, parameters={}, **more):
            return json.dumps(dict(method=method, parameters=parameters, **more)).encode() + b"\0"

        def replies(broker):
            buffer = b""
            while True:
                data = broker.recv(1 << 16)
                if not data:
                    return
                buffer += data
                while b"\0" in buffer:
                    message, buffer = buffer.split(b"\0", 1)
                    yield json.loads(message)

        def count(what):
            counts[what] += 1
            if sum(counts.values()) >= threads:
                begun.set()

        def word(reply):
            return reply["parameters"].get("code", reply["error"]) if "error" in reply else "done"

        # Calls one after the other, and connects again where it was turned away.
        def calls(make):
            def run(thread):
                while not over.is_set():
                    try:
                        broker = connect()
                        answers = replies(broker)
                        for number in itertools.count():
                            if over.is_set():
                                return
                            broker.sendall(make(thread, number))
                            count(word(next(answers)))
                    except (OSError, StopIteration):
                        count("closed")
            return run

        # Sends what there is until it is refused, and reads nothing.
        def blind(make, fds=[]):
            def run(thread):
                while not over.is_set():
                    try:
                        broker = connect()
                        broker.settimeout(1)
                        for number in itertools.count():
                            if over.is_set():
                                return
                            socket.send_fds(broker, [make(thread, number)], fds)
                            count("sent")
                    except TimeoutError:
                        count("stuck")
                        over.wait(1)
                    except OSError:
                        count("closed")
            return run

        # Each asks one thing on a connection of its own, and keeps that.
        def held(thread):
            broker = connect()
            try:
                broker.sendall(call("com.yunos.device.Get"))
                count(word(next(replies(broker), {"error": "closed", "parameters": {}})))
            except OSError:
                count("closed")
            over.wait()

        def half(thread):
            broker = connect()
            try:
                broker.sendall(b'{"method":"')
                count("sent")
                broker.sendall(b"x" * ((4 << 20) - 100))
                over.wait()
            except OSError:
                count("closed")

        def commit(thread, number):
            return call("com.yunos.storage.Commit", {"changes": [{"key": f"{thread}", "value": "x" * 1000}]})

        floods = {
            "storage": (40, calls(commit)),
            "open": (4, calls(lambda *_: call("com.yunos.page.Open", {"link": {"uri": "page://flood.example.com/worker"}}))),
            "notify": (4, calls(lambda *_: call("com.yunos.notification.Post", {"title": "Buy", "text": "now"}))),
            "ask": (4, calls(lambda *_: call("com.yunos.permission.Ask", {"name": "CAMERA.permission.yunos.com"}))),
            "taken": (32, blind(lambda *_: call("com.yunos.page.Taken", {"instance": 1, "number": 1}, oneway=True))),
            "mute": (32, blind(lambda *_: call("com.yunos.device.Get"))),
            "descriptors": (32, blind(lambda *_: b"x", [0] * 16)),
            "connections": (200, held),
            "half": (32, half),
        }

        def shout(stream):
            for number in itertools.count():
                os.write(stream, b"%d %s\n" % (number, b"x" * 200))

        if not sys.argv[1:]:
            threading.Thread(target=shout, args=[2], daemon=True).start()
            shout(1)
        threads, body = floods[sys.argv[1]]
        for number in range(threads):
            threading.Thread(target=body, args=[number], daemon=True).start()
        begun.wait(60)
        print("flooding", flush=True)
        sys.stdin.read()
        over.set()
        print(json.dumps(counts), flush=True)
        os._exit(0)
        """#
}

/// The hostile app at work.
final class Flood {
    private let process: ChildProcess
    private var input: OwnedDescriptor?
    private let output: OwnedDescriptor

    /// Returns when it has sent or been answered so much that it is a flood.
    init(_ mode: String, with ypkg: Tool) throws {
        let input = try Pipe()
        let output = try Pipe()
        let errors = try OwnedDescriptor.open(
            ypkg.directory.path("flood.log"), .replace(permissions: 0o600))
        process = try ChildProcess(
            [
                "\(Checkout.programs)/ypkg", "run", FloodApp.domain, "--root", ypkg.directory.path("root"),
                "--", mode,
            ], environment: ["PATH=/usr/bin:/bin", "HOME=\(ypkg.directory.path)"],
            descriptors: [input.reading.number, output.writing.number, errors.number])
        self.input = input.closingReadingEnd()
        self.output = output.closingWritingEnd()
        let line = try self.output.readSome(upTo: 100)
        #expect(String(decoding: line, as: UTF8.self) == "flooding\n", "\(mode)")
    }

    /// Ends it.
    /// - Returns: what it was answered and how often: codes of failures, `done`, `closed`.
    func end() throws -> [String: Int] {
        input = nil
        let text = try output.readToEnd(limit: 1 << 16, describedAs: "counts")
        #expect(try process.wait() == 0)
        return try JSONDecoder().decode([String: Int].self, from: Data(text))
    }
}
