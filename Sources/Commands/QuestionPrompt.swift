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
            guard let question = news.question else { return true }
            return try ask(question)
        }
    }

    /// - Returns: false where nothing more can be typed. Questions that come later are for somebody else to show.
    private func ask(_ question: Owner.Question) throws(Failure) -> Bool {
        let language = Locale.name ?? "en"
        let prompt = TerminalPrompt(PromptQuestion(question, language: language))
        // What was typed before the question could be read is no answer to it.
        tcflush(STDIN_FILENO, TCIFLUSH)
        Console.note(prompt.text)
        while let line = readLine() {
            guard let answer = TerminalPrompt.answer(line) else {
                Console.note(prompt.again)
                continue
            }
            try tell(answer, to: question)
            return true
        }
        Console.note("")
        try tell(.notNow, to: question)
        return false
    }

    private func tell(_ answer: OwnerAnswer, to question: Owner.Question) throws(Failure) {
        do throws(Failure) {
            try PageManagerClient.connectIfRunning(root: root)?.call(
                Owner.answer, .init(question: question.number, answer: answer.rawValue))
        } catch  where error.code == .pageEnded {
            Console.note(error.message)
        }
    }
}
