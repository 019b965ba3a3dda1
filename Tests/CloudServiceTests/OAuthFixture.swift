import CloudDatabase
import CloudModel
@testable import CloudService
import OAuth
import Signing
import Support
import YunCore

/// An authorization server on a real database, with a clock that tests turn.
struct OAuthFixture {
    static let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    static let visitor = Visitor(address: "192.0.2.1", agent: "test", language: .english)
    static let redirect = "https://notes.example.com/back"

    let base: DriveFixture
    let server: AuthorizationServer
    let clients: Clients
    let account: AccountID

    var time: TestClock { base.time }

    init() async throws {
        base = try DriveFixture()
        let time = base.time
        server = AuthorizationServer(
            database: base.database, clock: { time.now }, issuer: { "https://yun.cn" })
        clients = Clients(database: base.database) { time.now }
        account = try await Self.account("ming@example.com", in: base)
    }

    /// An account that nobody signs in to: hashing a password for each test takes longer than the test.
    static func account(_ name: String, in base: DriveFixture) async throws -> AccountID {
        let now = base.time.now
        return try await base.database.write { transaction throws(Problem) in
            try transaction.accounts.insert(
                name: name, subject: "subject of \(name)", passwordHash: "", quotaBytes: 1000, at: now)
        }
    }

    func client(
        _ name: String = "Notes", isConfidential: Bool = true, scopes: String? = nil, domain: String? = nil
    ) async throws -> ClientCredentials {
        var client = NewClient(name: name)
        client.redirects = [Self.redirect, "http://127.0.0.1/back"]
        client.signOutRedirects = ["https://notes.example.com/bye"]
        client.isConfidential = isConfidential
        client.scopes = scopes
        client.domain = domain
        let (id, secret) = try await clients.create(client)
        return ClientCredentials(id: id, secret: secret)
    }

    func token(_ parameters: [String: String], as client: ClientCredentials) async throws -> TokenAnswer {
        var all = parameters
        all["client_id"] = client.id
        all["client_secret"] = client.secret
        return try await server.token(RequestParameters(all), authorization: nil)
    }

    // Phones

    static let phone = ClientCredentials(id: "yun-phone")

    func beginDevice(_ changes: [String: String?] = [:]) async throws -> DeviceAnswer {
        var all = ["client_id": "yun-phone", "device_name": "小明的手机", "device_model": "Coolpad 8720L"]
        for (name, value) in changes { all[name] = value }
        return try await server.beginDeviceSignIn(
            RequestParameters(all), authorization: nil, from: Self.visitor)
    }

    func allow(_ answer: DeviceAnswer, _ isAllowed: Bool = true, account: AccountID? = nil) async throws {
        try await server.decide(
            isAllowed, userCode: answer.userCode.description, account: account ?? self.account,
            authenticatedAt: time.now, from: Self.visitor)
    }

    func question(_ typed: String) async throws -> DeviceQuestion {
        try await server.question(userCode: typed, account: account, from: Self.visitor)
    }

    func poll(_ answer: DeviceAnswer, as client: ClientCredentials = phone) async throws -> TokenAnswer {
        try await token(
            ["grant_type": AuthorizationServer.deviceGrantType, "device_code": answer.deviceCode], as: client)
    }

    func signedInPhone() async throws -> TokenAnswer {
        let answer = try await beginDevice()
        try await allow(answer)
        return try await poll(answer)
    }

    // Tokens

    func refresh(_ token: String?, as client: ClientCredentials = phone, scope: String? = nil) async throws
        -> TokenAnswer
    {
        var parameters = ["grant_type": "refresh_token", "refresh_token": token ?? ""]
        parameters["scope"] = scope
        return try await self.token(parameters, as: client)
    }

    func exchange(
        _ token: String, for domain: String = "notes.example.com", scope: String = "openid storage.app",
        as client: ClientCredentials = phone, _ changes: [String: String] = [:]
    ) async throws -> TokenAnswer {
        let parameters = [
            "grant_type": AuthorizationServer.exchangeGrantType, "subject_token": token,
            "subject_token_type": AuthorizationServer.accessTokenType, "audience": domain, "scope": scope,
        ]
        return try await self.token(parameters.merging(changes) { $1 }, as: client)
    }

    func isValid(_ accessToken: String) async throws -> Bool {
        let caller = BearerCaller(accessToken)
        let now = time.now
        return try await base.database.read { transaction throws(Problem) in
            do throws(Problem) {
                _ = try caller.token(in: transaction, at: now)
                return true
            } catch { return false }
        }
    }

    // Browsers

    func request(_ client: ClientCredentials, _ changes: [String: String?] = [:]) -> RequestParameters {
        var all = [
            "client_id": client.id, "redirect_uri": Self.redirect, "response_type": "code",
            "scope": "openid profile offline_access storage", "state": "s", "nonce": "n",
            "code_challenge": Digest(of: Array(Self.verifier.utf8)).bytes.base64URL,
            "code_challenge_method": "S256",
        ]
        for (name, value) in changes { all[name] = value }
        return RequestParameters(all)
    }

    /// The fields of the answer that the browser brings to the client.
    func consent(_ parameters: RequestParameters, _ isAllowed: Bool = true) async throws -> RequestParameters
    {
        let address = try await server.decide(
            isAllowed, parameters, account: account, authenticatedAt: time.now, from: Self.visitor)
        return try Self.query(address)
    }

    static func query(_ address: String) throws -> RequestParameters {
        try RequestParameters(Array(address.utf8.drop { $0 != UInt8(ascii: "?") }.dropFirst()))
    }

    func code(for client: ClientCredentials, _ changes: [String: String?] = [:]) async throws -> String {
        try await consent(request(client, changes)).required("code")
    }

    func redeem(_ code: String, as client: ClientCredentials, _ changes: [String: String?] = [:]) async throws
        -> TokenAnswer
    {
        var all = [
            "grant_type": "authorization_code", "code": code, "code_verifier": Self.verifier,
            "redirect_uri": Self.redirect,
        ]
        for (name, value) in changes { all[name] = value }
        return try await token(all, as: client)
    }

    func devices() async throws -> [Device] { try await server.devices(of: account) }

    /// How many rows a table has: what has ended must not stay.
    func count(_ table: String) throws -> Int {
        let result = try Sqlite.run(base.directory.path("cloud.db"), "SELECT COUNT(*) FROM \(table)")
        return Int(result) ?? -1
    }
}

/// Another program's look into a database.
enum Sqlite {
    static func run(_ path: String, _ statement: String) throws -> String {
        let result = try Program("sqlite3").run(path, statement)
        guard result.status == 0 else { throw Failure(.unavailable, result.errors) }
        return String(result.output.prefix { $0 != "\n" })
    }
}
