public import CloudModel

/// Something that was removed and can come back.
public struct TrashedItem: Sendable {
    /// What it is now, in the trash.
    public let node: NodeID
    /// Where it was, percent-encoded.
    public let path: String
    /// Since when it is there.
    public let deletedAt: Instant
}

/// What was removed.
public struct TrashTable {
    let connection: any Connection

    /// Notes where something was that is moved to the trash.
    public func insert(_ id: NodeID, of account: AccountID, path: String, at now: Instant) throws(Problem) {
        try connection.change(
            """
            INSERT INTO trash (node_id, account_id, path, deleted_at)
            VALUES (\(id.number), \(account.number), \(path), \(now))
            """)
    }

    /// All of an account, the latest first.
    public func all(of account: AccountID) throws(Problem) -> [TrashedItem] {
        var found: [TrashedItem] = []
        for var row in try connection.rows(
            """
            SELECT node_id, path, deleted_at FROM trash WHERE account_id = \(account.number)
            ORDER BY deleted_at DESC, node_id DESC
            """)
        {
            found.append(
                TrashedItem(
                    node: NodeID(number: try row.next()), path: try row.next(), deletedAt: try row.next()))
        }
        return found
    }

    /// Notes that something is no longer in the trash.
    public func remove(_ id: NodeID) throws(Problem) {
        try connection.change("DELETE FROM trash WHERE node_id = \(id.number)")
    }
}

extension Transaction {
    /// What was removed.
    public var trash: TrashTable { TrashTable(connection: connection) }
}
