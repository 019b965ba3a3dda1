internal import CloudDatabase
internal import CloudModel
internal import CloudObjects
internal import Signing
internal import YunCore

/// A content's bytes, as its records say they must be.
struct ContentSource {
    let content: StoredContent
    let objects: any ObjectStore

    private var name: String { "content \(content.digest) of account \(content.account)" }

    /// Compares every byte with its digest, and gives the chunks of an object to `body`.
    /// - Returns: what is wrong with it, or `nil`.
    /// - Throws: what `body` throws.
    func fault(_ body: ([UInt8]) async throws(Problem) -> Void = { _ in }) async throws(Problem) -> String? {
        switch content.place {
        case nil: return "\(name) has no bytes"
        case .inline(let bytes):
            guard bytes.count == content.sizeBytes, Digest(of: bytes) == content.digest else {
                return "\(name) has other bytes than it should"
            }
            return nil
        case .object(let key, let digests): return try await fault(of: key, digests, body)
        }
    }

    private func fault(
        of key: String, _ digests: [UInt8], _ body: ([UInt8]) async throws(Problem) -> Void
    ) async throws(Problem) -> String? {
        let chunkBytes = Int64(ContentFormat.chunkBytes)
        let count = Int((content.sizeBytes + chunkBytes - 1) / chunkBytes)
        guard digests.count == count * Digest.sizeBytes,
            try ContentFormat.digest(chunkDigests: digests, count: count) == content.digest
        else { return "\(name) has other chunks than it should" }
        for number in 0..<count {
            let chunk: [UInt8]
            do throws(Problem) {
                chunk = try await objects.read(
                    key, at: Int64(number) * chunkBytes, count: ContentFormat.chunkBytes + 1)
            } catch { return "\(name): object \(key) cannot be read: \(error.cause ?? error.detail)" }
            let place = number * Digest.sizeBytes
            let size = min(chunkBytes, content.sizeBytes - Int64(number) * chunkBytes)
            let isLast = number == count - 1
            guard chunk.count == (isLast ? Int(size) : ContentFormat.chunkBytes + 1) else {
                return "\(name): object \(key) is shorter or longer than it should be"
            }
            let bytes = isLast ? chunk : Array(chunk.dropLast())
            guard Digest(of: bytes).bytes.elementsEqual(digests[place..<place + Digest.sizeBytes]) else {
                return "\(name): chunk \(number) of object \(key) has other bytes than it should"
            }
            try await body(bytes)
        }
        return nil
    }
}

extension Database {
    /// Gives every content to `body`, in order, while others write.
    func forEachContent(_ body: (StoredContent) async throws(Problem) -> Void) async throws(Problem) {
        var last: StoredContent?
        while true {
            let previous = last
            let part = try await read { transaction throws(Problem) in
                try transaction.audit.contents(after: previous, limit: 100)
            }
            guard !part.isEmpty else { return }
            for content in part { try await body(content) }
            last = part.last
        }
    }

    /// Whether no content is in an object any more: what it lacks is then no fault.
    func isUnused(_ key: String) async throws(Problem) -> Bool {
        try await read { transaction throws(Problem) in try !transaction.contents.isUsed(objectKey: key) }
    }
}
