/// A language that pages and messages are written in; the raw value is its tag (BCP 47).
public enum Language: String, Sendable, CaseIterable {
    case english = "en"
    case chinese = "zh"

    /// The one that an `Accept-Language` field asks for first (RFC 9110, 12.5.4); English where it asks for neither.
    public init(accepting field: String) {
        var best: (language: Language, quality: Double)?
        for part in field.split(separator: ",").prefix(20) {
            let pieces = part.split(separator: ";").map { $0.filter { !$0.isWhitespace } }
            guard let tag = pieces.first?.lowercased().prefix(2),
                let language = Language(rawValue: String(tag))
            else { continue }
            let quality =
                pieces.dropFirst().first { $0.hasPrefix("q=") }
                .flatMap { Double($0.dropFirst(2)) } ?? 1
            if quality > best?.quality ?? 0 { best = (language, quality) }
        }
        self = best?.language ?? .english
    }
}
