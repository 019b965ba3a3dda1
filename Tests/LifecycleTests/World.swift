import Lifecycle
import YunCore

/// Everything around a phone, played by the test: it does what the actions say, and checks them against rules that are
/// written here anew and not derived from the phone's own state.
struct World {
    private(set) var phone = Phone()
    /// What was broken, first thing first.
    private(set) var faults: [String] = []
    /// Events and actions, to be read after a failure.
    private(set) var story: [(event: PhoneEvent, actions: [PhoneAction])] = []

    struct Sandbox {
        let domain: Domain
        let content: AppSandbox.Content
        var isRunning = false
        var hasAttached = false
        var isListening = false
        /// `nil` as long as it was not told to end.
        var end: Bool?
    }

    struct Life {
        let sandbox: SandboxNumber
        let page: PageURI
        var last = "nothing"
        var count = 0
        var untaken: [(Int, PageEvent)] = []
        var isLate = false
    }

    var sandboxes: [SandboxNumber: Sandbox] = [:]
    var lives: [InstanceNumber: Life] = [:]
    var ended: Set<InstanceNumber> = []
    var usedSandboxes: Set<SandboxNumber> = []
    var frozen: Set<Domain> = []
    var keptAwake: Set<Domain> = []
    var guests: [Domain: Int] = [:]
    var holds: [InstanceNumber: Set<BackgroundReason>] = [:]
    var timers: Set<PhoneTimer> = []
    var waiting: Set<AskerNumber> = []
    /// What was asked, and whether it may be had.
    var requestedHolds:
        [AskerNumber: (instance: InstanceNumber, reason: BackgroundReason, isRightful: Bool)] = [:]
    /// Pages that somebody closes who may.
    var closing: Set<InstanceNumber> = []
    var requestedAttachments: [AskerNumber: SandboxNumber] = [:]
    var askers = 0
    var isFinished = false
    private var forbidden: Set<AskerNumber> = []

    mutating func nextAsker() -> AskerNumber {
        askers += 1
        waiting.insert(AskerNumber(askers))
        return AskerNumber(askers)
    }

    mutating func expect(_ truth: Bool, _ fault: @autoclosure () -> String) {
        if !truth { faults.append(fault()) }
    }

    mutating func send(_ event: PhoneEvent) {
        note(event)
        let actions = phone.handle(event)
        story.append((event, actions))
        for action in actions { check(action) }
        checkRest()
    }

    /// The story in lines.
    var text: String {
        story.flatMap { ["\($0.event)"] + $0.actions.map { "    \($0)" } }.joined(separator: "\n")
    }

    /// How often each kind of action was seen.
    var counts: [String: Int] {
        story.flatMap(\.actions).reduce(into: [:]) { $0[Self.kind(of: $1), default: 0] += 1 }
    }

    /// What the world knows by itself of an event.
    private mutating func note(_ event: PhoneEvent) {
        switch event {
        case .sandboxStarted(let number): sandboxes[number]?.isRunning = true
        case .sandboxFailed(let number, _), .sandboxEnded(let number, _):
            sandboxes[number] = nil
            for (instance, life) in lives where life.sandbox == number { holds[instance] = nil }
        case .timerElapsed(let timer):
            timers.remove(timer)
            if case .taking(let instance, _) = timer { lives[instance]?.isLate = true }
        case .app(let sandbox, let message): note(message, from: sandbox)
        case .close(.instance(let number), _): closing.insert(number)
        case .close(.app(let domain), _):
            let app = phone.apps.first { $0.domain == domain }
            closing.formUnion(app?.instances.map(\.number) ?? [])
        case .backKey: if let shown = phone.shown { closing.insert(shown.number) }
        case .freeze(let domain, _):
            guard phone.shownApp != domain else { break }
            keptAwake.remove(domain)
            for (instance, life) in lives where life.page.domain == domain { holds[instance] = nil }
        case .open(let link, let traits, by: .app(let sandbox), let asker):
            let own = sandboxes[sandbox]?.domain
            let isOwnService = own == link.page.domain && traits.kind == .service
            if own == nil || (own != phone.shownApp && !isOwnService) { forbidden.insert(asker) }
        case .guestCame(let domain): guests[domain, default: 0] += 1
        case .guestLeft(let domain): guests[domain] = max(0, guests[domain, default: 0] - 1)
        case .thaw(let domain, _):
            if phone.apps.contains(where: { $0.domain == domain }) { keptAwake.insert(domain) }
        default: break
        }
    }

    private mutating func note(_ message: AppMessage, from sandbox: SandboxNumber) {
        switch message {
        case .attach(let asker): requestedAttachments[asker] = sandbox
        case .hangUp:
            sandboxes[sandbox]?.isListening = false
            for (instance, life) in lives where life.sandbox == sandbox { lives[instance]?.untaken = [] }
        case .taken(let instance, let event, _):
            guard lives[instance]?.sandbox == sandbox else { break }
            lives[instance]?.untaken.removeAll { $0.0 <= event }
            if lives[instance]?.untaken.isEmpty == true { lives[instance]?.isLate = false }
        case .holdBegan(let instance, let reason, let asker):
            let page = Pages.all.first { $0.uri == lives[instance]?.page }
            let isOwn = lives[instance].map { $0.sandbox == sandbox } ?? true
            let isDeclared = page.map { $0.backgroundReasons.contains(reason) } ?? true
            requestedHolds[asker] = (instance, reason, isOwn && isDeclared)
        case .holdEnded(let instance, let reason):
            if lives[instance]?.sandbox == sandbox { holds[instance]?.remove(reason) }
        case .close(let instance):
            if phone.instance(instance, in: sandbox) != nil { closing.insert(instance) }
        }
    }

    private mutating func check(_ action: PhoneAction) {
        expect(!isFinished, "after the end: \(action)")
        switch action {
        case .startSandbox(let number, let domain, let content): begin(number, domain, content)
        case .endSandbox(let number, let isForced):
            expect(sandboxes[number]?.isRunning == true, "ends a sandbox that does not run")
            expect(
                sandboxes[number]?.end == nil || (sandboxes[number]?.end == false && isForced), "ends twice")
            let isFrozen = sandboxes[number].map { frozen.contains($0.domain) } ?? false
            expect(isForced || !isFrozen, "asks what is frozen to end")
            sandboxes[number]?.end = isForced
        case .deliver(let delivery): deliver(delivery)
        case .freeze(let domain): freeze(domain)
        case .thaw(let domain): expect(frozen.remove(domain) != nil, "thaws what is not frozen")
        case .startTimer(let timer): expect(timers.insert(timer).inserted, "starts a timer twice: \(timer)")
        case .cancelTimer(let timer): expect(timers.remove(timer) != nil, "cancels no timer: \(timer)")
        case .answer(let asker, let answer): take(answer, asker)
        case .pageEnded(let number, _, let reason):
            expect(ended.insert(number).inserted, "a page ends twice")
            if case .closed = reason { expect(closing.contains(number), "closes a page that nobody closed") }
            if let life = lives[number], isListening(life), !life.isLate, Self.isGentle(reason) {
                expect(life.last == "destroy" && life.untaken.isEmpty, "ends without a word: \(number)")
            }
            lives[number] = nil
            holds[number] = nil
        case .appEnded(let domain):
            expect(!sandboxes.values.contains { $0.domain == domain }, "an app ends before its sandboxes")
            frozen.remove(domain)
            keptAwake.remove(domain)
        case .finished: isFinished = true
        }
    }

    private static func isGentle(_ reason: EndReason) -> Bool {
        switch reason {
        case .closed, .removed, .updated, .shutdown: true
        case .exited, .crashed, .failed, .revoked, .memoryShort, .unresponsive: false
        }
    }

    private mutating func begin(_ number: SandboxNumber, _ domain: Domain, _ content: AppSandbox.Content) {
        expect(usedSandboxes.insert(number).inserted, "a sandbox's number is used again")
        let isTwice = sandboxes.values.contains { $0.domain == domain && $0.content == content }
        expect(!isTwice || content == .program(Pages.many.uri), "two sandboxes with the same content")
        sandboxes[number] = Sandbox(domain: domain, content: content)
    }

    private mutating func take(_ answer: Answer, _ asker: AskerNumber) {
        expect(waiting.remove(asker) != nil, "an answer nobody waits for")
        if case .opened(let instance) = answer {
            expect(!ended.contains(instance), "opened what has ended")
            expect(!forbidden.contains(asker), "opened for an app that is hidden")
        }
        guard case .done = answer else { return }
        if let (instance, reason, isRightful) = requestedHolds[asker] {
            expect(isRightful, "holds another's page, or for no declared reason")
            holds[instance, default: []].insert(reason)
        }
        if let sandbox = requestedAttachments[asker] {
            expect(sandboxes[sandbox]?.hasAttached == false, "two listeners")
            sandboxes[sandbox]?.hasAttached = true
            sandboxes[sandbox]?.isListening = true
        }
    }

    private mutating func freeze(_ domain: Domain) {
        expect(frozen.insert(domain).inserted, "freezes twice")
        expect(phone.shownApp != domain, "freezes what is shown")
        for sandbox in sandboxes.values where sandbox.domain == domain {
            expect(sandbox.isRunning && sandbox.end == nil, "freezes what starts or ends")
        }
        for (number, life) in lives where life.page.domain == domain {
            expect(life.last != "show" || !isListening(life), "freezes a page that thinks it is shown")
            expect(life.untaken.isEmpty || life.isLate, "freezes a page that has not taken its events")
            expect(
                life.last == "stop" || !isListening(life),
                "freezes a page that was not told to stop: \(number)")
        }
    }

    func isListening(_ life: Life) -> Bool {
        sandboxes[life.sandbox].map { $0.isListening && $0.isRunning } == true
    }

    /// What may follow what; links, trims and back keys do not change it.
    private static let following: [String: Set<String>] = [
        "nothing": ["create"], "create": ["start"], "start": ["show", "stop"], "show": ["hide"],
        "hide": ["show", "stop"], "stop": ["start", "destroy"], "destroy": [],
    ]

    private mutating func deliver(_ delivery: Delivery) {
        expect(!ended.contains(delivery.instance), "delivers to what has ended")
        expect(!frozen.contains(delivery.page.domain), "delivers to what is frozen")
        let sandbox = sandboxes[delivery.sandbox]
        expect(sandbox?.isListening == true && sandbox?.end == nil, "delivers to nobody")
        expect(sandbox?.domain == delivery.page.domain, "delivers to another app")
        var life = lives[delivery.instance] ?? Life(sandbox: delivery.sandbox, page: delivery.page)
        life.count += 1
        expect(life.count == delivery.number, "numbers have a gap")
        expect(life.sandbox == delivery.sandbox && life.page == delivery.page, "a page changes its place")
        life.untaken.append((delivery.number, delivery.event))
        switch delivery.event {
        case .link(let link):
            expect(["start", "show", "hide"].contains(life.last), "a link after \(life.last)")
            expect(link.page == delivery.page, "a link for another page")
        case .trimMemory:
            expect(life.last != "nothing" && life.last != "destroy", "a trim after \(life.last)")
        case .backKey: expect(life.last == "show", "a back key after \(life.last)")
        default:
            let word = "\(delivery.event)"
            expect(Self.following[life.last]?.contains(word) == true, "\(word) after \(life.last)")
            life.last = word
            if word == "show" {
                expect(life.page != Pages.service.uri, "a service is shown")
                let others = lives.filter { $0.key != delivery.instance && $0.value.last == "show" }
                expect(!others.values.contains { isListening($0) }, "two pages are shown")
            }
        }
        lives[delivery.instance] = life
    }

    /// The name of an action with its innermost case, `deliver show`, `pageEnded crashed`.
    private static func kind(of action: PhoneAction) -> String {
        switch action {
        case .deliver(let delivery): "deliver " + name(delivery.event)
        case .pageEnded(_, _, let reason): "ended " + name(reason)
        case .answer(_, .refused(let failure)): "refused " + failure.code.rawValue
        case .answer(_, let answer): "answer " + name(answer)
        case .endSandbox(_, let isForced): "endSandbox \(isForced)"
        case .startTimer(let timer): "timer " + name(timer)
        default: name(action)
        }
    }

    private static func name(_ value: some Any) -> String { String("\(value)".prefix { $0 != "(" }) }

    /// What holds after every event.
    private mutating func checkRest() {
        for (number, reasons) in holds where !reasons.isEmpty {
            expect(
                lives[number].map { !frozen.contains($0.page.domain) } ?? true, "frozen in spite of a hold")
        }
        for (domain, count) in guests where count > 0 {
            expect(!frozen.contains(domain), "frozen in spite of a guest")
        }
        for domain in keptAwake { expect(!frozen.contains(domain), "frozen in spite of the owner") }
        let shown = phone.shown
        for (number, life) in lives where isListening(life) {
            expect(
                (life.last == "show") == (number == shown?.number), "\(number) thinks wrongly of being shown")
            let links = life.untaken.count { if case .link = $0.1 { true } else { false } }
            expect(links <= 16, "more than 16 links wait")
            expect(life.untaken.count <= 80, "more than 80 events wait")
        }
        let prepared = phone.apps.flatMap { app in
            app.sandboxes.filter { sandbox in
                sandboxes[sandbox.number].map { $0.isRunning && $0.end == nil } == true
                    && !app.instances.contains { $0.sandbox == sandbox.number }
            }
        }
        expect(prepared.count <= 1, "more than one app is prepared")
        if case .memoryShort = story.last?.event {
            expect(prepared.isEmpty, "prepared while memory is short")
        }
        expect(shown.map { sandboxes[$0.sandbox]?.isRunning == true } ?? true, "shows what does not run")
        for timer in timers {
            switch timer {
            case .taking(let number, _): expect(lives[number] != nil, "waits for a page that has ended")
            case .ending(let number): expect(sandboxes[number]?.end == false, "waits for no end")
            case .grace(let domain, _): expect(!frozen.contains(domain), "waits for a frozen app")
            case .forgiving: break
            }
        }
    }
}
