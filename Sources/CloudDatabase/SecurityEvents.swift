public import CloudModel

/// Something that an owner may want to know of, since another could have done it.
public struct SecurityEvent: Sendable {
    /// What happened.
    public enum Kind: String, Sendable, CaseIterable {
        case accountMade = "account-made"
        case signedIn = "signed-in"
        case signInRefused = "sign-in-refused"
        case passwordChanged = "password-changed"
        case passwordReset = "password-reset"
        case secondFactorAdded = "second-factor-added"
        case secondFactorRemoved = "second-factor-removed"
        case recoveryCodesMade = "recovery-codes-made"
        case recoveryCodeUsed = "recovery-code-used"
        case appPasswordMade = "app-password-made"
        case appPasswordRemoved = "app-password-removed"
        case nameAdded = "name-added"
        case nameRemoved = "name-removed"
        case sessionEnded = "session-ended"
        case exported
        case deletionAsked = "deletion-asked"
        case deletionTakenBack = "deletion-taken-back"
        case deviceSignedIn = "device-signed-in"
        case deviceSignedOut = "device-signed-out"
        case clientAllowed = "client-allowed"
        case clientEnded = "client-ended"
        case appBlocked = "app-blocked"
        case appUnblocked = "app-unblocked"
        case tokenReused = "token-reused"
    }

    /// What happened.
    public let kind: Kind
    /// Which one of several it was.
    public let detail: String
    /// The network address that it came from; empty where it came from none.
    public let address: String
    /// When.
    public let happenedAt: Instant
}

/// What owners may want to know of.
public struct SecurityEventTable {
    let connection: any Connection

    /// Notes one.
    public func insert(
        _ kind: SecurityEvent.Kind, _ detail: String = "", from address: String, of account: AccountID,
        at now: Instant
    ) throws(Problem) {
        try connection.change(
            """
            INSERT INTO security_event (account_id, kind, detail, address, happened_at)
            VALUES (\(account.number), \(kind.rawValue), \(detail), \(address), \(now))
            """)
    }

    /// An account's, the latest first.
    public func all(of account: AccountID, limit: Int) throws(Problem) -> [SecurityEvent] {
        var found: [SecurityEvent] = []
        for var row in try connection.rows(
            """
            SELECT kind, detail, address, happened_at FROM security_event
            WHERE account_id = \(account.number) ORDER BY id DESC LIMIT \(limit)
            """)
        {
            guard let kind = SecurityEvent.Kind(rawValue: try row.next()) else {
                throw .fault("an unknown event")
            }
            found.append(
                SecurityEvent(
                    kind: kind, detail: try row.next(), address: try row.next(), happenedAt: try row.next()))
        }
        return found
    }

    /// Forgets what is older.
    public func remove(before instant: Instant) throws(Problem) {
        try connection.change("DELETE FROM security_event WHERE happened_at < \(instant)")
    }
}

extension Transaction {
    /// What owners may want to know of.
    public var securityEvents: SecurityEventTable { SecurityEventTable(connection: connection) }
}
