public import CloudModel
public import OAuth

/// A phone as other records name it.
public struct DeviceID: Sendable, Hashable, CustomStringConvertible {
    let number: Int64

    /// Reads what ``description`` wrote.
    public init?(_ text: some StringProtocol) {
        guard let number = Int64(text) else { return nil }
        self.number = number
    }

    init(number: Int64) { self.number = number }

    /// From the next column; `nil` where it is empty.
    init?(next row: inout Row) throws(Problem) {
        guard let number: Int64 = try row.next() as Int64? else { return nil }
        self.number = number
    }

    /// For links to it.
    public var description: String { "\(number)" }
}

/// A phone that is signed in.
public struct Device: Sendable {
    /// Names it in other records.
    public let id: DeviceID
    /// What it said of itself.
    public let description: DeviceDescription
    /// Since when it is signed in.
    public let createdAt: Instant
    /// When it was last heard of.
    public let lastSeenAt: Instant
}

/// Phones that are signed in.
public struct DeviceTable {
    let connection: any Connection

    /// Adds one.
    public func insert(_ description: DeviceDescription, of account: AccountID, at now: Instant)
        throws(Problem) -> DeviceID
    {
        DeviceID(
            number: try connection.insert(
                """
                INSERT INTO device (account_id, name, model, created_at, last_seen_at)
                VALUES (\(account.number), \(description.name), \(description.model), \(now), \(now)) RETURNING id
                """))
    }

    /// All of an account, the one that was seen last first.
    public func all(of account: AccountID) throws(Problem) -> [Device] {
        var found: [Device] = []
        for var row in try connection.rows(
            """
            SELECT id, name, model, created_at, last_seen_at FROM device
            WHERE account_id = \(account.number) ORDER BY last_seen_at DESC, id DESC
            """)
        {
            found.append(
                Device(
                    id: DeviceID(number: try row.next()),
                    description: try DeviceDescription(name: try row.next(), model: try row.next()),
                    createdAt: try row.next(), lastSeenAt: try row.next()))
        }
        return found
    }

    /// Notes that one was heard of.
    public func see(_ id: DeviceID, at now: Instant) throws(Problem) {
        try connection.change("UPDATE device SET last_seen_at = \(now) WHERE id = \(id.number)")
    }

    /// Signs one out: all its tokens go with it.
    /// - Returns: its name; `nil` where the account has none like it.
    public func remove(_ id: DeviceID, of account: AccountID) throws(Problem) -> String? {
        var row = try connection.row(
            "DELETE FROM device WHERE id = \(id.number) AND account_id = \(account.number) RETURNING name")
        return try row?.next()
    }

    /// Signs all of an account out.
    public func removeAll(of account: AccountID) throws(Problem) {
        try connection.change("DELETE FROM device WHERE account_id = \(account.number)")
    }
}

/// An app that a phone has got tokens for.
public struct AccountApp: Sendable {
    /// Which app.
    public let domain: String
    /// All that it ever got.
    public let scopes: Scopes
    /// Whether it gets no more, by its owner's word.
    public let isBlocked: Bool
    /// When it first got one.
    public let createdAt: Instant
    /// About when it last got one.
    public let lastSeenAt: Instant
}

/// Apps that owners' phones have got tokens for.
public struct AccountAppTable {
    let connection: any Connection

    /// One of an account.
    public func find(_ domain: String, of account: AccountID) throws(Problem) -> AccountApp? {
        try connection.row(
            """
            SELECT \(AccountApp.columns) FROM account_app
            WHERE account_id = \(account.number) AND domain = \(domain)
            """
        ).map { row throws(Problem) in try AccountApp(row) }
    }

    /// All of an account, by name.
    public func all(of account: AccountID) throws(Problem) -> [AccountApp] {
        var found: [AccountApp] = []
        for row in try connection.rows(
            """
            SELECT \(AccountApp.columns) FROM account_app WHERE account_id = \(account.number) ORDER BY domain
            """)
        {
            found.append(try AccountApp(row))
        }
        return found
    }

    /// Notes that one got a token.
    public func note(_ domain: String, scopes: Scopes, of account: AccountID, at now: Instant)
        throws(Problem)
    {
        try connection.change(
            """
            INSERT INTO account_app (account_id, domain, scopes, created_at, last_seen_at)
            VALUES (\(account.number), \(domain), \(scopes), \(now), \(now))
            ON CONFLICT (account_id, domain) DO UPDATE SET scopes = excluded.scopes,
                last_seen_at = excluded.last_seen_at
            """)
    }

    /// Says whether one gets tokens, and ends those that it has where it does not. False where the account has none like it.
    public func setBlocked(_ isBlocked: Bool, _ domain: String, of account: AccountID) throws(Problem) -> Bool
    {
        let changed = try connection.change(
            """
            UPDATE account_app SET is_blocked = \(isBlocked)
            WHERE account_id = \(account.number) AND domain = \(domain)
            """)
        if isBlocked {
            try connection.change(
                """
                DELETE FROM access_token WHERE domain = \(domain)
                    AND grant_id IN (SELECT id FROM client_grant WHERE account_id = \(account.number))
                """)
        }
        return changed == 1
    }
}

extension Transaction {
    /// Phones that are signed in.
    public var devices: DeviceTable { DeviceTable(connection: connection) }

    /// Apps that owners' phones have got tokens for.
    public var apps: AccountAppTable { AccountAppTable(connection: connection) }
}

extension AccountApp {
    fileprivate static let columns: SQL = "domain, scopes, is_blocked, created_at, last_seen_at"

    fileprivate init(_ row: Row) throws(Problem) {
        var row = row
        domain = try row.next()
        scopes = try row.next()
        isBlocked = try row.next()
        createdAt = try row.next()
        lastSeenAt = try row.next()
    }
}
