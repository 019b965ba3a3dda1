import Glibc
import Platform
import Support
import Testing
import YunCore

/// Pages as their owner sees them: opened by links, hidden, frozen, ended.
@Suite struct PageTests {
    private let ypkg: Tool

    init() throws { ypkg = try Tool() }

    @Test("a page is opened by its link, given later ones, listed, and closed")
    func wholeLife() throws {
        try CallerApp().install(with: ypkg)
        #expect(try ypkg("ps").errors == "no page runs\n")
        #expect(try ypkg("open", "page://caller.example.com/main?id=1").status == 0)
        #expect(try ypkg("open", "caller").status == 0)
        let pages = try ypkg("ps").output
        #expect(pages.split(separator: "\n").count == 1, "\(pages)")
        #expect(pages.contains("page://caller.example.com/main"))
        let log = try ypkg.wait(for: "event link page://caller.example.com/main\n", in: "logs", "caller")
        for event in ["create", "start", "link page://caller.example.com/main?id=1", "show"] {
            #expect(log.contains("event \(event)"), "\(log)")
        }
        #expect(try ypkg("stop", "caller").status == 0)
        #expect(try ypkg("ps").errors == "no page runs\n")
        let end = try ypkg("logs", "caller").output
        for event in ["hide", "stop", "destroy"] { #expect(end.contains("event \(event)"), "\(end)") }
    }

    @Test("what cannot be opened is refused in words, and starts nothing")
    func refusals() throws {
        try CallerApp().install(with: ypkg)
        let cases: [([String], Int32, String)] = [
            (["open", "page://caller.example.com/other"], 67, "has no page other"),
            (["open", "page://nobody.example.com/main"], 67, "is not installed"),
            (["open", "page://caller.example.com/main?a=%"], 65, "hexadecimal digits"),
            (["open", "page://caller.example.com"], 65, "PAGE"),
            (["open", "nobody"], 67, "no app is called"),
            (["open", "caller", "--event", "buy"], 77, "does not take the event buy"),
            (["open", "caller", "--event", "not a word"], 65, "'not a word' is not an event"),
            (["stop", "99"], 67, ""), (["stop", "caller"], 67, "not run"),
            (["freeze", "caller"], 67, "not run"),
            (["thaw", "caller"], 67, "not run"),
        ]
        for (arguments, status, words) in cases {
            let result = try ypkg.run(arguments)
            #expect(result.status == status, "\(arguments): \(result.errors)")
            #expect(words == "PAGE" || result.errors.contains(words), "\(arguments): \(result.errors)")
        }
        #expect(try ypkg("ps").errors == "no page runs\n")
    }

    @Test("a link is opened alike, and once, in the form that goes without the parser and in all others")
    func forms() throws {
        try CallerApp().install(with: ypkg)
        let page = "page://caller.example.com/main"
        #expect(try ypkg("open", page).status == 0)
        for root in [ypkg.directory.path("root"), "nowhere", ""] {
            for link in [
                page, page + "?one", page + "?%", "page://caller.example.com/none", "page://", "page://a/b",
            ] {
                let parsed = try ypkg("open", link, "--root", root, "--event", "link")
                for arguments in [
                    ["--root", root, link], [link, "--root", root], ["--root", root, "--", link],
                ] {
                    let result = try ypkg.run(["open"] + arguments)
                    #expect(
                        (result.status, result.output, result.errors)
                            == (parsed.status, parsed.output, parsed.errors), "\(arguments)")
                }
            }
        }
        #expect(try ypkg("open", "--", page + "?one").status == 0)
        for (arguments, words) in [
            ([page, "--root"], "--root"), (["--root", "-x", page], "--root"), ([page, page], "nexpected"),
            ([page, "--rot", "x"], "--rot"), ([], "link"),
        ] {
            let result = try ypkg.run(["open"] + arguments)
            #expect(result.status == 64 && result.errors.contains(words), "\(arguments): \(result.errors)")
        }
        #expect(try ypkg("open", page, "--help").output.contains("USAGE: ypkg open"))
        #expect(try ypkg("open", page + "?last").status == 0)
        let log = try ypkg.wait(for: "event link \(page)?last", in: "logs", "caller")
        #expect(log.split(separator: "event link \(page)?one\n").count == 6, "\(log)")
        #expect(try ypkg("stop", "caller").status == 0)
    }

    @Test("a hidden app is frozen after its grace, uses no processor, and a link thaws it")
    func freezing() throws {
        try CallerApp().install(with: ypkg)
        var other = CallerApp()
        other.domain = "other.example.com"
        try other.install(with: ypkg)
        let manager = try ypkg.startPageManager("--grace", "0")
        #expect(try ypkg("open", "caller").status == 0)
        try ypkg.wait(for: "event show", in: "logs", "caller")
        #expect(try ypkg("open", "other").status == 0)
        if CurrentProcess.isRoot {
            let pages = try ypkg.wait(for: "frozen", in: "ps")
            #expect(pages.contains(/shown +page:..other.example.com.main/), "\(pages)")
            let before = try ypkg("top", "--json").output
            usleep(300_000)
            let after = try ypkg("top", "--json").output
            #expect(try processor("caller.example.com", before) == processor("caller.example.com", after))
            #expect(try ypkg("thaw", "caller").status == 0)
            #expect(try ypkg("ps").output.contains("frozen") == false)
        }
        #expect(try ypkg("open", "page://caller.example.com/main?again").status == 0)
        try ypkg.wait(for: "main?again", in: "logs", "caller")
        let pages = try ypkg("ps").output
        #expect(pages.contains(/shown +page:..caller.example.com.main/), "\(pages)")
        try manager.signal(SIGTERM)
        #expect(try manager.wait() == 0)
    }

    private func processor(_ app: String, _ top: String) throws -> String {
        let result = try Program("jq").run(
            "-r", ".[] | select(.app == \"\(app)\") | .processor", input: Array(top.utf8))
        #expect(Int(result.output.dropLast()) != nil, "\(top)")
        return result.output
    }

    @Test("one app opens another's page while it is shown, and not from behind (D-30)")
    func links() throws {
        try CallerApp().install(with: ypkg)
        var other = CallerApp()
        other.domain = "other.example.com"
        try other.install(with: ypkg)
        let open =
            #"{"method":"com.yunos.page.Open","parameters":{"link":{"uri":"page://other.example.com/main"}}}"#
        let replies = try ypkg.calls("caller", open, open)
        #expect(replies.first == #"{"parameters": {}}"#, "\(replies)")
        #expect(replies.last?.contains("page.not-allowed") == true, "\(replies)")
        #expect(try ypkg("ps").output.contains(/shown +page:..other.example.com.main/))
    }

    @Test("what is run at a terminal goes on while another app is shown (L-48)")
    func awakeAtTerminal() throws {
        try CallerApp().install(with: ypkg)
        var other = CallerApp()
        other.domain = "other.example.com"
        try other.install(with: ypkg)
        let manager = try ypkg.startPageManager("--grace", "0")
        let open =
            #"{"method":"com.yunos.page.Open","parameters":{"link":{"uri":"page://other.example.com/main"}}}"#
        let get = #"{"method":"com.yunos.storage.Usage"}"#
        let replies = try ypkg.calls("caller", open, get, get, get)
        #expect(replies.count == 4 && replies.last?.contains("files_limit") == true, "\(replies)")
        #expect(try ypkg("ps").output.contains("shown  page://other.example.com/main"))
        try manager.signal(SIGTERM)
        #expect(try manager.wait() == 0)
    }

    @Test("many callers at once start one page manager, and each gets its page (D-1)")
    func race() throws {
        try CallerApp().install(with: ypkg)
        let (directory, program) = (ypkg.directory, try "\(Checkout.programs)/ypkg")
        try BlockingThreads.run(count: 8) { _ throws(Failure) in
            let null = try OwnedDescriptor.open("/dev/null", .replace(permissions: 0))
            let process = try SpawnedProcess(
                [program, "open", "caller", "--root", directory.path("root")],
                environment: ["PATH=/usr/bin:/bin", "HOME=\(directory.path)"],
                descriptors: [null.number, null.number, null.number])
            guard try process.wait() == 0 else { throw Failure(.internalError, "a page was not opened") }
        }
        #expect(try ypkg("ps").output.split(separator: "\n").count == 1)
        let managers = try Program("pgrep").run("-f", "pagemanagerd --root \(directory.path("root"))")
        #expect(managers.output.split(separator: "\n").count == 1, "\(managers.output)")
    }

    @Test(
        "the death of the page manager takes its apps along, loses nothing stored, and the next one begins anew (D-4)"
    )
    func crash() throws {
        try CallerApp().install(with: ypkg)
        let manager = try ypkg.startPageManager()
        let set =
            #"{"method":"com.yunos.storage.Commit","parameters":{"changes":[{"key":"k","value":"kept"}]}}"#
        #expect(try ypkg.calls("caller", set).first?.contains(#""done": true"#) == true)
        #expect(try ypkg("open", "caller").status == 0)
        let list = try Program("jq").run("-r", ".[0].process", input: ypkg("ps", "--json").outputBytes)
        let process = try #require(Int32(list.output.dropLast()))
        try manager.signal(SIGKILL)
        _ = try manager.wait()
        for _ in 0..<200 where kill(process, 0) == 0 { usleep(50_000) }
        #expect(kill(process, 0) != 0)
        let get = #"{"method":"com.yunos.storage.Get","parameters":{"key":"k"}}"#
        #expect(try ypkg.calls("caller", get).first?.contains(#""value": "kept""#) == true)
        #expect(try ypkg("ps").errors == "no page runs\n")
    }

    @Test("no app is started where the self-test finds a wall missing (D-3)")
    func selfTest() throws {
        try CallerApp().install(with: ypkg)
        for name in ["ypkg", "pagemanagerd", "seed", "ywebhost"] {
            let bytes = try OwnedDescriptor.open("\(Checkout.programs)/\(name)", .read)
                .readToEnd(limit: 1 << 28, describedAs: name)
            try ypkg.directory.write(bytes, to: "programs/\(name)", permissions: 0o755)
        }
        try ypkg.directory.write(
            "#!/bin/sh\necho a test has taken it down\nexit 1\n".utf8, to: "programs/walls",
            permissions: 0o755)
        let other = try Program(ypkg.directory.path("programs/ypkg"))
        let result = try other.run("open", "caller", "--root", ypkg.directory.path("root"))
        #expect(result.status == 78, "\(result.errors)")
        #expect(result.errors.contains("a wall of the sandbox is missing: a test has taken it down"))
        #expect(try ypkg("ps").errors == "no page runs\n")
    }

    @Test("a client that others wrote understands the page manager (D-6)")
    func introspection() throws {
        try CallerApp().install(with: ypkg)
        #expect(try ypkg("open", "caller").status == 0)
        let script = """
            import sys, varlink
            with varlink.Client("unix:" + sys.argv[1]) as client:
                with client.open("org.varlink.service") as service:
                    print(sorted(service.GetInfo()["interfaces"]))
                with client.open("com.yunos.pagemanager") as manager:
                    print([page["uri"] for page in manager.List()["pages"]])
                    print(manager.Open({"uri": "page://caller.example.com/worker"})["instance"] > 0)
                    try:
                        manager.Open({"uri": "page://nobody.example.com/main"})
                    except varlink.VarlinkError as error:
                        print(error.error(), error.parameters()["code"])
                    manager.Stop(app="caller.example.com")
                    print(manager.List()["pages"])
            """
        let socket = ypkg.directory.path("root/run/pagemanager")
        let result = try Program.python().run("-c", script, socket)
        #expect(
            result.output == """
                ['com.yunos.pagemanager', 'com.yunos.pagemanager.account', 'org.varlink.service']
                ['page://caller.example.com/main']
                True
                com.yunos.pagemanager.Failed app.unknown
                []

                """, "\(result.errors)")
    }

    @Test("the page manager ends with its store, and with TERM in order (D-5)")
    func endings() throws {
        try CallerApp().install(with: ypkg)
        let manager = try ypkg.startPageManager()
        #expect(try ypkg("open", "caller").status == 0)
        try manager.signal(SIGTERM)
        #expect(try manager.wait() == 0)
        let next = try ypkg.startPageManager()
        try AnchoredDirectory(at: ypkg.directory.path).removeTree("root")
        #expect(try next.wait() == 0)
    }

    @Test("nobody but the owner and root is answered (D-2)", .enabled(if: CurrentProcess.isRoot))
    func strangers() throws {
        try CallerApp().install(with: ypkg)
        let manager = try ypkg.startPageManager()
        let socket = ypkg.directory.path("root/run/pagemanager")
        // As if the directories around it kept nobody away.
        for path in ["", "root", "root/run", "root/run/pagemanager"] {
            #expect(unsafe chmod(ypkg.directory.path(path), 0o777) == 0)
        }
        let script = """
            import os, socket, sys
            os.setgid(65534)
            os.setuid(65534)
            client = socket.socket(socket.AF_UNIX)
            client.connect(sys.argv[1])
            try:
                client.sendall(b'{"method":"org.varlink.service.GetInfo"}\\0')
                print(client.recv(1000))
            except (BrokenPipeError, ConnectionResetError):
                print(b"")
            """
        let result = try Program("/usr/bin/python3").run("-c", script, socket)
        #expect(result.output == "b''\n", "\(result.output) \(result.errors)")
        #expect(try ypkg("ps").status == 0)
        try manager.signal(SIGTERM)
        _ = try manager.wait()
    }
}
