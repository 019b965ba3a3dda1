internal import YunCore

/// One line that WebKit writes when it is told to write console messages:
/// `URL:LINE:COLUMN: CONSOLE SOURCE LEVEL TEXT`, where URL, its numbers and SOURCE may be missing.
struct ConsoleLine: Equatable {
    /// `log`, `info`, `warn`, `error` or `debug`.
    let level: String
    /// What the message is about; `nil` for what the page itself wrote with `console`.
    let source: String?
    /// URL, line and column.
    let place: String?
    let text: String

    /// The parts of `line`, or `nil` for the second line of a text or for what no console wrote.
    init?(_ line: some StringProtocol) {
        guard let found = Self.marker(in: line) else { return nil }
        var rest = line[found.upperBound...]
        source = Self.take(&rest, Self.sources)
        let type = Self.take(&rest, Self.types)
        // A message of a special type leaves its level out where that is "log".
        guard
            let level = Self.take(&rest, Self.levels.keys).flatMap({ Self.levels[$0] })
                ?? type.map({ _ in "log" })
        else { return nil }
        self.level = level
        text = String(rest)
        let place = line[..<found.lowerBound].dropLast(2)
        let isOurs = place == Self.nativePlace || place.hasPrefix(Bridge.sourcePrefix)
        self.place = place.isEmpty || isOurs ? nil : String(place)
    }

    /// Takes the next word off `rest` if it is one of `words`.
    private static func take<Line: StringProtocol>(_ rest: inout Line, _ words: some Sequence<String>)
        -> String?
    where Line.SubSequence == Line {
        let word = rest.prefix { $0 != " " }
        guard words.contains(where: { $0 == word }) else { return nil }
        rest = rest[word.endIndex...].dropFirst()
        return String(word)
    }

    /// Where `CONSOLE ` stands: at the start, or behind a URL without spaces and a colon.
    private static func marker(in line: some StringProtocol) -> Range<String.Index>? {
        let word = "CONSOLE "
        if line.hasPrefix(word) { return line.startIndex..<line.index(line.startIndex, offsetBy: word.count) }
        let placeEnd =
            line.hasPrefix(nativePlace)
            ? line.index(line.startIndex, offsetBy: nativePlace.count) : line.startIndex
        guard let space = line[placeEnd...].firstIndex(of: " "), space > line.startIndex,
            line[line.index(before: space)] == ":"
        else { return nil }
        let start = line.index(after: space)
        guard line[start...].hasPrefix(word) else { return nil }
        return start..<line.index(start, offsetBy: word.count)
    }

    private static let levels = [
        "LOG": "log", "INFO": "info", "WARN": "warn", "ERROR": "error", "DEBUG": "debug",
    ]
    /// What stands for a place where the caller was the engine itself.
    private static let nativePlace = "[native code]"
    private static let types: Set = [
        "DIR", "DIRXML", "TABLE", "TRACE", "STARTGROUP", "STARTGROUPCOLLAPSED", "ENDGROUP", "CLEAR", "ASSERT",
        "TIMING", "PROFILE", "PROFILEEND", "IMAGE",
    ]
    private static let sources: Set = [
        "XML", "JS", "NETWORK", "STORAGE", "APPCACHE", "RENDERING", "CSS", "SECURITY", "CONTENTBLOCKER",
        "MEDIA",
        "MEDIASOURCE", "WEBRTC", "ITPDEBUG", "PRIVATECLICKMEASUREMENT", "PAYMENTREQUEST", "OTHER",
    ]
}
