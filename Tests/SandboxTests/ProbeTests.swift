import Foundation
import Support
import Testing

@testable import Sandbox

/// Tries every wall from inside as ``WallTests`` does of the built programs, in launches of other kinds.
@Suite("The walls", .serialized)
struct ProbeTests {
    private static let columns = Scene.isRoot ? ["seed-root", "seed-user"] : ["seed-user"]

    @Test(
        "stand as EXPECT.json says when the launcher is asked (S-43)", arguments: columns)
    func wallsStandWithReports(column: String) throws { try check(column, reports: "files") }

    @Test(
        "stand the same in a sandbox that was made before (S-62)", arguments: columns)
    func wallsStandInSpare(column: String) throws { try check(column, reports: "off", isSpare: true) }

    private func check(_ column: String, reports: String, isSpare: Bool = false) throws {
        let parts = column.split(separator: "-").map(String.init)
        let scene = try Scene(parts[1] == "root" ? .root : .user)
        try scene.addProbe()
        // What is there to be found, so that "denied" does not mean "missing".
        let bait = try Bait(scene.path)
        let command = scene.command(
            parts[0], ["--memory", "67108864", "--processes", "64", "--reports", reports])
        // A file that is there: the helper need not wait for it.
        let spare = isSpare ? ["--spare", scene.path + "/secret"] : []
        let limits = parts[0] == "seed" ? ["memory=67108864", "processes=64"] : []
        let result = try Scene.run(
            command + spare + ["bin/probe"] + bait.arguments + limits,
            environment: ["YUN_TEST_SECRET": "1", "FOREIGN": "1"])
        #expect(result.status == 0, "\(result.errors)")
        try compare(result.output, column)
    }

    private func compare(_ output: String, _ column: String) throws {
        var seen: [String: (String, String)] = [:]
        for line in output.split(separator: "\n") {
            let words = line.split(separator: " ", maxSplits: 2).map(String.init)
            if words.count >= 2 { seen[words[0]] = (words[1], words.last ?? "") }
        }
        let walls = try WallExpectations.load().walls
        for wall in walls {
            if let file = wall.needs, !FileManager.default.fileExists(atPath: file) { continue }
            #expect(seen[wall.name]?.0 == wall.expected(column), "\(wall.name): \(seen[wall.name]?.1 ?? "")")
        }
        #expect(Set(seen.keys).isSubset(of: walls.map(\.name)))
    }

    @Test("still stand in the next launch (S-6)")
    func wallsSurviveALaunch() throws {
        let scene = try Scene()
        // An app that lays links where it hopes something will be mounted or opened next time.
        let trap =
            "for n in app data cache run tmp dev etc x; do ln -sfn / /data/$n; ln -sfn / /cache/$n; done"
        #expect(try scene.launch(scene.plan(script: trap)).status == 0)
        let look =
            "cat /data/x\(scene.path)/secret /data/run\(scene.path)/secret; ls /data/x; touch /data/app/new"
        let result = try scene.launch(scene.plan(script: look))
        #expect(!result.output.contains("secret"))
        #expect(!result.output.contains("root\n"))
        #expect(!FileManager.default.fileExists(atPath: "/new"))
    }

    @Test("are not mounted over a link in the app's place (S-6)", arguments: ["data", "cache", "tree"])
    func refusesLinkedDirectories(name: String) throws {
        let scene = try Scene()
        let plan = try scene.plan(script: "ls /data /cache /app; echo ran")
        try FileManager.default.removeItem(atPath: "\(scene.path)/\(name)")
        try FileManager.default.createSymbolicLink(
            atPath: "\(scene.path)/\(name)", withDestinationPath: scene.path + "/other")
        #expect(throws: (any Error).self) { try scene.launch(plan) }
        var status = stat()
        #expect(unsafe stat(scene.path + "/other", &status) == 0)
        // Root must not have given away what the link points to.
        #expect(status.st_uid == geteuid())
    }
}

/// Host things that an app must not reach: a file, another app's data, sockets, a port, a process.
private final class Bait {
    let arguments: [String]
    private var sockets: [Int32] = []

    init(_ path: String) throws {
        try "other".write(toFile: path + "/other/file", atomically: false, encoding: .utf8)
        let name = "yun-test-\(UUID().uuidString.prefix(8))"
        let plain = Self.listen(path: Array((path + "/socket").utf8) + [0])
        let abstract = Self.listen(path: [0] + Array(name.utf8))
        let (port, stream) = Self.listenOnLoopback()
        sockets = [plain, abstract, stream]
        arguments = [
            "secret=\(path)/secret", "neighbour=\(path)/other", "socket=\(path)/socket", "abstract=\(name)",
            "manager=\(path)/socket", "brokers=\(path)/other", "port=\(port)", "pid=\(getpid())",
            "name=\(ProcessInfo.processInfo.hostName)", "path=\(path)",
        ]
        for socket in sockets { try #require(socket >= 0) }
    }

    deinit { for socket in sockets { close(socket) } }

    private static func listen(path: [UInt8]) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path) }
        let socket = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        let length = socklen_t(2 + path.count)
        let bound = unsafe withUnsafePointer(to: &address) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe bind(socket, $0, length) }
        }
        return bound == 0 && Glibc.listen(socket, 1) == 0 ? socket : -1
    }

    private static func listenOnLoopback() -> (UInt16, Int32) {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = unsafe withUnsafeMutablePointer(to: &address) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                guard unsafe bind(socket, pointer, length) == 0, Glibc.listen(socket, 1) == 0 else {
                    return false
                }
                return unsafe getsockname(socket, pointer, &length) == 0
            }
        }
        return (UInt16(bigEndian: address.sin_port), bound ? socket : -1)
    }
}
