public import CloudDatabase
public import CloudModel
internal import CloudObjects
internal import Signing
internal import YunCore

/// A file that is being read: bytes that cannot change under the reader.
public struct OpenFile: Sendable {
    /// What it is.
    public let node: Node
    /// How many bytes it has.
    public let sizeBytes: Int64
    private let place: ContentPlace
    private let objects: any ObjectStore

    init(_ node: Node, sizeBytes: Int64, at place: ContentPlace, in objects: any ObjectStore) {
        self.node = node
        self.sizeBytes = sizeBytes
        self.place = place
        self.objects = objects
    }

    /// Gives a part to `body`, piece by piece. No byte is given that was not compared with its digest.
    public func read(
        _ range: Range<Int64>, _ body: (ArraySlice<UInt8>) async throws -> Void
    ) async throws {
        switch place {
        case .inline(let bytes):
            guard Digest(of: bytes) == node.version?.digest else { throw damaged }
            try await body(bytes[Int(range.lowerBound)..<Int(range.upperBound)])
        case .object(let key, let digests):
            guard !range.isEmpty else { return }
            let chunkBytes = Int64(ContentFormat.chunkBytes)
            let last = (range.upperBound - 1) / chunkBytes
            var ahead = reading(range.lowerBound / chunkBytes, of: key, digests)
            for number in range.lowerBound / chunkBytes...last {
                let chunk = try await ahead.value
                // The disk and the hash work on the next while this one is sent.
                if number < last { ahead = reading(number + 1, of: key, digests) }
                let start = number * chunkBytes
                let part = max(0, range.lowerBound - start)..<min(range.upperBound - start, chunkBytes)
                guard part.upperBound <= chunk.count else { throw damaged }
                try await body(chunk[Int(part.lowerBound)..<Int(part.upperBound)])
            }
        }
    }

    private func reading(_ number: Int64, of key: String, _ digests: [UInt8]) -> Task<[UInt8], any Error> {
        Task { try await chunk(Int(number), of: key, digests) }
    }

    private func chunk(_ number: Int, of key: String, _ digests: [UInt8]) async throws(Problem) -> [UInt8] {
        let bytes = try await objects.read(
            key, at: Int64(number * ContentFormat.chunkBytes), count: ContentFormat.chunkBytes)
        let place = number * Digest.sizeBytes
        guard place + Digest.sizeBytes <= digests.count,
            Digest(of: bytes).bytes.elementsEqual(digests[place..<place + Digest.sizeBytes])
        else { throw damaged }
        return bytes
    }

    private var damaged: Problem {
        .fault("the content \(node.version?.digest.description ?? "") is damaged; see 'ycloud check'")
    }
}

extension Drive {
    /// Opens a file to read it.
    public func open(_ path: DrivePath, as caller: any DriveCaller) async throws(Problem) -> OpenFile {
        let objects = objects
        return try await look(caller) { tree throws(Problem) in
            let node = try tree.node(path).node
            guard let version = node.version else {
                throw Problem(.methodNotAllowed, "\(path.described) is a folder")
            }
            guard let place = try tree.transaction.contents.place(version.digest, of: tree.client.account)
            else {
                throw .fault("content \(version.digest) is not there")
            }
            return OpenFile(node, sizeBytes: version.sizeBytes, at: place, in: objects)
        }
    }

    /// Sees whether a file may be written before its bytes come, so that a client need not send them in vain.
    /// - Parameter sizeBytes: as the client announces it, or `nil`.
    /// - Returns: what takes the bytes in.
    public func receiver(
        for path: DrivePath, sizeBytes: Int64?, _ conditions: Preconditions, as caller: any DriveCaller
    ) async throws(Problem) -> ContentReceiver {
        let room = try await look(caller) { tree throws(Problem) in
            _ = try tree.fileToWrite(at: path, conditions)
            return try tree.use().availableBytes
        }
        guard sizeBytes ?? 0 <= room else {
            throw Problem(
                .quotaExceeded, "the account has room for \(room) bytes more; remove something first")
        }
        return ContentReceiver(objects, sizeBytesMax: room)
    }

    /// What takes in the bytes of a file so small that to look first would take longer than to send it in vain.
    public func smallReceiver() -> ContentReceiver {
        ContentReceiver(objects, sizeBytesMax: Int64(ContentFormat.inlineBytesMax))
    }

    /// Gives a file its bytes, whole: who reads sees those before or these.
    /// - Returns: whether it is new.
    public func put(
        _ path: DrivePath, _ content: ReceivedContent, mediaType: String?, modifiedAt: Instant? = nil,
        _ conditions: Preconditions, as caller: any DriveCaller
    ) async throws(Problem) -> (node: Node, isNew: Bool) {
        try await change(caller) { tree throws(Problem) in
            try tree.put(path, content, mediaType: mediaType, modifiedAt: modifiedAt, conditions)
        }
    }
}

extension DriveTree {
    /// A place where a file may be written.
    func fileToWrite(at path: DrivePath, _ conditions: Preconditions) throws(Problem) -> Place {
        try require(conditions, of: path)
        let place = try place(path)
        guard let node = place.node else {
            _ = try parent(of: place)
            try permitNew(at: place, conditions)
            return place
        }
        guard !node.isFolder else {
            throw Problem(.methodNotAllowed, "\(path.described) is a folder")
        }
        try permitChange(of: place, conditions)
        return place
    }

    /// Gives a file its bytes, and tells whether it is new.
    func put(
        _ path: DrivePath, _ content: ReceivedContent, mediaType: String?, modifiedAt: Instant?,
        _ conditions: Preconditions
    ) throws(Problem) -> (node: Node, isNew: Bool) {
        let place = try fileToWrite(at: path, conditions)
        let id = try write(content, to: place, mediaType: mediaType, modifiedAt: modifiedAt ?? now)
        guard let node = try transaction.nodes.find(id) else { throw .fault("a new file is gone") }
        return (node, place.node == nil)
    }

    /// Makes a file without bytes, so that its name is taken.
    func makeEmptyFile(at place: Place, _ conditions: Preconditions) throws(Problem) -> Node {
        try permitNew(at: place, conditions)
        let id = try write(.empty, to: place, mediaType: nil, modifiedAt: now)
        guard let node = try transaction.nodes.find(id) else { throw .fault("a new file is gone") }
        return node
    }

    func write(
        _ content: ReceivedContent, to place: Place, mediaType: String?, modifiedAt: Instant
    ) throws(Problem) -> NodeID {
        let account = client.account
        try keep(content)
        let id: NodeID
        if let node = place.node {
            id = node.id
        } else {
            guard let name = place.path.names.last else { throw .fault("the top is no file") }
            id = try transaction.nodes.insert(
                name.description, in: parent(of: place).id, of: account, at: now)
        }
        try transaction.nodes.addVersion(
            content.digest, mediaType: mediaType, to: id, of: account, modifiedAt: modifiedAt, at: now)
        if place.node != nil { try pruneVersions(of: id) }
        try note(.file, place.path)
        return id
    }

    /// Keeps a content once; what was written for one that is there already is noted for removal.
    private func keep(_ content: ReceivedContent) throws(Problem) {
        let isNew = try transaction.contents.insert(
            content.digest, sizeBytes: content.sizeBytes, at: content.place, of: client.account)
        if isNew {
            try transaction.accounts.use(content.sizeBytes, of: client.account)
        } else if case .object(let key, _) = content.place {
            try transaction.contents.noteUnused(key)
        }
    }
}
