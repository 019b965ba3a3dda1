import Testing
import YunCore

@testable import Sandbox

@Suite("A plan")
struct PlanTests {
    private func request(_ program: LaunchRequest.Program = .app("bin/notes")) throws -> LaunchRequest {
        LaunchRequest(
            page: try PageURI("page://notes.example.com/main"), release: "/store/notes/tree",
            data: "/store/data/notes.example.com", cache: "/store/cache/notes.example.com", program: program)
    }

    private var host: HostFacts {
        HostFacts(
            user: 1001, group: 1002,
            entries: [
                "/usr": .directory, "/bin": .symlink("usr/bin"), "/lib64": .directory,
                "/etc/fonts": .directory,
                "/etc/localtime": .symlink("/usr/share/zoneinfo/Asia/Shanghai"), "/etc/ld.so.cache": .file,
                "/etc/mime.types": .symlink("/home/me/mime.types"), "/dev/dri": .directory,
                "/dev/video0": .special,
                "/run/user/1001/pipewire-0": .special,
            ], runtimeDirectory: "/run/user/1001")
    }

    @Test("mounts the release read-only and the app's own files without execution (S-3, S-4)")
    func mountsOwnDirectories() throws {
        let operations = try Plan(request(), host: host).operations
        #expect(operations.contains(.mount("/store/notes/tree", at: "/app", access: .execute, isOwn: true)))
        #expect(
            operations.contains(
                .mount("/store/data/notes.example.com", at: "/data", access: .write, isOwn: true)))
        #expect(
            operations.contains(
                .mount("/store/cache/notes.example.com", at: "/cache", access: .write, isOwn: true)))
    }

    @Test("has links where the host has links into the runtime, and mounts elsewhere")
    func keepsLinks() throws {
        let operations = try Plan(request(), host: host).operations
        #expect(operations.contains(.link("/bin", to: "usr/bin")))
        #expect(operations.contains(.link("/etc/localtime", to: "/usr/share/zoneinfo/Asia/Shanghai")))
        #expect(operations.contains(.mount("/lib64", at: "/lib64", access: .execute, isOwn: false)))
        #expect(
            operations.contains(.mount("/etc/mime.types", at: "/etc/mime.types", access: [], isOwn: false)))
    }

    @Test("opens nothing for a permission that was not granted (S-2)", arguments: Permission.allCases)
    func opensOnlyGranted(permission: Permission) throws {
        let bare = try Plan(request(), host: host)
        #expect(
            !bare.operations.contains { $0.path.isAt(orBelow: "/dev/dri") || $0.path.isAt(orBelow: "/run") })
        var request = try request()
        request.permissions = [permission]
        let added = try Plan(request, host: host).operations.filter { !bare.operations.contains($0) }.map(
            \.path)
        let expected: [String] =
            switch permission {
            case .graphics: ["/dev/dri"]
            case .camera: ["/dev/video0"]
            case .audio: ["/run", "/run/audio", "/run/audio/pipewire-0"]
            case .network, .location, .notification, .account, .storage, .packages: []
            }
        #expect(added == expected)
    }

    @Test("gives a program exactly its environment, sorted (S-9)")
    func setsEnvironment() throws {
        var request = try request()
        request.environment = ["LANG": "zh_CN.UTF-8"]
        request.display = .wayland(socket: "/run/user/1001/wayland-0")
        let plan = try Plan(request, host: host)
        let names = plan.environment.map(\.name)
        #expect(names == names.sorted())
        #expect(plan.environment.contains { $0 == ("LANG", "zh_CN.UTF-8") })
        #expect(plan.environment.contains { $0 == ("WAYLAND_DISPLAY", "/run/display/wayland-0") })
        #expect(plan.environment.contains { $0 == ("HOME", "/data") })
    }

    @Test(
        "refuses variables that would change the sandbox",
        arguments: ["LD_PRELOAD", "HOME", "YUN_DOMAIN", "A=B", "", "A B"])
    func refusesVariables(name: String) throws {
        var request = try request()
        request.environment = [name: "x"]
        #expect(throws: Failure.self) { try Plan(request, host: host) }
    }

    @Test("mounts nothing below what the app can write (S-5)")
    func nestsNothing() throws {
        var request = try request(.host(path: "/data/tool", resources: []))
        #expect(throws: Failure.self) { try Plan(request, host: host) }
        request.program = .host(path: "/tmp/tool", resources: [])
        #expect(throws: Failure.self) { try Plan(request, host: host) }
        request.program = .host(path: "/opt/web/host", resources: ["/opt/web", "/usr/share/x"])
        let operations = try Plan(request, host: host).operations
        #expect(operations.contains(.mount("/opt/web", at: "/opt/web", access: .execute, isOwn: false)))
        let writable = operations.filter(\.isWritable).map(\.path)
        #expect(Set(writable) == ["/data", "/cache", "/tmp", "/dev/shm"])
        for operation in operations {
            if case .directory = operation { continue }
            if case .link = operation { continue }
            #expect(!writable.contains { operation.path != $0 && operation.path.isAt(orBelow: $0) })
        }
    }

    @Test(
        "refuses paths with detours",
        arguments: ["relative", "/a/../b", "/a//b", "/a/./b", "/a/", "", "/a\u{0}b"])
    func refusesDetours(path: String) throws {
        var request = try request()
        request.data = path
        #expect(throws: Failure.self) { try Plan(request, host: host) }
    }

    @Test(
        "refuses programs outside the release",
        arguments: ["../bin/sh", "/bin/sh", "bin//x", "", "a/../../b"])
    func refusesProgramsOutside(path: String) throws {
        #expect(throws: Failure.self) { try Plan(request(.app(path)), host: host) }
    }

    @Test("never runs an app as root (S-1)")
    func refusesRoot() throws {
        var facts = host
        facts.user = 0
        var request = try request()
        #expect(throws: Failure.self) { try Plan(request, host: facts) }
        request.appUser = 0
        #expect(throws: Failure.self) { try Plan(request, host: facts) }
        request.appUser = 100_001
        #expect(try Plan(request, host: facts).user == 100_001)
        #expect(try Plan(request, host: host).user == 1001)
    }

    @Test("limits with cgroups where there are some and for each process where there are none (S-31)")
    func limits() throws {
        var request = try request()
        request.limits.memoryBytes = 1 << 20
        #expect(try Plan(request, host: host).limits.map(\.name) == ["core", "nofile", "nproc", "data"])
        var facts = host
        facts.cgroups = CgroupLayout(unified: "/sys/fs/cgroup/x", unifiedLimits: true)
        #expect(try Plan(request, host: facts).limits.map(\.name) == ["core", "nofile"])
    }

    @Test("gives an app at most half of the machine's memory where nobody chose (S-31, S-32)")
    func limitsByMachine() throws {
        var facts = host
        facts.memoryBytes = 1_000_000_000
        let plan = try Plan(request(), host: facts)
        #expect(plan.resources.memoryBytes == 476 << 20)
        #expect(plan.limits.contains(Plan.Limit(name: "data", resource: 2, value: 476 << 20)))
        #expect(plan.explanation.lines.contains("  data 499122176"))
        // What lies in memory as a file does not take it all either.
        #expect(plan.operations.contains(.temporary("/tmp", sizeBytes: 119 << 20, permissions: 0o1777)))
        var chosen = try request()
        chosen.limits.memoryBytes = 64 << 20
        #expect(try Plan(chosen, host: facts).resources.memoryBytes == 64 << 20)
        // What the app says is enough is no way to more.
        for (wish, limit) in [(32 << 20, 32 << 20), (900 << 20, 476 << 20)] {
            var wishing = try request()
            wishing.limits.wishedMemoryBytes = wish
            #expect(try Plan(wishing, host: facts).resources.memoryBytes == limit)
            wishing.limits.memoryBytes = 64 << 20
            #expect(try Plan(wishing, host: facts).resources.memoryBytes == 64 << 20)
        }
    }

    @Test("limits a script engine's memory by control groups or not at all, and says so (S-31)")
    func limitsReservingPrograms() throws {
        var facts = host
        facts.memoryBytes = 1_000_000_000
        var request = try request(.carried(path: "/usr/lib/web"))
        let plan = try Plan(request, host: facts)
        #expect(!plan.limits.map(\.name).contains("data"))
        #expect(plan.explanation.lines.contains("  memory of all not limited"))
        request.limits.memoryBytes = 64 << 20
        #expect(throws: Failure.self) { try Plan(request, host: facts) }
        facts.cgroups = CgroupLayout(memory: "/sys/fs/cgroup/memory")
        #expect(try Plan(request, host: facts).resources.memoryBytes == 64 << 20)
    }

    @Test("brings a carried program in at one place, wherever it lies (S-10)")
    func carriedProgram() throws {
        let plan = try Plan(request(.carried(path: "/tmp/build/web")), host: host)
        #expect(plan.executable == "/run/program/web")
        #expect(
            plan.operations.contains(
                .mount("/tmp/build/web", at: "/run/program/web", access: .execute, isOwn: false)))
        #expect(throws: Failure.self) { try Plan(request(.carried(path: "/tmp/../web")), host: host) }
    }

    @Test("titles an app's process with its page, and leaves host programs their names (S-10)")
    func titles() throws {
        #expect(try Plan(request(), host: host).arguments.first == "page://notes.example.com/main")
        #expect(
            try Plan(request(.host(path: "/usr/bin/web", resources: [])), host: host).arguments == [
                "/usr/bin/web"
            ])
        #expect(try Plan(request(.shell), host: host).hasTerminal)
    }

    @Test("explains itself")
    func explains() throws {
        var request = try request()
        request.permissions = [.graphics]
        let lines = try Plan(request, host: host).explanation.lines
        #expect(lines.contains("  r-x /app (host) <- /store/notes/tree"))
        #expect(lines.contains("  rw- /data (host) <- /store/data/notes.example.com"))
        #expect(lines.contains { $0.hasPrefix("  GRAPHICS granted") })
        #expect(lines.contains { $0.hasPrefix("  NETWORK not granted") })
    }

    @Test("becomes bubblewrap arguments line by line (S-50)")
    func becomesArguments() throws {
        let plan = try Plan(request(), host: host)
        let files = plan.operations.filter { if case .file = $0 { true } else { false } }.count
        let arguments = BwrapLaunch.arguments(
            for: plan, fileDescriptors: Array(10..<(10 + files)), filterDescriptor: 9)
        let text = arguments.joined(separator: " ")
        #expect(text.contains("--ro-bind /store/notes/tree /app"))
        #expect(text.contains("--bind /store/data/notes.example.com /data"))
        #expect(text.contains("--clearenv"))
        #expect(text.contains("--seccomp 9"))
        #expect(text.hasSuffix("-- /app/bin/notes"))
    }
}
