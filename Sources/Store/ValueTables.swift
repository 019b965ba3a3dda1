internal import YunCore

/// The tables behind ``ValueStore``, and what is done with them within a transaction.
enum ValueTables {
    /// The one row that sums up the others.
    struct State {
        /// The number of the newest change.
        var newest: Int
        /// The newest change of a removed key that is not remembered any more.
        var forgotten: Int
        var sizeBytes: Int

        init(of database: Database) throws(Failure) {
            let row = try database.rows("SELECT newest, forgotten, size_bytes FROM state").first
            guard let newest = row?[0].integer, let forgotten = row?[1].integer,
                let sizeBytes = row?[2].integer
            else { throw database.damaged }
            (self.newest, self.forgotten, self.sizeBytes) = (newest, forgotten, sizeBytes)
        }
    }

    /// Values come last in their rows, since what stands behind a long one is far to read.
    static func create(in database: Database) throws(Failure) {
        try database.migrate([
            """
            CREATE TABLE value (key BLOB NOT NULL UNIQUE, version INTEGER NOT NULL, value BLOB NOT NULL) STRICT;
            CREATE INDEX value_version ON value (version);
            CREATE TABLE removal (key BLOB PRIMARY KEY, version INTEGER NOT NULL) STRICT, WITHOUT ROWID;
            CREATE INDEX removal_version ON removal (version);
            CREATE TABLE state (
                newest INTEGER NOT NULL, forgotten INTEGER NOT NULL, size_bytes INTEGER NOT NULL) STRICT;
            INSERT INTO state VALUES (0, 0, 0);
            """
        ])
    }

    static func value(of key: ValueKey, in database: Database) throws(Failure) -> StoredValue? {
        try database.rows("SELECT key, version, value FROM value WHERE key = ?", .blob(key.bytes)).first
            .map { row throws(Failure) in try stored(row, in: database) }
    }

    private static func stored(_ row: [Database.Value], in database: Database) throws(Failure) -> StoredValue
    {
        guard let key = row[0].blob, let version = row[1].integer, let value = row[2].blob else {
            throw database.damaged
        }
        return StoredValue(
            key: ValueKey(stored: key), text: String(decoding: value, as: UTF8.self), version: version)
    }

    static func values(
        _ prefix: [UInt8], after last: ValueKey?, limit: Int, in database: Database
    ) throws(Failure) -> (values: [StoredValue], hasMore: Bool) {
        var rows: [[Database.Value]] = []
        var hasMore = false
        var sizeBytes = 0
        // No byte of UTF-8 is the highest, so what follows all that begins with the prefix ends in a byte more.
        let end = prefix.dropLast() + (prefix.last.map { [$0 + 1] } ?? [0xFF])
        try database.each(
            "SELECT key, version, value FROM value WHERE key >= ?1 AND key < ?2 AND (?3 IS NULL OR key > ?3) ORDER BY key",
            [.blob(prefix), .blob(Array(end)), last.map { .blob($0.bytes) } ?? .null]
        ) { row in
            sizeBytes += row[2].blob?.count ?? 0
            hasMore = rows.count >= limit || (sizeBytes > ValueLimits.listBytesMax && !rows.isEmpty)
            if !hasMore { rows.append(row) }
            return !hasMore
        }
        return (try rows.map { row throws(Failure) in try stored(row, in: database) }, hasMore)
    }

    static func changes(since number: Int, limit: Int, in database: Database) throws(Failure) -> ValueChanges
    {
        // Of one moment, though asked for in parts.
        try database.snapshot { () throws(Failure) in
            let state = try State(of: database)
            guard (state.forgotten...state.newest).contains(number) else {
                return ValueChanges(rows: [], last: state.newest, mustReadAll: true)
            }
            let all = """
                (SELECT key, version, 0 AS is_removal FROM value WHERE version > ?1
                    UNION ALL SELECT key, version, 1 FROM removal WHERE version > ?1)
                """
            // What changed together is told together.
            let last = try database.rows(
                "SELECT version FROM \(all) ORDER BY version LIMIT 1 OFFSET ?2", .integer(number),
                .integer(max(1, limit) - 1)
            ).first?[0].integer
            let rows = try database.rows(
                "SELECT key, version, is_removal FROM \(all) WHERE version <= ?2 ORDER BY version, key",
                .integer(number), .integer(last ?? state.newest)
            ).map { row throws(Failure) in
                guard let key = row[0].blob, let number = row[1].integer else { throw database.damaged }
                return ValueChanges.Row(
                    key: ValueKey(stored: key), number: number, isRemoval: row[2] == .integer(1))
            }
            return ValueChanges(rows: rows, last: last ?? state.newest, mustReadAll: false)
        }
    }

    /// Makes all changes of a batch or none.
    /// - Returns: the number of the change, or why this batch cannot be; what no batch could survive is thrown.
    static func apply(
        _ changes: [ValueChange], to database: Database, quotaBytes: Int, mayGrow: Bool
    ) throws(Failure) -> Result<Int, Failure> {
        try database.execute("SAVEPOINT batch")
        do throws(Failure) {
            var state = try State(of: database)
            let before = state
            for change in changes { try apply(change, &state, number: before.newest + 1, to: database) }
            try check(state, before, quotaBytes: quotaBytes, mayGrow: mayGrow)
            try forgetOldRemovals(&state, in: database)
            try database.rows(
                "UPDATE state SET newest = ?, forgotten = ?, size_bytes = ?", .integer(state.newest),
                .integer(state.forgotten), .integer(state.sizeBytes))
            try database.execute("RELEASE batch")
            return .success(state.newest)
        } catch
            where [.storageConflict, .storageQuota].contains(error.code)
            || (error.code == .noSpace && !mayGrow)
        {
            try database.execute("ROLLBACK TO batch")
            try database.execute("RELEASE batch")
            return .failure(error)
        }
    }

    private static func apply(
        _ change: ValueChange, _ state: inout State, number: Int, to database: Database
    ) throws(Failure) {
        let key = Database.Value.blob(change.key.bytes)
        let row = try database.rows("SELECT version, length(value) FROM value WHERE key = ?", key).first
        try check(change, row?[0].integer, in: database)
        let size = row.map { $0[1].integer ?? 0 }.map { change.key.bytes.count + $0 + ValueLimits.entryBytes }
        switch change.action {
        case .keep: return
        case .set(let text):
            let bytes = Array(text.utf8)
            try database.rows(
                """
                INSERT INTO value (key, version, value) VALUES (?1, ?2, ?3)
                ON CONFLICT (key) DO UPDATE SET version = ?2, value = ?3
                """, key, .integer(number), .blob(bytes))
            try database.rows("DELETE FROM removal WHERE key = ?", key)
            state.sizeBytes += change.key.bytes.count + bytes.count + ValueLimits.entryBytes
        case .remove:
            guard row != nil else { return }
            try database.rows("DELETE FROM value WHERE key = ?", key)
            try database.rows("INSERT INTO removal VALUES (?, ?)", key, .integer(number))
        }
        state.sizeBytes -= size ?? 0
        state.newest = number
    }

    private static func check(
        _ change: ValueChange, _ version: Int?, in database: Database
    ) throws(Failure) {
        let isAsExpected: Bool
        switch change.expectation {
        case .anything: isAsExpected = true
        case .version(let expected): isAsExpected = (version ?? 0) == expected
        case .value(nil): isAsExpected = version == nil
        case .value(.some(let expected)):
            let value = try database.rows("SELECT value FROM value WHERE key = ?", .blob(change.key.bytes))
            isAsExpected = value.first?[0].blob?.elementsEqual(expected.utf8) == true
        }
        guard isAsExpected else {
            throw Failure(
                .storageConflict, "\(change.key.text.escaped) is not what was expected",
                hint: "read it again, and try again with what it is now")
        }
    }

    private static func check(
        _ state: State, _ before: State, quotaBytes: Int, mayGrow: Bool
    ) throws(Failure) {
        guard state.sizeBytes > before.sizeBytes else { return }
        guard state.sizeBytes <= quotaBytes else {
            throw Failure(
                .storageQuota,
                "the app's values would take \(state.sizeBytes.bytesText) of the \(quotaBytes.bytesText) that it may have",
                hint: "remove some values, or keep them in files")
        }
        guard mayGrow else {
            throw Failure(
                .noSpace, "the phone has hardly any room left", hint: "free some space and try again")
        }
    }

    private static func forgetOldRemovals(_ state: inout State, in database: Database) throws(Failure) {
        let oldest = try database.rows(
            "SELECT version FROM removal ORDER BY version DESC LIMIT 1 OFFSET ?",
            .integer(ValueLimits.removalsMax)
        ).first?[0].integer
        guard let oldest else { return }
        // All of one number at once, for what is told of it is all or nothing.
        try database.rows("DELETE FROM removal WHERE version <= ?", .integer(oldest))
        state.forgotten = oldest
    }
}
