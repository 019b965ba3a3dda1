public import CloudModel

/// A browser that somebody is signed in with.
public struct Session: Sendable {
    /// Names it in other records.
    public let id: Int64
    /// Who is signed in.
    public let account: AccountID
    /// What the browser says it is; anybody can say anything.
    public let agent: String
    /// Since when.
    public let createdAt: Instant
    /// When it was last used, to the hour.
    public let seenAt: Instant
    /// From then on it is none.
    public let expiresAt: Instant
}

/// Browsers that somebody is signed in with.
public struct SessionTable {
    let connection: any Connection

    /// Begins one.
    /// - Parameter digest: of the secret that the browser has.
    public func insert(
        _ digest: [UInt8], of account: AccountID, agent: String, at now: Instant, until end: Instant
    ) throws(Problem) {
        try connection.change(
            """
            INSERT INTO session (account_id, digest, agent, created_at, seen_at, expires_at)
            VALUES (\(account.number), \(digest), \(agent), \(now), \(now), \(end))
            """)
    }

    /// The one whose secret has a digest, unless its time is over.
    public func find(_ digest: [UInt8], at now: Instant) throws(Problem) -> Session? {
        try sessions(
            """
            SELECT id, account_id, agent, created_at, seen_at, expires_at FROM session
            WHERE digest = \(digest) AND expires_at > \(now)
            """
        ).first
    }

    /// All of an account, the last used first.
    public func all(of account: AccountID, at now: Instant) throws(Problem) -> [Session] {
        try sessions(
            """
            SELECT id, account_id, agent, created_at, seen_at, expires_at FROM session
            WHERE account_id = \(account.number) AND expires_at > \(now) ORDER BY seen_at DESC, id DESC
            """)
    }

    /// Notes that one was used, and lets it last.
    public func touch(_ id: Int64, at now: Instant, until end: Instant) throws(Problem) {
        try connection.change(
            "UPDATE session SET seen_at = \(now), expires_at = \(end) WHERE id = \(id)")
    }

    /// Ends one of an account's; false where it has none of this id.
    public func remove(_ id: Int64, of account: AccountID) throws(Problem) -> Bool {
        try connection.change("DELETE FROM session WHERE id = \(id) AND account_id = \(account.number)") == 1
    }

    /// Ends all of an account, but one where that is given.
    public func removeAll(of account: AccountID, except kept: Int64? = nil) throws(Problem) {
        try connection.change(
            "DELETE FROM session WHERE account_id = \(account.number) AND id <> \(kept ?? 0)")
    }

    /// Forgets those whose time is over.
    public func removeExpired(at now: Instant) throws(Problem) {
        try connection.change("DELETE FROM session WHERE expires_at <= \(now)")
    }

    private func sessions(_ query: SQL) throws(Problem) -> [Session] {
        var found: [Session] = []
        for var row in try connection.rows(query) {
            found.append(
                Session(
                    id: try row.next(), account: AccountID(number: try row.next()), agent: try row.next(),
                    createdAt: try row.next(), seenAt: try row.next(), expiresAt: try row.next()))
        }
        return found
    }
}

extension Transaction {
    /// Browsers that somebody is signed in with.
    public var sessions: SessionTable { SessionTable(connection: connection) }
}
