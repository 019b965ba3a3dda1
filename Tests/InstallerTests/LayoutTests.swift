import Glibc
import Platform
import Store
import Support
import Testing
import YunCore

@testable import Installer

@Suite struct LayoutTests {
    private let app = AppFixture()
    private let domain: Domain

    init() throws { domain = try Domain(app.domain) }

    @Test("T-16: what lies beside an app's files belongs to the store, and its files to the app")
    func owners() throws {
        let device = try Device(with: app)
        let own = try device.root.data.directory(app.domain)
        let userID = try device.root.registry.app(domain)?.userID
        #expect(try own.status(of: ".")?.permissions == 0o700)
        #expect(try own.status(of: ".")?.owner == geteuid())
        #expect(try own.status(of: "files")?.owner == userID ?? geteuid())
        #expect(device.root.filesPath(of: domain) == own.path + "/files")
    }

    @Test("T-16, T-12: what lies beside an app's files goes with them, to a release and back, and away")
    func beside() throws {
        let device = try Device(with: app)
        let kept = "root/data/\(app.domain)/values.db"
        func text() throws -> String { String(decoding: try device.directory.read(kept), as: UTF8.self) }
        try device.directory.write("one".utf8, to: kept)
        var next = app
        next.versionCode = 2
        try device.install(next, as: "next")
        try device.directory.write("two".utf8, to: kept)
        _ = try device.installer.goBack(domain, withCurrentData: false)
        #expect(try text() == "one")
        _ = try device.installer.goBack(domain, withCurrentData: false)
        #expect(try text() == "two")
        try device.installer.remove(domain, keepsData: true)
        #expect(try text() == "two")
        try device.installer.remove(domain, keepsData: false)
        #expect(try device.directory.tree("root/data").isEmpty)
    }

    /// A device as an earlier Yun left it: its data lies flat, with a directory `files` of the app's own in it, and there
    /// is a way back.
    private func flat() throws -> Device {
        var app = app
        app.permissions = #"[{ "name": "CAMERA.permission.yunos.com", "reason": "To see" }]"#
        let device = try Device(with: app)
        app.versionCode = 2
        try device.install(app, as: "next")
        let snapshot = try #require(try device.root.registry.app(domain)?.snapshot)
        for (place, name) in [("data", app.domain), ("snapshots", snapshot)] {
            try device.root.directory.removeTree("\(place)/\(name)")
            try device.directory.write(place.utf8, to: "root/\(place)/\(name)/files/mine")
        }
        let sql = """
            INSERT INTO flat_data (place, name, domain) VALUES ('data', '\(app.domain)', '\(app.domain)'),
                ('snapshots', '\(snapshot)', '\(app.domain)');
            DELETE FROM permission;
            """
        #expect(try Program("sqlite3").run(device.directory.path("root/state.db"), sql).status == 0)
        return device
    }

    private func expectBroughtOver(_ device: Device) throws {
        let mine = "root/data/\(app.domain)/files/files/mine"
        #expect(try device.directory.read(mine) == Array("data".utf8))
        let permissions = try #require(try device.root.registry.permissions(of: domain))
        #expect(permissions.decision(on: .camera, isInUse: true) == .ask)
        _ = try device.installer.goBack(domain, withCurrentData: false)
        #expect(try device.directory.read(mine) == Array("snapshots".utf8))
        try device.expectConsistent()
    }

    @Test("T-17: data of an older store is brought over before the app runs or changes")
    func broughtOver() throws {
        let device = try flat()
        #expect(code { _ = try device.root.use(domain) } == .storeBusy)
        let report = try device.installer.recover()
        #expect(report.movedData == 2 && report.undeletable.isEmpty)
        #expect(try device.root.use(domain) != nil)
        try expectBroughtOver(device)
    }

    @Test("T-17: wherever bringing over stopped, it is finished by the next change", arguments: 0...4)
    func interrupted(steps: Int) throws {
        let device = try flat()
        let moves = try device.root.registry.flatData()
        for move in moves {
            let place = try device.root.directory.directory(move.place)
            if steps > 0 { try place.createDirectory("." + move.name, permissions: 0o700) }
            if steps > 1 { try device.root.registry.begin(move) }
            if steps > 2 { try place.move(move.name, to: place.directory("." + move.name), as: "files") }
            if steps > 3 { try place.move("." + move.name, to: place, as: move.name) }
        }
        #expect(try device.installer.recover().movedData == 2)
        try expectBroughtOver(device)
    }

    @Test("T-17: an app that runs keeps its data where it is until it has ended, and is not changed")
    func running() throws {
        let device = try flat()
        for move in try device.root.registry.flatData() {
            let place = try device.root.directory.directory(move.place)
            try place.createDirectory("." + move.name, permissions: 0o700)
            try device.root.registry.begin(move)
            if move.place == "snapshots" {
                try place.move(move.name, to: place.directory("." + move.name), as: "files")
            }
        }
        let lock = try device.root.apps.directory(app.domain).lockSelf(isShared: true, waiting: false)
        #expect(try device.installer.recover().running == [app.domain])
        var next = app
        next.versionCode = 3
        #expect(code { try device.install(next, as: "third") } == .appRunning)
        #expect(code { _ = try device.installer.goBack(domain, withCurrentData: false) } == .appRunning)
        #expect(
            try device.directory.read("root/data/\(app.domain)/files/mine") == Array("data".utf8))
        withExtendedLifetime(lock) {}
    }

    @Test("T-17: a removal in the middle of bringing over leaves nothing")
    func removed() throws {
        let device = try flat()
        let moves = try device.root.registry.flatData()
        try device.root.registry.remove(domain, keepsData: false, at: 1)
        for move in moves {
            let place = try device.root.directory.directory(move.place)
            try place.createDirectory("." + move.name, permissions: 0o700)
            try place.move(move.name, to: place.directory("." + move.name), as: "files")
        }
        _ = try device.installer.recover()
        #expect(try device.directory.tree("root/data").isEmpty)
        #expect(try device.directory.tree("root/snapshots").isEmpty)
    }
}
