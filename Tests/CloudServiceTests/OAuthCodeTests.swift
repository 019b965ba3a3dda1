import CloudDatabase
import CloudModel
@testable import CloudService
import OAuth
import Testing

/// Codes that a browser brings to a client.
@Suite struct OAuthCodeTests {
    private let fixture: OAuthFixture

    init() async throws { fixture = try await OAuthFixture() }

    @Test("O-14: a code is redeemed for what the owner has allowed")
    func redeem() async throws {
        let client = try await fixture.client()
        let answer = try await fixture.consent(fixture.request(client))
        #expect(try answer.value("state") == "s")
        #expect(try answer.value("iss") == "https://yun.cn")
        let tokens = try await fixture.redeem(answer.required("code"), as: client)
        #expect(tokens.scopes == Scopes.client)
        let keys = try await fixture.server.signingKeys()
        let claims = try IDToken.claims(
            of: #require(tokens.idToken), keys: keys, issuer: "https://yun.cn", at: fixture.time.now)
        #expect(claims.aud == client.id)
        #expect(claims.nonce == "n")
        #expect(claims.name == "ming@example.com")
        #expect(claims.authTime == fixture.time.now.milliseconds / 1000)
        #expect(try await fixture.server.userInfo(tokens.accessToken).subject == claims.sub)
        #expect(try await fixture.refresh(tokens.refreshToken, as: client).scopes == tokens.scopes)
        #expect(try await fixture.devices().isEmpty)
    }

    @Test("O-14, O-52: without offline_access there is nothing that lasts, without openid nobody is named")
    func narrow() async throws {
        let client = try await fixture.client()
        let code = try await fixture.code(for: client, ["scope": "storage"])
        let tokens = try await fixture.redeem(code, as: client)
        #expect(tokens.refreshToken == nil)
        #expect(tokens.idToken == nil)
        #expect(
            await problem { _ = try await fixture.server.userInfo(tokens.accessToken) } == .insufficientScope)
        fixture.time.advance(seconds: AuthorizationServer.accessSeconds)
        #expect(try await !fixture.isValid(tokens.accessToken))
    }

    @Test("replayed code: it ends what it gave")
    func replayed() async throws {
        let client = try await fixture.client()
        let code = try await fixture.code(for: client)
        var tokens = try await fixture.redeem(code, as: client)
        tokens = try await fixture.refresh(tokens.refreshToken, as: client)
        fixture.time.advance(seconds: 3600)
        #expect(await problem { _ = try await fixture.redeem(code, as: client) } == .invalidGrant)
        #expect(
            await problem { _ = try await fixture.refresh(tokens.refreshToken, as: client) } == .invalidGrant)
        #expect(try await !fixture.isValid(tokens.accessToken))
        #expect(try fixture.count("client_grant") == 0)
    }

    @Test("replayed code: of many at the same time at most one gets anything, and keeps nothing")
    func concurrent() async throws {
        let client = try await fixture.client()
        let code = try await fixture.code(for: client)
        let fixture = fixture
        let codes = await withTaskGroup(of: ProblemCode?.self) { group in
            for _ in 0..<20 {
                group.addTask { await problem { _ = try await fixture.redeem(code, as: client) } }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(codes.filter { $0 == nil }.count == 1)
        #expect(codes.filter { $0 == .invalidGrant }.count == 19)
        #expect(try fixture.count("access_token") == 0)
    }

    @Test("code injection: a code is of no use without its verifier, its client and its address")
    func injection() async throws {
        let client = try await fixture.client()
        let other = try await fixture.client("Other")
        let code = try await fixture.code(for: client)
        let wrong: [[String: String?]] = [
            ["code_verifier": String(repeating: "a", count: 43)],
            ["redirect_uri": "https://notes.example.com/other"],
            ["code": "yac_" + String(repeating: "A", count: 43)], ["code": "ydc_" + code.dropFirst(4)],
        ]
        for changes in wrong {
            #expect(
                await problem { _ = try await fixture.redeem(code, as: client, changes) } == .invalidGrant)
        }
        #expect(
            await problem { _ = try await fixture.redeem(code, as: client, ["code_verifier": nil]) }
                == .malformed)
        #expect(await problem { _ = try await fixture.redeem(code, as: other) } == .invalidGrant)
        #expect(try fixture.count("access_token") == 0)
        // Whoever has seen a code cannot keep its client out with it.
        #expect(await problem { _ = try await fixture.redeem(code, as: client) } == nil)
    }

    @Test("O-14: a code is over soon")
    func expiry() async throws {
        let client = try await fixture.client()
        let code = try await fixture.code(for: client)
        fixture.time.advance(seconds: 60)
        #expect(await problem { _ = try await fixture.redeem(code, as: client) } == .invalidGrant)
    }

    @Test("open redirect: nobody is sent to an address that is not the client's own")
    func openRedirect() async throws {
        let client = try await fixture.client()
        let wrong: [[String: String?]] = [
            ["redirect_uri": "https://evil.example.com/"], ["redirect_uri": nil],
            ["redirect_uri": "javascript:alert(1)"],
            ["redirect_uri": "https://notes.example.com.evil.com/back"],
            ["redirect_uri": "https://notes.example.com/back/"], ["client_id": "nobody"], ["client_id": nil],
            // Phones are let in with codes that are typed, and have no address.
            ["client_id": "yun-phone"],
        ]
        for changes in wrong {
            let parameters = fixture.request(client, changes)
            #expect(await problem { _ = try await fixture.server.consent(parameters) } != nil)
            #expect(await problem { _ = try await fixture.consent(parameters) } != nil)
        }
        #expect(try fixture.count("authorization_code") == 0)
    }

    @Test("O-11: what else is wrong is told to the client, also when the form that comes back was changed")
    func refusals() async throws {
        let client = try await fixture.client(scopes: "openid")
        for (changes, error) in [
            (["scope": "openid"], nil), (["scope": "openid storage"], "invalid_scope"),
            (["scope": "openid", "response_type": "token"], "unsupported_response_type"),
            (["scope": "openid", "code_challenge": nil], "invalid_request"),
        ] as [([String: String?], String?)] {
            let answer = try await fixture.consent(fixture.request(client, changes))
            #expect(try answer.value("error") == error)
            #expect(try answer.value("iss") == "https://yun.cn")
            #expect(try answer.value("state") == "s")
            #expect(try (answer.value("code") == nil) == (error != nil))
        }
        let refused = try await fixture.consent(fixture.request(client, ["scope": "openid"]), false)
        #expect(try refused.value("error") == "access_denied")
    }

    @Test("O-11: a native app gets its answer on any port of its own machine")
    func loopback() async throws {
        let client = try await fixture.client(isConfidential: false)
        let changes: [String: String?] = ["redirect_uri": "http://127.0.0.1:51234/back"]
        let address = try await fixture.server.decide(
            true, fixture.request(client, changes), account: fixture.account,
            authenticatedAt: fixture.time.now, from: OAuthFixture.visitor)
        #expect(address.hasPrefix("http://127.0.0.1:51234/back?code="))
        let code = try OAuthFixture.query(address).required("code")
        #expect(await problem { _ = try await fixture.redeem(code, as: client, changes) } == nil)
    }

    @Test("O-80: a client is known by its secret, and what is wrong is told alike")
    func authentication() async throws {
        let client = try await fixture.client()
        let code = try await fixture.code(for: client)
        let open = try await fixture.client(isConfidential: false)
        var answers: Set<String> = []
        for credentials in [
            ClientCredentials(id: client.id), ClientCredentials(id: client.id, secret: "x"),
            ClientCredentials(id: "nobody", secret: client.secret), ClientCredentials(id: "nobody"),
            ClientCredentials(id: open.id, secret: client.secret),
            ClientCredentials(id: client.id, secret: (client.secret ?? "") + "A"),
            ClientCredentials(id: "yun-phone", secret: "x"),
        ] {
            do {
                _ = try await fixture.redeem(code, as: credentials)
                Issue.record("\(credentials)")
            } catch { answers.insert("\(error)") }
        }
        #expect(answers.count == 1)
        #expect(answers.first?.contains("invalidClient") == true)
        #expect(await problem { _ = try await fixture.redeem(code, as: client) } == nil)
    }

    @Test("a client that is removed can do nothing more, and phones stay")
    func removal() async throws {
        let client = try await fixture.client()
        let tokens = try await fixture.redeem(fixture.code(for: client), as: client)
        try await fixture.clients.remove(client.id)
        #expect(try await !fixture.isValid(tokens.accessToken))
        #expect(await problem { try await fixture.clients.remove(client.id) } == .notFound)
        #expect(await problem { try await fixture.clients.remove("yun-phone") } == .conflict)
        #expect(try await fixture.clients.all().map(\.client.id) == ["yun-phone"])
    }

    @Test(
        "a client that cannot be is not made",
        arguments: [
            ("", ["https://a.cn/x"], nil, false), ("a\u{202E}b", ["https://a.cn/x"], nil, false),
            ("a", [], nil, false),
            ("a", ["http://a.cn/x"], nil, false), ("a", ["https://a.cn/x"], "storage.app", false),
            ("a", ["https://a.cn/x"], "nothing", false), ("a", ["https://a.cn/x"], nil, true),
        ] as [(String, [String], String?, Bool)])
    func unmade(name: String, redirects: [String], scopes: String?, isAppServer: Bool) async throws {
        var client = NewClient(name: name)
        client.redirects = redirects
        client.scopes = scopes
        client.domain = isAppServer ? "notes.example.com" : nil
        #expect(
            [.malformed, .invalidScope].contains(
                await problem { _ = try await fixture.clients.create(client) }))
        #expect(try fixture.count("client") == 1)
    }
}
