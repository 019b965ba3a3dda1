import Installer
import Platform
import Store
import Support
import Testing
import YunCore

@testable import Installer

@Suite struct GoingBackTests {
    private let device: Device
    private let app = AppFixture()
    private let domain: Domain

    init() throws {
        device = try Device(with: app)
        domain = try Domain(app.domain)
        try keep("first")
        #expect(try install(2) == .updated(from: try VersionCode(1), .withData))
        try keep("second")
    }

    @discardableResult
    private func install(_ code: Int) throws -> Installer.Outcome {
        var next = app
        next.versionCode = code
        return try device.install(next, as: "demo\(code)")
    }

    private func keep(_ text: String) throws {
        try device.directory.write(text.utf8, to: "root/data/\(app.domain)/files/mine")
    }

    /// The current release's code and the data that the app has.
    private var state: String {
        get throws {
            let code = try device.root.registry.app(domain)?.current?.versionCode.value ?? 0
            let data = try device.directory.read("root/data/\(app.domain)/files/mine")
            return "\(code) \(String(decoding: data, as: UTF8.self))"
        }
    }

    private func goBack(withCurrentData: Bool = false) throws {
        _ = try device.installer.goBack(domain, withCurrentData: withCurrentData)
    }

    @Test("T-12: a return brings release and data of then, and the next return undoes it")
    func thereAndBack() throws {
        try device.directory.write([1], to: "root/cache/\(app.domain)/picture")
        #expect(try state == "2 second")
        try goBack()
        #expect(try state == "1 first")
        #expect(try device.directory.tree("root/cache") == [app.domain])
        try device.expectConsistent()
        try keep("changed")
        try goBack()
        #expect(try state == "2 second")
        try goBack()
        #expect(try state == "1 changed")
        try device.expectConsistent()
        #expect(
            try device.root.registry.history(of: domain).map(\.action)
                == ["install", "install", "return", "return", "return"])
    }

    @Test(
        "T-8: after a return no older release can be installed, the newer one can, and goes on from the data")
    func installAfter() throws {
        try install(3)
        try goBack()
        #expect(code { try install(1) } == .installDowngrade)
        var changed = app
        changed.versionCode = 3
        changed.files["app/main.js"] = Array("other".utf8)
        #expect(code { try device.install(changed, as: "changed") } == .installOtherBytes)
        try keep("went on")
        #expect(try install(3) == .updated(from: try VersionCode(2), .withData))
        #expect(try state == "3 went on")
        try device.expectConsistent()
        try install(4)
        #expect(try state == "4 went on")
        try device.expectConsistent()
    }

    @Test("what there is nothing of cannot be returned to")
    func refusals() throws {
        let before = try device.directory.tree("root")
        #expect(code { try goBack(withCurrentData: true) } == .usage)
        let use = try device.root.use(domain)
        #expect(code { try goBack() } == .appRunning)
        withExtendedLifetime(use) {}
        #expect(try device.directory.tree("root") == before)
        try device.installer.remove(domain, keepsData: true)
        #expect(code { try goBack() } == .appUnknown)
        #expect(try device.directory.tree("root/snapshots").isEmpty)
        try install(2)
        #expect(code { try goBack() } == .releaseUnknown)
        #expect(
            code { _ = try device.installer.goBack(Domain("no.one"), withCurrentData: false) } == .appUnknown)
    }

    @Test(
        "T-13: data that cannot be copied keeps no update back, and a return without it is the owner's word")
    func withoutCopy() throws {
        var place = try device.root.data.directory(app.domain)
        for _ in 0..<300 { place = try place.makeDirectory("d") }
        guard case .updated(_, .withoutData(let reason)) = try install(3) else {
            Issue.record("copied what is too deep")
            return
        }
        #expect(reason.contains("cannot copy"))
        #expect(try device.directory.tree("root/staging").isEmpty)
        #expect(code { try goBack() } == .dataUnknown)
        try goBack(withCurrentData: true)
        #expect(try state == "2 second")
        try goBack(withCurrentData: true)
        #expect(try state == "3 second")
    }

    @Test("T-13: the data of an app that runs is copied, and that it ran is said")
    func copyInUse() throws {
        let use = try device.root.use(domain)
        #expect(try install(3) == .updated(from: try VersionCode(2), .withDataInUse))
        withExtendedLifetime(use) {}
    }

    @Test(
        "T-12: a return that stopped before or after its exchange is finished by recovery, as are runs that meet it"
    )
    func interrupted() throws {
        for hasExchanged in [false, true] {
            let snapshot = try #require(try device.root.registry.app(domain)?.snapshot)
            let current = try device.root.registry.app(domain)?.current?.versionCode.value
            let (data, kept) = (device.root.data, device.root.snapshots)
            try device.root.registry.begin(
                Registry.GoingBack(
                    domain: domain, versionCode: VersionCode(current == 2 ? 1 : 2), snapshot: snapshot,
                    dataInode: try #require(try data.status(of: app.domain)).inode,
                    snapshotInode: try #require(try kept.status(of: snapshot)).inode))
            if hasExchanged { try data.exchange(app.domain, with: snapshot, in: kept) }
            #expect(code { _ = try device.root.use(domain) } == .storeBusy)
            #expect(try device.installer.recover().finishedReturns == 1)
            #expect(try state == (hasExchanged ? "2 second" : "1 first"))
            try device.expectConsistent()
        }
    }

    @Test(
        "data that somebody moved is not guessed at, keeps no other app from changes, and goes with a removal"
    )
    func movedData() throws {
        let snapshot = try #require(try device.root.registry.app(domain)?.snapshot)
        try device.root.registry.begin(
            Registry.GoingBack(
                domain: domain, versionCode: VersionCode(1), snapshot: snapshot, dataInode: 1,
                snapshotInode: 2))
        #expect(try device.installer.recover().undeletable.count == 1)
        #expect(code { try install(3) } == .storeDamaged)
        #expect(code { try goBack() } == .storeDamaged)
        var other = app
        other.domain = "other.example.com"
        #expect(try device.install(other, as: "other") == .installed)
        try device.installer.remove(domain, keepsData: true)
        try device.expectConsistent()
        #expect(try install(3) == .installed)
        #expect(try state == "3 second")
    }

    @Test("A-22: what an app keeps is removed for its way back too, and the app stays")
    func erasing() throws {
        try device.directory.write([1], to: "root/cache/\(app.domain)/picture")
        let use = try device.root.use(domain)
        #expect(code { try device.installer.eraseData(of: domain) } == .appRunning)
        #expect(try state == "2 second")
        use?.endUse()
        try device.installer.eraseData(of: domain)
        #expect(try device.directory.tree("root/data/\(app.domain)") == ["files"])
        #expect(try device.directory.tree("root/cache") == [app.domain])
        #expect(try device.directory.tree("root/snapshots").isEmpty)
        #expect(try device.root.registry.app(domain)?.current?.versionCode.value == 2)
        try device.expectConsistent()
        // Nobody finds anything to remove twice.
        try device.installer.eraseData(of: domain)
        try device.installer.eraseData(of: Domain("nobody.example.com"))
    }
}
