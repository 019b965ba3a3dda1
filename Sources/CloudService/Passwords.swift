internal import CloudModel
internal import CloudObjects
internal import Signing
internal import YunCore

/// Hashes passwords that people chose. One takes 64 MiB and all of a processor for a tenth of a second, so few are hashed at a
/// time, and whoever sends many waits for those, and does not starve everything else.
actor PasswordHashing {
    private static let workersMax = 2
    private static let waitingMax = 100
    /// Of no password; taken where there is no account, so that the answer takes as long.
    static let decoy =
        "$argon2id$v=19$m=65536,t=2,p=1$rB1bD0lQXl0cPq1JwCk0Ug$6Yb2bnmBzhSvDkhkUyUQnUQBm1cWnq1yJfJ5u4vZx1Q"

    private let threads = BlockingWork()
    private var workers = 0
    private var waiting: [CheckedContinuation<Void, Never>] = []

    /// What is kept of a password.
    func make(_ password: String) async throws(Problem) -> String {
        try await take()
        defer { release() }
        do {
            return try await threads.run { () throws(Failure) in
                try PasswordHash.make(Array(password.utf8))
            }
        } catch {
            throw Problem(.unavailable, "the server is short of memory", reason: .busy, cause: error.cause)
        }
    }

    /// Whether a password is the one of a hash; false where there is none, after as long a time.
    func isRight(_ password: String, for hash: String?) async throws(Problem) -> Bool {
        guard password.utf8.count <= PasswordRule.bytesMax else { return false }
        try await take()
        defer { release() }
        return try await threads.run { () throws(Failure) in
            PasswordHash.isMade(hash ?? Self.decoy, of: Array(password.utf8)) && hash != nil
        }
    }

    private func take() async throws(Problem) {
        guard workers == Self.workersMax else {
            workers += 1
            return
        }
        guard waiting.count < Self.waitingMax else {
            throw Problem(.unavailable, "too many sign in at this moment; try again", reason: .busy)
        }
        // Whoever ends hands over its place, so the count stays.
        await withCheckedContinuation { waiting.append($0) }
    }

    private func release() {
        guard waiting.isEmpty else { return waiting.removeFirst().resume() }
        workers -= 1
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

    static func check(_ password: String, for name: LoginName? = nil) throws(Problem) {
        guard password.unicodeScalars.count >= scalarsMin else {
            throw Problem(
                .malformed, "a password has \(scalarsMin) characters at least", reason: .passwordShort)
        }
        guard password.utf8.count <= bytesMax else {
            throw Problem(.malformed, "a password has \(bytesMax) bytes at most", reason: .passwordLong)
        }
        let small = password.lowercased()
        let owner = name?.description.split(separator: "@").first.map(String.init) ?? ""
        guard !trivial.contains(small), !isRun(small), Set(small).count > 3,
            owner.count < 4 || !small.contains(owner)
        else {
            throw Problem(
                .malformed, "this password is guessed at once; choose another", reason: .passwordTrivial)
        }
    }

    /// Whether each character follows the one before, as in 12345678 or hgfedcba.
    private static func isRun(_ text: String) -> Bool {
        let values = text.unicodeScalars.map { Int($0.value) }
        let steps = Set(zip(values, values.dropFirst()).map { $1 - $0 })
        return steps.count == 1
    }
}
