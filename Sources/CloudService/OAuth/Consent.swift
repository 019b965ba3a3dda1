public import CloudDatabase
public import CloudModel
public import OAuth

/// What an owner is asked whom a client has sent here.
public struct ConsentQuestion: Sendable {
    /// Which client. Its name is its own word: who it is, its host says.
    public let client: Client
    /// What it wants.
    public let request: AuthorizationRequest
}

/// What becomes of a client's wish.
public enum ConsentStep: Sendable {
    /// The owner has to be asked.
    case ask(ConsentQuestion)
    /// The client is told what is wrong with it: the browser goes there.
    case answer(String)
}

extension AuthorizationServer {
    /// What is to be done about a client's wish. A problem that is thrown is for the owner's eyes: the browser must not go where
    /// such a request wants it to.
    public func consent(_ parameters: RequestParameters) async throws(Problem) -> ConsentStep {
        let target = try AuthorizationRequest.Target(parameters)
        let client = try await database.read { transaction throws(Problem) in
            guard let client = try transaction.clients.find(target.clientID) else {
                throw Problem(.notFound, "there is no client of this id here")
            }
            let registered = try transaction.clients.redirects(of: client.id, for: .signIn)
            guard registered.contains(where: { $0.accepts(target.redirectURI) }) else {
                throw Problem(.malformed, "the redirect URI is not one of the client's")
            }
            return client
        }
        do throws(Problem) {
            let request = try AuthorizationRequest(parameters, target: target, limit: client.scopes)
            return .ask(ConsentQuestion(client: client, request: request))
        } catch {
            return .answer(target.answer(error, issuer: issuer))
        }
    }

    /// Says to a client what the owner has decided, and gives it a code where they agree. The request is looked at anew: what
    /// the owner's form brings may have been changed on its way.
    /// - Parameter authenticatedAt: when the owner showed who they are.
    /// - Returns: where the browser goes.
    public func decide(
        _ isAllowed: Bool, _ parameters: RequestParameters, account: AccountID, authenticatedAt: Instant,
        from visitor: Visitor
    ) async throws(Problem) -> String {
        let question: ConsentQuestion
        switch try await consent(parameters) {
        case .ask(let asked): question = asked
        case .answer(let address): return address
        }
        guard isAllowed else {
            return try refusal(Problem(.accessDenied, "the owner did not allow it"), parameters)
        }
        let request = question.request
        let secret = TokenSecret(.authorizationCode)
        let now = clock()
        let end = now.advanced(bySeconds: Self.codeSeconds)
        try await database.write { transaction throws(Problem) in
            let grant = try transaction.grants.insert(
                NewGrant(
                    account: account, client: request.clientID, device: nil, scopes: request.scopes,
                    authenticatedAt: authenticatedAt, expiresAt: end), at: now)
            try transaction.codes.insert(
                AuthorizationCode(
                    digest: secret.digest, grant: grant, redirectURI: request.redirectURI.description,
                    challenge: request.challenge, nonce: request.nonce, expiresAt: end))
            try transaction.note(
                .clientAllowed, question.client.name, from: visitor, of: account, at: now)
        }
        return try AuthorizationRequest.Target(parameters).answer([("code", secret.text)], issuer: issuer)
    }

    /// Where the browser goes with a problem, such as that the owner has to be asked although the client forbids it. Only for
    /// parameters that ``consent(_:)`` has asked about.
    public func refusal(_ problem: Problem, _ parameters: RequestParameters) throws(Problem) -> String {
        try AuthorizationRequest.Target(parameters).answer(problem, issuer: issuer)
    }
}
