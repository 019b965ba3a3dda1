internal import CloudDatabase
internal import CloudModel
internal import OAuth

extension AuthorizationServer {
    private static let unknown = Problem(.invalidGrant, "what the client shows is not known, or is over")

    /// Gives tokens for the code that a browser has brought.
    func redeemCode(_ parameters: RequestParameters, _ credentials: ClientCredentials) async throws(Problem)
        -> TokenAnswer
    {
        guard let secret = TokenSecret(.authorizationCode, try parameters.required("code")) else {
            throw Self.unknown
        }
        let verifier = try parameters.required("code_verifier")
        let redirectURI = try parameters.value("redirect_uri")
        let now = clock()
        let given = try await database.write { transaction throws(Problem) -> Result<GivenTokens, Problem> in
            let client = try transaction.client(credentials)
            guard let code = try transaction.codes.find(authorizationCode: secret.digest),
                let grant = try transaction.grants.find(code.grant, at: now), grant.client == client.id
            else { throw Self.unknown }
            guard !code.isUsed else {
                // One of the two was not meant to have it, and nobody knows which.
                try transaction.end(reused: grant, at: now)
                return .failure(Problem(.invalidGrant, "the code was used before; what it gave has ended"))
            }
            // Neither of these ends the code: whoever has stolen it must not be able to keep its client out.
            guard code.expiresAt > now, redirectURI == nil || redirectURI == code.redirectURI,
                code.challenge.isAnswered(by: verifier)
            else { throw Self.unknown }
            try transaction.codes.use(authorizationCode: code.digest)
            let refresh = grant.scopes.contains(.offlineAccess) ? RefreshToken(for: secret) : nil
            return .success(
                try transaction.give(grant, to: client, refresh: refresh, nonce: code.nonce, at: now))
        }.get()
        return try await answer(given)
    }

    /// Gives tokens for the code that a phone's owner has typed. The answer may be lost: until one of its tokens was used, the
    /// phone may ask again.
    func redeemDeviceCode(_ parameters: RequestParameters, _ credentials: ClientCredentials)
        async throws(Problem)
        -> TokenAnswer
    {
        guard let secret = TokenSecret(.deviceCode, try parameters.required("device_code")) else {
            throw Self.unknown
        }
        let now = clock()
        let given = try await database.write { transaction throws(Problem) -> Result<GivenTokens, Problem> in
            let client = try transaction.client(credentials)
            guard let code = try transaction.codes.find(deviceCode: secret.digest), code.client == client.id
            else { throw Self.unknown }
            guard code.expiresAt > now else {
                throw Problem(.expiredToken, "nobody has let the device in, in time; begin again")
            }
            guard !code.isRefused else { throw Problem(.accessDenied, "the owner has not let the device in") }
            guard let id = code.grant else { return .failure(try transaction.poll(code, at: now)) }
            guard let grant = try transaction.grants.find(id, at: now) else { throw Self.unknown }
            guard !grant.isSettled else {
                try transaction.end(reused: grant, at: now)
                return .failure(
                    Problem(.invalidGrant, "the code was used before; the device is signed out"))
            }
            let refresh = grant.scopes.contains(.offlineAccess) ? RefreshToken(for: secret) : nil
            return .success(try transaction.give(grant, to: client, refresh: refresh, nonce: nil, at: now))
        }.get()
        return try await answer(given)
    }

    /// Gives new tokens for one that was given before. The answer may be lost: a token holds until the one that came of it was
    /// used. One that is over is in two hands, and nobody knows which of them is the owner's: both lose everything.
    func refresh(_ parameters: RequestParameters, _ credentials: ClientCredentials) async throws(Problem)
        -> TokenAnswer
    {
        guard let token = RefreshToken(try parameters.required("refresh_token")) else { throw Self.unknown }
        let wanted = try parameters.value("scope").map { text throws(Problem) in try Scopes(text) }
        let now = clock()
        let answer = try await database.write { transaction throws(Problem) -> Result<TokenAnswer, Problem> in
            let client = try transaction.client(credentials)
            guard let grant = try transaction.grants.find(familyDigest: token.familyDigest, at: now),
                grant.client == client.id
            else { throw Self.unknown }
            guard try transaction.tokens.useRefreshToken(digest: token.digest, of: grant.id) else {
                try transaction.end(reused: grant, at: now)
                return .failure(
                    Problem(
                        .invalidGrant, "the token was used before; all that came of its sign-in has ended"))
            }
            let scopes = try wanted?.allowed(grant.scopes) ?? grant.scopes
            let next = token.successor
            let access = TokenSecret(.accessToken)
            try transaction.tokens.insertRefreshToken(digest: next.digest, of: grant.id)
            try transaction.tokens.insert(
                NewAccessToken(
                    digest: access.digest, grant: grant.id, scopes: scopes,
                    expiresAt: now.advanced(bySeconds: Self.accessSeconds)), at: now)
            try transaction.grants.prolong(
                grant.id, familyDigest: token.familyDigest, until: now.advanced(bySeconds: Self.idleSeconds))
            try transaction.grants.settle(grant.id)
            if let device = grant.device { try transaction.devices.see(device, at: now) }
            return .success(TokenAnswer(accessToken: access, refreshToken: next, scopes: scopes))
        }
        return try answer.get()
    }
}

extension Transaction {
    /// Ends a grant of which something was shown that is over: somebody has a copy.
    fileprivate func end(reused grant: Grant, at now: Instant) throws(Problem) {
        try note(.tokenReused, grant.client, from: .nowhere, of: grant.account, at: now)
        try grants.remove(grant)
    }

    /// Notes that a phone has asked, and says that nobody has decided, or that it is to ask less often.
    fileprivate func poll(_ code: DeviceCode, at now: Instant) throws(Problem) -> Problem {
        // Another server's clock may be a little ahead.
        let isEarly = code.polledAt.map { now < $0.advanced(bySeconds: code.intervalSeconds - 1) } ?? false
        let interval = code.intervalSeconds + (isEarly ? AuthorizationServer.intervalSeconds : 0)
        try codes.poll(code.digest, intervalSeconds: interval, at: now)
        return isEarly
            ? Problem(.slowDown, "ask every \(interval) seconds")
            : Problem(.authorizationPending, "nobody has decided yet; ask again in \(interval) seconds")
    }
}
