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
    /// Whether this is the release that runs.
    public let isCurrent: Bool

    /// A release; `isCurrent` is the registry's to know once it is committed.
    public init(
        domain: Domain, version: VersionName, versionCode: VersionCode, indexDigest: Digest,
        contentBytes: Int,
        installedAt: Int, isCurrent: Bool
    ) {
        self.domain = domain
        self.version = version
        self.versionCode = versionCode
        self.indexDigest = indexDigest
        self.contentBytes = contentBytes
        self.installedAt = installedAt
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
    /// The release that runs; `nil` where only data was kept.
    public let current: InstalledRelease?
}

/// The static page registry: what is installed. The one place that says so; directories are only what it names.
public final class Registry {
    private let database: Database

    /// Raised with every change of the tables.
    private static let schemaVersion = 1
    private static let schema = """
        CREATE TABLE app (
            domain TEXT PRIMARY KEY, publisher_key BLOB NOT NULL, signing_class TEXT NOT NULL,
            user_id INTEGER UNIQUE, title TEXT NOT NULL, current INTEGER) STRICT, WITHOUT ROWID;
        CREATE TABLE release (
            domain TEXT NOT NULL REFERENCES app ON DELETE CASCADE, version_code INTEGER NOT NULL,
            version TEXT NOT NULL, index_digest BLOB NOT NULL, content_bytes INTEGER NOT NULL,
            installed_at INTEGER NOT NULL, PRIMARY KEY (domain, version_code)) STRICT, WITHOUT ROWID;
        CREATE TABLE page (
            uri TEXT PRIMARY KEY, domain TEXT NOT NULL REFERENCES app ON DELETE CASCADE, type TEXT NOT NULL,
            is_main INTEGER NOT NULL) STRICT, WITHOUT ROWID;
        CREATE TABLE discarded_data (domain TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
        CREATE TABLE history (
            at INTEGER NOT NULL, action TEXT NOT NULL, domain TEXT NOT NULL, version_code INTEGER) STRICT;
        PRAGMA user_version = \(schemaVersion);
        """

    /// Opens the registry, made where missing.
    public init(path: String) throws(Failure) {
        database = try Database(path: path)
        let version = try userVersion()
        if version == 0 {
            try database.transaction { () throws(Failure) in
                // Another process may have made it while this one waited for the lock.
                if try userVersion() == 0 { try database.execute(Self.schema) }
            }
        } else if version > Self.schemaVersion {
            throw Failure(
                .unavailable, "the registry was made by a newer Yun", hint: "update Yun on this device")
        }
    }

    private func userVersion() throws(Failure) -> Int {
        try database.rows("PRAGMA user_version").first?.first?.integer ?? 0
    }

    private static let selectApps = """
        SELECT app.domain, publisher_key, signing_class, user_id, title,
            version, version_code, index_digest, content_bytes, installed_at, 1
        FROM app LEFT JOIN release ON release.domain = app.domain AND release.version_code = app.current
        """

    /// All apps that have a current release, by domain.
    public func apps() throws(Failure) -> [InstalledApp] {
        try database.rows(Self.selectApps + " WHERE app.current IS NOT NULL ORDER BY app.domain")
            .map { row throws(Failure) in try app(row) }
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
            SELECT version, version_code, index_digest, content_bytes, installed_at,
                version_code IS (SELECT current FROM app WHERE app.domain = release.domain)
            FROM release WHERE domain = ? ORDER BY version_code DESC
            """, .text(domain.name)
        ).map { row throws(Failure) in try release(domain, row[...]) }
    }

    /// Every release directory that must exist, as `DOMAIN/DIRECTORY`; of one app, or of all.
    public func releaseDirectories(of domain: Domain? = nil) throws(Failure) -> Set<String> {
        let rows = try database.rows(
            "SELECT domain, version_code, index_digest FROM release WHERE ?1 IS NULL OR domain = ?1",
            domain.map { .text($0.name) } ?? .null)
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

    private static let damaged = Failure(
        .storeDamaged, "the registry has a row that cannot be", hint: "restore state.db from a backup")

    private func app(_ row: [Database.Value]) throws(Failure) -> InstalledApp {
        guard let name = row[0].text, let key = row[1].blob, let signingClass = row[2].text,
            let title = row[4].text
        else { throw Self.damaged }
        let domain = try Domain(name)
        let current = row[5] == .null ? nil : try release(domain, row[5...])
        return InstalledApp(
            domain: domain, publisherKey: key, signingClass: signingClass,
            userID: row[3].integer.map(UInt32.init), title: title, current: current)
    }

    private func release(_ domain: Domain, _ row: ArraySlice<Database.Value>) throws(Failure)
        -> InstalledRelease
    {
        let row = Array(row)
        guard let version = row[0].text, let code = row[1].integer, let bytes = row[2].blob,
            let digest = Digest(bytes), let contentBytes = row[3].integer, let installedAt = row[4].integer
        else { throw Self.damaged }
        return InstalledRelease(
            domain: domain, version: try VersionName(version), versionCode: try VersionCode(code),
            indexDigest: digest, contentBytes: contentBytes, installedAt: installedAt,
            isCurrent: row[5] == .integer(1))
    }
}

extension Registry {
    /// A release that is about to become the current one.
    public struct NewRelease: Sendable {
        /// The release; it becomes current whatever it says.
        public let release: InstalledRelease
        /// Who published it.
        public let publisherKey: [UInt8]
        /// The publisher's class.
        public let signingClass: String
        /// The user that the app runs as, chosen at its first install.
        public let userID: UInt32?
        /// The title in the manifest.
        public let title: String
        /// URI, type and whether it is the main one, for each page.
        public let pages: [(uri: String, type: String, isMain: Bool)]

        /// All that the registry keeps of a release.
        public init(
            release: InstalledRelease, publisherKey: [UInt8], signingClass: String, userID: UInt32?,
            title: String, pages: [(uri: String, type: String, isMain: Bool)]
        ) {
            self.release = release
            self.publisherKey = publisherKey
            self.signingClass = signingClass
            self.userID = userID
            self.title = title
            self.pages = pages
        }
    }

    /// The commit point of an install: names the release, makes it current, and forgets all but the one before.
    public func commit(_ new: NewRelease) throws(Failure) {
        let domain = new.release.domain.name
        try database.transaction { () throws(Failure) in
            try database.rows(
                """
                INSERT INTO app (domain, publisher_key, signing_class, user_id, title, current)
                VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (domain) DO UPDATE SET
                    publisher_key = excluded.publisher_key, signing_class = excluded.signing_class,
                    title = excluded.title
                """, .text(domain), .blob(new.publisherKey), .text(new.signingClass),
                new.userID.map { .integer(Int($0)) } ?? .null, .text(new.title), .null)
            try database.rows(
                """
                INSERT INTO release (domain, version_code, version, index_digest, content_bytes, installed_at)
                VALUES (?, ?, ?, ?, ?, ?)
                """, .text(domain), .integer(new.release.versionCode.value), .text(new.release.version.text),
                .blob(new.release.indexDigest.bytes), .integer(new.release.contentBytes),
                .integer(new.release.installedAt))
            try database.rows(
                """
                DELETE FROM release WHERE domain = ?1 AND version_code <> ?2
                    AND version_code IS NOT (SELECT current FROM app WHERE domain = ?1)
                """, .text(domain), .integer(new.release.versionCode.value))
            try database.rows(
                "UPDATE app SET current = ? WHERE domain = ?", .integer(new.release.versionCode.value),
                .text(domain))
            try database.rows("DELETE FROM page WHERE domain = ?", .text(domain))
            for page in new.pages {
                try database.rows(
                    "INSERT INTO page (uri, domain, type, is_main) VALUES (?, ?, ?, ?)", .text(page.uri),
                    .text(domain), .text(page.type), .integer(page.isMain ? 1 : 0))
            }
            // A new install of a removed app must not lose its data to a removal that was interrupted.
            try database.rows("DELETE FROM discarded_data WHERE domain = ?", .text(domain))
            try note("install", domain, new.release.versionCode, at: new.release.installedAt)
        }
    }

    /// The commit point of a removal. With kept data the app's publisher is remembered, so that nobody else can
    /// install under its name and read what it left.
    public func remove(_ domain: Domain, keepsData: Bool, at time: Int) throws(Failure) {
        try database.transaction { () throws(Failure) in
            if keepsData {
                try database.rows("UPDATE app SET current = NULL WHERE domain = ?", .text(domain.name))
                try database.rows("DELETE FROM release WHERE domain = ?", .text(domain.name))
                try database.rows("DELETE FROM page WHERE domain = ?", .text(domain.name))
            } else {
                try database.rows("DELETE FROM app WHERE domain = ?", .text(domain.name))
                try database.rows("INSERT OR IGNORE INTO discarded_data VALUES (?)", .text(domain.name))
            }
            try note(keepsData ? "remove-keeping-data" : "remove", domain.name, nil, at: time)
        }
    }

    /// The lowest user id of `range` that no app has.
    public func freeUserID(in range: ClosedRange<UInt32>) throws(Failure) -> UInt32 {
        let taken = try database.rows("SELECT user_id FROM app WHERE user_id IS NOT NULL ORDER BY user_id")
            .compactMap { $0[0].integer }
        var candidate = Int(range.lowerBound)
        for id in taken where id == candidate { candidate += 1 }
        guard candidate <= Int(range.upperBound) else {
            throw Failure(.unavailable, "no user id is left for another app", hint: "remove some apps")
        }
        return UInt32(candidate)
    }

    private func note(_ action: String, _ domain: String, _ code: VersionCode?, at time: Int) throws(Failure)
    {
        try database.rows(
            "INSERT INTO history (at, action, domain, version_code) VALUES (?, ?, ?, ?)", .integer(time),
            .text(action), .text(domain), code.map { .integer($0.value) } ?? .null)
    }
}
