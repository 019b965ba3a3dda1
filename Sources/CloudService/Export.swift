internal import Archive
internal import CloudDatabase
public import CloudModel
internal import Foundation

/// Everything that is kept of an account, as one archive (POSIX pax): `account.json`, and all files below `files`. It is made
/// while it is sent, so a large one needs no room on the server.
public struct AccountExport: Sendable {
    private let drive: Drive
    private let client: DriveClient
    private let record: [UInt8]
    private let now: Instant

    /// Takes what is recorded of somebody who is signed in, and notes for them that it was taken.
    public init(of person: SignedIn, _ accounts: Accounts, _ drive: Drive, for visitor: Visitor)
        async throws(Problem)
    {
        let id = person.account.id
        let now = accounts.clock()
        try await accounts.database.write { transaction throws(Problem) in
            try transaction.note(.exported, from: visitor, of: id, at: now)
        }
        self.drive = drive
        self.now = now
        client = DriveClient(account: id, name: "export")
        let summary = try await accounts.account(id)
        let events = try await accounts.securityEvents(of: id)
        do {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            record = Array(try encoder.encode(AccountRecord(summary, events)))
        } catch { throw .fault("an account cannot be written as JSON: \(error)") }
    }

    /// Gives the archive piece by piece.
    public func write(_ body: (ArraySlice<UInt8>) async throws -> Void) async throws {
        try await body(header("account.json", sizeBytes: record.count, now))
        try await body(record + Tar.padding(after: record.count))
        var folders = [try DrivePath([])]
        while let folder = folders.popLast() {
            try await body(Tar.header(of: .directory(path: "files" + folder.plain))[...])
            for item in try await children(of: folder) {
                if item.node.isFolder {
                    folders.append(item.path)
                } else {
                    try await write(item, body)
                }
            }
        }
        try await body(Array(repeating: 0, count: Tar.endBytes)[...])
    }

    private func children(of folder: DrivePath) async throws(Problem) -> [DriveItem] {
        do throws(Problem) {
            return Array(try await drive.list(folder, withChildren: true, as: client).items.dropFirst())
        } catch {
            // Removed since its parent was looked at.
            guard error.code == .notFound else { throw error }
            return []
        }
    }

    private func write(_ item: DriveItem, _ body: (ArraySlice<UInt8>) async throws -> Void) async throws {
        let file: OpenFile
        do throws(Problem) {
            file = try await drive.open(item.path, as: client)
        } catch {
            guard error.code == .notFound || error.code == .methodNotAllowed else { throw error }
            return
        }
        let size = Int(file.sizeBytes)
        try await body(header("files" + item.path.plain, sizeBytes: size, item.node.modifiedAt))
        try await file.read(0..<file.sizeBytes, body)
        try await body(Tar.padding(after: size))
    }

    private func header(_ path: String, sizeBytes: Int, _ modifiedAt: Instant) -> ArraySlice<UInt8> {
        Tar.header(
            of: .file(path: path, sizeBytes: sizeBytes, permissions: 0o644),
            modifiedSeconds: Int(modifiedAt.milliseconds / 1000))[...]
    }
}

extension Tar {
    fileprivate static func padding(after sizeBytes: Int) -> ArraySlice<UInt8> {
        Array(repeating: 0, count: paddingBytes(after: sizeBytes))[...]
    }
}

/// What is recorded of an account, for its owner.
private struct AccountRecord: Encodable {
    struct Named: Encodable {
        let name: String
        let since: String
    }

    struct Event: Encodable {
        let kind: String
        let detail: String
        let address: String
        let at: String
    }

    let names: [String]
    let language: String
    let createdAt: String
    let quotaBytes: Int64
    let usedBytes: Int64
    let hasSecondFactor: Bool
    let appPasswords: [Named]
    let browsers: [Named]
    let activity: [Event]

    init(_ summary: AccountSummary, _ events: [SecurityEvent]) {
        names = summary.names
        language = summary.account.language.rawValue
        createdAt = CivilTime(summary.account.createdAt).rfc3339
        quotaBytes = summary.account.quotaBytes
        usedBytes = summary.account.usedBytes
        hasSecondFactor = summary.hasSecondFactor
        appPasswords = summary.appPasswords.map {
            Named(name: $0.name, since: CivilTime($0.createdAt).rfc3339)
        }
        browsers = summary.sessions.map { Named(name: $0.agent, since: CivilTime($0.createdAt).rfc3339) }
        activity = events.map {
            Event(
                kind: $0.kind.rawValue, detail: $0.detail, address: $0.address,
                at: CivilTime($0.happenedAt).rfc3339)
        }
    }
}
