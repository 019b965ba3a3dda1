internal import CloudModel

/// A step from one schema to the next. Numbers are never reused, and a step that was released is never changed.
struct Migration {
    let number: Int
    let statements: [SQL]

    /// All steps, in order. `spec/cloud-schema.sql` says what they add up to.
    static let all = [
        Migration(
            number: 1,
            statements: Schema.accounts + Schema.signIn + Schema.drive + Schema.uploads
                + Schema.authorization)
    ]

    /// Runs those that a database has not seen.
    static func applyAll(to connection: some Connection) throws(Problem) {
        try connection.change(
            "CREATE TABLE IF NOT EXISTS migration (number INTEGER NOT NULL PRIMARY KEY)")
        var newest = 0
        for var row in try connection.rows("SELECT number FROM migration ORDER BY number") {
            newest = try row.next()
        }
        guard newest <= all.count else {
            throw Problem(
                .unavailable, "the database is of a newer release; update ycloud",
                cause: "migration \(newest), this release knows \(all.count)")
        }
        for migration in all where migration.number > newest {
            for statement in migration.statements { try connection.change(statement) }
            try connection.change("INSERT INTO migration (number) VALUES (\(migration.number))")
        }
    }
}
