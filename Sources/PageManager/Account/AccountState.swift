internal import AppNetwork
internal import PageManagerInterface
internal import Platform
internal import Store
internal import Varlink
internal import YunCore

/// How the phone stands with its account.
struct AccountState {
    /// Whose the phone is, and whose it was as long as something of it is left.
    struct Holder: Codable, Equatable {
        let server: String
        let subject: String
        var name: String?
        var since: Int
        /// Apps that had tokens.
        var apps: [String] = []
    }

    /// What stands for the sign-in at its server. Sealed as one: nobody who changes the file can have a token sent elsewhere.
    struct Session: Codable, Equatable {
        let server: String
        var refreshToken: String
    }

    /// A token of the phone's own; it is kept in memory alone.
    struct Access {
        let text: String
        private let end: Int

        init(_ tokens: Tokens) {
            text = tokens.accessToken
            end =
                CurrentProcess.monotonicNanoseconds + min(tokens.expiresIn - 30, 86_400) * 1_000_000_000
        }

        var isFresh: Bool { CurrentProcess.monotonicNanoseconds < end }
    }

    /// Sign-outs that no server has heard of are few; the oldest are given up.
    private static let untoldMax = 32

    var holder: Holder?
    var session: Session?
    /// What is over, and whose server does not know it.
    var untold: [Session] = []
    var access: Access?
    /// Nobody has signed out since, but the server or a lost key has ended it.
    var isEnded = false
    /// Counts the sessions: what was asked for in one is nothing to the next.
    var number = 0
    var isBeginning = false

    /// Ends the session on this phone.
    mutating func end(isOwners: Bool) {
        if let session, isOwners { untold = (untold + [session]).suffix(Self.untoldMax) }
        session = nil
        access = nil
        isEnded = !isOwners
        number += 1
    }
}

extension AccountState {
    private struct Secrets: Codable {
        let session: Session?
        let untold: [Session]
    }

    private struct File: Codable {
        let holder: Holder?
        let isEnded: Bool
        let hasSession: Bool
        let sealed: String
    }

    init(in vault: AccountVault) throws(Failure) {
        guard let bytes = try vault.read() else { return }
        guard let file = JSONText.decode(File.self, bytes) else {
            throw Failure(
                .storeDamaged, "the file of this phone's account is damaged",
                hint:
                    "remove account/sign-in in the store and what the account's apps keep, then sign in again"
            )
        }
        holder = file.holder
        isEnded = file.isEnded
        guard let text = try vault.open(file.sealed), let secrets = JSONText.decode(Secrets.self, text) else {
            isEnded = isEnded || file.hasSession
            return
        }
        (session, untold) = (secrets.session, secrets.untold)
    }

    func write(to vault: AccountVault) throws(Failure) {
        let secrets = try JSONText.encode(Secrets(session: session, untold: untold))
        let file = File(
            holder: holder, isEnded: isEnded, hasSession: session != nil, sealed: try vault.seal(secrets))
        try vault.write(JSONText.encode(file))
    }
}
