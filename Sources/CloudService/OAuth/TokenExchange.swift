internal import CloudDatabase
internal import CloudModel
internal import OAuth
internal import YunCore

extension AuthorizationServer {
    /// It is noted no more often that a phone was seen.
    private static let noteSeconds: Int64 = 60

    /// Gives an app on a phone a token of its own for the phone's (RFC 8693). The phone knows which app asks, for it started it;
    /// here it is known that a phone asks, and that it gives no more than is an app's.
    func exchange(_ parameters: RequestParameters, _ credentials: ClientCredentials) async throws(Problem)
        -> TokenAnswer
    {
        let wish = try ExchangeWish(parameters)
        let now = clock()
        return try await database.write { transaction throws(Problem) in
            guard try transaction.client(credentials).isPhone else {
                throw Problem(.unauthorizedClient, "only phones exchange tokens")
            }
            // Nothing tells an app's token from one that is none.
            guard let subject = wish.subject,
                let token = try transaction.tokens.find(digest: subject.digest, at: now),
                token.domain == nil, token.client == credentials.id, let device = token.device
            else { throw Problem(.malformed, "subject_token is no phone's, or is over") }
            let limit = Scopes(Scopes.app.all.intersection(token.scopes.all))
            let scopes = try wish.scopes.allowed(limit)
            try transaction.note(wish.domain, scopes, token, at: now)
            if token.deviceSeenAt.map({ $0.advanced(bySeconds: Self.noteSeconds) < now }) ?? true {
                try transaction.devices.see(device, at: now)
            }
            if !token.isSettled { try transaction.grants.settle(token.grant) }
            let access = TokenSecret(.accessToken)
            try transaction.tokens.insert(
                NewAccessToken(
                    digest: access.digest, grant: token.grant, domain: wish.domain, scopes: scopes,
                    expiresAt: now.advanced(bySeconds: Self.accessSeconds)), at: now)
            return TokenAnswer(
                accessToken: access, scopes: scopes,
                subject: PairwiseSubject.text(of: token.accountSubject, for: .app(domain: wish.domain)))
        }
    }

    /// What a phone says.
    private struct ExchangeWish: Sendable {
        let subject: TokenSecret?
        let domain: String
        let scopes: Scopes

        init(_ parameters: RequestParameters) throws(Problem) {
            let type = try parameters.required("subject_token_type")
            guard type == AuthorizationServer.accessTokenType,
                try parameters.value("requested_token_type") ?? type == type
            else { throw Problem(.malformed, "access tokens alone are exchanged, for access tokens") }
            for name in ["actor_token", "actor_token_type", "resource"] {
                guard try parameters.value(name) == nil else {
                    throw Problem(.malformed, "\(name) is not supported")
                }
            }
            subject = TokenSecret(.accessToken, try parameters.required("subject_token"))
            domain = try parameters.required("audience")
            guard Domain.isName(domain) else {
                throw Problem(.invalidTarget, "audience is an app's domain, such as notes.example.com")
            }
            scopes = try Scopes(parameters.value("scope") ?? "")
        }
    }
}

extension Transaction {
    /// It is noted no more often that an app got a token.
    private static let appSeconds: Int64 = 3600

    /// Notes that an app gets a token; fails where its owner has blocked it.
    fileprivate func note(_ domain: String, _ scopes: Scopes, _ token: AccessToken, at now: Instant)
        throws(Problem)
    {
        let app = try apps.find(domain, of: token.account)
        guard app?.isBlocked != true else {
            throw Problem(.accessDenied, "the owner has blocked \(domain)")
        }
        if let app, scopes.isWithin(app.scopes), now < app.lastSeenAt.advanced(bySeconds: Self.appSeconds) {
            return
        }
        try apps.note(domain, scopes: app?.scopes.adding(scopes) ?? scopes, of: token.account, at: now)
    }
}
