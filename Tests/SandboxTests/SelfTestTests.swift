import CLinux
import Foundation
import Platform
import Testing
import YunCore

@testable import Sandbox

@Suite("The self-test of the walls", .serialized)
struct SelfTestTests {
    static let program = Scene.products + "/walls"

    private static func names(_ lines: [String]) -> Set<String> {
        Set(lines.map { String($0.prefix { $0 != ":" }) })
    }

    /// Everything that the program can find missing.
    private static let all: Set<String> = [
        "identity", "id-map", "user-namespace", "mnt-namespace", "pid-namespace", "ipc-namespace",
        "uts-namespace",
        "net-namespace", "cgroup-namespace", "user-namespaces", "bounding-set", "capabilities",
        "no-new-privileges",
        "seccomp", "seccomp-namespaces", "seccomp-tracing", "seccomp-keyrings", "seccomp-terminal",
        "seccomp-personality", "seccomp-rings", "seccomp-mounts", "seccomp-sockets", "landlock-files",
        "landlock-network", "mounts-nosuid", "mounts-nodev", "mounts-read-only", "mounts-noexec",
        "mounts-private",
        "files", "devices", "processes", "init", "session", "descriptors", "environment", "limits",
        "memory-files",
    ]

    @Test(
        "finds every wall where it stands, in a new sandbox and in a spare, and leaves nothing (S-64)",
        arguments: [false, true])
    func passes(isSpare: Bool) throws {
        let scene = try Scene()
        let spawner = try Spawner(seedPath: Scene.seed)
        if isSpare { try spawner.keepSpare(in: HostFacts.gather(runtimeDirectory: nil).cgroups) }
        let before = try FileManager.default.contentsOfDirectory(atPath: scene.path)
        for _ in 0..<2 {
            try Sandbox.selfTest(spawner, program: Self.program, in: scene.path, appUser: Scene.appID)
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: scene.path) == before)
    }

    @Test("passes for who is not root", .enabled(if: Scene.isRoot))
    func passesForUser() throws {
        let scene = try Scene(.user)
        let result = try Scene.run(scene.command("seed", ["--walls", Self.program]))
        #expect(result.status == 0, "\(result.errors)")
    }

    @Test("misses every wall where there is no sandbox (S-64)", .enabled(if: Scene.isRoot))
    func missesAll() throws {
        // A descriptor too many, shared mounts, and nothing that this process's own surroundings would hold.
        let arguments = try SelfTest.arguments().joined(separator: " ")
        let script = "exec \(Self.program) \(arguments) 7</dev/null"
        let result = try Scene.run(
            ["/usr/bin/unshare", "--mount", "--propagation", "shared", "/bin/sh", "-c", script])
        #expect(result.status == 1)
        let found = Self.names(result.output.split(separator: "\n").map(String.init))
        // It has a mount namespace here, so that mounts can be shared.
        #expect(found.subtracting(Self.all).isEmpty)
        #expect(Self.all.subtracting(found).subtracting(["memory-files", "init"]) == ["mnt-namespace"])
        let alone = try Scene.run([Self.program] + SelfTest.arguments())
        #expect(alone.output.contains("\nmnt-namespace: "))
    }

    /// One wall left out of the plan, and what is found missing then.
    private static let leftOut: [(String, @Sendable (inout Plan) -> Void, Set<String>)] = [
        (
            "file rules", { $0.rules = [FileRule(path: "/", rights: FileRights(rawValue: 0xFFFF))] },
            ["landlock-files"]
        ),
        ("limits", { $0.limits = [] }, ["limits"]),
        (
            "read-only release",
            { plan in plan.change("/app") { .mount($0, at: "/app", access: [.write, .execute], isOwn: true) }
            },
            ["mounts-read-only"]
        ),
        (
            "no programs in the app's data",
            { plan in
                plan.change("/data") { .mount($0, at: "/data", access: [.write, .execute], isOwn: true) }
            },
            ["mounts-noexec"]
        ),
        (
            "no devices in the app's data",
            { plan in
                plan.change("/data") { .mount($0, at: "/data", access: [.write, .devices], isOwn: true) }
            },
            ["mounts-nodev"]
        ),
        (
            "a file of the host's",
            { $0.operations.append(.file("/secret", contents: [], permissions: 0o600)) }, ["files"]
        ),
        (
            "a device of the host's",
            { $0.operations.append(.mount("/dev/tty", at: "/dev/tty", access: .devices, isOwn: false)) },
            ["devices", "mounts-noexec", "mounts-read-only", "mounts-nodev"]
        ),
    ]

    @Test("misses each wall that is left out of a plan, and only that (S-64)", arguments: 0..<7)
    func missesOne(index: Int) throws {
        let scene = try Scene()
        let (what, change, expected) = Self.leftOut[index]
        var plan = try SelfTest(program: Self.program, directory: Self.place(scene), appUser: Scene.appID)
            .plan
        change(&plan)
        let test = SelfTest(plan: plan)
        let missing = try test.run(Spawner(seedPath: Scene.seed))
        let found = Self.names(missing)
        #expect(!found.isEmpty && found.isSubset(of: expected), "\(what): \(missing)")
    }

    @Test(
        "misses the filter, though everything else holds (S-64)",
        arguments: ["all", "ptrace", "keyctl", "unshare", "ioctl"])
    func missesFilter(call: String) throws {
        let scene = try Scene()
        let plan = try SelfTest(program: Self.program, directory: Self.place(scene), appUser: Scene.appID)
            .plan
        try Sandbox.takeOwnDirectories(plan)
        let number = try #require(call == "all" ? 0 : SeccompPolicy.numbers[call])
        // Loads the number, lets the one call or every call pass, and goes on with the standard filter.
        let jump: [UInt8] =
            call == "all"
            ? [] : [0x20, 0, 0, 0, 0, 0, 0, 0] + Self.instruction(0x15, ifFalse: 1, UInt32(number))
        let filter = jump + Self.instruction(0x06, 0x7FFF_0000) + SeccompCompiler.bytes(.off)
        let files = try Streams(scene.path)
        let report = try Resident().run(
            SeedSpec.encode(plan, .init(descriptorCount: 3, filter: filter)),
            [files.numbers.0, files.numbers.1, files.numbers.2])
        guard case .ended(1) = report else { return #expect(Bool(false), "\(String(describing: report))") }
        let found = Self.names(try files.outcome(1).output.split(separator: "\n").map(String.init))
        let expected = [
            "ptrace": "seccomp-tracing", "keyctl": "seccomp-keyrings", "unshare": "seccomp-namespaces",
            "ioctl": "seccomp-terminal",
        ]
        if call == "all" {
            // That there is some filter is all that is left of it.
            #expect(found == Self.all.filter { $0.hasPrefix("seccomp-") })
        } else {
            #expect(found == [try #require(expected[call])])
        }
    }

    @Test("misses what bubblewrap has not (S-64)")
    func missesUnderBubblewrap() throws {
        let scene = try Scene()
        let plan = try SelfTest(program: Self.program, directory: Self.place(scene), appUser: Scene.appID)
            .plan
        let files = try Streams(scene.path)
        let process = try Sandbox.launch(
            plan, backend: .bwrap(path: "/usr/bin/bwrap"), standardStreams: files.numbers)
        let result = try files.outcome(process.wait())
        let found = Self.names(result.output.split(separator: "\n").map(String.init))
        let expected: Set = ["init", "landlock-files", "landlock-network", "limits", "mounts-noexec"]
        #expect(found.isSuperset(of: expected), "\(result.output) \(result.errors)")
    }

    @Test("says which wall is missing, and leaves nothing (S-64)")
    func fails() throws {
        let scene = try Scene()
        let spawner = try Spawner(seedPath: Scene.seed)
        // A program that finds one missing, and one that says nothing at all.
        for (code, words) in [
            ("puts(\"moat: it is dry\"); return 1;", "moat: it is dry"), ("return 1;", "ended with 1"),
        ] {
            try scene.addProgram("dry", "#include <stdio.h>\nint main(void) { \(code) }")
            let failure = #expect(throws: Failure.self) {
                try Sandbox.selfTest(
                    spawner, program: scene.path + "/tree/bin/dry", in: scene.path, appUser: Scene.appID)
            }
            #expect(
                failure?.code == .sandboxFailed && failure?.message.contains(words) == true,
                "\(String(describing: failure))")
            #expect(
                try !FileManager.default.contentsOfDirectory(atPath: scene.path).contains {
                    $0.hasPrefix("walls")
                })
        }
    }

    private static func place(_ scene: Scene) throws -> String {
        let path = scene.path + "/walls"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        return path
    }

    private static func instruction(_ code: UInt16, ifFalse: UInt8 = 0, _ value: UInt32) -> [UInt8] {
        [UInt8(code), 0, 0, ifFalse] + (0..<4).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
    }
}

extension Plan {
    /// Mounts the same source at the path in another way.
    fileprivate mutating func change(_ path: String, _ make: (String) -> Operation) {
        for (index, operation) in operations.enumerated() {
            if case .mount(let source, at: path, _, _) = operation { operations[index] = make(source) }
        }
    }
}
