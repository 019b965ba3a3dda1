import CLinux
import Foundation
import Platform
import Synchronization
import Testing
import YunCore

@testable import Sandbox

@Suite("A spawner", .serialized)
struct SpawnerTests {
    private static func layout() throws -> CgroupLayout {
        try HostFacts.gather(runtimeDirectory: nil).cgroups
    }

    private static func children(of process: Int32) throws -> [Int32] {
        // Each of its threads has its own.
        try FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/task").flatMap { thread in
            try String(contentsOfFile: "/proc/\(process)/task/\(thread)/children", encoding: .utf8)
                .split(separator: " ").compactMap { Int32($0) }
        }
    }

    /// Waits until a spare is there, which is init and the builder that waits for its spec, and gives init's process id.
    private static func awaitSpare(_ spawner: Spawner) throws -> Int32 {
        for _ in 0..<1000 {
            let children = try children(of: spawner.processID)
            if children.count == 2, let last = children.last { return last }
            usleep(5000)
        }
        throw Failure(.internalError, "there is no spare")
    }

    @Test("launches again and again, for several threads at once")
    func launchesFromThreads() throws {
        let scene = try Scene()
        let spawner = try Spawner(seedPath: Scene.seed)
        try spawner.keepSpare(in: Self.layout())
        let path = scene.path
        let plans = try (0..<24).map { number in
            try scene.plan(script: "echo $((\(number) * 2)); exit \(number)")
        }
        let results = try BlockingThreads.map(Array(plans.enumerated()).map { ($0.offset, $0.element) }) {
            (number, plan) throws(Failure) -> (Int32, String) in
            do {
                let files = try Streams(path)
                let status = try spawner.launch(plan, standardStreams: files.numbers).wait()
                return (status, try files.outcome(status).output)
            } catch { throw Failure(.internalError, "\(error)") }
        }
        #expect(results.map(\.0) == (0..<24).map { Int32($0) })
        #expect(results.map(\.1) == (0..<24).map { "\($0 * 2)\n" })
    }

    @Test("is the end of its sandboxes, and says so at the next launch (S-12, S-63)", arguments: [SIGKILL])
    func endsWithSeed(signal: Int32) throws {
        let scene = try Scene()
        let spawner = try Spawner(seedPath: Scene.seed)
        let process = try spawner.launch(scene.plan(script: "trap '' TERM; sleep 1000"))
        try spawner.keepSpare(in: Self.layout())
        kill(spawner.processID, signal)
        #expect(try process.wait() == 137)
        let failure = #expect(throws: Failure.self) { try spawner.launch(scene.plan(script: "true")) }
        #expect(failure?.message.contains("seed, which makes them, has ended") == true)
        var end = pollfd(fd: spawner.endDescriptor, events: Int16(POLLIN), revents: 0)
        #expect(unsafe poll(&end, 1, 10_000) == 1)
        // Another one serves as before.
        #expect(try Spawner(seedPath: Scene.seed).launch(scene.plan(script: "exit 7")).wait() == 7)
    }

    @Test("takes the spare, and prepares another one", .enabled(if: Scene.isRoot))
    func takesSpare() throws {
        let scene = try Scene()
        let spawner = try Spawner(seedPath: Scene.seed)
        try spawner.keepSpare(in: Self.layout())
        for _ in 0..<3 {
            let spare = try Self.awaitSpare(spawner)
            let process = try spawner.launch(scene.plan(script: "sleep 1000"))
            #expect(process.processID == spare)
            try process.kill()
            #expect(try process.wait() == 137)
        }
    }

    @Test(
        "launches without its spare where that has died or does not fit (S-62)",
        arguments: ["died", "builder died", "layout"])
    func launchesWithoutSpare(what: String) throws {
        let scene = try Scene()
        let spawner = try Spawner(seedPath: Scene.seed)
        let layout = try Self.layout()
        try spawner.keepSpare(in: what == "layout" && layout != .none ? .none : layout)
        let spare = try Self.awaitSpare(spawner)
        if what == "died" { kill(spare, SIGKILL) }
        if what == "builder died" {
            for child in try Self.children(of: spawner.processID) where child != spare {
                kill(child, SIGKILL)
            }
        }
        for _ in 0..<1000 where what != "layout" && kill(spare, 0) == 0 { usleep(5000) }
        let files = try Streams(scene.path)
        let process = try spawner.launch(scene.plan(script: "exit 9"), standardStreams: files.numbers)
        #expect(process.processID != spare)
        #expect(try process.wait() == 9)
    }

    @Test("gives the spare up when asked, and leaves nothing of it (S-30)")
    func givesSpareUp() throws {
        let scene = try Scene()
        defer { withExtendedLifetime(scene) {} }
        let spawner = try Spawner(seedPath: Scene.seed)
        try spawner.keepSpare(in: Self.layout())
        let spare = try Self.awaitSpare(spawner)
        spawner.giveUpSpare()
        for _ in 0..<1000 where try !Self.children(of: spawner.processID).isEmpty { usleep(5000) }
        #expect(kill(spare, 0) == -1 && errno == ESRCH)
        #expect(try LaunchTests.groups().isEmpty)
    }

    @Test(
        "makes the spare again when the host's mounts change, and shows them (S-16, S-62)",
        .enabled(if: Scene.isRoot), arguments: Scene.Caller.allCases)
    func seesNewMounts(caller: Scene.Caller) throws {
        let scene = try Scene(caller)
        for name in ["tree/sub", "gone"] {
            try FileManager.default.createDirectory(
                atPath: "\(scene.path)/\(name)", withIntermediateDirectories: true)
        }
        // The helper waits with a spare until the file is there.
        let launch = scene.command(
            "seed", ["--spare", scene.path + "/go", "--host", "/bin/bash", "--", "-c", "cat /app/sub/new"])
        let script = """
            mount -t tmpfs none gone; "$@" & while [ ! -e go.ready ]; do kill -0 $! || exit 1; sleep 0.02; done
            umount gone; mount -t tmpfs none tree/sub; echo new > tree/sub/new; echo > go; wait $!
            """
        let result = try Scene.run(
            [
                "/usr/bin/unshare", "--mount", "--propagation", "private", "/bin/sh", "-c",
                "cd \(scene.path); \(script)", "sh",
            ]
                + launch)
        #expect(result.output == "new\n", "\(result.errors)")
    }

    @Test("takes its spare along when its launcher is killed (S-12)")
    func spareDiesWithLauncher() throws {
        let scene = try Scene()
        let process = Process()
        let command = scene.command("seed", ["--spare", scene.path + "/never", "--host", "/bin/true"])
        process.executableURL = URL(fileURLWithPath: command[0])
        process.arguments = Array(command.dropFirst())
        try process.run()
        defer { if process.isRunning { process.terminate() } }
        while !FileManager.default.fileExists(atPath: scene.path + "/never.ready") { usleep(5000) }
        let seed = try #require(try Self.children(of: process.processIdentifier).first)
        let spare = try Self.children(of: seed)
        #expect(spare.count == 2)
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        for number in [seed] + spare {
            for _ in 0..<2000 where kill(number, 0) == 0 { usleep(5000) }
            #expect(kill(number, 0) == -1 && errno == ESRCH)
        }
    }

    @Test("gives a program the terminal that the caller made (S-15)")
    func takesTerminal() throws {
        let scene = try Scene()
        let spawner = try Spawner(seedPath: Scene.seed)
        let terminal = try ProgramTerminal()
        let process = try spawner.launch(
            scene.plan(
                script: "read -a f < /proc/self/stat; [ ${f[6]} != 0 ] && [ -t 2 ] && echo own; exit 6"),
            terminal: terminal.programEnd)
        terminal.closeProgramEnd()
        #expect(process.terminal == nil)
        let files = try Streams(scene.path)
        try terminal.proxy(input: files.numbers.0, output: files.numbers.1)
        let result = try files.outcome(process.wait())
        #expect(result.status == 6)
        #expect(result.output.hasSuffix("own\r\n"))
    }

    @Test("ends a sandbox that nobody holds any more")
    func endsUnheld() throws {
        let scene = try Scene()
        let spawner = try Spawner(seedPath: Scene.seed)
        let number = try spawner.launch(scene.plan(script: "sleep 1000")).processID
        #expect(kill(number, 0) == -1 && errno == ESRCH)
        #expect(try LaunchTests.groups().isEmpty)
    }
}
