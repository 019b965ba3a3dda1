public import CloudModel
public import OAuth

/// What a client redeems after the owner has consented in a browser.
public struct AuthorizationCode: Sendable {
    /// Of what the client shows.
    public let digest: [UInt8]
    /// What it brings.
    public let grant: GrantID
    /// Where it was sent to.
    public let redirectURI: String
    /// Who redeems it has to answer this.
    public let challenge: CodeChallenge
    /// Comes back in the id token.
    public let nonce: String?
    /// Whether it was redeemed.
    public let isUsed: Bool
    /// From then on it cannot be redeemed.
    public let expiresAt: Instant

    /// One that was not redeemed.
    public init(
        digest: [UInt8], grant: GrantID, redirectURI: String, challenge: CodeChallenge, nonce: String?,
        expiresAt: Instant
    ) {
        self.digest = digest
        self.grant = grant
        self.redirectURI = redirectURI
        self.challenge = challenge
        self.nonce = nonce
        self.isUsed = false
        self.expiresAt = expiresAt
    }
}

/// What a phone asks with whether its owner has let it in.
public struct DeviceCode: Sendable {
    /// Of what the phone shows.
    public let digest: [UInt8]
    /// What the owner types.
    public let userCode: UserCode
    /// Which client.
    public let client: String
    /// What it wants.
    public let scopes: Scopes
    /// What a phone says of itself; `nil` for another client.
    public let device: DeviceDescription?
    /// What it brings, once the owner has agreed.
    public let grant: GrantID?
    /// Whether the owner has not.
    public let isRefused: Bool
    /// How long it has to wait between two questions.
    public let intervalSeconds: Int64
    /// When it last asked.
    public let polledAt: Instant?
    /// From then on it is over.
    public let expiresAt: Instant

    /// One about which nobody has decided.
    public init(
        digest: [UInt8], userCode: UserCode, client: String, scopes: Scopes, device: DeviceDescription?,
        intervalSeconds: Int64, expiresAt: Instant
    ) {
        self.digest = digest
        self.userCode = userCode
        self.client = client
        self.scopes = scopes
        self.device = device
        self.grant = nil
        self.isRefused = false
        self.intervalSeconds = intervalSeconds
        self.polledAt = nil
        self.expiresAt = expiresAt
    }
}

/// What is redeemed for tokens.
public struct CodeTable {
    let connection: any Connection

    /// Adds a code for a client that waits in a browser.
    public func insert(_ code: AuthorizationCode) throws(Problem) {
        try connection.change(
            """
            INSERT INTO authorization_code (digest, grant_id, redirect_uri, challenge, nonce, expires_at)
            VALUES (\(code.digest), \(code.grant.number), \(code.redirectURI), \(code.challenge.text), \(code.nonce),
                \(code.expiresAt))
            """)
    }

    /// The code that a client shows, also one that is over: its grant may still be there.
    public func find(authorizationCode digest: [UInt8]) throws(Problem) -> AuthorizationCode? {
        try connection.row(
            """
            SELECT digest, grant_id, redirect_uri, challenge, nonce, is_used, expires_at FROM authorization_code
            WHERE digest = \(digest)
            """
        ).map { row throws(Problem) in try AuthorizationCode(row) }
    }

    /// Notes that one was redeemed.
    public func use(authorizationCode digest: [UInt8]) throws(Problem) {
        try connection.change("UPDATE authorization_code SET is_used = 1 WHERE digest = \(digest)")
    }

    /// Adds a code for a phone, unless another has the same letters.
    public func insert(_ code: DeviceCode) throws(Problem) -> Bool {
        try connection.change(
            """
            INSERT INTO device_code (digest, user_code, client_id, scopes, device_name, device_model,
                interval_seconds, expires_at)
            VALUES (\(code.digest), \(code.userCode.letters), \(code.client), \(code.scopes), \(code.device?.name),
                \(code.device?.model), \(code.intervalSeconds), \(code.expiresAt))
            ON CONFLICT (user_code) DO NOTHING
            """) == 1
    }

    /// The code that a phone shows, also one that is over.
    public func find(deviceCode digest: [UInt8]) throws(Problem) -> DeviceCode? {
        try connection.row("SELECT \(DeviceCode.columns) FROM device_code WHERE digest = \(digest)")
            .map { row throws(Problem) in try DeviceCode(row) }
    }

    /// The one that an owner typed, while nobody has decided about it.
    public func find(_ code: UserCode, at now: Instant) throws(Problem) -> DeviceCode? {
        try connection.row(
            """
            SELECT \(DeviceCode.columns) FROM device_code
            WHERE user_code = \(code.letters) AND expires_at > \(now) AND grant_id IS NULL AND is_refused = 0
            """
        ).map { row throws(Problem) in try DeviceCode(row) }
    }

    /// Notes that a phone has asked.
    public func poll(_ digest: [UInt8], intervalSeconds: Int64, at now: Instant) throws(Problem) {
        try connection.change(
            """
            UPDATE device_code SET polled_at = \(now), interval_seconds = \(intervalSeconds)
            WHERE digest = \(digest)
            """)
    }

    /// Notes what the owner has decided; `nil` where they have not agreed.
    public func decide(_ digest: [UInt8], grant: GrantID?) throws(Problem) {
        try connection.change(
            """
            UPDATE device_code SET grant_id = \(grant?.number), is_refused = \(grant == nil)
            WHERE digest = \(digest)
            """)
    }

    /// Forgets phones' codes that are over.
    public func removeExpired(at now: Instant) throws(Problem) {
        try connection.change("DELETE FROM device_code WHERE expires_at <= \(now)")
    }
}

extension Transaction {
    /// What is redeemed for tokens.
    public var codes: CodeTable { CodeTable(connection: connection) }
}

extension AuthorizationCode {
    fileprivate init(_ row: Row) throws(Problem) {
        var row = row
        digest = try row.next()
        grant = GrantID(number: try row.next())
        redirectURI = try row.next()
        challenge = CodeChallenge(kept: try row.next())
        nonce = try row.next()
        isUsed = try row.next()
        expiresAt = try row.next()
    }
}

extension DeviceCode {
    fileprivate static let columns: SQL =
        """
        digest, user_code, client_id, scopes, device_name, device_model, grant_id, is_refused, interval_seconds,
        polled_at, expires_at
        """

    fileprivate init(_ row: Row) throws(Problem) {
        var row = row
        digest = try row.next()
        let letters: String = try row.next()
        guard let code = UserCode(typed: letters) else { throw .fault("\(letters) is no user code") }
        userCode = code
        client = try row.next()
        scopes = try row.next()
        let name: String? = try row.next()
        let model: String? = try row.next()
        if let name, let model {
            device = try DeviceDescription(name: name, model: model)
        } else {
            device = nil
        }
        grant = (try row.next() as Int64?).map(GrantID.init(number:))
        isRefused = try row.next()
        intervalSeconds = try row.next()
        polledAt = try row.next()
        expiresAt = try row.next()
    }
}
