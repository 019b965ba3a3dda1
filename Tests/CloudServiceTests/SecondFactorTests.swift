import CloudDatabase
import CloudModel
import CloudObjects
@testable import CloudService
import Support
import Testing

@Suite struct SecondFactorTests {
    private let fixture: DriveFixture
    private let visitor = Visitor(address: "192.0.2.1", agent: "Firefox", language: .english)
    private let factor = TimeCode()

    init() throws { fixture = try DriveFixture() }

    private var accounts: Accounts { fixture.accounts }
    private var step: Int64 { fixture.time.now.milliseconds / 30_000 }

    private func added() async throws -> [String] {
        let id = try await accounts.create(LoginName("ming@example.com"), password: "correct horse")
        let codes = try await accounts.addSecondFactor(
            factor, code: factor.code(step: step), password: "correct horse", of: id, from: visitor)
        fixture.time.advance(seconds: 60)
        return codes
    }

    private func ticket() async throws -> String {
        let step = try await accounts.signIn("ming@example.com", password: "correct horse", from: visitor)
        guard case .secondFactor(let ticket) = step else { throw Problem(.conflict, "no second factor") }
        return ticket
    }

    private func reason(_ code: String, _ ticket: String) async -> ProblemReason? {
        do {
            _ = try await accounts.confirmSignIn(ticket: ticket, code: code, from: visitor)
            return nil
        } catch { return error.reason }
    }

    /// RFC 6238, appendix B, the last six of eight digits.
    @Test(
        "codes are those of the standard",
        arguments: [
            (59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924"), (20_000_000_000, "353130"),
        ])
    func vectors(seconds: Int64, code: String) {
        #expect(TimeCode(secret: Array("12345678901234567890".utf8)).code(step: seconds / 30) == code)
    }

    @Test("the key is typed as base32, and read back")
    func base32() throws {
        #expect(
            TimeCode(secret: Array("12345678901234567890".utf8)).text == "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")
        #expect(try #require(TimeCode(text: factor.text)).secret == factor.secret)
        for text in ["", "GEZDGNBV", factor.text + "A", String(factor.text.dropLast()) + "1", "ä"] {
            #expect(TimeCode(text: text) == nil, "\(text)")
        }
    }

    @Test("Y-80: with a second factor a password alone opens nothing, and a code signs in")
    func code() async throws {
        _ = try await added()
        let ticket = try await ticket()
        let session = try await accounts.confirmSignIn(
            ticket: ticket, code: factor.code(step: step), from: visitor)
        #expect(try await accounts.signedIn(session.secret) != nil)
        #expect(await reason(factor.code(step: step + 1), ticket) == .ticketGone)
    }

    @Test("Y-80: a code is taken once, also with another ticket, and clocks may be wrong by half a minute")
    func replay() async throws {
        _ = try await added()
        let code = factor.code(step: step)
        _ = try await accounts.confirmSignIn(ticket: ticket(), code: code, from: visitor)
        #expect(await reason(code, try ticket()) == .codeWrong)
        #expect(await reason(factor.code(step: step - 1), try ticket()) == .codeWrong)
        #expect(await reason(factor.code(step: step + 2), try ticket()) == .codeWrong)
        #expect(await reason(factor.code(step: step + 1), try ticket()) == nil)
    }

    @Test("Y-80: codes are guessed five times with a ticket, and ten times in all")
    func guesses() async throws {
        _ = try await added()
        let first = try await ticket()
        for _ in 0..<5 { #expect(await reason("000", first) == .codeWrong) }
        #expect(await reason(factor.code(step: step), first) == .ticketGone)
        let second = try await ticket()
        for _ in 0..<5 { #expect(await reason("000", second) == .codeWrong) }
        #expect(await reason(factor.code(step: step), try ticket()) == .triesUsedUp)
        fixture.time.advance(seconds: 901)
        #expect(await reason(factor.code(step: step), try ticket()) == nil)
    }

    @Test("Y-81: a recovery code signs in once, however it is typed")
    func recovery() async throws {
        let codes = try await added()
        #expect(Set(codes).count == 10)
        #expect(await reason(codes[3].uppercased().replacing("-", with: " "), try ticket()) == nil)
        #expect(await reason(codes[3], try ticket()) == .codeWrong)
        #expect(await reason(codes[4], try ticket()) == nil)
    }

    @Test("Y-81: new recovery codes end those before")
    func newRecoveryCodes() async throws {
        let codes = try await added()
        let session = try await accounts.confirmSignIn(ticket: ticket(), code: codes[0], from: visitor)
        let fresh = try await accounts.makeRecoveryCodes(
            password: "correct horse", of: session.account, from: visitor)
        #expect(await reason(codes[1], try ticket()) == .codeWrong)
        #expect(await reason(fresh[1], try ticket()) == nil)
    }

    @Test("Y-82: what changes how an account is opened asks for the password, and is noted")
    func proof() async throws {
        let id = try await accounts.create(LoginName("ming@example.com"), password: "correct horse")
        let code = factor.code(step: step)
        await #expect(throws: Problem(.forbidden, "the password is wrong", reason: .passwordWrong)) {
            _ = try await accounts.addSecondFactor(
                factor, code: code, password: "wrong", of: id, from: visitor)
        }
        _ = try await accounts.addSecondFactor(
            factor, code: code, password: "correct horse", of: id, from: visitor)
        await #expect(
            throws: Problem(.conflict, "there is a second factor already", reason: .secondFactorThere)
        ) {
            _ = try await accounts.addSecondFactor(
                TimeCode(secret: factor.secret), code: code, password: "correct horse", of: id, from: visitor)
        }
        await #expect(throws: Problem(.forbidden, "the password is wrong", reason: .passwordWrong)) {
            try await accounts.removeSecondFactor(password: "wrong", of: id, from: visitor)
        }
        try await accounts.removeSecondFactor(password: "correct horse", of: id, from: visitor)
        let kinds = try await accounts.securityEvents(of: id).map(\.kind)
        #expect(kinds == [.secondFactorRemoved, .secondFactorAdded, .accountMade])
    }

    @Test("Y-82: the password that proves who somebody is can be guessed ten times")
    func proofGuesses() async throws {
        let id = try await accounts.create(LoginName("ming@example.com"), password: "correct horse")
        for _ in 0..<10 {
            #expect(
                await problem {
                    try await accounts.removeSecondFactor(password: "wrong", of: id, from: visitor)
                }
                    == .forbidden)
        }
        #expect(
            await problem {
                try await accounts.removeSecondFactor(password: "correct horse", of: id, from: visitor)
            } == .tooManyRequests)
    }

    @Test("Y-83: a deleted account can be kept for 14 days, and then all of it goes")
    func removal() async throws {
        let client = try await fixture.client()
        try await fixture.makeFolder("/a", as: client)
        try await fixture.put("/a/b.txt", noise(200_000), as: client)
        let step = try await accounts.signIn("ming@example.com", password: "correct horse", from: visitor)
        guard case .session(let session) = step else { return #expect(Bool(false)) }
        let person = try #require(try await accounts.signedIn(session.secret))
        let password = try await accounts.makeAppPassword("rclone", of: client.account, from: visitor)
        await #expect(throws: Problem(.forbidden, "the password is wrong", reason: .passwordWrong)) {
            try await accounts.remove(person, password: "wrong", from: visitor)
        }
        try await accounts.remove(person, password: "correct horse", from: visitor)
        #expect(
            await problem {
                let caller = try AppPasswordCaller(name: "ming@example.com", password: password)
                let now = fixture.time.now
                _ = try await fixture.database.read { transaction throws(Problem) in
                    try caller.client(in: transaction, at: now)
                }
            } == .unauthenticated)
        let upkeep = Upkeep(database: fixture.database, objects: fixture.objects) { [time = fixture.time] in
            time.now
        }
        fixture.time.advance(seconds: 14 * 86_400 - 100)
        try await upkeep.removeAccounts()
        try await accounts.keep(client.account, from: visitor)
        fixture.time.advance(seconds: 200)
        try await upkeep.removeAccounts()
        #expect(try await fixture.get("/a/b.txt", as: client).count == 200_000)
        let again = try #require(try await accounts.signedIn(session.secret))
        try await accounts.remove(again, password: "correct horse", from: visitor)
        fixture.time.advance(seconds: 14 * 86_400 + 1)
        try await upkeep.removeAccounts()
        try await upkeep.removeUnused()
        #expect(
            try await fixture.database.read { transaction throws(Problem) in
                try transaction.accounts.isEmpty()
            })
        #expect(try await fixture.objects.keys(before: Instant(milliseconds: .max)).isEmpty)
    }
}
