public import YunCore

/// What happens to a phone.
public enum PhoneEvent: Sendable {
    case open(PageLink, PageTraits, by: Opener, AskerNumber)
    /// Said by whatever runs in a sandbox, of itself.
    case app(SandboxNumber, AppMessage)
    case sandboxStarted(SandboxNumber)
    case sandboxFailed(SandboxNumber, Failure)
    case sandboxEnded(SandboxNumber, SandboxEnd)
    case timerElapsed(PhoneTimer)
    /// A page of the app will soon be wanted. Makes ready what starts slowly: the web host of one app at a time.
    case prepare(Domain)
    /// Somebody runs a program of the app at a terminal, as its page or beside its pages: it must not stand still, and
    /// neither must what shares its files.
    case guestCame(Domain)
    case guestLeft(Domain)
    case close(CloseTarget, AskerNumber)
    /// The owner's word that an app is to stand still.
    case freeze(Domain, AskerNumber)
    /// The owner's word that an app is to run, also while it is hidden.
    case thaw(Domain, AskerNumber)
    case backKey
    case memoryShort(MemoryLevel)
    case appRemoved(Domain)
    case appUpdated(Domain)
    /// A permission was revoked that the app's sandboxes were built with.
    case grantRevoked(Domain)
    case shutdown
}

/// Who opens a page.
public enum Opener: Sendable, Hashable {
    /// With a command or an icon.
    case owner
    /// Whatever runs in this sandbox.
    case app(SandboxNumber)
    /// A program of this app that somebody runs beside its pages.
    case guest(Domain)
}

/// What the owner closes.
public enum CloseTarget: Sendable, Hashable {
    case instance(InstanceNumber)
    case app(Domain)
}

/// What has to be gone before somebody is answered. What of an app is opened meanwhile is not waited for.
enum AwaitedEnd: Sendable {
    case instance(InstanceNumber)
    case sandboxes([SandboxNumber])
}

/// What an app says of itself. It is not trusted: what does not concern its own sandbox is passed over.
public enum AppMessage: Sendable {
    /// Its program listens to events from now on.
    case attach(AskerNumber)
    /// The connection on which it listened has ended.
    case hangUp
    /// It has taken all events up to this number; `isHandled` is `false` for a back key that it has no use for.
    case taken(InstanceNumber, event: Int, isHandled: Bool)
    case holdBegan(InstanceNumber, BackgroundReason, AskerNumber)
    case holdEnded(InstanceNumber, BackgroundReason)
    case close(InstanceNumber)
}

/// What is to be done, in this order.
public enum PhoneAction: Sendable {
    /// Answered with `sandboxStarted` or `sandboxFailed`. While other sandboxes of the app run, from the release that they
    /// run.
    case startSandbox(SandboxNumber, Domain, AppSandbox.Content)
    /// Answered with `sandboxEnded`, as every other end of a started sandbox is.
    case endSandbox(SandboxNumber, isForced: Bool)
    case deliver(Delivery)
    case freeze(Domain)
    case thaw(Domain)
    case startTimer(PhoneTimer)
    case cancelTimer(PhoneTimer)
    case answer(AskerNumber, Answer)
    /// For the log, and for the owner where it was not the owner's wish.
    case pageEnded(InstanceNumber, PageURI, EndReason)
    /// Nothing of the app runs any more.
    case appEnded(Domain)
    /// Nothing runs any more, and nothing will.
    case finished
}

/// An event on its way to a page.
public struct Delivery: Sendable, Hashable {
    /// Where to.
    public let sandbox: SandboxNumber
    /// Whom it is for; a web host learns of its pages by `create`.
    public let instance: InstanceNumber
    /// The page.
    public let page: PageURI
    /// Counts the events of the instance, from 1 on.
    public let number: Int
    /// What the page is told.
    public let event: PageEvent
    /// With `create`: the link for which it is, which comes by itself when the page has started.
    public let opening: PageLink?
}

/// What somebody who asked is told; everybody is, once.
public enum Answer: Sendable {
    /// The link has reached the page.
    case opened(InstanceNumber)
    case done
    case refused(Failure)
}

/// What is waited for. How long is whose who keeps the clock.
public enum PhoneTimer: Sendable, Hashable {
    /// How long an app runs on after it was hidden. The round tells a new wait from an old one.
    case grace(Domain, round: Int)
    /// How long a page may leave this event untaken.
    case taking(InstanceNumber, event: Int)
    /// How long a sandbox may take to end by itself.
    case ending(SandboxNumber)
    /// How long crashes are held against an app.
    case forgiving(Domain, crashes: Int)
}

/// How long is waited for what.
public struct PhoneTimes: Sendable, Hashable {
    /// Until a hidden app is told to stop; 0 in tests, so that nothing depends on time.
    public var graceMilliseconds = 10_000
    /// For a page to take an event.
    public var takingMilliseconds = 5_000
    /// For a sandbox to end by itself.
    public var endingMilliseconds = 5_000
    /// For an app without a crash to be forgiven the earlier ones.
    public var forgivingMilliseconds = 60_000

    /// What holds where nobody chose.
    public init() {}

    /// How long this timer runs.
    public func milliseconds(of timer: PhoneTimer) -> Int {
        switch timer {
        case .grace: graceMilliseconds
        case .taking: takingMilliseconds
        case .ending: endingMilliseconds
        case .forgiving: forgivingMilliseconds
        }
    }
}
