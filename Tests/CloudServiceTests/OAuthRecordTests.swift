import CloudDatabase
import CloudModel
@testable import CloudService
import OAuth
import Support
import Testing

/// What is kept of phones, clients and tokens, and what owners are told of them.
@Suite struct OAuthRecordTests {
    private let fixture: OAuthFixture

    init() async throws { fixture = try await OAuthFixture() }

    private func check() async throws -> Check.Report {
        try await Check(database: fixture.base.database, objects: fixture.base.objects) { fixture.time.now }
            .run()
    }

    private func fill() async throws {
        let phone = try await fixture.signedInPhone()
        _ = try await fixture.exchange(phone.accessToken)
        let client = try await fixture.client()
        _ = try await fixture.redeem(fixture.code(for: client), as: client)
        _ = try await fixture.beginDevice()
        _ = try await OAuthFixture.account("li@example.com", in: fixture.base)
    }

    @Test("records as they should be have no fault")
    func sound() async throws {
        try await fill()
        #expect(try await check().faults == [])
    }

    @Test(
        "Y-50: a record of a grant, a device or a token that contradicts another is found",
        arguments: [
            ("UPDATE device SET account_id = account_id + 1", "which is not the account's"),
            (
                "UPDATE client_grant SET device_id = (SELECT id FROM device) WHERE device_id IS NULL",
                "which only phones' are"
            ),
            ("UPDATE client_grant SET device_id = NULL", "has no grant"),
            ("UPDATE client_grant SET family_digest = NULL", "and no family"),
            ("UPDATE client_grant SET device_id = NULL", "which is on no device"),
            (
                "UPDATE device_code SET client_id = (SELECT id FROM client WHERE is_phone = 0)",
                "another client's"
            ),
            ("UPDATE access_token SET grant_id = 99999", "refers to one that is not there"),
            ("DELETE FROM client WHERE is_phone = 0", "refers to one that is not there"),
        ])
    func faults(sql: String, expected: String) async throws {
        try await fill()
        _ = try Sqlite.run(fixture.base.directory.path("cloud.db"), "PRAGMA foreign_keys = OFF; \(sql)")
        let faults = try await check().faults
        #expect(faults.contains { $0.contains(expected) }, "\(faults)")
    }

    private func events() async throws -> [SecurityEvent.Kind] {
        try await fixture.base.accounts.securityEvents(of: fixture.account).map(\.kind)
    }

    @Test("O-30: an owner is told what was allowed and ended, and that somebody had a copy")
    func told() async throws {
        let phone = try await fixture.signedInPhone()
        let next = try await fixture.refresh(phone.refreshToken)
        _ = try await fixture.refresh(next.refreshToken)
        #expect(try await events() == [.deviceSignedIn])
        _ = await problem { _ = try await fixture.refresh(phone.refreshToken) }
        #expect(try await events() == [.tokenReused, .deviceSignedIn])
        let client = try await fixture.client()
        let code = try await fixture.code(for: client)
        _ = try await fixture.redeem(code, as: client)
        _ = await problem { _ = try await fixture.redeem(code, as: client) }
        #expect(try await events().prefix(2) == [.tokenReused, .clientAllowed])
        _ = try await fixture.signedInPhone()
        try await fixture.server.signOutDevices(of: fixture.account, from: OAuthFixture.visitor)
        #expect(try await events().first == .deviceSignedOut)
    }

    @Test("O-20: codes of phones cannot be tried without end, by one account or from one address")
    func guesses() async throws {
        for _ in 0..<20 {
            #expect(await problem { _ = try await fixture.question("BCDF-GHJK") } == .notFound)
        }
        let answer = try await fixture.beginDevice()
        #expect(await problem { try await fixture.allow(answer) } == .tooManyRequests)
        for number in 0..<2 {
            let other = try await OAuthFixture.account("other\(number)@example.com", in: fixture.base)
            for _ in 0..<15 { _ = await problem { try await fixture.allow(answer, false, account: other) } }
        }
        let last = try await OAuthFixture.account("last@example.com", in: fixture.base)
        let fresh = try await fixture.beginDevice()
        #expect(await problem { try await fixture.allow(fresh, account: last) } == .tooManyRequests)
        for _ in 0..<198 { _ = try await fixture.beginDevice() }
        #expect(await problem { _ = try await fixture.beginDevice() } == .tooManyRequests)
        fixture.time.advance(seconds: 901)
        let later = try await fixture.beginDevice()
        #expect(await problem { try await fixture.allow(later) } == nil)
    }

    @Test("Y-83, O-2: who asks for the account's deletion signs all phones and clients out at once")
    func deletion() async throws {
        let accounts = fixture.base.accounts
        let account = try await accounts.create(LoginName("li@example.com"), password: "correct horse")
        let answer = try await fixture.beginDevice()
        try await fixture.allow(answer, account: account)
        let phone = try await fixture.poll(answer)
        let step = try await accounts.signIn(
            "li@example.com", password: "correct horse", from: OAuthFixture.visitor)
        guard case .session(let session) = step else { return #expect(Bool(false)) }
        let person = try #require(try await accounts.signedIn(session.secret))
        try await accounts.remove(person, password: "correct horse", from: OAuthFixture.visitor)
        #expect(try await !fixture.isValid(phone.accessToken))
        #expect(try await fixture.server.devices(of: account).isEmpty)
        #expect(await problem { _ = try await fixture.refresh(phone.refreshToken) } == .invalidGrant)
    }
}
