import Platform
import Support
import Synchronization
import Testing
import YunCore

@testable import Store

@Suite struct UsageTests {
    private let scene: RegistryScene
    private let path: String

    init() throws {
        scene = try RegistryScene()
        path = scene.directory.path("state.db")
        try scene.install(asking: [.camera, .network])
    }

    private func log(intervalMilliseconds: Int = 60_000) throws -> UsageLog {
        try UsageLog(path: path, intervalMilliseconds: intervalMilliseconds) { _ in }
    }

    @Test("G-7: uses of one minute are one row, by permission and method")
    func folded() throws {
        let log = try log()
        for _ in 0..<1000 { log.note(.camera, by: "Take", of: scene.domain, at: 600) }
        log.note(.camera, by: "Take", of: scene.domain, at: 659)
        log.note(.camera, by: "Record", of: scene.domain, at: 660)
        log.note(.network, by: "Fetch", of: scene.domain, at: 600)
        try log.write()
        for _ in 0..<5 { log.note(.camera, by: "Take", of: scene.domain, at: 601) }
        try log.end()
        let uses = try scene.registry.permissionUses(limit: 10)
        #expect(uses.map(\.at) == [660, 600, 600])
        #expect(uses.map(\.method) == ["Record", "Take", "Fetch"])
        #expect(uses.map(\.count) == [1, 1006, 1])
        #expect(try scene.registry.permissionUses(of: scene.domain, limit: 1).count == 1)
    }

    @Test("G-7: what was noted is written by itself, and also by the end of the log")
    func writtenByItself() throws {
        let early = try log(intervalMilliseconds: 0)
        early.note(.camera, by: "Take", of: scene.domain, at: 0)
        while try scene.registry.permissionUses(limit: 1).isEmpty {}
        early.note(.camera, by: "Take", of: scene.domain, at: 60)
        while try scene.registry.permissionUses(limit: 2).count < 2 {}
        try early.end()
        let late = try log()
        late.note(.camera, by: "Take", of: scene.domain, at: 120)
        #expect(try scene.registry.permissionUses(limit: 9).count == 2)
        try late.end()
        #expect(try scene.registry.permissionUses(limit: 9).count == 3)
    }

    @Test("G-7: of each app the latest rows are kept, and no other app's go for it")
    func bounded() throws {
        let other = try Domain("c.d")
        try scene.install(asking: [.camera], other)
        let log = try log()
        log.note(.camera, by: "Take", of: other, at: 0)
        for minute in 0..<(Registry.permissionUsesMax + 7) {
            log.note(.camera, by: "Take", of: scene.domain, at: minute * 60)
        }
        try log.end()
        let uses = try scene.registry.permissionUses(of: scene.domain, limit: 1 << 20)
        #expect(uses.count == Registry.permissionUsesMax)
        #expect(uses.last?.at == 7 * 60)
        #expect(try scene.registry.permissionUses(of: other, limit: 9).count == 1)
    }

    @Test("G-8: bytes add up by app, day and network, from several writers")
    func traffic() throws {
        let logs = [try log(), try log()]
        try BlockingThreads.run(count: 4) { [domain = scene.domain] index throws(Failure) in
            for _ in 0..<100 {
                logs[index % 2].note(bytesIn: 3, bytesOut: 2, over: .cellular, of: domain, at: 86_400)
                if index == 0 { try logs[0].write() }
            }
        }
        logs[0].note(bytesIn: 1, bytesOut: 0, over: .wifi, of: scene.domain, at: 2 * 86_400)
        for log in logs { try log.end() }
        let rows = try scene.registry.traffic()
        #expect(
            rows == [
                Traffic(domain: scene.domain, day: 1, network: .cellular, bytesIn: 1200, bytesOut: 800),
                Traffic(domain: scene.domain, day: 2, network: .wifi, bytesIn: 1, bytesOut: 0),
            ])
        #expect(try scene.registry.traffic(of: scene.domain, since: 2).count == 1)
    }

    @Test("G-8: days that are long ago are forgotten")
    func longAgo() throws {
        let log = try log()
        log.note(bytesIn: 1, bytesOut: 1, over: .wifi, of: scene.domain, at: 0)
        try log.write()
        log.note(bytesIn: 1, bytesOut: 1, over: .wifi, of: scene.domain, at: Registry.trafficDaysMax * 86_400)
        try log.end()
        #expect(try scene.registry.traffic().map(\.day) == [Registry.trafficDaysMax])
    }

    @Test("what an app left behind goes with it, and nothing is noted of one that is not there")
    func removal() throws {
        let log = try log()
        log.note(.camera, by: "Take", of: scene.domain)
        log.note(bytesIn: 1, bytesOut: 1, over: .wifi, of: scene.domain)
        try log.write()
        try scene.registry.remove(scene.domain, keepsData: true, at: 1)
        #expect(try scene.registry.permissionUses(limit: 9).count == 1)
        #expect(try scene.registry.traffic().count == 1)
        try scene.registry.remove(scene.domain, keepsData: false, at: 1)
        log.note(.camera, by: "Take", of: scene.domain)
        log.note(bytesIn: 1, bytesOut: 1, over: .wifi, of: scene.domain)
        try log.end()
        #expect(try scene.registry.permissionUses(limit: 9).isEmpty && scene.registry.traffic().isEmpty)
    }

    @Test(
        "G-7: noting does not wait for a registry that another process holds; what cannot be written is kept")
    func held() throws {
        let failures = Mutex(0)
        let log = try UsageLog(path: path, intervalMilliseconds: 60_000) { _ in failures.withLock { $0 += 1 }
        }
        #expect(try Program("sqlite3").run(path, "ALTER TABLE permission_use RENAME TO hidden").status == 0)
        log.note(.camera, by: "Take", of: scene.domain, at: 0)
        #expect(throws: Failure.self) { try log.write() }
        let holder = try SharedRegistry(path: path)
        try holder.withLock { registry throws(Failure) in
            try registry.database.transaction { () throws(Failure) in
                for _ in 0..<10 { log.note(.camera, by: "Take", of: scene.domain, at: 1) }
            }
        }
        #expect(try Program("sqlite3").run(path, "ALTER TABLE hidden RENAME TO permission_use").status == 0)
        try log.end()
        #expect(try scene.registry.permissionUses(limit: 9).map(\.count) == [11])
    }
}
