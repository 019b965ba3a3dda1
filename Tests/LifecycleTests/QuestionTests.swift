import Lifecycle
import Testing
import YunCore

@Suite struct QuestionTests {
    private static let shop = Pages.home.uri.domain
    private static let notes = Pages.notes.uri.domain

    /// Actions as words, `show 1 CAMERA`, `allow 2 once`.
    private struct TestQuestions {
        var questions = Questions()
        var askers = 0

        init(hasPrompter: Bool = true) { if hasPrompter { send(.prompterCame) } }

        @discardableResult
        mutating func send(_ event: QuestionEvent) -> [String] { questions.handle(event).map(words) }

        mutating func ask(_ permission: Permission, _ domain: Domain = shop, isShown: Bool = true) -> [String]
        {
            askers += 1
            return send(.ask(domain, permission, method: "m", isShown: isShown, AskerNumber(askers)))
        }

        mutating func answer(_ number: Int, _ answer: OwnerAnswer) -> [String] {
            send(.answered(QuestionNumber(number), answer))
        }

        private func words(_ action: QuestionAction) -> String {
            switch action {
            case .show(let question): "show \(question.number) \(question.permission.rawValue)"
            case .withdraw(let number): "withdraw \(number)"
            case .remember(_, let permission, let answer):
                "remember \(permission.rawValue) \(answer.rawValue)"
            case .startTimer(let number): "timer \(number)"
            case .cancelTimer(let number): "cancel \(number)"
            case .allow(let asker, let answer): "allow \(asker) \(answer.rawValue)"
            case .deny(let asker, let failure):
                "deny \(asker): " + (failure.message.split(separator: ": ").last.map(String.init) ?? "")
            }
        }
    }

    @Test(
        "L-60: an answer is remembered where it holds for the next time, before anybody hears of it",
        arguments: [
            (.once, ["allow 1 once"]),
            (.whileInUse, ["remember CAMERA while-in-use", "allow 1 while-in-use"]),
            (.always, ["remember CAMERA always", "allow 1 always"]),
            (.never, ["remember CAMERA never", "deny 1: the owner said never"]),
            (.notNow, ["deny 1: the owner put the question away"]),
        ] as [(OwnerAnswer, [String])])
    func answers(_ answer: OwnerAnswer, _ actions: [String]) {
        var questions = TestQuestions()
        #expect(questions.ask(.camera) == ["show 1 CAMERA", "timer 1"])
        #expect(questions.answer(1, answer) == ["cancel 1", "withdraw 1"] + actions)
        #expect(questions.answer(1, .always) == [], "an answer to nothing")
    }

    @Test("L-61: equal questions are one, and others of the app wait for it; another app's do not")
    func joining() {
        var questions = TestQuestions()
        _ = questions.ask(.camera)
        #expect(questions.ask(.camera) == [])
        #expect(questions.ask(.location) == [])
        #expect(questions.ask(.camera, Self.notes) == ["show 3 CAMERA", "timer 3"])
        #expect(
            questions.answer(1, .once)
                == ["cancel 1", "withdraw 1", "allow 1 once", "allow 2 once", "show 2 LOCATION", "timer 2"])
        #expect(questions.answer(2, .once).contains("allow 3 once"))
    }

    @Test("L-61: a question that is not shown yet cannot be answered")
    func early() {
        var questions = TestQuestions()
        _ = questions.ask(.camera)
        _ = questions.ask(.location)
        #expect(questions.answer(2, .always) == [])
        #expect(questions.send(.deadline(QuestionNumber(2))) == [])
    }

    @Test(
        "L-62: without a prompter, from a hidden app and after its end it is denied, with the reason, and not remembered"
    )
    func nobody() {
        var questions = TestQuestions(hasPrompter: false)
        #expect(questions.ask(.camera) == ["deny 1: nobody can ask the owner"])
        questions.send(.prompterCame)
        #expect(
            questions.ask(.camera, isShown: false)
                == ["deny 2: questions are asked while a page of the app is shown"])
        _ = questions.ask(.camera)
        _ = questions.ask(.location)
        #expect(
            questions.send(.prompterLeft)
                == [
                    "cancel 1", "withdraw 1", "deny 3: nobody can ask the owner",
                    "deny 4: nobody can ask the owner",
                ])
        questions.send(.prompterCame)
        _ = questions.ask(.camera)
        #expect(
            questions.send(.appHidden(Self.shop))
                == ["cancel 3", "withdraw 3", "deny 5: the app was hidden before the owner answered"])
        _ = questions.ask(.camera)
        #expect(
            questions.send(.appEnded(Self.shop)) == ["cancel 4", "withdraw 4", "deny 6: the app has ended"])
        #expect(questions.send(.appEnded(Self.notes)) == [])
    }

    @Test(
        "L-63: a question that was put away twice is not asked again in the app's life; time over is put away, too"
    )
    func dismissals() {
        var questions = TestQuestions()
        _ = questions.ask(.camera)
        _ = questions.answer(1, .notNow)
        _ = questions.ask(.camera)
        #expect(
            questions.send(.deadline(QuestionNumber(2)))
                == ["cancel 2", "withdraw 2", "deny 2: the owner put the question away"])
        #expect(questions.ask(.camera) == ["deny 3: the owner put the question away"])
        #expect(questions.ask(.location).count == 2, "another permission is another question")
        questions.send(.appEnded(Self.shop))
        #expect(questions.ask(.camera).first == "show 4 CAMERA")
    }

    @Test("L-64: no more than 64 callers of an app wait")
    func manyCallers() {
        var questions = TestQuestions()
        for _ in 1...64 { _ = questions.ask(.camera) }
        #expect(questions.ask(.camera) == ["deny 65: too many questions of the app wait"])
        #expect(questions.ask(.location) == ["deny 66: too many questions of the app wait"])
        #expect(questions.ask(.camera, Self.notes).count == 2, "another app is not held up")
        #expect(questions.answer(1, .once).count == 66)
    }

    @Test(
        "L-60 to L-64: whatever happens in whatever order, every caller is answered once and no question is left behind"
    )
    func anyOrder() {
        for seed in 0..<UInt64(1500) {
            var dice = Dice(state: seed)
            var world = QuestionWorld()
            for _ in 0..<60 where world.fault == nil { world.happen(&dice) }
            world.finish()
            guard let fault = world.fault else { continue }
            Issue.record("seed \(seed): \(fault)\n\(world.story.map { "\($0)" }.joined(separator: "\n"))")
            return
        }
    }
}

/// The prompter, the apps and the store of answers, played by the test.
private struct QuestionWorld {
    var questions = Questions()
    var fault: String?
    var story: [Any] = []
    var waiting: [AskerNumber: (domain: Domain, permission: Permission)] = [:]
    var shown: [QuestionNumber: Question] = [:]
    var timers: Set<QuestionNumber> = []
    var hasPrompter = false
    var dismissed: [String: Int] = [:]
    var askers = 0

    mutating func expect(_ truth: Bool, _ text: @autoclosure () -> String) {
        if !truth, fault == nil { fault = text() }
    }

    mutating func happen(_ dice: inout Dice) {
        let domain = (Pages.all.randomElement(using: &dice) ?? Pages.home).uri.domain
        let number = QuestionNumber(.random(in: 1...max(1, askers), using: &dice))
        let candidates = shown.keys.sorted() + [number]
        let target = candidates.randomElement(using: &dice) ?? number
        switch Int.random(in: 0..<20, using: &dice) {
        case 0..<9:
            askers += 1
            let permission = Permission.allCases.randomElement(using: &dice) ?? .camera
            waiting[AskerNumber(askers)] = (domain, permission)
            let isShown = Int.random(in: 0..<8, using: &dice) > 0
            send(.ask(domain, permission, method: "m", isShown: isShown, AskerNumber(askers)), nil)
        case 9..<15:
            let answer = OwnerAnswer.allCases.randomElement(using: &dice) ?? .notNow
            send(.answered(target, answer), answer)
        case 15: send(.deadline(target), .notNow)
        case 16: send(.appHidden(domain), nil)
        case 17:
            send(.appEnded(domain), nil)
            dismissed = dismissed.filter { !$0.key.hasPrefix(domain.name) }
        case 18:
            hasPrompter = true
            send(.prompterCame, nil)
        default:
            if Int.random(in: 0..<4, using: &dice) == 0 {
                hasPrompter = false
                send(.prompterLeft, nil)
            }
        }
        expect(timers == Set(shown.keys), "timers are not those of what is shown")
        expect(Set(shown.values.map(\.domain)).count == shown.count, "two questions of one app")
        let asking = Set(shown.values.map(\.domain))
        expect(waiting.values.allSatisfy { asking.contains($0.domain) }, "somebody waits for no question")
    }

    mutating func send(_ event: QuestionEvent, _ answer: OwnerAnswer?) {
        story.append(event)
        var remembered: OwnerAnswer?
        for action in questions.handle(event) {
            story.append(action)
            switch action {
            case .show(let question):
                expect(hasPrompter, "shows to nobody")
                expect(shown.updateValue(question, forKey: question.number) == nil, "shows twice")
                let subject = "\(question.domain) \(question.permission)"
                expect(dismissed[subject, default: 0] < 2, "shows what was put away twice")
            case .withdraw(let number):
                let question = shown.removeValue(forKey: number)
                expect(question != nil, "withdraws what is not shown")
                if answer == .notNow, let question {
                    dismissed["\(question.domain) \(question.permission)", default: 0] += 1
                }
            case .startTimer(let number): expect(timers.insert(number).inserted, "two timers")
            case .cancelTimer(let number): expect(timers.remove(number) != nil, "cancels no timer")
            case .remember(_, _, let kept):
                expect(kept == answer && kept.isRemembered, "remembers what was not said")
                remembered = kept
            case .allow(let asker, let given):
                expect(waiting.removeValue(forKey: asker) != nil, "answers nobody")
                expect(given == answer && given.isYes, "allows what was not allowed")
                expect(given == .once || remembered == given, "allows before it is kept")
            case .deny(let asker, _):
                expect(waiting.removeValue(forKey: asker) != nil, "answers nobody")
                expect(
                    answer != .once && answer != .always && answer != .whileInUse, "denies what was allowed")
            }
        }
    }

    mutating func finish() {
        send(.prompterLeft, nil)
        expect(waiting.isEmpty && shown.isEmpty && timers.isEmpty, "something is left")
    }
}
