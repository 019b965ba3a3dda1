internal import CloudModel
internal import GRDB
internal import Synchronization

/// A write that waits for its commit.
final class PendingWrite: Sendable {
    /// Runs the body in the transaction, and keeps what it gives.
    private let run: @Sendable (SQLiteConnection) throws(Problem) -> @Sendable () -> Void
    private let refuse: @Sendable (Problem) -> Void

    /// - Parameter finish: called once, after the commit or when there is none.
    init<Value: Sendable>(
        _ body: @escaping @Sendable (Transaction) throws(Problem) -> Value,
        finish: @escaping @Sendable (Result<Value, Problem>) -> Void
    ) {
        run = { (connection) throws(Problem) in
            let value = try body(Transaction(connection))
            return { finish(.success(value)) }
        }
        refuse = { finish(.failure($0)) }
    }

    func perform(_ connection: SQLiteConnection) -> Outcome {
        do throws(Problem) {
            return .ran(report: try run(connection))
        } catch { return .failed { self.refuse(error) } }
    }

    func fail(_ problem: Problem) { refuse(problem) }

    enum Outcome {
        case ran(report: @Sendable () -> Void)
        case failed(report: @Sendable () -> Void)

        var report: @Sendable () -> Void {
            switch self {
            case .ran(let report), .failed(let report): report
            }
        }
    }
}

/// Commits all writes together that came while the last commit was on its way to the disk.
///
/// Each has a savepoint of its own, so one that fails takes back only itself. Nobody hears of success before the commit.
final class GroupCommit: Sendable {
    /// So many at once keep a commit short; more bring nothing more.
    private static let writesMax = 64

    private struct Queue {
        var writes: [PendingWrite] = []
        var isRunning = false
        var counts = CommitCounts()
    }

    private let pool: DatabasePool
    private let queue = Mutex(Queue())

    init(_ pool: DatabasePool) { self.pool = pool }

    var counts: CommitCounts { queue.withLock(\.counts) }

    private func count(_ outcomes: [PendingWrite.Outcome]) {
        queue.withLock { queue in
            queue.counts.commits += 1
            queue.counts.writes += outcomes.count { $0.completion == .commit }
        }
    }

    func submit(_ write: PendingWrite) {
        let isIdle = queue.withLock { queue in
            queue.writes.append(write)
            defer { queue.isRunning = true }
            return !queue.isRunning
        }
        if isIdle { pool.asyncWriteWithoutTransaction { self.run($0) } }
    }

    private func run(_ database: GRDB.Database) {
        while let writes = take() {
            if writes.count > 1, commitTogether(writes, database) { continue }
            // One of them, or all together, were too much: each for itself shows which.
            for write in writes { commitAlone(write, database) }
        }
    }

    private func take() -> [PendingWrite]? {
        queue.withLock { queue in
            guard !queue.writes.isEmpty else {
                queue.isRunning = false
                return nil
            }
            let writes = Array(queue.writes.prefix(Self.writesMax))
            queue.writes.removeFirst(writes.count)
            return writes
        }
    }

    /// False where nothing was committed, and nobody was told anything.
    private func commitTogether(_ writes: [PendingWrite], _ database: GRDB.Database) -> Bool {
        var outcomes: [PendingWrite.Outcome] = []
        do {
            try database.inTransaction(.immediate) {
                for write in writes {
                    try database.inSavepoint {
                        let outcome = write.perform(SQLiteConnection(database))
                        outcomes.append(outcome)
                        return outcome.completion
                    }
                }
                return .commit
            }
        } catch { return false }
        count(outcomes)
        for outcome in outcomes { outcome.report() }
        return true
    }

    private func commitAlone(_ write: PendingWrite, _ database: GRDB.Database) {
        do {
            var outcome: PendingWrite.Outcome?
            try database.inTransaction(.immediate) {
                let result = write.perform(SQLiteConnection(database))
                outcome = result
                return result.completion
            }
            if let outcome {
                count([outcome])
                outcome.report()
            }
        } catch { write.fail(Problem(sqlite: error)) }
    }
}

extension PendingWrite.Outcome {
    fileprivate var completion: GRDB.Database.TransactionCompletion {
        switch self {
        case .ran: .commit
        case .failed: .rollback
        }
    }
}
