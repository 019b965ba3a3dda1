internal import AppNetwork
internal import Varlink
internal import YunCore

/// What a phone says to a server of accounts (`spec/oauth.md`), and what it takes for an answer. Every path is below the
/// server's address: what an answer says of others leads nowhere.
struct AccountServer: Sendable {
    /// What was asked for, or why not.
    enum Outcome<Answer> {
        case given(Answer)
        case refused(Refusal)
    }

    private static let client = (name: "client_id", value: "yun-phone")
    private static let grantTypes = "urn:ietf:params:oauth:grant-type:"
    private static let accessTokenType = "urn:ietf:params:oauth:token-type:access_token"
    private static let scope = "openid profile offline_access storage storage.app"

    private let client: ServerClient
    let address: ServerAddress

    init(_ client: ServerClient, at address: String) throws(Failure) {
        self.client = client
        self.address = try ServerAddress(address)
    }

    func beginSignIn(phone: String, model: String) throws(Failure) -> DeviceCode {
        let outcome = try ask(
            DeviceCode.self, "/device-authorization",
            [("device_name", phone), ("device_model", model), ("scope", Self.scope)])
        switch outcome {
        case .refused(let refusal): throw refusal.failure("\(address) does not let a phone begin to sign in")
        case .given(let code):
            guard code.isSound else { throw nonsense() }
            return code
        }
    }

    func redeem(_ code: DeviceCode) throws(Failure) -> Outcome<Tokens> {
        try tokens("device_code", [("device_code", code.deviceCode)])
    }

    func refresh(_ token: String) throws(Failure) -> Outcome<Tokens> {
        let form = [(name: "grant_type", value: "refresh_token"), (name: "refresh_token", value: token)]
        return try sound(ask(Tokens.self, "/token", form))
    }

    func exchange(_ token: String, for app: Domain, scope: String) throws(Failure) -> Outcome<Tokens> {
        try tokens(
            "token-exchange",
            [
                ("subject_token", token), ("subject_token_type", Self.accessTokenType),
                ("audience", app.name), ("scope", scope),
            ])
    }

    /// Ends all that came of a sign-in.
    func revoke(_ token: String) throws(Failure) {
        let answer = try post("/revoke", [("token", token), ("token_type_hint", "refresh_token")])
        // Whoever does not know the token, or us, has nothing to end.
        guard [200, 400, 401].contains(answer.status) else { throw nonsense() }
    }

    /// Whose a token is.
    func person(of token: String) throws(Failure) -> Person {
        let answer = try client.get("/userinfo", at: address, token: token)
        guard answer.status == 200, let person = JSONText.decode(Person.self, answer.body),
            person.sub.isToken
        else { throw nonsense() }
        return person
    }

    func nonsense() -> Failure {
        Failure(
            .networkResponse, "\(address) does not answer as a server of accounts",
            hint: "check the address; it is where ycloud runs")
    }

    private func tokens(_ grantType: String, _ form: [(name: String, value: String)]) throws(Failure)
        -> Outcome<Tokens>
    {
        try sound(
            ask(Tokens.self, "/token", [(name: "grant_type", value: Self.grantTypes + grantType)] + form))
    }

    private func sound(_ outcome: Outcome<Tokens>) throws(Failure) -> Outcome<Tokens> {
        if case .given(let tokens) = outcome, !tokens.isSound { throw nonsense() }
        return outcome
    }

    private func ask<Answer: Decodable>(
        _ type: Answer.Type, _ path: String, _ form: [(name: String, value: String)]
    ) throws(Failure) -> Outcome<Answer> {
        let answer = try post(path, form)
        if answer.status == 200, let value = JSONText.decode(type, answer.body) { return .given(value) }
        if (400..<500).contains(answer.status), let refusal = JSONText.decode(Refusal.self, answer.body) {
            return .refused(refusal)
        }
        throw nonsense()
    }

    private func post(_ path: String, _ form: [(name: String, value: String)]) throws(Failure)
        -> ServerAnswer
    {
        let answer = try client.post([Self.client] + form, to: path, at: address)
        guard answer.status != 429, answer.status < 500 else {
            throw Failure(
                .networkUnreachable, "\(address) cannot answer at the moment", hint: "try again later")
        }
        return answer
    }
}

/// With what the owner lets the phone in (RFC 8628, 3.2).
struct DeviceCode: Decodable {
    let deviceCode: String
    let userCode: String
    let verificationURI: String
    let verificationURIComplete: String
    let expiresIn: Int
    let interval: Int?

    private enum CodingKeys: String, CodingKey {
        case interval
        case deviceCode = "device_code"
        case userCode = "user_code"
        case verificationURI = "verification_uri"
        case verificationURIComplete = "verification_uri_complete"
        case expiresIn = "expires_in"
    }

    var isSound: Bool {
        deviceCode.isToken && userCode.isToken && userCode.utf8.count <= 32 && expiresIn > 0
            && [verificationURI, verificationURIComplete].allSatisfy { address in
                address.isToken && ["https://", "http://"].contains { address.hasPrefix($0) }
            }
    }
}

/// Tokens (RFC 6749, 5.1), those of apps too (RFC 8693).
struct Tokens: Decodable {
    let accessToken: String
    let refreshToken: String?
    let scope: String
    let sub: String?
    let tokenType: String
    let expiresIn: Int

    private enum CodingKeys: String, CodingKey {
        case scope, sub
        case accessToken = "access_token"
        case refreshToken = "refresh_token"
        case tokenType = "token_type"
        case expiresIn = "expires_in"
    }

    var isSound: Bool {
        // As the specification writes it; nothing of ours takes another kind.
        tokenType == "Bearer" && expiresIn > 0 && accessToken.isToken && refreshToken?.isToken ?? true
            && sub?.isToken ?? true && scope.split(separator: " ").allSatisfy { String($0).isToken }
    }
}

/// Why not (RFC 6749, 5.2).
struct Refusal: Decodable {
    let error: String
    let description: String?

    private enum CodingKeys: String, CodingKey {
        case error
        case description = "error_description"
    }

    func failure(_ what: String, hint: String? = nil) -> Failure {
        Failure(
            .accountRefused, "\(what): \((description ?? error).abbreviated(to: 300).escaped)", hint: hint)
    }
}

/// Who is signed in (OpenID Connect Core, 5.3).
struct Person: Decodable {
    let sub: String
    let name: String?
}

extension String {
    /// Whether it can be a token or a code: printable ASCII without a blank, of a length that fits everywhere.
    var isToken: Bool { (1...2048).contains(utf8.count) && utf8.allSatisfy { (0x21...0x7E).contains($0) } }
}
