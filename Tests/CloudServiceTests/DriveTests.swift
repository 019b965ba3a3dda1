import CloudDatabase
import CloudModel
import CloudObjects
@testable import CloudService
import Support
import Testing
import YunCore

@Suite struct DriveTests {
    private let fixture: DriveFixture

    init() throws { fixture = try DriveFixture() }

    @Test(
        "a file is read as it was written, whatever its size, and in any part",
        arguments: [
            0, 1, 65_536, 65_537, 1 << 20, (1 << 20) + 1, 3_500_000,
        ])
    func contents(size: Int) async throws {
        let client = try await fixture.client()
        let bytes = noise(size)
        #expect(try await fixture.put("/f", bytes, as: client))
        #expect(try await fixture.get("/f", as: client) == bytes)
        guard size > 10 else { return }
        let middle = Int64(size / 2 - 3)..<Int64(size - 1)
        #expect(
            try await fixture.get("/f", middle, as: client) == Array(bytes[Int(middle.lowerBound)..<size - 1])
        )
    }

    @Test("F-1: damaged bytes are never given, and whole chunks before them are")
    func damage() async throws {
        let client = try await fixture.client()
        let bytes = noise(2_500_000)
        try await fixture.put("/f", bytes, as: client)
        let key = try #require(try await fixture.objects.keys(before: Instant(milliseconds: .max)).first)
        var damaged = bytes
        damaged[1_500_000] ^= 1
        try fixture.directory.write(damaged, to: "objects/\(key.prefix(2))/\(key)")
        let file = try await fixture.drive.open(DrivePath(encoded: "/f"), as: client)
        var given: [UInt8] = []
        await #expect(throws: Problem.self) { try await file.read(0..<file.sizeBytes) { given += $0 } }
        #expect(given == Array(bytes[..<(1 << 20)]))
        #expect(
            try await fixture.get("/f", 2_200_000..<2_200_010, as: client)
                == Array(bytes[2_200_000..<2_200_010]))
        try fixture.directory.write(Array(bytes[..<1_200_000]), to: "objects/\(key.prefix(2))/\(key)")
        await #expect(throws: Problem.self) { try await fixture.get("/f", 1_100_000..<1_100_001, as: client) }
    }

    @Test("F-2: the quota counts each content once, and gives a clear answer where it ends")
    func quota() async throws {
        let client = try await fixture.client(quotaBytes: 250_000)
        let bytes = noise(100_000)
        try await fixture.put("/a", bytes, as: client)
        try await fixture.put("/b", bytes, as: client)
        _ = try await fixture.drive.copy(
            fixture.transfer("/a", "/c"), isDeep: true, Preconditions(), as: client)
        var use = try await fixture.drive.list(DrivePath([]), withChildren: false, as: client).use
        #expect(use.usedBytes == 100_000)
        #expect(use.availableBytes == 150_000)
        #expect(
            await problem { try await fixture.put("/d", noise(150_001, 2), as: client) } == .quotaExceeded)
        // A client that announces less than it sends.
        let receiver = try await fixture.drive.receiver(
            for: DrivePath(encoded: "/d"), sizeBytes: nil, Preconditions(), as: client)
        #expect(await problem { try await receiver.receive(noise(150_001, 2)) } == .quotaExceeded)
        try await fixture.put("/d", noise(150_000, 2), as: client)
        use = try await fixture.drive.list(DrivePath([]), withChildren: false, as: client).use
        #expect(use.availableBytes == 0)
        #expect(try await fixture.names("/", as: client) == ["a", "b", "c", "d"])
    }

    @Test("F-3: an object that came in vain is removed, and one that was never recorded")
    func unused() async throws {
        let client = try await fixture.client()
        let upkeep = Upkeep(database: fixture.database, objects: fixture.objects) { fixture.time.now }
        let end = Instant(milliseconds: .max)
        try await fixture.put("/a", noise(100_000), as: client)
        try await fixture.put("/b", noise(100_000), as: client)
        #expect(try await fixture.objects.keys(before: end).count == 2)
        try await upkeep.removeUnused()
        #expect(try await fixture.objects.keys(before: end).count == 1)
        let writer = try await fixture.objects.create()
        _ = try await writer.append([1])
        _ = try await writer.finish()
        try await upkeep.removeOrphans()
        #expect(try await fixture.objects.keys(before: end).count == 2)
        fixture.time.advance(seconds: 10_000_000_000)
        try await upkeep.removeOrphans()
        #expect(try await fixture.objects.keys(before: end).count == 1)
        #expect(try await fixture.get("/b", as: client) == noise(100_000))
    }

    @Test("F-11: whoever has opened a file reads it to the end, whatever becomes of it")
    func replacing() async throws {
        let client = try await fixture.client()
        try await fixture.put("/f", noise(2_000_000, 1), as: client)
        let opened = try await fixture.drive.open(DrivePath(encoded: "/f"), as: client)
        #expect(try await fixture.put("/f", noise(2_000_000, 2), as: client) == false)
        try await fixture.remove("/f", as: client)
        var bytes: [UInt8] = []
        try await opened.read(0..<opened.sizeBytes) { bytes += $0 }
        #expect(bytes == noise(2_000_000, 1))
    }

    @Test("F-12: what is removed, or replaced by a copy or move, is in the trash")
    func trash() async throws {
        let client = try await fixture.client()
        try await fixture.makeFolder("/folder", as: client)
        try await fixture.put("/folder/f", [1], as: client)
        try await fixture.put("/g", [2], as: client)
        try await fixture.put("/h", [3], as: client)
        try await fixture.remove("/folder", as: client)
        fixture.time.advance(seconds: 1)
        _ = try await fixture.drive.move(fixture.transfer("/g", "/h"), Preconditions(), as: client)
        let items = try await fixture.database.read { transaction throws(Problem) in
            try transaction.trash.all(of: client.account)
        }
        #expect(items.map(\.path) == ["/h", "/folder"])
        #expect(try await fixture.names("/", as: client) == ["h"])
        #expect(try await fixture.get("/h", as: client) == [2])
        let inside = try await fixture.database.read { transaction throws(Problem) in
            try transaction.nodes.children(of: items[1].node).map(\.name)
        }
        #expect(inside == ["f"])
    }

    @Test(
        "F-13: nothing goes into or over itself, and the top stays",
        arguments: [
            ("/a", "/a/b"), ("/a", "/a"), ("/a/f", "/a"), ("/a", "/"), ("/", "/a"), ("/", "/new"),
        ])
    func cycles(source: String, target: String) async throws {
        let client = try await fixture.client()
        try await fixture.makeFolder("/a", as: client)
        try await fixture.put("/a/f", [1], as: client)
        let transfer = try fixture.transfer(source, target)
        #expect(
            await problem { _ = try await fixture.drive.move(transfer, Preconditions(), as: client) }
                == .forbidden)
        #expect(
            await problem {
                _ = try await fixture.drive.copy(transfer, isDeep: true, Preconditions(), as: client)
            } == .forbidden)
        #expect(await problem { try await fixture.remove("/", as: client) } == .forbidden)
        #expect(try await fixture.names("/a", as: client) == ["f"])
    }

    @Test("what is not there, is there already, or has no folder is told apart")
    func shapes() async throws {
        let client = try await fixture.client()
        try await fixture.put("/f", [1], as: client)
        try await fixture.makeFolder("/d", as: client)
        #expect(await problem { _ = try await fixture.get("/x", as: client) } == .notFound)
        #expect(await problem { _ = try await fixture.get("/d", as: client) } == .methodNotAllowed)
        #expect(await problem { try await fixture.put("/d", [1], as: client) } == .methodNotAllowed)
        #expect(await problem { try await fixture.put("/x/f", [1], as: client) } == .conflict)
        #expect(await problem { try await fixture.put("/f/g", [1], as: client) } == .conflict)
        #expect(await problem { try await fixture.makeFolder("/d", as: client) } == .methodNotAllowed)
        #expect(await problem { try await fixture.makeFolder("/x/y", as: client) } == .conflict)
        #expect(await problem { try await fixture.remove("/x", as: client) } == .notFound)
        let transfer = try fixture.transfer("/f", "/d", replacing: false)
        #expect(
            await problem { _ = try await fixture.drive.move(transfer, Preconditions(), as: client) }
                == .preconditionFailed)
    }

    @Test("one account's paths lead nowhere in another's")
    func strangers() async throws {
        let ming = try await fixture.client()
        let li = try await fixture.client("li@example.com")
        try await fixture.put("/secret", [1], as: ming)
        #expect(try await fixture.names("/", as: li).isEmpty)
        #expect(await problem { _ = try await fixture.get("/secret", as: li) } == .notFound)
        // Equal bytes of two accounts are two contents: one cannot find out what the other has.
        try await fixture.put("/mine", [1], as: li)
        #expect(try await fixture.drive.list(DrivePath([]), withChildren: false, as: li).use.usedBytes == 1)
    }

    @Test("parallel uploads into one folder all succeed")
    func parallel() async throws {
        let client = try await fixture.client()
        try await withThrowingTaskGroup { group in
            for number in 0..<100 {
                group.addTask { try await fixture.put("/f\(number)", noise(1000, UInt8(number)), as: client) }
            }
            for try await isNew in group { #expect(isNew) }
        }
        #expect(try await fixture.names("/", as: client).count == 100)
        for number in 0..<100 {
            #expect(try await fixture.get("/f\(number)", as: client) == noise(1000, UInt8(number)))
        }
    }
}
