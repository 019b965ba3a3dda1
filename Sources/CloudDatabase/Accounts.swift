public import CloudModel

/// An account as other records name it.
public struct AccountID: Sendable, Hashable, CustomStringConvertible {
    let number: Int64

    /// For operators.
    public var description: String { "\(number)" }
}

/// Whose a storage is, and how much of it.
public struct Account: Sendable {
    /// Names it in other records.
    public let id: AccountID
    /// Argon2id, in libsodium's text form.
    public let passwordHash: String
    /// How much may be kept.
    public let quotaBytes: Int64
    /// How much is kept: each content once, whatever refers to it.
    public let usedBytes: Int64
    /// What its owner reads.
    public let language: Language
    /// Whether its owner looks after the server.
    public let isOperator: Bool
    /// Since when it is there.
    public let createdAt: Instant
    /// When it will be gone, where its owner wants that.
    public let removedAt: Instant?
}

/// Accounts, the names that they sign in by, and passwords for clients that know only those.
public struct AccountTable {
    let connection: any Connection

    /// Makes an account that signs in by `name`; fails where another does.
    /// - Parameters:
    ///   - name: normalised.
    ///   - subject: random; what others outside know it by is computed from it, and it is told to nobody.
    public func insert(
        name: String, subject: String, passwordHash: String, quotaBytes: Int64, language: Language = .english,
        isOperator: Bool = false, at now: Instant
    ) throws(Problem) -> AccountID {
        try checkFree(name)
        let number = try connection.insert(
            """
            INSERT INTO account (subject, password_hash, quota_bytes, language, is_operator, created_at)
            VALUES (\(subject), \(passwordHash), \(quotaBytes), \(language.rawValue), \(isOperator), \(now)) RETURNING id
            """)
        let id = AccountID(number: number)
        try addName(name, of: id)
        return id
    }

    /// Lets an account be signed in to by one more name; fails where another account is.
    public func addName(_ name: String, of id: AccountID) throws(Problem) {
        try checkFree(name)
        try connection.change("INSERT INTO login_name (name, account_id) VALUES (\(name), \(id.number))")
    }

    private func checkFree(_ name: String) throws(Problem) {
        guard try connection.row("SELECT 1 FROM login_name WHERE name = \(name)") == nil else {
            throw Problem(.conflict, "there is an account of \(name)", reason: .nameTaken)
        }
    }

    /// Takes a name from an account; false where that is not its own, or its last.
    public func removeName(_ name: String, of id: AccountID) throws(Problem) -> Bool {
        try connection.change(
            """
            DELETE FROM login_name WHERE name = \(name) AND account_id = \(id.number)
                AND (SELECT COUNT(*) FROM login_name WHERE account_id = \(id.number)) > 1
            """) == 1
    }

    /// The names that an account is signed in to by.
    public func names(of id: AccountID) throws(Problem) -> [String] {
        var found: [String] = []
        for var row in try connection.rows(
            "SELECT name FROM login_name WHERE account_id = \(id.number) ORDER BY name")
        {
            found.append(try row.next())
        }
        return found
    }

    /// Whether there is any account.
    public func isEmpty() throws(Problem) -> Bool {
        try connection.row("SELECT 1 FROM account LIMIT 1") == nil
    }

    /// Gives an account another password.
    public func setPasswordHash(_ hash: String, of id: AccountID) throws(Problem) {
        try connection.change("UPDATE account SET password_hash = \(hash) WHERE id = \(id.number)")
    }

    /// Says in which language its owner reads.
    public func setLanguage(_ language: Language, of id: AccountID) throws(Problem) {
        try connection.change("UPDATE account SET language = \(language.rawValue) WHERE id = \(id.number)")
    }

    /// Says when an account is to be removed; `nil` to keep it.
    public func setRemoval(_ instant: Instant?, of id: AccountID) throws(Problem) {
        try connection.change("UPDATE account SET removed_at = \(instant) WHERE id = \(id.number)")
    }

    /// An account that is to be removed by now.
    public func removable(at now: Instant) throws(Problem) -> AccountID? {
        let row = try connection.row("SELECT id FROM account WHERE removed_at <= \(now) LIMIT 1")
        guard var row else { return nil }
        return AccountID(number: try row.next())
    }

    /// Removes an account with all that is recorded of it. Its contents are to be released before.
    public func remove(_ id: AccountID) throws(Problem) {
        try connection.change("DELETE FROM account WHERE id = \(id.number)")
    }

    /// The account that signs in by `name`, normalised.
    public func find(name: String) throws(Problem) -> Account? {
        try connection.row(
            """
            SELECT \(Account.columns) FROM login_name
            JOIN account ON account.id = login_name.account_id WHERE login_name.name = \(name)
            """
        ).map { row throws(Problem) in try Account(row) }
    }

    /// The account with an id.
    public func find(_ id: AccountID) throws(Problem) -> Account? {
        try connection.row("SELECT \(Account.columns) FROM account WHERE id = \(id.number)")
            .map { row throws(Problem) in try Account(row) }
    }

    /// Takes `bytes` more, or fails where the quota does not have them. Writers at the same time wait for each other here, so
    /// none sees room that another takes.
    public func use(_ bytes: Int64, of id: AccountID) throws(Problem) {
        let changed = try connection.change(
            """
            UPDATE account SET used_bytes = used_bytes + \(bytes)
            WHERE id = \(id.number) AND used_bytes + \(bytes) <= quota_bytes
            """)
        guard changed == 1 else {
            throw Problem(
                .quotaExceeded, "the account has no room for \(bytes) bytes more; remove something first")
        }
    }

    /// Gives `bytes` back.
    public func release(_ bytes: Int64, of id: AccountID) throws(Problem) {
        try connection.change(
            "UPDATE account SET used_bytes = used_bytes - \(bytes) WHERE id = \(id.number)")
    }

    /// Adds a password for clients, or gives the one of that name a new value.
    /// - Parameter digest: of a random password; one that a person chose needs a slower hash.
    public func setAppPassword(_ name: String, digest: [UInt8], of id: AccountID, at now: Instant)
        throws(Problem)
    {
        try connection.change(
            """
            INSERT INTO app_password (account_id, name, digest, created_at)
            VALUES (\(id.number), \(name), \(digest), \(now))
            ON CONFLICT (account_id, name) DO UPDATE SET digest = excluded.digest, created_at = excluded.created_at
            """)
    }

    /// Forgets a password for clients; false where there is none of that name.
    public func removeAppPassword(_ name: String, of id: AccountID) throws(Problem) -> Bool {
        try connection.change(
            "DELETE FROM app_password WHERE account_id = \(id.number) AND name = \(name)") == 1
    }

    /// Names of passwords for clients, with when each was made.
    public func appPasswords(of id: AccountID) throws(Problem) -> [(name: String, createdAt: Instant)] {
        var found: [(name: String, createdAt: Instant)] = []
        for var row in try connection.rows(
            "SELECT name, created_at FROM app_password WHERE account_id = \(id.number) ORDER BY name")
        {
            found.append((try row.next(), try row.next()))
        }
        return found
    }

    /// Forgets all passwords for clients of an account.
    public func removeAppPasswords(of id: AccountID) throws(Problem) {
        try connection.change("DELETE FROM app_password WHERE account_id = \(id.number)")
    }

    /// The account that signs in by `name`, where `digest` is one of its passwords for clients, and that password's name.
    public func find(name: String, appPasswordDigest digest: [UInt8]) throws(Problem) -> (
        account: AccountID, password: String
    )? {
        let row = try connection.row(
            """
            SELECT app_password.account_id, app_password.name FROM app_password
            JOIN login_name ON login_name.account_id = app_password.account_id
            WHERE app_password.digest = \(digest) AND login_name.name = \(name)
            """)
        guard var row else { return nil }
        return (AccountID(number: try row.next()), try row.next())
    }
}

extension Transaction {
    /// Accounts and their passwords.
    public var accounts: AccountTable { AccountTable(connection: connection) }
}

extension Account {
    fileprivate static let columns: SQL = """
        account.id, account.password_hash, account.quota_bytes, account.used_bytes, account.language,
        account.is_operator, account.created_at, account.removed_at
        """

    fileprivate init(_ row: Row) throws(Problem) {
        var row = row
        id = AccountID(number: try row.next())
        passwordHash = try row.next()
        quotaBytes = try row.next()
        usedBytes = try row.next()
        guard let language = Language(rawValue: try row.next()) else { throw .fault("an unknown language") }
        self.language = language
        isOperator = try row.next()
        createdAt = try row.next()
        removedAt = try row.next()
    }
}
