internal import CloudDatabase
public import CloudModel
internal import CloudObjects
internal import Signing
internal import YunCore

/// How contents are cut and named.
public enum ContentFormat {
    /// Each chunk has a digest of its own, so that every byte is verified before it is sent, also of a part.
    public static let chunkBytes = 1 << 20
    /// What a database keeps more cheaply than a file system: a commit is one sync, a file of its own three.
    public static let inlineBytesMax = 64 << 10

    /// The name of a content: the SHA-256 of its bytes, or, of more than one chunk, of its chunks' digests.
    static func digest(chunkDigests: [UInt8], count: Int) throws(Problem) -> Digest {
        let digest = count == 1 ? Digest(chunkDigests) : Digest(of: chunkDigests)
        guard let digest else { throw .fault("a digest of \(chunkDigests.count) bytes") }
        return digest
    }
}

/// A content that has come whole, and that no file refers to yet.
public struct ReceivedContent: Sendable {
    let digest: Digest
    let sizeBytes: Int64
    let place: ContentPlace

    /// A file without bytes.
    static let empty = ReceivedContent(digest: Digest(of: []), sizeBytes: 0, place: .inline([]))
}

/// Takes a content in as it comes, with no more of it in memory than a chunk.
public final class ContentReceiver {
    private let objects: any ObjectStore
    private let sizeBytesMax: Int64
    private var pending: [UInt8] = []
    private var writer: (any ObjectWriter)?
    private var chunkDigests: [UInt8] = []
    /// The chunk that the disk and the hash work on while the next one comes.
    private var writing: Task<[UInt8], any Error>?
    private var chunkCount = 0
    private var size: Int64 = 0

    /// - Parameter sizeBytesMax: where it becomes clear that there is no room for it.
    init(_ objects: any ObjectStore, sizeBytesMax: Int64) {
        self.objects = objects
        self.sizeBytesMax = sizeBytesMax
    }

    /// Takes the next bytes.
    public func receive(_ bytes: some Collection<UInt8>) async throws(Problem) {
        size += Int64(bytes.count)
        guard size <= sizeBytesMax else {
            throw Problem(.quotaExceeded, "the account has no room for this; remove something first")
        }
        pending.append(contentsOf: bytes)
        while pending.count >= ContentFormat.chunkBytes {
            let rest = Array(pending[ContentFormat.chunkBytes...])
            pending.removeLast(rest.count)
            try await writeChunk()
            pending = rest
        }
    }

    /// Makes what came durable, unless the database will.
    public func finish() async throws(Problem) -> ReceivedContent {
        if writer == nil, pending.count <= ContentFormat.inlineBytesMax {
            return ReceivedContent(digest: Digest(of: pending), sizeBytes: size, place: .inline(pending))
        }
        if !pending.isEmpty { try await writeChunk() }
        try await finishWriting()
        guard let writer else { throw .fault("a content without a writer") }
        let key = try await writer.finish()
        return ReceivedContent(
            digest: try ContentFormat.digest(chunkDigests: chunkDigests, count: chunkCount), sizeBytes: size,
            place: .object(key: key, chunkDigests: chunkDigests))
    }

    private func writeChunk() async throws(Problem) {
        let chunk = pending
        pending = []
        let writer: any ObjectWriter
        if let begun = self.writer {
            writer = begun
        } else {
            writer = try await objects.create()
            self.writer = writer
        }
        try await finishWriting()
        writing = Task { try await writer.append(chunk) }
        chunkCount += 1
    }

    private func finishWriting() async throws(Problem) {
        guard let task = writing else { return }
        writing = nil
        do {
            chunkDigests += try await task.value
        } catch { throw error as? Problem ?? .fault("\(error)") }
    }
}
