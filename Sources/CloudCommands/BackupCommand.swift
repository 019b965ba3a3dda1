internal import ArgumentParser
internal import CloudDatabase
internal import CloudModel
internal import CloudObjects
internal import CloudService
internal import Foundation
internal import Platform
internal import YunCore

struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copies everything to a directory, as it is at one moment, while the cloud serves.",
        discussion: """
            A directory that holds a backup already gets what is new, and is a whole backup before and after. What is damaged is \
            said and left out; the exit status is then 65.
            """)

    @Argument(
        help: ArgumentHelp("A directory that is empty, not there, or holds a backup.", valueName: "dir"))
    var directory: String

    @OptionGroup var data: DataOptions

    func run() async throws {
        let source = try data.directory()
        let database = try source.existing()
        let target = try BackupDirectory(directory, mustExist: false)
        let objects = try LocalObjectStore(path: target.data.objectsPath)
        let backup = Backup(of: database, try LocalObjectStore(path: source.objectsPath), to: objects)
        var copy: SQLiteDatabase?
        let faults = try await backup.run { () throws(Problem) in
            try copy?.close()
            try target.removeRecords()
            try await database.copy(to: target.newDatabasePath)
            let records = try SQLiteDatabase(path: target.newDatabasePath)
            copy = records
            return records
        }
        try copy?.close()
        try target.publishRecords()
        let published = try target.data.existing()
        try await backup.removeOthers(than: published)
        try published.close()
        for fault in faults { Output.write(fault) }
        guard faults.isEmpty else { throw Output.damaged }
    }
}

struct RestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Makes a cloud from a backup, in a directory that is empty or not there.",
        discussion:
            "Every byte is compared with its digest. What is damaged is said, and the exit status is then 65."
    )

    @Argument(help: ArgumentHelp("The backup.", valueName: "dir"), completion: .directory)
    var directory: String

    @OptionGroup var data: DataOptions

    func run() async throws {
        let source = try BackupDirectory(directory, mustExist: true)
        let target = try BackupDirectory(empty: data.directory())
        do {
            try FileManager.default.copyItem(atPath: source.data.databasePath, toPath: target.newDatabasePath)
        } catch {
            throw Failure(.inputOutput, "cannot copy \(source.data.databasePath.escaped)", hint: "\(error)")
        }
        let records = try SQLiteDatabase(path: target.newDatabasePath)
        let backup = Backup(
            of: records, try LocalObjectStore(path: source.data.objectsPath),
            to: try LocalObjectStore(path: target.data.objectsPath))
        let faults = try await backup.run { () throws(Problem) in records }
        try records.close()
        try target.publishRecords()
        for fault in faults { Output.write(fault) }
        guard faults.isEmpty else { throw Output.damaged }
    }
}

/// A directory that records and objects are copied to: the records get their name last, so that they name only what is there.
private struct BackupDirectory {
    /// Tells a backup from a cloud that is in use, which must never be written over.
    private static let marker = "ycloud-backup"
    private static let newDatabase = "cloud.db.new"

    let data: DataDirectory
    private let directory: AnchoredDirectory

    var newDatabasePath: String { data.path + "/" + Self.newDatabase }

    init(_ path: String, mustExist: Bool) throws(Failure) {
        data = try DataDirectory(path)
        if mustExist {
            directory = try AnchoredDirectory(at: path)
        } else {
            directory = try AnchoredDirectory.make(at: path, permissions: 0o700)
        }
        if !mustExist, try directory.names().isEmpty {
            let file = try PublishedFile(path: directory.path(of: Self.marker), permissions: 0o600)
            try file.withDescriptor { (descriptor) throws(Failure) in try descriptor.write(Array("1\n".utf8))
            }
            try file.publish()
        }
        guard try directory.status(of: Self.marker) != nil else {
            throw Failure(
                .outputExists, "\(path.escaped) holds no backup",
                hint: mustExist ? "name one that 'ycloud backup' has made" : "name a directory that is empty")
        }
    }

    init(empty data: DataDirectory) throws(Failure) {
        self.data = data
        directory = try AnchoredDirectory.make(at: data.path, permissions: 0o700)
        guard try directory.names().isEmpty else {
            throw Failure(
                .outputExists, "\(data.path.escaped) is not empty",
                hint: "name a directory that is not there yet")
        }
    }

    func removeRecords() throws(Problem) {
        do throws(Failure) {
            try directory.remove(Self.newDatabase)
            try removeLogs(of: Self.newDatabase)
        } catch { throw .fault(error.message) }
    }

    private func removeLogs(of name: String) throws(Failure) {
        for suffix in ["-wal", "-shm", "-journal"] { try directory.remove(name + suffix) }
    }

    /// Makes the records durable, and gives them their name.
    func publishRecords() throws(Failure) {
        let records = try directory.open(Self.newDatabase, .read)
        try records.synchronize()
        try removeLogs(of: Self.newDatabase)
        // Of the records before; it is empty, but would be taken for one of the new.
        try removeLogs(of: "cloud.db")
        try directory.move(Self.newDatabase, to: directory, as: "cloud.db", replacing: true)
        try directory.synchronize()
    }
}
