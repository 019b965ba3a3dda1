internal import ArgumentParser
internal import CloudDatabase
internal import CloudModel
internal import CloudObjects
internal import Platform
internal import YunCore

/// Where the cloud keeps what it keeps.
struct DataOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp("The directory of the database and the objects.", valueName: "dir"),
        completion: .directory)
    var data: String?

    private func path() throws(Failure) -> String {
        let path = data ?? CurrentProcess.environment["YCLOUD_DATA"] ?? ""
        guard !path.isEmpty else {
            throw Failure(
                .usage, "no directory is given for the data", hint: "say --data DIR, or set YCLOUD_DATA")
        }
        return path
    }

    /// The stores of a directory, made where missing.
    func open() throws -> (database: SQLiteDatabase, objects: LocalObjectStore) {
        let path = try path()
        _ = try AnchoredDirectory.make(at: path, permissions: 0o700)
        return (try SQLiteDatabase(path: path + "/cloud.db"), try LocalObjectStore(path: path + "/objects"))
    }

    /// The database of a directory that is there: a mistyped one must not become a cloud of its own.
    func existing() throws -> SQLiteDatabase {
        let path = try path()
        guard try AnchoredDirectory.status(ofPath: path + "/cloud.db") != nil else {
            throw Failure(
                .inputUnreadable, "there is no cloud in \(path.escaped)",
                hint: "look at --data and YCLOUD_DATA; 'ycloud serve' makes one")
        }
        return try SQLiteDatabase(path: path + "/cloud.db")
    }
}

/// The time as the system has it.
enum SystemClock {
    @Sendable static func now() -> Instant { Instant(milliseconds: Int64(CurrentProcess.nowMilliseconds)) }
}
