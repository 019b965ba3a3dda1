public import CloudModel
public import OAuth

/// What a bearer may do, and in whose name.
public struct AccessToken: Sendable {
    /// Of which grant.
    public let grant: GrantID
    /// In whose name.
    public let account: AccountID
    /// Whose name among others is computed from this.
    public let accountSubject: String
    /// The grant's client.
    public let client: String
    /// The grant's phone.
    public let device: DeviceID?
    /// When the phone was last noted as seen.
    public let deviceSeenAt: Instant?
    /// Whether a token of the grant has been used.
    public let isSettled: Bool
    /// Which app's it is; `nil` for the client's own.
    public let domain: String?
    /// What it lets do.
    public let scopes: Scopes
    /// Since when.
    public let createdAt: Instant
    /// From then on it is none.
    public let expiresAt: Instant
}

/// A token that goes out.
public struct NewAccessToken: Sendable {
    /// Of what its bearer shows.
    public let digest: [UInt8]
    /// Of which grant.
    public let grant: GrantID
    /// Which app's it is.
    public let domain: String?
    /// What it lets do.
    public let scopes: Scopes
    /// From then on it is none.
    public let expiresAt: Instant

    /// A token.
    public init(
        digest: [UInt8], grant: GrantID, domain: String? = nil, scopes: Scopes, expiresAt: Instant
    ) {
        self.digest = digest
        self.grant = grant
        self.domain = domain
        self.scopes = scopes
        self.expiresAt = expiresAt
    }
}

/// Digests of the tokens that hold.
public struct TokenTable {
    let connection: any Connection

    /// So many successors of a token may wait to be used. Each came of an answer that may have been lost.
    static let successorsMax = 8

    /// Adds a token for doing something.
    public func insert(_ token: NewAccessToken, at now: Instant) throws(Problem) {
        try connection.change(
            """
            INSERT INTO access_token (digest, grant_id, domain, scopes, created_at, expires_at)
            VALUES (\(token.digest), \(token.grant.number), \(token.domain), \(token.scopes), \(now),
                \(token.expiresAt))
            """)
    }

    /// The one that a bearer shows, while it holds.
    public func find(digest: [UInt8], at now: Instant) throws(Problem) -> AccessToken? {
        try connection.row(
            """
            SELECT access_token.grant_id, account.id, account.subject, client_grant.client_id, client_grant.device_id,
                device.last_seen_at, client_grant.is_settled, access_token.domain, access_token.scopes,
                access_token.created_at, access_token.expires_at
            FROM access_token JOIN client_grant ON client_grant.id = access_token.grant_id
            JOIN account ON account.id = client_grant.account_id
            LEFT JOIN device ON device.id = client_grant.device_id
            WHERE access_token.digest = \(digest) AND access_token.expires_at > \(now)
            """
        ).map { row throws(Problem) in try AccessToken(row) }
    }

    /// Ends one.
    public func remove(digest: [UInt8]) throws(Problem) {
        try connection.change("DELETE FROM access_token WHERE digest = \(digest)")
    }

    /// Forgets those that are over.
    public func removeExpired(at now: Instant) throws(Problem) {
        try connection.change("DELETE FROM access_token WHERE expires_at <= \(now)")
    }

    /// Adds a token for new tokens, beside those that were given and not used.
    public func insertRefreshToken(digest: [UInt8], of grant: GrantID) throws(Problem) {
        let number = try connection.insert(
            """
            INSERT INTO refresh_token (digest, grant_id, number)
            VALUES (\(digest), \(grant.number),
                (SELECT COALESCE(MAX(number), 0) + 1 FROM refresh_token WHERE grant_id = \(grant.number)))
            RETURNING number
            """)
        try connection.change(
            """
            DELETE FROM refresh_token WHERE grant_id = \(grant.number) AND is_used = 0
                AND number <= \(number - Int64(Self.successorsMax))
            """)
    }

    /// Whether this token for new tokens would give some.
    public func hasRefreshToken(digest: [UInt8], of grant: GrantID) throws(Problem) -> Bool {
        try connection.row(
            "SELECT 1 FROM refresh_token WHERE digest = \(digest) AND grant_id = \(grant.number)") != nil
    }

    /// Notes that a token for new tokens is used. With it the answer that brought it has arrived, so the one before it and its
    /// sisters are over.
    /// - Returns: false where there is none like it.
    public func useRefreshToken(digest: [UInt8], of grant: GrantID) throws(Problem) -> Bool {
        var row = try connection.row(
            """
            SELECT is_used FROM refresh_token WHERE digest = \(digest) AND grant_id = \(grant.number)
            """)
        guard let isUsed: Bool = try row?.next() else { return false }
        guard !isUsed else { return true }
        try connection.change(
            "DELETE FROM refresh_token WHERE grant_id = \(grant.number) AND digest <> \(digest)")
        try connection.change("UPDATE refresh_token SET is_used = 1 WHERE digest = \(digest)")
        return true
    }
}

extension Transaction {
    /// Digests of the tokens that hold.
    public var tokens: TokenTable { TokenTable(connection: connection) }
}

extension AccessToken {
    fileprivate init(_ row: Row) throws(Problem) {
        var row = row
        grant = GrantID(number: try row.next())
        account = AccountID(number: try row.next())
        accountSubject = try row.next()
        client = try row.next()
        device = try DeviceID(next: &row)
        deviceSeenAt = try row.next()
        isSettled = try row.next()
        domain = try row.next()
        scopes = try row.next()
        createdAt = try row.next()
        expiresAt = try row.next()
    }
}
