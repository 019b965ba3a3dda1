import Glibc
import Platform
import Support
import Testing
import YunCore

@testable import Store

/// Processes that are killed while they write.
@Suite struct KillTests {
    private let scene: ValueScene

    init() throws { scene = try ValueScene() }

    private func acknowledged(_ round: Int) throws -> [String] {
        String(decoding: try scene.directory.read("acknowledged\(round)"), as: UTF8.self)
            .split(separator: "\n").map { String($0) }
    }

    /// Ends this process at some moment, and notes from any thread what was acknowledged until then.
    private struct Doomed: Sendable {
        let number: Int32

        init(_ path: String) throws {
            number = try OwnedDescriptor.open(path, .replace(permissions: 0o600)).release()
        }

        func note(_ text: String) {
            let line = Array((text + "\n").utf8)
            _ = unsafe write(number, line, line.count)
        }

        func run(_ threads: Int, _ body: @escaping @Sendable (Int) throws(Failure) -> Void) throws {
            try BlockingThreads.run(count: threads + 1) { index throws(Failure) in
                if index > 0 { return try body(index) }
                usleep(UInt32.random(in: 20_000..<150_000))
                kill(getpid(), SIGKILL)
            }
        }
    }

    @Test("V-4: what was acknowledged is there after a kill at any moment, each batch whole or not at all")
    func values() async throws {
        let (root, log) = (scene.directory.path("root"), scene.directory.path("acknowledged"))
        var count = 0
        for round in 0..<6 {
            await #expect(processExitsWith: .signal(SIGKILL)) {
                [root = root as String, log = log as String, round = round as Int] in
                let store = try ValueStore(of: try ValueScene.use(in: root))
                let doomed = try Doomed("\(log)\(round)")
                try doomed.run(3) { thread throws(Failure) in
                    var number = 0
                    while true {
                        number += 1
                        let name = "\(round)/\(thread)/\(number)"
                        try store.write([
                            ValueChange(try ValueKey("a/\(name)"), .set("value of \(name)")),
                            ValueChange(try ValueKey("b/\(name)"), .set("value of \(name)")),
                            ValueChange(try ValueKey("newest"), .set(name)),
                        ])
                        doomed.note(name)
                    }
                }
            }
            let store = try scene.store()
            for name in try acknowledged(round) {
                count += 1
                for key in ["a/\(name)", "b/\(name)"] { #expect(try store.text(key) == "value of \(name)") }
            }
            #expect(
                try Program("sqlite3").run(
                    scene.file,
                    """
                    PRAGMA integrity_check;
                    SELECT COUNT(*) FROM value AS a WHERE key >= x'612f' AND key < x'6130'
                        AND NOT EXISTS (SELECT 1 FROM value WHERE key = CAST('b' || substr(CAST(a.key AS TEXT), 2) AS BLOB));
                    SELECT (SELECT TOTAL(length(key) + length(value) + 32) FROM value) = size_bytes,
                        (SELECT COALESCE(MAX(version), 0) FROM value) = newest FROM state;
                    """
                ).output == "ok\n0\n1|1\n")
        }
        #expect(count > 0)
    }

    @Test(
        "V-10: a file is the former or the new one after a kill at any moment, and what was acknowledged is new"
    )
    func files() async throws {
        let (root, log) = (scene.directory.path("root"), scene.directory.path("acknowledged"))
        var count = 0
        for round in 0..<4 {
            await #expect(processExitsWith: .signal(SIGKILL)) {
                [root = root as String, log = log as String, round = round as Int] in
                let files = try AppFiles(of: try ValueScene.use(in: root))
                let doomed = try Doomed("\(log)\(round)")
                try doomed.run(2) { thread throws(Failure) in
                    var number = 0
                    while true {
                        number += 1
                        try files.write(
                            Array(String(repeating: "\(number) ", count: 20_000).utf8), to: "f\(thread)")
                        doomed.note("\(thread) \(number)")
                    }
                }
            }
            let files = try AppFiles(of: scene.use)
            let noted = try acknowledged(round).map { $0.split(separator: " ").map { Int($0) ?? 0 } }
            count += noted.count
            for thread in 1...2 {
                let last = noted.filter { $0[0] == thread }.map { $0[1] }.max() ?? 0
                guard try last > 0 || files.status(of: "f\(thread)") != nil else { continue }
                let bytes = try files.read("f\(thread)").readToEnd(limit: 1 << 22, describedAs: "f")
                let numbers = Set(String(decoding: bytes, as: UTF8.self).split(separator: " "))
                #expect(numbers.count == 1)
                if last > 0 { #expect((Int(numbers.first ?? "") ?? 0) >= last) }
                try files.remove("f\(thread)")
            }
            #expect(try scene.directory.tree("root/data/a.b/parts").isEmpty)
        }
        #expect(count > 0)
    }
}
