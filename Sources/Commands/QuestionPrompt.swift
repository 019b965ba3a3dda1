internal import Glibc
internal import Lifecycle
internal import PageManagerClient
internal import PageManagerInterface
internal import Platform
internal import PromptContract
internal import Synchronization
internal import Varlink
internal import YunCore

/// Answers apps' questions on the terminal.
struct QuestionPrompt {
    private let client: Client
    private let root: String

    init(_ client: Client, root: String) {
        self.client = client
        self.root = root
    }

    func run() throws(Failure) {
        guard CurrentProcess.isTerminal(STDIN_FILENO) else {
            throw Failure(
                .usage, "there is no terminal to ask on",
                hint: "start pagemanagerd with --answers FILE instead")
        }
        Console.note("waiting for questions; Ctrl-C ends it")
        try client.stream(Owner.questions, Nothing()) { news, _ throws(Failure) in
            if let question = news.question { try ask(question) }
            return true
        }
    }

    private func ask(_ question: Owner.Question) throws(Failure) {
        let language = Locale.name(in: CurrentProcess.environment) ?? "en"
        let prompt = TerminalPrompt(PromptQuestion(question, language: language))
        Console.note(prompt.text)
        while let line = readLine() {
            guard let answer = TerminalPrompt.answer(line) else {
                Console.note(prompt.again)
                continue
            }
            return try tell(Owner.AnswerParameters(question: question.number, answer: answer.rawValue))
        }
        try tell(Owner.AnswerParameters(question: question.number, answer: OwnerAnswer.notNow.rawValue))
    }

    private func tell(_ answer: Owner.AnswerParameters) throws(Failure) {
        do throws(Failure) {
            try PageManagerClient.connectIfRunning(root: root)?.call(Owner.answer, answer)
        } catch  where error.code == .pageEnded {
            Console.note(error.message)
        }
    }
}
