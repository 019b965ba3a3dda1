internal import Launcher
internal import Lifecycle
internal import Manifest
internal import PageManagerInterface
internal import Platform
internal import Signing
internal import Store
internal import YunCore

// MARK: What the owner is asked

extension Core {
    /// Asks the owner, if somebody can. `reply` hears it once.
    func askOwner(
        for permission: Permission, method: String, of domain: Domain,
        _ reply: @escaping @Sendable (Result<OwnerAnswer, Failure>) -> Void
    ) {
        let asker = nextAsker()
        questionAskers[asker] = reply
        let isShown = phone.shownApp == domain
        handle(.ask(domain, permission, method: method, isShown: isShown, asker))
    }

    /// Somebody shows questions from now on.
    func addPrompter(_ inbox: Inbox<Owner.QuestionsReply>) {
        let isFirst = prompters.isEmpty
        prompters[ObjectIdentifier(inbox)] = inbox
        for shown in shownQuestions.values { inbox.send(Owner.QuestionsReply(question: shown.question)) }
        if isFirst { updatePrompter() }
    }

    func removePrompter(_ inbox: Inbox<Owner.QuestionsReply>) {
        prompters[ObjectIdentifier(inbox)] = nil
        updatePrompter()
        guard prompters.isEmpty, manager.prompt.canAsk else { return }
        // What only the program showed that has gone, nobody would answer.
        for shown in shownQuestions.values { manager.prompt.show(shown.question, shown.icon) }
    }

    /// The owner's answer to a question, from whoever showed it.
    func answer(_ number: Int, _ answer: OwnerAnswer) -> Failure? {
        guard shownQuestions[number] != nil else {
            return Failure(.pageEnded, "question \(number) needs no answer any more")
        }
        handle(.answered(QuestionNumber(number), answer))
        return nil
    }

    func isGrantedOnce(_ permission: Permission, to domain: Domain) -> Bool {
        grantedOnce[domain]?.contains(permission) ?? false
    }

    /// Whether anybody can ask the owner now.
    func updatePrompter() {
        let canAsk = !prompters.isEmpty || manager.prompt.canAsk
        guard canAsk != hasPrompter else { return }
        hasPrompter = canAsk
        handle(canAsk ? QuestionEvent.prompterCame : .prompterLeft)
    }

    func handle(_ event: QuestionEvent) {
        for action in questions.handle(event) { perform(action) }
    }

    private func perform(_ action: QuestionAction) {
        switch action {
        case .show(let question): show(question)
        case .withdraw(let number):
            shownQuestions[number.value] = nil
            manager.prompt.withdraw(number.value)
            for inbox in prompters.values { inbox.send(Owner.QuestionsReply(withdrawn: number.value)) }
        case .remember(let domain, let permission, let answer): remember(answer, to: permission, of: domain)
        case .startTimer(let number):
            start(.question(number), milliseconds: Questions.deadlineMilliseconds)
        case .cancelTimer(let number): cancel(.question(number))
        case .allow(let asker, let answer): questionAskers.removeValue(forKey: asker)?(.success(answer))
        case .deny(let asker, let failure): questionAskers.removeValue(forKey: asker)?(.failure(failure))
        }
    }

    private func remember(_ answer: OwnerAnswer, to permission: Permission, of domain: Domain) {
        if answer == .once { grantedOnce[domain, default: []].insert(permission) }
        guard let kept = PermissionAnswer(rawValue: answer.rawValue) else { return }
        let answerer = manager.prompt.answerer
        do throws(Failure) {
            try manager.registry.withLock { registry throws(Failure) in
                try registry.answer(kept, to: permission, of: domain, by: answerer, at: CurrentProcess.now)
            }
        } catch { manager.announce(error) }
    }

    private func show(_ question: Question) {
        guard let package = package(of: question.domain) else { return }
        let shown = Owner.Question(question, package)
        shownQuestions[question.number.value] = (shown, package.icon)
        for inbox in prompters.values { inbox.send(Owner.QuestionsReply(question: shown)) }
        // A program that asks comes before a window of ours: it is where the owner looks.
        if prompters.isEmpty || manager.prompt.answersAlone { manager.prompt.show(shown, package.icon) }
    }
}

extension Owner.Question {
    init(_ question: Question, _ package: InstalledPackage) {
        let manifest = package.manifest
        let reason = manifest.permissions.first { $0.permission == question.permission }?.reason
        let terms = question.permission.terms
        self.init(
            number: question.number.value, app: question.domain.name, title: manifest.title.texts,
            publisher: Self.publisher(of: package), signingClass: package.app.signingClass,
            permission: question.permission.fullName, permissionTitle: terms.title.texts,
            permissionWords: terms.sentence.texts, reason: reason?.texts,
            icon: (manifest.mainPage?.icon).map { package.directory.path(of: "tree/" + $0.text) })
    }

    private static func publisher(of package: InstalledPackage) -> String {
        do throws(Failure) {
            return try package.publisher().id.description
        } catch { return "unknown" }
    }
}
