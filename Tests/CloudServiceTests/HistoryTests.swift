import CloudDatabase
import CloudModel
import CloudObjects
@testable import CloudService
import Support
import Testing
import YunCore

@Suite struct HistoryTests {
    private let fixture: DriveFixture

    init() throws { fixture = try DriveFixture() }

    private func path(_ text: String) throws -> DrivePath { try DrivePath(plain: text) }

    private func use(_ client: DriveClient) async throws -> Int64 {
        try await fixture.drive.list(DrivePath([]), withChildren: false, as: client).use.usedBytes
    }

    @Test("F-11: what a file held before can be held again, and nothing is lost by it")
    func versions() async throws {
        let client = try await fixture.client()
        for number in UInt8(1)...3 { try await fixture.put("/f", [number], as: client) }
        let versions = try await fixture.drive.versions(path("/f"), as: client)
        #expect(versions.map(\.version.sizeBytes) == [1, 1, 1])
        try await fixture.drive.restoreVersion(versions[2].id, of: path("/f"), as: client)
        #expect(try await fixture.get("/f", as: client) == [1])
        #expect(try await fixture.drive.versions(path("/f"), as: client).count == 4)
        #expect(try await use(client) == 3)
        try await fixture.put("/g", [9], as: client)
        #expect(
            await problem {
                try await fixture.drive.restoreVersion(versions[0].id, of: path("/g"), as: client)
            } == .notFound)
        #expect(
            await problem { _ = try await fixture.drive.versions(path("/"), as: client) } == .methodNotAllowed
        )
    }

    @Test("F-11: the oldest versions go when there are too many, and their room comes back")
    func pruning() async throws {
        let client = try await fixture.client()
        for number in 0..<Drive.versionsMax + 20 {
            try await fixture.put("/f", [UInt8(number), 1, 2], as: client)
        }
        #expect(try await fixture.drive.versions(path("/f"), as: client).count == Drive.versionsMax)
        #expect(try await use(client) == Int64(Drive.versionsMax * 3))
    }

    @Test("F-12: what is in the trash comes back where it was, or elsewhere, with all that is in it")
    func restoring() async throws {
        let client = try await fixture.client()
        try await fixture.makeFolder("/d", as: client)
        try await fixture.put("/d/f", [1], as: client)
        try await fixture.remove("/d", as: client)
        try await fixture.put("/d", [2], as: client)
        let item = try #require(try await fixture.drive.trash(as: client).first)
        #expect(item.item.path == "/d")
        #expect(item.node.isFolder)
        let id = item.item.node
        #expect(
            await problem { _ = try await fixture.drive.restoreTrashed(id, to: nil, as: client) } == .conflict
        )
        #expect(
            await problem { _ = try await fixture.drive.restoreTrashed(id, to: path("/x/y"), as: client) }
                == .conflict)
        let restored = try await fixture.drive.restoreTrashed(id, to: path("/e"), as: client)
        #expect(restored.plain == "/e")
        #expect(try await fixture.get("/e/f", as: client) == [1])
        #expect(try await fixture.drive.trash(as: client).isEmpty)
        #expect(
            await problem { _ = try await fixture.drive.restoreTrashed(id, to: path("/z"), as: client) }
                == .notFound)
    }

    @Test(
        "F-12: what is purged, or has been in the trash for long, gives its room back, but for what is used elsewhere"
    )
    func purging() async throws {
        let client = try await fixture.client()
        let upkeep = Upkeep(database: fixture.database, objects: fixture.objects) { fixture.time.now }
        try await fixture.makeFolder("/d", as: client)
        try await fixture.put("/d/f", noise(100_000), as: client)
        try await fixture.put("/d/f", noise(200_000, 2), as: client)
        try await fixture.put("/keep", noise(100_000), as: client)
        try await fixture.remove("/d", as: client)
        #expect(try await use(client) == 300_000)
        let id = try #require(try await fixture.drive.trash(as: client).first).item.node
        try await fixture.drive.purge(id, as: client)
        #expect(try await use(client) == 100_000)
        #expect(try await fixture.get("/keep", as: client) == noise(100_000))
        try await fixture.remove("/keep", as: client)
        fixture.time.advance(seconds: Upkeep.trashSeconds - 1)
        try await upkeep.removeOld()
        #expect(try await fixture.drive.trash(as: client).count == 1)
        fixture.time.advance(seconds: 2)
        try await upkeep.removeOld()
        try await upkeep.removeUnused()
        #expect(try await fixture.drive.trash(as: client).isEmpty)
        #expect(try await use(client) == 0)
        #expect(try await fixture.objects.keys(before: Instant(milliseconds: .max)).isEmpty)
    }

    @Test("one account's trash is not there for another")
    func strangers() async throws {
        let ming = try await fixture.client()
        let li = try await fixture.client("li@example.com")
        try await fixture.put("/f", [1], as: ming)
        try await fixture.remove("/f", as: ming)
        let id = try #require(try await fixture.drive.trash(as: ming).first).item.node
        #expect(try await fixture.drive.trash(as: li).isEmpty)
        #expect(await problem { try await fixture.drive.purge(id, as: li) } == .notFound)
        #expect(
            await problem { _ = try await fixture.drive.restoreTrashed(id, to: nil, as: li) } == .notFound)
        #expect(try await fixture.drive.trash(as: ming).count == 1)
    }

    @Test("F-18: every change is told in the order in which it was made, and asking goes on where it ended")
    func changes() async throws {
        let client = try await fixture.client()
        try await fixture.makeFolder("/d", as: client)
        try await fixture.put("/d/100%25", [1], as: client)
        _ = try await fixture.drive.move(fixture.transfer("/d/100%25", "/g"), Preconditions(), as: client)
        _ = try await fixture.drive.copy(
            fixture.transfer("/g", "/h"), isDeep: true, Preconditions(), as: client)
        try await fixture.remove("/d", as: client)
        let first = try await fixture.drive.changes(after: 0, limit: 3, as: client)
        #expect(first.changes.map(\.kind) == [.folder, .file, .moved])
        #expect(first.changes.map(\.path) == ["/d", "/d/100%", "/g"])
        #expect(first.changes[2].formerPath == "/d/100%")
        let rest = try await fixture.drive.changes(after: first.cursor, limit: 100, as: client)
        #expect(rest.changes.map(\.kind) == [.file, .removed])
        #expect(rest.cursor == 5)
        let none = try await fixture.drive.changes(after: rest.cursor, limit: 100, as: client)
        #expect(none.changes.isEmpty && !none.isIncomplete && none.cursor == 5)
        // A cursor of another server, and one that is too old.
        #expect(try await fixture.drive.changes(after: 77, limit: 1, as: client).isIncomplete)
        fixture.time.advance(seconds: Upkeep.changesSeconds + 1)
        let upkeep = Upkeep(database: fixture.database, objects: fixture.objects) { fixture.time.now }
        try await upkeep.removeOld()
        #expect(try await fixture.drive.changes(after: 2, limit: 9, as: client).isIncomplete)
        #expect(try await !fixture.drive.changes(after: 5, limit: 9, as: client).isIncomplete)
    }

    @Test("F-18: changes that are made at the same time have numbers without a gap")
    func concurrency() async throws {
        let client = try await fixture.client()
        try await withThrowingTaskGroup { group in
            for number in 0..<50 {
                group.addTask { try await fixture.put("/f\(number)", [UInt8(number)], as: client) }
            }
            try await group.waitForAll()
        }
        let changes = try await fixture.drive.changes(after: 0, limit: 100, as: client)
        #expect(changes.changes.map(\.number) == Array(1...50))
        #expect(Set(changes.changes.map(\.path)).count == 50)
    }
}
