import Foundation
import Synchronization
import Testing
import YunCore

@testable import Sandbox

@Suite("A launch", .serialized)
struct LaunchTests {
    /// What this process has made and not removed.
    static func groups() throws -> [String] {
        let layout = try HostFacts.gather(runtimeDirectory: nil).cgroups
        return try [layout.unified, layout.memory, layout.processes].compactMap { $0 }.flatMap { path in
            try FileManager.default.contentsOfDirectory(atPath: path).filter {
                $0.hasPrefix("yun-app-\(getpid())-")
            }
        }
    }

    private static func isRunning(_ marker: String) -> Bool {
        let entries = FileManager.default.subpaths(atPath: "/proc") ?? []
        return entries.isEmpty ? false : processes().contains { $0.contains(marker) }
    }

    private static func processes() -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []).filter { Int($0) != nil }.map
        {
            String(
                decoding: FileManager.default.contents(atPath: "/proc/\($0)/cmdline") ?? Data(), as: UTF8.self
            )
        }
    }

    @Test("passes exit statuses out (S-14)", arguments: [0, 1, 42, 127, 255] as [Int32])
    func passesStatus(status: Int32) throws {
        let scene = try Scene()
        #expect(try scene.launch(scene.plan(script: "exit \(status)")).status == status)
        #expect(try Self.groups().isEmpty)
    }

    @Test(
        "reports a program's death by signal as 128 and its number (S-14)",
        arguments: [9, 15, 11, 6] as [Int32])
    func reportsSignals(signal: Int32) throws {
        let scene = try Scene()
        #expect(try scene.launch(scene.plan(script: "kill -\(signal) $$; sleep 5")).status == 128 + signal)
    }

    @Test("passes streams through as they are")
    func passesStreams() throws {
        let scene = try Scene()
        let result = try scene.launch(scene.plan(script: "cat; echo talk >&2"), input: "a\u{0}b\n好\n")
        #expect(result.output == "a\u{0}b\n好\n")
        #expect(result.errors == "talk\n")
    }

    @Test("gives an app the descriptors it is meant to have, and no others (S-8)")
    func passesDescriptors() throws {
        let scene = try Scene()
        let files = try Streams(scene.path)
        let (extra, stray) = try (Streams(scene.path, input: "extra"), Streams(scene.path, input: "stray"))
        // Without close-on-exec, as a careless library opens files.
        _ = fcntl(stray.numbers.0, F_SETFD, 0)
        let process = try Sandbox.launch(
            scene.plan(script: "cat <&3; echo; echo /proc/self/fd/*"), backend: .seed(path: Scene.seed),
            standardStreams: files.numbers, extraDescriptors: [extra.numbers.0])
        let result = try files.outcome(process.wait())
        // 4 is the directory that the shell itself reads.
        #expect(
            result.output
                == "extra\n/proc/self/fd/0 /proc/self/fd/1 /proc/self/fd/2 /proc/self/fd/3 /proc/self/fd/4\n")
    }

    @Test(
        "forwards signals to the program (S-13)",
        arguments: [SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGUSR2, SIGWINCH])
    func forwardsSignals(signal: Int32) throws {
        let scene = try Scene()
        let script = "trap 'echo got; exit 9' \(signal); echo ready; while :; do sleep 0.02; done"
        let files = try Streams(scene.path)
        let process = try Sandbox.launch(
            scene.plan(script: script), backend: .seed(path: Scene.seed), standardStreams: files.numbers)
        while try files.outcome(0).output.isEmpty { usleep(5000) }
        try process.signal(signal)
        #expect(try files.outcome(process.wait()).output.contains("got"))
        #expect(try process.wait() == 9)
    }

    @Test("starts a program with no signal ignored or blocked, whatever its launcher ignores (S-13)")
    func resetsSignals() throws {
        let scene = try Scene()
        let before = signal(SIGUSR2, SIG_IGN)
        defer { signal(SIGUSR2, before) }
        var request = try scene.request(.host(path: "/bin/grep", resources: []))
        request.arguments = ["-E", "Sig(Ign|Blk)", "/proc/self/status"]
        let result = try scene.launch(Plan(request, host: HostFacts.gather(runtimeDirectory: nil)))
        let none = String(repeating: "0", count: 16)
        #expect(result.output == "SigBlk:\t\(none)\nSigIgn:\t\(none)\n")
    }

    @Test("passes on what its launcher receives (S-13)", arguments: ["seed", "bwrap"])
    func relaysSignals(backend: String) throws {
        let scene = try Scene()
        let process = Process()
        let script = "trap 'exit 21' USR1; echo > /data/ready; while :; do sleep 0.02; done"
        let command = scene.command(backend, ["--host", "/bin/bash", "--", "-c", script])
        process.executableURL = URL(fileURLWithPath: command[0])
        process.arguments = Array(command.dropFirst())
        try process.run()
        for _ in 0..<500 where !FileManager.default.fileExists(atPath: scene.path + "/data/ready") {
            usleep(10_000)
        }
        kill(process.processIdentifier, SIGUSR1)
        process.waitUntilExit()
        // bubblewrap keeps signals to itself and dies of them.
        #expect(process.terminationStatus == (backend == "seed" ? 21 : 128 + SIGUSR1))
    }

    @Test("ends everything with the program (S-14)")
    func endsEverything() throws {
        let scene = try Scene()
        let marker = "3\(UInt32.random(in: 1000...9_999_999)).5"
        let result = try scene.launch(scene.plan(script: "setsid sleep \(marker) & sleep 0.1; exit 3"))
        #expect(result.status == 3)
        #expect(!Self.isRunning(marker))
    }

    @Test("dies with its launcher, and takes everything with it (S-12)", arguments: ["seed", "bwrap"])
    func diesWithLauncher(backend: String) throws {
        let scene = try Scene()
        let marker = "3\(UInt32.random(in: 1000...9_999_999)).5"
        let process = Process()
        let command = scene.command(
            backend,
            ["--host", "/bin/bash", "--", "-c", "setsid sleep \(marker) & trap '' TERM; sleep \(marker)"])
        process.executableURL = URL(fileURLWithPath: command[0])
        process.arguments = Array(command.dropFirst())
        try process.run()
        for _ in 0..<400 where !Self.processes().contains(where: { $0.hasPrefix("sleep\u{0}\(marker)") }) {
            usleep(10_000)
        }
        #expect(Self.processes().contains { $0.hasPrefix("sleep\u{0}\(marker)") })
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        for _ in 0..<200 where Self.isRunning(marker) { usleep(10_000) }
        #expect(!Self.isRunning(marker))
    }

    @Test("ends what uses more memory than it may, and knows that this was why (S-31, S-32)")
    func endsAtMemoryLimit() throws {
        let scene = try Scene()
        var request = try scene.request(.host(path: "/bin/bash", resources: []))
        request.arguments = ["-c", "tail /dev/zero; echo $?; kill -9 $$"]
        request.limits.memoryBytes = 32 << 20
        let plan = try Plan(request, host: HostFacts.gather(runtimeDirectory: nil))
        let files = try Streams(scene.path)
        let process = try Sandbox.launch(
            plan, backend: .seed(path: Scene.seed), standardStreams: files.numbers)
        let result = try files.outcome(process.wait())
        #expect(result.status == 137)
        // Without control groups the program itself is told that there is no more.
        #expect(process.ranOutOfMemory == plan.cgroups.limitsMemory)
        #expect(result.output != "0\n")
        let innocent = try Sandbox.launch(
            scene.plan(script: "kill -9 $$"), backend: .seed(path: Scene.seed), standardStreams: files.numbers
        )
        #expect(try innocent.wait() == 137 && !innocent.ranOutOfMemory)
    }

    @Test(
        "sees no mount that is made outside later, not even where mounts are shared (S-16)",
        arguments: Scene.Caller.allCases)
    func seesNoLaterMounts(caller: Scene.Caller) throws {
        guard Scene.isRoot else { return }
        let scene = try Scene(caller)
        try FileManager.default.createDirectory(
            atPath: scene.path + "/tree/sub", withIntermediateDirectories: true)
        let inside = """
            echo > /data/ready; while [ ! -e /data/go ]; do sleep 0.02; done; \
            echo start; ls /app/sub; grep -c shared /proc/self/mountinfo; echo end
            """
        let launch = scene.command("seed", ["--host", "/bin/bash", "--", "-c", inside])
        let script = """
            "$@" & while [ ! -e data/ready ]; do kill -0 $! || exit 1; sleep 0.02; done; \
            mount -t tmpfs none tree/sub && echo > tree/sub/later && echo > data/go && wait $!
            """
        // Below a mount of its own: this machine's root may not be shared.
        let result = try Scene.run(
            [
                "/usr/bin/unshare", "--mount", "--propagation", "shared", "/bin/sh", "-c",
                "cd \(scene.path); \(script)", "sh",
            ] + launch)
        #expect(result.output == "start\n0\nend\n", "\(result.errors)")
    }

    @Test("kills at once, and leaves no group behind (S-30)")
    func kills() throws {
        let scene = try Scene()
        let process = try Sandbox.launch(
            scene.plan(script: "trap '' TERM INT HUP; sleep 100"), backend: .seed(path: Scene.seed))
        #expect(try Scene.isRoot == !Self.groups().isEmpty)
        try process.kill()
        #expect(try process.wait() == 137)
        #expect(try Self.groups().isEmpty)
    }

    @Test("freezes and thaws where there are groups of version 2", .enabled(if: Scene.isRoot))
    func freezes() throws {
        let scene = try Scene()
        let files = try Streams(scene.path)
        let process = try Sandbox.launch(
            scene.plan(script: "while :; do echo x; sleep 0.01; done"), backend: .seed(path: Scene.seed),
            standardStreams: files.numbers)
        try process.group.freeze(true)
        usleep(100_000)
        let before = try files.outcome(0).output.count
        usleep(200_000)
        #expect(try files.outcome(0).output.count == before)
        try process.group.freeze(false)
        usleep(200_000)
        #expect(try files.outcome(0).output.count > before)
        try process.kill()
        #expect(try process.wait() == 137)
    }

    @Test(
        "stops when a step fails, and says which (S-7)",
        arguments: [
            ("tree", "open a mount"), ("data", "open a mount"), ("program", "start the program"),
            ("library", "start the program"), ("not executable", "start the program"),
            ("text", "start the program"), ("other processor", "start the program"),
        ])
    func stopsAtFailures(what: String, step: String) throws {
        let scene = try Scene()
        var request = try scene.request(.app("bin/none"))
        let texts = ["not executable": "#!/bin/sh\n", "text": "echo\n", "other processor": "\u{7F}ELF\u{3}"]
        if let text = texts[what] {
            let file = scene.path + "/tree/bin/none"
            try text.write(toFile: file, atomically: false, encoding: .utf8)
            if what != "not executable" { try #require(unsafe chmod(file, 0o755) == 0) }
        }
        if what == "library" { request.program = .host(path: "/usr/lib", resources: []) }
        if what == "tree" { try FileManager.default.removeItem(atPath: scene.path + "/tree") }
        if what == "data" { request.data = scene.path + "/missing" }
        let plan = try Plan(request, host: HostFacts.gather(runtimeDirectory: nil))
        let failure = #expect(throws: Failure.self) {
            _ = try Sandbox.launch(plan, backend: .seed(path: Scene.seed))
        }
        #expect(failure?.code == .sandboxFailed || failure?.code == .inputUnreadable)
        if what != "data" || !Scene.isRoot {
            #expect(failure?.message.contains(step) == true, "\(failure?.message ?? "")")
            #expect(failure?.hint != nil || step != "start the program")
        }
        #expect(try Self.groups().isEmpty)
    }

    @Test("stops when there is no spawner")
    func stopsWithoutSpawner() throws {
        let scene = try Scene()
        #expect(throws: Failure.self) {
            _ = try Sandbox.launch(
                scene.plan(script: "true"), backend: .seed(path: "/no/seed"), reporting: .calls)
        }
        #expect(try Self.groups().isEmpty)
    }

    @Test("refuses a data directory that belongs to somebody else (S-1)", .enabled(if: Scene.isRoot))
    func refusesForeignData() throws {
        let scene = try Scene()
        _ = unsafe chown(scene.path + "/data", 1234, 1234)
        #expect(throws: Failure.self) { try scene.launch(scene.plan(script: "true")) }
    }

    @Test("runs as the app's own user outside (S-1)")
    func runsAsOwnUser() throws {
        let scene = try Scene()
        #expect(
            try scene.launch(scene.plan(script: "id -u; id -un; touch /data/mine")).output == "1000\napp\n")
        var status = stat()
        #expect(unsafe stat(scene.path + "/data/mine", &status) == 0)
        #expect(status.st_uid == (Scene.isRoot ? Scene.appID : geteuid()))
    }

    @Test("may connect to the owner's display, and change nothing about its socket (S-18)")
    func reachesDisplay() throws {
        let scene = try Scene()
        // Nobody listens: who may connect is refused, who may not is denied.
        try scene.addProgram(
            "meet",
            """
            #include <stdio.h>
            #include <string.h>
            #include <stdlib.h>
            #include <sys/socket.h>
            #include <sys/stat.h>
            #include <sys/un.h>
            int main(int count, char **arguments) {
                struct sockaddr_un name = {.sun_family = AF_UNIX};
                int s = socket(AF_UNIX, SOCK_STREAM, 0);
                strcpy(name.sun_path, count > 1 ? arguments[1] : getenv("WAYLAND_DISPLAY"));
                if (count > 1) return bind(s, (void *)&name, sizeof name) < 0;
                if (connect(s, (void *)&name, sizeof name) < 0) perror("connect");
                if (chmod(name.sun_path, 0777) < 0) perror("chmod");
            }
            """)
        let socket = scene.path + "/display"
        try #require(try Scene.run([scene.path + "/tree/bin/meet", socket]).status == 0)
        try #require(unsafe chmod(socket, 0o700) == 0)
        if Scene.isRoot { try #require(unsafe chown(socket, Scene.userID, Scene.userID) == 0) }
        var request = try scene.request(.app("bin/meet"))
        request.display = .wayland(socket: socket)
        let result = try scene.launch(Plan(request, host: HostFacts.gather(runtimeDirectory: nil)))
        #expect(result.errors == "connect: Connection refused\nchmod: Read-only file system\n")
    }

    @Test("makes way for the phone where the machine itself runs out of memory (S-33)")
    func makesWay() throws {
        let scene = try Scene()
        let script = "cat /proc/self/oom_score_adj; echo 0 > /proc/self/oom_score_adj"
        let result = try scene.launch(scene.plan(script: script))
        #expect(result.output == "1000\n")
        #expect(result.status == 1)
    }

    @Test("titles the process with the page, a program of ours too (S-10)", arguments: [false, true])
    func titlesProcess(isCarried: Bool) throws {
        let scene = try Scene()
        try scene.addProgram(
            "title", "#include <stdio.h>\nint main(int c, char **v) { puts(v[0]); return c - 1; }")
        let program: LaunchRequest.Program =
            isCarried ? .carried(path: scene.path + "/tree/bin/title") : .app("bin/title")
        let plan = try Plan(scene.request(program), host: HostFacts.gather(runtimeDirectory: nil))
        let result = try scene.launch(plan)
        #expect(result.output == "page://probe.yunos.com/main\n")
        #expect(result.status == 0)
    }

    @Test("gives a shell a terminal with job control, and its own (S-15)")
    func givesTerminal() throws {
        let scene = try Scene()
        let plan = try Plan(scene.request(.shell), host: HostFacts.gather(runtimeDirectory: nil))
        let files = try Streams(scene.path, input: "set -o | grep monitor; ps -o tty= -p $$; exit 5\n")
        let process = try Sandbox.launch(plan, backend: .seed(path: Scene.seed))
        try process.terminal?.proxy(input: files.numbers.0, output: files.numbers.1)
        let result = try files.outcome(process.wait())
        #expect(result.status == 5)
        #expect(result.output.contains("monitor        \ton"))
    }

    @Test("tells what was denied, in words (S-41)")
    func reports() throws {
        let scene = try Scene()
        let script = """
            cat /etc/shadow; exec 3<>/dev/tcp/192.0.2.7/443; echo x > /app/new; unshare -U true; \
            cp /bin/true /data/copy; /data/copy; cat /etc/shadow; cat /data/none; getent hosts example.com; \
            test -e /root/x; mkdir /usr/x; cat /proc/1/environ; cat /dev/ptmx; exit 4
            """
        let messages = Mutex<[String]>([])
        let shared = Shared(messages)
        let result = try scene.launch(scene.plan(script: script), reporting: .files) { report in
            shared.list.withLock { $0.append(report.message) }
        }
        #expect(result.status == 4)
        let expected = [
            "open /etc/shadow denied: outside the app, which has its release in /app and its own files in "
                + "/data and /cache",
            "connect to 192.0.2.7:443 denied: the manifest does not ask for NETWORK",
            "open /app/new for writing denied: a release is read-only",
            "system call unshare denied: apps may not create or enter namespaces",
            "execute /data/copy denied: nothing can be run from /data",
            "look up a host name at 127.0.0.1:53 denied: the manifest does not ask for NETWORK",
            "look at /root/x denied: outside the app, which has its release in /app and its own files in "
                + "/data and /cache",
            "create /usr/x denied: the system is read-only",
            "open /proc/1/environ denied: process 1 is the sandbox's own",
            "open /dev/ptmx denied: of devices, apps have null, zero, full, random and urandom",
        ]
        #expect(shared.list.withLock { $0 } == expected)
    }

    private final class Shared: Sendable {
        let list: Mutex<[String]>
        init(_ list: consuming Mutex<[String]>) { self.list = list }
    }
}
