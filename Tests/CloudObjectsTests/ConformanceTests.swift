import CloudModel
import CloudObjects
import Support
import Testing

/// Every store of objects; each passes all of these.
enum ObjectStores: CaseIterable, Sendable {
    case local

    func open(in directory: TemporaryDirectory) throws -> any ObjectStore {
        switch self {
        case .local: try LocalObjectStore(path: directory.path("objects"))
        }
    }
}

@Suite struct ConformanceTests {
    private let directory: TemporaryDirectory
    private let far = Instant(milliseconds: 9_000_000_000_000)

    init() throws { directory = try TemporaryDirectory() }

    private func put(_ pieces: [[UInt8]], in store: any ObjectStore) async throws -> String {
        let writer = try await store.create()
        for piece in pieces { _ = try await writer.append(piece) }
        return try await writer.finish()
    }

    @Test("an object is read as it was written, in any part", arguments: ObjectStores.allCases)
    func reading(kind: ObjectStores) async throws {
        let store = try kind.open(in: directory)
        let key = try await put([Array("hello ".utf8), Array("world".utf8)], in: store)
        func part(_ offset: Int64, _ count: Int) async throws -> String {
            String(decoding: try await store.read(key, at: offset, count: count), as: UTF8.self)
        }
        #expect(try await part(0, 100) == "hello world")
        #expect(try await part(4, 4) == "o wo")
        #expect(try await part(11, 5) == "")
    }

    @Test("a piece's digest comes back", arguments: ObjectStores.allCases)
    func digests(kind: ObjectStores) async throws {
        let writer = try await kind.open(in: directory).create()
        let digest = try await writer.append(Array("abc".utf8))
        #expect(digest.prefix(4).elementsEqual([0xBA, 0x78, 0x16, 0xBF]))
    }

    @Test(
        "F-3: nothing is there before it is finished, nor of what was given up",
        arguments: ObjectStores.allCases)
    func unfinished(kind: ObjectStores) async throws {
        let store = try kind.open(in: directory)
        do {
            let writer = try await store.create()
            _ = try await writer.append([1, 2, 3])
            #expect(try await store.keys(before: far).isEmpty)
        }
        #expect(try await store.keys(before: far).isEmpty)
        let files = try directory.tree().filter { !$0.hasSuffix("/") }
        #expect(files.allSatisfy { $0.split(separator: "/").count <= 2 }, "\(files)")
    }

    @Test(
        "equal bytes are two objects, and each is removed alone, twice without harm",
        arguments: ObjectStores.allCases)
    func removal(kind: ObjectStores) async throws {
        let store = try kind.open(in: directory)
        let first = try await put([[1]], in: store)
        let second = try await put([[1]], in: store)
        #expect(Set(try await store.keys(before: far)) == [first, second])
        #expect(try await store.keys(before: Instant(milliseconds: 1000)).isEmpty)
        try await store.remove(first)
        try await store.remove(first)
        #expect(try await store.keys(before: far) == [second])
        #expect(try await store.read(second, at: 0, count: 9) == [1])
        await #expect(throws: Problem.self) { try await store.read(first, at: 0, count: 9) }
    }

    @Test(
        "F-30: a part takes the place of all that was beyond what its writer has recorded",
        arguments: ObjectStores.allCases)
    func parts(kind: ObjectStores) async throws {
        let store = try kind.open(in: directory)
        let key = store.newKey()
        func write(_ text: String, at offset: Int64) async throws {
            try await store.part(of: key, at: offset).write(Array(text.utf8))
        }
        func all() async throws -> String {
            String(decoding: try await store.read(key, at: 0, count: 100), as: UTF8.self)
        }
        try await write("lost", at: 0)
        try await write("hello ", at: 0)
        #expect(try await all() == "hello ")
        // Nobody recorded this one, nor its end.
        try await write("everybody and more", at: 6)
        try await write("wor", at: 6)
        try await write("ld", at: 9)
        #expect(try await all() == "hello world")
        #expect(try await store.keys(before: far) == [key])
        try await store.remove(key)
        #expect(try await store.keys(before: far).isEmpty)
    }

    @Test("F-30: a part that is missing before it is an error", arguments: ObjectStores.allCases)
    func gaps(kind: ObjectStores) async throws {
        let store = try kind.open(in: directory)
        let key = store.newKey()
        try await store.part(of: key, at: 0).write([1, 2, 3])
        let beyond = try await store.part(of: key, at: 4)
        await #expect(throws: Problem.self) { try await beyond.write([5]) }
        #expect(try await store.read(key, at: 0, count: 9) == [1, 2, 3])
    }

    @Test(
        "F-32: who has a part keeps others from it, also through another store on the same data",
        arguments: ObjectStores.allCases)
    func exclusion(kind: ObjectStores) async throws {
        let store = try kind.open(in: directory)
        let other = try kind.open(in: directory)
        let key = store.newKey()
        do {
            let part = try await store.part(of: key, at: 0)
            for store in [store, other] {
                let refusal = await #expect(throws: Problem.self) { try await store.part(of: key, at: 0) }
                #expect(refusal?.code == .locked)
            }
            try await part.write([1])
        }
        try await other.part(of: key, at: 1).write([2])
        #expect(try await store.read(key, at: 0, count: 9) == [1, 2])
    }

    @Test(
        "an object keeps the key that another store gave it, and replaces none",
        arguments: ObjectStores.allCases)
    func keys(kind: ObjectStores) async throws {
        let store = try kind.open(in: directory)
        let key = String(repeating: "0a", count: 20)
        for bytes in [[UInt8(1)], [2]] {
            let writer = try await store.create(as: key)
            _ = try await writer.append(bytes)
            if bytes == [1] {
                #expect(try await writer.finish() == key)
            } else {
                await #expect(throws: Problem.self) { try await writer.finish() }
            }
        }
        #expect(try await store.read(key, at: 0, count: 9) == [1])
        try await store.probe()
        #expect(try await store.keys(before: far) == [key])
    }

    @Test(
        "a key that is none leads nowhere",
        arguments: [
            "", "x", "../../../../../../etc/passwd", "..", "/etc/passwd", String(repeating: "0A", count: 20),
            String(repeating: "0", count: 41), "\(String(repeating: "0", count: 38))/.",
        ])
    func hostileKeys(key: String) async throws {
        let store = try ObjectStores.local.open(in: directory)
        await #expect(throws: Problem.self) { try await store.read(key, at: 0, count: 9) }
        await #expect(throws: Problem.self) { try await store.remove(key) }
        await #expect(throws: Problem.self) { _ = try await store.create(as: key) }
        #expect(try directory.tree().allSatisfy { $0.hasSuffix("/") || $0.hasPrefix("objects") })
    }
}
