public import CloudModel

/// A file that comes in parts.
public struct Upload: Sendable {
    /// Names it, and cannot be guessed.
    public let id: String
    /// Where the file is to be, percent-encoded.
    public let path: String
    /// What the client said of it, as it said it.
    public let metadata: String
    /// What kind of content it is, where that was said.
    public let mediaType: String?
    /// When the file was changed, where that was said.
    public let modifiedAt: Instant?
    /// What is to be at the path when it is whole.
    public let match: Preconditions.EntityTags?
    /// What is not to be at the path when it is whole.
    public let noneMatch: Preconditions.EntityTags?
    /// How many bytes it is to have.
    public let sizeBytes: Int64
    /// How many came and are on the disk; all of them only when the file is there.
    public let offsetBytes: Int64
    /// Where its bytes are; `nil` when the file is there.
    public let objectKey: String?
    /// From then on it is none.
    public let expiresAt: Instant

    /// An upload of which nothing came.
    public init(
        id: String, path: String, metadata: String, mediaType: String?, modifiedAt: Instant?,
        match: Preconditions.EntityTags?, noneMatch: Preconditions.EntityTags?, sizeBytes: Int64,
        objectKey: String, expiresAt: Instant
    ) {
        self.id = id
        self.path = path
        self.metadata = metadata
        self.mediaType = mediaType
        self.modifiedAt = modifiedAt
        self.match = match
        self.noneMatch = noneMatch
        self.sizeBytes = sizeBytes
        self.offsetBytes = 0
        self.objectKey = objectKey
        self.expiresAt = expiresAt
    }
}

/// One request's right to write to an upload. It ends with its time once another request takes one.
public struct UploadLease: Sendable {
    /// The upload.
    public let upload: String
    /// Which request.
    public let token: String

    /// A lease.
    public init(upload: String, token: String) {
        self.upload = upload
        self.token = token
    }
}

/// Files that come in parts, until some time after they are whole.
public struct UploadTable {
    let connection: any Connection

    /// Begins one.
    public func insert(_ upload: Upload, of account: AccountID) throws(Problem) {
        try connection.change(
            """
            INSERT INTO upload (id, account_id, path, metadata, media_type, modified_at, if_match, if_none_match,
                size_bytes, offset_bytes, object_key, leased_until, expires_at)
            VALUES (\(upload.id), \(account.number), \(upload.path), \(upload.metadata), \(upload.mediaType),
                \(upload.modifiedAt), \(upload.match), \(upload.noneMatch), \(upload.sizeBytes), 0,
                \(upload.objectKey), 0, \(upload.expiresAt))
            """)
    }

    /// One of an account that is not over.
    public func find(_ id: String, of account: AccountID, at now: Instant) throws(Problem) -> Upload? {
        try connection.row(
            """
            SELECT id, path, metadata, media_type, modified_at, if_match, if_none_match, size_bytes,
                offset_bytes, object_key, expires_at FROM upload
            WHERE id = \(id) AND account_id = \(account.number) AND expires_at > \(now)
            """
        ).map { row throws(Problem) in try Upload(row) }
    }

    /// How many of an account are not whole, and how many bytes they are to have.
    public func unfinished(of account: AccountID) throws(Problem) -> (count: Int64, sizeBytes: Int64) {
        var row = try connection.row(
            """
            SELECT COUNT(*), SUM(size_bytes) FROM upload
            WHERE account_id = \(account.number) AND object_key IS NOT NULL
            """)
        let count: Int64? = try row?.next()
        let size: Int64? = try row?.next()
        return (count ?? 0, size ?? 0)
    }

    /// Gives a request the right to write, from `offset` on.
    /// - Returns: false where another one has it, or the upload is not there or elsewhere.
    public func take(_ lease: UploadLease, at offset: Int64, until end: Instant, now: Instant)
        throws(Problem) -> Bool
    {
        try connection.change(
            """
            UPDATE upload SET lease = \(lease.token), leased_until = \(end)
            WHERE id = \(lease.upload) AND object_key IS NOT NULL AND offset_bytes = \(offset)
                AND leased_until <= \(now) AND expires_at > \(now)
            """) == 1
    }

    /// Whether no other request has taken the right to write.
    public func holds(_ lease: UploadLease) throws(Problem) -> Bool {
        try connection.row("SELECT 1 FROM upload WHERE id = \(lease.upload) AND lease = \(lease.token)")
            != nil
    }

    /// Notes that bytes are on the disk.
    /// - Parameters:
    ///   - firstChunk: the number of the first of the chunks whose digests are given.
    ///   - end: until when the request has the right to go on.
    public func advance(
        _ lease: UploadLease, to offset: Int64, firstChunk: Int64, digests: [UInt8], leasedUntil end: Instant,
        expiresAt: Instant
    ) throws(Problem) {
        let changed = try connection.change(
            """
            UPDATE upload SET offset_bytes = \(offset), leased_until = \(end), expires_at = \(expiresAt)
            WHERE id = \(lease.upload) AND lease = \(lease.token)
            """)
        guard changed == 1 else { throw UploadLease.lost }
        guard !digests.isEmpty else { return }
        try connection.change(
            """
            INSERT INTO upload_chunks (upload_id, first, digests)
            VALUES (\(lease.upload), \(firstChunk), \(digests))
            """)
    }

    /// The digests of all chunks that are recorded, one after the other.
    public func chunkDigests(_ id: String) throws(Problem) -> [UInt8] {
        var digests: [UInt8] = []
        for var row in try connection.rows(
            "SELECT digests FROM upload_chunks WHERE upload_id = \(id) ORDER BY first")
        {
            let part: [UInt8] = try row.next()
            digests += part
        }
        return digests
    }

    /// Notes that the file is there: the object is no longer the upload's.
    public func finish(_ lease: UploadLease, expiresAt: Instant) throws(Problem) {
        let changed = try connection.change(
            """
            UPDATE upload SET offset_bytes = size_bytes, object_key = NULL, lease = NULL, leased_until = 0,
                expires_at = \(expiresAt)
            WHERE id = \(lease.upload) AND lease = \(lease.token)
            """)
        guard changed == 1 else { throw UploadLease.lost }
        try connection.change("DELETE FROM upload_chunks WHERE upload_id = \(lease.upload)")
    }

    /// Forgets an upload to which no request may be writing.
    /// - Returns: whether it did, and the key of the object that nothing names any more.
    public func remove(_ id: String, at now: Instant) throws(Problem) -> (isRemoved: Bool, objectKey: String?)
    {
        let row = try connection.row(
            "DELETE FROM upload WHERE id = \(id) AND leased_until <= \(now) RETURNING object_key")
        guard var row else { return (false, nil) }
        return (true, try row.next())
    }

    /// All of an account.
    public func ids(of account: AccountID) throws(Problem) -> [String] {
        var ids: [String] = []
        for var row in try connection.rows("SELECT id FROM upload WHERE account_id = \(account.number)") {
            ids.append(try row.next())
        }
        return ids
    }

    /// Those that are over.
    public func expired(at now: Instant, limit: Int) throws(Problem) -> [String] {
        var ids: [String] = []
        for var row in try connection.rows(
            "SELECT id FROM upload WHERE expires_at <= \(now) AND leased_until <= \(now) LIMIT \(limit)")
        {
            ids.append(try row.next())
        }
        return ids
    }
}

extension Transaction {
    /// Files that come in parts.
    public var uploads: UploadTable { UploadTable(connection: connection) }
}

extension UploadLease {
    fileprivate static let lost = Problem(
        .locked, "another request went on with the upload; ask for its offset")
}

extension Upload {
    fileprivate init(_ row: Row) throws(Problem) {
        var row = row
        id = try row.next()
        path = try row.next()
        metadata = try row.next()
        mediaType = try row.next()
        modifiedAt = try row.next()
        match = try row.next()
        noneMatch = try row.next()
        sizeBytes = try row.next()
        offsetBytes = try row.next()
        objectKey = try row.next()
        expiresAt = try row.next()
    }
}

/// As they travel: no tag has a comma, since clients' lists are cut there.
extension Preconditions.EntityTags: SQLConvertible {
    var sqlValue: SQLValue {
        switch self {
        case .any: .text("*")
        case .some(let tags): .text(tags.joined(separator: ","))
        }
    }

    init?(_ value: SQLValue) {
        guard case .text(let text) = value else { return nil }
        self = text == "*" ? .any : .some(text.split(separator: ",").map(String.init))
    }
}
