import Glibc
import Platform
import Support
import Testing
import YunCore

/// What apps can call, tried from inside.
@Suite struct BrokerTests {
    private let ypkg: Tool

    init() throws { ypkg = try Tool() }

    /// Every method of every interface for apps, by the interface files.
    private static func methods() throws -> [String] {
        let directory = try AnchoredDirectory(at: Checkout.path + "/spec/varlink")
        return try directory.names().filter { !$0.hasPrefix("com.yunos.pagemanager.") }.flatMap { name in
            let text = String(decoding: try directory.contents(of: name, limit: 1 << 20), as: UTF8.self)
            return text.split(separator: "\n").filter { $0.hasPrefix("method ") }.map { line in
                name.dropLast("varlink".count) + line.dropFirst("method ".count).prefix { $0 != "(" }
            }.map(String.init)
        }
    }

    @Test("no method is answered without its permission, and none without an entry in the table (D-21)")
    func permissions() throws {
        try CallerApp().install(with: ypkg)
        let table = String(
            decoding: try OwnedDescriptor.open(Checkout.path + "/spec/permissions.md", .read)
                .readToEnd(limit: 1 << 20, describedAs: "permissions"), as: UTF8.self)
        let methods = try Self.methods()
        #expect(methods.count > 20)
        let guarded = methods.filter { table.contains("`\($0)`") && !$0.isEmpty }
        #expect(
            guarded.contains("com.yunos.network.Request") && guarded.contains("com.yunos.notification.Post"))
        // Without `more`: what goes on for as long as it is listened to says so.
        let calls = methods.map { #"{"method":"\#($0)"}"# }
        let replies = try ypkg.run(
            ["run", "caller", "--", "calls"], input: Array((calls.joined(separator: "\n") + "\n").utf8))
        for method in [
            "com.yunos.network.Request", "com.yunos.notification.Post", "com.yunos.notification.Withdraw",
        ] {
            let reply = try ypkg.calls("caller", #"{"method":"\#(method)","more":true}"#)
            #expect(reply.first?.contains("permission.denied") == true, "\(method): \(reply)")
        }
        #expect(!replies.output.contains("MethodNotFound"), "\(replies.output)")
        let unknown = try ypkg.calls(
            "caller", #"{"method":"com.yunos.page.Fly"}"#, #"{"method":"com.yunos.pagemanager.Quit"}"#)
        #expect(
            unknown[0].contains("MethodNotFound") && unknown[1].contains("InterfaceNotFound"), "\(unknown)")
    }

    @Test(
        "the owner is asked once; the answer holds, is logged, and its revocation works at once (D-22, D-31)")
    func asking() throws {
        var app = CallerApp()
        app.permissions =
            #"[{"name":"NOTIFICATION.permission.yunos.com","reason":{"en":"To tell you","zh":"通知您"}}]"#
        try app.install(with: ypkg)
        try ypkg.directory.write("caller.example.com NOTIFICATION always\n".utf8, to: "answers")
        let manager = try ypkg.startPageManager("--answers", ypkg.directory.path("answers"))
        #expect(try ypkg("permissions", "caller").output.contains("asked at first use"))
        let post = #"{"method":"com.yunos.notification.Post","parameters":{"title":"Hello","text":"there"}}"#
        #expect(try ypkg.calls("caller", post) == [#"{"parameters": {"number": 1}}"#])
        #expect(try ypkg("notifications").output.contains("caller.example.com: Hello - there"))
        // Nobody answers any more, and nobody needs to.
        try ypkg.directory.write([], to: "answers")
        #expect(try ypkg.calls("caller", post) == [#"{"parameters": {"number": 2}}"#])
        #expect(try ypkg("permissions", "caller").output.contains("granted (always)"))
        let log = try ypkg("permissions", "--log").output
        #expect(
            log.contains("caller.example.com  NOTIFICATION  com.yunos.notification.Post  2 times"), "\(log)")
        #expect(try ypkg("permissions", "caller", "revoke", "NOTIFICATION").status == 0)
        let denied = try ypkg.calls("caller", post)
        #expect(denied.first?.contains("the owner has denied NOTIFICATION") == true, "\(denied)")
        #expect(try ypkg("logs", "caller").output.contains("denied: com.yunos.notification.Post"))
        #expect(try ypkg("permissions", "caller", "reset").status == 0)
        #expect(try ypkg("permissions", "caller").output.contains("asked at first use"))
        let away =
            #"{"method":"com.yunos.notification.Post","parameters":{"title":"a","text":"","link":{"uri":"page://b.example.com/c"}}}"#
        #expect(try ypkg("permissions", "caller", "grant", "NOTIFICATION").status == 0)
        #expect(try ypkg.calls("caller", away).first?.contains("pages of its own app alone") == true)
        #expect(try ypkg("permissions", "caller", "reset").status == 0)
        let unasked = try ypkg.calls("caller", post)
        #expect(unasked.first?.contains("permission.denied") == true, "\(unasked)")
        for (arguments, status) in [
            (["permissions", "caller", "grant", "CAMERA"], Int32(77)),
            (["permissions", "caller", "grant", "FLYING"], 64), (["permissions", "nobody"], 67),
            (["permissions"], 64),
        ] {
            #expect(try ypkg.run(arguments).status == status, "\(arguments)")
        }
        try manager.signal(SIGTERM)
        _ = try manager.wait()
    }

    @Test("an app learns of the phone its model, language and kind of network, and nothing else")
    func device() throws {
        try CallerApp().install(with: ypkg)
        let replies = try ypkg.calls("caller", #"{"method":"com.yunos.device.Get"}"#)
        let keys = try Program("jq").run(
            "-c", ".parameters | keys", input: Array((replies.first ?? "").utf8))
        #expect(keys.output == #"["language","model","network"]"# + "\n", "\(replies)")
    }

    @Test("whoever is not in the sandbox is not answered on its socket (D-20)")
    func outside() throws {
        try CallerApp().install(with: ypkg)
        #expect(try ypkg("open", "caller").status == 0)
        let sockets = try AnchoredDirectory(at: ypkg.directory.path("root/run/apps"))
        let name = try #require(try sockets.names().first { Int($0) != nil })
        let socket = try #require(try StreamSocket.connect(to: name, in: sockets))
        // It may have been closed already.
        do throws(Failure) {
            try socket.write(Array(#"{"method":"org.varlink.service.GetInfo"}"#.utf8) + [0])
        } catch { #expect(error.code == .inputOutput) }
        #expect(try socket.read(upTo: 1000)?.bytes.isEmpty == true)
    }

    @Test("values and files are kept for the app alone, with what the owner's disk holds")
    func storage() throws {
        try CallerApp().install(with: ypkg)
        let replies = try ypkg.calls(
            "caller",
            #"{"method":"com.yunos.storage.Commit","parameters":{"changes":[{"key":"a","value":"1"},{"key":"b","value":"2"}]}}"#,
            #"{"method":"com.yunos.storage.Commit","parameters":{"changes":[{"key":"a","value":"9","expected":77}]}}"#,
            #"{"method":"com.yunos.storage.List","parameters":{"prefix":""}}"#,
            #"{"method":"com.yunos.storage.Get","parameters":{"key":"none"}}"#,
            #"{"method":"com.yunos.storage.Get","parameters":{"key":""}}"#,
            #"{"method":"com.yunos.storage.WriteFile","parameters":{"path":"note.txt","text":"hello"}}"#,
            #"{"method":"com.yunos.storage.ReadFile","parameters":{"path":"note.txt"}}"#,
            #"{"method":"com.yunos.storage.ListFiles","parameters":{"path":""}}"#,
            #"{"method":"com.yunos.storage.ReadFile","parameters":{"path":"../values.db"}}"#,
            #"{"method":"com.yunos.storage.MoveFile","parameters":{"path":"note.txt","to":"other.txt"}}"#,
            #"{"method":"com.yunos.storage.RemoveFile","parameters":{"path":"other.txt"}}"#,
            #"{"method":"com.yunos.storage.ReadFile","parameters":{"path":"other.txt"}}"#,
            #"{"method":"com.yunos.storage.Usage"}"#)
        #expect(replies[0].contains(#""done": true"#) && replies[1].contains(#""done": false"#), "\(replies)")
        #expect(replies[2].contains(#""complete": true"#) && replies[2].contains(#""value": "2""#))
        #expect(replies[3] == #"{"parameters": {}}"# && replies[4].contains("storage.invalid"))
        #expect(replies[5].contains(#""size": 5"#) && replies[6].contains(#""body": "hello""#))
        #expect(replies[7].contains("note.txt") && replies[8].contains("Failed"), "\(replies)")
        #expect(replies[9] == #"{"parameters": {}}"# && replies[10] == #"{"parameters": {}}"#)
        #expect(replies[11].contains("file.unknown") && replies[12].contains("values_limit"), "\(replies)")
    }

    @Test("the network is what the manifest declares, and bytes are counted")
    func network() throws {
        var app = CallerApp()
        app.permissions = #"[{"name":"NETWORK.permission.yunos.com","reason":{"en":"To fetch","zh":"获取"}}]"#
        let server = try PythonServer(in: ypkg.directory)
        app.network =
            #","network":{"hosts":["img.example.com"],"development":{"hosts":["127.0.0.1:\#(server.port)"]}}"#
        try app.install(with: ypkg)
        func request(_ url: String) -> String {
            #"{"method":"com.yunos.network.Request","more":true,"parameters":{"method":"GET","url":"\#(url)","headers":[]}}"#
        }
        let replies = try ypkg.calls(
            "caller", request("http://127.0.0.1:\(server.port)/body.txt"),
            request("https://elsewhere.example.com/"),
            request("http://127.0.0.1:1/"), request("file:///etc/passwd"))
        #expect(
            replies[0].contains(#""status": 200"#) && replies[0].contains("what was served"), "\(replies)")
        #expect(replies[1].contains(#""received": "#), "\(replies)")
        for reply in replies[2...] { #expect(reply.contains("network."), "\(reply)") }
        #expect(try ypkg("open", "caller").status == 0)
        let top = try ypkg("top", "--json").output
        let received = try Program("jq").run("-r", ".[0].received", input: Array(top.utf8)).output
        #expect((Int(received.dropLast()) ?? 0) > 100, "\(top)")
        withExtendedLifetime(server) {}
    }

    @Test("what is hostile on the broker's and the page manager's socket ends that connection alone (D-10)")
    func hostileBytes() throws {
        try CallerApp().install(with: ypkg)
        #expect(try ypkg("open", "caller").status == 0)
        let script = """
            import socket, sys
            for bytes in [b"\\0", b"{}\\0", b"[" * 200000 + b"\\0", b"\\xff\\xfe\\0", b'{"method":5}\\0', b"x" * 5000000]:
                client = socket.socket(socket.AF_UNIX)
                client.connect(sys.argv[1])
                client.settimeout(20)
                try:
                    client.sendall(bytes)
                    while client.recv(65536):
                        pass
                except (BrokenPipeError, ConnectionResetError):
                    pass
                client.close()
            print("done")
            """
        let socket = ypkg.directory.path("root/run/pagemanager")
        let result = try Program.python().run("-c", script, socket)
        #expect(result.output == "done\n", "\(result.errors)")
        #expect(try ypkg("ps").output.contains("page://caller.example.com/main"))
    }
}

/// A web server on the loopback address, while it lives.
final class PythonServer {
    let port: Int
    private let process: SpawnedProcess

    init(in directory: TemporaryDirectory) throws {
        try directory.write("what was served".utf8, to: "served/body.txt")
        let output = try Pipe()
        let null = try OwnedDescriptor.open("/dev/null", .replace(permissions: 0))
        process = try SpawnedProcess(
            [
                "/usr/bin/python3", "-u", "-c",
                """
                import functools, http.server, sys
                handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory="\(directory.path("served"))")
                server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
                # In one piece: it is read as it comes.
                sys.stdout.write("%d\\n" % server.server_address[1])
                server.serve_forever()
                """,
            ], environment: ["PATH=/usr/bin:/bin"],
            descriptors: [null.number, output.writing.number, null.number])
        let line = try output.closingWritingEnd().readSome(upTo: 100)
        port = try #require(Int(String(decoding: line.dropLast(), as: UTF8.self)))
    }

    deinit {
        do throws(Failure) {
            try process.signal(SIGKILL)
            _ = try process.wait()
        } catch { print("a test's server does not end: \(error)") }
    }
}
