import CloudDatabase
import CloudModel
@testable import CloudService
import OAuth
import Support
import Testing

/// Tokens for new tokens, over connections that lose answers, and in hands that stole them.
@Suite struct OAuthRefreshTests {
    private let fixture: OAuthFixture

    init() async throws { fixture = try await OAuthFixture() }

    @Test("O-30: each use brings new tokens, and prolongs the grant")
    func chain() async throws {
        var tokens = try await fixture.signedInPhone()
        for _ in 0..<20 {
            fixture.time.advance(seconds: AuthorizationServer.idleSeconds - 1)
            let former = tokens
            tokens = try await fixture.refresh(tokens.refreshToken)
            #expect(try await !fixture.isValid(former.accessToken))
            #expect(try await fixture.isValid(tokens.accessToken))
            #expect(tokens.refreshToken != former.refreshToken)
        }
        #expect(try fixture.count("refresh_token") == 2)
        #expect(try await fixture.devices().first?.lastSeenAt == fixture.time.now)
        fixture.time.advance(seconds: AuthorizationServer.idleSeconds)
        #expect(await problem { _ = try await fixture.refresh(tokens.refreshToken) } == .invalidGrant)
    }

    @Test("O-30: after a lost answer the old token still holds, however often, until a new one is used")
    func lostAnswers() async throws {
        let first = try await fixture.signedInPhone()
        var sisters: [TokenAnswer] = []
        for _ in 0..<5 { sisters.append(try await fixture.refresh(first.refreshToken)) }
        // Answers may overtake each other: the one that arrives need not be the last that was sent.
        let next = try await fixture.refresh(sisters[2].refreshToken)
        #expect(try await fixture.isValid(next.accessToken))
        _ = try await fixture.refresh(sisters[2].refreshToken)
        _ = try await fixture.refresh(next.refreshToken)
        #expect(try await fixture.devices().count == 1)
    }

    @Test("O-30: answers that were lost leave no more rows than a few")
    func bounded() async throws {
        let first = try await fixture.signedInPhone()
        var last: TokenAnswer?
        for _ in 0..<50 { last = try await fixture.refresh(first.refreshToken) }
        #expect(try fixture.count("refresh_token") <= 10)
        _ = try await fixture.refresh(last?.refreshToken)
    }

    @Test(
        "stolen refresh token: once both the owner's phone and the thief have used it, neither has anything",
        arguments: [true, false])
    func stolen(thiefIsFirst: Bool) async throws {
        let phone = try await fixture.signedInPhone()
        let stolen = phone.refreshToken
        let one = try await fixture.refresh(stolen)
        let other = try await fixture.refresh(stolen)
        let (winner, loser) = thiefIsFirst ? (one, other) : (other, one)
        let app = try await fixture.exchange(winner.accessToken)
        let next = try await fixture.refresh(winner.refreshToken)
        #expect(await problem { _ = try await fixture.refresh(loser.refreshToken) } == .invalidGrant)
        for token in [phone, one, other, app, next] {
            #expect(try await !fixture.isValid(token.accessToken))
        }
        #expect(await problem { _ = try await fixture.refresh(next.refreshToken) } == .invalidGrant)
        #expect(try await fixture.devices().isEmpty)
        #expect(try fixture.count("client_grant") == 0)
    }

    @Test("stolen refresh token: one of long ago ends the family, too")
    func longAgo() async throws {
        let phone = try await fixture.signedInPhone()
        var tokens = phone
        for _ in 0..<5 { tokens = try await fixture.refresh(tokens.refreshToken) }
        #expect(await problem { _ = try await fixture.refresh(phone.refreshToken) } == .invalidGrant)
        #expect(await problem { _ = try await fixture.refresh(tokens.refreshToken) } == .invalidGrant)
    }

    @Test("O-30: of many callers at the same time none is signed out, and all that they got but one ends")
    func concurrent() async throws {
        let phone = try await fixture.signedInPhone()
        let fixture = fixture
        let answers = try await withThrowingTaskGroup(of: TokenAnswer.self) { group in
            for _ in 0..<40 { group.addTask { try await fixture.refresh(phone.refreshToken) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(Set(answers.compactMap(\.refreshToken)).count == 40)
        #expect(try fixture.count("refresh_token") <= 10)
        // Those that are kept are used at the same time: the first ends the others, the next ends all.
        let results = await withTaskGroup(of: ProblemCode?.self) { group in
            for answer in answers {
                group.addTask { await problem { _ = try await fixture.refresh(answer.refreshToken) } }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(results.filter { $0 == nil }.count <= 1)
        #expect(try await fixture.devices().isEmpty)
    }

    @Test("O-9: scope widening: new tokens never do more than the owner allowed")
    func widening() async throws {
        let answer = try await fixture.beginDevice(["scope": "openid profile offline_access"])
        try await fixture.allow(answer)
        let tokens = try await fixture.poll(answer)
        #expect(
            await problem { _ = try await fixture.refresh(tokens.refreshToken, scope: "openid storage") }
                == .invalidScope)
        let narrow = try await fixture.refresh(tokens.refreshToken, scope: "openid")
        #expect(narrow.scopes == Scopes([.openid]))
        // Less once is not less for ever (RFC 6749, 6).
        #expect(try await fixture.refresh(narrow.refreshToken).scopes == tokens.scopes)
    }

    @Test("a token is its own client's, and none of another kind is one")
    func foreign() async throws {
        let phone = try await fixture.signedInPhone()
        let client = try await fixture.client()
        #expect(
            await problem { _ = try await fixture.refresh(phone.refreshToken, as: client) } == .invalidGrant)
        for token in [phone.accessToken, "yrt_", "", nil, (phone.refreshToken ?? "") + "A"] {
            #expect(
                [.invalidGrant, .malformed].contains(await problem { _ = try await fixture.refresh(token) }))
        }
        #expect(await problem { _ = try await fixture.refresh(phone.refreshToken) } == nil)
    }

    @Test("O-2: an account that is removed takes all its tokens with it")
    func accountGone() async throws {
        let phone = try await fixture.signedInPhone()
        _ = try await fixture.exchange(phone.accessToken)
        _ = try Sqlite.run(
            fixture.base.directory.path("cloud.db"), "PRAGMA foreign_keys = ON; DELETE FROM account")
        for table in ["device", "client_grant", "access_token", "refresh_token", "account_app"] {
            #expect(try fixture.count(table) == 0, "\(table)")
        }
        #expect(try await !fixture.isValid(phone.accessToken))
    }
}
