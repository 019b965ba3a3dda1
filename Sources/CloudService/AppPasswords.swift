public import CloudDatabase
public import CloudModel
internal import Signing
internal import YunCore

extension Accounts {
    /// Makes a password for a client that knows only those; one of the same name is replaced.
    /// - Returns: the password, which is shown once and kept nowhere.
    public func makeAppPassword(_ label: String, for name: LoginName) async throws(Problem) -> String {
        try await makeAppPassword(label, from: .nowhere) { transaction throws(Problem) in
            try transaction.accounts.existing(name).id
        }
    }

    /// Makes a password for a client of somebody who is signed in.
    public func makeAppPassword(_ label: String, of account: AccountID, from visitor: Visitor)
        async throws(Problem) -> String
    {
        try await makeAppPassword(label, from: visitor) { _ in account }
    }

    private func makeAppPassword(
        _ label: String, from visitor: Visitor,
        for account: @escaping @Sendable (Transaction) throws(Problem) -> AccountID
    ) async throws(Problem) -> String {
        let label = try AppPassword.label(label)
        let password = AppPassword.random()
        let now = clock()
        try await database.write { transaction throws(Problem) in
            let account = try account(transaction)
            try transaction.accounts.setAppPassword(
                label, digest: Secret.digest(password), of: account, at: now)
            try transaction.note(.appPasswordMade, label, from: visitor, of: account, at: now)
        }
        return password
    }

    /// Ends a client's password.
    public func removeAppPassword(_ label: String, of name: LoginName) async throws(Problem) {
        let now = clock()
        try await database.write { transaction throws(Problem) in
            let account = try transaction.accounts.existing(name)
            guard try transaction.removeAppPassword(label, of: account.id, from: .nowhere, at: now) else {
                throw Problem(.notFound, "\(name) has no app password of the name \(label.escaped)")
            }
        }
    }

    /// Ends a client's password, where there is one of this name.
    public func removeAppPassword(_ label: String, of account: AccountID, from visitor: Visitor)
        async throws(Problem)
    {
        let now = clock()
        try await database.write { transaction throws(Problem) in
            _ = try transaction.removeAppPassword(label, of: account, from: visitor, at: now)
        }
    }
}

extension Transaction {
    fileprivate func removeAppPassword(
        _ label: String, of account: AccountID, from visitor: Visitor, at now: Instant
    ) throws(Problem) -> Bool {
        guard try accounts.removeAppPassword(label, of: account) else { return false }
        try note(.appPasswordRemoved, label, from: visitor, of: account, at: now)
        return true
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
        digest = Secret.digest(password)
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
    func existing(_ name: LoginName) throws(Problem) -> Account {
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

    static func label(_ text: String) throws(Problem) -> String {
        guard (1...labelBytesMax).contains(text.utf8.count),
            !text.unicodeScalars.contains(where: \.isUnprintable)
        else {
            throw Problem(
                .malformed, "an app password's name has 1 to \(labelBytesMax) bytes and is printable",
                reason: .labelMalformed)
        }
        return text
    }
}
