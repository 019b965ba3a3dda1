public import CloudModel
public import YunCore

/// A content with all that is known of it.
public struct StoredContent: Sendable {
    /// Whose.
    public let account: AccountID
    /// Its name.
    public let digest: Digest
    /// How many bytes it must have.
    public let sizeBytes: Int64
    /// Where they are; `nil` where they are nowhere.
    public let place: ContentPlace?
}

/// Looks at the records as a whole.
public struct AuditTable {
    /// A fault that is everywhere need not be told a million times.
    private static let findingsMax = 100

    /// What must find nothing; `%` in the text stands for the next column.
    private static let rules: [(text: String, query: SQL)] = [
        (
            "account % uses % bytes by its record, and % by its contents",
            """
            SELECT account.id, account.used_bytes, CAST(COALESCE(SUM(content.size_bytes), 0) AS BIGINT) FROM account
            LEFT JOIN content ON content.account_id = account.id GROUP BY account.id, account.used_bytes
            HAVING account.used_bytes <> COALESCE(SUM(content.size_bytes), 0)
            """
        ),
        (
            "version % of account % has no content",
            """
            SELECT id, account_id FROM version WHERE NOT EXISTS (SELECT 1 FROM content
                WHERE content.account_id = version.account_id AND content.digest = version.digest)
            """
        ),
        (
            "content % of account % belongs to no version",
            """
            SELECT digest, account_id FROM content WHERE NOT EXISTS (SELECT 1 FROM version
                WHERE version.account_id = content.account_id AND version.digest = content.digest)
            """
        ),
        (
            "content % of account % is both in an object and in the database",
            """
            SELECT digest, account_id FROM content WHERE object_key IS NOT NULL AND EXISTS (SELECT 1 FROM small_content
                WHERE small_content.account_id = content.account_id AND small_content.digest = content.digest)
            """
        ),
        (
            "bytes are kept of content % of account %, which is not there",
            """
            SELECT digest, account_id FROM small_content WHERE NOT EXISTS (SELECT 1 FROM content
                WHERE content.account_id = small_content.account_id AND content.digest = small_content.digest)
            """
        ),
        (
            "file % holds version %, which is not one of its own",
            """
            SELECT id, version_id FROM node WHERE version_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM version
                WHERE version.id = node.version_id AND version.node_id = node.id
                    AND version.account_id = node.account_id)
            """
        ),
        (
            "folder % has versions",
            """
            SELECT id FROM node WHERE version_id IS NULL AND EXISTS (SELECT 1 FROM version
                WHERE version.node_id = node.id)
            """
        ),
        (
            "node % is in %, which is no folder of its account",
            """
            SELECT node.id, node.parent_id FROM node JOIN node AS parent ON parent.id = node.parent_id
            WHERE parent.account_id <> node.account_id OR parent.version_id IS NOT NULL
            """
        ),
        (
            "node % is in no tree",
            """
            WITH RECURSIVE reached (id) AS (
                SELECT id FROM node WHERE parent_id IS NULL
                UNION ALL SELECT node.id FROM node JOIN reached ON node.parent_id = reached.id)
            SELECT id FROM node WHERE id NOT IN (SELECT id FROM reached)
            """
        ),
        (
            "node % is noted as removed, and not in the trash of account %",
            """
            SELECT node_id, account_id FROM trash WHERE NOT EXISTS (SELECT 1 FROM node
                JOIN node AS top ON top.id = node.parent_id AND top.parent_id IS NULL AND top.name = 'trash'
                WHERE node.id = trash.node_id AND node.account_id = trash.account_id)
            """
        ),
        (
            "node % is in the trash, and not noted as removed",
            """
            SELECT node.id FROM node JOIN node AS top
            ON top.id = node.parent_id AND top.parent_id IS NULL AND top.name = 'trash'
            WHERE NOT EXISTS (SELECT 1 FROM trash WHERE trash.node_id = node.id)
            """
        ),
        (
            "object % is to be removed, and a content is in it",
            """
            SELECT object_key FROM unused_object WHERE EXISTS (SELECT 1 FROM content
                WHERE content.object_key = unused_object.object_key)
            """
        ),
        (
            "grant % of account % is on device %, which is not the account's",
            """
            SELECT client_grant.id, client_grant.account_id, client_grant.device_id FROM client_grant
            JOIN device ON device.id = client_grant.device_id
            WHERE device.account_id <> client_grant.account_id
            """
        ),
        (
            "grant % of client % is on a device, which only phones' are",
            """
            SELECT client_grant.id, client_grant.client_id FROM client_grant
            JOIN client ON client.id = client_grant.client_id
            WHERE client_grant.device_id IS NOT NULL AND client.is_phone = 0
            """
        ),
        (
            "device % of account % has no grant",
            """
            SELECT id, account_id FROM device WHERE NOT EXISTS (SELECT 1 FROM client_grant
                WHERE client_grant.device_id = device.id)
            """
        ),
        (
            "grant % has tokens for new ones, and no family",
            """
            SELECT id FROM client_grant WHERE family_digest IS NULL AND EXISTS (SELECT 1 FROM refresh_token
                WHERE refresh_token.grant_id = client_grant.id)
            """
        ),
        (
            "an app's token of % belongs to grant %, which is on no device",
            """
            SELECT access_token.domain, client_grant.id FROM access_token
            JOIN client_grant ON client_grant.id = access_token.grant_id
            WHERE access_token.domain IS NOT NULL AND client_grant.device_id IS NULL
            """
        ),
        (
            "a device's code of client % has brought grant %, which is another client's",
            """
            SELECT device_code.client_id, client_grant.id FROM device_code
            JOIN client_grant ON client_grant.id = device_code.grant_id
            WHERE client_grant.client_id <> device_code.client_id
            """
        ),
    ]

    let connection: any Connection

    /// Says where records contradict each other.
    public func faults() throws(Problem) -> [String] {
        var faults: [String] = []
        for rule in Self.rules {
            for row in try connection.rows("\(rule.query) LIMIT \(Self.findingsMax)") {
                faults.append(row.filled(into: rule.text))
            }
        }
        return faults
    }

    /// All contents, in order, a part at a time.
    /// - Parameter last: where the part before ended.
    public func contents(after last: StoredContent?, limit: Int) throws(Problem) -> [StoredContent] {
        var found: [StoredContent] = []
        for var row in try connection.rows(
            """
            SELECT content.account_id, content.digest, content.size_bytes, content.object_key, content.chunk_digests,
                small_content.bytes
            FROM content LEFT JOIN small_content USING (account_id, digest)
            WHERE (content.account_id, content.digest) > (\(last?.account.number ?? -1), \(last?.digest.bytes ?? []))
            ORDER BY content.account_id, content.digest LIMIT \(limit)
            """)
        {
            let account = AccountID(number: try row.next())
            let bytes: [UInt8] = try row.next()
            guard let digest = Digest(bytes) else { throw .fault("a digest of \(bytes.count) bytes") }
            found.append(
                StoredContent(
                    account: account, digest: digest, sizeBytes: try row.next(),
                    place: try ContentPlace(next: &row)))
        }
        return found
    }

    /// Changes a row into itself, to see that the disk takes it.
    public func touch() throws(Problem) {
        guard try connection.change("UPDATE migration SET number = number WHERE number = 1") == 1 else {
            throw .fault("the database has no schema")
        }
    }
}

extension Transaction {
    /// The records as a whole.
    public var audit: AuditTable { AuditTable(connection: connection) }
}

extension ContentPlace {
    /// From the columns `object_key`, `chunk_digests` and `bytes`; `nil` where all are empty.
    init?(next row: inout Row) throws(Problem) {
        let key: String? = try row.next()
        let chunkDigests: [UInt8]? = try row.next()
        let bytes: [UInt8]? = try row.next()
        if let key, let chunkDigests {
            self = .object(key: key, chunkDigests: chunkDigests)
        } else if let bytes {
            self = .inline(bytes)
        } else {
            return nil
        }
    }
}
