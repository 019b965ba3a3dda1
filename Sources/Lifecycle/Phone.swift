public import YunCore

/// All that runs on a phone for one owner: apps, their sandboxes and pages, and which page is shown.
///
/// Knows neither clock nor process: each event returns what is to be done, in order (`spec/pages.md`). An event changes
/// what is wanted, then `settle` derives from the whole state what must be done for it. So an order of events that no page may
/// see has no code that could make it, and a timer that nothing waits for cannot be left running.
public struct Phone: Sendable {
    /// Links that a page may leave untaken.
    public static let linksMax = 16
    /// Instances of one app.
    public static let instancesMax = 32
    /// Events that a page may leave untaken; then it is ended, or its queue would grow for ever.
    public static let untakenMax = 64
    /// Crashes in a row after which only the owner opens an app's pages.
    public static let crashesMax = 3

    /// What runs, oldest app first.
    public internal(set) var apps: [RunningApp] = []
    /// Pages with a screen as they were shown, the latest last.
    var stack: [InstanceNumber] = []
    var crashes: [Domain: Int] = [:]
    /// How many programs of an app somebody runs at a terminal.
    var guests: [Domain: Int] = [:]
    var isShuttingDown = false
    var closeAskers: [(asker: AskerNumber, awaited: AwaitedEnd)] = []
    var actions: [PhoneAction] = []
    private var timers: Set<PhoneTimer> = []
    private var hasFinished = false
    private var numbers = 0
    private var moment = 0

    /// A phone on which nothing runs.
    public init() {}

    /// The page that the owner sees: the latest one whose sandbox runs. While a page starts, the one before it stays.
    public var shown: PageInstance? {
        for number in stack.reversed() {
            if let (app, instance) = find(number), apps[app].instances[instance].closing == nil,
                apps[app].runningSandbox(of: apps[app].instances[instance]) != nil
            {
                return apps[app].instances[instance]
            }
        }
        return nil
    }

    /// The app whose page is shown.
    public var shownApp: Domain? { shown?.page.domain }

    /// Whether the owner uses the app: a page of it is shown, or goes on in the background for a declared reason.
    public func isInUse(_ domain: Domain) -> Bool {
        shownApp == domain || apps.contains { $0.domain == domain && $0.isHeld }
    }

    /// What an app does, or `nil` where nothing of it runs.
    public func condition(of domain: Domain) -> AppCondition? {
        guard let app = index(of: domain).map({ apps[$0] }) else { return nil }
        if app.instances.isEmpty { return app.sandboxes.contains(where: \.isPrepared) ? .prepared : .ending }
        if shownApp == domain { return .shown }
        if app.isFrozen { return .frozen }
        if !app.sandboxes.contains(where: { $0.state == .running }) { return .starting }
        if app.isHeld || app.isKeptAwake { return .background }
        return app.rest == .resting ? .resting : .hidden
    }

    /// The instance of that number, where it lives in this sandbox: what an app says of a page is not trusted.
    public func instance(_ number: InstanceNumber, in sandbox: SandboxNumber) -> PageInstance? {
        find(number, in: sandbox).map { apps[$0.app].instances[$0.place] }
    }

    /// Takes one event and says what is to be done.
    public mutating func handle(_ event: PhoneEvent) -> [PhoneAction] {
        moment += 1
        apply(event)
        settle()
        defer { actions = [] }
        return actions
    }

    private mutating func apply(_ event: PhoneEvent) {
        switch event {
        case .open(let link, let traits, let opener, let asker): open(link, traits, by: opener, asker)
        case .app(let sandbox, let message): hear(message, from: sandbox)
        case .sandboxStarted(let number): change(number) { if $0.state == .starting { $0.state = .running } }
        case .sandboxFailed(let number, let failure): lose(number, .failed(failure))
        case .sandboxEnded(let number, let end):
            lose(number, end == .exited(status: 0) ? .exited : .crashed(end))
        case .timerElapsed(let timer): if timers.remove(timer) != nil { elapse(timer) }
        case .prepare(let domain): prepare(domain)
        case .guestCame(let domain): guests[domain, default: 0] += 1
        case .guestLeft(let domain): guests[domain] = guests[domain].flatMap { $0 > 1 ? $0 - 1 : nil }
        case .close(let target, let asker): close(target, asker)
        case .freeze(let domain, let asker): freeze(domain, asker)
        case .thaw(let domain, let asker): thaw(domain, asker)
        case .backKey: goBack()
        case .memoryShort(let level): trim(level)
        case .appRemoved(let domain): dismiss(domain)
        case .appUpdated(let domain): outdate(domain)
        case .grantRevoked(let domain): if let app = index(of: domain) { endAll(of: app, .revoked) }
        case .shutdown:
            isShuttingDown = true
            crashes = [:]
            for app in apps.indices { closeAll(of: app, .shutdown) }
        }
    }

    mutating func nextNumber<Thing>() -> Number<Thing> {
        numbers += 1
        return Number(numbers)
    }
}

// MARK: What follows from the state

extension Phone {
    private mutating func settle() {
        endUnresponsive()
        startWaiting()
        wake()
        deliver()
        finishClosing()
        endEmptySandboxes()
        rest()
        forgetEnded()
        answerWaiting()
        if isShuttingDown, apps.isEmpty, !hasFinished {
            hasFinished = true
            actions.append(.finished)
        }
        setTimers()
    }

    private mutating func endUnresponsive() {
        for app in apps.indices {
            for instance in apps[app].instances where instance.untaken.count > Self.untakenMax {
                end(instance.number, .unresponsive)
            }
        }
    }

    /// A web host must not start before the one whose files it takes over has ended; and what is installed, granted
    /// or revoked meanwhile must not mix with what was.
    private mutating func startWaiting() {
        for app in apps.indices {
            for place in apps[app].sandboxes.indices where apps[app].sandboxes[place].state == .waiting {
                let waiting = apps[app].sandboxes[place]
                let isBlocked = apps[app].sandboxes.contains { other in
                    other.state != .waiting
                        && (other.isDismissed || (other.content == waiting.content && !other.isMultiple))
                }
                guard !isBlocked else { continue }
                apps[app].sandboxes[place].state = .starting
                actions.append(.startSandbox(waiting.number, apps[app].domain, waiting.content))
            }
        }
    }

    /// Before anything is delivered, so that nothing is delivered to what stands still.
    private mutating func wake() {
        let shownApp = shownApp
        for app in apps.indices {
            if apps[app].domain == shownApp { apps[app].shownAt = moment }
            if isWanted(apps[app]) { apps[app].rest = .awake }
            guard apps[app].isFrozen, apps[app].rest == .awake || apps[app].isClosing else { continue }
            apps[app].isFrozen = false
            actions.append(.thaw(apps[app].domain))
        }
    }

    /// The page that is to be shown comes last: all others have been hidden by then.
    private mutating func deliver() {
        let shown = shown?.number
        for app in apps.indices where !apps[app].isFrozen {
            for place in apps[app].instances.indices where apps[app].instances[place].number != shown {
                deliver(to: place, of: app, isShown: false)
            }
        }
        if let shown, let (app, place) = find(shown) { deliver(to: place, of: app, isShown: true) }
    }

    private mutating func deliver(to place: Int, of app: Int, isShown: Bool) {
        let instance = apps[app].instances[place]
        guard let sandbox = apps[app].runningSandbox(of: instance) else { return }
        for link in instance.links.indices {
            guard let asker = apps[app].instances[place].links[link].asker.take() else { continue }
            actions.append(.answer(asker, .opened(instance.number)))
        }
        guard sandbox.isListening else { return }
        let goal = goal(of: instance, in: apps[app], isShown: isShown)
        // What a page that is being created will get next: it can begin with it.
        let first = instance.links.first?.link
        while let (number, event) = apps[app].instances[place].nextDelivery(towards: goal) {
            actions.append(
                .deliver(
                    Delivery(
                        sandbox: sandbox.number, instance: instance.number, page: instance.page,
                        number: number, event: event, opening: event == .create ? first : nil)))
        }
    }

    private func goal(of instance: PageInstance, in app: RunningApp, isShown: Bool) -> PageStage {
        if instance.closing != nil { return .destroyed }
        if isShown { return .shown }
        if app.rest == .resting { return .stopped }
        // What was stopped has nothing to do before it is shown again; a service always has.
        return instance.stage == .stopped && instance.traits.hasScreen ? .stopped : .started
    }

    private mutating func finishClosing() {
        for app in apps.indices {
            for instance in apps[app].instances {
                guard let reason = instance.closing else { continue }
                if instance.isSettled { remove(instance.number, reason) }
            }
        }
    }

    private mutating func endEmptySandboxes() {
        for app in apps.indices {
            for sandbox in apps[app].sandboxes {
                guard !sandbox.isPrepared,
                    !apps[app].instances.contains(where: { $0.sandbox == sandbox.number })
                else { continue }
                switch sandbox.state {
                case .waiting: apps[app].sandboxes.removeAll { $0.number == sandbox.number }
                // What stands still hears no wish.
                case .running: end(sandbox.number, isForced: sandbox.isForced || apps[app].isFrozen)
                case .starting, .ending: break
                }
            }
        }
    }

    /// Freezes what has been told to rest and has nothing more to say.
    private mutating func rest() {
        for app in apps.indices where apps[app].rest == .resting && !apps[app].isFrozen {
            let sandboxes = apps[app].sandboxes
            guard !sandboxes.isEmpty, sandboxes.allSatisfy({ $0.state == .running }),
                apps[app].instances.allSatisfy(\.isSettled)
            else { continue }
            apps[app].isFrozen = true
            actions.append(.freeze(apps[app].domain))
        }
    }

    private mutating func forgetEnded() {
        for app in apps where app.sandboxes.isEmpty {
            actions.append(.appEnded(app.domain))
            answer(app.freezeAskers, .refused(Self.notRunning(app.domain)))
        }
        apps.removeAll { $0.sandboxes.isEmpty }
    }

    private mutating func answerWaiting() {
        for app in apps.indices where !apps[app].freezeAskers.isEmpty {
            let domain = apps[app].domain
            if apps[app].isFrozen {
                answer(apps[app].freezeAskers, .done)
            } else if apps[app].rest == .awake {
                let refusal = Failure(
                    .appRunning, "cannot freeze \(domain): it is wanted again", hint: "try again later")
                answer(apps[app].freezeAskers, .refused(refusal))
            } else {
                continue
            }
            apps[app].freezeAskers = []
        }
        let waiting = closeAskers
        answer(waiting.filter { !exists($0.awaited) }.map(\.asker), .done)
        closeAskers = waiting.filter { exists($0.awaited) }
    }

    private mutating func setTimers() {
        let wanted = wantedTimers()
        // Sorted by text, so that the same events always give the same actions.
        for timer in timers.subtracting(wanted).sorted(by: { "\($0)" < "\($1)" }) {
            actions.append(.cancelTimer(timer))
        }
        for timer in wanted.subtracting(timers).sorted(by: { "\($0)" < "\($1)" }) {
            actions.append(.startTimer(timer))
        }
        timers = wanted
    }

    /// Whether the app is to run, whatever the time.
    private func isWanted(_ app: RunningApp) -> Bool {
        app.domain == shownApp || app.isHeld || app.isKeptAwake || guests[app.domain] != nil
    }

    /// Everything that somebody waits for, and nothing else.
    private func wantedTimers() -> Set<PhoneTimer> {
        var wanted: Set<PhoneTimer> = []
        for app in apps {
            if app.rest == .awake, !isWanted(app), !app.instances.isEmpty {
                wanted.insert(.grace(app.domain, round: app.graceRound))
            }
            for instance in app.instances where !instance.isLate {
                guard let first = instance.untaken.first else { continue }
                wanted.insert(.taking(instance.number, event: first.number))
            }
            for sandbox in app.sandboxes where sandbox.state == .ending(isForced: false) {
                wanted.insert(.ending(sandbox.number))
            }
        }
        for (domain, count) in crashes { wanted.insert(.forgiving(domain, crashes: count)) }
        return wanted
    }
}
