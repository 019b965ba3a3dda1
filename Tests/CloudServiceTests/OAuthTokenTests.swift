import CloudDatabase
import CloudModel
import CloudObjects
@testable import CloudService
import OAuth
import Signing
import Testing

/// What tokens open, and for whom.
@Suite struct OAuthTokenTests {
    private let fixture: OAuthFixture

    init() async throws { fixture = try await OAuthFixture() }

    @Test("O-40: a phone hands out a token that is an app's, with a name for the owner that is the app's")
    func exchange() async throws {
        let phone = try await fixture.signedInPhone()
        let notes = try await fixture.exchange(phone.accessToken)
        #expect(notes.scopes == Scopes([.openid, .appStorage]))
        #expect(notes.refreshToken == nil)
        let info = try await fixture.server.userInfo(notes.accessToken)
        #expect(info.subject == notes.subject)
        #expect(info.name == nil)
        let shop = try await fixture.exchange(
            phone.accessToken, for: "shop.example.com", scope: "openid profile")
        #expect(shop.subject != notes.subject)
        #expect(try await fixture.server.userInfo(shop.accessToken).name == "ming@example.com")
        let other = try await fixture.signedInPhone()
        #expect(try await fixture.exchange(other.accessToken).subject == notes.subject)
        #expect(try await fixture.server.userInfo(phone.accessToken).subject != notes.subject)
        #expect(
            try await fixture.server.apps(of: fixture.account).map(\.domain)
                == ["notes.example.com", "shop.example.com"])
        fixture.time.advance(seconds: AuthorizationServer.accessSeconds)
        #expect(try await !fixture.isValid(notes.accessToken))
    }

    @Test("scope widening: an app gets nothing but what is an app's, and what its phone has")
    func widening() async throws {
        let phone = try await fixture.signedInPhone()
        for scope in ["storage", "openid storage", "offline_access", "email", "", "openid offline_access"] {
            #expect(
                await problem { _ = try await fixture.exchange(phone.accessToken, scope: scope) }
                    == .invalidScope)
        }
        let answer = try await fixture.beginDevice(["scope": "openid storage"])
        try await fixture.allow(answer)
        let narrow = try await fixture.poll(answer)
        #expect(
            await problem { _ = try await fixture.exchange(narrow.accessToken, scope: "openid storage.app") }
                == .invalidScope)
        #expect(try await fixture.exchange(narrow.accessToken, scope: "openid").scopes == Scopes([.openid]))
    }

    @Test("an app that asks in another app's name: its token is no phone's")
    func otherName() async throws {
        let phone = try await fixture.signedInPhone()
        let notes = try await fixture.exchange(phone.accessToken)
        for domain in ["shop.example.com", "notes.example.com"] {
            #expect(
                await problem { _ = try await fixture.exchange(notes.accessToken, for: domain) } == .malformed
            )
        }
        let client = try await fixture.client()
        let browser = try await fixture.redeem(fixture.code(for: client), as: client)
        #expect(await problem { _ = try await fixture.exchange(browser.accessToken) } == .malformed)
        #expect(
            await problem { _ = try await fixture.exchange(browser.accessToken, as: client) }
                == .unauthorizedClient)
        #expect(
            await problem { _ = try await fixture.exchange(phone.accessToken, as: client) }
                == .unauthorizedClient)
    }

    @Test(
        "O-40: what a phone may not say",
        arguments: [
            ("audience", "", ProblemCode.malformed), ("audience", "notes", .invalidTarget),
            ("audience", "Notes.example.com", .invalidTarget), ("audience", "yun-phone", .invalidTarget),
            ("audience", "a.b/../c", .invalidTarget), ("actor_token", "x", .malformed),
            ("resource", "https://a.cn", .malformed), ("subject_token_type", "x", .malformed),
            ("requested_token_type", "urn:ietf:params:oauth:token-type:refresh_token", .malformed),
            ("subject_token", "x", .malformed),
        ])
    func malformed(name: String, value: String, expected: ProblemCode) async throws {
        let phone = try await fixture.signedInPhone()
        #expect(
            await problem { _ = try await fixture.exchange(phone.accessToken, [name: value]) } == expected)
    }

    @Test("O-42: an app that its owner blocks gets no token, and has none")
    func blocking() async throws {
        let phone = try await fixture.signedInPhone()
        let notes = try await fixture.exchange(phone.accessToken)
        let shop = try await fixture.exchange(phone.accessToken, for: "shop.example.com")
        #expect(
            await problem {
                try await fixture.server.setBlocked(
                    true, app: "none.example.com", of: fixture.account, from: OAuthFixture.visitor)
            } == .notFound)
        try await fixture.server.setBlocked(
            true, app: "notes.example.com", of: fixture.account, from: OAuthFixture.visitor)
        #expect(try await !fixture.isValid(notes.accessToken))
        #expect(try await fixture.isValid(shop.accessToken))
        #expect(await problem { _ = try await fixture.exchange(phone.accessToken) } == .accessDenied)
        try await fixture.server.setBlocked(
            false, app: "notes.example.com", of: fixture.account, from: OAuthFixture.visitor)
        #expect(await problem { _ = try await fixture.exchange(phone.accessToken) } == nil)
    }

    @Test("O-60: a token opens the drive of its owner where it says so; an app's never does")
    func drive() async throws {
        let drive = fixture.base.drive
        let phone = try await fixture.signedInPhone()
        try await drive.makeFolder(
            DrivePath(encoded: "/f"), Preconditions(), as: BearerCaller(phone.accessToken))
        let app = try await fixture.exchange(phone.accessToken)
        #expect(
            await problem { _ = try await drive.recognize(BearerCaller(app.accessToken)) }
                == .insufficientScope)
        let client = try await fixture.client()
        let narrow = try await fixture.redeem(fixture.code(for: client, ["scope": "openid"]), as: client)
        #expect(
            await problem { _ = try await drive.recognize(BearerCaller(narrow.accessToken)) }
                == .insufficientScope)
        for text in ["", "x", phone.refreshToken ?? "", phone.accessToken + "A", "yat_"] {
            #expect(await problem { _ = try await drive.recognize(BearerCaller(text)) } == .invalidToken)
        }
        fixture.time.advance(seconds: AuthorizationServer.accessSeconds)
        #expect(
            await problem { _ = try await drive.recognize(BearerCaller(phone.accessToken)) } == .invalidToken)
        // A lock is the sign-in's, not the token's.
        let later = try await fixture.refresh(phone.refreshToken)
        let name = try await drive.recognize(BearerCaller(later.accessToken)).name
        #expect(name.hasPrefix("grant:"))
        let again = try await fixture.refresh(later.refreshToken)
        #expect(try await drive.recognize(BearerCaller(again.accessToken)).name == name)
    }

    private func revoke(_ token: String?, as client: ClientCredentials = OAuthFixture.phone) async throws {
        var parameters = ["token": token ?? "", "client_id": client.id]
        parameters["client_secret"] = client.secret
        try await fixture.server.revoke(RequestParameters(parameters), authorization: nil)
    }

    @Test("O-50: a client ends its own tokens, and no others")
    func revocation() async throws {
        let phone = try await fixture.signedInPhone()
        let app = try await fixture.exchange(phone.accessToken)
        let client = try await fixture.client()
        for token in [phone.accessToken, phone.refreshToken, "nonsense"] {
            try await revoke(token, as: client)
        }
        #expect(try await fixture.isValid(phone.accessToken))
        #expect(
            await problem { try await revoke(phone.accessToken, as: ClientCredentials(id: "x")) }
                == .invalidClient)
        try await revoke(app.accessToken)
        #expect(try await !fixture.isValid(app.accessToken))
        #expect(try await fixture.isValid(phone.accessToken))
        let next = try await fixture.refresh(phone.refreshToken)
        try await revoke(phone.refreshToken)
        #expect(try await !fixture.isValid(next.accessToken))
        #expect(await problem { _ = try await fixture.refresh(next.refreshToken) } == .invalidGrant)
        #expect(try await fixture.devices().isEmpty)
    }

    private func introspect(_ token: String?, as client: ClientCredentials) async throws -> TokenReport? {
        var parameters = ["token": token ?? "", "client_id": client.id]
        parameters["client_secret"] = client.secret
        return try await fixture.server.introspect(RequestParameters(parameters), authorization: nil)
    }

    @Test("O-51: a token is told of to its client, and an app's to that app's server")
    func introspection() async throws {
        let phone = try await fixture.signedInPhone()
        let app = try await fixture.exchange(phone.accessToken)
        let client = try await fixture.client()
        let server = try await fixture.client("Notes' server", domain: "notes.example.com")
        let other = try await fixture.client("Shop's server", domain: "shop.example.com")
        let report = try #require(try await introspect(app.accessToken, as: server))
        #expect(report.subject == app.subject)
        #expect(report.audience == "notes.example.com")
        #expect(report.scopes == app.scopes)
        for (token, asker) in [
            (app.accessToken, client), (app.accessToken, other), (phone.accessToken, server),
            (phone.refreshToken, client), ("nonsense", client),
        ] {
            #expect(try await introspect(token, as: asker) == nil)
        }
        #expect(
            await problem { _ = try await introspect(app.accessToken, as: OAuthFixture.phone) }
                == .invalidClient)
        let own = try await fixture.redeem(fixture.code(for: client), as: client)
        #expect(try await introspect(own.accessToken, as: client)?.audience == client.id)
        #expect(try await introspect(own.refreshToken, as: client)?.scopes == own.scopes)
        #expect(try await introspect(own.accessToken, as: server) == nil)
        // An app's server that signs owners in knows them as the app does.
        let web = try await fixture.redeem(fixture.code(for: server), as: server)
        #expect(try await fixture.server.userInfo(web.accessToken).subject == app.subject)
    }

    @Test("O-8: what is over is forgotten, and the device that nobody uses goes with it")
    func upkeep() async throws {
        let phone = try await fixture.signedInPhone()
        _ = try await fixture.exchange(phone.accessToken)
        _ = try await fixture.beginDevice()
        let client = try await fixture.client()
        _ = try await fixture.code(for: client)
        let upkeep = Upkeep(
            database: fixture.base.database, objects: fixture.base.objects, clock: { fixture.time.now })
        fixture.time.advance(seconds: 901)
        try await upkeep.removeExpiredTokens()
        for table in ["access_token", "device_code", "authorization_code"] {
            #expect(try fixture.count(table) == 0, "\(table)")
        }
        #expect(try await fixture.devices().count == 1)
        _ = try await fixture.refresh(phone.refreshToken)
        fixture.time.advance(seconds: AuthorizationServer.idleSeconds)
        try await upkeep.removeExpiredTokens()
        for table in ["client_grant", "refresh_token", "device"] {
            #expect(try fixture.count(table) == 0, "\(table)")
        }
    }

    @Test("what an owner has allowed is told of, and ended")
    func allowed() async throws {
        let client = try await fixture.client()
        let first = try await fixture.redeem(
            fixture.code(for: client, ["scope": "openid offline_access"]), as: client)
        _ = try await fixture.redeem(
            fixture.code(for: client, ["scope": "storage offline_access"]), as: client)
        _ = try await fixture.signedInPhone()
        let found = try await fixture.server.allowedClients(of: fixture.account)
        #expect(found.map(\.client.id) == [client.id])
        #expect(found.first?.scopes == Scopes([.openid, .offlineAccess, .storage]))
        #expect(
            await problem {
                try await fixture.server.end(
                    client: "yun-phone", of: fixture.account, from: OAuthFixture.visitor)
            }
                == .notFound)
        try await fixture.server.end(client: client.id, of: fixture.account, from: OAuthFixture.visitor)
        #expect(try await !fixture.isValid(first.accessToken))
        #expect(
            await problem {
                try await fixture.server.end(
                    client: client.id, of: fixture.account, from: OAuthFixture.visitor)
            }
                == .notFound)
    }

    @Test("O-6: keys come and go, and all servers of a database have the same")
    func keys() async throws {
        let first = try await fixture.server.signingKey()
        #expect(try await fixture.server.signingKeys().count == 2)
        try await fixture.server.renewKeys()
        #expect(try await fixture.server.signingKeys().count == 2)
        let client = try await fixture.client()
        let tokens = try await fixture.redeem(fixture.code(for: client), as: client)
        fixture.time.advance(seconds: KeySchedule.periodSeconds)
        try await fixture.server.renewKeys()
        #expect(try await fixture.server.signingKeys().count == 3)
        #expect(try await fixture.server.signingKey().id != first.id)
        let wish = try await fixture.server.signOutWish(
            RequestParameters(["id_token_hint": tokens.idToken ?? ""]))
        #expect(wish.client?.id == client.id)
        fixture.time.advance(seconds: 86_400)
        try await fixture.server.renewKeys()
        #expect(try await fixture.server.signingKeys().allSatisfy { $0.id != first.id })
    }

    @Test("O-70: a client that signs its owner out shows an id token of ours, and its own address")
    func signOut() async throws {
        let client = try await fixture.client()
        let other = try await fixture.client("Other")
        let tokens = try await fixture.redeem(fixture.code(for: client), as: client)
        let hint = try #require(tokens.idToken)
        let bye = "https://notes.example.com/bye"
        let wish = try await fixture.server.signOutWish(
            RequestParameters(["id_token_hint": hint, "post_logout_redirect_uri": bye, "state": "a b"]))
        #expect(wish.address == bye + "?state=a%20b")
        #expect(try await fixture.server.isMeant(fixture.account, by: wish))
        let li = try await OAuthFixture.account("li@example.com", in: fixture.base)
        #expect(try await !fixture.server.isMeant(li, by: wish))
        let unsaid = try await fixture.server.signOutWish(RequestParameters(["client_id": client.id]))
        #expect(try await !fixture.server.isMeant(fixture.account, by: unsaid))
        let none =
            "\(Array("{\"alg\":\"none\",\"kid\":\"x\"}".utf8).base64URL).\(hint.split(separator: ".")[1])."
        for parameters in [
            ["id_token_hint": none], ["id_token_hint": hint + "A"],
            ["id_token_hint": hint, "client_id": other.id],
            ["post_logout_redirect_uri": bye], ["client_id": "nobody"],
            ["id_token_hint": hint, "post_logout_redirect_uri": "https://evil.example.com/"],
            ["id_token_hint": hint, "post_logout_redirect_uri": OAuthFixture.redirect],
        ] {
            #expect(
                await problem { _ = try await fixture.server.signOutWish(RequestParameters(parameters)) }
                    != nil)
        }
    }

    @Test("O-10: a request that says something twice, or nothing that is understood, is refused")
    func requests() async throws {
        let twice = try RequestParameters(Array("grant_type=refresh_token&client_id=yun-phone&x=1&x=2".utf8))
        #expect(await problem { _ = try await fixture.server.token(twice, authorization: nil) } == .malformed)
        for (type, expected) in [
            ("password", ProblemCode.unsupportedGrantType), ("client_credentials", .unsupportedGrantType),
            ("implicit", .unsupportedGrantType), ("", .malformed), ("authorization_code", .malformed),
        ] {
            #expect(
                await problem { _ = try await fixture.token(["grant_type": type], as: OAuthFixture.phone) }
                    == expected)
        }
    }
}
