internal import Lifecycle
internal import PageManagerInterface
internal import Platform
internal import Store
internal import Synchronization
internal import YunCore

/// The page manager's own ways to have a question answered, where no program of the owner's asks: a file that the maker
/// or a test laid down, or a window.
final class Prompt: Sendable {
    private let answersPath: String?
    private let answer: @Sendable (Int, OwnerAnswer) -> Void

    init(answersPath: String?, answer: @escaping @Sendable (Int, OwnerAnswer) -> Void) {
        self.answersPath = answersPath
        self.answer = answer
    }

    /// Whether a question would find an answer.
    var canAsk: Bool { answersPath != nil }

    /// Whether questions are answered here, whoever else shows them.
    var answersAlone: Bool { answersPath != nil }

    /// Who stands behind the answers.
    var answerer: PermissionAnswerer { answersPath == nil ? .owner : .file }

    func show(_ question: Owner.Question) {
        guard let answersPath else { return }
        let answer = answer
        do throws(Failure) {
            // Not at once: whoever shows it is still about it.
            try Thread {
                do throws(Failure) {
                    answer(question.number, try AnswerFile(path: answersPath).answer(to: question))
                } catch { answer(question.number, .notNow) }
            }.detach()
        } catch { answer(question.number, .notNow) }
    }

    func withdraw(_: Int) {}
}

/// Lines of `DOMAIN PERMISSION ANSWER`; the first that fits counts, and `*` fits everything.
struct AnswerFile {
    private let lines: [[Substring]]

    init(path: String) throws(Failure) {
        let bytes = try OwnedDescriptor.open(path, .read).readToEnd(limit: 1 << 20, describedAs: path)
        lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
            .map { $0.split(separator: " ") }.filter { $0.first?.hasPrefix("#") == false }
        for line in lines where line.count != 3 || OwnerAnswer(rawValue: String(line[2])) == nil {
            let words = OwnerAnswer.allCases.map(\.rawValue).joined(separator: ", ")
            throw Failure(
                .inputUnreadable,
                "\(path.escaped) has a line that is no answer: \(line.joined(separator: " ").escaped)",
                hint: "write DOMAIN PERMISSION ANSWER, the answer one of \(words)")
        }
    }

    func answer(to question: Owner.Question) -> OwnerAnswer {
        let name = question.permission.prefix { $0 != "." }
        let line = lines.first { line in
            (line[0] == "*" || line[0] == question.app) && (line[1] == "*" || line[1] == name)
        }
        return line.flatMap { OwnerAnswer(rawValue: String($0[2])) } ?? .notNow
    }
}
