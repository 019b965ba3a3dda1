public import CloudDatabase
public import CloudModel

/// A browser's right to act for an account, as it is given to it.
public struct NewSession: Sendable {
    /// For the browser alone; kept nowhere.
    public let secret: String
    /// Whose.
    public let account: AccountID
}

/// What a right password leads to.
public enum SignInStep: Sendable {
    /// Signed in.
    case session(NewSession)
    /// The second factor is missing; the ticket's secret goes with it.
    case secondFactor(ticket: String)
}

/// Somebody who is signed in.
public struct SignedIn: Sendable {
    /// Who.
    public let account: Account
    /// With which browser.
    public let session: Session
}

extension Accounts {
    /// How long a browser stays signed in that is not used.
    public static let sessionSeconds: Int64 = 30 * 86_400
    static let touchSeconds: Int64 = 3600
    static let ticketSeconds: Int64 = 900
    private static let codeTries = 5

    /// Looks at a name and a password. What is wrong is not told, and it takes as long whether or not there is an account.
    public func signIn(_ name: String, password: String, from visitor: Visitor) async throws(Problem)
        -> SignInStep
    {
        let name = Self.spelling(of: name)
        let now = clock()
        let account = try await database.write { transaction throws(Problem) in
            try GuessLimit.passwordFromAddress.count(visitor.network, in: transaction, at: now)
            try GuessLimit.passwordOfName.count(name, in: transaction, at: now)
            return try transaction.accounts.find(name: name)
        }
        guard try await passwords.isRight(password, for: account?.passwordHash), let account else {
            // The disk is waited for in any case.
            try await database.write { transaction throws(Problem) in
                if let account {
                    try transaction.note(.signInRefused, from: visitor, of: account.id, at: now)
                } else {
                    try transaction.audit.touch()
                }
            }
            throw Self.credentialsWrong
        }
        return try await database.write { transaction throws(Problem) in
            // It may have been changed while the old one was looked at.
            guard try transaction.accounts.find(account.id)?.passwordHash == account.passwordHash else {
                throw Self.credentialsWrong
            }
            try GuessLimit.passwordOfName.forget(name, in: transaction)
            guard try transaction.secondFactors.find(of: account.id) != nil else {
                return .session(try transaction.beginSession(of: account.id, from: visitor, at: now))
            }
            let ticket = Secret()
            try transaction.tickets.insert(
                Ticket(.secondFactor, account: account.id), ticket.digest, tries: Self.codeTries,
                until: now.advanced(bySeconds: Self.ticketSeconds))
            return .secondFactor(ticket: ticket.text)
        }
    }

    /// Looks at a second factor: a code of the owner's device, or one of the recovery codes.
    public func confirmSignIn(ticket: String, code: String, from visitor: Visitor) async throws(Problem)
        -> NewSession
    {
        let now = clock()
        let digest = Secret.digest(ticket)
        let session: NewSession? = try await database.write { transaction throws(Problem) in
            guard let taken = try transaction.tickets.take(digest, for: .secondFactor, at: now),
                let account = taken.account
            else { throw Self.ticketGone }
            try GuessLimit.codeOfAccount.count("\(account)", in: transaction, at: now)
            guard try transaction.takeCode(code, of: account, from: visitor, at: now) else {
                try transaction.note(.signInRefused, from: visitor, of: account, at: now)
                return nil
            }
            try transaction.tickets.remove(digest)
            try GuessLimit.codeOfAccount.forget("\(account)", in: transaction)
            return try transaction.beginSession(of: account, from: visitor, at: now)
        }
        guard let session else { throw Self.codeWrong }
        return session
    }

    /// Who is signed in with a browser that shows `secret`.
    public func signedIn(_ secret: String) async throws(Problem) -> SignedIn? {
        let now = clock()
        let digest = Secret.digest(secret)
        let found: SignedIn? = try await database.read { transaction throws(Problem) in
            guard let session = try transaction.sessions.find(digest, at: now),
                let account = try transaction.accounts.find(session.account)
            else { return nil }
            return SignedIn(account: account, session: session)
        }
        guard let found else { return nil }
        if found.session.seenAt.advanced(bySeconds: Self.touchSeconds) <= now {
            try await database.write { transaction throws(Problem) in
                try transaction.sessions.touch(
                    found.session.id, at: now, until: now.advanced(bySeconds: Self.sessionSeconds))
            }
        }
        return found
    }

    /// Ends a browser's session.
    public func endSession(_ id: Int64, of account: AccountID, from visitor: Visitor) async throws(Problem) {
        let now = clock()
        try await database.write { transaction throws(Problem) in
            guard try transaction.sessions.remove(id, of: account) else { return }
            try transaction.note(.sessionEnded, from: visitor, of: account, at: now)
        }
    }

    /// Ends all sessions of an account but one.
    public func endSessions(of account: AccountID, except kept: Int64, from visitor: Visitor)
        async throws(Problem)
    {
        let now = clock()
        try await database.write { transaction throws(Problem) in
            try transaction.sessions.removeAll(of: account, except: kept)
            try transaction.note(.sessionEnded, from: visitor, of: account, at: now)
        }
    }

    /// Looks at the password of somebody who is signed in, before what only they may do.
    func prove(_ password: String, of account: AccountID, in visitor: Visitor) async throws(Problem) {
        let now = clock()
        let found = try await database.write { transaction throws(Problem) in
            try GuessLimit.passwordOfName.count("\(account)", in: transaction, at: now)
            return try transaction.accounts.find(account)
        }
        guard try await passwords.isRight(password, for: found?.passwordHash) else {
            throw Problem(.forbidden, "the password is wrong", reason: .passwordWrong)
        }
        try await database.write { transaction throws(Problem) in
            try GuessLimit.passwordOfName.forget("\(account)", in: transaction)
        }
    }

    /// One spelling for each name; what is no name is kept as it is, and is nobody's.
    private static func spelling(of name: String) -> String {
        do throws(Problem) { return try LoginName(name).description } catch {
            return String(name.prefix(254))
        }
    }

    static let credentialsWrong = Problem(
        .unauthenticated, "the name or the password is wrong", reason: .credentialsWrong)
    static let codeWrong = Problem(.unauthenticated, "the code is wrong", reason: .codeWrong)
    static let ticketGone = Problem(
        .unauthenticated, "this took too long, or too many codes were tried; begin again", reason: .ticketGone
    )
}

extension Transaction {
    /// Lets a browser act for an account. Its secret is always a new one: whoever laid an old one in the browser has nothing.
    func beginSession(of account: AccountID, from visitor: Visitor, at now: Instant) throws(Problem)
        -> NewSession
    {
        let secret = Secret()
        try sessions.insert(
            secret.digest, of: account, agent: visitor.agent, at: now,
            until: now.advanced(bySeconds: Accounts.sessionSeconds))
        try note(.signedIn, visitor.agent, from: visitor, of: account, at: now)
        return NewSession(secret: secret.text, account: account)
    }

    /// Uses up a code of an account; false where it is none.
    func takeCode(_ code: String, of account: AccountID, from visitor: Visitor, at now: Instant)
        throws(Problem) -> Bool
    {
        guard let factor = try secondFactors.find(of: account) else { return false }
        if RecoveryCode.isOne(code) {
            guard try secondFactors.takeRecoveryCode(RecoveryCode.digest(code), of: account) else {
                return false
            }
            try note(.recoveryCodeUsed, from: visitor, of: account, at: now)
            return true
        }
        guard let step = TimeCode(secret: factor.secret).step(of: code, after: factor.lastStep, at: now)
        else {
            return false
        }
        return try secondFactors.take(step: step, of: account)
    }
}
