import Glibc
import Platform
import Support
import Testing
import YunCore

/// Apps that mean harm to the page manager, to other apps or to their own next launch.
@Suite struct HostileAppTests {
    private let ypkg: Tool

    init() throws { ypkg = try Tool() }

    private func status(of process: Int32, _ name: String) throws -> Int {
        let path = "/proc/\(process)/status"
        let text = String(
            decoding: try OwnedDescriptor.open(path, .read).readToEnd(limit: 1 << 16, describedAs: path),
            as: UTF8.self)
        let line = try #require(text.split(separator: "\n").first { $0.hasPrefix(name + ":") })
        return try #require(Int(line.filter(\.isNumber)))
    }

    @Test("a message that brings descriptors with each byte takes none from others (D-10, D-12)")
    func descriptors() throws {
        try CallerApp().install(with: ypkg)
        let manager = try ypkg.startPageManager()
        let result = try ypkg.act(
            program: """
                null = open("/dev/null")
                held = []
                for _ in range(30):
                    broker = connect()
                    held.append(broker)
                    try:
                        for _ in range(100):
                            socket.send_fds(broker, [b"x"], [null.fileno()] * 16)
                        say("refused", broker.recv(1) == b"")
                    except (BrokenPipeError, ConnectionResetError):
                        pass
                call("com.yunos.device.Get")
                """)
        #expect(result.output.contains(#""model""#), "\(result.output)\(result.errors)")
        #expect(!result.output.contains("refused False"), "\(result.output)")
        #expect(try ypkg("ps").status == 0)
        try manager.signal(SIGTERM)
        #expect(try manager.wait() == 0)
    }

    @Test("an app that gives both ends of its pipe away ends when it ends, and the page manager does (V-12)")
    func bothEnds() throws {
        try CallerApp().install(with: ypkg)
        let manager = try ypkg.startPageManager()
        let result = try ypkg.act(
            program: """
                reading, writing = os.pipe()
                broker = connect()
                message = {"method": "com.yunos.storage.WriteFile", "parameters": {"path": "pipe"}}
                socket.send_fds(broker, [json.dumps(message).encode() + b"\\0"], [reading, writing])
                # What seems to be there is taken away before it can be read.
                os.set_blocking(reading, False)
                for _ in range(20000):
                    os.write(writing, b"x")
                    try:
                        os.read(reading, 1)
                    except BlockingIOError:
                        pass
                """)
        #expect(result.status == 0, "\(result.errors)")
        var left = "x"
        for _ in 0..<600 where !left.isEmpty {
            left = try ypkg("ps").output
            usleep(50_000)
        }
        #expect(left.isEmpty)
        #expect(try ypkg("open", "caller").status == 0)
        try manager.signal(SIGTERM)
        #expect(try manager.wait() == 0)
    }

    /// What an app does when it is opened, where nobody waits for it.
    private func open(_ domain: String = "caller.example.com", doing program: String) throws {
        try ypkg.directory.write(program.utf8, to: "root/data/\(domain)/files/program")
        #expect(try ypkg("open", domain).status == 0)
    }

    @Test("an app that gives its output away where nobody takes it ends when it ends (D-12)")
    func givenOutput() throws {
        try CallerApp().install(with: ypkg)
        let manager = try ypkg.startPageManager()
        // In a message that never ends, and behind one that ends the connection.
        try open(
            doing: """
                begun, broken = connect(), connect()
                socket.send_fds(begun, [b"x"], [1, 2])
                broken.sendall(b"{}\\0")
                for _ in range(100):
                    try:
                        socket.send_fds(broken, [b"x"], [1, 2])
                    except (BrokenPipeError, ConnectionResetError):
                        pass
                asking = connect()
                message = {"method": "com.yunos.storage.Watch", "more": True, "parameters": {"prefix": ""}}
                socket.send_fds(asking, [json.dumps(message).encode() + b"\\0"], [1, 2])
                call("com.yunos.device.Get")
                """)
        try ypkg.wait(for: "yun: page://caller.example.com/main ended by itself", in: "logs", "caller")
        #expect(try ypkg("ps").output.isEmpty)
        #expect(try ypkg("logs", "caller").output.contains("model"))
        try manager.signal(SIGTERM)
        #expect(try manager.wait() == 0)
    }

    @Test("the log of apps that write what is long as JSON can be read (D-10)")
    func loudApps() throws {
        let names = ["a", "b", "c", "d"].map { "\($0).example.com" }
        for name in names {
            var app = CallerApp()
            app.domain = name
            try app.install(with: ypkg)
        }
        let manager = try ypkg.startPageManager()
        for name in names {
            try open(name, doing: #"for _ in range(100): say("\x01" * 4095)"#)
            try ypkg.wait(for: "ended by itself", in: "logs", name)
        }
        let log = try ypkg("logs")
        #expect(log.status == 0, "\(log.errors)")
        // More than one message holds.
        #expect(log.output.split(separator: "\n").count > 171)
        try manager.signal(SIGTERM)
        _ = try manager.wait()
    }

    @Test("of long messages on every connection at once, few are under way (D-13)")
    func longMessages() throws {
        try CallerApp().install(with: ypkg)
        let manager = try ypkg.startPageManager()
        let result = try ypkg.act(
            program: """
                def shout():
                    broker = connect()
                    text = b'{"method":"com.yunos.device.Get","parameters":{"a":[' + b"0," * 2000000 + b"0]}}\\0"
                    broker.sendall(text)
                    say("model" in broker.recv(1000).decode())
                threads = [threading.Thread(target=shout) for _ in range(30)]
                for thread in threads: thread.start()
                for thread in threads: thread.join()
                """)
        #expect(result.output == String(repeating: "True\n", count: 30), "\(result.errors)")
        // Where nobody waits it is 1800 MB.
        #expect(try status(of: manager.number, "VmHWM") < 500_000)
        try manager.signal(SIGTERM)
        _ = try manager.wait()
    }

    @Test("malformed, cut off, half-closed and disordered messages end their connection alone (D-10, D-11)")
    func messages() throws {
        try CallerApp().install(with: ypkg)
        var other = CallerApp()
        other.domain = "other.example.com"
        try other.install(with: ypkg)
        let secret =
            #"{"method":"com.yunos.storage.Commit","parameters":{"changes":[{"key":"a","value":"TOPSECRET"}]}}"#
        #expect(try ypkg.calls("other", secret).first?.contains("true") == true)
        let manager = try ypkg.startPageManager()
        let result = try ypkg.act(program: Self.hostileMessages)
        #expect(result.status == 0 && result.output.hasSuffix("done\n"), "\(result.output)\(result.errors)")
        #expect(!result.output.contains("TOPSECRET"))
        #expect(result.output.contains("half-closed True"), "\(result.output)")
        #expect(try ypkg("ps").status == 0)
        try manager.signal(SIGTERM)
        #expect(try manager.wait() == 0)
    }

    /// Each on a connection of its own: nothing of it may be answered with a crash, or with what is another app's.
    private static let hostileMessages = #"""
        def send(*pieces, fds=[], half=False):
            broker = connect()
            broker.settimeout(30)
            answer = b""
            try:
                for piece in pieces:
                    socket.send_fds(broker, [piece], fds) if fds else broker.sendall(piece)
                if half:
                    broker.shutdown(socket.SHUT_WR)
                while half or not answer.endswith(b"\0"):
                    data = broker.recv(65536)
                    if not data:
                        break
                    answer += data
            except (BrokenPipeError, ConnectionResetError):
                pass
            return answer
        get = b'{"method":"com.yunos.device.Get"}\0'
        for bad in [b"\0", b"{}\0", b"[]\0", b"null\0", b"\xff\xfe\0", b'{"method":5}\0', b'{"method":""}\0',
                b'{"method":null}\0', b"[" * 300000 + b"\0", b'{"a":' * 100000 + b"\0", b"x" * 5000000,
                b'{"error":"com.yunos.page.Failed","parameters":{}}\0', b'{"parameters":{"model":"x"}}\0']:
            say("bad", send(bad)[:80])
        for odd in [b'{"method":"com.yunos.storage.Get","parameters":[]}\0',
                b'{"method":"com.yunos.storage.Get","parameters":{"key":5}}\0',
                b'{"method":"com.yunos.storage.Get","parameters":{"key":"a","app":"other.example.com"}}\0',
                b'{"method":"com.yunos.storage.Get","parameters":{"key":"../other.example.com/a"}}\0',
                b'{"method":"com.yunos.storage.List","parameters":{"prefix":"","limit":-1}}\0',
                b'{"method":"com.yunos.storage.List","parameters":{"prefix":"","limit":99999999999999999999}}\0',
                b'{"method":"com.yunos.storage.ReadFile","parameters":{"path":"../../../other.example.com/values.db"}}\0',
                b'{"method":"com.yunos.storage.WriteFile","parameters":{"path":"x"}}\0',
                b'{"method":"com.yunos.storage.Watch","parameters":{"prefix":""}}\0',
                b'{"method":"com.yunos.page.Taken","parameters":{"instance":1,"number":99}}\0',
                b'{"method":"com.yunos.page.Taken","parameters":{"instance":-9223372036854775808,"number":0}}\0',
                b'{"method":"com.yunos.page.Close","parameters":{"instance":12345}}\0',
                b'{"method":"com.yunos.page.Open","parameters":{"link":{"uri":"page://pagemanager/x"}}}\0',
                b'{"method":"com.yunos.permission.Ask","parameters":{"name":"ROOT.permission.yunos.com"}}\0',
                b'{"method":"com.yunos.device.Get","upgrade":true}\0', b'{"method":"com.yunos.device.Get","more":"x"}\0',
                b'{"method":"org.varlink.service.GetInterfaceDescription","parameters":{"interface":"com.yunos.pagemanager"}}\0',
                b'{"method":"com.yunos.pagemanager.List"}\0', b'{"method":"../List"}\0', b'{"method":"."}\0']:
            answer = send(odd)
            say("odd", answer[:200])
            if b"\0" in answer:
                assert b"model" not in answer and b"TOPSECRET" not in answer, answer
        say("half-closed", b"model" in send(get, half=True))
        say("many at once", send(get * 500, half=True).count(b"\0"))
        say("cut off", send(get[:-5], half=True))
        null = os.open("/dev/null", os.O_RDONLY)
        for number in (null, os.open("/", os.O_PATH), os.open("/proc/self/stat", os.O_RDONLY), connect().detach()):
            say("odd descriptor", send(b'{"method":"com.yunos.storage.WriteFile","parameters":{"path":"x"}}\0', fds=[number])[:200])
        # Begun, and never gone on with, while others are answered.
        slow = [connect() for _ in range(20)]
        for broker in slow:
            broker.sendall(b'{"method":')
        assert b"model" in send(get)
        for broker in slow:
            broker.close()
        # Whoever takes no answers keeps nobody else from his.
        deaf = connect()
        deaf.settimeout(1)
        try:
            while True:
                deaf.sendall(get * 100)
        except (TimeoutError, BrokenPipeError, ConnectionResetError):
            pass
        assert b"model" in send(get)
        say("done")
        """#

    @Test(
        "what an app lays in its directories leads its next launch and the broker nowhere (S-6, V-11, V-12)")
    func traps() throws {
        try CallerApp().install(with: ypkg)
        try ypkg.directory.write("TOPSECRET".utf8, to: "secret")
        let secret = ypkg.directory.path("secret")
        let lay = """
            secret = "\(secret)"
            for place in ("/data", "/cache"):
                for name in ("pages", "parts", "files", "values.db", "values.db-wal", "values.db-shm", "log", "cookies",
                        "storage", "databases", "answers", "lock", ".config", "run"):
                    path = place + "/" + name
                    KIND
            """
        let kinds = [
            "os.symlink(secret, path)", "os.symlink(os.path.dirname(secret), path)", "os.mkfifo(path)",
            "s = socket.socket(socket.AF_UNIX); s.bind(path)", "os.mkdir(path, 0)",
            "open(path, 'w').close(); os.chmod(path, 0)",
        ]
        let clear = """
            import shutil
            for place in ("/data", "/cache"):
                for name in os.listdir(place):
                    path = place + "/" + name
                    if os.path.isdir(path) and not os.path.islink(path):
                        os.chmod(path, 0o700)
                        shutil.rmtree(path)
                    else:
                        os.unlink(path)

            """
        for kind in kinds {
            let laid = try ypkg.act(program: clear + lay.replacing("KIND", with: kind))
            #expect(laid.status == 0, "\(kind): \(laid.errors)")
            let replies = try ypkg.calls(
                "caller",
                #"{"method":"com.yunos.storage.WriteFile","parameters":{"path":"secret","text":"changed"}}"#,
                #"{"method":"com.yunos.storage.ReadFile","parameters":{"path":"secret"}}"#,
                #"{"method":"com.yunos.storage.ReadFile","parameters":{"path":"me.key"}}"#,
                #"{"method":"com.yunos.storage.ListFiles","parameters":{"path":""}}"#,
                #"{"method":"com.yunos.storage.Commit","parameters":{"changes":[{"key":"a","value":"1"}]}}"#,
                #"{"method":"com.yunos.storage.RemoveFile","parameters":{"path":"secret"}}"#)
            try #require(replies.count == 6 && !replies.joined().contains("TOPSECRET"), "\(kind): \(replies)")
            #expect(!replies.joined().contains("me.pub"), "\(kind): \(replies)")
            #expect(replies[4].contains(#""done": true"#), "\(kind): \(replies)")
            #expect(try ypkg.directory.read("secret") == Array("TOPSECRET".utf8), "\(kind)")
        }
        var update = CallerApp()
        update.versionCode = 2
        try update.install(with: ypkg)
        #expect(try ypkg("rollback", "caller").status == 0)
        #expect(try ypkg("remove", "caller").status == 0)
        #expect(try ypkg.directory.read("secret") == Array("TOPSECRET".utf8))
        #expect(try AnchoredDirectory.status(ofPath: secret)?.permissions == 0o644)
    }

    @Test("an app that takes all memory, processes and descriptors is ended or stopped alone (S-31, S-32)")
    func bombs() throws {
        try CallerApp().install(with: ypkg)
        var other = CallerApp()
        other.domain = "other.example.com"
        try other.install(with: ypkg)
        #expect(try ypkg("open", "other").status == 0)
        let memory = try ypkg.act(
            "caller", "--memory", "64",
            program: """
                blocks = []
                while len(blocks) < 1000:
                    blocks.append(bytearray(b"x" * (1 << 20)))
                say("has it all")
                """)
        #expect(memory.status != 0 && !memory.output.contains("has it all"), "\(memory.output)")
        let rest = try ypkg.act(
            program: """
                children = 0
                try:
                    while children < 5000:
                        if os.fork() == 0:
                            time.sleep(1000)
                        children += 1
                except BlockingIOError:
                    pass
                say("processes", children < 600)
                numbers = 0
                try:
                    while numbers < 100000:
                        os.dup(0)
                        numbers += 1
                except OSError:
                    pass
                say("descriptors", numbers < 5000)
                os._exit(0)
                """)
        #expect(rest.output == "processes True\ndescriptors True\n", "\(rest.output)\(rest.errors)")
        #expect(try ypkg("ps").output.contains("page://other.example.com/main"))
    }
}
