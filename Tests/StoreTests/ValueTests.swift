import Glibc
import Platform
import Support
import Synchronization
import Testing
import YunCore

@testable import Store

/// The values of one installed app that is in use.
struct ValueScene {
    let directory: TemporaryDirectory
    let use: AppUse

    init() throws {
        directory = try TemporaryDirectory()
        use = try Self.use(in: directory.path("root"), isNew: true)
    }

    /// Takes the app into use, in another process, too.
    static func use(in path: String, isNew: Bool = false) throws -> AppUse {
        let root = try StoreRoot(path: path)
        let domain = try Domain("a.b")
        if isNew {
            try RegistryScene.commit(domain, to: root.registry)
            try root.data.makeDirectory(domain.name, permissions: 0o700).createDirectory("files")
            let release = try #require(try root.registry.app(domain)?.current)
            try root.apps.makeDirectory(domain.name).createDirectory(release.directoryName)
        }
        return try #require(try root.use(domain))
    }

    func store(quotaBytes: Int = ValueLimits.quotaBytes) throws -> ValueStore {
        try ValueStore(of: use, quotaBytes: quotaBytes)
    }

    var file: String { directory.path("root/data/a.b/values.db") }
}

extension ValueStore {
    @discardableResult
    func set(_ key: String, _ text: String, expecting expectation: ValueChange.Expectation = .anything) throws
        -> Int
    {
        try write([ValueChange(ValueKey(key), .set(text), expecting: expectation)])
    }

    @discardableResult
    func remove(_ key: String) throws -> Int { try write([ValueChange(ValueKey(key), .remove)]) }

    func text(_ key: String) throws -> String? { try value(of: ValueKey(key))?.text }
}

/// The code of the failure that `body` ends with.
func code(_ body: () throws -> Void) -> FailureCode? {
    do {
        try body()
        return nil
    } catch {
        return (error as? Failure)?.code
    }
}

@Suite struct ValueTests {
    private let scene: ValueScene

    init() throws { scene = try ValueScene() }

    @Test("a value is set, read, replaced and removed, and is there for the next process")
    func basics() throws {
        let store = try scene.store()
        #expect(try store.text("k") == nil)
        #expect(try store.set("k", "{}") == 1 && store.set("k", "[1]") == 2)
        #expect(
            try scene.store().value(of: ValueKey("k"))
                == StoredValue(key: ValueKey("k"), text: "[1]", version: 2))
        #expect(try store.remove("k") == 3 && store.text("k") == nil)
        #expect(try store.remove("k") == 3)
        #expect(try Program("sqlite3").run(scene.file, "PRAGMA integrity_check").output == "ok\n")
    }

    @Test("V-1: keys and values have limits; all that is within is kept byte by byte")
    func limits() throws {
        let store = try scene.store()
        for key in ["", String(repeating: "k", count: 257), String(repeating: "ä", count: 129)] {
            #expect(code { _ = try ValueKey(key) } == .storageInvalid)
        }
        let odd = [
            "\0", "a\0b", "é", "e\u{301}", "\u{10FFFF}", String(repeating: "k", count: 256), "'; DROP--",
            "/..",
        ]
        for key in odd { try store.set(key, "of \(key)\0") }
        for key in odd { #expect(try store.text(key)?.utf8.elementsEqual("of \(key)\0".utf8) == true) }
        #expect(try store.values(limit: 99).values.count == odd.count)
        let longest = String(repeating: "v", count: ValueLimits.valueBytesMax)
        try store.set("k", longest)
        #expect(try store.text("k") == longest)
        #expect(code { try store.set("k", longest + "v") } == .storageInvalid)
        let key = try ValueKey("k")
        #expect(
            code { try store.write([ValueChange(key, .set("1")), ValueChange(key, .remove)]) }
                == .storageInvalid)
        let many = try (0...ValueLimits.batchChangesMax).map { ValueChange(try ValueKey("\($0)"), .set("")) }
        #expect(code { try store.write(many) } == .storageInvalid)
        let large = try (0..<5).map { ValueChange(try ValueKey("\($0)"), .set(longest)) }
        #expect(code { try store.write(large) } == .storageInvalid)
        #expect(try store.text("k") == longest && store.state().newest == odd.count + 1)
    }

    @Test("V-2: a list is in the order of the keys' bytes, by prefix, and goes on where it ended")
    func list() throws {
        let store = try scene.store()
        let keys = ["a", "a/1", "a/10", "a/2", "a0", "b", "\u{7f}", "ä", "äb", "\u{10FFFF}", "\u{10FFFF}x"]
        try store.write(keys.shuffled().map { ValueChange(try ValueKey($0), .set($0)) })
        func list(_ prefix: String, _ after: String? = nil, _ limit: Int = 99) throws -> [String] {
            try store.values(prefix: prefix, after: after.map { try ValueKey($0) }, limit: limit).values.map(
                \.key.text)
        }
        #expect(try list("") == keys)
        #expect(try list("a/") == ["a/1", "a/10", "a/2"])
        #expect(try list("ä") == ["ä", "äb"] && list("\u{10FFFF}") == ["\u{10FFFF}", "\u{10FFFF}x"])
        #expect(try list("a/", "a/10") == ["a/2"] && list("b", "a") == ["b"] && list("a/", "b").isEmpty)
        #expect(try list("", "a", 2) == ["a/1", "a/10"] && list("none").isEmpty && list("", nil, 0).isEmpty)
        #expect(try store.values(limit: keys.count).hasMore == false)
        #expect(try store.values(limit: keys.count - 1).hasMore)
    }

    @Test("V-2: a part of a list is bounded in bytes, but never empty where there is more")
    func listBytes() throws {
        let store = try scene.store()
        let large = String(repeating: "v", count: ValueLimits.listBytesMax / 2)
        for key in ["a", "b", "c"] { try store.set(key, large) }
        try store.set("d", large + large)
        let first = try store.values(limit: 99)
        #expect(first.values.map(\.key.text) == ["a", "b"] && first.hasMore)
        let last = try store.values(after: ValueKey("c"), limit: 99)
        #expect(last.values.map(\.key.text) == ["d"] && !last.hasMore)
    }

    @Test("V-3: a batch is made whole or not at all, by what its changes expect")
    func batches() throws {
        let store = try scene.store()
        #expect(try store.set("a", "1", expecting: .version(0)) == 1)
        #expect(code { try store.set("a", "2", expecting: .version(0)) } == .storageConflict)
        #expect(code { try store.set("a", "2", expecting: .value(nil)) } == .storageConflict)
        #expect(code { try store.set("a", "2", expecting: .value("2")) } == .storageConflict)
        #expect(code { try store.set("z", "2", expecting: .version(1)) } == .storageConflict)
        #expect(try store.set("a", "2", expecting: .version(1)) == 2)
        #expect(try store.set("a", "3", expecting: .value("2")) == 3)
        func move(expecting number: Int) throws {
            try store.write([
                ValueChange(ValueKey("b"), .set("3")), ValueChange(ValueKey("a"), .remove),
                ValueChange(ValueKey("c"), .keep, expecting: .version(number)),
            ])
        }
        let before = try store.state()
        #expect(code { try move(expecting: 1) } == .storageConflict)
        #expect(try store.text("a") == "3" && store.text("b") == nil && store.state() == before)
        try move(expecting: 0)
        #expect(try store.text("a") == nil && store.value(of: ValueKey("b"))?.version == 4)
        #expect(try store.write([]) == 4)
    }

    @Test("V-3: an expectation compares bytes, not what looks alike")
    func expectsBytes() throws {
        let store = try scene.store()
        try store.set("a", "é")
        #expect(code { try store.set("a", "1", expecting: .value("e\u{301}")) } == .storageConflict)
        #expect(try store.set("a", "1", expecting: .value("é")) == 2)
    }

    @Test("V-3: of many that count up at once none is lost, though one commit serves several")
    func counter() throws {
        let store = try scene.store()
        try store.set("n", "0")
        try BlockingThreads.run(count: 8) { _ throws(Failure) in
            var done = 0
            while done < 25 {
                let key = try ValueKey("n")
                guard let now = try store.value(of: key) else { continue }
                do throws(Failure) {
                    try store.write([
                        ValueChange(
                            key, .set("\((Int(now.text) ?? 0) + 1)"), expecting: .version(now.version))
                    ])
                    done += 1
                } catch  where error.code == .storageConflict {}
            }
        }
        #expect(try store.text("n") == "200" && store.state().newest == 201)
    }

    @Test("V-5: the quota counts every byte, and what makes room is always possible")
    func quota() throws {
        let entry = 1 + 10 + ValueLimits.entryBytes
        let store = try scene.store(quotaBytes: 3 * entry)
        for key in ["a", "b", "c"] { try store.set(key, "0123456789") }
        #expect(try store.state().sizeBytes == 3 * entry)
        #expect(code { try store.set("d", "") } == .storageQuota)
        #expect(code { try store.set("a", "0123456789a") } == .storageQuota)
        try store.set("a", "9876543210")
        try store.write([ValueChange(ValueKey("d"), .set("0123456789")), ValueChange(ValueKey("b"), .remove)])
        #expect(try store.state().sizeBytes == 3 * entry)
        let smaller = try scene.store(quotaBytes: entry)
        #expect(code { try smaller.set("a", "98765432100") } == .storageQuota)
        try smaller.set("a", "98")
        try smaller.remove("c")
        #expect(try smaller.state().sizeBytes == 2 * entry - 8)
        let counted = try Program("sqlite3").run(
            scene.file, "SELECT SUM(length(key) + length(value) + \(ValueLimits.entryBytes)) FROM value")
        #expect(counted.output == "\(2 * entry - 8)\n")
    }

    @Test("V-6: what has changed since is told once for each key, in order, a batch as a whole")
    func changes() throws {
        let store = try scene.store()
        func told(_ number: Int, _ limit: Int = 99) throws -> [String] {
            try store.changes(since: number, limit: limit).rows.map {
                "\($0.number) \($0.key.text)\($0.isRemoval ? " gone" : "")"
            }
        }
        #expect(try told(0).isEmpty)
        try store.set("a", "1")
        try store.write(["b", "c", "d"].map { ValueChange(try ValueKey($0), .set("1")) })
        try store.set("a", "2")
        try store.remove("c")
        #expect(try told(0) == ["2 b", "2 d", "3 a", "4 c gone"])
        #expect(try told(0, 1) == ["2 b", "2 d"])
        #expect(try store.changes(since: 0, limit: 1).last == 2 && told(2, 1) == ["3 a"])
        #expect(try told(3) == ["4 c gone"] && told(4).isEmpty && store.changes(since: 4, limit: 1).last == 4)
        try store.set("c", "2")
        #expect(try told(3) == ["5 c"])
        let unknown = try store.changes(since: 6, limit: 9)
        #expect(unknown == ValueChanges(rows: [], last: 5, mustReadAll: true))
        #expect(try store.changes(since: -1, limit: 9).mustReadAll)
    }

    @Test("V-6: removed keys are remembered up to a number, and who asks for more is told to read all anew")
    func forgottenRemovals() throws {
        let store = try scene.store()
        for part in 0..<3 {
            let keys = try (0..<500).map { try ValueKey("\(part)/\($0)") }
            try store.write(keys.map { ValueChange($0, .set("")) })
            try store.write(keys.map { ValueChange($0, .remove) })
        }
        #expect(try store.changes(since: 6, limit: 9).mustReadAll == false)
        #expect(try store.changes(since: 2, limit: 9999).rows.count == ValueLimits.removalsMax)
        #expect(try store.changes(since: 1, limit: 9).mustReadAll)
    }

    @Test("V-6: whoever watches is told the newest change after it is on the disk")
    func announced() throws {
        let told = Mutex<[Int]>([])
        let store = try ValueStore(of: scene.use) { number in told.withLock { $0.append(number) } }
        try store.set("a", "1")
        #expect(code { try store.set("a", "1", expecting: .version(0)) } == .storageConflict)
        try store.set("a", "2")
        #expect(told.withLock { $0 } == [1, 2])
    }

    @Test("V-4: what is written is synced before it is acknowledged")
    func synchronous() throws {
        _ = try scene.store()
        let database = try Database(path: scene.file, subject: .registry)
        #expect(try database.rows("PRAGMA synchronous") == [[.integer(2)]])
        #expect(try database.rows("PRAGMA journal_mode") == [[.text("wal")]])
    }

    @Test("V-5: values that come and go do not pile up on the disk")
    func diskUse() throws {
        let store = try scene.store()
        let large = String(repeating: "v", count: 1 << 19)
        for number in 0..<60 { try store.set("\(number % 2)", large) }
        let data = try AnchoredDirectory(at: scene.directory.path("root/data/a.b"))
        var sizeBytes = 0
        for name in ["values.db", "values.db-wal"] { sizeBytes += try data.status(of: name)?.sizeBytes ?? 0 }
        #expect(sizeBytes < 4 << 20)
    }

    @Test("V-7: a damaged database is reported and stays as it is")
    func damaged() throws {
        do {
            let store = try scene.store()
            for number in 0..<200 { try store.set("\(number)", String(repeating: "v", count: 500)) }
            #expect(
                try Program("sqlite3").run(scene.file, "PRAGMA wal_checkpoint(TRUNCATE)").status == 0)
        }
        let name = "root/data/a.b/values.db"
        var bytes = try scene.directory.read(name)
        for index in stride(from: 4096, to: bytes.count, by: 7) { bytes[index] = 0xA5 }
        try scene.directory.write(bytes, to: name)
        #expect(code { try scene.store().set("1", "") } == .storeDamaged)
        #expect(code { _ = try scene.store().values(limit: 9) } == .storeDamaged)
        #expect(try scene.directory.read(name) == bytes)
        let text = Array(repeating: UInt8(ascii: "A"), count: 8192)
        try scene.directory.write(text, to: name)
        #expect(code { _ = try scene.store() } == .storeDamaged)
        #expect(try scene.directory.read(name) == text)
        // Nor does it keep an update of the app away.
        let data = try AnchoredDirectory(at: scene.directory.path("root/data/a.b"))
        #expect(try ValueStore.withoutWrites(in: data) { 1 } == 1)
    }

    @Test("a database of a newer Yun is refused")
    func newer() throws {
        #expect(try Program("sqlite3").run(scene.file, "PRAGMA user_version = 9").status == 0)
        #expect(code { _ = try scene.store() } == .unavailable)
    }

    @Test("T-13: nobody writes while the data is copied")
    func still() throws {
        try scene.store().set("a", "0")
        func write() throws -> Int32 {
            try Program("sqlite3").run(scene.file, "DELETE FROM value").status
        }
        let data = try AnchoredDirectory(at: scene.directory.path("root/data/a.b"))
        var status: Int32?
        try ValueStore.withoutWrites(in: data) { () throws(Failure) in
            do { status = try write() } catch { status = nil }
        }
        #expect(status == 5)
        #expect(try write() == 0)
    }

    @Test("T-13: what is copied while the app writes is of one moment")
    func copied() throws {
        let store = try scene.store()
        try store.set("a", "0")
        let isEnding = Mutex(false)
        let data = try AnchoredDirectory(at: scene.directory.path("root/data"))
        let target = try AnchoredDirectory(at: scene.directory.path)
        try BlockingThreads.run(count: 2) { index throws(Failure) in
            if index == 1 {
                var number = 0
                while isEnding.withLock({ !$0 }) {
                    number += 1
                    try store.write(
                        ["a", "b"].map { key throws(Failure) in
                            ValueChange(try ValueKey(key), .set(String(repeating: "\(number)", count: 5000)))
                        })
                }
                return
            }
            defer { isEnding.withLock { $0 = true } }
            for round in 0..<20 {
                try ValueStore.withoutWrites(in: data.directory("a.b")) { () throws(Failure) in
                    try data.copyTree(
                        "a.b", to: target, as: "copy\(round)", links: target.makeDirectory("links\(round)"),
                        budgetBytes: 1 << 30)
                }
            }
        }
        for round in 0..<20 {
            let result = try Program("sqlite3").run(
                scene.directory.path("copy\(round)/values.db"),
                "PRAGMA integrity_check; SELECT COUNT(DISTINCT value) FROM value WHERE (SELECT COUNT(*) FROM value) = 2"
            )
            #expect(["ok\n1\n", "ok\n0\n"].contains(result.output), "\(result)")
        }
    }
}
