import Foundation
import Testing
import YunCore

@testable import Sandbox

@Suite("Arguments")
struct ArgumentTests {
    private static func plan(_ scene: Scene, _ arguments: [String]) throws -> Plan {
        var request = try scene.request(.host(path: "/bin/bash", resources: []))
        request.arguments = arguments
        return try Plan(request, host: HostFacts.gather(runtimeDirectory: nil))
    }

    @Test(
        "reach an app, as many and as long as one may give it (S-19)",
        arguments: [(1, 1), (1, 131_049), (4091, 1), (4091, 122_869)])
    func arrive(count: Int, length: Int) throws {
        let scene = try Scene()
        let script = ["-c", "echo $# ${#1}", "bash", String(repeating: "x", count: length)]
        let plan = try Self.plan(scene, script + Array(repeating: "y", count: count - 1))
        #expect(try scene.launch(plan).output == "\(count) \(length)\n")
    }

    @Test(
        "that a launch cannot carry are refused with what it can (S-19)",
        arguments: [
            (Array(repeating: "", count: 4095), "cannot pass 4095 arguments to an app, only 4094"),
            (
                [String(repeating: "x", count: 131_072)],
                "cannot pass 129 KiB of arguments to an app, only 128"
            ),
            (Array(repeating: String(repeating: "x", count: 99), count: 1311), "only 128 KiB"),
        ])
    func refuses(arguments: [String], words: String) throws {
        let scene = try Scene()
        let failure = #expect(throws: Failure.self) { try Self.plan(scene, arguments) }
        #expect(failure?.code == .usage)
        #expect(failure?.message.contains(words) == true, "\(failure?.message ?? "")")
    }
}
