public import CloudModel

/// Something that became of a place in a drive.
public struct DriveChange: Sendable, Equatable {
    /// What became of it.
    public enum Kind: String, Sendable {
        /// A folder is new.
        case folder
        /// A file is new, or has other bytes.
        case file
        /// What was elsewhere is here now, with all that is in it.
        case moved
        /// What was here is in the trash, with all that is in it.
        case removed
        /// What clients noted beside it is other than before.
        case properties
    }

    /// Counts an account's changes, from 1 on, without a gap.
    public let number: Int64
    /// What happened.
    public let kind: Kind
    /// Where, from the drive's top, after a slash.
    public let path: String
    /// Where it was before, of what was moved.
    public let formerPath: String?
    /// When.
    public let changedAt: Instant
}

/// What became of drives, in the order in which it was committed.
public struct ChangeTable {
    let connection: any Connection

    /// Notes a change. The account's count is taken with its row, so who commits first has the lower number.
    public func insert(
        _ kind: DriveChange.Kind, _ path: String, from formerPath: String? = nil, of account: AccountID,
        at now: Instant
    ) throws(Problem) {
        let number = try connection.insert(
            """
            UPDATE account SET change_count = change_count + 1 WHERE id = \(account.number) RETURNING change_count
            """)
        try connection.change(
            """
            INSERT INTO drive_change (account_id, number, kind, path, former_path, changed_at)
            VALUES (\(account.number), \(number), \(kind.rawValue), \(path), \(formerPath), \(now))
            """)
    }

    /// The number of an account's latest change; 0 where there was none.
    public func count(of account: AccountID) throws(Problem) -> Int64 {
        guard var row = try connection.row("SELECT change_count FROM account WHERE id = \(account.number)")
        else {
            throw Problem(.unauthenticated, "the account is gone")
        }
        return try row.next()
    }

    /// Changes after the one of a number, in order.
    public func all(of account: AccountID, after number: Int64, limit: Int) throws(Problem) -> [DriveChange] {
        var found: [DriveChange] = []
        for var row in try connection.rows(
            """
            SELECT number, kind, path, former_path, changed_at FROM drive_change
            WHERE account_id = \(account.number) AND number > \(number) ORDER BY number LIMIT \(limit)
            """)
        {
            let number: Int64 = try row.next()
            guard let kind = DriveChange.Kind(rawValue: try row.next()) else {
                throw .fault("an unknown change")
            }
            found.append(
                DriveChange(
                    number: number, kind: kind, path: try row.next(), formerPath: try row.next(),
                    changedAt: try row.next()))
        }
        return found
    }

    /// Forgets what is older.
    public func remove(before instant: Instant) throws(Problem) {
        try connection.change("DELETE FROM drive_change WHERE changed_at < \(instant)")
    }
}

extension Transaction {
    /// What became of drives.
    public var changes: ChangeTable { ChangeTable(connection: connection) }
}
