import Platform
import Support
import Testing
import Yun

/// `client.c`, built in one of the ways that the header is for.
private struct CClient {
    let directory: TemporaryDirectory

    static let compilers = [
        ["gcc", "-std=c11", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"],
        ["g++", "-x", "c++", "-std=c++11"], ["gcc", "-std=gnu17", "-O2", "-static"],
    ]

    init(_ compiler: [String]) throws {
        directory = try TemporaryDirectory()
        let result = try Program(compiler[0]).run(
            compiler.dropFirst() + [
                "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-I\(Checkout.path)/sdk/c",
                "\(Checkout.path)/Tests/SDKTests/client.c", "-o", directory.path("client"),
            ])
        #expect(result.status == 0, "\(result.errors)")
    }

    func callAsFunction(_ path: String, _ arguments: String...) throws -> String {
        let result = try Program(directory.path("client")).run(arguments, environment: ["YUN_BROKER": path])
        #expect(result.errors.isEmpty)
        return result.output + (result.status == 0 ? "" : "status \(result.status)\n")
    }
}

@Suite struct CClientTests {
    @Test("A program in C and one in C++ call every interface", arguments: CClient.compilers)
    func calls(_ compiler: [String]) throws {
        let client = try CClient(compiler)
        let broker = try FakeBroker()
        #expect(try client(broker.path, "device") == "Ctyon A1 zh-CN 3\n")
        #expect(try client(broker.path, "get", "draft") == "-\n")
        #expect(try client(broker.path, "set", "draft", "\u{8336}\t\"\\").isEmpty)
        #expect(try client(broker.path, "get", "draft") == "\u{8336}\t\"\\\n")
        #expect(try client(broker.path, "list", "d") == "draft = \u{8336}\t\"\\\ncomplete 1\n")
        #expect(try client(broker.path, "set", "draft").isEmpty)
        #expect(broker.seen.values.isEmpty)
        #expect(try client(broker.path, "open", "page://mobile.taobao.com/home").isEmpty)
        #expect(broker.seen.opened == ["page://mobile.taobao.com/home - data"])
        #expect(
            try client(broker.path, "open", "http://x")
                == "link.malformed: http://x is no page\nhint: begin with page://\nstatus 1\n")
        #expect(try client(broker.path, "notify", "Tea", "is ready", "page://notes.yunos.com/main") == "41\n")
        #expect(broker.seen.posted == ["Tea|is ready|tag|page://notes.yunos.com/main - -"])
        #expect(try client(broker.path, "ask", "CAMERA.permission.yunos.com") == "denied\n")
        #expect(try client(broker.path, "ask", "NETWORK.permission.yunos.com") == "granted\n")
        #expect(
            try client(broker.path, "request", "https://example.com/", "the body") == """
                200 https://example.com/
                server = fake
                POST error
                accept: */*
                the body
                sent 8, continues 0

                """)
    }

    @Test("A program in C is told what becomes of its page, and acknowledges it")
    func watching() throws {
        let client = try CClient(CClient.compilers[0])
        let broker = try FakeBroker(events: SwiftClientTests.events)
        #expect(
            try client(broker.path, "watch") == """
                1: 1 of 7 bin/app
                2: 2 of 7
                3: 7 of 7 page://notes.yunos.com/main?note=3 link \u{8336} "x"
                4: 3 of 7
                5: 8 of 7 level 3
                6: 9 of 7
                7: 0 of 7
                8: 6 of 7

                """)
        #expect(
            broker.seen.taken == ["7 1", "7 2", "7 3", "7 4", "7 5", "7 6 false", "7 7", "7 8"])
    }

    @Test(
        "Without a broker, with text that is no UTF-8, and with a value that no C string holds, there are words"
    )
    func refusals() throws {
        let client = try CClient(CClient.compilers[0])
        let broker = try FakeBroker()
        #expect(
            try client(broker.path + ".none", "get", "a").contains("cannot reach the broker: No such file"))
        let connection = try Yun.Connection(path: broker.path)
        _ = try connection.storage.commit(changes: [.init(key: "nul", value: "a\0b")])
        #expect(try client(broker.path, "get", "nul").contains("value that is understood"))
        let script = "exec \"$0\" set draft \"$(printf '\\377')\""
        let result = try Program("/bin/sh").run(
            ["-c", script, client.directory.path("client")], environment: ["YUN_BROKER": broker.path])
        #expect(result.output == "usage: the call cannot be sent: a text in it is not UTF-8\n")
    }
}
