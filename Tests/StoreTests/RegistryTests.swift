import Platform
import Signing
import Support
import Testing
import Trust
import YunCore

@testable import Store

@Suite struct RegistryTests {
    private let directory: TemporaryDirectory
    private let registry: Registry

    init() throws {
        directory = try TemporaryDirectory()
        registry = try Registry(path: directory.path("state.db"))
    }

    private func release(_ domain: String, _ code: Int) throws -> InstalledRelease {
        InstalledRelease(
            domain: try Domain(domain), version: try VersionName("1.\(code)"),
            versionCode: try VersionCode(code),
            indexDigest: Digest(of: Array("\(domain) \(code)".utf8)), contentBytes: 10, installedAt: 5,
            publisherKey: [UInt8](repeating: 1, count: 32), isCurrent: true)
    }

    private func commit(_ domain: String, _ code: Int, userID: UInt32? = nil) throws {
        try registry.commit(
            Registry.NewRelease(
                release: release(domain, code), signingClass: "developer", userID: userID, title: "T",
                pages: [("page://\(domain)/main", "web", true)]))
    }

    @Test("a commit names the release, keeps the one before and forgets older ones")
    func commits() throws {
        for code in [1, 2, 3] { try commit("a.b", code) }
        let app = try #require(try registry.app(Domain("a.b")))
        #expect(app.current == (try release("a.b", 3)))
        #expect(try registry.releases(of: Domain("a.b")).map(\.versionCode.value) == [3, 2])
        #expect(try registry.releases(of: Domain("a.b")).map(\.isCurrent) == [true, false])
        #expect(try registry.releaseDirectories().count == 2)
    }

    @Test("what is committed is there for the next process, and sqlite3 finds the file whole")
    func reopened() throws {
        try commit("a.b", 1)
        #expect(try Registry(path: directory.path("state.db")).apps().count == 1)
        let check = try Program("sqlite3").run(
            directory.path("state.db"), "PRAGMA integrity_check; SELECT title FROM app")
        #expect(check.output == "ok\nT\n")
    }

    @Test("the log of changes by one process after the other stays short")
    func log() throws {
        for number in 0..<200 {
            try RegistryScene.commit(
                Domain("a\(number).b"), to: Registry(path: directory.path("other.db")))
            let sizeBytes = try AnchoredDirectory.status(ofPath: directory.path("other.db-wal"))?.sizeBytes
            #expect(sizeBytes ?? 0 < 1 << 20)
        }
        #expect(try Registry(path: directory.path("other.db")).apps().count == 200)
    }

    @Test("a removal with data kept remembers the publisher; one without orders the data to be deleted")
    func removals() throws {
        try commit("a.b", 1)
        try commit("c.d", 1)
        try registry.remove(Domain("a.b"), keepsData: true, at: 1)
        try registry.remove(Domain("c.d"), keepsData: false, at: 1)
        #expect(try registry.apps().isEmpty)
        #expect(try registry.app(Domain("a.b"))?.publisherKey.count == 32)
        #expect(try registry.app(Domain("c.d")) == nil)
        #expect(try registry.discardedData() == [Domain("c.d")])
    }

    @Test("T-7: an app that comes back before its data is deleted keeps it")
    func comesBack() throws {
        try commit("c.d", 1)
        try registry.remove(Domain("c.d"), keepsData: false, at: 1)
        try commit("c.d", 2)
        #expect(try registry.discardedData().isEmpty)
    }

    @Test("user ids are given once each and given again when free")
    func userIDs() throws {
        #expect(try registry.freeUserID(in: 10...12) == 10)
        try commit("a.b", 1, userID: 10)
        try commit("c.d", 1, userID: 12)
        #expect(try registry.freeUserID(in: 10...12) == 11)
        try commit("e.f", 1, userID: 11)
        #expect(throws: Failure.self) { try registry.freeUserID(in: 10...12) }
    }

    @Test("T-8: the highest version code stays known while the data is kept, and goes with it")
    func highestCode() throws {
        try commit("a.b", 7)
        try registry.remove(Domain("a.b"), keepsData: true, at: 1)
        let kept = try #require(try registry.app(Domain("a.b")))
        #expect(try kept.highestCode == VersionCode(7))
        #expect(try kept.highestDigest == release("a.b", 7).indexDigest)
        try registry.remove(Domain("a.b"), keepsData: false, at: 1)
        try commit("a.b", 3)
        #expect(try registry.app(Domain("a.b"))?.highestCode == VersionCode(3))
    }

    /// A registry of the first format with an app whose data was kept, one that is installed, and one that came anew.
    private static let firstFormat = """
        \(RegistrySchema.steps[0])
        INSERT INTO app VALUES ('kept.b', zeroblob(32), 'developer', NULL, 'K', NULL),
            ('new.b', zeroblob(32), 'developer', NULL, 'N', 2), ('old.b', zeroblob(32), 'store', 7, 'O', 4);
        INSERT INTO release VALUES ('new.b', 2, '2', zeroblob(32), 1, 1), ('old.b', 3, '3', zeroblob(32), 1, 1),
            ('old.b', 4, '4', zeroblob(32), 1, 1);
        INSERT INTO history VALUES (1, 'install', 'kept.b', 9), (1, 'remove-keeping-data', 'kept.b', NULL),
            (1, 'install', 'new.b', 8), (1, 'remove', 'new.b', NULL), (1, 'install', 'new.b', 2);
        PRAGMA user_version = 1;
        """

    @Test("a registry of the first format is brought to this one with all that it knew")
    func migration() throws {
        let path = directory.path("first.db")
        #expect(try Program("sqlite3").run(path, Self.firstFormat).status == 0)
        let registry = try Registry(path: path)
        let apps = try registry.knownApps()
        #expect(apps.map(\.domain.name) == ["kept.b", "new.b", "old.b"])
        #expect(apps.map(\.highestCode?.value) == [9, 2, 4])
        #expect(apps.map { $0.highestDigest != nil } == [false, true, true])
        #expect(apps.map(\.current?.publisherKey.count) == [nil, 32, 32] && apps[2].userID == 7)
        #expect(try registry.releases(of: Domain("old.b")).count == 2)
        #expect(
            try Program("sqlite3").run(path, "PRAGMA user_version").output
                == "\(RegistrySchema.steps.count)\n")
        #expect(try Registry(path: path).knownApps() == apps)
    }

    @Test("rows that cannot be are reported, not read")
    func badRows() throws {
        for (domain, change) in [
            ("a.b", "user_id = -1"), ("c.d", "user_id = 99999999999"), ("e.f", "highest_code = 0"),
            ("g.h", "current = 5, highest_code = -9"),
        ] {
            try commit(domain, 5)
            let sql = "UPDATE app SET \(change) WHERE domain = '\(domain)'"
            #expect(try Program("sqlite3").run(directory.path("state.db"), sql).status == 0)
            #expect {
                try registry.app(Domain(domain))
            } throws: { ($0 as? Failure)?.code == .storeDamaged }
        }
    }

    @Test("the user of an app is the last one that it was given")
    func changedUser() throws {
        try commit("a.b", 1)
        try commit("a.b", 2, userID: 12)
        #expect(try registry.app(Domain("a.b"))?.userID == 12)
    }

    @Test("a file that is no database, and one of a newer Yun, are refused")
    func badFiles() throws {
        try directory.write(Array(repeating: 65, count: 4096), to: "bad.db")
        #expect(throws: Failure.self) { try Registry(path: directory.path("bad.db")) }
        #expect(try Program("sqlite3").run(directory.path("new.db"), "PRAGMA user_version=99").status == 0)
        #expect {
            try Registry(path: directory.path("new.db"))
        } throws: { ($0 as? Failure)?.code == .unavailable }
    }
}

@Suite struct AnchorStoreTests {
    @Test("a key is trusted once, with one class, and no longer when removed")
    func anchors() throws {
        let directory = try TemporaryDirectory()
        let anchors = AnchorStore(try StoreRoot(path: directory.path("root")))
        let anchor = Anchor(key: try SecretKey.generate().publicKey, signingClass: .developer)
        #expect(try anchors.anchors().isEmpty)
        #expect(try anchors.add(anchor))
        #expect(try !anchors.add(anchor))
        #expect {
            try anchors.add(Anchor(key: anchor.key, signingClass: .system))
        } throws: { ($0 as? Failure)?.code == .trustConflict }
        #expect(try AnchorStore(storePath: directory.path("root")).anchors() == [anchor])
        try anchors.remove(anchor.key.id)
        #expect(try anchors.anchors().isEmpty)
        #expect(throws: Failure.self) { try anchors.remove(anchor.key.id) }
    }

    @Test(
        "K-12: a signer's later revocation replaces the earlier one, an earlier or other one of its number is refused"
    )
    func revocations() throws {
        let directory = try TemporaryDirectory()
        let anchors = AnchorStore(try StoreRoot(path: directory.path("root")))
        let maker = try SecretKey.generate()
        let key = try SecretKey.generate().publicKey
        func statement(_ number: Int, _ keys: [PublicKey]) -> (text: [UInt8], signature: [UInt8]) {
            let text = Revocation(number: number, keys: keys, indexes: []).text
            return (text, Array(maker.sign(text, trustedComment: "r").fileText.utf8))
        }
        func revoked() throws -> Int { try anchors.revocations().words.flatMap(\.revocation.keys).count }
        #expect(throws: Failure.self) { try anchors.add(statement(2, [key])) }
        _ = try anchors.add(Anchor(key: maker.publicKey, signingClass: .system))
        #expect(try anchors.add(statement(2, [key])) != nil && revoked() == 1)
        #expect(try anchors.add(statement(2, [key])) == nil)
        for (number, keys) in [(2, []), (1, [key])] {
            #expect {
                try anchors.add(statement(number, keys))
            } throws: { ($0 as? Failure)?.code == .trustConflict }
        }
        let file = "root/trust/revoked/\(maker.publicKey.bytes.hexadecimal).revocation"
        try directory.write(directory.read(file).dropLast(), to: file)
        #expect { try revoked() } throws: { ($0 as? Failure)?.code == .storeDamaged }
        #expect(try anchors.add(statement(3, [])) != nil && revoked() == 0)
        #expect(try anchors.revoke(key) && !anchors.revoke(key) && revoked() == 1)
        #expect {
            try anchors.add(Anchor(key: key, signingClass: .developer))
        } throws: { ($0 as? Failure)?.code == .trustConflict }
        try anchors.restore(key)
        #expect(try anchors.add(Anchor(key: key, signingClass: .developer)) && revoked() == 0)
        #expect(throws: Failure.self) { try anchors.restore(key) }
        _ = try anchors.add(statement(4, [key]))
        try anchors.remove(maker.publicKey.id)
        let index = Digest(of: [])
        let bySigner = try anchors.revocations().fault(of: [maker.publicKey.bytes, key.bytes], index: index)
        #expect(bySigner?.code == .revoked)
        #expect(try anchors.revocations().fault(of: [key.bytes], index: index) == nil)
        // Another key of the same id is not taken for the one that made the statement.
        let twin = try #require(PublicKey(maker.publicKey.id, bytes: key.bytes))
        try anchors.remove(key.id)
        _ = try anchors.add(Anchor(key: twin, signingClass: .system))
        #expect(try anchors.revocations().fault(of: [key.bytes], index: index) == nil)
    }

    @Test("a store that does not exist trusts nobody and is not made")
    func noStore() throws {
        let directory = try TemporaryDirectory()
        #expect(try AnchorStore(storePath: directory.path("none")).anchors().isEmpty)
        #expect(try directory.tree().isEmpty)
    }
}

@Suite struct DefaultPathTests {
    @Test("YPKG_ROOT, then the place for root or the user")
    func paths() throws {
        func path(_ isRoot: Bool, _ environment: [String: String]) throws -> String {
            try StoreRoot.defaultPath(isRoot: isRoot, environment: environment)
        }
        #expect(try path(true, ["YPKG_ROOT": "/r"]) == "/r")
        #expect(try path(true, [:]) == "/var/lib/ypkg")
        #expect(try path(false, ["HOME": "/home/x"]) == "/home/x/.local/share/ypkg")
        #expect(try path(false, ["HOME": "/home/x", "XDG_DATA_HOME": "/d"]) == "/d/ypkg")
        #expect(throws: Failure.self) { try path(false, [:]) }
    }
}
