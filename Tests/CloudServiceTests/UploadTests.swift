import CloudDatabase
import CloudModel
import CloudObjects
@testable import CloudService
import Signing
import Support
import Testing
import YunCore

private let chunk = ContentFormat.chunkBytes

@Suite struct UploadTests {
    private let fixture: DriveFixture
    private let uploads: Uploads

    init() throws {
        fixture = try DriveFixture()
        uploads = Uploads(drive: fixture.drive)
    }

    private func begin(
        _ sizeBytes: Int, _ conditions: Preconditions = Preconditions(), at path: String = "/f",
        as client: DriveClient
    ) async throws -> String {
        try await uploads.create(
            UploadWish(
                path: DrivePath(encoded: path), sizeBytes: Int64(sizeBytes), metadata: "m",
                mediaType: "text/plain", modifiedAt: nil), conditions, as: client
        ).id
    }

    private func offset(_ id: String, as client: DriveClient) async throws -> Int64 {
        try await uploads.find(id, as: client).offsetBytes
    }

    private func receiver(
        _ id: String, at offset: Int64? = nil, checksum: UploadChecksum? = nil,
        _ conditions: Preconditions = Preconditions(), as client: DriveClient
    ) async throws -> UploadReceiver {
        let upload = try await uploads.find(id, as: client)
        return try await uploads.receiver(
            for: upload, at: offset ?? upload.offsetBytes, checksum: checksum, conditions, as: client)
    }

    /// Sends bytes in one request, in pieces as they come from a network.
    @discardableResult
    private func send(
        _ bytes: some Collection<UInt8>, to id: String, checksum: UploadChecksum? = nil,
        as client: DriveClient
    ) async throws -> Int64 {
        let receiver = try await self.receiver(id, checksum: checksum, as: client)
        var rest = Array(bytes)[...]
        while !rest.isEmpty {
            try await receiver.receive(Array(rest.prefix(70_000)))
            rest = rest.dropFirst(70_000)
        }
        return try await receiver.finish()
    }

    @Test(
        "F-31: a file is there when its last byte is, with all of them, wherever they were cut",
        arguments: [
            ([1], 1), ([10, 20], 65_536), ([65_536], 65_537), ([chunk], chunk), ([chunk, 0], chunk + 1),
            ([chunk - 1], 2 * chunk), ([5, chunk, chunk + 1], 3 * chunk), ([100_000, 5_000_000], 9_500_000),
            ([9_499_999], 9_500_000), ([], 8 * chunk), ([], 0),
        ] as [([Int], Int)])
    func cuts(cuts: [Int], size: Int) async throws {
        let client = try await fixture.client()
        let bytes = noise(size)
        let id = try await begin(size, as: client)
        var start = 0
        for end in cuts + [size] {
            let end = min(start + end, size)
            if end < size {
                #expect(try await send(bytes[start..<end], to: id, as: client) == Int64(end))
                #expect(try await offset(id, as: client) == Int64(end))
                #expect(try await fixture.names("/", as: client).isEmpty)
            }
            start = end < size ? end : start
        }
        #expect(try await send(bytes[start...], to: id, as: client) == Int64(size))
        #expect(try await offset(id, as: client) == Int64(size))
        #expect(try await fixture.get("/f", as: client) == bytes)
        // The same bytes as a PUT brings are the same content.
        try await fixture.put("/g", bytes, as: client)
        #expect(
            try await fixture.drive.list(DrivePath([]), withChildren: false, as: client).use.usedBytes
                == Int64(size))
    }

    @Test("F-30: what came before a break is kept; what no record tells of is void")
    func breaks() async throws {
        let client = try await fixture.client()
        let bytes = noise(6_000_000)
        let id = try await begin(bytes.count, as: client)
        var receiver = try await self.receiver(id, as: client)
        try await receiver.receive(Array(bytes[..<1_300_000]))
        #expect(await receiver.interrupt() == nil)
        #expect(try await offset(id, as: client) == 1_300_000)
        // A server that dies: nobody ends this request. Some of it was recorded, some only written.
        receiver = try await self.receiver(id, as: client)
        try await receiver.receive(Array(bytes[1_300_000..<5_600_000]))
        let recorded = try await offset(id, as: client)
        #expect(recorded == 5_600_000)
        try await receiver.receive(Array(bytes[5_600_000..<5_800_000]))
        let key = try #require(try await uploads.find(id, as: client).objectKey)
        try await fixture.objects.part(of: key, at: recorded).write(noise(900_000, 9))
        fixture.time.advance(seconds: Uploads.leaseSeconds)
        #expect(try await send(bytes[5_600_000...], to: id, as: client) == 6_000_000)
        #expect(try await fixture.get("/f", as: client) == bytes)
    }

    @Test("F-30: slow bytes are recorded after some time, however few they are")
    func slowness() async throws {
        let client = try await fixture.client()
        let id = try await begin(1000, as: client)
        let receiver = try await self.receiver(id, as: client)
        try await receiver.receive([1])
        #expect(try await offset(id, as: client) == 0)
        fixture.time.advance(seconds: 3)
        try await receiver.receive([2])
        #expect(try await offset(id, as: client) == 2)
    }

    @Test("F-32: one request at a time; one that was not heard of loses its place, and then writes nothing")
    func leases() async throws {
        let client = try await fixture.client()
        let bytes = noise(12_000_000)
        let id = try await begin(bytes.count, as: client)
        let first = try await receiver(id, as: client)
        try await first.receive(Array(bytes[..<5_000_000]))
        #expect(await problem { _ = try await receiver(id, as: client) } == .locked)
        #expect(await problem { try await uploads.remove(id, as: client) } == .locked)
        fixture.time.advance(seconds: Uploads.leaseSeconds)
        let second = try await receiver(id, as: client)
        try await second.receive(Array(bytes[5_000_000..<10_000_000]))
        // The first wakes up with other bytes.
        #expect(await problem { try await first.receive(noise(5_000_000, 7)) } == .locked)
        #expect(await first.interrupt()?.code == .locked)
        #expect(await problem { _ = try await first.finish() } == .locked)
        try await second.receive(Array(bytes[10_000_000...]))
        #expect(try await second.finish() == 12_000_000)
        #expect(try await fixture.get("/f", as: client) == bytes)
        #expect(await problem { _ = try await receiver(id, as: client) } == .conflict)
    }

    @Test("F-32: of many requests at once one goes on")
    func contest() async throws {
        let client = try await fixture.client()
        let id = try await begin(10, as: client)
        let upload = try await uploads.find(id, as: client)
        let winners = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<20 {
                group.addTask {
                    await problem { _ = try await uploads.receiver(for: upload, at: 0, as: client) } == nil
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(winners == 1)
    }

    @Test("an offset that is not the upload's is refused")
    func offsets() async throws {
        let client = try await fixture.client()
        let id = try await begin(10, as: client)
        try await send([1, 2, 3], to: id, as: client)
        for offset in [0, 2, 4, 10, Int64.max] {
            #expect(await problem { _ = try await self.receiver(id, at: offset, as: client) } == .conflict)
        }
        let receiver = try await self.receiver(id, as: client)
        #expect(await problem { try await receiver.receive(noise(8)) } == .tooLarge)
        _ = await receiver.interrupt()
        #expect(try await offset(id, as: client) == 3)
    }

    @Test(
        "F-34: bytes that are not what their checksum says leave nothing",
        arguments: ChecksumAlgorithm.allCases)
    func checksums(algorithm: ChecksumAlgorithm) async throws {
        let client = try await fixture.client()
        let bytes = noise(9_000_000)
        func checksum(_ bytes: [UInt8]) -> UploadChecksum {
            var computation = ChecksumComputation(algorithm)
            computation.update(bytes)
            return UploadChecksum(algorithm, computation.finish())
        }
        let id = try await begin(bytes.count, as: client)
        let right = Array(bytes[..<6_000_000])
        #expect(
            await problem {
                try await send(noise(6_000_000, 3), to: id, checksum: checksum(right), as: client)
            } == .checksumMismatch)
        #expect(try await offset(id, as: client) == 0)
        try await send(right, to: id, checksum: checksum(right), as: client)
        // A break, too: nothing vouches for what came.
        let rest = Array(bytes[6_000_000...])
        let broken = try await receiver(id, checksum: checksum(rest), as: client)
        try await broken.receive(Array(rest[..<1_000_000]))
        #expect(await broken.interrupt() == nil)
        #expect(try await offset(id, as: client) == 6_000_000)
        #expect(
            await problem {
                try await send(noise(3_000_000, 4), to: id, checksum: checksum(rest), as: client)
            } == .checksumMismatch)
        #expect(try await fixture.names("/", as: client).isEmpty)
        #expect(try await send(rest, to: id, checksum: checksum(rest), as: client) == 9_000_000)
        #expect(try await fixture.get("/f", as: client) == bytes)
    }

    @Test("F-33: another account's upload is as one that is not there")
    func strangers() async throws {
        let ming = try await fixture.client()
        let li = try await fixture.client("li@example.com")
        let id = try await begin(10, as: ming)
        #expect(id.count == 40)
        #expect(await problem { _ = try await offset(id, as: li) } == .notFound)
        #expect(await problem { _ = try await offset("0", as: li) } == .notFound)
        #expect(await problem { try await uploads.remove(id, as: li) } == .notFound)
        #expect(try await offset(id, as: ming) == 0)
    }

    @Test("F-35: unfinished uploads want no more than the quota together, and the end is exact")
    func quota() async throws {
        let client = try await fixture.client(quotaBytes: 200_000)
        try await fixture.put("/a", noise(50_000), as: client)
        let first = try await begin(100_000, at: "/b", as: client)
        #expect(await problem { _ = try await begin(50_001, at: "/c", as: client) } == .quotaExceeded)
        #expect(await problem { _ = try await begin(200_001, at: "/c", as: client) } == .quotaExceeded)
        #expect(await problem { _ = try await begin(.max, at: "/c", as: client) } == .tooLarge)
        _ = try await begin(50_000, at: "/c", as: client)
        // Nothing is taken from other files, so the end of the upload finds too little.
        try await fixture.put("/d", noise(100_000, 2), as: client)
        #expect(await problem { try await send(noise(100_000, 3), to: first, as: client) } == .quotaExceeded)
        #expect(
            try await fixture.drive.list(DrivePath([]), withChildren: false, as: client).use.usedBytes
                == 150_000)
        #expect(try await offset(first, as: client) == 99_999)
        // Somebody made room.
        try await fixture.database.write { transaction throws(Problem) in
            try transaction.accounts.release(50_000, of: client.account)
        }
        #expect(try await send(noise(100_000, 3).suffix(1), to: first, as: client) == 100_000)
        #expect(try await fixture.get("/b", as: client) == noise(100_000, 3))
    }

    @Test("F-31: conditions and locks hold when the file is whole, as for one that is put")
    func conditions() async throws {
        let client = try await fixture.client()
        var absent = Preconditions()
        absent.noneMatch = .any
        let id = try await begin(3, absent, as: client)
        try await fixture.put("/f", [9], as: client)
        #expect(await problem { _ = try await begin(3, absent, as: client) } == .preconditionFailed)
        #expect(await problem { try await send([1, 2, 3], to: id, as: client) } == .preconditionFailed)
        #expect(try await fixture.get("/f", as: client) == [9])
        let tag = try await fixture.drive.open(DrivePath(encoded: "/f"), as: client).node.entityTag
        var same = Preconditions()
        same.match = .some(["\"x\"", try #require(tag)])
        let replacing = try await begin(3, same, as: client)
        let path = try DrivePath(encoded: "/f")
        let (lock, _) = try await fixture.drive.lock(
            path, LockWish(isDeep: false, isExclusive: true, ownerXML: "", seconds: 60), Preconditions(),
            as: client)
        #expect(await problem { _ = try await begin(3, as: client) } == .locked)
        #expect(await problem { try await send([1, 2, 3], to: replacing, as: client) } == .locked)
        var shown = Preconditions()
        shown.lists = [Preconditions.List(path: path, conditions: [(true, .lock(lock.lock.token))])]
        let receiver = try await self.receiver(replacing, shown, as: client)
        try await receiver.receive([3])
        #expect(try await receiver.finish() == 3)
        #expect(try await fixture.get("/f", as: client) == [1, 2, 3])
    }

    @Test("an upload begins only where its file could be written")
    func places() async throws {
        let client = try await fixture.client()
        try await fixture.makeFolder("/d", as: client)
        try await fixture.put("/f", [1], as: client)
        #expect(await problem { _ = try await begin(1, at: "/d", as: client) } == .methodNotAllowed)
        #expect(await problem { _ = try await begin(1, at: "/", as: client) } == .methodNotAllowed)
        #expect(await problem { _ = try await begin(1, at: "/x/y", as: client) } == .conflict)
        #expect(await problem { _ = try await begin(1, at: "/f/y", as: client) } == .conflict)
    }

    @Test("F-36: uploads that are over or ended leave no record and no bytes, and what came of others stays")
    func upkeep() async throws {
        let client = try await fixture.client()
        let upkeep = Upkeep(database: fixture.database, objects: fixture.objects) { fixture.time.now }
        let end = Instant(milliseconds: .max)
        func clean() async throws -> Int {
            try await upkeep.removeExpiredUploads()
            try await upkeep.removeUnused()
            return try await fixture.objects.keys(before: end).count
        }
        let done = try await begin(100_000, at: "/done", as: client)
        try await send(noise(100_000, 2), to: done, as: client)
        let ended = try await begin(200_000, at: "/ended", as: client)
        try await send(noise(100_000), to: ended, as: client)
        let idle = try await begin(200_000, at: "/idle", as: client)
        try await send(noise(100_000), to: idle, as: client)
        let unused = try await begin(200_000, at: "/unused", as: client)
        try await uploads.remove(ended, as: client)
        #expect(await problem { _ = try await offset(ended, as: client) } == .notFound)
        #expect(try await clean() == 2)
        fixture.time.advance(seconds: Uploads.unusedSecondsMax)
        #expect(await problem { _ = try await offset(unused, as: client) } == .notFound)
        #expect(try await clean() == 2)
        // An upload's object is nobody's orphan, however old it is.
        let much = Upkeep(database: fixture.database, objects: fixture.objects) { end }
        try await much.removeOrphans()
        #expect(try await fixture.objects.keys(before: end).count == 2)
        #expect(try await offset(idle, as: client) == 100_000)
        fixture.time.advance(seconds: Uploads.idleSecondsMax)
        #expect(await problem { _ = try await offset(idle, as: client) } == .notFound)
        #expect(await problem { _ = try await receiver(idle, as: client) } == .notFound)
        #expect(try await clean() == 1)
        #expect(try await fixture.get("/done", as: client) == noise(100_000, 2))
        let left = try await fixture.database.read { transaction throws(Problem) in
            try transaction.uploads.expired(at: end, limit: 10)
        }
        #expect(left.isEmpty)
    }
}
