import Lifecycle
import YunCore

/// A phone whose actions read as words: `start webHost`, `home show`, `freeze shop`, `1 opened`.
struct TestPhone {
    private(set) var phone = Phone()
    /// What is waited for, `grace shop`, `taking home`.
    private(set) var timers: Set<PhoneTimer> = []
    private var askers = 0
    private var counts: [InstanceNumber: (sandbox: SandboxNumber, count: Int)] = [:]

    @discardableResult
    mutating func send(_ event: PhoneEvent) -> [String] { phone.handle(event).compactMap { words($0) } }

    mutating func nextAsker() -> AskerNumber {
        askers += 1
        return AskerNumber(askers)
    }

    @discardableResult
    mutating func open(
        _ traits: PageTraits, _ query: String = "", event: String = "link", by opener: Opener = .owner
    )
        -> [String]
    {
        send(.open(traits.link(query, event: event), traits, by: opener, nextAsker()))
    }

    /// Opens the page and lets its sandbox start and listen.
    mutating func run(_ traits: PageTraits, isListening: Bool = true) {
        open(traits)
        start(traits)
        if isListening { attach(traits) }
        takeAll()
    }

    @discardableResult
    mutating func start(_ traits: PageTraits) -> [String] {
        guard let sandbox = sandbox(traits, .starting) else { return [] }
        return send(.sandboxStarted(sandbox))
    }

    @discardableResult
    mutating func attach(_ traits: PageTraits) -> [String] {
        guard let sandbox = sandbox(traits) else { return [] }
        return send(.app(sandbox, .attach(nextAsker())))
    }

    @discardableResult
    mutating func say(_ traits: PageTraits, _ message: (InstanceNumber) -> AppMessage) -> [String] {
        guard let instance = instance(traits) else { return ["no \(traits.uri.name)"] }
        return send(.app(instance.sandbox, message(instance.number)))
    }

    /// Every page takes everything, until nothing more comes.
    @discardableResult
    mutating func takeAll() -> [String] {
        var words: [String] = []
        for (number, (sandbox, count)) in counts.sorted(by: { $0.key < $1.key }) {
            words += send(.app(sandbox, .taken(number, event: count, isHandled: true)))
        }
        return words
    }

    /// The time is over for what `words` names.
    @discardableResult
    mutating func elapse(_ words: String) -> [String] {
        guard let timer = timers.first(where: { name($0) == words }) else { return ["no timer \(words)"] }
        timers.remove(timer)
        return send(.timerElapsed(timer))
    }

    var timerNames: [String] { timers.map(name).sorted() }

    func app(_ traits: PageTraits) -> RunningApp? { phone.apps.first { $0.domain == traits.uri.domain } }

    func instance(_ traits: PageTraits) -> PageInstance? {
        app(traits)?.instances.last { $0.page == traits.uri }
    }

    func sandbox(_ traits: PageTraits, _ state: AppSandbox.State? = nil) -> SandboxNumber? {
        let content: AppSandbox.Content = traits.kind == .web ? .webHost : .program(traits.uri)
        return app(traits)?.sandboxes.last { $0.content == content && (state == nil || $0.state == state) }?
            .number
    }

    private mutating func words(_ action: PhoneAction) -> String? {
        switch action {
        case .startTimer(let timer):
            timers.insert(timer)
            return nil
        case .cancelTimer(let timer):
            timers.remove(timer)
            return nil
        case .startSandbox(_, let domain, .webHost): return "start \(short(domain)) web host"
        case .startSandbox(_, _, .program(let page)): return "start \(page.name)"
        case .endSandbox(let number, let isForced): return "\(isForced ? "kill" : "end") \(name(number))"
        case .deliver(let delivery):
            counts[delivery.instance] = (delivery.sandbox, delivery.number)
            return "\(delivery.page.name) \(name(delivery.event))"
        case .freeze(let domain): return "freeze \(short(domain))"
        case .thaw(let domain): return "thaw \(short(domain))"
        case .answer(let asker, .opened): return "\(asker) opened"
        case .answer(let asker, .done): return "\(asker) done"
        case .answer(let asker, .refused(let failure)): return "\(asker) refused \(failure.code.rawValue)"
        case .pageEnded(_, let page, let reason): return "\(page.name) \(reason.words)"
        case .appEnded(let domain): return "\(short(domain)) ended"
        case .finished: return "finished"
        }
    }

    private func name(_ event: PageEvent) -> String {
        switch event {
        case .link(let link): "link \(link.query ?? "")"
        case .trimMemory(let level): "trimMemory \(level)"
        default: "\(event)"
        }
    }

    private func name(_ number: SandboxNumber) -> String {
        switch phone.apps.flatMap(\.sandboxes).first(where: { $0.number == number })?.content {
        case .webHost: "web host"
        case .program(let page): page.name
        case nil: "?"
        }
    }

    private func name(_ timer: PhoneTimer) -> String {
        switch timer {
        case .grace(let domain, _): "grace \(short(domain))"
        case .taking(let number, _):
            "taking "
                + (phone.apps.flatMap(\.instances).first { $0.number == number }?.page.name ?? "?")
        case .ending(let number): "ending \(name(number))"
        case .forgiving(let domain, _): "forgiving \(short(domain))"
        }
    }

    private func short(_ domain: Domain) -> String { domain.aliases.first ?? "" }
}
