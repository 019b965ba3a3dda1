import CloudDatabase
import CloudModel
import CloudObjects
@testable import CloudService
import Platform
import Support
import Testing
import YunCore

@Suite struct CheckTests {
    private static let large = noise(2_500_000)
    private static let exact = noise(2 << 20, 9)
    private let fixture: DriveFixture

    init() throws { fixture = try DriveFixture() }

    private func check() async throws -> Check.Report {
        let time = fixture.time
        return try await Check(database: fixture.database, objects: fixture.objects) { time.now }.run()
    }

    /// A drive with all there is: small and large files, one twice, versions, folders, trash.
    private func fill() async throws {
        let client = try await fixture.client()
        try await fixture.makeFolder("/folder", as: client)
        try await fixture.put("/folder/small", noise(10), as: client)
        try await fixture.put("/folder/small", noise(11), as: client)
        try await fixture.put("/large", Self.large, as: client)
        try await fixture.put("/same", Self.large, as: client)
        try await fixture.put("/exact", Self.exact, as: client)
        try await fixture.put("/empty", [], as: client)
        try await fixture.put("/gone", noise(100_000, 3), as: client)
        try await fixture.remove("/gone", as: client)
    }

    private func change(_ sql: String) throws {
        let result = try Program("sqlite3").run(
            fixture.directory.path("cloud.db"),
            "PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON; \(sql)")
        #expect(result.status == 0, "\(result.errors)")
    }

    @Test("a drive as it should be has no fault, and every byte was looked at")
    func sound() async throws {
        try await fill()
        let report = try await check()
        #expect(report.faults == [])
        #expect(report.contents == 6)
        #expect(report.bytes == 10 + 11 + 2_500_000 + (2 << 20) + 100_000)
        #expect(report.leftovers == 0)
    }

    @Test(
        "Y-50: a record that contradicts another is found",
        arguments: [
            ("UPDATE account SET used_bytes = used_bytes + 1", "by its contents"),
            ("DELETE FROM content WHERE size_bytes = 10", "has no content"),
            ("DELETE FROM version WHERE id = 1", "belongs to no version"),
            ("DELETE FROM small_content WHERE length(bytes) = 11", "has no bytes"),
            (
                "INSERT INTO small_content SELECT account_id, digest, x'00' FROM content WHERE object_key IS NOT NULL",
                "both in an object"
            ),
            ("DELETE FROM content WHERE size_bytes = 10", "bytes are kept"),
            ("UPDATE node SET version_id = 99999 WHERE name = 'large'", "not one of its own"),
            (
                "UPDATE node SET version_id = (SELECT version_id FROM node WHERE name = 'same') WHERE name = 'large'",
                "not one of its own"
            ),
            ("UPDATE node SET version_id = NULL WHERE name = 'large'", "has versions"),
            (
                "UPDATE node SET parent_id = (SELECT id FROM node WHERE name = 'same') WHERE name = 'large'",
                "no folder of its account"
            ),
            ("UPDATE node SET parent_id = id WHERE name = 'folder'", "in no tree"),
            ("UPDATE node SET parent_id = 99999 WHERE name = 'folder'", "in no tree"),
            ("UPDATE trash SET node_id = (SELECT id FROM node WHERE name = 'large')", "not in the trash"),
            ("DELETE FROM trash", "not noted as removed"),
            (
                "INSERT INTO unused_object SELECT object_key FROM content WHERE object_key IS NOT NULL LIMIT 1",
                "a content is in it"
            ),
            ("UPDATE version SET node_id = 99999 WHERE id = 1", "refers to one that is not there"),
            ("UPDATE content SET size_bytes = 12 WHERE size_bytes = 11", "other bytes"),
            (
                "UPDATE content SET size_bytes = size_bytes - 1 WHERE size_bytes = 2500000",
                "shorter or longer"
            ),
            ("UPDATE content SET size_bytes = 2500000 - 2097152 WHERE size_bytes = 2500000", "other chunks"),
            ("UPDATE content SET chunk_digests = x'00' WHERE size_bytes = 2500000", "other chunks"),
            (
                "UPDATE content SET object_key = '../../../../etc/passwd' WHERE size_bytes = 2500000",
                "cannot be read"
            ),
            (
                "UPDATE small_content SET bytes = x'000102030405060708090a' WHERE length(bytes) = 11",
                "other bytes"
            ),
        ])
    func records(sql: String, fault: String) async throws {
        try await fill()
        try change(sql)
        let report = try await check()
        #expect(report.faults.contains { $0.contains(fault) }, "\(report.faults)")
    }

    /// The files of the objects, the largest first.
    private func objectPaths() throws -> [String] {
        let found = try Program("find").run(
            fixture.directory.path("objects"), "-type", "f", "-printf", "%s %p\n"
        ).output.split(separator: "\n").map { $0.split(separator: " ") }
        return found.sorted { Int($0[0]) ?? 0 > Int($1[0]) ?? 0 }.map { String($0[1]) }
    }

    @Test(
        "Y-50: an object that lost, changed or got a byte, or is gone, is found",
        arguments: [
            "printf X | dd of=$0 bs=1 seek=0 conv=notrunc",
            "printf XYZ | dd of=$0 bs=1 seek=2400000 conv=notrunc",
            "truncate -s -1 $0", "truncate -s 1048576 $0", "truncate -s +1 $0", "truncate -s 0 $0", "rm $0",
        ])
    func bytes(command: String) async throws {
        try await fill()
        // The same bytes came twice; the second object is not looked at.
        let time = fixture.time
        try await Upkeep(database: fixture.database, objects: fixture.objects) { time.now }.removeUnused()
        let path = try #require(try objectPaths().first)
        let result = try Program("sh").run("-c", command, path)
        #expect(result.status == 0, "\(result.errors)")
        let report = try await check()
        #expect(report.faults.count == 1, "\(report.faults)")
        #expect(
            report.faults.first?.contains(path.split(separator: "/").last ?? "-") == true, "\(report.faults)")
    }

    @Test("what an upload left that broke off is told, and is no fault")
    func leftovers() async throws {
        try await fill()
        let writer = try await fixture.objects.create()
        _ = try await writer.append([1])
        _ = try await writer.finish()
        // The clock of tests stands long before the files' own.
        fixture.time.advance(seconds: 100_000_000_000)
        let report = try await check()
        #expect(report.faults == [])
        // The same bytes came twice, and the second object waits for its removal as well.
        #expect(report.leftovers == 2)
    }

    @Test("Y-51: a copy takes newer records where an object went before it was copied")
    func stale() async throws {
        let client = try await fixture.client()
        try await fixture.put("/kept", noise(200_000, 1), as: client)
        try await fixture.put("/going", noise(300_000, 2), as: client)
        let database = fixture.database
        let target = try LocalObjectStore(path: fixture.directory.path("copied"))
        var rounds = 0
        let faults = try await Backup(of: database, fixture.objects, to: target).run { () throws(Problem) in
            rounds += 1
            let path = fixture.directory.path("copy\(rounds).db")
            try await database.copy(to: path)
            if rounds == 1 { try await remove("going") }
            return try SQLiteDatabase(path: path)
        }
        #expect(faults == [])
        #expect(rounds == 2)
        let copy = try SQLiteDatabase(path: fixture.directory.path("copy2.db"))
        let time = fixture.time
        #expect(try await Check(database: copy, objects: target) { time.now }.run().faults == [])
    }

    /// As the end of its time in the trash would.
    private func remove(_ name: String) async throws(Problem) {
        do {
            try change(
                """
                INSERT INTO unused_object SELECT object_key FROM content WHERE size_bytes = 300000;
                UPDATE account SET used_bytes = used_bytes - 300000;
                DELETE FROM version WHERE digest IN (SELECT digest FROM content WHERE size_bytes = 300000);
                DELETE FROM content WHERE size_bytes = 300000; DELETE FROM node WHERE name = '\(name)';
                """)
        } catch { throw .fault("\(error)") }
        let time = fixture.time
        try await Upkeep(database: fixture.database, objects: fixture.objects) { time.now }.removeUnused()
    }
}
