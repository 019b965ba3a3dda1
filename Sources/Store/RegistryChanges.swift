public import YunCore

extension Registry {
    /// One page of a release.
    public typealias PageRow = (uri: String, type: String, isMain: Bool)

    /// A release that is about to become the current one.
    public struct NewRelease: Sendable {
        /// The release; it becomes current whatever it says.
        public let release: InstalledRelease
        /// The publisher's class.
        public let signingClass: String
        /// The user that the app runs as, chosen at its first install.
        public let userID: UInt32?
        /// The title in the manifest.
        public let title: String
        /// All its pages.
        public let pages: [PageRow]
        /// All that its manifest asks for.
        public let permissions: Set<Permission>
        /// The directory below `snapshots` with the data as it is now, for the release that is current until now.
        public let snapshot: String?

        /// All that the registry keeps of a release.
        public init(
            release: InstalledRelease, signingClass: String, userID: UInt32?, title: String,
            pages: [PageRow], permissions: Set<Permission> = [], snapshot: String? = nil
        ) {
            self.release = release
            self.snapshot = snapshot
            self.signingClass = signingClass
            self.userID = userID
            self.title = title
            self.pages = pages
            self.permissions = permissions
        }
    }

    /// The commit point of an install: names the release, makes it current, and forgets all but the one before.
    public func commit(_ new: NewRelease) throws(Failure) {
        let (domain, release) = (new.release.domain.name, new.release)
        try database.transaction { () throws(Failure) in
            let earlier = try database.rows(
                "SELECT highest_code, current FROM app WHERE domain = ?", .text(domain)
            ).first
            try commitApp(new)
            try ask(
                for: new.permissions, of: new.release.domain, isInstall: earlier?[1].integer == nil)
            try database.rows(
                """
                INSERT OR REPLACE INTO release (domain, version_code, version, index_digest, content_bytes,
                    installed_at, publisher_key, voucher_key) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """, .text(domain), .integer(release.versionCode.value), .text(release.version.text),
                .blob(release.indexDigest.bytes), .integer(release.contentBytes),
                .integer(release.installedAt),
                .blob(release.publisherKey), .blob(Array(release.voucherKeys.joined())))
            try database.rows(
                """
                DELETE FROM release WHERE domain = ?1 AND version_code <> ?2
                    AND version_code IS NOT (SELECT current FROM app WHERE domain = ?1)
                """, .text(domain), .integer(release.versionCode.value))
            try makeCurrent(new.release.domain, release.versionCode, title: new.title, pages: new.pages)
            // A new install of a removed app must not lose its data to a removal that was interrupted.
            try database.rows("DELETE FROM discarded_data WHERE domain = ?", .text(domain))
            let action = release.versionCode.value < earlier?[0].integer ?? 0 ? "downgrade" : "install"
            try note(action, domain, release.versionCode, at: release.installedAt)
        }
    }

    /// Notes the way on which an installed release is trusted now.
    public func setVouchers(_ keys: [[UInt8]], of release: InstalledRelease) throws(Failure) {
        try database.rows(
            "UPDATE release SET voucher_key = ? WHERE domain = ? AND version_code = ?",
            .blob(Array(keys.joined())), .text(release.domain.name), .integer(release.versionCode.value))
    }

    private func commitApp(_ new: NewRelease) throws(Failure) {
        try database.rows(
            """
            INSERT INTO app (domain, publisher_key, signing_class, user_id, title, highest_code, highest_digest,
                snapshot) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (domain) DO UPDATE SET
                publisher_key = excluded.publisher_key, signing_class = excluded.signing_class,
                user_id = excluded.user_id, snapshot = excluded.snapshot,
                highest_code = MAX(COALESCE(highest_code, 0), excluded.highest_code),
                highest_digest = CASE WHEN excluded.highest_code >= COALESCE(highest_code, 0)
                    THEN excluded.highest_digest ELSE highest_digest END
            """, .text(new.release.domain.name), .blob(new.release.publisherKey), .text(new.signingClass),
            new.userID.map { .integer(Int($0)) } ?? .null, .text(new.title),
            .integer(new.release.versionCode.value), .blob(new.release.indexDigest.bytes),
            new.snapshot.map { .text($0) } ?? .null)
    }

    private func makeCurrent(
        _ domain: Domain, _ code: VersionCode, title: String, pages: [PageRow]
    ) throws(Failure) {
        try database.rows(
            "UPDATE app SET current = ?, title = ? WHERE domain = ?", .integer(code.value), .text(title),
            .text(domain.name))
        try database.rows("DELETE FROM page WHERE domain = ?", .text(domain.name))
        for page in pages {
            try database.rows(
                "INSERT INTO page (uri, domain, type, is_main) VALUES (?, ?, ?, ?)", .text(page.uri),
                .text(domain.name), .text(page.type), .integer(page.isMain ? 1 : 0))
        }
    }

    /// The commit point of a removal. With kept data the app's publisher is remembered, so that nobody else can
    /// install under its name and read what it left.
    public func remove(_ domain: Domain, keepsData: Bool, at time: Int) throws(Failure) {
        try database.transaction { () throws(Failure) in
            if keepsData {
                try database.rows(
                    "UPDATE app SET current = NULL, snapshot = NULL WHERE domain = ?", .text(domain.name))
                try database.rows("DELETE FROM release WHERE domain = ?", .text(domain.name))
                try database.rows("DELETE FROM page WHERE domain = ?", .text(domain.name))
                try database.rows("DELETE FROM going_back WHERE domain = ?", .text(domain.name))
                try database.rows("DELETE FROM permission WHERE domain = ?", .text(domain.name))
            } else {
                try database.rows("DELETE FROM app WHERE domain = ?", .text(domain.name))
                try database.rows("INSERT OR IGNORE INTO discarded_data VALUES (?)", .text(domain.name))
            }
            try note(keepsData ? "remove-keeping-data" : "remove", domain.name, nil, at: time)
        }
    }

    /// What an app's data was before its last update is wanted by nobody any more.
    public func forgetSnapshot(of domain: Domain) throws(Failure) {
        try database.rows("UPDATE app SET snapshot = NULL WHERE domain = ?", .text(domain.name))
    }

    /// A return to another release that was begun: data and snapshot are exchanged before it is committed, and by
    /// their inodes it can be told whether they were.
    public struct GoingBack: Sendable, Equatable {
        /// The app.
        public let domain: Domain
        /// The release that is returned to.
        public let versionCode: VersionCode
        /// The directory below `snapshots` that holds its data at first.
        public let snapshot: String
        /// The inode of the app's data before the exchange.
        public let dataInode: UInt64
        /// The inode of the snapshot before the exchange.
        public let snapshotInode: UInt64

        /// All that is needed to finish it.
        public init(
            domain: Domain, versionCode: VersionCode, snapshot: String, dataInode: UInt64,
            snapshotInode: UInt64
        ) {
            self.domain = domain
            self.versionCode = versionCode
            self.snapshot = snapshot
            self.dataInode = dataInode
            self.snapshotInode = snapshotInode
        }
    }

    /// Says that a return begins: from now on it will be finished, whatever fails.
    public func begin(_ step: GoingBack) throws(Failure) {
        try database.rows(
            "INSERT INTO going_back VALUES (?, ?, ?, ?, ?)", .text(step.domain.name),
            .integer(step.versionCode.value), .text(step.snapshot),
            .integer(Int(truncatingIfNeeded: step.dataInode)),
            .integer(Int(truncatingIfNeeded: step.snapshotInode)))
    }

    /// The returns that were begun and not finished; of one app, or of all.
    public func unfinishedReturns(of domain: Domain? = nil) throws(Failure) -> [GoingBack] {
        try rows("SELECT * FROM going_back", of: domain).map { row throws(Failure) in
            guard let domain = row[0].text, let code = row[1].integer, let snapshot = row[2].text,
                let dataInode = row[3].integer, let snapshotInode = row[4].integer
            else { throw Self.damaged }
            return GoingBack(
                domain: try Domain(domain), versionCode: try Self.versionCode(code), snapshot: snapshot,
                dataInode: UInt64(truncatingIfNeeded: dataInode),
                snapshotInode: UInt64(truncatingIfNeeded: snapshotInode))
        }
    }

    /// The commit point of a return. The highest version code and the publisher stay: both only go forward.
    public func commitReturn(
        of domain: Domain, to code: VersionCode, title: String, pages: [PageRow],
        permissions: Set<Permission>, at time: Int
    ) throws(Failure) {
        try database.transaction { () throws(Failure) in
            try makeCurrent(domain, code, title: title, pages: pages)
            try ask(for: permissions, of: domain, isInstall: false)
            try database.rows("DELETE FROM going_back WHERE domain = ?", .text(domain.name))
            try note("return", domain.name, code, at: time)
        }
    }

    /// Every directory that must exist below `snapshots`; of one app, or of all.
    public func snapshots(of domain: Domain? = nil) throws(Failure) -> Set<String> {
        Set(try rows("SELECT snapshot FROM app", of: domain).compactMap { $0[0].text })
    }

    /// The lowest user id of `range` that no app has.
    public func freeUserID(in range: ClosedRange<UInt32>) throws(Failure) -> UInt32 {
        let taken = try database.rows("SELECT user_id FROM app WHERE user_id IS NOT NULL ORDER BY user_id")
            .compactMap { $0[0].integer }
        var candidate = Int(range.lowerBound)
        for id in taken where id == candidate { candidate += 1 }
        guard let userID = UInt32(exactly: candidate), range.contains(userID) else {
            throw Failure(.unavailable, "no user id is left for another app", hint: "remove some apps")
        }
        return userID
    }

    private func note(_ action: String, _ domain: String, _ code: VersionCode?, at time: Int) throws(Failure)
    {
        try database.rows(
            "INSERT INTO history (at, action, domain, version_code) VALUES (?, ?, ?, ?)", .integer(time),
            .text(action), .text(domain), code.map { .integer($0.value) } ?? .null)
    }

    /// One change of an app, as the history keeps it.
    public struct HistoryRow: Sendable, Equatable {
        /// Unix time.
        public let at: Int
        /// `install`, `downgrade`, `return`, `remove` or `remove-keeping-data`.
        public let action: String
        /// The release that the change was about.
        public let versionCode: Int?
    }

    /// What was done to an app, the oldest first.
    public func history(of domain: Domain) throws(Failure) -> [HistoryRow] {
        try database.rows(
            "SELECT at, action, version_code FROM history WHERE domain = ? ORDER BY rowid", .text(domain.name)
        ).map { row throws(Failure) in
            guard let at = row[0].integer, let action = row[1].text else { throw Self.damaged }
            return HistoryRow(at: at, action: action, versionCode: row[2].integer)
        }
    }
}
