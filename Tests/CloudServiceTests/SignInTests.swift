import CloudDatabase
import CloudModel
@testable import CloudService
import Support
import Testing

@Suite struct SignInTests {
    private let fixture: DriveFixture
    private let visitor = Visitor(address: "192.0.2.1", agent: "Firefox", language: .english)

    init() throws { fixture = try DriveFixture() }

    private var accounts: Accounts { fixture.accounts }

    private func ming() async throws -> AccountID {
        try await accounts.create(LoginName("ming@example.com"), password: "correct horse")
    }

    private func enter(
        _ name: String = "ming@example.com", password: String = "correct horse", from other: Visitor? = nil
    )
        async throws -> NewSession
    {
        let step = try await accounts.signIn(name, password: password, from: other ?? visitor)
        guard case .session(let session) = step else {
            throw Problem(.forbidden, "a second factor is asked for")
        }
        return session
    }

    private func reason(_ body: () async throws -> Void) async -> ProblemReason? {
        do {
            try await body()
            return nil
        } catch { return (error as? Problem)?.reason }
    }

    /// The code in the last message to a name.
    private func code(to name: String) async throws -> String {
        let now = fixture.time.now
        let text = try await fixture.database.write { transaction throws(Problem) in
            var last: String?
            while let message = try transaction.messages.take(at: now, until: now.advanced(bySeconds: 60)) {
                if message.recipient == name { last = message.text }
            }
            return last
        }
        return try #require(text?.split { !$0.isNumber }.first { $0.count == 6 }.map(String.init))
    }

    @Test(
        "Y-70: a right password signs in, under any spelling of the name, and each browser gets a secret of its own"
    )
    func rightPassword() async throws {
        let id = try await ming()
        let first = try await enter("Ming@Example.com")
        let second = try await enter()
        #expect(first.secret != second.secret && first.account == id)
        #expect(try await accounts.signedIn(first.secret)?.account.id == id)
        #expect(try await accounts.signedIn(String(first.secret.dropLast())) == nil)
        #expect(try await accounts.signedIn("") == nil)
    }

    @Test("Y-71: a wrong name and a wrong password are told alike")
    func enumeration() async throws {
        _ = try await ming()
        var answers: Set<String> = []
        for (name, password) in [
            ("ming@example.com", "wrong horse"), ("li@example.com", "correct horse"),
            ("nobody", "correct horse"),
            ("ming@example.com", ""), ("ming@example.com", String(repeating: "x", count: 5000)),
        ] {
            do {
                _ = try await enter(name, password: password)
                Issue.record("\(name) \(password)")
            } catch { answers.insert("\(error)") }
        }
        #expect(answers.count == 1)
    }

    @Test("Y-71: where there is no account, a hash of the same cost is looked at")
    func decoy() async throws {
        let real = try await PasswordHashing().make("correct horse")
        let cost = { (hash: String) in hash.split(separator: "$").prefix(3).joined(separator: "$") }
        #expect(cost(PasswordHashing.decoy) == cost(real))
        #expect(PasswordHashing.decoy.utf8.count == real.utf8.count)
    }

    @Test("Y-72: passwords of one name are guessed ten times, then nobody gets in, and later its owner does")
    func guessesOfName() async throws {
        _ = try await ming()
        for number in 0..<10 {
            let from = Visitor(address: "192.0.2.\(number)", agent: "", language: .english)
            #expect(
                await reason { _ = try await enter(password: "wrong \(number)", from: from) }
                    == .credentialsWrong)
        }
        #expect(await reason { _ = try await enter() } == .triesUsedUp)
        fixture.time.advance(seconds: 901)
        _ = try await enter()
        // A right one begins the count anew.
        for number in 0..<10 {
            #expect(await reason { _ = try await enter(password: "wrong \(number)") } == .credentialsWrong)
        }
    }

    @Test("Y-72: one address guesses fifty times, whatever the names; others go on")
    func guessesFromAddress() async throws {
        _ = try await ming()
        for number in 0..<50 {
            #expect(
                await reason { _ = try await enter("n\(number)@example.com", password: "wrong horse") }
                    == .credentialsWrong)
        }
        #expect(await reason { _ = try await enter() } == .triesUsedUp)
        _ = try await enter(from: Visitor(address: "192.0.2.9", agent: "", language: .english))
    }

    @Test("Y-72: who guesses with a network of its own is one address")
    func network() {
        let agent = { Visitor(address: $0, agent: "", language: .english).network }
        #expect(agent("2001:db8:1:2:3::4") == agent("2001:db8:1:2::9"))
        #expect(agent("2001:db8:1:2::4") != agent("2001:db8:1:3::4"))
        #expect(agent("192.0.2.1") != agent("192.0.2.2"))
        #expect(agent("::ffff:192.0.2.1") == agent("192.0.2.1"))
    }

    @Test("Y-72: guesses at the same time are counted one by one")
    func guessesAtOnce() async throws {
        _ = try await ming()
        let accounts = accounts
        let visitor = visitor
        let wrong = await withTaskGroup(of: ProblemReason?.self) { group in
            for number in 0..<30 {
                group.addTask {
                    do {
                        _ = try await accounts.signIn(
                            "ming@example.com", password: "wrong \(number)", from: visitor)
                        return nil
                    } catch { return (error as? Problem)?.reason }
                }
            }
            return await group.reduce(into: 0) { $0 += $1 == .credentialsWrong ? 1 : 0 }
        }
        #expect(wrong == 10)
    }

    @Test("Y-73: a session ends when it is ended, with its time, and with the password")
    func sessions() async throws {
        let id = try await ming()
        let (first, second, third) = (try await enter(), try await enter(), try await enter())
        let person = try #require(try await accounts.signedIn(first.secret))
        let other = try #require(try await accounts.signedIn(second.secret))
        try await accounts.endSession(other.session.id, of: id, from: visitor)
        #expect(try await accounts.signedIn(second.secret) == nil)
        try await accounts.changePassword("correct horse", to: "battery staple", of: person, from: visitor)
        #expect(try await accounts.signedIn(third.secret) == nil)
        #expect(try await accounts.signedIn(first.secret) != nil)
        fixture.time.advance(seconds: Accounts.sessionSeconds - 10)
        #expect(try await accounts.signedIn(first.secret) != nil)
        fixture.time.advance(seconds: Accounts.sessionSeconds - 10)
        #expect(try await accounts.signedIn(first.secret) != nil, "a session that is used lasts")
        fixture.time.advance(seconds: Accounts.sessionSeconds + 1)
        #expect(try await accounts.signedIn(first.secret) == nil)
    }

    @Test("Y-73: nobody ends another's session")
    func foreignSession() async throws {
        _ = try await ming()
        let session = try await enter()
        let id = try #require(try await accounts.signedIn(session.secret)).session.id
        let li = try await accounts.create(LoginName("li@example.com"), password: "correct horse")
        try await accounts.endSession(id, of: li, from: visitor)
        #expect(try await accounts.signedIn(session.secret) != nil)
    }

    @Test("Y-74: an account is made once the code of its message comes")
    func signUp() async throws {
        let ticket = try await accounts.beginSignUp(
            "li@example.com", password: "correct horse", from: visitor)
        #expect(await reason { _ = try await enter("li@example.com") } == .credentialsWrong)
        let code = try await code(to: "li@example.com")
        let wrong = code == "123456" ? "654321" : "123456"
        #expect(
            await reason { _ = try await accounts.finishSignUp(ticket: ticket, code: wrong, from: visitor) }
                == .codeWrong)
        let session = try await accounts.finishSignUp(ticket: ticket, code: code, from: visitor)
        #expect(try await enter("li@example.com").account == session.account)
        #expect(
            await reason { _ = try await accounts.finishSignUp(ticket: ticket, code: code, from: visitor) }
                == .ticketGone)
    }

    @Test("Y-74: a code is tried five times, and for a quarter of an hour, with its own ticket alone")
    func codes() async throws {
        let ticket = try await accounts.beginSignUp(
            "li@example.com", password: "correct horse", from: visitor)
        let code = try await code(to: "li@example.com")
        for _ in 0..<5 {
            #expect(
                await reason { _ = try await accounts.finishSignUp(ticket: ticket, code: "", from: visitor) }
                    == .codeWrong)
        }
        #expect(
            await reason { _ = try await accounts.finishSignUp(ticket: ticket, code: code, from: visitor) }
                == .ticketGone)
        let second = try await accounts.beginSignUp(
            "li@example.com", password: "correct horse", from: visitor)
        #expect(
            await reason { _ = try await accounts.finishSignUp(ticket: second, code: code, from: visitor) }
                == .codeWrong)
        let fresh = try await self.code(to: "li@example.com")
        fixture.time.advance(seconds: 901)
        #expect(
            await reason { _ = try await accounts.finishSignUp(ticket: second, code: fresh, from: visitor) }
                == .ticketGone)
    }

    @Test("Y-71: signing up with a name that is taken looks the same, and leads to nothing")
    func signUpTaken() async throws {
        let id = try await ming()
        let ticket = try await accounts.beginSignUp(
            "ming@example.com", password: "battery staple", from: visitor)
        for code in ["", "000000", "123456"] {
            #expect(
                await reason {
                    _ = try await accounts.finishSignUp(ticket: ticket, code: code, from: visitor)
                }
                    == .codeWrong)
        }
        #expect(try await enter().account == id)
    }

    @Test("Y-74: of two who sign up with one name at the same time, the second to show the code gets nothing")
    func signUpRace() async throws {
        let first = try await accounts.beginSignUp("li@example.com", password: "correct horse", from: visitor)
        let firstCode = try await code(to: "li@example.com")
        let second = try await accounts.beginSignUp(
            "li@example.com", password: "battery staple", from: visitor)
        let secondCode = try await code(to: "li@example.com")
        _ = try await accounts.finishSignUp(ticket: second, code: secondCode, from: visitor)
        #expect(
            await reason {
                _ = try await accounts.finishSignUp(ticket: first, code: firstCode, from: visitor)
            }
                == .nameTaken)
        #expect(await reason { _ = try await enter("li@example.com") } == .credentialsWrong)
    }

    @Test("Y-75: messages to one name, and those that one address causes, are few")
    func messages() async throws {
        for _ in 0..<5 { _ = try await accounts.beginReset("li@example.com", from: visitor) }
        #expect(
            await reason { _ = try await accounts.beginReset("li@example.com", from: visitor) }
                == .triesUsedUp)
        for number in 0..<15 { _ = try await accounts.beginReset("n\(number)@example.com", from: visitor) }
        #expect(
            await reason { _ = try await accounts.beginReset("other@example.com", from: visitor) }
                == .triesUsedUp)
    }

    @Test(
        "Y-76: a forgotten password is replaced by a code, which ends every session and not the second factor"
    )
    func reset() async throws {
        let id = try await ming()
        let session = try await enter()
        let factor = TimeCode()
        let step = fixture.time.now.milliseconds / 30_000
        _ = try await accounts.addSecondFactor(
            factor, code: factor.code(step: step), password: "correct horse", of: id, from: visitor)
        let ticket = try await accounts.beginReset("ming@example.com", from: visitor)
        let code = try await code(to: "ming@example.com")
        #expect(
            await reason {
                try await accounts.finishReset(
                    ticket: ticket, code: code, password: "12345678", from: visitor)
            } == .passwordTrivial)
        try await accounts.finishReset(ticket: ticket, code: code, password: "battery staple", from: visitor)
        #expect(try await accounts.signedIn(session.secret) == nil)
        #expect(await reason { _ = try await enter() } == .credentialsWrong)
        guard
            case .secondFactor = try await accounts.signIn(
                "ming@example.com", password: "battery staple", from: visitor)
        else { return #expect(Bool(false), "the second factor is gone") }
    }

    @Test("Y-71: a forgotten password of nobody's name looks the same, and leads to nothing")
    func resetOfNobody() async throws {
        let ticket = try await accounts.beginReset("nobody@example.com", from: visitor)
        for code in ["", "000000"] {
            #expect(
                await reason {
                    try await accounts.finishReset(
                        ticket: ticket, code: code, password: "battery staple", from: visitor)
                } == .codeWrong)
        }
    }

    @Test("a ticket of one purpose is none for another")
    func purposes() async throws {
        let id = try await ming()
        let ticket = try await accounts.beginName("ming2@example.com", of: id, from: visitor)
        let code = try await code(to: "ming2@example.com")
        #expect(
            await reason {
                try await accounts.finishReset(
                    ticket: ticket, code: code, password: "battery staple", from: visitor)
            } == .ticketGone)
        #expect(
            await reason { _ = try await accounts.finishSignUp(ticket: ticket, code: code, from: visitor) }
                == .ticketGone)
        let li = try await accounts.create(LoginName("li@example.com"), password: "correct horse")
        #expect(
            await reason { try await accounts.finishName(ticket: ticket, code: code, of: li, from: visitor) }
                == .ticketGone)
    }

    @Test("Y-77: the first account is made with the server's own word, once")
    func setup() async throws {
        let old = try #require(try await accounts.beginSetup())
        let ticket = try #require(try await accounts.beginSetup())
        for wrong in [old, "", "x"] {
            #expect(
                await reason {
                    _ = try await accounts.finishSetup(
                        ticket: wrong, name: "ming@example.com", password: "correct horse", from: visitor)
                } == .ticketGone)
        }
        let session = try await accounts.finishSetup(
            ticket: ticket, name: "ming@example.com", password: "correct horse", from: visitor)
        #expect(try await accounts.account(session.account).account.isOperator)
        #expect(try await accounts.beginSetup() == nil)
        #expect(
            await reason {
                _ = try await accounts.finishSetup(
                    ticket: ticket, name: "li@example.com", password: "correct horse", from: visitor)
            } == .ticketGone)
    }
}
