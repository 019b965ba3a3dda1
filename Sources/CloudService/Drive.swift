public import CloudDatabase
public import CloudModel
public import CloudObjects
internal import YunCore

/// Who wants something of a drive. Who it is, is found out in the same transaction as what it wants: a client that was locked
/// out a moment ago does nothing more, and no look of its own is needed.
public protocol DriveCaller: Sendable {
    /// The client, or a problem where there is none.
    func client(in transaction: Transaction, at now: Instant) throws(Problem) -> DriveClient
}

/// Who does something to a drive.
public struct DriveClient: DriveCaller {
    /// Whose drive.
    public let account: AccountID
    /// Which of the account's clients: locks are theirs.
    public let name: String

    /// A client of an account.
    public init(account: AccountID, name: String) {
        self.account = account
        self.name = name
    }

    /// Itself.
    public func client(in transaction: Transaction, at now: Instant) throws(Problem) -> DriveClient { self }
}

/// Files and folders of accounts. Every change is one transaction: others see all of it or nothing, and when it is acknowledged
/// it is on disk.
public struct Drive: Sendable {
    let database: any Database
    let objects: any ObjectStore
    let clock: @Sendable () -> Instant

    /// - Parameter clock: tells the time; tests turn it.
    public init(database: any Database, objects: any ObjectStore, clock: @escaping @Sendable () -> Instant) {
        self.database = database
        self.objects = objects
        self.clock = clock
    }

    /// Runs a change of an account's tree.
    func change<Value: Sendable>(
        _ caller: any DriveCaller, _ body: @escaping @Sendable (DriveTree) throws(Problem) -> Value
    ) async throws(Problem) -> Value {
        let now = clock()
        return try await database.write { transaction throws(Problem) in
            let client = try caller.client(in: transaction, at: now)
            let top = try transaction.nodes.top(.drive, of: client.account, at: now)
            return try body(DriveTree(transaction, client, top: top, now: now))
        }
    }

    /// Looks at an account's tree.
    func look<Value: Sendable>(
        _ caller: any DriveCaller, _ body: @escaping @Sendable (DriveTree) throws(Problem) -> Value
    ) async throws(Problem) -> Value {
        let now = clock()
        let seen: Value? = try await database.read { transaction throws(Problem) in
            let client = try caller.client(in: transaction, at: now)
            guard let top = try transaction.nodes.existingTop(.drive, of: client.account) else { return nil }
            return try body(DriveTree(transaction, client, top: top, now: now))
        }
        if let seen { return seen }
        // Nobody was here before: the first look makes the top.
        return try await change(caller, body)
    }
}
