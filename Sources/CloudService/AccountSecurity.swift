public import CloudDatabase
public import CloudModel

extension Accounts {
    /// How long a deleted account can be taken back.
    public static let graceDays: Int64 = 14

    /// Replaces the password of somebody who knows it. Their other browsers are signed out.
    public func changePassword(
        _ old: String, to new: String, of signedIn: SignedIn, from visitor: Visitor
    ) async throws(Problem) {
        try await prove(old, of: signedIn.account.id, in: visitor)
        try PasswordRule.check(new)
        let hash = try await passwords.make(new)
        let now = clock()
        try await database.write { transaction throws(Problem) in
            try transaction.setPassword(
                hash, of: signedIn.account.id, except: signedIn.session.id, at: now)
            try transaction.note(.passwordChanged, from: visitor, of: signedIn.account.id, at: now)
        }
    }

    /// Asks for a second factor from now on, once the owner's device has shown that it has the secret.
    /// - Returns: recovery codes, shown once and kept nowhere.
    public func addSecondFactor(
        _ factor: TimeCode, code: String, password: String, of account: AccountID, from visitor: Visitor
    ) async throws(Problem) -> [String] {
        try await prove(password, of: account, in: visitor)
        let now = clock()
        guard let step = factor.step(of: code, after: 0, at: now) else { throw Self.codeWrong }
        let codes = Self.recoveryCodes()
        try await database.write { transaction throws(Problem) in
            guard try transaction.secondFactors.insert(factor.secret, step: step, of: account, at: now) else {
                throw Problem(.conflict, "there is a second factor already", reason: .secondFactorThere)
            }
            try transaction.secondFactors.setRecoveryCodes(codes.map(RecoveryCode.digest), of: account)
            try transaction.note(.secondFactorAdded, from: visitor, of: account, at: now)
        }
        return codes
    }

    /// Makes other recovery codes; those before are good no more.
    public func makeRecoveryCodes(password: String, of account: AccountID, from visitor: Visitor)
        async throws(Problem) -> [String]
    {
        try await prove(password, of: account, in: visitor)
        let codes = Self.recoveryCodes()
        let now = clock()
        try await database.write { transaction throws(Problem) in
            guard try transaction.secondFactors.find(of: account) != nil else {
                throw Problem(.notFound, "there is no second factor")
            }
            try transaction.secondFactors.setRecoveryCodes(codes.map(RecoveryCode.digest), of: account)
            try transaction.note(.recoveryCodesMade, from: visitor, of: account, at: now)
        }
        return codes
    }

    /// Asks for the password alone from now on.
    public func removeSecondFactor(password: String, of account: AccountID, from visitor: Visitor)
        async throws(Problem)
    {
        try await prove(password, of: account, in: visitor)
        let now = clock()
        try await database.write { transaction throws(Problem) in
            try transaction.secondFactors.remove(of: account)
            try transaction.note(.secondFactorRemoved, from: visitor, of: account, at: now)
        }
    }

    /// Says in which language messages are written from now on.
    public func setLanguage(_ language: Language, of account: AccountID) async throws(Problem) {
        try await database.write { transaction throws(Problem) in
            try transaction.accounts.setLanguage(language, of: account)
        }
    }

    /// Deletes an account after a grace time. Everything but this browser is signed out at once.
    public func remove(_ signedIn: SignedIn, password: String, from visitor: Visitor) async throws(Problem) {
        let id = signedIn.account.id
        try await prove(password, of: id, in: visitor)
        let now = clock()
        try await database.write { transaction throws(Problem) in
            try transaction.accounts.setRemoval(now.advanced(bySeconds: Self.graceDays * 86_400), of: id)
            try transaction.sessions.removeAll(of: id, except: signedIn.session.id)
            try transaction.accounts.removeAppPasswords(of: id)
            try transaction.grants.removeAll(of: id)
            try transaction.note(.deletionAsked, from: visitor, of: id, at: now)
            try transaction.tell(.removal(days: Int(Self.graceDays)), id, at: now)
        }
    }

    /// Keeps an account that was to be deleted.
    public func keep(_ account: AccountID, from visitor: Visitor) async throws(Problem) {
        let now = clock()
        try await database.write { transaction throws(Problem) in
            try transaction.accounts.setRemoval(nil, of: account)
            try transaction.note(.deletionTakenBack, from: visitor, of: account, at: now)
        }
    }

    private static func recoveryCodes() -> [String] {
        (0..<RecoveryCode.count).map { _ in RecoveryCode.random() }
    }
}
