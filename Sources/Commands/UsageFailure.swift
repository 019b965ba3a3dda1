internal import ArgumentParser
internal import YunCore

extension Ypkg {
    /// What is wrong with the command line, in the form of every other failure; `nil` where an error is none, such as a
    /// request for help.
    static func usageFailure(_ error: any Error) -> Failure? {
        guard exitCode(for: error) == .validationFailure else { return nil }
        let arguments = CommandLine.arguments.dropFirst()
        if let name = arguments.first, !name.hasPrefix("-"), !subcommandNames.contains(name) {
            let guess = subcommandNames.first { name.isTyping(of: $0) }
            return Failure(
                .usage, "there is no command \(name.escaped)",
                hint: guess.map { "did you mean: ypkg \($0)" } ?? "see the commands: ypkg --help")
        }
        // The names that an option takes stand in one line.
        let message = message(for: error).replacing(":\n  - ", with: ": ").replacing("\n  - ", with: ", ")
            .escapingLines
        if arguments.first == Run.configuration.commandName, !arguments.contains("--"),
            message.contains("unexpected argument")
        {
            return Failure(
                .usage, message, hint: "what the app is given goes behind --: ypkg run APP -- ARGS")
        }
        // The usage of the subcommand that was meant stands only in the text that the library would print.
        let usage = fullMessage(for: error).split(separator: "\n").first { $0.hasPrefix("Usage: ") }
        return Failure(.usage, message, hint: usage.map { String($0.dropFirst("Usage: ".count)) })
    }

    private static var subcommandNames: [String] {
        configuration.subcommands.compactMap { $0.configuration.commandName } + ["help"]
    }
}

extension String {
    /// Whether `name` becomes this by one letter more, less, other, or two exchanged.
    fileprivate func isTyping(of name: String) -> Bool {
        let (typed, meant) = (Array(utf8), Array(name.utf8))
        let start = zip(typed, meant).prefix { $0 == $1 }.count
        let (typedRest, meantRest) = (typed[start...], meant[start...])
        return typedRest.dropFirst() == meantRest || typedRest == meantRest.dropFirst()
            || typedRest.dropFirst() == meantRest.dropFirst()
            || (typedRest.prefix(2).reversed() == Array(meantRest.prefix(2))
                && typedRest.dropFirst(2) == meantRest.dropFirst(2))
    }

    /// On one line, with what the user typed made printable.
    fileprivate var escapingLines: String {
        split(separator: "\n").map(\.escaped).joined(separator: " ")
    }
}
