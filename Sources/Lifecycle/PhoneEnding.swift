internal import YunCore

// MARK: Ending

extension Phone {
    mutating func close(_ target: CloseTarget, _ asker: AskerNumber) {
        switch target {
        case .instance(let number):
            guard find(number) != nil else {
                let refusal = Failure(
                    .appNotRunning, "no page \(number) runs", hint: "ypkg ps lists what runs")
                return actions.append(.answer(asker, .refused(refusal)))
            }
            close(number, .closed)
            closeAskers.append((asker, .instance(number)))
        case .app(let domain):
            guard let app = index(of: domain) else {
                return actions.append(.answer(asker, .refused(Self.notRunning(domain))))
            }
            closeAll(of: app, .closed)
            closeAskers.append((asker, .sandboxes(apps[app].sandboxes.map(\.number))))
        }
    }

    /// An app that was removed may be installed again, and has a clean record then.
    mutating func dismiss(_ domain: Domain) {
        crashes[domain] = nil
        if let app = index(of: domain) { closeAll(of: app, .removed) }
    }

    /// Begins the end of a page: it is told, and has until a deadline to take it.
    mutating func close(_ number: InstanceNumber, _ reason: EndReason) {
        guard let (app, place) = find(number), apps[app].instances[place].closing == nil else { return }
        apps[app].instances[place].closing = reason
        apps[app].instances[place].holds = []
        refuseLinks(of: place, in: app, reason)
    }

    /// Begins the end of all that runs now of an app. What is opened from now on waits for it.
    mutating func closeAll(of app: Int, _ reason: EndReason) {
        for place in apps[app].sandboxes.indices { apps[app].sandboxes[place].isDismissed = true }
        for instance in apps[app].instances { close(instance.number, reason) }
    }

    /// Ends all that runs of an app without a word to it: it would have time to go on with what it may no longer do.
    mutating func endAll(of app: Int, _ reason: EndReason) {
        for sandbox in apps[app].sandboxes { end(sandbox: sandbox.number, of: app, reason) }
    }

    /// Ends the sandbox of a page that no longer listens.
    mutating func end(_ number: InstanceNumber, _ reason: EndReason) {
        guard let (app, place) = find(number) else { return }
        end(sandbox: apps[app].instances[place].sandbox, of: app, reason)
    }

    private mutating func end(sandbox number: SandboxNumber, of app: Int, _ reason: EndReason) {
        for instance in apps[app].instances where instance.sandbox == number {
            remove(instance.number, reason)
        }
        change(number) {
            $0.isDismissed = true
            $0.isForced = true
        }
        switch apps[app].sandbox(number)?.state {
        case .running, .ending(isForced: false): end(number, isForced: true)
        default: break
        }
    }

    mutating func end(_ number: SandboxNumber, isForced: Bool) {
        change(number) { $0.state = .ending(isForced: isForced) }
        actions.append(.endSandbox(number, isForced: isForced))
    }

    /// A sandbox is gone, as it was told to or not.
    mutating func lose(_ number: SandboxNumber, _ reason: EndReason) {
        guard let app = index(of: number), let sandbox = apps[app].sandbox(number), sandbox.state != .waiting
        else {
            return
        }
        let lost = apps[app].instances.filter { $0.sandbox == number }
        for instance in lost { remove(instance.number, instance.closing ?? reason) }
        apps[app].sandboxes.removeAll { $0.number == number }
        if case .exited = reason { return }
        if lost.contains(where: { $0.closing == nil }) {
            crashes[apps[app].domain, default: 0] += 1
        }
    }

    mutating func remove(_ number: InstanceNumber, _ reason: EndReason) {
        guard let (app, place) = find(number) else { return }
        refuseLinks(of: place, in: app, reason)
        let instance = apps[app].instances.remove(at: place)
        stack.removeAll { $0 == number }
        actions.append(.pageEnded(number, instance.page, reason))
    }

    private mutating func refuseLinks(of place: Int, in app: Int, _ reason: EndReason) {
        let refusal = reason.refusal(of: apps[app].instances[place].page)
        answer(apps[app].instances[place].links.compactMap(\.asker), .refused(refusal))
        apps[app].instances[place].links = []
    }

    /// The page decides; one that does not listen, or not in time, is closed.
    mutating func goBack() {
        guard let shown, let (app, place) = find(shown.number) else { return }
        let isListening = apps[app].sandbox(shown.sandbox)?.isListening == true
        guard isListening, !shown.isLate else { return close(shown.number, .closed) }
        if !shown.isAskedBack { apps[app].instances[place].hasBackKey = true }
    }

    /// An app that is hidden ends now or when it would be frozen; one that is used goes on until then.
    mutating func outdate(_ domain: Domain) {
        crashes[domain] = nil
        guard let app = index(of: domain) else { return }
        for place in apps[app].sandboxes.indices {
            apps[app].sandboxes[place].isOutdated = true
            if apps[app].sandboxes[place].isPrepared { apps[app].sandboxes[place].isDismissed = true }
        }
        if apps[app].rest == .resting { closeOutdated(of: app) }
    }

    mutating func closeOutdated(of app: Int) {
        for place in apps[app].sandboxes.indices where apps[app].sandboxes[place].isOutdated {
            apps[app].sandboxes[place].isDismissed = true
            let sandbox = apps[app].sandboxes[place].number
            for instance in apps[app].instances where instance.sandbox == sandbox {
                close(instance.number, .updated)
            }
        }
    }
}

// MARK: Time and memory

extension Phone {
    mutating func elapse(_ timer: PhoneTimer) {
        switch timer {
        case .grace(let domain, _): if let app = index(of: domain) { rest(app) }
        case .taking(let number, _):
            guard let (app, place) = find(number) else { return }
            apps[app].instances[place].isLate = true
            if apps[app].instances[place].isAskedBack { close(number, .closed) }
        case .ending(let sandbox): end(sandbox, isForced: true)
        case .forgiving(let domain, _): crashes[domain] = nil
        }
    }

    private mutating func rest(_ app: Int) {
        apps[app].rest = .resting
        closeOutdated(of: app)
    }

    mutating func freeze(_ domain: Domain, _ asker: AskerNumber) {
        guard let app = index(of: domain) else {
            return actions.append(.answer(asker, .refused(Self.notRunning(domain))))
        }
        guard !isShown(domain) else {
            let refusal = Failure(
                .appRunning, "cannot freeze \(domain): it is being shown",
                hint: "open another page or go back first")
            return actions.append(.answer(asker, .refused(refusal)))
        }
        // The owner's word ends what the app had declared.
        for place in apps[app].instances.indices { apps[app].instances[place].holds = [] }
        apps[app].isKeptAwake = false
        apps[app].freezeAskers.append(asker)
        rest(app)
    }

    mutating func thaw(_ domain: Domain, _ asker: AskerNumber) {
        guard let app = index(of: domain) else {
            return actions.append(.answer(asker, .refused(Self.notRunning(domain))))
        }
        apps[app].isKeptAwake = true
        actions.append(.answer(asker, .done))
    }

    /// Tells what runs; what is frozen was told to stop before and can be ended without a word, the longest unseen first.
    mutating func trim(_ level: MemoryLevel) {
        giveUpPrepared()
        for app in apps.indices where !apps[app].isFrozen {
            for place in apps[app].instances.indices where apps[app].instances[place].stage != .new {
                apps[app].instances[place].trim = max(level, apps[app].instances[place].trim ?? level)
            }
        }
        guard level == .critical else { return }
        let frozen = apps.indices.filter { apps[$0].isFrozen && !apps[$0].instances.isEmpty }
        if let app = frozen.min(by: { apps[$0].shownAt < apps[$1].shownAt }) { endAll(of: app, .memoryShort) }
    }
}

// MARK: Looking up

extension Phone {
    func index(of domain: Domain) -> Int? { apps.firstIndex { $0.domain == domain } }

    func index(of sandbox: SandboxNumber) -> Int? { apps.firstIndex { $0.sandbox(sandbox) != nil } }

    func find(_ number: InstanceNumber) -> (app: Int, place: Int)? {
        for app in apps.indices {
            if let place = apps[app].instances.firstIndex(where: { $0.number == number }) {
                return (app, place)
            }
        }
        return nil
    }

    /// The instance, where it is one of the sandbox that speaks of it.
    func find(_ number: InstanceNumber, in sandbox: SandboxNumber) -> (app: Int, place: Int)? {
        guard let (app, place) = find(number), apps[app].instances[place].sandbox == sandbox else {
            return nil
        }
        return (app, place)
    }

    func isShown(_ domain: Domain) -> Bool { shownApp == domain }

    func exists(_ awaited: AwaitedEnd) -> Bool {
        switch awaited {
        case .instance(let number): find(number) != nil
        case .sandboxes(let numbers): numbers.contains { index(of: $0) != nil }
        }
    }

    mutating func change(_ number: SandboxNumber, _ change: (inout AppSandbox) -> Void) {
        for app in apps.indices {
            for place in apps[app].sandboxes.indices where apps[app].sandboxes[place].number == number {
                change(&apps[app].sandboxes[place])
            }
        }
    }

    mutating func answer(_ askers: [AskerNumber], _ answer: Answer) {
        for asker in askers { actions.append(.answer(asker, answer)) }
    }

    static func notRunning(_ domain: Domain) -> Failure {
        Failure(.appNotRunning, "\(domain) does not run", hint: "ypkg ps lists what runs")
    }
}
