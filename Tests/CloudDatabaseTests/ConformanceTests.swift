@testable import CloudDatabase
import CloudModel
import Platform
import Support
import Testing
import YunCore

/// Every engine that records can be in; each passes all of these.
enum Engine: CaseIterable, Sendable {
    case sqlite

    func open(in directory: TemporaryDirectory) throws -> any Database {
        switch self {
        case .sqlite: try SQLiteDatabase(path: directory.path("cloud.db"))
        }
    }
}

private let now = Instant(milliseconds: 1_700_000_000_000)

@Suite struct ConformanceTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func account(
        in database: any Database, name: String = "ming@example.com", quotaBytes: Int64 = 1000
    ) async throws -> AccountID {
        try await database.write { transaction throws(Problem) in
            try transaction.accounts.insert(
                name: name, subject: name, passwordHash: "hash", quotaBytes: quotaBytes, at: now)
        }
    }

    @Test("what was written is read, also after the database was opened anew", arguments: Engine.allCases)
    func persistence(engine: Engine) async throws {
        let id = try await account(in: engine.open(in: directory))
        let found = try await engine.open(in: directory).read { transaction throws(Problem) in
            try transaction.accounts.find(name: "ming@example.com")
        }
        #expect(found?.id == id)
        #expect(found?.quotaBytes == 1000)
        #expect(found?.usedBytes == 0)
    }

    @Test(
        "Y-3: of writes that share a commit, one that fails takes back only itself",
        arguments: Engine.allCases)
    func savepoints(engine: Engine) async throws {
        let database = try engine.open(in: directory)
        let id = try await account(in: database)
        let top = try await database.write { transaction throws(Problem) in
            try transaction.nodes.top(.drive, of: id, at: now)
        }
        try await withThrowingTaskGroup { group in
            for number in 0..<200 {
                group.addTask {
                    do {
                        try await database.write { transaction throws(Problem) in
                            _ = try transaction.nodes.insert("n\(number)", in: top.id, of: id, at: now)
                            guard number % 3 != 0 else { throw Problem(.conflict, "not this one") }
                        }
                        #expect(number % 3 != 0)
                    } catch let problem as Problem {
                        #expect(number % 3 == 0 && problem.code == .conflict, "\(problem)")
                    }
                }
            }
            try await group.waitForAll()
        }
        let names = try await database.read { transaction throws(Problem) in
            try transaction.nodes.children(of: top.id).map(\.name)
        }
        #expect(Set(names) == Set((0..<200).filter { $0 % 3 != 0 }.map { "n\($0)" }))
    }

    @Test("F-2: the quota is exact whoever writes at the same time", arguments: Engine.allCases)
    func quota(engine: Engine) async throws {
        let database = try engine.open(in: directory)
        let id = try await account(in: database, quotaBytes: 50)
        let taken = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<100 {
                group.addTask {
                    do {
                        try await database.write { transaction throws(Problem) in
                            try transaction.accounts.use(7, of: id)
                        }
                        return true
                    } catch let problem as Problem where problem.code == .quotaExceeded { return false }
                }
            }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(taken == 7)
        let account = try await database.read { transaction throws(Problem) in
            try transaction.accounts.find(id)
        }
        #expect(account?.usedBytes == 49)
    }

    @Test("a name is one account's", arguments: Engine.allCases)
    func names(engine: Engine) async throws {
        let database = try engine.open(in: directory)
        _ = try await account(in: database)
        await #expect(
            throws: Problem(.conflict, "there is an account of ming@example.com", reason: .nameTaken)
        ) {
            try await account(in: database)
        }
    }

    @Test(
        "an app password is found by both its name and its digest, until it is made anew or removed",
        arguments: Engine.allCases)
    func appPasswords(engine: Engine) async throws {
        let database = try engine.open(in: directory)
        let id = try await account(in: database)
        _ = try await account(in: database, name: "li@example.com")
        func find(_ name: String, _ digest: [UInt8]) async throws -> AccountID? {
            try await database.read { transaction throws(Problem) in
                try transaction.accounts.find(name: name, appPasswordDigest: digest)?.account
            }
        }
        func set(_ digest: [UInt8]) async throws {
            try await database.write { transaction throws(Problem) in
                try transaction.accounts.setAppPassword("rclone", digest: digest, of: id, at: now)
            }
        }
        try await set([1])
        #expect(try await find("ming@example.com", [1]) == id)
        #expect(try await find("li@example.com", [1]) == nil)
        try await set([2])
        #expect(try await find("ming@example.com", [1]) == nil)
        #expect(try await find("ming@example.com", [2]) == id)
        let removals = try await database.write { transaction throws(Problem) in
            [
                try transaction.accounts.removeAppPassword("rclone", of: id),
                try transaction.accounts.removeAppPassword("rclone", of: id),
            ]
        }
        #expect(removals == [true, false])
        #expect(try await find("ming@example.com", [2]) == nil)
    }

    @Test("F-10: names are kept and compared byte by byte", arguments: Engine.allCases)
    func bytes(engine: Engine) async throws {
        let database = try engine.open(in: directory)
        let id = try await account(in: database)
        let names = ["\u{E9}", "e\u{301}", "E\u{301}", "手机", "a'; DROP TABLE node; --", "%", "_", "é?"]
        let kept = try await database.write { transaction throws(Problem) in
            let top = try transaction.nodes.top(.drive, of: id, at: now)
            for name in names { _ = try transaction.nodes.insert(name, in: top.id, of: id, at: now) }
            for name in names {
                let found = try transaction.nodes.child(name, of: top.id)
                guard found?.name.utf8.elementsEqual(name.utf8) == true else {
                    throw Problem(.notFound, name)
                }
            }
            return try transaction.nodes.children(of: top.id).map { Array($0.name.utf8) }
        }
        #expect(Set(kept) == Set(names.map { Array($0.utf8) }))
    }

    @Test("a content is kept once, and goes when nothing refers to it", arguments: Engine.allCases)
    func contents(engine: Engine) async throws {
        let database = try engine.open(in: directory)
        let id = try await account(in: database)
        let digest = try #require(Digest([UInt8](repeating: 7, count: 32)))
        let node = try await database.write { transaction throws(Problem) in
            let place = ContentPlace.object(key: "first", chunkDigests: digest.bytes)
            let again = ContentPlace.object(key: "second", chunkDigests: digest.bytes)
            let isNew = try transaction.contents.insert(digest, sizeBytes: 5, at: place, of: id)
            let isNewAgain = try transaction.contents.insert(digest, sizeBytes: 5, at: again, of: id)
            guard isNew, !isNewAgain else { throw Problem(.conflict, "kept twice") }
            let top = try transaction.nodes.top(.drive, of: id, at: now)
            let node = try transaction.nodes.insert("f", in: top.id, of: id, at: now)
            try transaction.nodes.addVersion(
                digest, mediaType: nil, to: node, of: id, modifiedAt: now, at: now)
            return node
        }
        let released = try await database.write { transaction throws(Problem) in
            let used = try transaction.contents.removeIfUnused(digest, of: id)
            try transaction.nodes.remove(node)
            return [used, try transaction.contents.removeIfUnused(digest, of: id)]
        }
        #expect(released == [0, 5])
        let unused = try await database.read { transaction throws(Problem) in
            try transaction.contents.unused(limit: 10)
        }
        #expect(unused == ["first"])
    }
}

@Suite struct SQLiteTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    @Test("Y-2: the schema's steps add up to the one in the specification")
    func schema() throws {
        _ = try SQLiteDatabase(path: directory.path("steps.db"))
        let sqlite = try Program("sqlite3")
        let path = "\(Checkout.path)/spec/cloud-schema.sql"
        let text = try OwnedDescriptor.open(path, .read).readToEnd(limit: 1 << 20, describedAs: path)
        #expect(try sqlite.run(directory.path("whole.db"), input: text).status == 0)
        let dumps = try ["steps.db", "whole.db"].map { name in
            try sqlite.run(
                directory.path(name),
                "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type, name"
            ).output.split(whereSeparator: \.isWhitespace)
        }
        #expect(dumps[0] == dumps[1])
    }

    @Test("Y-2: a database of a newer release is refused and left as it is")
    func newer() throws {
        let path = directory.path("cloud.db")
        _ = try SQLiteDatabase(path: path)
        let sqlite = try Program("sqlite3")
        #expect(try sqlite.run(path, "INSERT INTO migration VALUES (99); PRAGMA wal_checkpoint").status == 0)
        let before = try sqlite.run(path, ".dump").output
        #expect(throws: Problem.self) { try SQLiteDatabase(path: path) }
        #expect(try sqlite.run(path, ".dump").output == before)
    }

    @Test("what is no database is refused and left as it is")
    func damaged() throws {
        try directory.write(Array("this is no database, but a text of some length".utf8), to: "cloud.db")
        #expect(throws: Problem.self) { try SQLiteDatabase(path: directory.path("cloud.db")) }
        #expect(try directory.read("cloud.db").count == 46)
    }

    @Test("Y-3: SQLite is told to sync every commit")
    func durability() throws {
        let database = try SQLiteDatabase(path: directory.path("cloud.db"))
        #expect(try database.synchronousMode() == 2)
    }
}
