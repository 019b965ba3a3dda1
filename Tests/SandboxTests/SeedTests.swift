import Foundation
import Platform
import Testing

@testable import Sandbox

/// `seed` itself, with specs that no launcher writes.
@Suite("seed", .serialized)
struct SeedTests {
    @Test("refuses whatever is not a spec, and runs nothing (S-7)", arguments: 0..<60)
    func refusesBadSpecs(round: Int) throws {
        let scene = try Scene()
        let plan = try scene.plan(script: "touch /data/ran")
        let filter = SeccompCompiler.bytes(.off)
        var bytes = SeedSpec.encode(plan, .init(parent: getpid(), descriptorCount: 3, filter: filter))
        // The head and the tables are where every offset and count lies.
        switch round {
        case 0: bytes = []
        case 1: bytes = [UInt8](repeating: 0, count: 4096)
        case 2: bytes = [UInt8](repeating: 255, count: 4096)
        case 3: bytes.removeLast()
        case 4: bytes.append(0)
        case 5: bytes = [UInt8](repeating: 65, count: 300 << 10)
        case 6: bytes[bytes.count - 1] = 1
        default: bytes[(round - 7) * 2 + 1] ^= 0xFF
        }
        let result = try Self.seed(bytes, scene)
        // A flipped bit in a number that only the kernel can judge may pass here; then a later step refuses it.
        #expect(result != 0 || !FileManager.default.fileExists(atPath: scene.path + "/data/ran"))
    }

    private static func seed(_ bytes: [UInt8], _ scene: Scene) throws -> Int32 {
        let path = scene.path + "/spec"
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        let file = try #require(FileHandle(forReadingAtPath: path))
        let sink = try #require(FileHandle(forWritingAtPath: "/dev/null"))
        let null = sink.fileDescriptor
        let command = SpawnCommand(
            executable: Scene.seed, arguments: ["seed", "3"],
            descriptors: [null, null, null, file.fileDescriptor, null])
        return try command.spawn().wait()
    }
}
