internal import FoundationEssentials
internal import Glibc
internal import Platform
internal import Synchronization
internal import YunCore

/// The two outputs of the tool: data goes to standard output, talk to standard error.
enum Console {
    private static let usesColor: Bool = {
        let isPlain = CurrentProcess.variable("NO_COLOR").map { !$0.isEmpty } ?? false
        return !isPlain && CurrentProcess.variable("TERM") != "dumb"
            && CurrentProcess.isTerminal(STDERR_FILENO)
    }()

    static func data(_ text: String) {
        write(text + "\n", to: STDOUT_FILENO)
    }

    static func note(_ text: String) {
        write(text + "\n", to: STDERR_FILENO)
    }

    static func warning(_ text: String) {
        note(styled("warning:", "33;1") + " " + text)
    }

    static func report(_ failure: Failure) {
        note(styled("error:", "31;1") + " " + failure.message)
        if let hint = failure.hint { note(styled("hint:", "36;1") + " " + hint) }
    }

    /// Prints a value for programs: keys sorted, one spelling.
    static func json(_ value: some Encodable) throws(Failure) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        do {
            data(String(decoding: try encoder.encode(value), as: UTF8.self))
        } catch {
            throw Failure(.internalError, "cannot write JSON: \(error)")
        }
    }

    /// Empties the terminal on standard output.
    static func clearScreen() { write("\u{1B}[H\u{1B}[2J", to: STDOUT_FILENO) }

    /// Writes rows of text with aligned columns.
    static func table(_ rows: [[String]]) {
        let counts = rows.map { $0.map(\.count) }
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in counts.map { $0[column] }.max() ?? 0 }
        var text = ""
        for (row, counts) in zip(rows, counts) {
            for (column, cell) in row.enumerated() {
                text += cell
                let isLast = column == row.count - 1
                text += isLast ? "\n" : String(repeating: " ", count: widths[column] - counts[column] + 2)
            }
        }
        write(text, to: STDOUT_FILENO)
    }

    private static func styled(_ text: String, _ style: String) -> String {
        usesColor ? "\u{1B}[\(style)m\(text)\u{1B}[0m" : text
    }

    private static func write(_ text: String, to number: Int32) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(number, $0.baseAddress, $0.count) }
            if count < 0, errno != EINTR {
                // A reader that closed the pipe, as `head` does, wants no more. Talk that is lost is lost.
                guard number == STDOUT_FILENO, errno != EPIPE else { return }
                report(.system("cannot write the output"))
                exit(FailureCode.inputOutput.exitStatus)
            }
            bytes = bytes.dropFirst(max(0, count))
        }
    }
}

/// A line that shows how far a long step has come; only on a terminal, and only once half a second has passed.
final class ProgressBar: Sendable {
    private struct State {
        var doneBytes = 0
        var totalBytes: Int
        var shownAt = 0
        var isShown = false
    }

    private let label: String
    private let isEnabled = CurrentProcess.isTerminal(STDERR_FILENO)
    private let startedAt = CurrentProcess.monotonicNanoseconds
    private let state: Mutex<State>

    init(_ label: String, totalBytes: Int) {
        self.label = label
        state = Mutex(State(totalBytes: totalBytes))
    }

    /// Adds to what has been done, from any thread.
    func advance(_ bytes: Int) {
        state.withLock { state in
            state.doneBytes += bytes
            show(&state)
        }
    }

    /// Sets what has been done, and of how much, where that is not known at first.
    func set(_ bytes: Int, of totalBytes: Int) {
        state.withLock { state in
            state.doneBytes = bytes
            state.totalBytes = totalBytes
            show(&state)
        }
    }

    /// Removes the line.
    func finish() {
        state.withLock { state in
            if state.isShown { draw("\r\u{1B}[K") }
            state.isShown = false
        }
    }

    private func show(_ state: inout State) {
        let now = CurrentProcess.monotonicNanoseconds
        guard isEnabled, now - startedAt > 500_000_000, now - state.shownAt > 50_000_000 else { return }
        state.shownAt = now
        state.isShown = true
        let share = state.totalBytes > 0 ? min(1, Double(state.doneBytes) / Double(state.totalBytes)) : 1
        let width = 30
        let filled = Int(share * Double(width))
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
        draw("\r\u{1B}[K\(label) \(bar) \(Int(share * 100)) %")
    }

    private func draw(_ text: String) {
        let bytes = Array(text.utf8)
        _ = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
