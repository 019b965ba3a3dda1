public import CloudModel

/// Where all records are. Every engine passes the same tests, and several processes may use one database.
public protocol Database: Sendable {
    /// Sees the records as they are at one point in time.
    func read<Value: Sendable>(_ body: @escaping @Sendable (Transaction) throws(Problem) -> Value)
        async throws(Problem) -> Value

    /// Changes records, all or none; when it returns they are on disk.
    /// - Parameter body: may be run more than once, and only its last run counts: it must do nothing else.
    func write<Value: Sendable>(_ body: @escaping @Sendable (Transaction) throws(Problem) -> Value)
        async throws(Problem) -> Value

    /// How much this process has committed.
    var commitCounts: CommitCounts { get }

    /// What the engine itself finds damaged.
    func damages() async throws(Problem) -> [String]
}

/// Commits, and the writes that shared them.
public struct CommitCounts: Sendable {
    /// Each is one wait for the disk.
    public internal(set) var commits = 0
    /// Those that were kept.
    public internal(set) var writes = 0
}

/// The tables, as they are within one transaction.
public struct Transaction {
    let connection: any Connection

    init(_ connection: any Connection) { self.connection = connection }
}

/// An engine's side of a transaction. Only this target knows that there is SQL.
protocol Connection {
    func rows(_ statement: SQL) throws(Problem) -> [Row]

    /// How many rows it changed.
    @discardableResult
    func change(_ statement: SQL) throws(Problem) -> Int
}

extension Connection {
    /// The only row, or `nil` where there is none.
    func row(_ statement: SQL) throws(Problem) -> Row? { try rows(statement).first }

    /// The id of the row that a statement inserts and returns.
    func insert(_ statement: SQL) throws(Problem) -> Int64 {
        guard var row = try row(statement) else { throw .fault("an insertion returned nothing") }
        return try row.next()
    }
}
