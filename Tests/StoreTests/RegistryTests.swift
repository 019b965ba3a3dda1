import Platform
import Signing
import Store
import Support
import Testing
import Trust
import YunCore

@Suite struct RegistryTests {
    private let directory: TemporaryDirectory
    private let registry: Registry

    init() throws {
        directory = try TemporaryDirectory()
        registry = try Registry(path: directory.path("state.db"))
    }

    private func release(_ domain: String, _ code: Int) throws -> InstalledRelease {
        InstalledRelease(
            domain: try Domain(domain), version: try VersionName("1.\(code)"), versionCode: try VersionCode(code),
            indexDigest: Digest(of: Array("\(domain) \(code)".utf8)), contentBytes: 10, installedAt: 5, isCurrent: true)
    }

    private func commit(_ domain: String, _ code: Int, userID: UInt32? = nil) throws {
        try registry.commit(
            Registry.NewRelease(
                release: release(domain, code), publisherKey: [UInt8](repeating: 1, count: 32),
                signingClass: "developer", userID: userID, title: "T", pages: [("page://\(domain)/main", "web", true)]))
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
        let check = try Program("sqlite3").run(directory.path("state.db"), "PRAGMA integrity_check; SELECT title FROM app")
        #expect(check.output == "ok\nT\n")
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
        #expect(throws: Failure.self) { try anchors.add(Anchor(key: anchor.key, signingClass: .system)) }
        #expect(try AnchorStore(storePath: directory.path("root")).anchors() == [anchor])
        try anchors.remove(anchor.key.id)
        #expect(try anchors.anchors().isEmpty)
        #expect(throws: Failure.self) { try anchors.remove(anchor.key.id) }
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
