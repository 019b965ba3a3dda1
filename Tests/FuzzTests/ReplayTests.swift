import Foundation
import FuzzTargets
import Platform
import Support
import Testing
import YunCore

/// Every input that fuzzing has found worth keeping, and every vector, against every surface's invariants.
@Suite struct ReplayTests {
    private static func files(below directory: String) throws -> [(path: String, bytes: [UInt8])] {
        let found = try Program("find").run("\(Checkout.path)/\(directory)", "-type", "f")
        return try found.output.split(separator: "\n").sorted().map { path in
            let file = try OwnedDescriptor.open(String(path), .read)
            return (String(path), try file.readToEnd(limit: 64 << 20, describedAs: String(path)))
        }
    }

    private func replay(_ surface: Surface, _ files: [(path: String, bytes: [UInt8])]) -> Int {
        files.count { file in
            do {
                return try surface.run(file.bytes)
            } catch {
                Issue.record("\(surface) \(file.path): \(error)")
                return false
            }
        }
    }

    @Test("P-16: what fuzzing has found is read without a fault", arguments: Surface.allCases)
    func corpus(_ surface: Surface) throws {
        let files = try Self.files(below: "Fuzz/Corpus/\(surface.rawValue)")
        #expect(files.count >= 10)
        let accepted = replay(surface, files)
        #expect(accepted >= 1)
        #expect(accepted < files.count)
    }

    @Test(
        "P-16: the vectors are read without a fault",
        arguments: [
            (Surface.package, "bundles", ".ypkg", 100), (.manifest, "manifests", ".json", 150),
            (.signature, "signatures", ".minisig", 30), (.key, "keys", "", 20),
        ])
    func vectors(_ surface: Surface, _ folder: String, _ suffix: String, _ countMin: Int) throws {
        let files = try Self.files(below: "spec/vectors/\(folder)").filter { $0.path.hasSuffix(suffix) }
        #expect(files.count >= countMin)
        #expect(replay(surface, files) >= 3)
    }

    private struct TextVector: Decodable {
        let kind: String
        let name: String
        let text: String?
        let base64: String?
    }

    @Test("P-16: the vectors' texts are read without a fault")
    func texts() throws {
        let file = try OwnedDescriptor.open("\(Checkout.path)/spec/vectors/texts/expect.json", .read)
        let json = try file.readToEnd(limit: 64 << 20, describedAs: "texts")
        let vectors = try JSONDecoder().decode([TextVector].self, from: Data(json))
        #expect(vectors.count > 100)
        for vector in vectors {
            let encoded = vector.base64.flatMap { Data(base64Encoded: $0) }.map { Array($0) }
            let bytes = try #require(vector.text.map { Array($0.utf8) } ?? encoded)
            let surface = try #require(Surface(rawValue: vector.kind))
            _ = replay(surface, [(vector.name, bytes)])
        }
    }

    @Test("P-16: short, empty and boundless inputs are read without a fault", arguments: Surface.allCases)
    func plainInputs(_ surface: Surface) throws {
        for count in [0, 1, 7, 8, 9, 511, 512, 513, 1024, 100_000] {
            for byte in [0, 0x0A, 0x09, 0x20, 0x22, 0x5B, 0x7B, 0x80, 0xFF] as [UInt8] {
                try surface.run([UInt8](repeating: byte, count: count))
            }
        }
    }
}
