import Lifecycle
import Testing
import YunCore

@Suite struct PreparationTests {
    private let shop = Pages.home.uri.domain

    private func prepared() -> TestPhone {
        var phone = TestPhone()
        #expect(phone.send(.prepare(shop)) == ["start shop web host"])
        phone.start(Pages.home)
        phone.attach(Pages.home)
        return phone
    }

    @Test("L-47: the first page comes into the host that is ready")
    func used() {
        var phone = prepared()
        #expect(phone.phone.condition(of: shop) == .prepared)
        #expect(phone.timerNames == [])
        #expect(
            phone.open(Pages.home, "id=1")
                == ["2 opened", "home create", "home start", "home link id=1", "home show"])
        #expect(phone.phone.condition(of: shop) == .shown)
        phone.takeAll()
        phone.send(.memoryShort(.critical))
        phone.takeAll()
        #expect(phone.instance(Pages.home) != nil, "what is shown is not given up")
        let asker = phone.nextAsker()
        phone.send(.close(.instance(InstanceNumber(phone.instance(Pages.home)?.number.value ?? 0)), asker))
        #expect(phone.takeAll().contains("end web host"), "it is a host like others from then on")
    }

    @Test("L-47: one app is prepared at a time, and one that has a host is not")
    func one() {
        var phone = prepared()
        #expect(phone.send(.prepare(shop)) == [])
        #expect(phone.send(.prepare(Pages.lists.uri.domain)) == ["start notes web host", "end web host"])
        var running = TestPhone()
        running.run(Pages.home)
        #expect(running.send(.prepare(shop)) == [])
    }

    @Test("L-47: what is prepared ends where memory is short at all", arguments: MemoryLevel.allCases)
    func shortMemory(_ level: MemoryLevel) {
        var phone = prepared()
        #expect(phone.send(.memoryShort(level)) == ["end web host"])
    }

    @Test("L-47: it ends with an update, a removal, the owner's word and the page manager, and is no crash")
    func endings() throws {
        for event in [PhoneEvent.appUpdated(shop), .appRemoved(shop), .shutdown] {
            var phone = prepared()
            #expect(phone.send(event) == ["end web host"])
        }
        var phone = prepared()
        #expect(phone.send(.close(.app(shop), phone.nextAsker())) == ["end web host"])
        var crashed = prepared()
        let sandbox = try #require(crashed.sandbox(Pages.home))
        #expect(crashed.send(.sandboxEnded(sandbox, .killed(signal: 9))) == ["shop ended"])
        #expect(crashed.timerNames == [])
    }

    @Test("L-47: what stands still is not prepared, and what is prepared and frozen ends without being asked")
    func frozen() {
        var phone = prepared()
        let asker = phone.nextAsker()
        #expect(phone.send(.freeze(shop, asker)) == ["freeze shop", "\(asker) done"])
        #expect(phone.send(.memoryShort(.moderate)) == ["kill web host"])
        var other = TestPhone()
        other.run(Pages.player)
        other.run(Pages.notes)
        other.elapse("grace shop")
        other.takeAll()
        #expect(other.send(.prepare(shop)) == [])
    }
}
