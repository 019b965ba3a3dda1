import CloudDatabase
import CloudModel
@testable import CloudService
import OAuth
import Testing

/// Phones that are let in (RFC 8628), and what comes of lost answers.
@Suite struct OAuthDeviceTests {
    private let fixture: OAuthFixture

    init() async throws { fixture = try await OAuthFixture() }

    @Test("O-20: a phone is let in by its owner's word, and is a device then")
    func signIn() async throws {
        let answer = try await fixture.beginDevice()
        #expect(answer.intervalSeconds == 5)
        #expect(await problem { _ = try await fixture.poll(answer) } == .authorizationPending)
        let question = try await fixture.question(answer.userCode.letters.lowercased())
        #expect(question.device == (try DeviceDescription(name: "小明的手机", model: "Coolpad 8720L")))
        #expect(question.scopes == Scopes.phone)
        #expect(question.client.id == Client.phoneID)
        #expect(try await fixture.devices().isEmpty)
        try await fixture.allow(answer)
        let tokens = try await fixture.poll(answer)
        #expect(tokens.scopes == Scopes.phone)
        #expect(tokens.refreshToken?.hasPrefix("yrt_") == true)
        #expect(tokens.idToken != nil)
        #expect(try await fixture.isValid(tokens.accessToken))
        #expect(try await fixture.devices().map(\.description) == [question.device])
    }

    @Test("O-20: an owner who does not agree is asked no more, and the phone is told")
    func refused() async throws {
        let answer = try await fixture.beginDevice()
        try await fixture.allow(answer, false)
        #expect(await problem { _ = try await fixture.poll(answer) } == .accessDenied)
        #expect(await problem { try await fixture.allow(answer) } == .notFound)
        #expect(try await fixture.devices().isEmpty)
    }

    @Test("O-20: a code is decided about once, and until its time is over")
    func once() async throws {
        let answer = try await fixture.beginDevice()
        try await fixture.allow(answer)
        #expect(await problem { try await fixture.allow(answer, false) } == .notFound)
        let late = try await fixture.beginDevice()
        fixture.time.advance(seconds: 900)
        #expect(await problem { try await fixture.allow(late) } == .notFound)
        #expect(await problem { _ = try await fixture.poll(late) } == .expiredToken)
        #expect(await problem { _ = try await fixture.poll(answer) } == .expiredToken)
    }

    @Test("user enumeration: a code that is not there, is over or was decided about is told alike")
    func enumeration() async throws {
        let decided = try await fixture.beginDevice()
        try await fixture.allow(decided)
        let over = try await fixture.beginDevice()
        fixture.time.advance(seconds: 900)
        var answers: Set<String> = []
        for typed in ["BCDF-GHJK", "", "nonsense", decided.userCode.description, over.userCode.description] {
            do {
                _ = try await fixture.question(typed)
                Issue.record("\(typed)")
            } catch { answers.insert("\(error)") }
        }
        #expect(answers.count == 1)
    }

    @Test("O-20: a phone that asks too often is to ask less often, and it stays so")
    func slowDown() async throws {
        let answer = try await fixture.beginDevice()
        #expect(await problem { _ = try await fixture.poll(answer) } == .authorizationPending)
        fixture.time.advance(seconds: 1)
        #expect(await problem { _ = try await fixture.poll(answer) } == .slowDown)
        fixture.time.advance(seconds: 5)
        #expect(await problem { _ = try await fixture.poll(answer) } == .slowDown)
        fixture.time.advance(seconds: 15)
        #expect(await problem { _ = try await fixture.poll(answer) } == .authorizationPending)
    }

    @Test("clock skew: a phone that asks a server whose clock is behind is not held up for good")
    func skew() async throws {
        let answer = try await fixture.beginDevice()
        _ = await problem { _ = try await fixture.poll(answer) }
        fixture.time.advance(seconds: 4)
        #expect(await problem { _ = try await fixture.poll(answer) } == .authorizationPending)
    }

    @Test("replayed device code: after one of its tokens was used, it ends what it gave")
    func replayed() async throws {
        let answer = try await fixture.beginDevice()
        try await fixture.allow(answer)
        let tokens = try await fixture.poll(answer)
        let app = try await fixture.exchange(tokens.accessToken)
        #expect(await problem { _ = try await fixture.poll(answer) } == .invalidGrant)
        #expect(try await !fixture.isValid(tokens.accessToken))
        #expect(try await !fixture.isValid(app.accessToken))
        #expect(await problem { _ = try await fixture.refresh(tokens.refreshToken) } == .invalidGrant)
        #expect(try await fixture.devices().isEmpty)
        #expect(try fixture.count("client_grant") == 0)
        #expect(await problem { _ = try await fixture.poll(answer) } == .invalidGrant)
    }

    @Test("O-21: an answer that was lost is given again, and only one of the two lives on")
    func lostAnswer() async throws {
        let answer = try await fixture.beginDevice()
        try await fixture.allow(answer)
        let lost = try await fixture.poll(answer)
        let second = try await fixture.poll(answer)
        #expect(try await fixture.devices().count == 1)
        _ = try await fixture.refresh(second.refreshToken)
        #expect(await problem { _ = try await fixture.refresh(lost.refreshToken) } == .invalidGrant)
        #expect(await problem { _ = try await fixture.refresh(second.refreshToken) } == .invalidGrant)
        #expect(try await fixture.devices().isEmpty)
    }

    @Test("a phone's code is nobody else's", arguments: ["yac_", "yat_", "x"])
    func otherClients(prefix: String) async throws {
        let answer = try await fixture.beginDevice()
        try await fixture.allow(answer)
        let client = try await fixture.client()
        #expect(await problem { _ = try await fixture.poll(answer, as: client) } == .invalidGrant)
        #expect(
            await problem {
                _ = try await fixture.token(
                    [
                        "grant_type": AuthorizationServer.deviceGrantType,
                        "device_code": prefix + answer.deviceCode.dropFirst(4),
                    ], as: OAuthFixture.phone)
            } == .invalidGrant)
        #expect(await problem { _ = try await fixture.poll(answer) } == nil)
    }

    @Test("a phone says what it is, in a line; other clients do not sign in so unless they may")
    func begin() async throws {
        for changes in [["device_name": nil], ["device_model": nil], ["device_name": "a\nb"]]
            as [[String: String?]]
        {
            #expect(await problem { _ = try await fixture.beginDevice(changes) } == .malformed)
        }
        let client = try await fixture.client(isConfidential: false)
        #expect(
            await problem { _ = try await fixture.beginDevice(["client_id": client.id]) }
                == .unauthorizedClient)
        #expect(
            await problem { _ = try await fixture.beginDevice(["client_id": "nobody"]) } == .invalidClient)
        #expect(await problem { _ = try await fixture.beginDevice(["scope": "email"]) } == .invalidScope)
        let narrow = try await fixture.beginDevice(["scope": "openid"])
        #expect(
            try await fixture.question(narrow.userCode.letters).scopes == Scopes([.openid]))
        #expect(try fixture.count("device_code") == 1)
    }

    @Test("Y-76: a forgotten password that is replaced signs all phones out")
    func reset() async throws {
        let phone = try await fixture.signedInPhone()
        let (accounts, now) = (fixture.base.accounts, fixture.time.now)
        let ticket = try await accounts.beginReset("ming@example.com", from: OAuthFixture.visitor)
        let message = try await fixture.base.database.write { transaction throws(Problem) in
            try transaction.messages.take(at: now, until: now)
        }
        let code = try #require(message?.text.split { !$0.isNumber }.first { $0.count == 6 })
        try await accounts.finishReset(
            ticket: ticket, code: String(code), password: "battery staple", from: OAuthFixture.visitor)
        #expect(try await !fixture.isValid(phone.accessToken))
        #expect(try await fixture.devices().isEmpty)
    }

    @Test("O-22: signing a device out ends all its tokens at once, and no other's")
    func signOut() async throws {
        let phone = try await fixture.signedInPhone()
        let app = try await fixture.exchange(phone.accessToken)
        let other = try await fixture.signedInPhone()
        let li = try await OAuthFixture.account("li@example.com", in: fixture.base)
        let ids = try await fixture.devices().map(\.id)
        #expect(ids.count == 2)
        let first = try #require(ids.min { $0.description < $1.description })
        #expect(
            await problem { try await fixture.server.signOut(first, of: li, from: OAuthFixture.visitor) }
                == .notFound)
        try await fixture.server.signOut(first, of: fixture.account, from: OAuthFixture.visitor)
        for token in [phone.accessToken, app.accessToken] { #expect(try await !fixture.isValid(token)) }
        #expect(await problem { _ = try await fixture.refresh(phone.refreshToken) } == .invalidGrant)
        #expect(try await fixture.isValid(other.accessToken))
        #expect(
            await problem {
                try await fixture.server.signOut(first, of: fixture.account, from: OAuthFixture.visitor)
            } == .notFound)
        try await fixture.server.signOutDevices(of: fixture.account, from: OAuthFixture.visitor)
        #expect(try await !fixture.isValid(other.accessToken))
        for table in ["device", "client_grant", "access_token", "refresh_token"] {
            #expect(try fixture.count(table) == 0, "\(table)")
        }
    }
}
