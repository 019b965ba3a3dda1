import Lifecycle
import Testing
import YunCore

@Suite struct OpeningTests {
    @Test("L-10, L-12: a page is created and started, gets its link, and is shown then")
    func firstLink() {
        var phone = TestPhone()
        #expect(phone.open(Pages.home, "id=1") == ["start shop web host"])
        #expect(phone.start(Pages.home) == ["1 opened"])
        let heard = ["2 done", "home create", "home start", "home link id=1", "home show"]
        #expect(phone.attach(Pages.home) == heard)
    }

    @Test(
        "L-12: a page that runs gets the link at once, a hidden one before it is shown, a stopped one after its start"
    )
    func laterLinks() {
        var phone = TestPhone()
        phone.run(Pages.home)
        #expect(phone.open(Pages.home, "id=2") == ["3 opened", "home link id=2"])
        phone.run(Pages.notes)
        #expect(phone.open(Pages.home, "id=3") == ["notes hide", "6 opened", "home link id=3", "home show"])
        phone.takeAll()
        phone.open(Pages.notes)
        phone.takeAll()
        #expect(phone.elapse("grace shop") == ["home stop"])
        #expect(phone.takeAll() == ["freeze shop"])
        #expect(
            phone.open(Pages.home, "id=4")
                == ["thaw shop", "notes hide", "8 opened", "home start", "home link id=4", "home show"])
    }

    @Test("L-14: who listens before the news of its start has come is told everything when it has")
    func earlyListener() {
        var phone = TestPhone()
        phone.open(Pages.home, "id=1")
        #expect(phone.attach(Pages.home) == ["2 done"])
        #expect(phone.attach(Pages.home) == ["3 refused page.not-allowed"])
        #expect(
            phone.start(Pages.home)
                == ["1 opened", "home create", "home start", "home link id=1", "home show"])
    }

    @Test("L-13: a page of a web host that runs is created in it, without another host")
    func oneWebHost() {
        var phone = TestPhone()
        phone.run(Pages.home)
        #expect(
            phone.open(Pages.item, "id=1")
                == ["home hide", "3 opened", "item create", "item start", "item link id=1", "item show"])
        #expect(phone.app(Pages.home)?.sandboxes.count == 1)
    }

    @Test("what a page is created for comes with create, and again by itself after start")
    func opening() throws {
        var phone = Phone()
        let (first, second) = (Pages.notes.link("n=1"), Pages.notes.link("n=2"))
        _ = phone.handle(.open(first, Pages.notes, by: .owner, AskerNumber(1)))
        _ = phone.handle(.open(second, Pages.notes, by: .owner, AskerNumber(2)))
        let sandbox = try #require(phone.apps.first?.sandboxes.first).number
        _ = phone.handle(.sandboxStarted(sandbox))
        let deliveries = phone.handle(.app(sandbox, .attach(AskerNumber(3)))).compactMap { action in
            if case .deliver(let delivery) = action { delivery } else { nil }
        }
        #expect(deliveries.map(\.opening) == [first, nil, nil, nil, nil])
        #expect(deliveries.map(\.event) == [.create, .start, .link(first), .link(second), .show])
    }

    @Test("L-11: a service is created and started, never shown, and hides nothing")
    func service() {
        var phone = TestPhone()
        phone.run(Pages.home)
        phone.open(Pages.service, "x")
        phone.start(Pages.service)
        #expect(
            phone.attach(Pages.service) == ["4 done", "service create", "service start", "service link x"])
        #expect(phone.phone.shown?.page == Pages.home.uri)
    }

    @Test("L-30: one instance for each page, unless the manifest wants several")
    func instances() {
        var phone = TestPhone()
        phone.run(Pages.notes)
        phone.run(Pages.many)
        phone.open(Pages.notes)
        #expect(phone.app(Pages.notes)?.instances.count == 1)
        #expect(phone.open(Pages.many, "second") == ["start many"])
        #expect(phone.app(Pages.many)?.instances.count == 2)
        #expect(phone.app(Pages.many)?.sandboxes.count == 2)
    }

    @Test("L-32: an app has no more than 32 instances")
    func instanceLimit() {
        var phone = TestPhone()
        phone.run(Pages.lists)
        for _ in 2...32 { phone.open(Pages.lists) }
        #expect(phone.app(Pages.lists)?.instances.count == 32)
        #expect(phone.open(Pages.lists).last?.hasSuffix("refused page.busy") == true)
        #expect(phone.app(Pages.lists)?.instances.count == 32)
    }

    @Test("L-22: what is shown stays until the next page runs, and for ever if it does not")
    func starting() {
        var phone = TestPhone()
        phone.run(Pages.notes)
        #expect(phone.open(Pages.player) == ["start player"])
        #expect(phone.phone.shown?.page == Pages.notes.uri)
        guard let sandbox = phone.sandbox(Pages.player) else { return #expect(Bool(false)) }
        let failure = Failure(.sandboxFailed, "no memory")
        #expect(
            phone.send(.sandboxFailed(sandbox, failure))
                == ["3 refused sandbox.failed", "player could not be started: no memory", "shop ended"])
        #expect(phone.phone.shown?.page == Pages.notes.uri)
    }

    @Test("L-20, L-21: the page before is hidden first, and comes back when the shown one is closed")
    func backStack() {
        var phone = TestPhone()
        phone.run(Pages.home)
        phone.run(Pages.notes)
        phone.open(Pages.item)
        phone.takeAll()
        #expect(
            phone.say(Pages.item) { .close($0) } == ["item hide", "item stop", "item destroy", "notes show"])
        #expect(phone.takeAll() == ["item was closed"])
        #expect(
            phone.say(Pages.notes) { .close($0) } == [
                "notes hide", "notes stop", "notes destroy", "home show",
            ])
        #expect(phone.takeAll() == ["notes was closed", "end notes"])
    }

    @Test("L-21: a page stands in the back stack once, where it was shown last")
    func onceInStack() {
        var phone = TestPhone()
        phone.run(Pages.home)
        phone.run(Pages.notes)
        phone.open(Pages.home)
        phone.takeAll()
        #expect(phone.say(Pages.home) { .close($0) }.last == "notes show")
        phone.takeAll()
        phone.say(Pages.notes) { .close($0) }
        phone.takeAll()
        #expect(phone.phone.shown == nil)
    }

    @Test("L-23: the back key is the page's; one that has no use for it is closed")
    func backKey() {
        var phone = TestPhone()
        phone.run(Pages.home)
        phone.run(Pages.notes)
        #expect(phone.send(.backKey) == ["notes backKey"])
        #expect(phone.send(.backKey) == [], "one at a time")
        #expect(phone.say(Pages.notes) { .taken($0, event: 5, isHandled: true) } == [])
        #expect(phone.send(.backKey) == ["notes backKey"])
        let heard = ["notes hide", "notes stop", "notes destroy", "home show"]
        #expect(phone.say(Pages.notes) { .taken($0, event: 6, isHandled: false) } == heard)
    }

    @Test("L-23: a page that does not listen, or not in time, or that hangs up, is closed by the back key")
    func backKeyUnheard() {
        var phone = TestPhone()
        phone.run(Pages.home)
        phone.run(Pages.notes, isListening: false)
        #expect(phone.send(.backKey) == ["home show", "notes was closed", "end notes"])
        phone.takeAll()
        phone.run(Pages.player)
        phone.send(.backKey)
        #expect(phone.elapse("taking player").contains("player was closed"))
        phone.run(Pages.many)
        phone.send(.backKey)
        #expect(phone.say(Pages.many) { _ in .hangUp } == ["home show", "many was closed", "end many"])
        #expect(TestPhone.nothingShown() == [])
    }

    @Test("L-33: every asker is answered, whatever becomes of the page")
    func answers() {
        var phone = TestPhone()
        phone.open(Pages.home)
        phone.open(Pages.item)
        #expect(
            phone.send(.appRemoved(Pages.home.uri.domain)).filter { $0.contains("page.ended") }.count == 2)
        phone.open(Pages.notes)
        #expect(phone.send(.shutdown).contains("3 refused page.ended"))
        #expect(phone.open(Pages.notes) == ["4 refused page.ended"])
    }
}

extension TestPhone {
    /// The back key where nothing is shown.
    static func nothingShown() -> [String] {
        var phone = TestPhone()
        return phone.send(.backKey)
    }
}

@Suite struct OpeningByAppsTests {
    @Test("L-31: an app opens pages while one of its own is shown")
    func whileShown() throws {
        var phone = TestPhone()
        phone.run(Pages.home)
        let shop = try #require(phone.sandbox(Pages.home))
        #expect(phone.open(Pages.notes, by: .app(shop)) == ["start notes"])
        phone.start(Pages.notes)
        #expect(phone.open(Pages.lists, by: .app(shop)) == ["4 refused page.not-allowed"])
        #expect(phone.open(Pages.item, by: .app(shop)) == ["5 refused page.not-allowed"], "not even its own")
        #expect(phone.open(Pages.service, by: .app(shop)) == ["start service"], "but its own service")
        #expect(phone.open(Pages.home, by: .owner).contains("7 opened"))
    }

    @Test("L-31: an app that has ended, or never was, opens nothing")
    func ended() throws {
        var phone = TestPhone()
        phone.run(Pages.home)
        let shop = try #require(phone.sandbox(Pages.home))
        phone.send(.sandboxEnded(shop, .exited(status: 0)))
        #expect(phone.open(Pages.item, by: .app(shop)) == ["3 refused page.not-allowed"])
        #expect(phone.open(Pages.item, by: .app(SandboxNumber(77))) == ["4 refused page.not-allowed"])
    }

    @Test("L-4: an event that the page does not declare is refused, whoever asks")
    func events() {
        var phone = TestPhone()
        #expect(phone.open(Pages.home, event: "share") == ["1 refused page.not-allowed"])
        #expect(phone.open(Pages.item, event: "share") == ["start shop web host"])
    }

    @Test(
        "L-32: sixteen links wait for a page that starts, and for one that does not take them; then it is busy"
    )
    func links() {
        var phone = TestPhone()
        for _ in 1...16 { phone.open(Pages.notes) }
        #expect(phone.open(Pages.notes) == ["17 refused page.busy"])
        #expect(phone.start(Pages.notes).count == 16)
        phone.attach(Pages.notes)
        #expect(phone.open(Pages.notes) == ["19 refused page.busy"])
        phone.takeAll()
        #expect(phone.open(Pages.notes) == ["20 opened", "notes link "])
    }

    @Test("L-14: a program that never listens can be opened again and again; the latest links wait for it")
    func deafProgram() {
        var phone = TestPhone()
        phone.run(Pages.notes, isListening: false)
        for number in 2...40 { #expect(phone.open(Pages.notes, "n=\(number)") == ["\(number) opened"]) }
        #expect(phone.timerNames == [])
        let heard = phone.attach(Pages.notes)
        #expect(heard.count { $0.hasPrefix("notes link") } == 16)
        #expect(heard.suffix(2) == ["notes link n=40", "notes show"])
    }

    @Test("L-14: a sandbox has one listener in its life; links that it left are nobody's when it hangs up")
    func listeners() {
        var phone = TestPhone()
        phone.open(Pages.notes)
        phone.start(Pages.notes)
        phone.attach(Pages.notes)
        #expect(phone.attach(Pages.notes) == ["3 refused page.not-allowed"])
        for _ in 1...15 { phone.open(Pages.notes) }
        #expect(phone.say(Pages.notes) { _ in .hangUp } == [])
        #expect(phone.attach(Pages.notes).count == 1)
        for _ in 1...40 { #expect(phone.open(Pages.notes).last?.hasSuffix("opened") == true) }
    }

    @Test("L-34: after three crashes in a row only the owner opens an app's pages, until it is forgiven")
    func crashes() throws {
        var phone = TestPhone()
        phone.run(Pages.home)
        let shop = try #require(phone.sandbox(Pages.home))
        for _ in 1...3 {
            phone.open(Pages.notes, by: .app(shop))
            phone.start(Pages.notes)
            phone.send(.sandboxEnded(try #require(phone.sandbox(Pages.notes)), .killed(signal: 11)))
        }
        #expect(phone.open(Pages.notes, by: .app(shop)).last?.hasSuffix("refused page.not-allowed") == true)
        #expect(phone.open(Pages.notes, by: .owner) == ["start notes"])
        phone.send(.close(.app(Pages.notes.uri.domain), phone.nextAsker()))
        phone.elapse("forgiving notes")
        #expect(phone.open(Pages.notes, by: .app(shop)).contains { $0.contains("refused") } == false)
    }
}
