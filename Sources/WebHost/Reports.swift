internal import CWebKitGTK
internal import Platform
internal import YunCore

/// What the host says on standard error: one line each, `KIND WHERE: TEXT` (`spec/web-host.md`, Reports).
enum ReportKind: String {
    /// What a page wrote to its console; the level follows.
    case console
    /// An error that nothing in the page caught.
    case uncaught
    /// Something that pages may not do, and that did not happen.
    case refused
    /// A file, a page or a process that did not do what it should.
    case failed
    /// What the engine itself had to say.
    case engine
}

/// Writes reports. Everything that a page had a hand in is escaped and cut, so that it can neither drive a
/// terminal nor pass for a line of the host; beyond a rate lines are counted instead of written.
final class Reporter {
    static let textLengthMax = 1000
    static let whereLengthMax = 300
    static let linesPerSecondMax = 200
    private static let rememberedMax = 256

    private let output: OwnedDescriptor
    private let now: () -> Int
    private var remembered: Set<String> = []
    private var second = 0
    private var lines = 0

    /// - Parameter now: seconds of a clock that only goes forward.
    init(output: consuming OwnedDescriptor, now: @escaping () -> Int) {
        self.output = output
        self.now = now
    }

    /// Writes one line.
    func report(_ kind: ReportKind, level: String? = nil, at place: String? = nil, _ text: String) {
        var line = kind.rawValue
        for part in [level, place?.abbreviated(to: Self.whereLengthMax).escaped] {
            if let part { line += " " + part }
        }
        write(line + ": " + text.abbreviated(to: Self.textLengthMax).escaped)
    }

    /// Writes one line, but not a second time: a page that tries again and again says nothing new.
    ///
    /// - Parameter findPlace: is asked where `place` is not known and the line is written.
    func reportOnce(
        _ kind: ReportKind, at place: String? = nil, _ text: String, findPlace: () -> String? = { nil }
    ) {
        let key = "\(kind.rawValue) \(place ?? ""): \(text)".abbreviated(to: Self.textLengthMax)
        guard remembered.count < Self.rememberedMax, remembered.insert(key).inserted else { return }
        report(kind, at: place ?? findPlace(), text)
    }

    /// Writes a failure of the host with its hint.
    func report(_ failure: Failure) {
        write("error: " + failure.message)
        if let hint = failure.hint { write("hint: " + hint) }
    }

    /// Says how many lines were left out; for the end of the program.
    func flush() {
        if lines > Self.linesPerSecondMax {
            put("engine: \(lines - Self.linesPerSecondMax) more lines were left out")
        }
        lines = 0
    }

    private func write(_ line: String) {
        let current = now()
        if current != second {
            flush()
            second = current
        }
        lines += 1
        if lines <= Self.linesPerSecondMax { put(line) }
    }

    private func put(_ line: String) {
        // Nobody is left to tell when standard error itself cannot be written.
        do throws(Failure) { try output.write(Array((line + "\n").utf8)) } catch {}
    }
}

/// Since the machine started.
func monotonicMilliseconds() -> Int { Int(g_get_monotonic_time() / 1000) }
