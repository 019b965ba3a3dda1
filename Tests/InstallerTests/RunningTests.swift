import Installer
import Platform
import Store
import Support
import Testing
import YunCore

@Suite struct RunningTests {
    private let device: Device
    private let app = AppFixture()
    private let domain: Domain

    init() throws {
        device = try Device(with: app)
        domain = try Domain(app.domain)
    }

    /// Two updates after which the first release is named no more.
    private func updateTwice() throws {
        for code in [2, 3] {
            var next = app
            next.versionCode = code
            try device.install(next, as: "demo\(code)")
        }
    }

    @Test("T-11: a release that runs outlives updates, and goes when it has ended")
    func updates() throws {
        var use = try device.root.use(domain)
        let release = try #require(use?.release)
        try updateTwice()
        #expect(try device.root.directory(of: release).directory("tree").names().contains("index.html"))
        let report = try device.installer.recover()
        #expect(report.running == [app.domain] && report.undeletable.isEmpty && report.deletedReleases == 0)
        use = nil
        #expect(try device.installer.recover().deletedReleases == 1)
        try device.expectConsistent()
    }

    @Test(
        "T-11: what an app that runs has kept goes with the first change after its end, whichever app changes"
    )
    func otherChange() throws {
        var other = app
        other.domain = "other.example.com"
        var use = try device.root.use(domain)
        #expect(use != nil)
        try updateTwice()
        try device.install(other, as: "other")
        #expect(try device.root.apps.directory(app.domain).names().count == 3)
        use = nil
        try device.installer.remove(Domain(other.domain), keepsData: false)
        #expect(try device.root.apps.directory(app.domain).names().count == 2)
        try device.expectConsistent()
    }

    @Test("T-11: a release that nobody runs goes at once")
    func idle() throws {
        try updateTwice()
        try device.expectConsistent()
    }

    @Test(
        "T-11: an app that is removed while it runs keeps its files until it has ended, and nobody else gets them"
    )
    func removal() throws {
        try device.directory.write([1], to: "root/data/\(app.domain)/files/mine")
        var use = try device.root.use(domain)
        #expect(use != nil)
        #expect(try device.installer.remove(domain, keepsData: false))
        #expect(try device.root.registry.app(domain) == nil)
        #expect(try device.directory.read("root/data/\(app.domain)/files/mine") == [1])
        #expect(try device.root.use(domain) == nil)
        #expect(code { try device.install(app, as: "again") } == .appRunning)
        #expect(try device.directory.read("root/data/\(app.domain)/files/mine") == [1])
        use = nil
        #expect(try device.installer.recover().deletedData == 1)
        #expect(try device.directory.tree("root/apps").isEmpty && device.directory.tree("root/data").isEmpty)
        #expect(try device.install(app, as: "again") == .installed)
    }
}
