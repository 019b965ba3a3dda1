import CloudDatabase
import CloudModel
@testable import CloudService
import Support
import Testing

@Suite struct LockTests {
    private let fixture: DriveFixture

    init() throws { fixture = try DriveFixture() }

    private func lock(
        _ path: String, isDeep: Bool = true, isExclusive: Bool = true, seconds: Int64 = 60,
        as client: DriveClient
    ) async throws -> String {
        let wish = try LockWish(isDeep: isDeep, isExclusive: isExclusive, ownerXML: "", seconds: seconds)
        return try await fixture.drive.lock(DrivePath(encoded: path), wish, Preconditions(), as: client).lock
            .lock.token
    }

    private func showing(_ token: String, at path: String) throws -> Preconditions {
        var conditions = Preconditions()
        conditions.lists = [.init(path: try DrivePath(encoded: path), conditions: [(true, .lock(token))])]
        return conditions
    }

    @Test("F-21: a deep lock keeps everything in a folder, and opens it to whoever shows its token")
    func deep() async throws {
        let client = try await fixture.client()
        try await fixture.makeFolder("/d", as: client)
        try await fixture.put("/d/f", [1], as: client)
        let token = try await lock("/d", as: client)
        #expect(await problem { try await fixture.put("/d/f", [2], as: client) } == .locked)
        #expect(await problem { try await fixture.put("/d/new", [2], as: client) } == .locked)
        #expect(await problem { try await fixture.makeFolder("/d/new", as: client) } == .locked)
        #expect(await problem { try await fixture.remove("/d/f", as: client) } == .locked)
        #expect(await problem { try await fixture.remove("/d", as: client) } == .locked)
        let out = try fixture.transfer("/d/f", "/out")
        #expect(
            await problem { _ = try await fixture.drive.move(out, Preconditions(), as: client) } == .locked)
        // A copy takes nothing away.
        #expect(try await fixture.drive.copy(out, isDeep: true, Preconditions(), as: client))
        try await fixture.put("/d/f", [2], showing(token, at: "/d"), as: client)
        #expect(try await fixture.get("/d/f", as: client) == [2])
    }

    @Test("F-21: a lock on a folder alone keeps who is in it, not what they hold")
    func membership() async throws {
        let client = try await fixture.client()
        try await fixture.makeFolder("/d", as: client)
        try await fixture.put("/d/f", [1], as: client)
        _ = try await lock("/d", isDeep: false, as: client)
        try await fixture.put("/d/f", [2], as: client)
        #expect(await problem { try await fixture.put("/d/new", [2], as: client) } == .locked)
        #expect(await problem { try await fixture.remove("/d/f", as: client) } == .locked)
    }

    @Test("F-21: a folder does not go while something in it is locked")
    func inside() async throws {
        let client = try await fixture.client()
        try await fixture.makeFolder("/d", as: client)
        try await fixture.makeFolder("/d/e", as: client)
        try await fixture.put("/d/e/f", [1], as: client)
        let token = try await lock("/d/e/f", as: client)
        #expect(await problem { try await fixture.remove("/d", as: client) } == .locked)
        #expect(await problem { _ = try await lock("/d", as: client) } == .locked)
        try await fixture.put("/g", [1], as: client)
        let over = try fixture.transfer("/g", "/d")
        #expect(
            await problem {
                _ = try await fixture.drive.copy(over, isDeep: true, Preconditions(), as: client)
            } == .locked)
        try await fixture.remove("/d", showing(token, at: "/d/e/f"), as: client)
        #expect(try await fixture.names("/", as: client) == ["g"])
    }

    @Test("F-20: another client's token opens nothing, nor ends the lock")
    func holders() async throws {
        let client = try await fixture.client()
        let other = DriveClient(account: client.account, name: "b")
        try await fixture.put("/f", [1], as: client)
        let token = try await lock("/f", as: client)
        let shown = try showing(token, at: "/f")
        #expect(await problem { try await fixture.put("/f", [2], shown, as: other) } == .locked)
        let path = try DrivePath(encoded: "/f")
        #expect(await problem { try await fixture.drive.unlock(path, token: token, as: other) } == .forbidden)
        #expect(
            await problem { _ = try await fixture.drive.refreshLock(path, seconds: 9, shown, as: other) }
                == .preconditionFailed)
        try await fixture.drive.unlock(path, token: token, as: client)
        try await fixture.put("/f", [2], as: other)
    }

    @Test("F-22: a lock ends with its time, and a refreshed one later")
    func time() async throws {
        let client = try await fixture.client()
        try await fixture.put("/f", [1], as: client)
        let token = try await lock("/f", seconds: 60, as: client)
        fixture.time.advance(seconds: 59)
        #expect(await problem { try await fixture.put("/f", [2], as: client) } == .locked)
        let path = try DrivePath(encoded: "/f")
        let again = try await fixture.drive.refreshLock(
            path, seconds: 60, showing(token, at: "/f"), as: client)
        #expect(again.lock.seconds(from: fixture.time.now) == 60)
        fixture.time.advance(seconds: 59)
        #expect(await problem { try await fixture.put("/f", [2], as: client) } == .locked)
        fixture.time.advance(seconds: 1)
        try await fixture.put("/f", [2], as: client)
    }

    @Test("F-22: a lock does not move with what it was on")
    func moving() async throws {
        let client = try await fixture.client()
        try await fixture.put("/f", [1], as: client)
        let token = try await lock("/f", as: client)
        _ = try await fixture.drive.move(fixture.transfer("/f", "/g"), showing(token, at: "/f"), as: client)
        try await fixture.put("/g", [2], as: client)
        try await fixture.put("/f", [3], as: client)
    }

    @Test("shared locks stand beside each other, an exclusive one beside none")
    func sharing() async throws {
        let client = try await fixture.client()
        let other = DriveClient(account: client.account, name: "b")
        try await fixture.put("/f", [1], as: client)
        let token = try await lock("/f", isExclusive: false, as: client)
        _ = try await lock("/f", isExclusive: false, as: other)
        #expect(await problem { _ = try await lock("/f", as: client) } == .locked)
        #expect(await problem { try await fixture.put("/f", [2], as: client) } == .locked)
        try await fixture.put("/f", [2], showing(token, at: "/f"), as: client)
    }

    @Test("a lock takes a name where nothing is yet, and nobody takes too many")
    func names() async throws {
        let client = try await fixture.client()
        _ = try await lock("/new", as: client)
        #expect(try await fixture.get("/new", as: client).isEmpty)
        #expect(await problem { _ = try await lock("/missing/new", as: client) } == .conflict)
        let owner = String(repeating: "x", count: 5000)
        #expect(throws: Problem.self) {
            try LockWish(isDeep: false, isExclusive: true, ownerXML: owner, seconds: 1)
        }
    }
}

@Suite struct ConditionTests {
    private let fixture: DriveFixture

    init() throws { fixture = try DriveFixture() }

    @Test("F-14: conditions guard the change that they come with")
    func conditions() async throws {
        let client = try await fixture.client()
        var none = Preconditions()
        none.noneMatch = .any
        var any = Preconditions()
        any.match = .any
        #expect(await problem { try await fixture.put("/f", [1], any, as: client) } == .preconditionFailed)
        try await fixture.put("/f", [1], none, as: client)
        #expect(await problem { try await fixture.put("/f", [2], none, as: client) } == .preconditionFailed)
        let tag = try #require(
            try await fixture.drive.list(DrivePath(encoded: "/f"), withChildren: false, as: client).items
                .first?
                .node.entityTag)
        var match = Preconditions()
        match.match = .some(["\"other\"", tag])
        try await fixture.put("/f", [2], match, as: client)
        #expect(await problem { try await fixture.put("/f", [3], match, as: client) } == .preconditionFailed)
        #expect(await problem { try await fixture.remove("/f", match, as: client) } == .preconditionFailed)
        #expect(try await fixture.get("/f", as: client) == [2])
    }

    @Test("F-14: of two that expect the same, one succeeds")
    func race() async throws {
        let client = try await fixture.client()
        var none = Preconditions()
        none.noneMatch = .any
        let conditions = none
        let won = try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<20 {
                group.addTask {
                    await problem { try await fixture.put("/f", [UInt8(number)], conditions, as: client) }
                        == nil
                }
            }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(won == 1)
    }
}
