public import CloudModel

/// How often what can be guessed was tried, by all servers together.
public struct GuessTable {
    let connection: any Connection

    /// Counts one try.
    /// - Returns: how many there were since the first within `windowSeconds`, with this one.
    public func count(_ kind: String, _ subject: String, windowSeconds: Int64, at now: Instant)
        throws(Problem) -> Int
    {
        let start = now.advanced(bySeconds: -windowSeconds)
        return Int(
            try connection.insert(
                """
                INSERT INTO guess (kind, subject, count, since) VALUES (\(kind), \(subject), 1, \(now))
                ON CONFLICT (kind, subject) DO UPDATE SET
                    count = CASE WHEN guess.since <= \(start) THEN 1 ELSE guess.count + 1 END,
                    since = CASE WHEN guess.since <= \(start) THEN excluded.since ELSE guess.since END
                RETURNING count
                """))
    }

    /// Forgets tries, since the right one was among them.
    public func forget(_ kind: String, _ subject: String) throws(Problem) {
        try connection.change("DELETE FROM guess WHERE kind = \(kind) AND subject = \(subject)")
    }

    /// Forgets what is older.
    public func remove(before instant: Instant) throws(Problem) {
        try connection.change("DELETE FROM guess WHERE since < \(instant)")
    }
}

extension Transaction {
    /// How often what can be guessed was tried.
    public var guesses: GuessTable { GuessTable(connection: connection) }
}
