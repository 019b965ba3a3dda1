public import CloudModel

/// Something that was removed and can come back.
public struct TrashedItem: Sendable {
    /// Whose it was.
    public let account: AccountID
    /// What it is now, in the trash.
    public let node: NodeID
    /// Where it was, from the drive's top, after a slash.
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
        try items(
            """
            SELECT account_id, node_id, path, deleted_at FROM trash WHERE account_id = \(account.number)
            ORDER BY deleted_at DESC, node_id DESC
            """)
    }

    /// Something of an account's; another's is not there.
    public func find(_ id: NodeID, of account: AccountID) throws(Problem) -> TrashedItem? {
        try items(
            """
            SELECT account_id, node_id, path, deleted_at FROM trash
            WHERE account_id = \(account.number) AND node_id = \(id.number)
            """
        ).first
    }

    /// What has been there since before an instant, of all accounts.
    public func items(before instant: Instant, limit: Int) throws(Problem) -> [TrashedItem] {
        try items(
            """
            SELECT account_id, node_id, path, deleted_at FROM trash WHERE deleted_at < \(instant)
            ORDER BY deleted_at LIMIT \(limit)
            """)
    }

    private func items(_ query: SQL) throws(Problem) -> [TrashedItem] {
        var found: [TrashedItem] = []
        for var row in try connection.rows(query) {
            found.append(
                TrashedItem(
                    account: AccountID(number: try row.next()), node: NodeID(number: try row.next()),
                    path: try row.next(), deletedAt: try row.next()))
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
