internal import CloudDatabase
public import CloudModel
internal import CloudObjects
internal import Signing
internal import YunCore

/// Takes in what one request sends of an upload, with no more of it in memory than a few chunks.
///
/// What it writes is beyond what is recorded, and void until it is recorded, too. Before it writes it locks the object and looks
/// whether its lease is still its own: a request that was held up for long, and another has gone on meanwhile, writes nothing.
public actor UploadReceiver {
    /// So many bytes, or seconds, are lost at most when the server dies; each time costs a sync and a commit.
    private static let unrecordedBytesMax = 4 << 20
    private static let unrecordedSecondsMax: Int64 = 3
    private static let chunkBytes = Int64(ContentFormat.chunkBytes)

    private let upload: Upload
    private let key: String
    private let lease: UploadLease
    private let conditions: Preconditions
    private let drive: Drive
    private let client: DriveClient
    private let checksum: UploadChecksum?
    private var computation: ChecksumComputation?

    /// Where the first byte of `pending` is: at the beginning of a chunk.
    private var start: Int64
    private var pending: [UInt8]
    /// How many bytes of `pending` are in the object.
    private var written: Int
    /// The digests of chunks that are in the object and not recorded.
    private var digests: [UInt8] = []
    private var recorded: Int64
    private var recordedAt: Instant

    init(
        _ upload: Upload, key: String, lease: UploadLease, checksum: UploadChecksum?,
        conditions: Preconditions, drive: Drive, client: DriveClient
    ) async throws(Problem) {
        self.upload = upload
        self.key = key
        self.lease = lease
        self.checksum = checksum
        self.conditions = conditions
        self.drive = drive
        self.client = client
        computation = checksum.map { ChecksumComputation($0.algorithm) }
        recorded = upload.offsetBytes
        recordedAt = drive.clock()
        start = upload.offsetBytes / Self.chunkBytes * Self.chunkBytes
        written = Int(upload.offsetBytes - start)
        // The digest of a chunk needs all of it, also what came with an earlier request.
        pending =
            written == 0 ? [] : try await drive.objects.read(key, at: start, count: written)
        guard pending.count == written else {
            throw .fault("upload object \(key) has no \(upload.offsetBytes) bytes")
        }
    }

    private var end: Int64 { start + Int64(pending.count) }

    /// Takes the next bytes.
    public func receive(_ bytes: [UInt8]) async throws(Problem) {
        guard Int64(bytes.count) <= upload.sizeBytes - end else {
            throw Problem(.tooLarge, "the upload has \(upload.sizeBytes) bytes, and more were sent")
        }
        computation?.update(bytes)
        pending += bytes
        guard
            pending.count - written >= Self.unrecordedBytesMax
                || drive.clock() >= recordedAt.advanced(bySeconds: Self.unrecordedSecondsMax)
        else { return }
        try await write()
        try await record(goingOn: true)
    }

    /// Ends the request: what came is on the disk when this returns, and where that is all, so is the file.
    /// - Returns: how many bytes of the upload are there.
    public func finish() async throws(Problem) -> Int64 {
        if let checksum, let computed = computation?.finish() {
            guard computed == checksum.bytes else {
                try await record(goingOn: false)
                throw Problem(.checksumMismatch, "nothing of what was sent is kept; send it again")
            }
            computation = nil
        }
        guard end == upload.sizeBytes else {
            try await write()
            try await record(goingOn: false)
            return end
        }
        do throws(Problem) {
            try await put()
        } catch {
            // It may be possible later, and then the last byte is enough. Why it was not now is what the client is to hear.
            _ = await interrupt()
            throw error
        }
        return end
    }

    /// Ends the request at whatever point it broke off; what came before is kept, unless a checksum was to vouch for it.
    /// - Returns: why that was not possible.
    public func interrupt() async -> Problem? {
        do throws(Problem) {
            if computation == nil { try await write() }
            try await record(goingOn: false)
            return nil
        } catch { return error }
    }

    /// Puts what came into the object.
    private func write() async throws(Problem) {
        guard pending.count > written else { return }
        let part = try await drive.objects.part(of: key, at: start + Int64(written))
        let lease = lease
        let holds = try await drive.database.read { transaction throws(Problem) in
            try transaction.uploads.holds(lease)
        }
        guard holds else {
            throw Problem(.locked, "another request went on with the upload; ask for its offset")
        }
        try await part.write(Array(pending[written...]))
        let complete = pending.count / ContentFormat.chunkBytes
        for number in 0..<complete {
            let place = number * ContentFormat.chunkBytes
            digests += Digest(of: Array(pending[place..<place + ContentFormat.chunkBytes])).bytes
        }
        pending.removeFirst(complete * ContentFormat.chunkBytes)
        start += Int64(complete) * Self.chunkBytes
        written = pending.count
    }

    /// Notes what is in the object. Clients take an upload that has all its bytes for a file that is there, so the last byte
    /// counts only together with the file; and bytes under a checksum only when it has vouched for them.
    private func record(goingOn: Bool) async throws(Problem) {
        let now = drive.clock()
        let offset =
            computation == nil && recorded < upload.sizeBytes
            ? min(start + Int64(written), upload.sizeBytes - 1) : recorded
        let firstChunk = recorded / Self.chunkBytes
        let count = Int(offset / Self.chunkBytes - firstChunk) * Digest.sizeBytes
        let complete = Array(digests.prefix(count))
        let lease = lease
        let leasedUntil = goingOn ? now.advanced(bySeconds: Uploads.leaseSeconds) : now
        let expiresAt =
            offset > upload.offsetBytes
            ? now.advanced(bySeconds: Uploads.idleSecondsMax) : upload.expiresAt
        try await drive.database.write { transaction throws(Problem) in
            try transaction.uploads.advance(
                lease, to: offset, firstChunk: firstChunk, digests: complete, leasedUntil: leasedUntil,
                expiresAt: expiresAt)
        }
        digests.removeFirst(count)
        recorded = offset
        recordedAt = now
    }

    /// Makes the file of all that came.
    private func put() async throws(Problem) {
        let content = try await content()
        let path = try DrivePath(encoded: upload.path)
        let (upload, key, lease, conditions) = (upload, key, lease, conditions)
        let expiresAt = drive.clock().advanced(bySeconds: Uploads.idleSecondsMax)
        try await drive.change(client) { tree throws(Problem) in
            try tree.transaction.uploads.finish(lease, expiresAt: expiresAt)
            if case .inline = content.place { try tree.transaction.contents.noteUnused(key) }
            _ = try tree.put(
                path, content, mediaType: upload.mediaType, modifiedAt: upload.modifiedAt, conditions)
        }
    }

    private func content() async throws(Problem) -> ReceivedContent {
        guard upload.sizeBytes > ContentFormat.inlineBytesMax else {
            return ReceivedContent(
                digest: Digest(of: pending), sizeBytes: upload.sizeBytes, place: .inline(pending))
        }
        try await write()
        let id = upload.id
        let last = pending.isEmpty ? [] : Digest(of: pending).bytes
        let all =
            try await drive.database.read { transaction throws(Problem) in
                try transaction.uploads.chunkDigests(id)
            } + digests + last
        let count = all.count / Digest.sizeBytes
        guard Int64(count) == (upload.sizeBytes + Self.chunkBytes - 1) / Self.chunkBytes else {
            throw .fault("upload \(id.prefix(8)) has \(count) digests for \(upload.sizeBytes) bytes")
        }
        return ReceivedContent(
            digest: try ContentFormat.digest(chunkDigests: all, count: count), sizeBytes: upload.sizeBytes,
            place: .object(key: key, chunkDigests: all))
    }
}
