public import CloudModel
public import OAuth

/// A grant as other records name it.
public struct GrantID: Sendable, Hashable, CustomStringConvertible {
    let number: Int64

    /// Reads what ``description`` wrote.
    public init?(_ text: some StringProtocol) {
        guard let number = Int64(text) else { return nil }
        self.number = number
    }

    init(number: Int64) { self.number = number }

    /// For links to it.
    public var description: String { "\(number)" }
}

/// What an owner has allowed a client, until it ends. All tokens of one sign-in are a grant's, and go with it.
public struct Grant: Sendable {
    /// Names it in other records.
    public let id: GrantID
    /// Whose.
    public let account: AccountID
    /// To which client.
    public let client: String
    /// On which phone, where the client is one.
    public let device: DeviceID?
    /// What the client may do.
    public let scopes: Scopes
    /// Whether a token that it gave has been used, so that the answer with it has arrived.
    public let isSettled: Bool
    /// When the owner showed who they are.
    public let authenticatedAt: Instant
    /// Since when.
    public let createdAt: Instant
    /// From then on it is none.
    public let expiresAt: Instant
}

/// A grant that an owner is about to give.
public struct NewGrant: Sendable {
    /// Whose.
    public let account: AccountID
    /// To which client.
    public let client: String
    /// On which phone.
    public let device: DeviceID?
    /// What the client may do.
    public let scopes: Scopes
    /// When the owner showed who they are.
    public let authenticatedAt: Instant
    /// Until when what it is redeemed by must have come.
    public let expiresAt: Instant

    /// A grant.
    public init(
        account: AccountID, client: String, device: DeviceID?, scopes: Scopes, authenticatedAt: Instant,
        expiresAt: Instant
    ) {
        self.account = account
        self.client = client
        self.device = device
        self.scopes = scopes
        self.authenticatedAt = authenticatedAt
        self.expiresAt = expiresAt
    }
}

/// What owners have allowed clients.
public struct GrantTable {
    let connection: any Connection

    /// Adds one.
    public func insert(_ grant: NewGrant, at now: Instant) throws(Problem) -> GrantID {
        GrantID(
            number: try connection.insert(
                """
                INSERT INTO client_grant (account_id, client_id, device_id, scopes, authenticated_at, created_at,
                    expires_at)
                VALUES (\(grant.account.number), \(grant.client), \(grant.device?.number), \(grant.scopes),
                    \(grant.authenticatedAt), \(now), \(grant.expiresAt)) RETURNING id
                """))
    }

    /// The one with an id, while it is one.
    public func find(_ id: GrantID, at now: Instant) throws(Problem) -> Grant? {
        try connection.row(
            "SELECT \(Grant.columns) FROM client_grant WHERE id = \(id.number) AND expires_at > \(now)"
        ).map { row throws(Problem) in try Grant(row) }
    }

    /// The one whose tokens for new tokens have this family.
    public func find(familyDigest: [UInt8], at now: Instant) throws(Problem) -> Grant? {
        try connection.row(
            """
            SELECT \(Grant.columns) FROM client_grant
            WHERE family_digest = \(familyDigest) AND expires_at > \(now)
            """
        ).map { row throws(Problem) in try Grant(row) }
    }

    /// All of an account, the latest first.
    public func all(of account: AccountID, at now: Instant) throws(Problem) -> [Grant] {
        var found: [Grant] = []
        for row in try connection.rows(
            """
            SELECT \(Grant.columns) FROM client_grant
            WHERE account_id = \(account.number) AND expires_at > \(now) ORDER BY id DESC
            """)
        {
            found.append(try Grant(row))
        }
        return found
    }

    /// Notes that its tokens go out, and until when it holds if none of them comes back.
    /// - Parameter familyDigest: of its tokens for new tokens, where it has any.
    public func prolong(_ id: GrantID, familyDigest: [UInt8]?, until end: Instant) throws(Problem) {
        try connection.change(
            """
            UPDATE client_grant SET expires_at = \(end), family_digest = \(familyDigest) WHERE id = \(id.number)
            """)
    }

    /// Notes that an answer with its tokens has arrived.
    public func settle(_ id: GrantID) throws(Problem) {
        try connection.change(
            "UPDATE client_grant SET is_settled = 1 WHERE id = \(id.number) AND is_settled = 0")
    }

    /// Ends one with all its tokens; on a phone that has no other, the phone is signed out.
    public func remove(_ grant: Grant) throws(Problem) {
        try connection.change("DELETE FROM client_grant WHERE id = \(grant.id.number)")
        guard let device = grant.device else { return }
        try connection.change(
            """
            DELETE FROM device WHERE id = \(device.number)
                AND NOT EXISTS (SELECT 1 FROM client_grant WHERE device_id = device.id)
            """)
    }

    /// Ends all that an account has allowed a client.
    /// - Returns: how many.
    public func remove(client: String, of account: AccountID) throws(Problem) -> Int {
        try connection.change(
            "DELETE FROM client_grant WHERE account_id = \(account.number) AND client_id = \(client)")
    }

    /// Ends all that an account has allowed anybody, and signs all its phones out.
    public func removeAll(of account: AccountID) throws(Problem) {
        try connection.change("DELETE FROM client_grant WHERE account_id = \(account.number)")
        try connection.change("DELETE FROM device WHERE account_id = \(account.number)")
    }

    /// Those that are over.
    public func expired(at now: Instant, limit: Int) throws(Problem) -> [Grant] {
        var found: [Grant] = []
        for row in try connection.rows(
            "SELECT \(Grant.columns) FROM client_grant WHERE expires_at <= \(now) LIMIT \(limit)")
        {
            found.append(try Grant(row))
        }
        return found
    }
}

extension AccountTable {
    /// What pairwise subjects of an account are computed from; nobody is told.
    public func subject(of id: AccountID) throws(Problem) -> String {
        guard var row = try connection.row("SELECT subject FROM account WHERE id = \(id.number)") else {
            throw Problem(.notFound, "the account is gone")
        }
        return try row.next()
    }
}

extension Transaction {
    /// What owners have allowed clients.
    public var grants: GrantTable { GrantTable(connection: connection) }
}

extension Grant {
    fileprivate static let columns: SQL =
        "id, account_id, client_id, device_id, scopes, is_settled, authenticated_at, created_at, expires_at"

    fileprivate init(_ row: Row) throws(Problem) {
        var row = row
        id = GrantID(number: try row.next())
        account = AccountID(number: try row.next())
        client = try row.next()
        device = try DeviceID(next: &row)
        scopes = try row.next()
        isSettled = try row.next()
        authenticatedAt = try row.next()
        createdAt = try row.next()
        expiresAt = try row.next()
    }
}
