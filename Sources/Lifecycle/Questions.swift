public import YunCore

/// Names a question to the owner.
public typealias QuestionNumber = Number<Question>

/// Whether an app may use a permission, asked of the owner.
public struct Question: Sendable, Hashable {
    /// Names it.
    public let number: QuestionNumber
    /// Who wants it.
    public let domain: Domain
    /// What is wanted.
    public let permission: Permission
    /// What the app was about to do, the broker's method.
    public let method: String
}

/// What the owner says.
public enum OwnerAnswer: String, Sendable, CaseIterable {
    case once
    case whileInUse = "while-in-use"
    case always
    case never
    /// Neither yes nor no: the question was put away.
    case notNow = "not-now"

    /// Whether the app may do what it was about to.
    public var isYes: Bool { self == .once || self == .whileInUse || self == .always }
    /// Whether the answer also holds for the next time.
    public var isRemembered: Bool { self == .whileInUse || self == .always || self == .never }
}

/// What happens to questions.
public enum QuestionEvent: Sendable {
    /// An app needs a permission that nobody has decided on. `isShown` is whether the owner sees a page of it.
    case ask(Domain, Permission, method: String, isShown: Bool, AskerNumber)
    case answered(QuestionNumber, OwnerAnswer)
    /// Whoever shows questions is there from now on.
    case prompterCame
    case prompterLeft
    case deadline(QuestionNumber)
    case appHidden(Domain)
    case appEnded(Domain)
}

/// What is to be done, in this order.
public enum QuestionAction: Sendable {
    case show(Question)
    /// The question is answered, or nobody waits for it any more.
    case withdraw(QuestionNumber)
    /// To be kept before the next action, so that what was answered cannot be forgotten.
    case remember(Domain, Permission, OwnerAnswer)
    case startTimer(QuestionNumber)
    case cancelTimer(QuestionNumber)
    case allow(AskerNumber, OwnerAnswer)
    case deny(AskerNumber, Failure)
}

/// The questions that wait for the owner, one at a time for each app (`spec/pages.md`, Questions).
public struct Questions: Sendable {
    /// Questions of one app that wait behind the shown one.
    public static let waitingMax = 8
    /// Times that the owner puts a question away before it is not asked again in the app's life.
    public static let dismissalsMax = 2
    /// Callers of one app that wait for an answer.
    public static let askersMax = 64

    /// How long a question is shown.
    public static let deadlineMilliseconds = 120_000

    private struct Pending {
        let question: Question
        var askers: [AskerNumber]
        var isShown = false
    }

    private struct Subject: Hashable {
        let domain: Domain
        let permission: Permission
    }

    private var pending: [Pending] = []
    private var dismissals: [Subject: Int] = [:]
    private var hasPrompter = false
    private var numbers = 0
    private var actions: [QuestionAction] = []

    /// No question, and nobody to show one.
    public init() {}

    /// Takes one event and says what is to be done.
    public mutating func handle(_ event: QuestionEvent) -> [QuestionAction] {
        defer { actions = [] }
        switch event {
        case .ask(let domain, let permission, let method, let isShown, let asker):
            ask(Subject(domain: domain, permission: permission), method, isShown: isShown, asker)
        case .answered(let number, let answer):
            // The owner may answer while the question is withdrawn; that answer is for nothing.
            if let place = pending.firstIndex(where: { $0.question.number == number && $0.isShown }) {
                close(place, answer)
            }
        case .prompterCame: hasPrompter = true
        case .prompterLeft:
            hasPrompter = false
            withdraw("nobody can ask the owner") { _ in true }
        case .deadline(let number):
            if let place = pending.firstIndex(where: { $0.question.number == number && $0.isShown }) {
                close(place, .notNow)
            }
        case .appHidden(let domain): withdraw("the app was hidden before the owner answered") { $0 == domain }
        case .appEnded(let domain):
            withdraw("the app has ended") { $0 == domain }
            dismissals = dismissals.filter { $0.key.domain != domain }
        }
        showNext()
        return actions
    }

    private mutating func ask(_ subject: Subject, _ method: String, isShown: Bool, _ asker: AskerNumber) {
        let place = pending.firstIndex {
            $0.question.domain == subject.domain && $0.question.permission == subject.permission
        }
        let own = pending.filter { $0.question.domain == subject.domain }
        let reason: String? =
            if !isShown {
                "questions are asked while a page of the app is shown"
            } else if !hasPrompter {
                "nobody can ask the owner"
            } else if dismissals[subject, default: 0] >= Self.dismissalsMax {
                "the owner put the question away"
            } else if own.reduce(0, { $0 + $1.askers.count }) >= Self.askersMax
                || (place == nil && own.count > Self.waitingMax)
            {
                "too many questions of the app wait"
            } else {
                nil
            }
        if let reason { return deny([asker], subject.domain, subject.permission, reason) }
        if let place { return pending[place].askers.append(asker) }
        numbers += 1
        let question = Question(
            number: Number(numbers), domain: subject.domain, permission: subject.permission, method: method)
        pending.append(Pending(question: question, askers: [asker]))
    }

    private mutating func close(_ place: Int, _ answer: OwnerAnswer) {
        let closed = pending.remove(at: place)
        let question = closed.question
        actions += [.cancelTimer(question.number), .withdraw(question.number)]
        if answer.isRemembered { actions.append(.remember(question.domain, question.permission, answer)) }
        if answer == .notNow {
            dismissals[Subject(domain: question.domain, permission: question.permission), default: 0] += 1
        }
        if answer.isYes { return actions += closed.askers.map { .allow($0, answer) } }
        let reason = answer == .never ? "the owner said never" : "the owner put the question away"
        deny(closed.askers, question.domain, question.permission, reason)
    }

    private mutating func withdraw(_ reason: String, _ isMeant: (Domain) -> Bool) {
        let meant = pending.filter { isMeant($0.question.domain) }
        pending.removeAll { isMeant($0.question.domain) }
        for gone in meant {
            let number = gone.question.number
            if gone.isShown { actions += [.cancelTimer(number), .withdraw(number)] }
            deny(gone.askers, gone.question.domain, gone.question.permission, reason)
        }
    }

    private mutating func showNext() {
        var busy: Set<Domain> = []
        for place in pending.indices where busy.insert(pending[place].question.domain).inserted {
            guard !pending[place].isShown else { continue }
            pending[place].isShown = true
            actions += [.show(pending[place].question), .startTimer(pending[place].question.number)]
        }
    }

    private mutating func deny(
        _ askers: [AskerNumber], _ domain: Domain, _ permission: Permission, _ reason: String
    ) {
        let failure = Failure(
            .permissionDenied, "\(domain) may not use \(permission.rawValue): \(reason)",
            hint: "the owner can say ypkg permissions \(domain) grant \(permission.rawValue)")
        actions += askers.map { .deny($0, failure) }
    }
}
