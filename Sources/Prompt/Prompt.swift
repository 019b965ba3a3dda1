internal import CGTK
internal import Lifecycle
internal import Platform
internal import PromptContract
internal import YunCore

/// Asks the owner one question in a window of the system (`spec/pages.md`, Prompts).
public enum Prompt {
    /// Reads the question from standard input, shows it and writes the answer to standard output. Runs on the thread that
    /// called it, which must be the process's first.
    ///
    /// - Parameter arguments: without the program's name.
    /// - Returns: the exit status.
    public static func run(_ arguments: [String]) -> Int32 {
        if arguments == [IconDecoder.argument] { return IconDecoder.run() }
        do throws(Failure) {
            let arguments = try PromptArguments(arguments)
            let question = try PromptQuestion(json: questionText())
            // Decoded while the toolkit starts, which takes as long.
            let icon = arguments.iconDescriptor.flatMap { IconDecoding(OwnedDescriptor(owning: $0)) }
            guard gtk_init_check(nil, nil) != 0 else {
                throw Failure(
                    .unavailable, "there is no display to ask on", hint: "set WAYLAND_DISPLAY or DISPLAY")
            }
            let window = PromptWindow(
                question, icon: icon?.pixels(), gateMilliseconds: arguments.gateMilliseconds)
            if let path = arguments.screenshot {
                try window.takePicture(path)
            } else {
                try OwnedDescriptor(owning: 1).write(Array("\(window.ask().rawValue)\n".utf8))
            }
            return 0
        } catch {
            let hint = error.hint.map { "hint: \($0)\n" } ?? ""
            do throws(Failure) {
                try OwnedDescriptor(owning: 2).write(Array("error: \(error.message)\n\(hint)".utf8))
            } catch {
                // Nobody listens; the status says it.
            }
            return error.code.exitStatus
        }
    }

    private static func questionText() throws(Failure) -> [UInt8] {
        do throws(Failure) {
            return try OwnedDescriptor(owning: 0)
                .readToEnd(limit: PromptQuestion.bytesMax, describedAs: "the question")
        } catch {
            throw Failure(.inputUnreadable, error.message)
        }
    }
}
