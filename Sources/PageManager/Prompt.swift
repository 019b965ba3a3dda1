internal import Launcher
internal import Lifecycle
internal import PageManagerInterface
internal import Platform
internal import PromptContract
internal import Store
internal import Synchronization
internal import YunCore

/// The page manager's own ways to have a question answered, where no program of the owner's asks: a file that the maker
/// or a test laid down, or a window of the system.
final class Prompt: Sendable {
    private let answersPath: String?
    private let window: PromptProgram?
    private let answer: @Sendable (Int, OwnerAnswer) -> Void

    /// - Parameter answer: told what the owner has said to the question of that number.
    init(
        answersPath: String?, window: PromptProgram?, answer: @escaping @Sendable (Int, OwnerAnswer) -> Void
    ) {
        self.answersPath = answersPath
        self.window = window
        self.answer = answer
    }

    /// Whether a question would find an answer.
    var canAsk: Bool { answersPath != nil || window != nil }

    /// Whether questions are answered here, whoever else shows them.
    var answersAlone: Bool { answersPath != nil }

    /// Who stands behind the answers.
    var answerer: PermissionAnswerer { answersPath == nil ? .owner : .file }

    /// Has a question answered, some time later. One that is being answered already stays as it is.
    func show(_ question: Owner.Question, _ icon: InstalledIcon) {
        guard answersPath != nil || window?.begin(question.number) == true else { return }
        let (answersPath, window, answer) = (answersPath, window, answer)
        do throws(Failure) {
            try Thread {
                do throws(Failure) {
                    if let answersPath {
                        answer(question.number, try AnswerFile(path: answersPath).answer(to: question))
                    } else if let window {
                        answer(question.number, try window.ask(question, icon: icon.read()))
                    }
                } catch { answer(question.number, .notNow) }
            }.detach()
        } catch { answer(question.number, .notNow) }
    }

    /// Takes a question away that nobody waits for any more.
    func withdraw(_ number: Int) { window?.close(number) }
}

/// `yprompt`, one process for each question.
final class PromptProgram: Sendable {
    private let path: String
    private let environment: [String]
    /// What is asked, with its process once there is one.
    private let asked = Mutex<[Int: SpawnedProcess?]>([:])

    /// `nil` where there is no display that it could open a window on.
    init?(_ programs: ProgramDirectory) {
        let own = CurrentProcess.environment
        guard own["WAYLAND_DISPLAY"]?.isEmpty == false else { return nil }
        do throws(Failure) {
            path = try programs.path(of: "yprompt")
        } catch { return nil }
        environment = ["WAYLAND_DISPLAY", "XDG_RUNTIME_DIR", "HOME", "LANG"].compactMap { name in
            own[name].map { "\(name)=\($0)" }
        }
    }

    /// Whether the question is not asked yet; from now on it can be taken away.
    func begin(_ number: Int) -> Bool {
        asked.withLock { asked in
            guard asked.index(forKey: number) == nil else { return false }
            asked.updateValue(nil, forKey: number)
            return true
        }
    }

    /// Waits for the answer. The window ends with the thread that asks.
    /// - Parameter icon: the app's picture; who decodes it gets the bytes that were looked at, and not the file.
    func ask(_ question: Owner.Question, icon: [UInt8]?) throws(Failure) -> OwnerAnswer {
        defer { asked.withLock { _ = $0.removeValue(forKey: question.number) } }
        let language = CurrentProcess.environment["LANG"] ?? "en"
        let input = try Self.file("question", PromptQuestion(question, language: language).json)
        let picture = try Self.file("icon", icon ?? [])
        let null = try OwnedDescriptor.open("/dev/null", .replace(permissions: 0))
        let output = try Pipe()
        let process = try SpawnedProcess(
            [path] + (icon == nil ? [] : ["--icon-descriptor", "3"]), environment: environment,
            descriptors: [input.number, output.writing.number, null.number, picture.number],
            deathSignal: 15)
        let isWanted = asked.withLock { asked in
            guard asked.index(forKey: question.number) != nil else { return false }
            asked.updateValue(process, forKey: question.number)
            return true
        }
        // Taken away while the process began.
        if !isWanted { try process.signal(15) }
        let text = try output.closingWritingEnd().readToEnd(limit: 100, describedAs: "the answer")
        _ = try process.wait()
        return OwnerAnswer(rawValue: String(decoding: text.prefix { $0 != 10 }, as: UTF8.self)) ?? .notNow
    }

    private static func file(_ name: String, _ bytes: [UInt8]) throws(Failure) -> OwnedDescriptor {
        let file = try OwnedDescriptor.memoryFile(name)
        try file.write(bytes)
        try file.seek(to: 0)
        return file
    }

    func close(_ number: Int) {
        do throws(Failure) {
            try asked.withLock { $0.removeValue(forKey: number) ?? nil }?.signal(15)
        } catch {
            // It has ended.
        }
    }
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
