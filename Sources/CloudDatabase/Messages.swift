public import CloudModel

/// A message on its way to somebody.
public struct StoredMessage: Sendable {
    /// Names it.
    public let id: Int64
    /// An e-mail address, or a phone number.
    public let recipient: String
    /// What it is about, in a line.
    public let subject: String
    /// What it says.
    public let text: String
    /// How often it was tried to send it.
    public let tries: Int
    /// Whether it is of use no more.
    public let expiresAt: Instant
}

/// Messages that are to be sent. They are committed with what they tell of, so none is lost and none tells of what was not.
public struct MessageTable {
    let connection: any Connection

    /// Adds one.
    public func insert(
        to recipient: String, _ subject: String, _ text: String, at now: Instant, until end: Instant
    ) throws(Problem) {
        try connection.change(
            """
            INSERT INTO message (recipient, subject, text, due_at, expires_at)
            VALUES (\(recipient), \(subject), \(text), \(now), \(end))
            """)
    }

    /// Whether any is due.
    public func isDue(at now: Instant) throws(Problem) -> Bool {
        try connection.row("SELECT 1 FROM message WHERE due_at <= \(now) LIMIT 1") != nil
    }

    /// Takes one that is due, which nobody else gets until `retry`.
    public func take(at now: Instant, until retry: Instant) throws(Problem) -> StoredMessage? {
        let row = try connection.row(
            """
            UPDATE message SET due_at = \(retry), tries = tries + 1
            WHERE id = (SELECT id FROM message WHERE due_at <= \(now) ORDER BY due_at LIMIT 1)
            RETURNING id, recipient, subject, text, tries, expires_at
            """)
        guard var row else { return nil }
        return StoredMessage(
            id: try row.next(), recipient: try row.next(), subject: try row.next(), text: try row.next(),
            tries: try row.next(), expiresAt: try row.next())
    }

    /// Lets one that was not sent be tried again at `due`.
    public func postpone(_ id: Int64, until due: Instant) throws(Problem) {
        try connection.change("UPDATE message SET due_at = \(due) WHERE id = \(id)")
    }

    /// Forgets one that was sent.
    public func remove(_ id: Int64) throws(Problem) {
        try connection.change("DELETE FROM message WHERE id = \(id)")
    }
}

extension Transaction {
    /// Messages that are to be sent.
    public var messages: MessageTable { MessageTable(connection: connection) }
}
