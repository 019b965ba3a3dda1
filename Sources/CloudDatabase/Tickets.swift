public import CloudModel

/// Something that an owner has begun and has to finish, with a code from a message or from a device.
public struct Ticket: Sendable {
    /// What is to be finished.
    public enum Purpose: String, Sendable {
        /// An account is to be made.
        case signUp = "sign-up"
        /// A password was right; the second factor is missing.
        case secondFactor = "second-factor"
        /// A forgotten password is to be replaced.
        case reset
        /// An account is to be signed in to by another name, too.
        case name
        /// The server's first account is to be made.
        case setup
    }

    /// What is to be finished.
    public let purpose: Purpose
    /// Whose; `nil` where there is no account.
    public let account: AccountID?
    /// The name that it is about.
    public let name: String?
    /// Of the password that was chosen.
    public let passwordHash: String?
    /// Of the code; `nil` where none is right.
    public let codeDigest: [UInt8]?

    /// A ticket.
    public init(
        _ purpose: Purpose, account: AccountID? = nil, name: String? = nil, passwordHash: String? = nil,
        codeDigest: [UInt8]? = nil
    ) {
        self.purpose = purpose
        self.account = account
        self.name = name
        self.passwordHash = passwordHash
        self.codeDigest = codeDigest
    }
}

/// What owners have begun.
public struct TicketTable {
    let connection: any Connection

    /// Adds one.
    /// - Parameters:
    ///   - digest: of the secret by which it is found again.
    ///   - tries: how many codes may be tried.
    public func insert(_ ticket: Ticket, _ digest: [UInt8], tries: Int, until end: Instant) throws(Problem) {
        try connection.change(
            """
            INSERT INTO ticket (digest, purpose, account_id, name, password_hash, code_digest, tries_left, expires_at)
            VALUES (\(digest), \(ticket.purpose.rawValue), \(ticket.account?.number), \(ticket.name),
                \(ticket.passwordHash), \(ticket.codeDigest), \(tries), \(end))
            """)
    }

    /// Takes one try of a ticket and gives it back; `nil` where there is none of this purpose, or no try is left. Those who try
    /// at the same time take one each.
    public func take(_ digest: [UInt8], for purpose: Ticket.Purpose, at now: Instant) throws(Problem)
        -> Ticket?
    {
        let row = try connection.row(
            """
            UPDATE ticket SET tries_left = tries_left - 1
            WHERE digest = \(digest) AND purpose = \(purpose.rawValue) AND expires_at > \(now) AND tries_left > 0
            RETURNING account_id, name, password_hash, code_digest
            """)
        guard var row else { return nil }
        let account: Int64? = try row.next()
        return Ticket(
            purpose, account: account.map(AccountID.init), name: try row.next(), passwordHash: try row.next(),
            codeDigest: try row.next())
    }

    /// Whether there is one that can be tried.
    public func isOpen(_ digest: [UInt8], for purpose: Ticket.Purpose, at now: Instant) throws(Problem)
        -> Bool
    {
        try connection.row(
            """
            SELECT 1 FROM ticket WHERE digest = \(digest) AND purpose = \(purpose.rawValue)
                AND expires_at > \(now) AND tries_left > 0
            """) != nil
    }

    /// Forgets one that is finished.
    public func remove(_ digest: [UInt8]) throws(Problem) {
        try connection.change("DELETE FROM ticket WHERE digest = \(digest)")
    }

    /// Forgets all of a purpose.
    public func removeAll(for purpose: Ticket.Purpose) throws(Problem) {
        try connection.change("DELETE FROM ticket WHERE purpose = \(purpose.rawValue)")
    }

    /// Forgets all that an account has begun.
    public func removeAll(of account: AccountID) throws(Problem) {
        try connection.change("DELETE FROM ticket WHERE account_id = \(account.number)")
    }

    /// Forgets those whose time is over.
    public func removeExpired(at now: Instant) throws(Problem) {
        try connection.change("DELETE FROM ticket WHERE expires_at <= \(now)")
    }
}

extension Transaction {
    /// What owners have begun.
    public var tickets: TicketTable { TicketTable(connection: connection) }
}
