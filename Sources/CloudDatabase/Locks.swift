public import CloudModel

/// What keeps others from changing a file or folder for a while (RFC 4918, 6).
public struct Lock: Sendable {
    /// A URI that only its holder was told.
    public let token: String
    /// What was locked.
    public let node: NodeID
    /// Whether everything below is locked, too.
    public let isDeep: Bool
    /// Whether nobody else can have one.
    public let isExclusive: Bool
    /// What the client said of who it is: an element, or nothing.
    public let ownerXML: String
    /// Who may use the token: a client of the account.
    public let holder: String
    /// From then on it is no lock.
    public let expiresAt: Instant

    /// A lock.
    public init(
        token: String, node: NodeID, isDeep: Bool, isExclusive: Bool, ownerXML: String, holder: String,
        expiresAt: Instant
    ) {
        self.token = token
        self.node = node
        self.isDeep = isDeep
        self.isExclusive = isExclusive
        self.ownerXML = ownerXML
        self.holder = holder
        self.expiresAt = expiresAt
    }
}

/// Locks of all accounts.
public struct LockTable {
    let connection: any Connection

    /// How many an account may have at once: each write looks at all of them.
    public static let countMax = 1000

    /// Those of an account that hold at `now`.
    public func all(of account: AccountID, at now: Instant) throws(Problem) -> [Lock] {
        var found: [Lock] = []
        for var row in try connection.rows(
            """
            SELECT token, node_id, is_deep, is_exclusive, owner_xml, holder, expires_at FROM lock
            WHERE account_id = \(account.number) AND expires_at > \(now) ORDER BY token
            """)
        {
            found.append(
                Lock(
                    token: try row.next(), node: NodeID(number: try row.next()), isDeep: try row.next(),
                    isExclusive: try row.next(), ownerXML: try row.next(), holder: try row.next(),
                    expiresAt: try row.next()))
        }
        return found
    }

    /// Adds a lock, and forgets those of the account that have run out.
    public func insert(_ lock: Lock, of account: AccountID, at now: Instant) throws(Problem) {
        try connection.change(
            "DELETE FROM lock WHERE account_id = \(account.number) AND expires_at <= \(now)")
        var count = try connection.row("SELECT COUNT(*) FROM lock WHERE account_id = \(account.number)")
        let held: Int64? = try count?.next()
        guard held ?? 0 < Self.countMax else {
            throw Problem(.conflict, "an account has \(Self.countMax) locks at most; unlock something first")
        }
        try connection.change(
            """
            INSERT INTO lock (token, account_id, node_id, is_deep, is_exclusive, owner_xml, holder, expires_at)
            VALUES (\(lock.token), \(account.number), \(lock.node.number), \(lock.isDeep), \(lock.isExclusive),
                \(lock.ownerXML), \(lock.holder), \(lock.expiresAt))
            """)
    }

    /// Lets a lock hold until then.
    public func extend(_ token: String, until expiresAt: Instant) throws(Problem) {
        try connection.change("UPDATE lock SET expires_at = \(expiresAt) WHERE token = \(token)")
    }

    /// Ends a lock.
    public func remove(_ token: String) throws(Problem) {
        try connection.change("DELETE FROM lock WHERE token = \(token)")
    }

    /// Ends all locks on a node itself.
    public func removeAll(on id: NodeID) throws(Problem) {
        try connection.change("DELETE FROM lock WHERE node_id = \(id.number)")
    }
}

extension Transaction {
    /// Locks.
    public var locks: LockTable { LockTable(connection: connection) }
}
