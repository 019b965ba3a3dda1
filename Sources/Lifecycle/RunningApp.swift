public import YunCore

/// An app of which something runs.
public struct RunningApp: Sendable {
    /// What an app may do at the moment.
    public enum Rest: Sendable {
        /// Its pages run.
        case awake
        /// Its pages have been told to stop; it is frozen when they have.
        case resting
    }

    /// The app.
    public let domain: Domain
    /// Its pages, oldest first.
    public internal(set) var instances: [PageInstance] = []
    /// Its sandboxes, oldest first.
    public internal(set) var sandboxes: [AppSandbox] = []
    /// Whether its processes stand still.
    public internal(set) var isFrozen = false
    /// Whether the owner said that it is not to be frozen.
    public internal(set) var isKeptAwake = false

    var rest = Rest.awake
    /// Counts what makes its time until it rests begin anew.
    var graceRound = 0
    /// Grows with each moment in which it was shown.
    var shownAt = 0
    /// Who waits for it to be frozen.
    var freezeAskers: [AskerNumber] = []

    init(_ domain: Domain) { self.domain = domain }

    /// Whether a page of it has a declared reason to go on while it is hidden.
    public var isHeld: Bool { instances.contains { !$0.holds.isEmpty } }

    var isClosing: Bool { instances.contains { $0.closing != nil } }

    func sandbox(_ number: SandboxNumber) -> AppSandbox? { sandboxes.first { $0.number == number } }

    /// The running sandbox of an instance, which alone can hear something.
    func runningSandbox(of instance: PageInstance) -> AppSandbox? {
        sandbox(instance.sandbox).flatMap { $0.state == .running ? $0 : nil }
    }
}

/// What an app does at the moment, in the words of `ypkg ps`.
public enum AppCondition: String, Sendable, CaseIterable {
    /// Its sandboxes are being started.
    case starting
    /// The owner sees a page of it.
    case shown
    /// It goes on while hidden, for a declared reason or by the owner's word.
    case background
    /// It runs on for the grace time.
    case hidden
    /// It has been told to stop and will be frozen.
    case resting
    case frozen
    /// It has no page, and what its first one needs is ready.
    case prepared
    /// None of its pages is left; its sandboxes are ending.
    case ending
}

/// A place where pages of an app run: its web host, or the program of one page.
public struct AppSandbox: Sendable {
    /// Names it.
    public let number: SandboxNumber
    /// What runs in it.
    public let content: Content
    /// How far it is.
    public internal(set) var state = State.waiting

    /// What runs in a sandbox.
    public enum Content: Sendable, Hashable {
        /// All web pages of the app.
        case webHost
        /// The program of one native or service page.
        case program(PageURI)
    }

    /// How far a sandbox is.
    public enum State: Sendable, Hashable {
        /// It starts when an older one of the app, whose place it takes, has ended.
        case waiting
        case starting
        case running
        /// It was told to end.
        case ending(isForced: Bool)
    }

    /// Whether several may run the same content at once.
    let isMultiple: Bool
    /// No page may join it any more: what it was started from is no longer right.
    var isDismissed = false {
        didSet { if isDismissed { isPrepared = false } }
    }
    /// It may live without a page, until there is one.
    var isPrepared = false
    /// Runs an older release than the one that is installed.
    var isOutdated = false
    /// Is to end without being asked.
    var isForced = false
    /// Whether its program listens to events.
    var watch = Watch.never

    enum Watch { case never, attached, hungUp }

    init(_ number: SandboxNumber, _ content: Content, isMultiple: Bool) {
        self.number = number
        self.content = content
        self.isMultiple = isMultiple
    }

    var isListening: Bool { state == .running && watch == .attached }
}
