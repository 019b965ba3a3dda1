import CloudDatabase
import CloudModel
import CloudObjects
@testable import CloudService
import Support
import Synchronization

/// A drive on real stores, with a clock that tests turn.
final class DriveFixture: Sendable {
    let directory: TemporaryDirectory
    let database: SQLiteDatabase
    let objects: LocalObjectStore
    let drive: Drive
    let accounts: Accounts
    let time: TestClock

    init() throws {
        directory = try TemporaryDirectory()
        database = try SQLiteDatabase(path: directory.path("cloud.db"))
        objects = try LocalObjectStore(path: directory.path("objects"))
        let time = TestClock()
        self.time = time
        drive = Drive(database: database, objects: objects) { time.now }
        accounts = Accounts(database: database) { time.now }
    }

    func client(_ name: String = "ming@example.com", quotaBytes: Int64 = 100_000_000, as client: String = "a")
        async throws -> DriveClient
    {
        let account = try await accounts.create(
            LoginName(name), password: "correct horse", quotaBytes: quotaBytes)
        return DriveClient(account: account, name: client)
    }

    @discardableResult
    func put(
        _ path: String, _ bytes: [UInt8], _ conditions: Preconditions = Preconditions(),
        as client: DriveClient
    ) async throws -> Bool {
        let path = try DrivePath(encoded: path)
        let receiver = try await drive.receiver(
            for: path, sizeBytes: Int64(bytes.count), conditions, as: client)
        for piece in stride(from: 0, to: bytes.count, by: 100_000) {
            try await receiver.receive(bytes[piece..<min(piece + 100_000, bytes.count)])
        }
        return try await drive.put(path, receiver.finish(), mediaType: nil, conditions, as: client).isNew
    }

    func get(_ path: String, _ range: Range<Int64>? = nil, as client: DriveClient) async throws -> [UInt8] {
        let file = try await drive.open(DrivePath(encoded: path), as: client)
        var bytes: [UInt8] = []
        try await file.read(range ?? 0..<file.sizeBytes) { bytes += $0 }
        return bytes
    }

    func names(_ path: String, as client: DriveClient) async throws -> [String] {
        try await drive.list(DrivePath(encoded: path), withChildren: true, as: client).items.dropFirst().map(
            \.node.name)
    }

    func transfer(_ source: String, _ target: String, replacing: Bool = true) throws -> Transfer {
        Transfer(
            from: try DrivePath(encoded: source), to: try DrivePath(encoded: target), replacing: replacing)
    }

    func makeFolder(_ path: String, as client: DriveClient) async throws {
        try await drive.makeFolder(DrivePath(encoded: path), Preconditions(), as: client)
    }

    func remove(_ path: String, _ conditions: Preconditions = Preconditions(), as client: DriveClient)
        async throws
    {
        try await drive.remove(DrivePath(encoded: path), conditions, as: client)
    }
}

/// A clock that stands until it is turned.
final class TestClock: Sendable {
    private let milliseconds = Mutex<Int64>(1_700_000_000_000)

    var now: Instant { Instant(milliseconds: milliseconds.withLock { $0 }) }

    func advance(seconds: Int64) { milliseconds.withLock { $0 += seconds * 1000 } }
}

/// Runs something that must fail, and tells how.
func problem(_ body: () async throws -> Void) async -> ProblemCode? {
    do {
        try await body()
        return nil
    } catch { return (error as? Problem)?.code ?? .internalFault }
}

/// Bytes that no two numbers have in common.
func noise(_ count: Int, _ seed: UInt8 = 1) -> [UInt8] {
    var state = UInt32(seed) &* 2_654_435_761
    return (0..<count).map { _ in
        state = state &* 1_664_525 &+ 1_013_904_223
        return UInt8(truncatingIfNeeded: state >> 24)
    }
}
