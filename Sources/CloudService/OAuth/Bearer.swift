public import CloudDatabase
public import CloudModel
public import OAuth

/// A client that shows a token. It is looked for in the same transaction as what the client wants.
public struct BearerCaller: DriveCaller {
    private let digest: [UInt8]?

    /// What a client shows.
    public init(_ text: String) { digest = TokenSecret(.accessToken, text)?.digest }

    /// The client, where its token is for the whole drive. An app's never is.
    public func client(in transaction: Transaction, at now: Instant) throws(Problem) -> DriveClient {
        let token = try token(in: transaction, at: now)
        guard token.domain == nil, token.scopes.contains(.storage) else {
            throw Problem(.insufficientScope, "the token is not for the drive: its scope is \(token.scopes)")
        }
        return DriveClient(account: token.account, name: "grant:\(token.grant)")
    }

    /// What the token is for.
    public func token(in transaction: Transaction, at now: Instant) throws(Problem) -> AccessToken {
        guard let digest, let token = try transaction.tokens.find(digest: digest, at: now) else {
            throw Problem(.invalidToken, "the token is not valid, or no longer; get another one")
        }
        return token
    }
}

/// What is told of the owner to a client or an app.
public struct UserInfo: Sendable {
    /// As it knows them.
    public let subject: String
    /// Their name, where it may know that.
    public let name: String?
}

/// What a token is worth, for who may know.
public struct TokenReport: Sendable {
    /// What it lets do.
    public let scopes: Scopes
    /// Whose.
    public let client: String
    /// As the client or app knows them.
    public let subject: String
    /// For whom.
    public let audience: String
    /// Since when; `nil` for a token for new ones.
    public let createdAt: Instant?
    /// Until when.
    public let expiresAt: Instant
}

extension AuthorizationServer {
    /// What a bearer may know of the owner.
    public func userInfo(_ text: String) async throws(Problem) -> UserInfo {
        let caller = BearerCaller(text)
        let now = clock()
        return try await database.read { transaction throws(Problem) in
            let token = try caller.token(in: transaction, at: now)
            guard token.scopes.contains(.openid) else {
                throw Problem(.insufficientScope, "the token does not say who its owner is")
            }
            return UserInfo(
                subject: try transaction.subject(of: token),
                name: token.scopes.contains(.profile)
                    ? try transaction.accounts.names(of: token.account).first : nil)
        }
    }

    /// Ends a token that a client no longer needs (RFC 7009); one for new tokens, with all that came of its sign-in. What is not
    /// the client's is left as it is, and nobody is told.
    public func revoke(_ parameters: RequestParameters, authorization header: String?) async throws(Problem) {
        try parameters.requireOnce()
        let credentials = try ClientCredentials(authorization: header, parameters)
        let text = try parameters.required("token")
        let now = clock()
        try await database.write { transaction throws(Problem) in
            let client = try transaction.client(credentials)
            if let refresh = RefreshToken(text),
                let grant = try transaction.grants.find(familyDigest: refresh.familyDigest, at: now),
                grant.client == client.id
            {
                try transaction.grants.remove(grant)
            } else if let secret = TokenSecret(.accessToken, text),
                let token = try transaction.tokens.find(digest: secret.digest, at: now),
                token.client == client.id
            {
                try transaction.tokens.remove(digest: secret.digest)
            }
        }
    }

    /// What a token is worth (RFC 7662), told to the client that has it and to the server of the app that has it; `nil` for all
    /// that they may not know.
    public func introspect(_ parameters: RequestParameters, authorization header: String?)
        async throws(Problem)
        -> TokenReport?
    {
        try parameters.requireOnce()
        let credentials = try ClientCredentials(authorization: header, parameters)
        let text = try parameters.required("token")
        let now = clock()
        return try await database.read { transaction throws(Problem) in
            let client = try transaction.client(credentials)
            guard client.secretDigest != nil else {
                throw Problem(.invalidClient, "only clients with a secret look at tokens")
            }
            if let secret = TokenSecret(.accessToken, text) {
                guard let token = try transaction.tokens.find(digest: secret.digest, at: now),
                    token.domain == nil ? token.client == client.id : token.domain == client.domain
                else { return nil }
                return TokenReport(
                    scopes: token.scopes, client: token.client, subject: try transaction.subject(of: token),
                    audience: token.domain ?? token.client, createdAt: token.createdAt,
                    expiresAt: token.expiresAt)
            }
            guard let refresh = RefreshToken(text),
                let grant = try transaction.grants.find(familyDigest: refresh.familyDigest, at: now),
                grant.client == client.id,
                try transaction.tokens.hasRefreshToken(digest: refresh.digest, of: grant.id)
            else { return nil }
            return TokenReport(
                scopes: grant.scopes, client: grant.client,
                subject: PairwiseSubject.text(
                    of: try transaction.accounts.subject(of: grant.account), for: client.sector),
                audience: grant.client, createdAt: nil, expiresAt: grant.expiresAt)
        }
    }
}

extension Transaction {
    /// As the app or client of a token knows its owner.
    fileprivate func subject(of token: AccessToken) throws(Problem) -> String {
        if let domain = token.domain {
            return PairwiseSubject.text(of: token.accountSubject, for: .app(domain: domain))
        }
        guard let client = try clients.find(token.client) else {
            throw .fault("a token is of client \(token.client), which is not there")
        }
        return PairwiseSubject.text(of: token.accountSubject, for: client.sector)
    }
}
