import Foundation
import Testing
import YunCore

@testable import Platform
@testable import Sandbox

@Suite("An app's control groups", .serialized)
struct GroupTests {
    private static func layout() throws -> CgroupLayout {
        try HostFacts.gather(runtimeDirectory: nil).cgroups
    }

    private static func isThere(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

    @Test("are those of all its sandboxes, and go with the last one (S-30, S-34)", arguments: [0, 1, 2])
    func holdSeveralSandboxes(last: Int) throws {
        guard try Self.layout() != .none else { return }
        let scene = try Scene()
        let spawner = try Spawner(seedPath: Scene.seed)
        let group = AppGroup()
        var processes: [SandboxedProcess] = []
        for _ in 0..<3 { processes.append(try spawner.launch(scene.plan(script: "sleep 1000"), in: group)) }
        let groups = try LaunchTests.groups()
        #expect(
            groups.count
                == Set(
                    [try Self.layout().unified, try Self.layout().memory, try Self.layout().processes]
                        .compactMap(\.self)
                ).count)
        for index in 0..<3 where index != last {
            try processes[index].kill()
            #expect(try processes[index].wait() == 137)
            #expect(try LaunchTests.groups() == groups)
        }
        // The group that lost two is as good as before.
        let another = try spawner.launch(scene.plan(script: "exit 5"), in: group)
        #expect(try another.wait() == 5)
        try processes[last].kill()
        #expect(try processes[last].wait() == 137)
        #expect(try LaunchTests.groups().isEmpty)
        // And then everything begins anew.
        #expect(try spawner.launch(scene.plan(script: "exit 6"), in: group).wait() == 6)
        #expect(try LaunchTests.groups().isEmpty)
    }

    @Test("freeze and thaw everything, and what is frozen can be killed (S-34)", .enabled(if: Scene.isRoot))
    func freezeAll() throws {
        let scene = try Scene()
        let spawner = try Spawner(seedPath: Scene.seed)
        let group = AppGroup()
        let script = "while :; do echo x; sleep 0.01; done"
        let files = try (0..<2).map { _ in try Streams(scene.path) }
        let processes = try files.map {
            try spawner.launch(scene.plan(script: script), in: group, standardStreams: $0.numbers)
        }
        func lengths() throws -> [Int] { try files.map { try $0.outcome(0).output.count } }
        func waitFor(_ condition: () throws -> Bool) rethrows { while try !condition() { usleep(5000) } }
        try waitFor { try lengths().allSatisfy { $0 > 0 } }
        for _ in 0..<5 {
            try group.freeze(true)
            let before = try lengths()
            usleep(50_000)
            #expect(try lengths() == before)
            try group.freeze(false)
            try waitFor { try zip(lengths(), before).allSatisfy { $0 > $1 } }
        }
        try group.freeze(true)
        try processes[0].kill()
        #expect(try processes[0].wait() == 137)
        try group.freeze(false)
        let before = try lengths()
        try waitFor { try lengths()[1] > before[1] }
        try processes[1].kill()
        #expect(try processes[1].wait() == 137)
        #expect(throws: Failure.self) { try group.freeze(true) }
    }

    @Test("tell what the app uses (S-34)", .enabled(if: Scene.isRoot))
    func countUse() throws {
        let scene = try Scene()
        let spawner = try Spawner(seedPath: Scene.seed)
        let group = AppGroup()
        #expect(try group.usage() == AppUsage())
        let script = "x=$(head -c 20000000 /dev/zero | tr '\\0' x); sleep 1000 & echo ready; read y"
        var pair: [Int32] = [-1, -1]
        try #require(unsafe pipe(&pair) == 0)
        let reading = OwnedDescriptor(owning: pair[0])
        let writing = OwnedDescriptor(owning: pair[1])
        let files = try Streams(scene.path)
        let process = try spawner.launch(
            scene.plan(script: script), in: group,
            standardStreams: (reading.number, files.numbers.1, files.numbers.2))
        while try files.outcome(0).output.isEmpty { usleep(5000) }
        let usage = try group.usage()
        #expect(usage.processes == 2)
        let layout = try Self.layout()
        if layout.limitsMemory { #expect(try #require(usage.memoryBytes) > 20_000_000) }
        if layout.unified != nil { #expect(try #require(usage.processorMicroseconds) > 1000) }
        let second = try spawner.launch(scene.plan(script: "sleep 1000"), in: group)
        #expect(try group.usage().processes == 3)
        try second.kill()
        _ = try second.wait()
        #expect(try group.usage().processes == 2)
        try process.kill()
        _ = try process.wait()
        #expect(writing.number >= 0)
    }

    @Test("limit all sandboxes of the app together (S-31, S-34)")
    func limitTogether() throws {
        guard try Self.layout().limitsProcesses else { return }
        let scene = try Scene()
        let spawner = try Spawner(seedPath: Scene.seed)
        let group = AppGroup()
        var request = try scene.request(.host(path: "/bin/bash", resources: []))
        request.arguments = ["-c", "for i in 1 2 3 4 5 6; do sleep 1000 & done; wait"]
        request.limits.processes = 10
        let host = try HostFacts.gather(runtimeDirectory: nil)
        let files = try Streams(scene.path)
        let first = try spawner.launch(Plan(request, host: host), in: group, standardStreams: files.numbers)
        while try group.usage().processes != 7 { usleep(5000) }
        let second = try spawner.launch(Plan(request, host: host), in: group, standardStreams: files.numbers)
        while try !files.outcome(0).errors.contains("fork") { usleep(5000) }
        for process in [first, second] {
            try process.kill()
            _ = try process.wait()
        }
        // Another app's are its own.
        let other = try spawner.launch(scene.plan(script: "true; exit 3"), standardStreams: files.numbers)
        #expect(try other.wait() == 3)
    }

    @Test(
        "have the app's own limits, whatever the spare was made for (S-31, S-62)",
        .enabled(if: Scene.isRoot))
    func limitEachApp() throws {
        let layout = try Self.layout()
        let scene = try Scene()
        let spawner = try Spawner(seedPath: Scene.seed)
        try spawner.keepSpare(in: layout)
        var request = try scene.request(.host(path: "/bin/bash", resources: []))
        request.arguments = ["-c", "sleep 1000"]
        var host = try HostFacts.gather(runtimeDirectory: nil)
        host.memoryBytes = nil
        let limits: [(memory: Int?, processes: Int?)] = [
            (64 << 20, 50), (1 << 30, 20), (32 << 20, 500), (32 << 20, 500), (nil, nil), (64 << 20, 50),
        ]
        for limit in limits {
            request.limits.memoryBytes = limit.memory
            request.limits.processes = limit.processes
            let process = try spawner.launch(Plan(request, host: host))
            let groups = try String(contentsOfFile: "/proc/\(process.processID)/cgroup", encoding: .utf8)
                .split(separator: "\n")
            func value(_ file: String, _ controller: String, in place: String?) throws -> Int? {
                let line = groups.first { $0.contains(place == nil ? "0::" : ":\(controller):") }
                let name = try #require(line?.split(separator: "/").last)
                let path = try "\(#require(place ?? layout.unified))/\(name)/\(file)"
                let text = try String(contentsOfFile: path, encoding: .utf8).filter { $0 != "\n" }
                // Version 1 says more than any machine has where version 2 says that there is none.
                return Int(text).flatMap { $0 < 1 << 60 ? $0 : nil }
            }
            let memory = layout.memory == nil ? "memory.max" : "memory.limit_in_bytes"
            #expect(try value(memory, "memory", in: layout.memory) == limit.memory)
            #expect(try value("pids.max", "pids", in: layout.processes) == limit.processes.map { $0 + 1 })
            try process.kill()
            _ = try process.wait()
        }
    }

    @Test(
        "of launchers that are gone are emptied and removed, and no others (S-35)", .enabled(if: Scene.isRoot)
    )
    func sweepsAbandoned() throws {
        let scene = try Scene()
        defer { withExtendedLifetime(scene) {} }
        let layout = try Self.layout()
        let parent = try #require(layout.unified)
        // A dead launcher's with a process in it, one with our own process id, a live launcher's whose process id tells nothing,
        // and what is none of ours.
        let names = ["yun-app-1-1", "yun-app-\(getpid())-999999", "yun-app-2-2", "yun-app-2-mine", "yun-2-2"]
        let dead = Process()
        dead.executableURL = URL(filePath: "/bin/sleep")
        dead.arguments = ["1000"]
        try dead.run()
        for name in names {
            try FileManager.default.createDirectory(
                atPath: "\(parent)/\(name)", withIntermediateDirectories: false)
        }
        defer { for name in names { unsafe rmdir("\(parent)/\(name)") } }
        try "\(dead.processIdentifier)".write(
            toFile: "\(parent)/\(names[0])/cgroup.procs", atomically: false, encoding: .utf8)
        try "1".write(toFile: "\(parent)/\(names[0])/cgroup.freeze", atomically: false, encoding: .utf8)
        let held = try AnchoredDirectory(at: "\(parent)/\(names[2])")
        let lock = try #require(try held.lockSelf(isShared: true, waiting: false))
        let left = try withExtendedLifetime(lock) { try Sandbox.endAbandoned(in: layout) }
        #expect(left == 0)
        dead.waitUntilExit()
        #expect(dead.terminationReason == .uncaughtSignal && dead.terminationStatus == SIGKILL)
        #expect(names.map { Self.isThere("\(parent)/\($0)") } == [false, false, true, true, true])
    }

    @Test("that are in use survive every sweep", .enabled(if: Scene.isRoot))
    func survivesSweeps() throws {
        let scene = try Scene()
        let process = try Sandbox.launch(scene.plan(script: "sleep 1000"), backend: .seed(path: Scene.seed))
        let groups = try LaunchTests.groups()
        try Sandbox.endAbandoned(in: Self.layout())
        // Also another process's.
        let other = try Scene.run(scene.command("seed", ["--host", "/bin/bash", "--", "-c", "exit 4"]))
        #expect(other.status == 4)
        #expect(try LaunchTests.groups() == groups)
        #expect(kill(process.processID, 0) == 0)
        try process.kill()
        #expect(try process.wait() == 137)
    }
}
