public import CloudDatabase
public import CloudModel

extension Accounts {
    private static let codeTries = 5
    private static let setupSeconds: Int64 = 86_400
    private static let setupTries = 100

    /// Begins an account: a code goes to the name. Whether there is an account already, its owner alone is told, in the message.
    /// - Returns: the ticket with which the code is to come.
    public func beginSignUp(_ name: String, password: String, from visitor: Visitor) async throws(Problem)
        -> String
    {
        let name = try LoginName(name)
        try reach.check(name)
        try PasswordRule.check(password, for: name)
        let hash = try await passwords.make(password)
        return try await sendCode(to: name, from: visitor) { transaction throws(Problem) in
            try transaction.accounts.find(name: name.description) == nil
                ? (Ticket.Purpose.signUp, nil, hash, { .confirmName(code: $0) })
                : (Ticket.Purpose.signUp, nil, nil, { _ in .nameIsTaken })
        }
    }

    /// Makes the account that was begun.
    public func finishSignUp(ticket: String, code: String, from visitor: Visitor) async throws(Problem)
        -> NewSession
    {
        let now = clock()
        return try await finish(ticket, code, for: .signUp) { transaction, taken throws(Problem) in
            guard let name = taken.name, let hash = taken.passwordHash else { throw Self.ticketGone }
            let account = try transaction.makeAccount(name, passwordHash: hash, for: visitor, at: now)
            return try transaction.beginSession(of: account, from: visitor, at: now)
        }
    }

    /// Begins to replace a forgotten password.
    public func beginReset(_ name: String, from visitor: Visitor) async throws(Problem) -> String {
        let name = try LoginName(name)
        try reach.check(name)
        return try await sendCode(to: name, from: visitor) { transaction throws(Problem) in
            let account = try transaction.accounts.find(name: name.description)
            return (.reset, account?.id, nil, { account == nil ? .noAccount : .resetPassword(code: $0) })
        }
    }

    /// Replaces a forgotten password, and ends every session and signs out every phone that the old one began. The second factor stays: a code of a
    /// message alone signs nobody in who has one.
    public func finishReset(ticket: String, code: String, password: String, from visitor: Visitor)
        async throws(Problem)
    {
        let now = clock()
        let digest = Secret.digest(ticket)
        let isOpen = try await database.read { transaction throws(Problem) in
            try transaction.tickets.isOpen(digest, for: .reset, at: now)
        }
        guard isOpen else { throw Self.ticketGone }
        try PasswordRule.check(password)
        let hash = try await passwords.make(password)
        try await finish(ticket, code, for: .reset) { transaction, taken throws(Problem) in
            guard let account = taken.account else { throw Self.ticketGone }
            try transaction.setPassword(hash, of: account, except: nil, at: now)
            // Whoever forgot a password cannot know what else was signed in with it.
            try transaction.grants.removeAll(of: account)
            try transaction.note(.passwordReset, from: visitor, of: account, at: now)
        }
    }

    /// Begins to let an account be signed in to by another name, too.
    public func beginName(_ name: String, of account: AccountID, from visitor: Visitor) async throws(Problem)
        -> String
    {
        let name = try LoginName(name)
        try reach.check(name)
        return try await sendCode(to: name, from: visitor) { transaction throws(Problem) in
            try transaction.accounts.find(name: name.description) == nil
                ? (.name, account, "", { .confirmName(code: $0) })
                : (.name, account, nil, { _ in .nameIsTaken })
        }
    }

    /// Adds the name whose code came.
    public func finishName(ticket: String, code: String, of account: AccountID, from visitor: Visitor)
        async throws(Problem)
    {
        let now = clock()
        try await finish(ticket, code, for: .name) { transaction, taken throws(Problem) in
            guard taken.account == account, let name = taken.name else { throw Self.ticketGone }
            try transaction.accounts.addName(name, of: account)
            try transaction.note(.nameAdded, name, from: visitor, of: account, at: now)
        }
    }

    /// Takes a name from an account, which keeps one at least.
    public func removeName(_ name: String, of account: AccountID, from visitor: Visitor) async throws(Problem)
    {
        let now = clock()
        try await database.write { transaction throws(Problem) in
            guard try transaction.accounts.removeName(name, of: account) else {
                throw Problem(.conflict, "an account keeps one name", reason: .nameIsLast)
            }
            try transaction.note(.nameRemoved, name, from: visitor, of: account, at: now)
        }
    }

    /// A ticket for the first account of a server, its operator's; `nil` where there are accounts.
    public func beginSetup() async throws(Problem) -> String? {
        let ticket = Secret()
        let end = clock().advanced(bySeconds: Self.setupSeconds)
        return try await database.write { transaction throws(Problem) in
            guard try transaction.accounts.isEmpty() else { return nil }
            try transaction.tickets.removeAll(for: .setup)
            try transaction.tickets.insert(
                Ticket(.setup), ticket.digest, tries: Self.setupTries, until: end)
            return ticket.text
        }
    }

    /// Makes the first account.
    public func finishSetup(ticket: String, name: String, password: String, from visitor: Visitor)
        async throws(Problem) -> NewSession
    {
        let name = try LoginName(name)
        try PasswordRule.check(password, for: name)
        let now = clock()
        let digest = Secret.digest(ticket)
        let isOpen = try await database.write { transaction throws(Problem) in
            try transaction.tickets.take(digest, for: .setup, at: now) != nil
        }
        guard isOpen else { throw Self.ticketGone }
        let hash = try await passwords.make(password)
        return try await database.write { transaction throws(Problem) in
            guard try transaction.accounts.isEmpty() else { throw Self.ticketGone }
            try transaction.tickets.remove(digest)
            let account = try transaction.makeAccount(
                name.description, passwordHash: hash, isOperator: true, for: visitor, at: now)
            return try transaction.beginSession(of: account, from: visitor, at: now)
        }
    }

    private typealias Beginning = (
        purpose: Ticket.Purpose, account: AccountID?, passwordHash: String?, letter: (String) -> Letter
    )

    /// Sends a code, or a word on why there is none. Whoever asks sees no difference, and none in time: a ticket and a message
    /// are written in any case.
    private func sendCode(
        to name: LoginName, from visitor: Visitor,
        _ begin: @escaping @Sendable (Transaction) throws(Problem) -> Beginning
    ) async throws(Problem) -> String {
        let ticket = Secret()
        let code = MessageCode.random()
        let now = clock()
        try await database.write { transaction throws(Problem) in
            try GuessLimit.messageFromAddress.count(visitor.network, in: transaction, at: now)
            try GuessLimit.messageToName.count(name.description, in: transaction, at: now)
            let (purpose, account, hash, letter) = try begin(transaction)
            let isHopeless = purpose == .reset ? account == nil : hash == nil
            try transaction.tickets.insert(
                Ticket(
                    purpose, account: account, name: name.description, passwordHash: hash,
                    codeDigest: isHopeless ? nil : MessageCode.digest(code, of: ticket.text)),
                ticket.digest, tries: Self.codeTries, until: now.advanced(bySeconds: Self.ticketSeconds))
            try transaction.send(letter(code), to: name.description, in: visitor.language, at: now)
        }
        return ticket.text
    }

    /// Looks at the code of a message, and does what it was sent for. A wrong one costs a try, so that is committed.
    private func finish<Value: Sendable>(
        _ ticket: String, _ code: String, for purpose: Ticket.Purpose,
        _ body: @escaping @Sendable (Transaction, Ticket) throws(Problem) -> Value
    ) async throws(Problem) -> Value {
        let now = clock()
        let digest = Secret.digest(ticket)
        let value: Value? = try await database.write { transaction throws(Problem) in
            guard let taken = try transaction.tickets.take(digest, for: purpose, at: now) else {
                throw Self.ticketGone
            }
            guard let right = taken.codeDigest, right == MessageCode.digest(code, of: ticket) else {
                return nil
            }
            try transaction.tickets.remove(digest)
            return try body(transaction, taken)
        }
        guard let value else { throw Self.codeWrong }
        return value
    }
}

extension Transaction {
    /// Gives an account another password: what the old one opened ends, and all its names are told.
    func setPassword(_ hash: String, of account: AccountID, except session: Int64?, at now: Instant)
        throws(Problem)
    {
        try accounts.setPasswordHash(hash, of: account)
        try sessions.removeAll(of: account, except: session)
        try tickets.removeAll(of: account)
        try tell(.passwordChanged, account, at: now)
    }

    /// Sends a message to every name of an account.
    func tell(_ letter: Letter, _ id: AccountID, at now: Instant) throws(Problem) {
        guard let account = try accounts.find(id) else { return }
        for name in try accounts.names(of: id) { try send(letter, to: name, in: account.language, at: now) }
    }
}
