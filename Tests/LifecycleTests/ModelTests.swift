import Lifecycle
import Testing
import YunCore

/// A small generator with a seed, so that a failure can be had again.
struct Dice: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        // SplitMix64 (Steele, Lea, Flood 2014).
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

extension World {
    /// One random thing happens, which `throwOfDice` alone determines together with what went before. So a story can be
    /// told again with parts of it left out.
    mutating func happen(_ throwOfDice: UInt64) {
        var dice = Dice(state: throwOfDice)
        let running = sandboxes.filter(\.value.isRunning).keys.sorted()
        switch Int.random(in: 0..<100, using: &dice) {
        case 0..<18: send(.open(link(&dice).0, link(&dice).1, by: .owner, nextAsker()))
        case 18..<28:
            let (link, traits) = link(&dice)
            let asker = running.randomElement(using: &dice) ?? SandboxNumber(99_999)
            send(.open(link, traits, by: .app(asker), nextAsker()))
        case 28..<45: settleStart(&dice)
        case 45..<55:
            if let sandbox = sandboxes.keys.sorted().randomElement(using: &dice) {
                send(.app(sandbox, .attach(nextAsker())))
            }
        case 55..<70: appSpeaks(&dice)
        case 70..<80:
            if let timer = timers.inOrder.randomElement(using: &dice) {
                send(.timerElapsed(timer))
            }
        case 80..<84: endSomething(&dice)
        case 84: burst(&dice)
        case 85..<88:
            calmDown()
            if Bool.random(using: &dice) { send(.memoryShort(.critical)) }
        default: ownerActs(&dice)
        }
    }

    private func link(_ dice: inout Dice) -> (PageLink, PageTraits) {
        let traits = Pages.all.randomElement(using: &dice) ?? Pages.home
        return (
            traits.link("n=1", event: Int.random(in: 0..<8, using: &dice) == 0 ? "share" : "link"), traits
        )
    }

    private mutating func settleStart(_ dice: inout Dice) {
        let starting = sandboxes.filter { !$0.value.isRunning }.keys.sorted()
        guard let sandbox = starting.randomElement(using: &dice) else { return }
        let fails = Int.random(in: 0..<8, using: &dice) == 0
        send(fails ? .sandboxFailed(sandbox, Failure(.sandboxFailed, "no")) : .sandboxStarted(sandbox))
    }

    private mutating func endSomething(_ dice: inout Dice) {
        let running = sandboxes.filter(\.value.isRunning)
        // What was told to end does so more often than what was not.
        let told = running.filter { $0.value.end != nil }.keys.sorted()
        guard let sandbox = (told + running.keys.sorted()).randomElement(using: &dice) else { return }
        let ends: [SandboxEnd] = [.exited(status: 0), .exited(status: 1), .killed(signal: 9), .outOfMemory]
        send(.sandboxEnded(sandbox, ends.randomElement(using: &dice) ?? .outOfMemory))
    }

    /// Also about pages of others, and about events that never were.
    private mutating func appSpeaks(_ dice: inout Dice) {
        let known = lives.keys.sorted() + ended.sorted().prefix(2)
        guard let instance = known.randomElement(using: &dice) else { return }
        let isStranger = Int.random(in: 0..<10, using: &dice) == 0
        let own = lives[instance]?.sandbox
        let stranger = sandboxes.keys.sorted().randomElement(using: &dice)
        guard let sandbox = isStranger ? stranger : own else { return }
        let page = Pages.all.first { $0.uri == lives[instance]?.page }
        let declared = page?.backgroundReasons.sorted { $0.rawValue < $1.rawValue } ?? []
        let reason = (BackgroundReason.allCases + declared + declared).randomElement(using: &dice) ?? .call
        switch Int.random(in: 0..<20, using: &dice) {
        case 0..<9:
            let count = lives[instance]?.count ?? 0
            let event =
                Int.random(in: 0..<10, using: &dice) == 0
                ? count + 5 : Int.random(in: 0...count, using: &dice)
            send(.app(sandbox, .taken(instance, event: event, isHandled: .random(using: &dice))))
        case 9..<14: send(.app(sandbox, .holdBegan(instance, reason, nextAsker())))
        case 14..<17: send(.app(sandbox, .holdEnded(instance, reason)))
        case 17..<19: send(.app(sandbox, .close(instance)))
        default: send(.app(sandbox, .hangUp))
        }
    }

    /// All that is under way comes to its end, but nothing is waited for beyond it.
    private mutating func calmDown(isTaking: Bool = true) {
        for (number, life) in lives.sorted(by: { $0.key < $1.key }) {
            guard isTaking, let last = life.untaken.last?.0, isListening(life) else { continue }
            send(.app(life.sandbox, .taken(number, event: last, isHandled: true)))
        }
        for timer in timers.inOrder where timers.contains(timer) {
            send(.timerElapsed(timer))
        }
    }

    /// More of the same than anything takes.
    private mutating func burst(_ dice: inout Dice) {
        let (link, traits) = link(&dice)
        let isLinks = Bool.random(using: &dice)
        for _ in 0..<(isLinks ? 20 : 70) {
            send(isLinks ? .open(link, traits, by: .owner, nextAsker()) : .memoryShort(.low))
        }
    }

    private mutating func ownerActs(_ dice: inout Dice) {
        let domain = (Pages.all.randomElement(using: &dice) ?? Pages.home).uri.domain
        switch Int.random(in: 0..<24, using: &dice) {
        case 22: send(.guestCame(domain))
        case 23: send(.guestLeft(domain))
        case 20..<22: send(.prepare(domain))
        case 0..<3: send(.freeze(domain, nextAsker()))
        case 3..<5: send(.thaw(domain, nextAsker()))
        case 5..<8: send(.backKey)
        case 8..<10: send(.memoryShort(Bool.random(using: &dice) ? .critical : .moderate))
        case 10..<11: send(.appRemoved(domain))
        case 11..<13: send(.appUpdated(domain))
        case 13..<14: send(.grantRevoked(domain))
        case 14..<15: send(.close(.app(domain), nextAsker()))
        default:
            let known = lives.keys.sorted() + ended.sorted().suffix(1)
            if let instance = known.randomElement(using: &dice) {
                send(.close(.instance(instance), nextAsker()))
            }
        }
    }

    /// Lets everything that is under way come to its end, until nothing is.
    ///
    /// - Parameter isTaking: whether pages take what they are told; where they do not, time passes for them.
    mutating func drain(isTaking: Bool) {
        for _ in 0..<50 {
            let before = story.count
            for (number, sandbox) in sandboxes.sorted(by: { $0.key < $1.key }) {
                if !sandbox.isRunning {
                    send(.sandboxStarted(number))
                } else if sandbox.end == true {
                    send(.sandboxEnded(number, .killed(signal: 9)))
                }
            }
            calmDown(isTaking: isTaking)
            if story.count == before { return }
        }
        expect(false, "never comes to rest")
    }

    private mutating func checkEnd() {
        let isEmpty = phone.apps.isEmpty && sandboxes.isEmpty
        expect(isEmpty, "something runs after the end")
        let leaked = timers
        expect(leaked.isEmpty, "timers run after the end: \(leaked)")
        let unanswered = waiting
        expect(unanswered.isEmpty, "\(unanswered) got no answer")
        let isOver = isFinished
        expect(isOver, "does not say that it has finished")
    }

    /// A whole story: things happen, all comes to rest, and the phone is switched off.
    static func tell(_ throwsOfDice: [UInt64]) -> World {
        var world = World()
        for throwOfDice in throwsOfDice where world.faults.isEmpty { world.happen(throwOfDice) }
        guard world.faults.isEmpty else { return world }
        world.drain(isTaking: throwsOfDice.count.isMultiple(of: 2))
        let shown = world.phone.shownApp
        for app in world.phone.apps where app.domain != shown && !app.isHeld && !app.isKeptAwake {
            guard !app.instances.isEmpty, world.guests[app.domain, default: 0] == 0 else { continue }
            world.expect(app.isFrozen, "\(app.domain) is hidden and never frozen")
        }
        let unanswered = world.waiting
        world.expect(unanswered.isEmpty, "\(unanswered) got no answer although all is at rest")
        world.send(.shutdown)
        world.drain(isTaking: throwsOfDice.count.isMultiple(of: 3))
        world.checkEnd()
        return world
    }
}

extension Set<PhoneTimer> {
    /// The same in every run, as the order of a set is not.
    var inOrder: [PhoneTimer] { count < 2 ? Array(self) : sorted { "\($0)" < "\($1)" } }
}

@Suite struct ModelTests {
    /// The shortest part of a story that still ends badly.
    private static func shrink(_ story: [UInt64]) -> [UInt64] {
        var story = story
        var length = story.count / 2
        while length > 0 {
            var start = 0
            while start < story.count {
                var shorter = story
                shorter.removeSubrange(start..<min(start + length, story.count))
                if World.tell(shorter).faults.isEmpty { start += length } else { story = shorter }
            }
            length /= 2
        }
        return story
    }

    @Test(
        "L-10 to L-56: whatever happens in whatever order, every rule holds after every event",
        arguments: 0..<UInt64(40))
    func anyOrder(_ block: UInt64) {
        for seed in (block * 50)..<(block * 50 + 50) {
            var dice = Dice(state: seed)
            let story = (0..<Int.random(in: 5...160, using: &dice)).map { _ in dice.next() }
            guard !World.tell(story).faults.isEmpty else { continue }
            let shortest = World.tell(Self.shrink(story))
            Issue.record("seed \(seed): \(shortest.faults.first ?? "")\n\(shortest.text)")
            return
        }
    }

    @Test("the stories lead everywhere: every event, end, refusal and timer comes up in them")
    func reach() {
        var counts: [String: Int] = [:]
        for seed in 0..<UInt64(300) {
            var dice = Dice(state: seed)
            counts.merge(World.tell((0..<120).map { _ in dice.next() }).counts, uniquingKeysWith: +)
        }
        let expected =
            ["create", "start", "show", "hide", "stop", "destroy", "link", "trimMemory", "backKey"]
            .map { "deliver " + $0 }
            + [
                "closed", "exited", "crashed", "failed", "removed", "updated", "revoked", "memoryShort",
                "shutdown", "unresponsive",
            ]
            .map { "ended " + $0 }
            + [
                "page.busy", "page.ended", "page.not-allowed", "app.not-running", "app.running",
                "sandbox.failed",
            ]
            .map { "refused " + $0 }
            + ["grace", "taking", "ending", "forgiving"].map { "timer " + $0 }
            + [
                "freeze", "thaw", "endSandbox true", "endSandbox false", "answer opened", "answer done",
                "appEnded",
            ]
        for kind in expected {
            #expect(counts[kind, default: 0] >= 5, "\(kind): \(counts[kind, default: 0])")
        }
    }
}
