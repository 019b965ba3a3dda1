internal import CSQLite
internal import Glibc
internal import Platform
internal import YunCore

/// SQLite, just as much of it as is needed here: one connection, which one thread uses at a time, statements with
/// values bound in order, rows read by column.
@safe final class Database {
    /// What it holds, for messages.
    struct Subject {
        /// `the registry`.
        let name: String
        /// What to do where it is damaged.
        let remedy: String

        static let registry = Subject(name: "the registry", remedy: "restore state.db from a backup")
    }

    /// What is bound and read.
    enum Value: Equatable {
        case null
        case integer(Int)
        case text(String)
        case blob([UInt8])
    }

    @safe private final class Statement {
        let handle: OpaquePointer

        init(_ handle: OpaquePointer) { unsafe self.handle = handle }
        deinit { unsafe sqlite3_finalize(handle) }
    }

    /// As long as a log may stay: whoever opens it first reads all of it.
    private static let logBytesMax = 512 << 10

    private let handle: OpaquePointer
    private let path: String
    private let subject: Subject
    /// Prepared once, by their text: there are few, and parsing one takes longer than most of them run.
    private var statements: [String: Statement] = [:]

    /// Opens or makes a database whose commits are durable when they return.
    ///
    /// WAL with `synchronous=FULL` costs one sync a commit.
    init(path: String, subject: Subject) throws(Failure) {
        var handle: OpaquePointer?
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX
        let status = unsafe sqlite3_open_v2(path, &handle, flags, nil)
        guard status == SQLITE_OK, let handle = unsafe handle else {
            unsafe sqlite3_close(handle)
            throw Failure(
                .inputOutput, "cannot open \(subject.name) in \(path.escaped): \(Self.text(of: status))",
                hint: "check who owns it and the space on its disk")
        }
        unsafe self.handle = handle
        self.path = path
        self.subject = subject
        // Who used what when is nobody else's business; the log gets the permissions that the database has. By its path:
        // closing a descriptor of our own would give up every lock that this process has on the file.
        guard unsafe chmod(path, 0o600) == 0 else {
            throw .system("cannot keep \(path.escaped) to its owner")
        }
        unsafe sqlite3_busy_timeout(handle, 10_000)
        try execute("PRAGMA journal_mode=WAL")
        try execute("PRAGMA synchronous=FULL")
        try execute("PRAGMA foreign_keys=ON")
    }

    deinit {
        // The last process to close copies the log back at the price of two more syncs; leaving a short one is as safe. What
        // SQLite copies by itself after commits is forgotten with the last process, and the log goes on growing.
        if logBytes < Self.logBytesMax { unsafe yun_sqlite3_keep_log_on_close(handle) }
        // Its statements end right after it; until then it stays.
        unsafe sqlite3_close_v2(handle)
    }

    private var logBytes: Int {
        do throws(Failure) {
            return try AnchoredDirectory.status(ofPath: path + "-wal")?.sizeBytes ?? 0
        } catch {
            return 0
        }
    }

    private static func text(of status: Int32) -> String {
        unsafe sqlite3_errstr(status).map { unsafe String(cString: $0) } ?? "error \(status)"
    }

    private func failure() -> Failure {
        let status = unsafe sqlite3_extended_errcode(handle)
        let text = unsafe sqlite3_errmsg(handle).map { unsafe String(cString: $0) } ?? ""
        switch status & 0xFF {
        case SQLITE_BUSY: return Failure(.storeBusy, "\(subject.name) is busy", hint: "try again")
        case SQLITE_FULL:
            return Failure(.noSpace, "\(subject.name) cannot grow: \(text)", hint: "free some space")
        case SQLITE_CORRUPT, SQLITE_NOTADB:
            return Failure(.storeDamaged, "\(subject.name) is damaged: \(text)", hint: subject.remedy)
        default: return Failure(.inputOutput, "\(subject.name) failed: \(text)")
        }
    }

    /// Runs statements without parameters.
    func execute(_ sql: String) throws(Failure) {
        guard unsafe sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK else { throw failure() }
    }

    /// Runs one statement and returns its rows.
    @discardableResult
    func rows(_ sql: String, _ values: Value...) throws(Failure) -> [[Value]] {
        var rows: [[Value]] = []
        try each(sql, values) { row in
            rows.append(row)
            return true
        }
        return rows
    }

    /// Runs one statement and hands over its rows, until `body` wants no more.
    func each(_ sql: String, _ values: [Value], _ body: ([Value]) -> Bool) throws(Failure) {
        let statement = unsafe try statement(sql).handle
        // Also after a failure, which it would repeat; and what was bound may be large.
        defer {
            unsafe sqlite3_reset(statement)
            unsafe sqlite3_clear_bindings(statement)
        }
        for (index, value) in values.enumerated() {
            guard unsafe Self.bind(value, to: statement, at: Int32(index + 1)) == SQLITE_OK else {
                throw failure()
            }
        }
        while true {
            switch unsafe sqlite3_step(statement) {
            case SQLITE_ROW:
                let count = unsafe sqlite3_column_count(statement)
                guard body((0..<count).map { unsafe Self.column($0, of: statement) }) else { return }
            case SQLITE_DONE: return
            default: throw failure()
            }
        }
    }

    private func statement(_ sql: String) throws(Failure) -> Statement {
        if let known = statements[sql] { return known }
        var handle: OpaquePointer?
        guard unsafe sqlite3_prepare_v2(self.handle, sql, -1, &handle, nil) == SQLITE_OK,
            let handle = unsafe handle
        else { throw failure() }
        let statement = unsafe Statement(handle)
        statements[sql] = statement
        return statement
    }

    /// Brings the tables to the format that the last step leads to; step N leads from format N to N + 1.
    func migrate(_ steps: [String]) throws(Failure) {
        guard try formatNumber() != steps.count else { return }
        try transaction { () throws(Failure) in
            // Another process may have done it while this one waited for the lock.
            let number = try formatNumber()
            guard (0...steps.count).contains(number) else {
                throw Failure(
                    .unavailable,
                    "\(subject.name) has the format \(number), this Yun knows \(steps.count) at most",
                    hint: "update Yun on this device")
            }
            for step in steps[number...] { try execute(step) }
            try execute("PRAGMA user_version = \(steps.count)")
        }
    }

    private func formatNumber() throws(Failure) -> Int {
        try rows("PRAGMA user_version").first?.first?.integer ?? 0
    }

    /// What is thrown where a row is not as it was written.
    var damaged: Failure {
        Failure(.storeDamaged, "\(subject.name) has a row that cannot be", hint: subject.remedy)
    }

    /// Runs several reads of one moment.
    func snapshot<R>(_ body: () throws(Failure) -> R) throws(Failure) -> R {
        try execute("BEGIN")
        // There is nothing to lose, and reading does not fail here that has not failed before.
        defer { _ = unsafe sqlite3_exec(handle, "ROLLBACK", nil, nil, nil) }
        return try body()
    }

    /// Runs `body` as one transaction that holds the write lock from its start; a failure undoes all of it.
    func transaction<R>(_ body: () throws(Failure) -> R) throws(Failure) -> R {
        try execute("BEGIN IMMEDIATE")
        do throws(Failure) {
            let result = try body()
            try execute("COMMIT")
            return result
        } catch {
            // After some errors SQLite has already rolled back; a second rollback then has nothing to do.
            _ = unsafe sqlite3_exec(handle, "ROLLBACK", nil, nil, nil)
            throw error
        }
    }

    private static func bind(_ value: Value, to statement: OpaquePointer, at index: Int32) -> Int32 {
        switch value {
        case .null: unsafe sqlite3_bind_null(statement, index)
        case .integer(let number): unsafe sqlite3_bind_int64(statement, index, Int64(number))
        case .text(let text):
            unsafe yun_sqlite3_bind_text(statement, index, text, Int32(text.utf8.count))
        case .blob(let bytes):
            unsafe yun_sqlite3_bind_blob(statement, index, bytes, Int32(bytes.count))
        }
    }

    private static func column(_ index: Int32, of statement: OpaquePointer) -> Value {
        switch unsafe sqlite3_column_type(statement, index) {
        case SQLITE_INTEGER: return .integer(Int(unsafe sqlite3_column_int64(statement, index)))
        case SQLITE_TEXT:
            let start = unsafe sqlite3_column_text(statement, index)
            let count = Int(unsafe sqlite3_column_bytes(statement, index))
            return .text(
                unsafe String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self))
        case SQLITE_BLOB:
            let count = Int(unsafe sqlite3_column_bytes(statement, index))
            let start = unsafe sqlite3_column_blob(statement, index)
            return .blob(unsafe Array(UnsafeRawBufferPointer(start: start, count: count)))
        default: return .null
        }
    }
}

extension Database.Value {
    var integer: Int? { if case .integer(let number) = self { number } else { nil } }
    var text: String? { if case .text(let text) = self { text } else { nil } }
    var blob: [UInt8]? { if case .blob(let bytes) = self { bytes } else { nil } }
}
