public import Platform
internal import Synchronization
public import YunCore

/// What one app keeps by keys, in a database of its own beside its files, where it cannot reach it
/// (`spec/storage.md`). For any number of threads.
public final class ValueStore: Sendable {
    /// Changes that wait to be written, with what became of them.
    private final class Batch: Sendable {
        let changes: [ValueChange]
        let outcome = Mutex<Result<Int, Failure>?>(nil)

        init(_ changes: [ValueChange]) { self.changes = changes }
    }

    static let fileName = "values.db"

    private let use: AppUse
    private let directory: AnchoredDirectory
    private let quotaBytes: Int
    private let reserveBytes: Int
    private let announceChange: @Sendable (Int) -> Void
    private let waiting = Mutex<[Batch]>([])
    private let writer: Mutex<Database>
    /// Readers wait for no commit.
    private let reader: Mutex<Database>

    /// Opens what an app that is in use has stored, made where missing.
    /// - Parameters:
    ///   - use: keeps the data where it is.
    ///   - quotaBytes: how much all entries may be together.
    ///   - reserveBytes: what must stay free on the file system.
    ///   - announceChange: told the number of the newest change, by the thread that made it.
    public init(
        of use: AppUse, quotaBytes: Int = ValueLimits.quotaBytes, reserveBytes: Int = StoreRoot.reserveBytes,
        announceChange: @escaping @Sendable (Int) -> Void = { _ in }
    ) throws(Failure) {
        self.use = use
        self.quotaBytes = quotaBytes
        self.reserveBytes = reserveBytes
        self.announceChange = announceChange
        directory = try use.data()
        let database = try Self.open(in: directory)
        try ValueTables.create(in: database)
        writer = Mutex(database)
        reader = Mutex(try Self.open(in: directory))
    }

    private static func open(in directory: AnchoredDirectory) throws(Failure) -> Database {
        let path = directory.path(of: fileName)
        let domain = directory.path.split(separator: "/").last.map { String($0) } ?? ""
        let database = try Database(
            path: path,
            subject: Database.Subject(
                name: "what \(domain) has stored",
                remedy: "it stays as it is; to start afresh: ypkg remove \(domain), and install it again"))
        // There may be one for each running app: little memory, and a log that is copied back before it is large.
        try database.execute(
            "PRAGMA cache_size=-256; PRAGMA wal_autocheckpoint=256; PRAGMA journal_size_limit=1048576")
        return database
    }

    /// The value of a key.
    public func value(of key: ValueKey) throws(Failure) -> StoredValue? {
        try reader.withLock { database throws(Failure) in try ValueTables.value(of: key, in: database) }
    }

    /// The values whose keys begin with `prefix`, in order of the keys' bytes, as many as fit.
    /// - Parameters:
    ///   - last: behind which key to go on.
    ///   - limit: how many at most.
    /// - Returns: the values, and whether there are more.
    public func values(
        prefix: String = "", after last: ValueKey? = nil, limit: Int
    ) throws(Failure) -> (values: [StoredValue], hasMore: Bool) {
        try reader.withLock { database throws(Failure) in
            try ValueTables.values(Array(prefix.utf8), after: last, limit: limit, in: database)
        }
    }

    /// What has changed after the change of that number.
    public func changes(since number: Int, limit: Int) throws(Failure) -> ValueChanges {
        try reader.withLock { database throws(Failure) in
            try ValueTables.changes(since: number, limit: limit, in: database)
        }
    }

    /// What all entries count, and the number of the newest change.
    public func state() throws(Failure) -> (sizeBytes: Int, newest: Int) {
        let state = try reader.withLock { database throws(Failure) in try ValueTables.State(of: database) }
        return (state.sizeBytes, state.newest)
    }

    /// Makes all changes or none. When it returns they are on the disk.
    ///
    /// Whoever comes while others are being written waits for the lock, and whoever gets it writes for all that wait
    /// by then: one commit serves them all, and its price is the disk's, not theirs.
    /// - Returns: the number of the change, which is the version of every value that it set.
    @discardableResult
    public func write(_ changes: [ValueChange]) throws(Failure) -> Int {
        try Self.check(changes)
        let batch = Batch(changes)
        waiting.withLock { $0.append(batch) }
        writer.withLock { database in
            guard batch.outcome.withLock({ $0 == nil }) else { return }
            let batches = waiting.withLock { waiting in
                defer { waiting = [] }
                return waiting
            }
            commit(batches, to: database)
        }
        guard let outcome = batch.outcome.withLock({ $0 }) else {
            throw Failure(.internalError, "a change was not written")
        }
        return try outcome.get()
    }

    private static func check(_ changes: [ValueChange]) throws(Failure) {
        guard changes.count <= ValueLimits.batchChangesMax else {
            throw Failure(
                .storageInvalid, "\(changes.count) changes at once are not possible",
                hint: "make \(ValueLimits.batchChangesMax) at most")
        }
        var sizeBytes = 0
        for change in changes {
            guard case .set(let text) = change.action else { continue }
            guard text.utf8.count <= ValueLimits.valueBytesMax else {
                throw Failure(
                    .storageInvalid,
                    "the value of \(change.key.text.escaped) has \(text.utf8.count.bytesText), \(ValueLimits.valueBytesMax.bytesText) are possible",
                    hint: "keep it in a file")
            }
            sizeBytes += text.utf8.count
        }
        guard sizeBytes <= ValueLimits.batchBytesMax, Set(changes.map(\.key)).count == changes.count else {
            throw Failure(
                .storageInvalid, "changes at once cannot be so large, or of one key twice",
                hint: "make them one after the other")
        }
    }

    private func commit(_ batches: [Batch], to database: Database) {
        do throws(Failure) {
            let freeBytes = try directory.freeBytes()
            let outcomes = try database.transaction { () throws(Failure) in
                try batches.map { batch throws(Failure) in
                    try ValueTables.apply(
                        batch.changes, to: database, quotaBytes: quotaBytes,
                        mayGrow: freeBytes > reserveBytes)
                }
            }
            var newest: Int?
            for (batch, outcome) in zip(batches, outcomes) {
                batch.outcome.withLock { $0 = outcome }
                if case .success(let number) = outcome { newest = number }
            }
            if let newest { announceChange(newest) }
        } catch {
            for batch in batches { batch.outcome.withLock { $0 = .failure(error) } }
        }
    }

    /// Runs `body` while nothing is written to what lies in a directory of data, so that a copy of it is of one moment.
    /// One that is damaged is copied as it is.
    public static func withoutWrites<R>(
        in directory: AnchoredDirectory, _ body: () throws(Failure) -> R
    ) throws(Failure) -> R {
        guard try directory.status(of: fileName) != nil else { return try body() }
        let database: Database
        do throws(Failure) {
            database = try open(in: directory)
            try database.execute("BEGIN IMMEDIATE")
        } catch  where error.code == .storeDamaged {
            return try body()
        }
        // It ends with the connection.
        defer { withExtendedLifetime(database) {} }
        return try body()
    }
}
