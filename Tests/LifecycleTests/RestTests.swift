import Lifecycle
import Testing
import YunCore

@Suite struct RestTests {
    /// The shop in the background, notes shown.
    private func hidden() -> TestPhone {
        var phone = TestPhone()
        phone.run(Pages.player)
        phone.run(Pages.notes)
        phone.takeAll()
        return phone
    }

    @Test("L-40, L-42: a hidden app is told to stop after the grace time and frozen when it has taken that")
    func freezing() {
        var phone = hidden()
        #expect(phone.timerNames == ["grace shop"])
        #expect(phone.elapse("grace shop") == ["player stop"])
        #expect(phone.app(Pages.player)?.isFrozen == false)
        #expect(phone.takeAll() == ["freeze shop"])
        #expect(phone.timerNames == [])
        #expect(phone.send(.memoryShort(.low)) == ["notes trimMemory low"], "nothing for what is frozen")
        let heard = ["thaw shop", "notes hide", "5 opened", "player start", "player link ", "player show"]
        #expect(phone.open(Pages.player) == heard, "nor later")
    }

    @Test("L-43: an app that does not take what it is told is frozen all the same")
    func lateApp() {
        var phone = TestPhone()
        phone.run(Pages.player)
        phone.run(Pages.notes)
        #expect(phone.elapse("grace shop") == ["player stop"])
        #expect(phone.elapse("taking player") == ["freeze shop"])
        #expect(phone.instance(Pages.player)?.isLate == true)
        #expect(phone.open(Pages.player).contains("player show"))
        phone.takeAll()
        #expect(phone.instance(Pages.player)?.isLate == false)
    }

    @Test("L-40: a program that never listens is frozen after the grace time")
    func deafProgram() {
        var phone = TestPhone()
        phone.run(Pages.player, isListening: false)
        phone.run(Pages.notes)
        #expect(phone.elapse("grace shop") == ["freeze shop"])
        #expect(phone.attach(Pages.player) == ["4 done"], "nothing is delivered to what is frozen")
        let heard = ["thaw shop", "notes hide", "5 opened", "player create", "player start"]
        #expect(phone.open(Pages.player) == heard + ["player link ", "player link ", "player show"])
    }

    @Test("L-41: a declared reason keeps a hidden app awake; when it ends, the grace time begins anew")
    func holds() {
        var phone = hidden()
        let asker = phone.nextAsker()
        #expect(phone.say(Pages.player) { .holdBegan($0, .playback, asker) } == ["\(asker) done"])
        #expect(phone.timerNames == [])
        phone.say(Pages.player) { .holdEnded($0, .call) }
        #expect(phone.timerNames == [], "another reason than that which began")
        let (notes, player) = (phone.sandbox(Pages.notes), phone.instance(Pages.player)?.number)
        if let notes, let player { phone.send(.app(notes, .holdEnded(player, .playback))) }
        #expect(phone.timerNames == [], "another app's word")
        phone.say(Pages.player) { .holdEnded($0, .playback) }
        #expect(phone.timerNames == ["grace shop"])
    }

    @Test("L-41: a reason that the manifest does not name, and one for another's page, are refused")
    func undeclaredHold() throws {
        var phone = hidden()
        let asker = phone.nextAsker()
        #expect(
            phone.say(Pages.player) { .holdBegan($0, .transfer, asker) } == [
                "\(asker) refused page.not-allowed"
            ])
        let notes = try #require(phone.sandbox(Pages.notes))
        let player = try #require(phone.instance(Pages.player)).number
        let other = phone.nextAsker()
        #expect(
            phone.send(.app(notes, .holdBegan(player, .playback, other))) == [
                "\(other) refused page.not-allowed"
            ])
        #expect(phone.timerNames == ["grace shop"])
    }

    @Test("L-41: a reason that begins while the app is told to stop keeps it from being frozen")
    func lateHold() {
        var phone = hidden()
        phone.elapse("grace shop")
        let asker = phone.nextAsker()
        phone.say(Pages.player) { .holdBegan($0, .playback, asker) }
        #expect(phone.takeAll() == [])
        #expect(phone.app(Pages.player)?.isFrozen == false)
    }

    @Test("L-44: what a hidden app asks of itself neither wakes it nor keeps it awake")
    func ownLinks() throws {
        var phone = hidden()
        let player = try #require(phone.sandbox(Pages.player))
        phone.open(Pages.service, by: .app(player))
        phone.start(Pages.service)
        #expect(phone.timerNames.contains("grace shop"))
        #expect(phone.elapse("grace shop") == ["player stop"])
        #expect(
            phone.open(Pages.service, by: .app(player)).last?.hasSuffix("refused page.not-allowed") == true)
        #expect(phone.takeAll() == ["freeze shop"])
    }

    @Test("L-44: a link to a service from elsewhere gives its app the whole grace time again")
    func linkToService() {
        var phone = TestPhone()
        phone.run(Pages.service)
        let before = phone.timers
        phone.open(Pages.service)
        #expect(
            phone.timers.isDisjoint(with: before) && phone.timerNames == ["grace shop", "taking service"])
        phone.takeAll()
        #expect(phone.elapse("grace shop") == ["service stop"])
        #expect(phone.takeAll() == ["freeze shop"])
        #expect(
            phone.open(Pages.service, "x") == ["thaw shop", "4 opened", "service start", "service link x"])
    }

    @Test("L-45: the owner freezes what is hidden, whatever it declared, and not what is shown")
    func ownerFreezes() {
        var phone = hidden()
        let hold = phone.nextAsker()
        phone.say(Pages.player) { .holdBegan($0, .playback, hold) }
        let asker = phone.nextAsker()
        #expect(phone.send(.freeze(Pages.player.uri.domain, asker)) == ["player stop"])
        #expect(phone.takeAll() == ["freeze shop", "\(asker) done"])
        let other = phone.nextAsker()
        #expect(phone.send(.freeze(Pages.notes.uri.domain, other)) == ["\(other) refused app.running"])
        phone.send(.close(.app(Pages.player.uri.domain), phone.nextAsker()))
        phone.takeAll()
        #expect(phone.app(Pages.player)?.isFrozen == false, "it was thawed to end in order")
    }

    @Test("L-45: what the owner thaws stays awake until the owner freezes it; what does not run is neither")
    func ownerThaws() {
        var phone = hidden()
        phone.elapse("grace shop")
        phone.takeAll()
        let asker = phone.nextAsker()
        #expect(phone.send(.thaw(Pages.player.uri.domain, asker)) == ["\(asker) done", "thaw shop"])
        #expect(phone.timerNames == [])
        let again = phone.nextAsker()
        #expect(phone.send(.freeze(Pages.player.uri.domain, again)) == ["freeze shop", "\(again) done"])
        var empty = TestPhone()
        #expect(empty.send(.thaw(Pages.player.uri.domain, AskerNumber(1))) == ["1 refused app.not-running"])
        #expect(empty.send(.freeze(Pages.player.uri.domain, AskerNumber(2))) == ["2 refused app.not-running"])
    }

    @Test("L-45: a freeze that a link overtakes is refused, one whose app ends too")
    func overtakenFreeze() throws {
        var phone = hidden()
        let asker = phone.nextAsker()
        phone.send(.freeze(Pages.player.uri.domain, asker))
        #expect(phone.open(Pages.player).contains("\(asker) refused app.running"))
        phone.open(Pages.notes)
        let other = phone.nextAsker()
        phone.send(.freeze(Pages.player.uri.domain, other))
        let sandbox = try #require(phone.sandbox(Pages.player))
        #expect(phone.send(.sandboxEnded(sandbox, .outOfMemory)).contains("\(other) refused app.not-running"))
    }

    @Test(
        "L-46: where memory is critical, the frozen app that was not seen for the longest time ends without a word"
    )
    func criticalMemory() {
        var phone = TestPhone()
        for page in [Pages.player, Pages.notes, Pages.player, Pages.clock] {
            phone.run(page)
            phone.takeAll()
        }
        for name in ["shop", "notes"] { phone.elapse("grace \(name)") }
        phone.takeAll()
        #expect(phone.send(.memoryShort(.moderate)) == ["clock trimMemory moderate"])
        #expect(
            phone.send(.memoryShort(.critical))
                == ["notes was ended, since memory is short", "kill notes", "clock trimMemory critical"])
        #expect(phone.send(.memoryShort(.critical)).contains("kill player"))
    }

    @Test(
        "L-48: what runs beside an app's pages keeps it awake, and opens pages only where a page of it is shown"
    )
    func guests() {
        var phone = hidden()
        let shop = Pages.player.uri.domain
        phone.elapse("grace shop")
        phone.takeAll()
        #expect(phone.app(Pages.player)?.isFrozen == true)
        #expect(phone.send(.guestCame(shop)) == ["thaw shop"])
        phone.send(.guestCame(shop))
        #expect(phone.timerNames == [])
        #expect(
            phone.open(Pages.clock, by: .guest(shop)).contains { $0.hasSuffix("refused page.not-allowed") })
        phone.send(.guestLeft(shop))
        #expect(phone.timerNames == [], "one is left")
        phone.send(.guestLeft(shop))
        #expect(phone.timerNames == ["grace shop"])
        phone.open(Pages.player)
        #expect(phone.open(Pages.clock, by: .guest(shop)) == ["start clock"])
        // Of an app without pages nobody keeps a count that grows.
        phone.send(.guestLeft(Pages.lists.uri.domain))
    }

    @Test("what an app does is said in one word")
    func conditions() throws {
        let shop = Pages.player.uri.domain
        var phone = TestPhone()
        #expect(phone.phone.condition(of: shop) == nil)
        phone.open(Pages.player)
        #expect(phone.phone.condition(of: shop) == .starting)
        phone.start(Pages.player)
        phone.attach(Pages.player)
        phone.takeAll()
        #expect(phone.phone.condition(of: shop) == .shown && phone.phone.isInUse(shop))
        phone.run(Pages.notes)
        phone.takeAll()
        #expect(phone.phone.condition(of: shop) == .hidden && !phone.phone.isInUse(shop))
        let asker = phone.nextAsker()
        phone.say(Pages.player) { .holdBegan($0, .call, asker) }
        #expect(phone.phone.condition(of: shop) == .background && phone.phone.isInUse(shop))
        phone.say(Pages.player) { .holdEnded($0, .call) }
        phone.elapse("grace shop")
        #expect(phone.phone.condition(of: shop) == .resting)
        phone.takeAll()
        #expect(phone.phone.condition(of: shop) == .frozen)
        phone.send(.grantRevoked(shop))
        #expect(phone.phone.condition(of: shop) == .ending)
    }

    @Test("L-40: the grace time is ten seconds where nobody chose another")
    func times() throws {
        var times = PhoneTimes()
        let grace = PhoneTimer.grace(Pages.player.uri.domain, round: 1)
        #expect(times.milliseconds(of: grace) == 10_000)
        times.graceMilliseconds = 0
        #expect(times.milliseconds(of: grace) == 0)
        #expect(times.milliseconds(of: .taking(InstanceNumber(1), event: 1)) == 5_000)
        #expect(times.milliseconds(of: .ending(SandboxNumber(1))) == 5_000)
        #expect(times.milliseconds(of: .forgiving(Pages.player.uri.domain, crashes: 1)) == 60_000)
    }
}
