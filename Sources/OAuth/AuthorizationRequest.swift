public import CloudModel

/// A client's wish that an owner sign in and allow it something (RFC 6749, 4.1.1; OpenID Connect Core, 3.1.2.1).
public struct AuthorizationRequest: Sendable {
    private static let textBytesMax = 2048

    /// Whether and how the owner is to be asked.
    public enum Prompt: String, Sendable {
        case none, login, consent
        case selectAccount = "select_account"
    }

    /// Which client.
    public let clientID: String
    /// Where the answer goes.
    public let redirectURI: RedirectURI
    /// What the client tells apart its requests by; it comes back as it was.
    public let state: String?
    /// What the client wants.
    public let scopes: Scopes
    /// Who redeems the code has to answer this.
    public let challenge: CodeChallenge
    /// Comes back in the id token.
    public let nonce: String?
    /// Whether and how to ask.
    public let prompts: Set<Prompt>
    /// How long ago the owner may have shown who they are.
    public let ageSecondsMax: Int64?

    /// Where an answer goes, also one that says what is wrong. What is thrown here must not go there: it is shown to the owner, or
    /// a link to here would lead anywhere.
    public struct Target: Sendable {
        /// Which client it says that it is.
        public let clientID: String
        /// Where it wants its answer.
        public let redirectURI: RedirectURI
        /// What comes back to it.
        public let state: String?

        /// From a request's parameters.
        public init(_ parameters: RequestParameters) throws(Problem) {
            clientID = try parameters.required("client_id")
            redirectURI = try RedirectURI(parameters.required("redirect_uri"))
            // A state that cannot be understood does not come back; the request is refused for it later.
            do throws(Problem) { state = try parameters.value("state") } catch { state = nil }
        }

        /// The address of an answer. It says who answers, so that a client of several servers is not made to give one's code to
        /// another (RFC 9207).
        public func answer(_ parameters: [(name: String, value: String?)], issuer: String) -> String {
            Address.adding(
                parameters + [("state", state), ("iss", issuer)], to: redirectURI.description)
        }

        /// The address of an answer that says what is wrong.
        public func answer(_ problem: Problem, issuer: String) -> String {
            answer(
                [("error", problem.oauthCode), ("error_description", problem.detail.oauthDescription)],
                issuer: issuer)
        }
    }

    /// - RequestParameters:
    ///   - target: whose redirect URI is the client's.
    ///   - limit: what the client may ask for.
    public init(_ parameters: RequestParameters, target: Target, limit: Scopes) throws(Problem) {
        try parameters.requireOnce()
        clientID = target.clientID
        redirectURI = target.redirectURI
        state = target.state
        guard try parameters.required("response_type") == "code" else {
            throw Problem(.unsupportedResponseType, "response_type is code")
        }
        guard try parameters.value("response_mode") ?? "query" == "query" else {
            throw Problem(.malformed, "response_mode is query")
        }
        for name in ["request", "request_uri", "registration", "resource"] {
            guard try parameters.value(name) == nil else {
                throw Problem(.malformed, "\(name) is not supported")
            }
        }
        scopes = try Scopes(parameters.value("scope") ?? "").allowed(limit)
        challenge = try CodeChallenge(
            challenge: parameters.value("code_challenge"), method: parameters.value("code_challenge_method"))
        nonce = try parameters.value("nonce")
        guard (nonce?.utf8.count ?? 0) <= Self.textBytesMax, (state?.utf8.count ?? 0) <= Self.textBytesMax
        else { throw Problem(.malformed, "state and nonce have \(Self.textBytesMax) bytes at most") }
        prompts = try Self.prompts(parameters)
        ageSecondsMax = try Self.age(parameters)
    }

    private static func prompts(_ parameters: RequestParameters) throws(Problem) -> Set<Prompt> {
        var prompts: Set<Prompt> = []
        for word in try (parameters.value("prompt") ?? "").split(separator: " ") {
            guard let prompt = Prompt(rawValue: String(word)) else {
                throw Problem(.malformed, "prompt is none, login, consent or select_account")
            }
            prompts.insert(prompt)
        }
        guard !prompts.contains(.none) || prompts.count == 1 else {
            throw Problem(.malformed, "prompt is none, or something else")
        }
        return prompts
    }

    private static func age(_ parameters: RequestParameters) throws(Problem) -> Int64? {
        guard let text = try parameters.value("max_age") else { return nil }
        guard let seconds = Int64(text), (0...Int64(Int32.max)).contains(seconds) else {
            throw Problem(.malformed, "max_age is a number of seconds")
        }
        return seconds
    }
}

extension Problem {
    /// What OAuth's clients know it by (RFC 6749, 4.1.2.1 and 5.2, and what extends them).
    public var oauthCode: String {
        switch code {
        case .malformed, .tooLarge, .mediaTypeUnsupported, .methodNotAllowed: "invalid_request"
        case .internalFault: "server_error"
        case .unavailable, .tooManyRequests, .storageFull: "temporarily_unavailable"
        default: code.rawValue.replacing("-", with: "_")
        }
    }
}

extension String {
    /// As `error_description` may be: ASCII without `"` and `\` (RFC 6749, 5.2).
    public var oauthDescription: String {
        String(
            unicodeScalars.map { scalar -> Character in
                switch scalar {
                case "\"", "\\": "'"
                case " "..."~": Character(scalar)
                default: "?"
                }
            })
    }
}
