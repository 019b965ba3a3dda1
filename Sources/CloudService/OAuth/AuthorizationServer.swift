public import CloudDatabase
public import CloudModel
public import OAuth

/// Gives tokens for what owners have allowed (OAuth 2.1 and OpenID Connect; `spec/oauth.md`). Nothing of it is kept in the process.
public struct AuthorizationServer: Sendable {
    /// How long a token lets its bearer do something. Sooner ended tokens end at once; this is for stolen ones that nobody misses.
    public static let accessSeconds: Int64 = 600
    /// How long a grant holds of which nobody makes use.
    public static let idleSeconds: Int64 = 180 * 86_400
    /// How long a browser may take to bring a code to its client.
    static let codeSeconds: Int64 = 60
    /// How long an owner may take to let a phone in.
    static let deviceSeconds: Int64 = 900
    /// How long a phone waits between two questions.
    static let intervalSeconds: Int64 = 5
    /// How long an id token may be shown to a client.
    static let idSeconds: Int64 = 600

    let database: any Database
    let clock: @Sendable () -> Instant
    let address: @Sendable () -> String

    /// - RequestParameters:
    ///   - clock: tells the time; tests turn it.
    ///   - issuer: under which address clients know this server. It never comes from a request: what a request says of its host
    ///     would decide whom clients trust.
    public init(
        database: any Database, clock: @escaping @Sendable () -> Instant,
        issuer: @escaping @Sendable () -> String
    ) {
        self.database = database
        self.clock = clock
        address = issuer
    }

    /// Under which address clients know this server.
    public var issuer: String { address() }

    /// Answers a request for tokens.
    /// - Parameter header: the request's Authorization header.
    public func token(_ parameters: RequestParameters, authorization header: String?) async throws(Problem)
        -> TokenAnswer
    {
        try parameters.requireOnce()
        let credentials = try ClientCredentials(authorization: header, parameters)
        switch try parameters.required("grant_type") {
        case "authorization_code": return try await redeemCode(parameters, credentials)
        case "refresh_token": return try await refresh(parameters, credentials)
        case Self.deviceGrantType: return try await redeemDeviceCode(parameters, credentials)
        case Self.exchangeGrantType: return try await exchange(parameters, credentials)
        default: throw Problem(.unsupportedGrantType, "tokens are not given for this grant_type")
        }
    }

    /// What clients call a code that an owner types elsewhere (RFC 8628).
    public static let deviceGrantType = "urn:ietf:params:oauth:grant-type:device_code"
    /// What clients call a token for a token (RFC 8693).
    public static let exchangeGrantType = "urn:ietf:params:oauth:grant-type:token-exchange"
    /// What clients call the only kind of token that is exchanged.
    public static let accessTokenType = "urn:ietf:params:oauth:token-type:access_token"
}

/// What a client gets.
public struct TokenAnswer: Sendable {
    /// For doing something.
    public let accessToken: String
    /// For new tokens.
    public let refreshToken: String?
    /// Who signed in.
    public let idToken: String?
    /// What it may do.
    public let scopes: Scopes
    /// Whom an app's token stands for, as that app knows them.
    public let subject: String?

    init(
        accessToken: TokenSecret, refreshToken: RefreshToken? = nil, idToken: String? = nil, scopes: Scopes,
        subject: String? = nil
    ) {
        self.accessToken = accessToken.text
        self.refreshToken = refreshToken?.text
        self.idToken = idToken
        self.scopes = scopes
        self.subject = subject
    }
}

/// What a transaction has given, before it is written down for the client.
struct GivenTokens: Sendable {
    let access: TokenSecret
    let refresh: RefreshToken?
    let client: Client
    let grant: Grant
    let owner: Owner
    let nonce: String?

    struct Owner: Sendable {
        let subject: String
        let name: String?
    }
}

extension AuthorizationServer {
    /// The answer with what was given.
    func answer(_ given: GivenTokens) async throws(Problem) -> TokenAnswer {
        let grant = given.grant
        guard grant.scopes.contains(.openid) else {
            return TokenAnswer(
                accessToken: given.access, refreshToken: given.refresh, scopes: grant.scopes)
        }
        let claims = IDClaims(
            issuer: issuer,
            subject: PairwiseSubject.text(of: given.owner.subject, for: given.client.sector),
            audience: grant.client, issuedAt: clock(), lifetimeSeconds: Self.idSeconds,
            authenticatedAt: grant.authenticatedAt, nonce: given.nonce,
            name: grant.scopes.contains(.profile) ? given.owner.name : nil)
        return TokenAnswer(
            accessToken: given.access, refreshToken: given.refresh,
            idToken: try IDToken.signed(claims, with: try await signingKey()), scopes: grant.scopes)
    }
}

extension Client {
    /// Under which name it knows owners. An app's own server knows them as the app does.
    var sector: PairwiseSubject.Sector { domain.map { .app(domain: $0) } ?? .client(id) }
}

extension Transaction {
    /// The client that shows these credentials. Nothing tells one that is not known from one with a wrong secret.
    func client(_ credentials: ClientCredentials) throws(Problem) -> Client {
        let shown = credentials.secret.map { TokenSecret(.clientSecret, $0)?.digest ?? [] }
        guard let client = try clients.find(credentials.id), client.secretDigest == shown else {
            throw Problem(.invalidClient, "the client or its secret is not known here")
        }
        return client
    }

    /// Gives the tokens of a grant, the first or the next.
    /// - Parameter refresh: for new ones, where the grant lasts.
    func give(_ grant: Grant, to client: Client, refresh: RefreshToken?, nonce: String?, at now: Instant)
        throws(Problem) -> GivenTokens
    {
        let access = TokenSecret(.accessToken)
        try tokens.insert(
            NewAccessToken(
                digest: access.digest, grant: grant.id, scopes: grant.scopes,
                expiresAt: now.advanced(bySeconds: AuthorizationServer.accessSeconds)), at: now)
        if let refresh { try tokens.insertRefreshToken(digest: refresh.digest, of: grant.id) }
        let lifetime =
            refresh == nil ? AuthorizationServer.accessSeconds : AuthorizationServer.idleSeconds
        try grants.prolong(
            grant.id, familyDigest: refresh?.familyDigest, until: now.advanced(bySeconds: lifetime))
        return GivenTokens(
            access: access, refresh: refresh, client: client, grant: grant,
            owner: try owner(of: grant.account), nonce: nonce)
    }

    func owner(of account: AccountID) throws(Problem) -> GivenTokens.Owner {
        GivenTokens.Owner(
            subject: try accounts.subject(of: account), name: try accounts.names(of: account).first)
    }
}
