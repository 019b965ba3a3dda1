public import CloudModel

/// What else than a password an owner shows.
public struct SecondFactor: Sendable {
    /// Shared with the owner's device.
    public let secret: [UInt8]
    /// The time step of the last code that was taken: none is taken twice.
    public let lastStep: Int64
}

/// Second factors, and codes for those who lost theirs.
public struct SecondFactorTable {
    let connection: any Connection

    /// An account's, where it has one.
    public func find(of account: AccountID) throws(Problem) -> SecondFactor? {
        let row = try connection.row(
            "SELECT secret, last_step FROM second_factor WHERE account_id = \(account.number)")
        guard var row else { return nil }
        return SecondFactor(secret: try row.next(), lastStep: try row.next())
    }

    /// Gives an account one; false where it has one.
    public func insert(_ secret: [UInt8], step: Int64, of account: AccountID, at now: Instant) throws(Problem)
        -> Bool
    {
        try connection.change(
            """
            INSERT INTO second_factor (account_id, secret, last_step, created_at)
            VALUES (\(account.number), \(secret), \(step), \(now)) ON CONFLICT (account_id) DO NOTHING
            """) == 1
    }

    /// Notes the step of a code that is taken; false where it, or a later one, was taken before.
    public func take(step: Int64, of account: AccountID) throws(Problem) -> Bool {
        try connection.change(
            "UPDATE second_factor SET last_step = \(step) WHERE account_id = \(account.number) AND last_step < \(step)"
        ) == 1
    }

    /// Takes an account's, and the codes that stand for it.
    public func remove(of account: AccountID) throws(Problem) {
        try connection.change("DELETE FROM second_factor WHERE account_id = \(account.number)")
        try connection.change("DELETE FROM recovery_code WHERE account_id = \(account.number)")
    }

    /// Gives an account other recovery codes.
    public func setRecoveryCodes(_ digests: [[UInt8]], of account: AccountID) throws(Problem) {
        try connection.change("DELETE FROM recovery_code WHERE account_id = \(account.number)")
        for digest in digests {
            try connection.change(
                "INSERT INTO recovery_code (account_id, digest) VALUES (\(account.number), \(digest))")
        }
    }

    /// Uses a recovery code up; false where the account has none like it.
    public func takeRecoveryCode(_ digest: [UInt8], of account: AccountID) throws(Problem) -> Bool {
        try connection.change(
            "DELETE FROM recovery_code WHERE account_id = \(account.number) AND digest = \(digest)") == 1
    }

    /// How many recovery codes are left.
    public func recoveryCodesCount(of account: AccountID) throws(Problem) -> Int {
        let row = try connection.row(
            "SELECT COUNT(*) FROM recovery_code WHERE account_id = \(account.number)")
        guard var row else { return 0 }
        return try row.next()
    }
}

extension Transaction {
    /// Second factors, and codes for those who lost theirs.
    public var secondFactors: SecondFactorTable { SecondFactorTable(connection: connection) }
}
