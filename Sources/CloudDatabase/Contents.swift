public import CloudModel
public import YunCore

/// Where the bytes of a content are.
public enum ContentPlace: Sendable {
    /// In the database itself, where a file of its own would cost more than it holds.
    case inline([UInt8])
    /// In an object, with the digest of each of its chunks.
    case object(key: String, chunkDigests: [UInt8])
}

/// Bytes that versions refer to, once for each digest and account.
public struct ContentTable {
    let connection: any Connection

    /// Keeps a content, or finds that it is kept already.
    /// - Returns: false where it was there: what the caller wrote for it is not needed.
    public func insert(_ digest: Digest, sizeBytes: Int64, at place: ContentPlace, of account: AccountID)
        throws(Problem) -> Bool
    {
        var key: String?
        var chunkDigests: [UInt8]?
        if case .object(let objectKey, let digests) = place { (key, chunkDigests) = (objectKey, digests) }
        let inserted = try connection.change(
            """
            INSERT INTO content (account_id, digest, size_bytes, object_key, chunk_digests)
            VALUES (\(account.number), \(digest.bytes), \(sizeBytes), \(key), \(chunkDigests))
            ON CONFLICT (account_id, digest) DO NOTHING
            """)
        guard inserted == 1 else { return false }
        if case .inline(let bytes) = place {
            try connection.change(
                """
                INSERT INTO small_content (account_id, digest, bytes)
                VALUES (\(account.number), \(digest.bytes), \(bytes))
                """)
        }
        return true
    }

    /// Where a content is.
    public func place(_ digest: Digest, of account: AccountID) throws(Problem) -> ContentPlace? {
        let row = try connection.row(
            """
            SELECT content.object_key, content.chunk_digests, small_content.bytes FROM content
            LEFT JOIN small_content USING (account_id, digest)
            WHERE content.account_id = \(account.number) AND content.digest = \(digest.bytes)
            """)
        guard var row else { return nil }
        guard let place = try ContentPlace(next: &row) else { throw .fault("content \(digest) has no bytes") }
        return place
    }

    /// Forgets a content that no version refers to any more, and notes its object for removal.
    /// - Returns: how many bytes were given back.
    public func removeIfUnused(_ digest: Digest, of account: AccountID) throws(Problem) -> Int64 {
        let row = try connection.row(
            """
            DELETE FROM content WHERE account_id = \(account.number) AND digest = \(digest.bytes) AND NOT EXISTS (
                SELECT 1 FROM version WHERE account_id = \(account.number) AND digest = \(digest.bytes))
            RETURNING size_bytes, object_key
            """)
        guard var row else { return 0 }
        let size: Int64 = try row.next()
        if let key: String = try row.next() as String? { try noteUnused(key) }
        return size
    }

    /// Notes an object that no content names, for removal after the commit.
    public func noteUnused(_ key: String) throws(Problem) {
        try connection.change("INSERT INTO unused_object (object_key) VALUES (\(key))")
    }

    /// Whether a content is in an object, or an upload is to be.
    public func isUsed(objectKey: String) throws(Problem) -> Bool {
        try connection.row(
            """
            SELECT 1 FROM content WHERE object_key = \(objectKey)
            UNION ALL SELECT 1 FROM upload WHERE object_key = \(objectKey)
            """) != nil
    }

    /// Objects to be removed.
    public func unused(limit: Int) throws(Problem) -> [String] {
        var keys: [String] = []
        for var row in try connection.rows("SELECT object_key FROM unused_object LIMIT \(limit)") {
            keys.append(try row.next())
        }
        return keys
    }

    /// Notes that an object is removed.
    public func forgetUnused(_ key: String) throws(Problem) {
        try connection.change("DELETE FROM unused_object WHERE object_key = \(key)")
    }
}

extension Transaction {
    /// Bytes by their digest.
    public var contents: ContentTable { ContentTable(connection: connection) }
}
