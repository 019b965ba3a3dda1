import Glibc
import Platform
import Support
import Testing
import YunCore

/// What is done about memory, on the built binaries.
@Suite struct MemoryTests {
    private let ypkg: Tool

    init() throws { ypkg = try Tool() }

    private func trim(_ level: String) throws -> Program.Result {
        let script = """
            import sys, varlink
            with varlink.Client("unix:" + sys.argv[1]) as client:
                with client.open("com.yunos.pagemanager") as manager:
                    manager.Trim(sys.argv[2])
            """
        return try Program.python().run("-c", script, ypkg.directory.path("root/run/pagemanager"), level)
    }

    @Test("a prepared web host is there for the first page, and ends where memory is short (L-47)")
    func preparing() throws {
        try ypkg.prepare("hello")
        #expect(try ypkg("install", "hello.ypkg").status == 0)
        #expect(try ypkg("open", "hello", "--prepare", "--headless").status == 0)
        try ypkg.wait(for: "prepared", in: "top")
        #expect(try ypkg("ps").errors == "no page runs\n")
        #expect(try trim("moderate").status == 0)
        // In order, and so a moment later.
        for _ in 0..<600 where try ypkg("top").errors != "no app runs\n" { usleep(50_000) }
        #expect(try ypkg("top").errors == "no app runs\n")
        #expect(try ypkg("open", "hello", "--prepare", "--headless").status == 0)
        #expect(try ypkg("open", "hello", "--headless").status == 0)
        try ypkg.wait(for: "shown", in: "ps")
        #expect(try trim("critical").status == 0)
        #expect(try ypkg("ps").output.contains("shown"))
        let wrong = try trim("much")
        #expect(wrong.errors.contains("the levels are: moderate, low, critical"), "\(wrong.errors)")
    }

    @Test("below the reserve nothing is prepared, pages are told, and what is frozen ends (L-46, L-47)")
    func reserve() throws {
        try ypkg.prepare("hello")
        #expect(try ypkg("install", "hello.ypkg").status == 0)
        var other = CallerApp()
        other.domain = "other.example.com"
        try other.install(with: ypkg)
        try CallerApp().install(with: ypkg)
        let reserve = MachineMemory.totalBytes >> 20
        let manager = try ypkg.startPageManager("--grace", "0", "--reserve", "\(2 * reserve)")
        #expect(try ypkg("open", "hello", "--prepare", "--headless").status == 0)
        #expect(try ypkg("top").errors == "no app runs\n")
        #expect(try ypkg("open", "caller").status == 0)
        try ypkg.wait(for: "event show", in: "logs", "caller")
        #expect(try ypkg("open", "other").status == 0)
        if CurrentProcess.isRoot {
            // Memory is looked at with each start: with the other's, where the first was frozen by then.
            let ended = "was ended, since memory is short"
            func isEnded() throws -> Bool { try ypkg("logs", "caller").output.contains(ended) }
            for _ in 0..<600 where try !ypkg("ps").output.contains("frozen") && !isEnded() { usleep(50_000) }
            #expect(try ypkg("open", "page://other.example.com/worker").status == 0)
            try ypkg.wait(for: ended, in: "logs", "caller")
        } else {
            #expect(try ypkg("open", "page://other.example.com/worker").status == 0)
        }
        try ypkg.wait(for: "event trim_memory", in: "logs", "other")
        try manager.signal(SIGTERM)
        _ = try manager.wait()
    }

    @Test("an idle page manager needs 20 MiB at most, also after it has had much to do (D-8)")
    func idle() throws {
        try CallerApp().install(with: ypkg)
        let manager = try ypkg.startPageManager()
        let set = #"{"method":"com.yunos.storage.Commit","parameters":{"changes":[{"key":"k","value":"v"}]}}"#
        for _ in 0..<10 {
            #expect(try ypkg.calls("caller", set).first?.contains(#""done": true"#) == true)
            #expect(try ypkg("open", "caller").status == 0)
            #expect(try ypkg("stop", "caller").status == 0)
        }
        let result = try Program("ps").run("-o", "rss=", "-p", "\(manager.number)")
        let kibibytes = try #require(Int(result.output.filter(\.isNumber)))
        #expect(kibibytes <= 20 << 10, "\(kibibytes) KiB")
        try manager.signal(SIGTERM)
        _ = try manager.wait()
    }

    @Test("what the manifest says is enough for an app is all that it gets (S-32)")
    func wishes() throws {
        var app = CallerApp()
        app.network = #", "limits": { "memory_mib": 48, "processes": 9 }"#
        try app.install(with: ypkg)
        let plan = try ypkg("run", "caller", "--explain").output
        #expect(plan.contains("  memory of all 48 MiB\n") || plan.contains("  data 50331648\n"), "\(plan)")
        #expect(plan.contains("  processes of all 9\n") || plan.contains("  nproc 9\n"), "\(plan)")
        let result = try ypkg.run(["run", "caller", "--shell"], input: Array("exec tail /dev/zero\n".utf8))
        #expect(result.status != 0)
        if CurrentProcess.isRoot {
            #expect(result.errors.contains("used more than the 48 MiB it may"), "\(result.errors)")
        }
        #expect(try ypkg("run", "caller", "--explain", "--memory", "64").output.contains("64 MiB"))
    }

    @Test("a plan says which permissions the owner has granted, not which are asked for (S-2)")
    func grants() throws {
        var app = CallerApp()
        app.permissions = #"[{ "name": "CAMERA.permission.yunos.com", "reason": "pictures" }]"#
        try app.install(with: ypkg)
        #expect(try ypkg("run", "caller", "--explain").output.contains("  CAMERA not granted"))
        #expect(try ypkg("permissions", "caller", "grant", "CAMERA").status == 0)
        #expect(try ypkg("run", "caller", "--explain").output.contains("  CAMERA granted"))
    }

    @Test("a running app is ended before it is removed, and nothing of it is left (D-7)")
    func removal() throws {
        try CallerApp().install(with: ypkg)
        #expect(try ypkg("open", "caller").status == 0)
        let removed = try ypkg("remove", "caller")
        #expect(removed.status == 0 && !removed.errors.contains("still runs"), "\(removed.errors)")
        let left = try Program("find").run(ypkg.directory.path("root"), "-path", "*caller.example.com/*")
        #expect(left.output.isEmpty, "\(left.output)")
        #expect(try ypkg("ps").errors == "no page runs\n")
    }
}
