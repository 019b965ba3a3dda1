public import YunCore

/// One life of a page, from its opening to its end.
public struct PageInstance: Sendable {
    /// Names it.
    public let number: InstanceNumber
    /// What its manifest says of it.
    public let traits: PageTraits
    /// Where it lives.
    public let sandbox: SandboxNumber
    /// Why it goes on while it is hidden, at the moment.
    public internal(set) var holds: Set<BackgroundReason> = []
    /// Whether it has left an event untaken beyond the deadline.
    public internal(set) var isLate = false
    /// Why it is being ended.
    public internal(set) var closing: EndReason?

    /// How far it has been told that it lives.
    public internal(set) var stage = PageStage.new

    var links: [WaitingLink] = []
    var trim: MemoryLevel?
    var hasBackKey = false
    /// What was delivered and not yet taken, oldest first; empty where nobody listens. The events themselves are not
    /// kept: what a page does not take would lie in memory.
    var untaken: [(number: Int, kind: Untaken)] = []
    private var deliveries = 0

    enum Untaken {
        case link, backKey, other

        init(_ event: PageEvent) {
            switch event {
            case .link: self = .link
            case .backKey: self = .backKey
            default: self = .other
            }
        }
    }

    /// A link that waits, and who waits for its arrival.
    struct WaitingLink: Sendable {
        let link: PageLink
        var asker: AskerNumber?
    }

    init(_ number: InstanceNumber, _ traits: PageTraits, in sandbox: SandboxNumber) {
        self.number = number
        self.traits = traits
        self.sandbox = sandbox
    }

    /// The page.
    public var page: PageURI { traits.uri }

    /// Whether nothing is on its way to the page for which it should be let run.
    var isSettled: Bool { untaken.isEmpty || isLate }

    /// Links that wait or were not yet taken.
    var openLinkCount: Int { links.count + untaken.count { $0.kind == .link } }

    /// Whether the page was asked to go back and has not said whether it did.
    var isAskedBack: Bool { untaken.contains { $0.kind == .backKey } }

    /// The next event for the page on its way to `goal`, numbered, or `nil` where it has heard everything.
    ///
    /// A link comes after `start` and before `show`: a started page can do everything, and one that is not shown yet can
    /// make itself ready without the owner seeing what it showed before.
    mutating func nextDelivery(towards goal: PageStage) -> (number: Int, event: PageEvent)? {
        guard let event = nextEvent(towards: goal) else { return nil }
        deliveries += 1
        untaken.append((deliveries, Untaken(event)))
        return (deliveries, event)
    }

    private mutating func nextEvent(towards goal: PageStage) -> PageEvent? {
        let isAwaited = closing == nil && !links.isEmpty
        if isAwaited, stage == .started || stage == .shown { return .link(links.removeFirst().link) }
        let hasTrim = trim != nil && stage != .new && stage != .destroyed
        if hasTrim, let level = trim.take() { return .trimMemory(level) }
        if hasBackKey, stage == .shown {
            hasBackKey = false
            return .backKey
        }
        guard let (event, next) = stage.step(towards: isAwaited ? .started : goal) else { return nil }
        stage = next
        return event
    }

    /// The page has taken what was delivered up to `number`; whether a back key among it was of no use to the page.
    mutating func take(upTo number: Int, isHandled: Bool) -> Bool {
        let taken = untaken.prefix { $0.number <= number }
        untaken.removeFirst(taken.count)
        if untaken.isEmpty { isLate = false }
        return !isHandled && taken.contains { $0.kind == .backKey }
    }
}
