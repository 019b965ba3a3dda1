public import CloudModel
public import YunCore

/// What a file held at one time, as its history lists it.
public struct StoredVersion: Sendable {
    /// Names it, for as long as the file is there.
    public let id: Int64
    /// What it held.
    public let version: FileVersion
    /// Since when.
    public let createdAt: Instant
}

/// The histories of files.
public struct VersionTable {
    let connection: any Connection

    /// All versions of a file, the latest first: that is what it holds now.
    public func all(of id: NodeID) throws(Problem) -> [StoredVersion] {
        var found: [StoredVersion] = []
        for var row in try connection.rows(
            """
            SELECT version.id, version.created_at, version.digest, content.size_bytes, version.media_type FROM version
            JOIN content ON content.account_id = version.account_id AND content.digest = version.digest
            WHERE version.node_id = \(id.number) ORDER BY version.id DESC
            """)
        {
            let id: Int64 = try row.next()
            let createdAt: Instant = try row.next()
            guard let digest = Digest(try row.next() as [UInt8]) else {
                throw .fault("a digest of another length")
            }
            found.append(
                StoredVersion(
                    id: id,
                    version: FileVersion(
                        digest: digest, sizeBytes: try row.next(), mediaType: try row.next()),
                    createdAt: createdAt))
        }
        return found
    }

    /// The digests of everything that a file has held.
    public func digests(of id: NodeID) throws(Problem) -> Set<Digest> {
        var found: Set<Digest> = []
        for var row in try connection.rows("SELECT digest FROM version WHERE node_id = \(id.number)") {
            guard let digest = Digest(try row.next() as [UInt8]) else {
                throw .fault("a digest of another length")
            }
            found.insert(digest)
        }
        return found
    }

    /// Forgets a version that is not what the file holds now.
    public func remove(_ id: Int64) throws(Problem) {
        try connection.change("DELETE FROM version WHERE id = \(id)")
    }
}

extension Transaction {
    /// The histories of files.
    public var versions: VersionTable { VersionTable(connection: connection) }
}
