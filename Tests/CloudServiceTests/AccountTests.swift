import CloudDatabase
import CloudModel
@testable import CloudService
import Support
import Testing

@Suite struct AccountTests {
    private let fixture: DriveFixture

    init() throws { fixture = try DriveFixture() }

    private func client(_ name: String, _ password: String) async throws -> DriveClient {
        let caller = try AppPasswordCaller(name: name, password: password)
        let now = fixture.time.now
        return try await fixture.database.read { transaction throws(Problem) in
            try caller.client(in: transaction, at: now)
        }
    }

    @Test(
        "Y-11: passwords that are guessed first are refused",
        arguments: [
            "", "short", "1234567", "12345678", "hgfedcba", "password", "PassWord1", "aaaaaaaa", "abababab",
            "5201314520",
            "ming2026", "xxMINGxx1", String(repeating: "long", count: 300),
        ])
    func trivial(password: String) async throws {
        #expect(
            await problem {
                _ = try await fixture.accounts.create(LoginName("ming@example.com"), password: password)
            } == .malformed)
    }

    @Test("Y-11: a password is kept as Argon2id, salted")
    func hashes() async throws {
        _ = try await fixture.accounts.create(LoginName("ming@example.com"), password: "correct horse")
        _ = try await fixture.accounts.create(LoginName("li@example.com"), password: "correct horse")
        let hashes = try await fixture.database.read { transaction throws(Problem) in
            [
                try transaction.accounts.find(name: "ming@example.com")?.passwordHash,
                try transaction.accounts.find(name: "li@example.com")?.passwordHash,
            ]
        }
        #expect(hashes.allSatisfy { $0?.hasPrefix("$argon2id$") == true })
        #expect(hashes[0] != hashes[1])
    }

    @Test("Y-10: an app password opens its own account's storage, under any spelling of its name")
    func appPasswords() async throws {
        let name = try LoginName("ming@example.com")
        let account = try await fixture.accounts.create(name, password: "correct horse")
        _ = try await fixture.accounts.create(LoginName("li@example.com"), password: "correct horse")
        let password = try await fixture.accounts.makeAppPassword("rclone", for: name)
        #expect(
            try await client("MING@example.com", password).account
                == account)
        let refused = [
            ("li@example.com", password), ("ming@example.com", "correct horse"), ("ming@example.com", ""),
            ("nobody@example.com", password), ("not a name", password), ("ming@example.com", password + "x"),
        ]
        var answers: Set<String> = []
        for (name, password) in refused {
            do {
                _ = try await client(name, password)
                Issue.record("\(name) \(password)")
            } catch { answers.insert("\(error)") }
        }
        #expect(answers.count == 1)
        try await fixture.accounts.removeAppPassword("rclone", of: name)
        #expect(
            await problem {
                _ = try await client("ming@example.com", password)
            } == .unauthenticated)
    }
}
