internal import YunCore

// MARK: Opening

extension Phone {
    mutating func open(_ link: PageLink, _ traits: PageTraits, by opener: Opener, _ asker: AskerNumber) {
        if let refusal = refusal(of: link, traits, by: opener) {
            return actions.append(.answer(asker, .refused(refusal)))
        }
        let app = index(of: link.page.domain) ?? start(link.page.domain)
        let place: Int
        if !traits.isMultiple, let running = openInstance(of: link.page, in: app) {
            place = running
        } else {
            guard apps[app].instances.count < Self.instancesMax else {
                return refuseBusy(
                    link, asker, "has \(Self.instancesMax) open pages", "close some of them first")
            }
            place = add(traits, to: app)
        }
        guard makeRoom(in: place, of: app) else {
            return refuseBusy(
                link, asker, "has not taken the last \(Self.linksMax) links",
                "if it hangs, end it with ypkg stop \(link.page.domain)")
        }
        apps[app].instances[place].links.append(.init(link: link, asker: asker))
        if traits.hasScreen { bringToFront(apps[app].instances[place].number) }
        // What a hidden app asks of itself does not keep it from its rest.
        guard asking(opener) != link.page.domain || isShown(link.page.domain) else { return }
        apps[app].rest = .awake
        apps[app].graceRound += 1
    }

    private func refusal(of link: PageLink, _ traits: PageTraits, by opener: Opener) -> Failure? {
        guard !isShuttingDown else {
            return Failure(
                .pageEnded, "cannot open \(link.page): the page manager is ending", hint: "open it again")
        }
        guard traits.uri == link.page else {
            return Failure(.internalError, "\(link.page) was looked up as \(traits.uri)")
        }
        guard link.event == PageLink.defaultEvent || traits.events.contains(link.event) else {
            return Failure(
                .pageNotAllowed, "\(link.page) does not take the event \(link.event)",
                hint: "its manifest names the events that it takes")
        }
        guard opener != .owner else { return nil }
        guard let domain = asking(opener) else {
            return Failure(.pageNotAllowed, "cannot open \(link.page): who asks has ended")
        }
        if !isShown(domain) {
            let isOwnService = domain == link.page.domain && !traits.hasScreen
            guard isOwnService, index(of: domain).map({ apps[$0].rest == .awake }) == true else {
                return Failure(
                    .pageNotAllowed, "\(domain) cannot open \(link.page) while it is hidden",
                    hint: "open pages while one of yours is shown, or notify the owner")
            }
        }
        guard crashes[link.page.domain, default: 0] < Self.crashesMax else {
            return Failure(
                .pageNotAllowed,
                "\(link.page) is not opened for apps: it crashed \(Self.crashesMax) times in a row",
                hint: "the owner can open it, and read why with ypkg logs \(link.page.domain)")
        }
        return nil
    }

    private mutating func refuseBusy(_ link: PageLink, _ asker: AskerNumber, _ what: String, _ hint: String) {
        actions.append(.answer(asker, .refused(Failure(.pageBusy, "\(link.page) \(what)", hint: hint))))
    }

    private func asking(_ opener: Opener) -> Domain? {
        switch opener {
        case .owner: nil
        case .app(let sandbox): index(of: sandbox).map { apps[$0].domain }
        case .guest(let domain): domain
        }
    }

    private mutating func start(_ domain: Domain) -> Int {
        apps.append(RunningApp(domain))
        return apps.count - 1
    }

    private func openInstance(of page: PageURI, in app: Int) -> Int? {
        apps[app].instances.firstIndex { $0.page == page && $0.closing == nil }
    }

    /// Whether one more link fits. Where no program listens, the oldest gives way: nobody misses it.
    private mutating func makeRoom(in place: Int, of app: Int) -> Bool {
        let instance = apps[app].instances[place]
        guard instance.openLinkCount >= Self.linksMax else { return true }
        guard let sandbox = apps[app].runningSandbox(of: instance), !sandbox.isListening else { return false }
        apps[app].instances[place].links.removeFirst()
        return true
    }

    private mutating func add(_ traits: PageTraits, to app: Int) -> Int {
        let content: AppSandbox.Content = traits.kind == .web ? .webHost : .program(traits.uri)
        let sandbox =
            sandboxToJoin(content, of: app) ?? addSandbox(content, isMultiple: traits.isMultiple, to: app)
        change(sandbox) { $0.isPrepared = false }
        apps[app].instances.append(PageInstance(nextNumber(), traits, in: sandbox))
        return apps[app].instances.count - 1
    }

    private func sandboxToJoin(_ content: AppSandbox.Content, of app: Int) -> SandboxNumber? {
        guard content == .webHost else { return nil }
        return apps[app].sandboxes.first { sandbox in
            guard sandbox.content == content, !sandbox.isDismissed else { return false }
            if case .ending = sandbox.state { return false }
            return true
        }?.number
    }

    /// A hint: what is frozen stays so, and there is nothing to prepare where a web host runs.
    mutating func prepare(_ domain: Domain) {
        guard !isShuttingDown else { return }
        let known = index(of: domain)
        if let known, apps[known].isFrozen || sandboxToJoin(.webHost, of: known) != nil { return }
        giveUpPrepared()
        let sandbox = addSandbox(.webHost, isMultiple: false, to: known ?? start(domain))
        change(sandbox) { $0.isPrepared = true }
    }

    /// What was prepared and not used ends.
    mutating func giveUpPrepared() {
        for app in apps.indices {
            for place in apps[app].sandboxes.indices { apps[app].sandboxes[place].isPrepared = false }
        }
    }

    private mutating func addSandbox(
        _ content: AppSandbox.Content, isMultiple: Bool, to app: Int
    ) -> SandboxNumber {
        var sandbox = AppSandbox(nextNumber(), content, isMultiple: isMultiple && content != .webHost)
        // It will run the release that its app runs.
        sandbox.isOutdated = apps[app].sandboxes.contains { $0.isOutdated && !$0.isDismissed }
        apps[app].sandboxes.append(sandbox)
        return sandbox.number
    }

    private mutating func bringToFront(_ number: InstanceNumber) {
        stack.removeAll { $0 == number }
        stack.append(number)
    }
}

// MARK: What apps say

extension Phone {
    mutating func hear(_ message: AppMessage, from sandbox: SandboxNumber) {
        switch message {
        case .attach(let asker): attach(sandbox, asker)
        case .hangUp: hangUp(sandbox)
        case .taken(let number, let event, let isHandled):
            guard let (app, place) = find(number, in: sandbox) else { return }
            let isBack = apps[app].instances[place].take(upTo: event, isHandled: isHandled)
            if isBack { close(number, .closed) }
        case .holdBegan(let number, let reason, let asker): hold(number, reason, asker, sandbox)
        case .holdEnded(let number, let reason):
            guard let (app, place) = find(number, in: sandbox) else { return }
            apps[app].instances[place].holds.remove(reason)
        case .close(let number): if find(number, in: sandbox) != nil { close(number, .closed) }
        }
    }

    /// Once in a sandbox's life: what a second listener should be told of the past has no answer.
    private mutating func attach(_ sandbox: SandboxNumber, _ asker: AskerNumber) {
        let known = index(of: sandbox).flatMap { apps[$0].sandbox(sandbox) }
        // A program may be faster than the news of its start.
        guard let known, known.state == .running || known.state == .starting, known.watch == .never else {
            let refusal = Failure(
                .pageNotAllowed, "a page's events can be listened to once", hint: "keep the first connection")
            return actions.append(.answer(asker, .refused(refusal)))
        }
        change(sandbox) { $0.watch = .attached }
        actions.append(.answer(asker, .done))
    }

    /// What it had not taken nobody will take now.
    private mutating func hangUp(_ sandbox: SandboxNumber) {
        guard let app = index(of: sandbox), apps[app].sandbox(sandbox)?.watch == .attached else { return }
        change(sandbox) { $0.watch = .hungUp }
        for place in apps[app].instances.indices where apps[app].instances[place].sandbox == sandbox {
            let isAskedBack = apps[app].instances[place].isAskedBack
            apps[app].instances[place].untaken = []
            apps[app].instances[place].isLate = false
            if isAskedBack { close(apps[app].instances[place].number, .closed) }
        }
    }

    private mutating func hold(
        _ number: InstanceNumber, _ reason: BackgroundReason, _ asker: AskerNumber, _ sandbox: SandboxNumber
    ) {
        guard let (app, place) = find(number, in: sandbox), apps[app].instances[place].closing == nil,
            apps[app].instances[place].traits.backgroundReasons.contains(reason)
        else {
            let refusal = Failure(
                .pageNotAllowed, "the page cannot go on in the background for \(reason.rawValue)",
                hint: "name the reason under the page's background in the manifest")
            return actions.append(.answer(asker, .refused(refusal)))
        }
        apps[app].instances[place].holds.insert(reason)
        actions.append(.answer(asker, .done))
    }
}
