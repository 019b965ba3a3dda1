public import CloudDatabase
public import CloudModel
public import CloudObjects
internal import YunCore

/// Who does something to a drive.
public struct DriveClient: Sendable {
    /// Whose drive.
    public let account: AccountID
    /// Which of the account's clients: locks are theirs.
    public let name: String

    /// A client of an account.
    public init(account: AccountID, name: String) {
        self.account = account
        self.name = name
    }
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
        _ client: DriveClient, _ body: @escaping @Sendable (DriveTree) throws(Problem) -> Value
    ) async throws(Problem) -> Value {
        let now = clock()
        return try await database.write { transaction throws(Problem) in
            try body(
                DriveTree(
                    transaction, client, top: transaction.nodes.top(.drive, of: client.account, at: now),
                    now: now))
        }
    }

    /// Looks at an account's tree.
    func look<Value: Sendable>(
        _ client: DriveClient, _ body: @escaping @Sendable (DriveTree) throws(Problem) -> Value
    ) async throws(Problem) -> Value {
        let now = clock()
        let seen: Value? = try await database.read { transaction throws(Problem) in
            guard let top = try transaction.nodes.existingTop(.drive, of: client.account) else { return nil }
            return try body(DriveTree(transaction, client, top: top, now: now))
        }
        if let seen { return seen }
        // Nobody was here before: the first look makes the top.
        return try await change(client, body)
    }
}
