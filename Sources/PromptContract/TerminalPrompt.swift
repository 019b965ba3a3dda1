public import Lifecycle
internal import YunCore

/// A question on a terminal.
public struct TerminalPrompt: Sendable {
    /// What to print before each answer is read.
    public let text: String
    /// What to print where the answer was none.
    public let again: String

    /// The question in its own language.
    public init(_ question: PromptQuestion) {
        let words = PromptWords(question)
        var lines = [
            "\(words.app) (\(words.domain))", "    \(words.publisher)", words.asks, "    \(words.permission)",
            "    \(words.sentence)",
        ]
        if !words.reason.isEmpty { lines += [words.appSays, "    “\(words.reason)”"] }
        for (number, choice) in words.choices.enumerated() {
            lines.append("  \((number + 1) % words.choices.count)  \(choice.text)")
        }
        text = lines.joined(separator: "\n") + "\n" + words.question
        again = words.again
    }

    /// What a line that was typed means, or `nil` where it is no answer. An empty one is not now: who only presses Enter has
    /// not agreed to anything.
    public static func answer(_ line: String) -> OwnerAnswer? {
        let numbered: [String: OwnerAnswer] = [
            "": .notNow, "0": .notNow, "1": .once, "2": .whileInUse, "3": .always, "4": .never,
        ]
        let word = line.filter { !$0.isWhitespace }
        return numbered[word] ?? OwnerAnswer(rawValue: word)
    }
}
