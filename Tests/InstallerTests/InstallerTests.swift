import Bundle
import Platform
import Signing
import Store
import Support
import Testing
import Trust
import YunCore

@testable import Installer

@Suite struct InstallerTests {
    private let device: Device
    private var directory: TemporaryDirectory { device.directory }
    private var root: StoreRoot { device.root }
    private var key: SecretKey { device.key }
    private var app: AppFixture { AppFixture() }

    init() throws { device = try Device() }

    @discardableResult
    private func install(
        _ app: AppFixture, as name: String = "demo", key: SecretKey? = nil
    ) throws -> Installer.Outcome {
        try device.install(app, as: name, key: key)
    }

    @Test("T-2: an installed release is whole, on disk and in the registry")
    func installs() throws {
        #expect(try install(app) == .installed)
        let release = try #require(try root.registry.app(Domain(app.domain))?.current)
        let tree = "root/apps/\(app.domain)/\(release.directoryName)/tree"
        for (path, contents) in app.files { #expect(try directory.read("\(tree)/\(path)") == contents) }
        #expect(try directory.tree("root/data") == [app.domain, "\(app.domain)/files"])
        try device.expectConsistent()
    }

    @Test("T-6: the same release again changes nothing")
    func unchanged() throws {
        try install(app)
        let before = try directory.tree("root")
        #expect(try install(app, as: "again") == .unchanged)
        #expect(try directory.tree("root") == before)
    }

    @Test("an update keeps the data, the release before, and one copy of what did not change")
    func updates() throws {
        try install(app)
        try directory.write([1], to: "root/data/\(app.domain)/files/mine")
        var next = app
        next.versionCode = 2
        next.files["app/main.js"] = Array("changed".utf8)
        #expect(try install(next) == .updated(from: try VersionCode(1), .withData))
        #expect(try directory.read("root/data/\(app.domain)/files/mine") == [1])
        let release = try #require(try root.registry.app(Domain(app.domain))?.current)
        let tree = try root.directory(of: release).directory("tree")
        #expect(try tree.status(of: "data/zeros")?.linkCount == 2)
        #expect(try tree.status(of: "app/main.js")?.linkCount == 1)
        try device.expectConsistent()
        next.versionCode = 3
        try install(next)
        #expect(try root.registry.releases(of: Domain(app.domain)).map(\.versionCode.value) == [3, 2])
        try device.expectConsistent()
    }

    @Test("a file that was damaged on disk is not carried into an update")
    func damagedRelease() throws {
        try install(app)
        let release = try #require(try root.registry.app(Domain(app.domain))?.current)
        let damaged = "root/apps/\(app.domain)/\(release.directoryName)/tree/data/zeros"
        try directory.write([UInt8](repeating: 9, count: 5000), to: damaged)
        var next = app
        next.versionCode = 2
        try install(next)
        let current = try #require(try root.registry.app(Domain(app.domain))?.current)
        let path = "root/apps/\(app.domain)/\(current.directoryName)/tree/data/zeros"
        #expect(try directory.read(path) == [UInt8](repeating: 0, count: 5000))
    }

    @Test("T-7, T-8, T-9, K-11: another key, a step back and other bytes are refused and change nothing")
    func refusals() throws {
        var second = app
        second.versionCode = 2
        try install(second)
        let before = try directory.tree("root")
        var changed = second
        changed.files["app/main.js"] = Array("other".utf8)
        #expect(code { try install(app, as: "old") } == .installDowngrade)
        #expect(code { try install(changed, as: "changed") } == .installOtherBytes)
        var third = app
        third.versionCode = 3
        #expect(code { try install(third, as: "foreign", key: SecretKey.generate()) } == .installOtherKey)
        #expect(try directory.tree("root") == before)
        try device.expectConsistent()
    }

    @Test("T-8, T-9: kept data meets no older release than it has met, and no other contents of that one")
    func keptDataIsNotDowngraded() throws {
        var second = app
        second.versionCode = 2
        try install(second)
        try device.installer.remove(Domain(app.domain), keepsData: true)
        #expect(code { try install(app, as: "old") } == .installDowngrade)
        var changed = second
        changed.files["app/main.js"] = Array("other".utf8)
        #expect(code { try install(changed, as: "changed") } == .installOtherBytes)
        #expect(try install(second, as: "again") == .installed)
        try device.installer.remove(Domain(app.domain), keepsData: false)
        #expect(try install(app, as: "old") == .installed)
    }

    @Test("T-14: a developer may go back on purpose, which the history keeps; nobody else may")
    func allowedDowngrade() throws {
        var second = app
        second.versionCode = 2
        try install(second)
        try directory.write([1], to: "root/data/\(app.domain)/files/mine")
        let package = try app.pack(in: directory, as: "old", key: key)
        func downgrade(_ signingClass: SigningClass) throws -> Installer.Outcome {
            let anchor = Anchor(key: key.publicKey, signingClass: signingClass)
            let policy = TrustPolicy(anchors: [anchor], today: CalendarDay(secondsSince1970: 1_800_000_000))
            let verified = try VerifiedBundle(UntrustedBundle(path: package), policy: policy)
            return try device.installer.install(verified, allowsDowngrade: true) { _ in }
        }
        #expect(code { _ = try downgrade(.store) } == .installDowngrade)
        #expect(try downgrade(.developer) == .updated(from: try VersionCode(2), .withData))
        #expect(try root.registry.app(Domain(app.domain))?.current?.versionCode.value == 1)
        #expect(try root.registry.app(Domain(app.domain))?.highestCode?.value == 2)
        #expect(try root.registry.history(of: Domain(app.domain)).map(\.action) == ["install", "downgrade"])
        try device.expectConsistent()
        #expect(try install(second) == .updated(from: try VersionCode(1), .withData))
        try device.expectConsistent()
    }

    @Test("an update does not need the release before, should it be gone")
    func updatesMissing() throws {
        try install(app)
        try root.apps.removeTree(app.domain)
        var next = app
        next.versionCode = 2
        #expect(try install(next) == .updated(from: try VersionCode(1), .withData))
        #expect(try device.installer.recover().missing.count == 1)
    }

    @Test("P-16: a package whose payload is bad leaves nothing, and the installed release alone")
    func badPayload() throws {
        try install(app)
        let before = try directory.tree("root")
        var next = app
        next.versionCode = 2
        next.files["app/main.js"] = (0..<9000).map { UInt8(truncatingIfNeeded: $0 &* 7919) }
        let package = try next.pack(in: directory, as: "bad", key: key)
        var bytes = try directory.read("bad.ypkg")
        bytes[bytes.count - 2000] ^= 1
        try directory.write(bytes, to: "bad.ypkg")
        #expect(code { _ = try device.install(package, trusting: key) } == .bundlePayload)
        #expect(try directory.tree("root") == before)
    }

    @Test("removing deletes release and data; with --keep-data only the publisher comes back to it")
    func removes() throws {
        let installer = Installer(root: root, threads: 1, announceWaiting: nil)
        try install(app)
        try directory.write([1], to: "root/data/\(app.domain)/files/mine")
        try installer.remove(Domain(app.domain), keepsData: true)
        #expect(try directory.tree("root/apps").isEmpty)
        #expect(code { try install(app, as: "foreign", key: SecretKey.generate()) } == .installOtherKey)
        #expect(try install(app) == .installed)
        #expect(try directory.read("root/data/\(app.domain)/files/mine") == [1])
        try installer.remove(Domain(app.domain), keepsData: false)
        #expect(try directory.tree("root/data").isEmpty && directory.tree("root/cache").isEmpty)
        #expect(code { try installer.remove(Domain(app.domain), keepsData: false) } == .appUnknown)
        try device.expectConsistent()
    }

    @Test("a release whose directory is gone is written again by its package")
    func repaired() throws {
        try install(app)
        try root.apps.removeTree(app.domain)
        #expect(try install(app) == .installed)
        try device.expectConsistent()
    }

    @Test("T-1: data that the registry does not name is not given to whoever installs under its name")
    func orphanedData() throws {
        try directory.write([1], to: "root/data/\(app.domain)/files/secret")
        try install(app)
        #expect(try directory.tree("root/data") == [app.domain, "\(app.domain)/files"])
    }

    @Test("names that are not UTF-8 and strange files are in nobody's way")
    func strangeNames() throws {
        try install(app)
        let script =
            "touch \"$(printf 'data/\(app.domain)/files/\\377')\" apps/.stray; mkdir -m 0 data/\(app.domain)/files/shut"
        #expect(try Program("/bin/sh").run(["-c", script], directory: directory.path("root")).status == 0)
        try Installer(root: root, threads: 1, announceWaiting: nil).remove(
            Domain(app.domain), keepsData: false)
        #expect(try directory.tree("root/data").isEmpty)
        #expect(try install(app) == .installed)
    }

    @Test("data that an app nested deeper than a process can have descriptors is removed too")
    func deepData() throws {
        try install(app)
        var place = try root.data.directory(app.domain)
        for _ in 0..<3000 { place = try place.makeDirectory("d") }
        try place.makeDirectory("closed").createSymlink("out", target: "/etc/passwd")
        try Installer(root: root, threads: 1, announceWaiting: nil).remove(
            Domain(app.domain), keepsData: false)
        #expect(try root.data.names().isEmpty)
        #expect(try AnchoredDirectory.status(ofPath: "/etc/passwd") != nil)
    }

    @Test("T-4: recovery removes what no commit names, and finishes what a removal ordered")
    func recovery() throws {
        try install(app)
        try directory.write([1], to: "root/staging/half/tree/file")
        try directory.write([1], to: "root/apps/\(app.domain)/9-abcdefabcdef/tree/file")
        try directory.write([1], to: "root/apps/ghost.example.com/1-abcdefabcdef/tree/file")
        let report = try Installer(root: root, threads: 1, announceWaiting: nil).recover()
        #expect(report.clearedInstalls == 1 && report.deletedReleases == 2)
        try device.expectConsistent()
        #expect(try root.registry.apps().count == 1)
    }

    @Test("a release that somebody deleted is reported")
    func missingRelease() throws {
        try install(app)
        for name in try root.apps.names() { try root.apps.removeTree(name) }
        #expect(try device.installer.recover().missing.count == 1)
    }

    @Test("T-5: a store that is being changed is busy")
    func busy() throws {
        let lock = try root.lock(announce: nil)
        #expect(code { try install(app) } == .storeBusy)
        withExtendedLifetime(lock) {}
    }
}

@Suite struct RecoveryPlanTests {
    @Test("T-1: a plan is what the disk has without the registry, and the other way round")
    func plan() throws {
        let plan = RecoveryPlan(
            staging: ["x"], onDisk: ["a.b": ["1-aa", "2-bb"], "c.d": ["1-cc"], "e.f": []],
            named: ["a.b/1-aa", "g.h/1-dd"], discarded: [try Domain("c.d")])
        #expect(plan.unfinished == ["x"])
        #expect(plan.unnamed == ["a.b/2-bb", "c.d/1-cc"])
        #expect(plan.empty == ["c.d", "e.f"])
        #expect(plan.missing == ["g.h/1-dd"])
        #expect(plan.discarded == [try Domain("c.d")])
    }
}
