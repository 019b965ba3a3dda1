public import YunCore

/// One release that is on the device.
public struct InstalledRelease: Sendable, Equatable {
    /// The app.
    public let domain: Domain
    /// The release's name for people.
    public let version: VersionName
    /// The release's place among the others.
    public let versionCode: VersionCode
    /// SHA-256 of the signed index: what makes two releases the same bytes.
    public let indexDigest: Digest
    /// The sum of its files' lengths.
    public let contentBytes: Int
    /// Unix time.
    public let installedAt: Int
    /// The public key that signed it, 32 bytes.
    public let publisherKey: [UInt8]
    /// The keys on the way from trust to that key when the release was installed.
    public let voucherKeys: [[UInt8]]
    /// Whether this is the release that runs.
    public let isCurrent: Bool

    /// A release; `isCurrent` is the registry's to know once it is committed.
    public init(
        domain: Domain, version: VersionName, versionCode: VersionCode, indexDigest: Digest,
        contentBytes: Int, installedAt: Int, publisherKey: [UInt8], voucherKeys: [[UInt8]] = [],
        isCurrent: Bool
    ) {
        self.domain = domain
        self.version = version
        self.versionCode = versionCode
        self.indexDigest = indexDigest
        self.contentBytes = contentBytes
        self.installedAt = installedAt
        self.publisherKey = publisherKey
        self.voucherKeys = voucherKeys
        self.isCurrent = isCurrent
    }

    /// The release's directory below `apps/DOMAIN`.
    public var directoryName: String { "\(versionCode)-\(indexDigest.short)" }
}

/// One app that is, or whose data is, on the device.
public struct InstalledApp: Sendable, Equatable {
    /// The app.
    public let domain: Domain
    /// The publisher's public key, 32 bytes; only it or its successors may update the app.
    public let publisherKey: [UInt8]
    /// The class that the publisher had.
    public let signingClass: String
    /// The user that the app runs as when the store belongs to root.
    public let userID: UInt32?
    /// The title in the manifest, English first.
    public let title: String
    /// The highest version code that was ever installed while the data was there, and that release's index.
    public let highestCode: VersionCode?
    /// `nil` where a registry of an older format did not tell.
    public let highestDigest: Digest?
    /// The directory below `snapshots` with the data of the release that is not current.
    public let snapshot: String?
    /// The release that runs; `nil` where only data was kept.
    public let current: InstalledRelease?
}

/// The static page registry: what is installed. The one place that says so; directories are only what it names.
public final class Registry {
    let database: Database

    /// Opens the registry, made where missing and brought to this Yun's format where older.
    public init(path: String) throws(Failure) {
        database = try Database(path: path, subject: .registry)
        try database.migrate(RegistrySchema.steps)
    }

    private static let releaseColumns =
        "version, version_code, index_digest, content_bytes, installed_at, release.publisher_key, voucher_key"
    private static let selectApps = """
        SELECT app.domain, app.publisher_key, signing_class, user_id, title, highest_code, highest_digest, snapshot,
            \(releaseColumns), 1
        FROM app LEFT JOIN release ON release.domain = app.domain AND release.version_code = app.current
        """

    /// All apps that have a current release, by domain.
    public func apps() throws(Failure) -> [InstalledApp] {
        try knownApps().filter { $0.current != nil }
    }

    /// All apps that are on the device, and those of which only the data is, by domain.
    public func knownApps() throws(Failure) -> [InstalledApp] {
        try database.rows(Self.selectApps + " ORDER BY app.domain").map { row throws(Failure) in try app(row)
        }
    }

    /// What is known of a domain, also when only its data was kept.
    public func app(_ domain: Domain) throws(Failure) -> InstalledApp? {
        try database.rows(Self.selectApps + " WHERE app.domain = ?", .text(domain.name)).first
            .map { row throws(Failure) in try app(row) }
    }

    /// All releases of an app, the newest first.
    public func releases(of domain: Domain) throws(Failure) -> [InstalledRelease] {
        try database.rows(
            """
            SELECT \(Self.releaseColumns),
                version_code IS (SELECT current FROM app WHERE app.domain = release.domain)
            FROM release WHERE domain = ? ORDER BY version_code DESC
            """, .text(domain.name)
        ).map { row throws(Failure) in try release(domain, row[...]) }
    }

    /// Every release directory that must exist, as `DOMAIN/DIRECTORY`; of one app, or of all.
    public func releaseDirectories(of domain: Domain? = nil) throws(Failure) -> Set<String> {
        let rows = try rows("SELECT domain, version_code, index_digest FROM release", of: domain)
        var names: Set<String> = []
        for row in rows {
            guard let domain = row[0].text, let code = row[1].integer, let bytes = row[2].blob,
                let digest = Digest(bytes)
            else { throw Self.damaged }
            names.insert("\(domain)/\(code)-\(digest.short)")
        }
        return names
    }

    /// Domains whose data is to be deleted.
    public func discardedData() throws(Failure) -> [Domain] {
        try database.rows("SELECT domain FROM discarded_data ORDER BY domain").map { row throws(Failure) in
            try Domain(row[0].text ?? "")
        }
    }

    /// Notes that the data of a removed app has been deleted.
    public func forgetDiscardedData(of domain: Domain) throws(Failure) {
        try database.rows("DELETE FROM discarded_data WHERE domain = ?", .text(domain.name))
    }

    /// Rows of one app or of all. One text for both would make SQLite read the whole table for one, too.
    func rows(_ sql: String, of domain: Domain?) throws(Failure) -> [[Database.Value]] {
        guard let domain else { return try database.rows(sql) }
        return try database.rows(sql + " WHERE domain = ?", .text(domain.name))
    }

    static let damaged = Failure(
        .storeDamaged, "the registry has a row that cannot be", hint: "restore state.db from a backup")

    private func app(_ row: [Database.Value]) throws(Failure) -> InstalledApp {
        guard let name = row[0].text, let key = row[1].blob, let signingClass = row[2].text,
            let title = row[4].text
        else { throw Self.damaged }
        let domain = try Self.undamaged { () throws(Failure) in try Domain(name) }
        let userID = try row[3].integer.map { number throws(Failure) in
            guard let userID = UInt32(exactly: number) else { throw Self.damaged }
            return userID
        }
        return InstalledApp(
            domain: domain, publisherKey: key, signingClass: signingClass, userID: userID, title: title,
            highestCode: try row[5].integer.map { code throws(Failure) in try Self.versionCode(code) },
            highestDigest: row[6].blob.flatMap { Digest($0) }, snapshot: row[7].text,
            current: row[8] == .null ? nil : try release(domain, row[8...]))
    }

    private func release(_ domain: Domain, _ row: ArraySlice<Database.Value>) throws(Failure)
        -> InstalledRelease
    {
        let row = Array(row)
        guard let name = row[0].text, let code = row[1].integer, let bytes = row[2].blob,
            let digest = Digest(bytes), let contentBytes = row[3].integer, let installedAt = row[4].integer,
            let publisherKey = row[5].blob
        else { throw Self.damaged }
        let version = try Self.undamaged { () throws(Failure) in try VersionName(name) }
        return InstalledRelease(
            domain: domain, version: version, versionCode: try Self.versionCode(code), indexDigest: digest,
            contentBytes: contentBytes, installedAt: installedAt, publisherKey: publisherKey,
            voucherKeys: Self.keys(row[6].blob ?? []), isCurrent: row[7] == .integer(1))
    }

    /// Keys of 32 bytes, one after the other.
    private static func keys(_ bytes: [UInt8]) -> [[UInt8]] {
        stride(from: 0, to: bytes.count, by: 32).map { Array(bytes[$0...].prefix(32)) }
    }

    static func versionCode(_ number: Int) throws(Failure) -> VersionCode {
        try undamaged { () throws(Failure) in try VersionCode(number) }
    }

    /// Reads a value by its own rules, which what was written here cannot break.
    static func undamaged<T>(_ read: () throws(Failure) -> T) throws(Failure) -> T {
        do throws(Failure) { return try read() } catch { throw damaged }
    }
}
