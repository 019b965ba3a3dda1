import Lifecycle
import Testing
import YunCore

@Suite struct EndingTests {
    private let shop = Pages.home.uri.domain

    @Test("L-50: a page is told of its end, then its sandbox is asked to end, then made to")
    func deadlines() throws {
        var phone = TestPhone()
        phone.run(Pages.player)
        let asker = phone.nextAsker()
        #expect(phone.send(.close(.app(shop), asker)) == ["player hide", "player stop", "player destroy"])
        #expect(phone.elapse("taking player") == ["player was closed", "end player"])
        #expect(phone.timerNames == ["ending player"])
        #expect(phone.elapse("ending player") == ["kill player"])
        #expect(phone.timerNames == [])
        let sandbox = try #require(phone.sandbox(Pages.player))
        #expect(phone.send(.sandboxEnded(sandbox, .killed(signal: 9))) == ["shop ended", "\(asker) done"])
    }

    @Test("L-50: closing one page of a web host leaves the others; closing the last ends the host")
    func webPages() throws {
        var phone = TestPhone()
        phone.run(Pages.home)
        phone.open(Pages.item)
        phone.takeAll()
        phone.say(Pages.item) { .close($0) }
        #expect(phone.takeAll() == ["item was closed"])
        phone.say(Pages.home) { .close($0) }
        #expect(phone.takeAll() == ["home was closed", "end web host"])
    }

    @Test("L-50: an app closes no page but its own")
    func othersPages() throws {
        var phone = TestPhone()
        phone.run(Pages.home)
        phone.run(Pages.notes)
        let home = try #require(phone.instance(Pages.home))
        let notes = try #require(phone.sandbox(Pages.notes))
        #expect(phone.send(.app(notes, .close(home.number))) == [])
        #expect(phone.send(.app(notes, .taken(home.number, event: 99, isHandled: false))) == [])
    }

    @Test("L-51: a crash shows the page before and says why; nothing starts again by itself")
    func crash() throws {
        var phone = TestPhone()
        phone.run(Pages.notes)
        phone.run(Pages.home)
        let sandbox = try #require(phone.sandbox(Pages.home))
        #expect(
            phone.send(.sandboxEnded(sandbox, .killed(signal: 11)))
                == ["home was ended by signal 11", "notes show", "shop ended"])
        #expect(phone.timerNames == ["forgiving shop", "taking notes"])
    }

    @Test("L-51: a program that ends in order has not crashed")
    func exit() throws {
        var phone = TestPhone()
        phone.run(Pages.player)
        let sandbox = try #require(phone.sandbox(Pages.player))
        #expect(
            phone.send(.sandboxEnded(sandbox, .exited(status: 0))) == [
                "player ended by itself", "shop ended",
            ])
        #expect(phone.timerNames == [])
    }

    @Test("L-52: what takes the place of a sandbox starts when that has ended")
    func succession() throws {
        var phone = TestPhone()
        phone.run(Pages.home)
        let old = try #require(phone.sandbox(Pages.home))
        phone.say(Pages.home) { .close($0) }
        phone.takeAll()
        #expect(phone.open(Pages.item, "n") == [], "two engines would write the same files")
        #expect(phone.send(.sandboxEnded(old, .exited(status: 0))) == ["start shop web host"])
        #expect(phone.start(Pages.item).last?.hasSuffix("opened") == true)
    }

    @Test("L-53: an updated app goes on while it is used, and ends instead of being frozen")
    func update() {
        var phone = TestPhone()
        phone.run(Pages.player)
        #expect(phone.send(.appUpdated(shop)) == [])
        phone.open(Pages.service)
        phone.start(Pages.service)
        phone.run(Pages.notes)
        phone.takeAll()
        #expect(
            phone.elapse("grace shop") == [
                "player stop", "player destroy", "service was ended, since its app was updated",
                "end service",
            ])
        #expect(phone.open(Pages.player) == [], "of the new release, when the old one has ended")
        #expect(phone.takeAll().contains("end player"))
    }

    @Test("L-53: what is frozen ends at once when its app is updated")
    func updateOfFrozen() {
        var phone = TestPhone()
        phone.run(Pages.player)
        phone.run(Pages.notes)
        phone.takeAll()
        phone.elapse("grace shop")
        phone.takeAll()
        #expect(phone.send(.appUpdated(shop)) == ["thaw shop", "player destroy"])
    }

    @Test("L-54: an app whose permission is revoked ends without another word, also if it only starts")
    func revocation() throws {
        var phone = TestPhone()
        phone.run(Pages.player)
        phone.open(Pages.home)
        #expect(
            phone.send(.grantRevoked(shop)) == [
                "player was ended, since a permission was taken from its app", "kill player",
                "3 refused page.ended", "home was ended, since a permission was taken from its app",
            ])
        phone.open(Pages.item)
        #expect(phone.open(Pages.many) == [], "what was granted and what is must not mix")
        #expect(phone.start(Pages.home) == ["kill web host"], "it was built with the permission")
        let ended = try #require(phone.app(Pages.home)).sandboxes.filter { $0.state != .waiting }
        #expect(phone.send(.sandboxEnded(ended[0].number, .killed(signal: 9))) == [])
        #expect(
            phone.send(.sandboxEnded(ended[1].number, .killed(signal: 9))) == [
                "start shop web host", "start many",
            ])
    }

    @Test("L-55: a page that leaves more than 64 events untaken is ended")
    func unresponsive() {
        var phone = TestPhone()
        phone.run(Pages.notes)
        phone.run(Pages.player)
        var words: [String] = []
        for event in 1...66 {
            words += phone.send(.memoryShort(.low))
            words += phone.say(Pages.notes) { .taken($0, event: event + 5, isHandled: true) }
        }
        #expect(words.contains("player was ended, since it took no more events"))
        #expect(words.contains("kill player"))
        #expect(words.contains("notes show"))
    }

    @Test(
        "L-56: at the end everything is closed, frozen apps too, and the last word comes when all has ended")
    func shutdown() throws {
        var phone = TestPhone()
        phone.run(Pages.player)
        phone.run(Pages.notes)
        phone.takeAll()
        phone.elapse("grace shop")
        phone.takeAll()
        #expect(
            phone.send(.shutdown)
                == ["thaw shop", "player destroy", "notes hide", "notes stop", "notes destroy"])
        phone.takeAll()
        phone.send(.sandboxEnded(try #require(phone.sandbox(Pages.player)), .exited(status: 0)))
        let last = try #require(phone.sandbox(Pages.notes))
        #expect(phone.send(.sandboxEnded(last, .exited(status: 0))) == ["notes ended", "finished"])
        #expect(phone.timerNames == [])
        var empty = TestPhone()
        #expect(empty.send(.shutdown) == ["finished"])
        #expect(empty.send(.shutdown) == [])
    }

    @Test("L-33: closing what does not run is refused, and closing twice is answered twice")
    func closing() {
        var phone = TestPhone()
        #expect(phone.send(.close(.app(shop), AskerNumber(1))) == ["1 refused app.not-running"])
        #expect(
            phone.send(.close(.instance(InstanceNumber(9)), AskerNumber(2))) == ["2 refused app.not-running"])
        phone.run(Pages.player)
        guard let player = phone.instance(Pages.player) else { return #expect(Bool(false)) }
        phone.send(.close(.instance(player.number), AskerNumber(51)))
        phone.send(.close(.instance(player.number), AskerNumber(52)))
        #expect(phone.takeAll() == ["player was closed", "end player", "51 done", "52 done"])
    }

    @Test("events about what never was change nothing")
    func strangers() {
        var phone = TestPhone()
        phone.run(Pages.home)
        let stranger = SandboxNumber(1000)
        for event: PhoneEvent in [
            .sandboxStarted(stranger), .sandboxEnded(stranger, .outOfMemory), .app(stranger, .hangUp),
            .sandboxFailed(stranger, Failure(.internalError, "x")), .timerElapsed(.ending(stranger)),
            .timerElapsed(.grace(shop, round: 7)), .app(stranger, .close(InstanceNumber(1))),
            .appUpdated(Pages.notes.uri.domain), .appRemoved(Pages.notes.uri.domain),
            .grantRevoked(Pages.notes.uri.domain),
        ] { #expect(phone.send(event) == []) }
        #expect(phone.phone.shown?.page == Pages.home.uri)
    }
}
