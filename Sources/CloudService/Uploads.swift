public import CloudDatabase
public import CloudModel
internal import CloudObjects
public import Signing
internal import YunCore

/// What a client wants to send in parts.
public struct UploadWish: Sendable {
    /// Where the file is to be.
    public let path: DrivePath
    /// How many bytes it is to have.
    public let sizeBytes: Int64
    /// What the client says of it, as it is told again.
    public let metadata: String
    /// What kind of content it is.
    public let mediaType: String?
    /// When the file was changed.
    public let modifiedAt: Instant?

    /// A wish.
    public init(
        path: DrivePath, sizeBytes: Int64, metadata: String, mediaType: String?, modifiedAt: Instant?
    ) {
        self.path = path
        self.sizeBytes = sizeBytes
        self.metadata = metadata
        self.mediaType = mediaType
        self.modifiedAt = modifiedAt
    }
}

/// Files that come in parts, over connections that break (https://tus.io/protocols/resumable-upload). A file is there when it is
/// whole, and not before.
public struct Uploads: Sendable {
    /// More than fits into an account.
    public static let sizeBytesMax: Int64 = 1 << 40
    /// How many of an account may be unfinished at the same time.
    static let countMax: Int64 = 1000
    /// One of which nothing came: a client that never heard of it does not keep room for long.
    static let unusedSecondsMax: Int64 = 3600
    /// One of which something came, from the last time on: a phone may be without a network over a holiday.
    static let idleSecondsMax: Int64 = 7 * 86_400
    /// A request that was not heard of for so long is taken to be over: its connection is dead, or its server.
    static let leaseSeconds: Int64 = 10

    let drive: Drive

    /// Uploads into drives.
    public init(drive: Drive) { self.drive = drive }

    /// Begins an upload, where its file could be written and has room as things are now.
    /// - Parameter conditions: those on entity tags are kept, and hold again at the end.
    public func create(
        _ wish: UploadWish, _ conditions: Preconditions, as client: DriveClient
    ) async throws(Problem) -> Upload {
        guard wish.sizeBytes <= Self.sizeBytesMax else {
            throw Problem(.tooLarge, "an upload has \(Self.sizeBytesMax) bytes at most")
        }
        let upload = Upload(
            id: RandomBytes.take(20).hexadecimal, path: wish.path.encoded, metadata: wish.metadata,
            mediaType: wish.mediaType, modifiedAt: wish.modifiedAt, match: conditions.match,
            noneMatch: conditions.noneMatch, sizeBytes: wish.sizeBytes, objectKey: drive.objects.newKey(),
            expiresAt: drive.clock().advanced(bySeconds: Self.unusedSecondsMax))
        try await drive.change(client) { tree throws(Problem) in
            _ = try tree.fileToWrite(at: wish.path, conditions)
            try tree.requireRoom(forUploadOf: wish.sizeBytes)
            try tree.transaction.uploads.insert(upload, of: client.account)
        }
        return upload
    }

    /// An upload as it is now; another account's is as one that is not there.
    public func find(_ id: String, as client: DriveClient) async throws(Problem) -> Upload {
        let now = drive.clock()
        let found = try await drive.database.read { transaction throws(Problem) in
            try transaction.uploads.find(id, of: client.account, at: now)
        }
        guard let found else { throw Self.missing }
        return found
    }

    /// Goes on with an upload. Nobody else can meanwhile.
    /// - Parameters:
    ///   - offset: where the client believes it to be.
    ///   - checksum: what all bytes that it sends now are to have.
    ///   - conditions: lists of an If header, which show locks' tokens.
    public func receiver(
        for upload: Upload, at offset: Int64, checksum: UploadChecksum? = nil,
        _ conditions: Preconditions = Preconditions(), as client: DriveClient
    ) async throws(Problem) -> UploadReceiver {
        guard offset == upload.offsetBytes else {
            throw Problem(.conflict, "the upload has \(upload.offsetBytes) bytes, not \(offset)")
        }
        guard let key = upload.objectKey else {
            throw Problem(.conflict, "the upload is finished")
        }
        var all = conditions
        all.match = upload.match
        all.noneMatch = upload.noneMatch
        let lease = UploadLease(upload: upload.id, token: RandomBytes.take(16).hexadecimal)
        let now = drive.clock()
        let isTaken = try await drive.database.write { transaction throws(Problem) in
            try transaction.uploads.take(
                lease, at: offset, until: now.advanced(bySeconds: Self.leaseSeconds), now: now)
        }
        guard isTaken else { throw Self.busy }
        return try await UploadReceiver(
            upload, key: key, lease: lease, checksum: checksum, conditions: all, drive: drive, client: client)
    }

    /// Ends an upload; a file that has come of it stays.
    public func remove(_ id: String, as client: DriveClient) async throws(Problem) {
        let now = drive.clock()
        try await drive.database.write { transaction throws(Problem) in
            guard try transaction.uploads.find(id, of: client.account, at: now) != nil else {
                throw Self.missing
            }
            let (isRemoved, key) = try transaction.uploads.remove(id, at: now)
            guard isRemoved else { throw Self.busy }
            if let key { try transaction.contents.noteUnused(key) }
        }
    }

    private static let missing = Problem(.notFound, "there is no such upload, or its time is over")
    private static let busy = Problem(
        .locked, "another request writes to the upload; ask for its offset and try again")
}

/// What bytes are to have that are sent with one request.
public struct UploadChecksum: Sendable {
    /// How it is computed.
    public let algorithm: ChecksumAlgorithm
    /// What it is.
    public let bytes: [UInt8]

    /// A checksum.
    public init(_ algorithm: ChecksumAlgorithm, _ bytes: [UInt8]) {
        self.algorithm = algorithm
        self.bytes = bytes
    }
}

extension DriveTree {
    /// Fails where what is kept and all that unfinished uploads want are more than the quota together. It takes nothing from
    /// files that come otherwise; only the end of an upload does.
    fileprivate func requireRoom(forUploadOf sizeBytes: Int64) throws(Problem) {
        let accounts = transaction.accounts
        // The account's record is held from here on, so two uploads that begin at the same time see each other.
        try accounts.use(sizeBytes, of: client.account)
        let others = try transaction.uploads.unfinished(of: client.account)
        guard others.count < Uploads.countMax else {
            throw Problem(
                .conflict,
                "an account has \(Uploads.countMax) unfinished uploads at most; finish or end some first")
        }
        do throws(Problem) {
            try accounts.use(others.sizeBytes, of: client.account)
        } catch {
            guard error.code == .quotaExceeded else { throw error }
            throw Problem(
                .quotaExceeded,
                "unfinished uploads of \(others.sizeBytes) bytes leave no room; finish or end some first")
        }
        try accounts.release(sizeBytes + others.sizeBytes, of: client.account)
    }
}
