internal import Glibc
internal import Launcher
internal import Lifecycle
internal import Manifest
internal import PageManagerInterface
internal import Platform
internal import Sandbox
internal import Store
internal import YunCore

/// Owns all that runs. Lives on one thread, to which the others send orders.
final class Core {
    /// What the other threads send.
    typealias Order = @Sendable (Core) -> Void

    /// An app of which something runs.
    private struct AppRecord {
        let package: InstalledPackage
        let services: AppServices
        let group = AppGroup()
        var session: Owner.Session
        var since: [InstanceNumber: Int] = [:]
    }

    private struct Place: Hashable {
        let domain: Domain
        let content: AppSandbox.Content

        init(_ traits: PageTraits) {
            self.init(traits.uri.domain, traits.kind == .web ? .webHost : .program(traits.uri))
        }

        init(_ domain: Domain, _ content: AppSandbox.Content) {
            self.domain = domain
            self.content = content
        }
    }

    /// What is waited for.
    enum CoreTimer: Hashable {
        case phone(PhoneTimer)
        case question(QuestionNumber)
    }

    let manager: PageManager
    private(set) var phone = Phone()
    private var apps: [Domain: AppRecord] = [:]
    private var sandboxes: [SandboxNumber: RunningSandbox] = [:]
    private var foregrounds: [Place: ForegroundRun] = [:]
    /// The latest package that was opened of each running app.
    private var next: [Domain: InstalledPackage] = [:]
    private var guestCount = 0
    /// Of which apps somebody runs a program at a terminal.
    private var guests: [SandboxNumber: Domain] = [:]
    /// Guests that are to be ended as soon as they have started.
    private var unwanted: Set<SandboxNumber> = []
    private var askers: [AskerNumber: @Sendable (Answer) -> Void] = [:]
    private var timers = TimerQueue<CoreTimer>()
    private var askerCount = 0
    private var isFinished = false

    var questions = Questions()
    var questionAskers: [AskerNumber: @Sendable (Result<OwnerAnswer, Failure>) -> Void] = [:]
    var prompters: [ObjectIdentifier: Inbox<Owner.QuestionsReply>] = [:]
    var shownQuestions: [Int: (question: Owner.Question, icon: InstalledIcon)] = [:]
    var grantedOnce: [Domain: Set<Permission>] = [:]
    var hasPrompter = false

    init(_ manager: PageManager) { self.manager = manager }

    /// Carries out orders until all has ended after a shutdown.
    func run(_ inbox: Inbox<Order>) {
        updatePrompter()
        while !isFinished {
            for order in inbox.receive(until: timers.next) { order(self) }
            for timer in timers.takeElapsed(at: CurrentProcess.monotonicNanoseconds) {
                switch timer {
                case .phone(let timer): handle(.timerElapsed(timer))
                case .question(let number): handle(QuestionEvent.deadline(number))
                }
            }
        }
    }

    /// Takes an event to which somebody waits for an answer.
    func ask(
        _ reply: @escaping @Sendable (Answer) -> Void, _ event: (AskerNumber) throws(Failure) -> PhoneEvent
    ) {
        let asker = nextAsker()
        do throws(Failure) {
            let event = try event(asker)
            askers[asker] = reply
            handle(event)
        } catch { reply(.refused(error)) }
    }

    func nextAsker() -> AskerNumber {
        askerCount += 1
        return AskerNumber(askerCount)
    }

    /// Takes an event and does what follows from it.
    func handle(_ event: PhoneEvent) {
        let before = phone.shownApp
        for action in phone.handle(event) { perform(action) }
        if let before, phone.shownApp != before { handle(QuestionEvent.appHidden(before)) }
    }

    func start(_ timer: CoreTimer, milliseconds: Int) {
        timers.start(timer, at: CurrentProcess.monotonicNanoseconds + milliseconds * 1_000_000)
    }

    func cancel(_ timer: CoreTimer) { timers.cancel(timer) }

    /// From what an app runs.
    func package(of domain: Domain) -> InstalledPackage? { apps[domain]?.package }

    private func perform(_ action: PhoneAction) {
        switch action {
        case .startSandbox(let number, let domain, let content): start(number, domain, content)
        case .endSandbox(let number, let isForced): end(number, isForced: isForced)
        case .deliver(let delivery): sandboxes[delivery.sandbox]?.endpoint.events.send(delivery)
        case .freeze(let domain): freeze(domain, true)
        case .thaw(let domain): freeze(domain, false)
        case .startTimer(let timer):
            start(.phone(timer), milliseconds: manager.settings.times.milliseconds(of: timer))
        case .cancelTimer(let timer): cancel(.phone(timer))
        case .answer(let asker, let answer): askers.removeValue(forKey: asker)?(answer)
        case .pageEnded(let number, let page, let reason):
            apps[page.domain]?.since[number] = nil
            manager.log.add(
                .manager, "\(page) \(reason.words)", app: page.domain.name, instance: number.value)
        case .appEnded(let domain):
            // Threads of its connections may come to their end a moment later, and whoever removes it does not wait for them.
            if !guests.values.contains(domain) { apps[domain]?.package.use?.endUse() }
            apps[domain] = nil
            next[domain] = nil
            grantedOnce[domain] = nil
            handle(QuestionEvent.appEnded(domain))
        case .finished: isFinished = true
        }
    }

    /// Notes what an app is started from, before a page of it is opened. What runs already goes on as it is.
    func prepare(_ package: InstalledPackage, _ session: Owner.Session) throws(Failure) {
        let domain = package.app.domain
        // While something of the app runs, all of it is one release; an open page of an ending one comes after it.
        let isRunning = sandboxes.values.contains { $0.domain == domain }
        if isRunning || apps[domain]?.package.release == package.release { return next[domain] = package }
        apps[domain] = AppRecord(package: package, services: try AppServices(package), session: session)
    }

    /// What a new sandbox is started from.
    private func record(of domain: Domain) throws(Failure) -> AppRecord? {
        guard let package = next[domain], let record = apps[domain],
            record.package.release != package.release,
            !sandboxes.values.contains(where: { $0.domain == domain })
        else { return apps[domain] }
        let renewed = AppRecord(package: package, services: try AppServices(package), session: record.session)
        apps[domain] = renewed
        return renewed
    }

    /// Whether the page's program runs, or its app's web host.
    func isRunning(_ traits: PageTraits) -> Bool {
        let place = Place(traits)
        return phone.apps.contains { app in
            app.domain == place.domain && app.sandboxes.contains { $0.content == place.content }
        }
    }

    /// The next sandbox for this page is somebody's at a terminal.
    func expect(_ foreground: ForegroundRun, of traits: PageTraits) throws(Failure) {
        guard !isRunning(traits) else {
            throw Failure(
                .appRunning, "\(traits.uri) runs already",
                hint: "end it: ypkg stop \(traits.uri.domain); or go to it: ypkg open \(traits.uri)")
        }
        foregrounds[Place(traits)] = foreground
        // Who waits for it at a terminal would wait for what is frozen.
        handle(.guestCame(traits.uri.domain))
    }

    /// Nothing was started for it.
    func giveUp(_ foreground: ForegroundRun, of traits: PageTraits) {
        guard foregrounds[Place(traits)] === foreground else { return }
        foregrounds[Place(traits)] = nil
        handle(.guestLeft(traits.uri.domain))
    }

    private func start(_ number: SandboxNumber, _ domain: Domain, _ content: AppSandbox.Content) {
        let foreground = foregrounds.removeValue(forKey: Place(domain, content))
        if foreground != nil { guests[number] = domain }
        do throws(Failure) {
            guard let app = try record(of: domain) else {
                throw Failure(.internalError, "nothing is known of \(domain)")
            }
            SandboxLaunch(
                manager: manager, number: number, services: app.services, group: app.group, content: content,
                session: app.session, foreground: foreground, guestPage: nil
            ).begin()
        } catch {
            // Answered later, for this event is not done yet.
            manager.order { $0.sandboxFailed(number, error) }
        }
    }

    /// Starts what is no page: a developer's shell, a picture of a page, or a program of the app beside its page.
    func startGuest(
        _ package: InstalledPackage, page: PageURI, _ session: Owner.Session, _ foreground: ForegroundRun
    ) throws(Failure) -> SandboxNumber {
        let services: AppServices
        if let running = apps[package.app.domain]?.services {
            services = running
        } else {
            services = try AppServices(package)
        }
        guestCount -= 1
        let number = SandboxNumber(guestCount)
        guests[number] = package.app.domain
        // Before it is launched into the app's control groups, where it would stand still with the rest.
        handle(.guestCame(package.app.domain))
        SandboxLaunch(
            manager: manager, number: number, services: services,
            group: apps[package.app.domain]?.group ?? AppGroup(),
            content: .program(page), session: session, foreground: foreground, guestPage: page
        ).begin()
        return number
    }

    /// Something was installed, updated or removed.
    func notice(_ current: InstalledRelease?, of domain: Domain) {
        guard let record = apps[domain] else { return }
        if let current {
            if record.package.release != current { handle(.appUpdated(domain)) }
        } else {
            handle(.appRemoved(domain))
        }
    }

    /// Whoever ran it at a terminal has gone.
    func endRun(_ instance: Int) {
        if instance < 0 {
            let number = SandboxNumber(instance)
            if sandboxes[number] == nil { unwanted.insert(number) }
            end(number, isForced: true)
        } else {
            ask({ _ in }) { .close(.instance(InstanceNumber(instance)), $0) }
        }
    }

    /// Sends a signal to what somebody runs at a terminal.
    func signal(_ instance: Int, _ signal: Int32) -> Failure? {
        let sandbox =
            instance < 0
            ? SandboxNumber(instance)
            : phone.apps.flatMap(\.instances).first { $0.number.value == instance }?.sandbox
        guard let running = sandbox.flatMap({ sandboxes[$0] }) else {
            return Failure(.pageUnknown, "no instance \(instance) runs", hint: "see what does: ypkg ps")
        }
        do throws(Failure) {
            try running.process.signal(signal)
            return nil
        } catch { return error }
    }

    func sandboxFailed(_ number: SandboxNumber, _ failure: Failure) {
        unwanted.remove(number)
        let isOfPage =
            number.value < 0 || phone.apps.contains { $0.instances.contains { $0.sandbox == number } }
        if !isOfPage { note(failure) }
        guestLeft(number)
        if number.value > 0 { handle(.sandboxFailed(number, failure)) }
    }

    private func guestLeft(_ number: SandboxNumber) {
        if let domain = guests.removeValue(forKey: number) { handle(.guestLeft(domain)) }
    }

    func sandboxStarted(_ number: SandboxNumber, _ running: RunningSandbox) {
        sandboxes[number] = running
        if unwanted.remove(number) != nil { end(number, isForced: true) }
        if number.value > 0 { handle(.sandboxStarted(number)) }
    }

    func sandboxEnded(_ number: SandboxNumber, _ end: SandboxEnd) {
        sandboxes[number] = nil
        guestLeft(number)
        if number.value > 0 { handle(.sandboxEnded(number, end)) }
    }

    private func end(_ number: SandboxNumber, isForced: Bool) {
        do throws(Failure) {
            try isForced ? sandboxes[number]?.process.kill() : sandboxes[number]?.process.signal(SIGTERM)
        } catch { note(error) }
    }

    private func freeze(_ domain: Domain, _ isFrozen: Bool) {
        do throws(Failure) {
            if isFrozen { apps[domain]?.services.noteFreezing(true) }
            try apps[domain]?.group.freeze(isFrozen)
            if !isFrozen { apps[domain]?.services.noteFreezing(false) }
        } catch { manager.log.add(.manager, error.message, app: domain.name) }
    }

    private func note(_ failure: Failure) { manager.announce(failure) }
}

// MARK: What is told of it

extension Core {
    /// The pages that run, oldest first.
    func pages() -> [Owner.Page] {
        phone.apps.flatMap { app in app.instances.map { page($0, of: app) } }.sorted {
            $0.instance < $1.instance
        }
    }

    /// What the running apps use; what they have sent and received is somebody else's to know.
    func usages() -> [Owner.Usage] {
        phone.apps.compactMap { app in
            guard let record = apps[app.domain] else { return nil }
            var usage = AppUsage()
            do throws(Failure) {
                usage = try record.group.usage()
            } catch { note(error) }
            return Owner.Usage(
                app: app.domain.name,
                title: record.package.manifest.title.text(forLocale: record.session.locale ?? ""),
                state: .init(phone.condition(of: app.domain) ?? .ending), pages: app.instances.count,
                memory: usage.memoryBytes,
                processor: usage.processorMicroseconds, processes: usage.processes, received: 0, sent: 0)
        }
    }

    /// The session that an app was opened from.
    func session(of domain: Domain) -> Owner.Session {
        apps[domain]?.session ?? Owner.Session()
    }

    /// A delivery as it travels.
    func event(of delivery: Delivery) -> App.Page.WatchReply {
        var event = App.Page.WatchReply(
            number: delivery.number, instance: delivery.instance.value, event: .create)
        switch delivery.event {
        case .create:
            let page = apps[delivery.page.domain]?.package.manifest.page(named: delivery.page.name)
            event.content = page?.contentPath.text
            event.title = page?.title.text(forLocale: session(of: delivery.page.domain).locale ?? "")
            event.link = delivery.opening.map { Link($0) } ?? Link(uri: delivery.page.description)
        case .start: event.event = .start
        case .show: event.event = .show
        case .hide: event.event = .hide
        case .stop: event.event = .stop
        case .destroy: event.event = .destroy
        case .link(let link):
            event.event = .link
            event.link = Link(link)
        case .trimMemory(let level):
            event.event = .trimMemory
            event.level = .init(level)
        case .backKey: event.event = .backKey
        }
        return event
    }

    private func page(_ instance: PageInstance, of app: RunningApp) -> Owner.Page {
        let page = apps[app.domain]?.package.manifest.page(named: instance.page.name)
        let sandbox = app.sandboxes.first { $0.number == instance.sandbox }
        return Owner.Page(
            instance: instance.number.value, uri: instance.page.description, app: app.domain.name,
            title: page?.title.text(forLocale: apps[app.domain]?.session.locale ?? "") ?? "",
            kind: .init(instance.traits.kind), state: state(of: instance, in: sandbox), frozen: app.isFrozen,
            holds: instance.holds.map(\.rawValue).sorted(),
            process: sandboxes[instance.sandbox].map { Int($0.process.processID) }, since: 0)
    }

    private func state(of instance: PageInstance, in sandbox: AppSandbox?) -> Owner.Page.State {
        if instance.closing != nil { return .ending }
        guard sandbox?.state == .running else { return .starting }
        return switch instance.stage {
        // Its program listens to nothing, so it was told nothing.
        case .new where phone.shown?.number == instance.number: .shown
        case .new: instance.traits.hasScreen ? .hidden : .started
        case .created: .created
        case .started: instance.traits.hasScreen ? .hidden : .started
        case .shown: .shown
        case .stopped: .stopped
        case .destroyed: .ending
        }
    }
}
