public import CloudDatabase
public import CloudModel
internal import Glibc
internal import Signing
internal import YunCore

/// Accounts, and who may use them.
public struct Accounts: Sendable {
    /// What an account gets that is told nothing else: 100 GB.
    public static let quotaBytesDefault: Int64 = 100_000_000_000

    let database: any Database
    let clock: @Sendable () -> Instant
    let passwords = PasswordHashing()
    /// Where messages can be sent to.
    let reach: MessageReach

    /// - Parameter clock: tells the time; tests turn it.
    public init(
        database: any Database, reach: MessageReach = .everybody, clock: @escaping @Sendable () -> Instant
    ) {
        self.database = database
        self.reach = reach
        self.clock = clock
    }

    /// Makes an account of a name that the operator answers for.
    public func create(_ name: LoginName, password: String, quotaBytes: Int64 = quotaBytesDefault)
        async throws(Problem) -> AccountID
    {
        try PasswordRule.check(password, for: name)
        let hash = try await passwords.make(password)
        let now = clock()
        return try await database.write { transaction throws(Problem) in
            try transaction.makeAccount(
                name.description, passwordHash: hash, quotaBytes: quotaBytes, for: .nowhere, at: now)
        }
    }

    /// An account that is there.
    public func account(_ id: AccountID) async throws(Problem) -> AccountSummary {
        let now = clock()
        return try await database.read { transaction throws(Problem) in
            guard let account = try transaction.accounts.find(id) else {
                throw Problem(.unauthenticated, "the account is gone")
            }
            return AccountSummary(
                account: account, names: try transaction.accounts.names(of: id),
                hasSecondFactor: try transaction.secondFactors.find(of: id) != nil,
                recoveryCodesCount: try transaction.secondFactors.recoveryCodesCount(of: id),
                appPasswords: try transaction.accounts.appPasswords(of: id),
                sessions: try transaction.sessions.all(of: id, at: now))
        }
    }

    /// What happened to an account, the latest first.
    public func securityEvents(of id: AccountID) async throws(Problem) -> [SecurityEvent] {
        try await database.read { transaction throws(Problem) in
            try transaction.securityEvents.all(of: id, limit: 200)
        }
    }
}

/// What an owner is shown of an account.
public struct AccountSummary: Sendable {
    /// The account.
    public let account: Account
    /// What it is signed in to by.
    public let names: [String]
    /// Whether a password alone is not enough.
    public let hasSecondFactor: Bool
    /// How often the second factor can still be done without.
    public let recoveryCodesCount: Int
    /// Names of passwords for clients, and since when they are there.
    public let appPasswords: [(name: String, createdAt: Instant)]
    /// Browsers that are signed in.
    public let sessions: [Session]
}

/// Who asks for something from outside, before it is known whose account it is.
public struct Visitor: Sendable {
    /// The network address.
    public let address: String
    /// What the browser says it is.
    public let agent: String
    /// What language it asks for.
    public let language: Language

    /// A visitor; what it says of itself is cut to a size that can be kept.
    public init(address: String, agent: String, language: Language) {
        self.address = address
        self.agent = String(agent.prefix(200)).escaped
        self.language = language
    }

    /// Whose guesses are counted together: an address, or the 64 bits of an IPv6 address that a network gets at least.
    var network: String {
        guard address.contains(":") else { return address }
        var bytes = in6_addr()
        guard unsafe inet_pton(AF_INET6, address, &bytes) == 1 else { return address }
        let all = unsafe withUnsafeBytes(of: bytes) { unsafe Array($0) }
        let isFour = all.prefix(12).elementsEqual(Array(repeating: 0, count: 10) + [255, 255])
        return isFour
            ? all.suffix(4).map(String.init).joined(separator: ".") : Array(all.prefix(8)).hexadecimal
    }

    /// The operator, who comes from no network.
    static let nowhere = Visitor(address: "", agent: "", language: .english)
}

extension Transaction {
    /// Makes an account that nothing but its name is known of.
    func makeAccount(
        _ name: String, passwordHash: String, quotaBytes: Int64 = Accounts.quotaBytesDefault,
        isOperator: Bool = false, for visitor: Visitor, at now: Instant
    ) throws(Problem) -> AccountID {
        let id = try accounts.insert(
            name: name, subject: RandomBytes.take(16).hexadecimal, passwordHash: passwordHash,
            quotaBytes: quotaBytes, language: visitor.language, isOperator: isOperator, at: now)
        try note(.accountMade, name, from: visitor, of: id, at: now)
        return id
    }

    /// Notes what an owner may want to know of.
    func note(
        _ kind: SecurityEvent.Kind, _ detail: String = "", from visitor: Visitor, of account: AccountID,
        at now: Instant
    ) throws(Problem) {
        try securityEvents.insert(kind, detail, from: visitor.address, of: account, at: now)
    }
}
