internal import ArgumentParser
internal import CloudDatabase
internal import CloudModel
internal import CloudObjects
internal import Platform
internal import YunCore

/// Where the cloud keeps what it keeps.
struct DataOptions: ParsableArguments {
    @Option(.data, completion: .directory) var data: String?

    /// The directory, which need not be there.
    func directory() throws(Failure) -> DataDirectory {
        try DataDirectory(data ?? CurrentProcess.environment[Setting.data.variable])
    }
}

/// A directory of a database and objects.
struct DataDirectory {
    let path: String

    init(_ path: String?) throws(Failure) {
        guard let path, !path.isEmpty else {
            throw Failure(
                .usage, "no directory is given for the data", hint: "say --data DIR, or set YCLOUD_DATA")
        }
        self.path = path
    }

    var databasePath: String { path + "/cloud.db" }
    var objectsPath: String { path + "/objects" }

    /// The stores, made where missing.
    func open() throws -> (database: SQLiteDatabase, objects: LocalObjectStore) {
        _ = try AnchoredDirectory.make(at: path, permissions: 0o700)
        return (try SQLiteDatabase(path: databasePath), try LocalObjectStore(path: objectsPath))
    }

    /// The database of a directory that is there: a mistyped one must not become a cloud of its own.
    func existing() throws -> SQLiteDatabase {
        guard try AnchoredDirectory.status(ofPath: databasePath) != nil else {
            throw Failure(
                .inputUnreadable, "there is no cloud in \(path.escaped)",
                hint: "look at --data and YCLOUD_DATA; 'ycloud serve' makes one")
        }
        return try SQLiteDatabase(path: databasePath)
    }
}

/// The time as the system has it.
enum SystemClock {
    @Sendable static func now() -> Instant { Instant(milliseconds: Int64(CurrentProcess.nowMilliseconds)) }
}
