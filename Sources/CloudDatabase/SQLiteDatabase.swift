public import CloudModel
internal import Foundation
internal import GRDB

/// Records in one SQLite file. Writes that come while the disk is busy with others share the next commit, so what is
/// acknowledged is on disk and yet costs a fraction of a sync.
public final class SQLiteDatabase: Database {
    private let pool: DatabasePool
    private let commits: GroupCommit

    /// Opens the database at `path`, made where missing, and brings its schema up to date.
    public init(path: String) throws(Problem) {
        do {
            var configuration = Configuration()
            configuration.busyMode = .timeout(10)
            configuration.publicStatementArguments = false
            pool = try DatabasePool(path: path, configuration: configuration)
            // Only now: the pool sets NORMAL for itself when it opens, and a commit could vanish with the power.
            try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
        } catch { throw Problem(sqlite: error) }
        commits = GroupCommit(pool)
        try migrate()
    }

    /// Reads beside other readers and one writer, on the caller's thread: to hand so short a work to another one and back takes
    /// longer than the work.
    public func read<Value: Sendable>(
        _ body: @escaping @Sendable (Transaction) throws(Problem) -> Value
    ) async throws(Problem) -> Value {
        try readHere(body)
    }

    /// GRDB has another `read` for asynchronous callers, which does hand it over.
    private func readHere<Value>(
        _ body: (Transaction) throws(Problem) -> Value
    ) throws(Problem) -> Value {
        do {
            return try pool.read { try body(Transaction(SQLiteConnection($0))) }
        } catch { throw Problem(sqlite: error) }
    }

    /// Shares its commit with whoever writes at the same time.
    public func write<Value: Sendable>(
        _ body: @escaping @Sendable (Transaction) throws(Problem) -> Value
    ) async throws(Problem) -> Value {
        let result: Result<Value, Problem> = await withCheckedContinuation { continuation in
            commits.submit(PendingWrite(body) { continuation.resume(returning: $0) })
        }
        return try result.get()
    }

    /// How much this process has committed.
    public var commitCounts: CommitCounts { commits.counts }

    /// What SQLite finds damaged: pages, indexes, references.
    public func damages() async throws(Problem) -> [String] {
        try await read { transaction throws(Problem) in
            var found: [String] = []
            for var row in try transaction.connection.rows("PRAGMA integrity_check(100)") {
                let line: String = try row.next()
                if line != "ok" { found.append("the database: \(line)") }
            }
            for var row in try transaction.connection.rows("PRAGMA foreign_key_check") {
                let table: String = try row.next()
                found.append("the database: a row of \(table) refers to one that is not there")
            }
            return found
        }
    }

    /// Writes all records as they are at one moment to a file that is not there yet, while others read and write.
    public func copy(to path: String) async throws(Problem) {
        let pool = pool
        let result: Result<Void, Problem> = await withCheckedContinuation { continuation in
            pool.asyncRead { opened in
                continuation.resume(
                    returning: Result { () throws(Problem) in
                        do {
                            // Closed at the end of this, so that no log stays beside it.
                            let copy = try DatabaseQueue(path: path)
                            try copy.writeWithoutTransaction { try opened.get().backup(to: $0) }
                            try copy.close()
                        } catch { throw Problem(sqlite: error) }
                    })
            }
        }
        try result.get()
    }

    /// Puts everything into the one file, so that it can be moved.
    public func close() throws(Problem) {
        do {
            // A log that is left is empty: one beside another database would be taken for its own.
            try pool.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
            try pool.close()
        } catch { throw Problem(sqlite: error) }
    }

    /// What SQLite was told about syncs; 2 is FULL.
    func synchronousMode() throws -> Int? {
        try pool.writeWithoutTransaction { try Int.fetchOne($0, sql: "PRAGMA synchronous") }
    }

    private func migrate() throws(Problem) {
        do {
            try pool.writeWithoutTransaction { database in
                try database.inTransaction(.immediate) {
                    try Migration.applyAll(to: SQLiteConnection(database))
                    return .commit
                }
            }
        } catch { throw Problem(sqlite: error) }
    }
}

/// GRDB's connection as the tables see it.
struct SQLiteConnection: Connection {
    private let database: GRDB.Database

    init(_ database: GRDB.Database) { self.database = database }

    func rows(_ statement: SQL) throws(Problem) -> [Row] {
        do {
            let prepared = try database.cachedStatement(sql: statement.text)
            let cursor = try GRDB.Row.fetchCursor(prepared, arguments: arguments(statement))
            var rows: [Row] = []
            while let row = try cursor.next() {
                rows.append(Row(row.databaseValues.map(SQLValue.init)))
            }
            return rows
        } catch { throw Problem(sqlite: error) }
    }

    func change(_ statement: SQL) throws(Problem) -> Int {
        do {
            try database.cachedStatement(sql: statement.text).execute(arguments: arguments(statement))
            return database.changesCount
        } catch { throw Problem(sqlite: error) }
    }

    private func arguments(_ statement: SQL) -> StatementArguments {
        StatementArguments(statement.values.map { $0.databaseValue })
    }
}

extension SQLValue {
    fileprivate var databaseValue: DatabaseValue {
        switch self {
        case .null: .null
        case .integer(let number): number.databaseValue
        case .text(let text): text.databaseValue
        case .bytes(let bytes): Data(bytes).databaseValue
        }
    }

    fileprivate init(_ value: DatabaseValue) {
        switch value.storage {
        case .null: self = .null
        case .int64(let number): self = .integer(number)
        case .double(let number): self = .integer(Int64(number))
        case .string(let text): self = .text(text)
        case .blob(let data): self = .bytes(Array(data))
        }
    }
}

extension Problem {
    /// What SQLite says, in our words; a problem of our own as it is.
    init(sqlite error: any Error) {
        if let problem = error as? Problem {
            self = problem
            return
        }
        // A client that went away, or a server that is told to stop.
        guard !(error is CancellationError) else {
            self.init(.unavailable, "the request was given up")
            return
        }
        switch (error as? DatabaseError)?.resultCode {
        case .SQLITE_FULL: self.init(.storageFull, "the server's disk is full", cause: "\(error)")
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            self.init(.unavailable, "the database is busy; try again", cause: "\(error)")
        default: self = .fault("database: \(error)")
        }
    }
}
