public import CloudDatabase
public import CloudModel
internal import Platform
internal import Signing
internal import YunCore

/// Accounts, and who may use them.
public struct Accounts: Sendable {
    /// What an account gets that is told nothing else: 100 GB.
    public static let quotaBytesDefault: Int64 = 100_000_000_000

    private let database: any Database
    private let clock: @Sendable () -> Instant

    /// - Parameter clock: tells the time; tests turn it.
    public init(database: any Database, clock: @escaping @Sendable () -> Instant) {
        self.database = database
        self.clock = clock
    }

    /// Makes an account.
    public func create(_ name: LoginName, password: String, quotaBytes: Int64 = quotaBytesDefault)
        async throws(Problem) -> AccountID
    {
        try PasswordRule.check(password, for: name)
        let hash: String
        do throws(Failure) {
            hash = try PasswordHash.make(Array(password.utf8))
        } catch { throw Problem(.unavailable, "the server is short of memory", cause: error.message) }
        let subject = RandomBytes.take(16).hexadecimal
        let now = clock()
        return try await database.write { transaction throws(Problem) in
            try transaction.accounts.insert(
                name: name.description, subject: subject, passwordHash: hash, quotaBytes: quotaBytes, at: now)
        }
    }

    /// Makes a password for a client that knows only those; one of the same name is replaced.
    /// - Returns: the password, which is shown once and kept nowhere.
    public func makeAppPassword(_ label: String, for name: LoginName) async throws(Problem) -> String {
        let label = try AppPassword.label(label)
        let password = AppPassword.random()
        let now = clock()
        try await database.write { transaction throws(Problem) in
            let account = try transaction.accounts.existing(name)
            try transaction.accounts.setAppPassword(
                label, digest: AppPassword.digest(password), of: account.id, at: now)
        }
        return password
    }

    /// Ends a client's password.
    public func removeAppPassword(_ label: String, of name: LoginName) async throws(Problem) {
        try await database.write { transaction throws(Problem) in
            let account = try transaction.accounts.existing(name)
            guard try transaction.accounts.removeAppPassword(label, of: account.id) else {
                throw Problem(.notFound, "\(name) has no app password of the name \(label.escaped)")
            }
        }
    }
}

/// A client that shows a name and an app password. Nothing tells a wrong name from a wrong password.
public struct AppPasswordCaller: DriveCaller {
    private let name: LoginName
    private let digest: [UInt8]

    /// What a client shows.
    public init(name: String, password: String) throws(Problem) {
        do throws(Problem) {
            self.name = try LoginName(name)
        } catch { throw Self.refusal }
        digest = AppPassword.digest(password)
    }

    /// The client, where there is a password like this.
    public func client(in transaction: Transaction, at now: Instant) throws(Problem) -> DriveClient {
        let found = try transaction.accounts.find(name: name.description, appPasswordDigest: digest)
        guard let found else { throw Self.refusal }
        return DriveClient(account: found.account, name: "password:" + found.password)
    }

    private static let refusal = Problem(.unauthenticated, "the name or the app password is wrong")
}

extension AccountTable {
    fileprivate func existing(_ name: LoginName) throws(Problem) -> Account {
        guard let account = try find(name: name.description) else {
            throw Problem(.notFound, "there is no account of \(name)")
        }
        return account
    }
}

/// Passwords that nobody chose: with this much chance in them, one fast hash is enough, and a request costs no more.
enum AppPassword {
    static let labelBytesMax = 100
    /// Letters and digits that are not mistaken for others: 32 of them, five bits each.
    private static let alphabet = Array("abcdefghijkmnpqrstuvwxyz23456789".utf8)
    private static let lettersCount = 25

    static func random() -> String {
        let letters = RandomBytes.take(lettersCount).map { alphabet[Int($0 & 31)] }
        return stride(from: 0, to: letters.count, by: 5)
            .map { String(decoding: letters[$0..<$0 + 5], as: UTF8.self) }.joined(separator: "-")
    }

    static func digest(_ password: String) -> [UInt8] { Digest(of: Array(password.utf8)).bytes }

    static func label(_ text: String) throws(Problem) -> String {
        guard (1...labelBytesMax).contains(text.utf8.count),
            !text.unicodeScalars.contains(where: \.isUnprintable)
        else {
            throw Problem(
                .malformed, "an app password's name has 1 to \(labelBytesMax) bytes and is printable")
        }
        return text
    }
}

/// What passwords are refused: those that are guessed first (NIST SP 800-63B, 5.1.1.2).
enum PasswordRule {
    static let scalarsMin = 8
    /// More would let whoever sends it keep the processor busy.
    static let bytesMax = 1024
    private static let trivial: Set<String> = [
        "password", "passw0rd", "password1", "iloveyou", "sunshine", "princess", "football", "baseball",
        "superman", "trustno1", "welcome1", "letmein1", "qwertyui", "qwerty123", "qwertyuiop", "1q2w3e4r",
        "1qaz2wsx", "asdfghjk", "asdfghjkl", "zxcvbnm1", "woaini1314", "5201314520", "woaini520", "changeme",
        "administrator", "taobao123", "alibaba123", "a1234567", "aa123456", "abc12345", "abcd1234",
    ]

    static func check(_ password: String, for name: LoginName) throws(Problem) {
        guard password.unicodeScalars.count >= scalarsMin else {
            throw Problem(.malformed, "a password has \(scalarsMin) characters at least")
        }
        guard password.utf8.count <= bytesMax else {
            throw Problem(.malformed, "a password has \(bytesMax) bytes at most")
        }
        let small = password.lowercased()
        let owner = name.description.split(separator: "@").first.map(String.init) ?? ""
        guard !trivial.contains(small), !isRun(small), Set(small).count > 3,
            owner.count < 4 || !small.contains(owner)
        else { throw Problem(.malformed, "this password is guessed at once; choose another") }
    }

    /// Whether each character follows the one before, as in 12345678 or hgfedcba.
    private static func isRun(_ text: String) -> Bool {
        let values = text.unicodeScalars.map { Int($0.value) }
        let steps = Set(zip(values, values.dropFirst()).map { $1 - $0 })
        return steps.count == 1
    }
}
