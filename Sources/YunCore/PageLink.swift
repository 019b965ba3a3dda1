/// What opens a page: where it leads, what happened, and a text for the page (`spec/pages.md`, L-1 to L-3).
public struct PageLink: Sendable, Hashable {
    /// The page that it leads to.
    public let page: PageURI
    /// What stands between `?` and `#`, percent-encoded as it came.
    public let query: String?
    /// What stands behind `#`, percent-encoded as it came.
    public let fragment: String?
    /// What happened, in a word that the page's manifest declares.
    public let event: String
    /// For the page alone to understand.
    public let data: String

    /// The event that every page takes.
    public static let defaultEvent = "link"
    /// The longest URI, query and fragment included.
    public static let uriBytesMax = 4096
    /// The longest data, in UTF-8.
    public static let dataBytesMax = 64 << 10

    /// Reads `page://DOMAIN/NAME[?QUERY][#FRAGMENT]`, from anybody.
    public init(_ uri: String, event: String = defaultEvent, data: String = "") throws(Failure) {
        guard uri.utf8.count <= Self.uriBytesMax else {
            throw Self.failure("the link is longer than \(Self.uriBytesMax) bytes", "put less into its query")
        }
        let uriBytes = uri.utf8[...]
        let hash = uriBytes.firstIndex(of: UInt8(ascii: "#"))
        let front = uriBytes[..<(hash ?? uriBytes.endIndex)]
        let mark = front.firstIndex(of: UInt8(ascii: "?"))
        do throws(Failure) {
            page = try PageURI(String(Substring(front[..<(mark ?? front.endIndex)])))
        } catch {
            throw Failure(.linkMalformed, error.message, hint: "write page://DOMAIN/NAME?QUERY#FRAGMENT")
        }
        query = try mark.map { at throws(Failure) in
            try Self.part(front[front.index(after: at)...], named: "query")
        }
        fragment = try hash.map { at throws(Failure) in
            try Self.part(uriBytes[uriBytes.index(after: at)...], named: "fragment")
        }
        guard Self.isEvent(event) else {
            throw Self.failure(
                "'\(event.escaped.abbreviated(to: 80))' is not an event",
                "use 1 to 32 ASCII letters and digits"
            )
        }
        guard data.utf8.count <= Self.dataBytesMax else {
            throw Self.failure(
                "a link's data is longer than \(Self.dataBytesMax) bytes", "store it and link to it")
        }
        // A text that ends early for a program in C could pass one check and mean another thing.
        guard !data.utf8.contains(0) else {
            throw Self.failure("a link's data has a NUL", "encode bytes as text")
        }
        self.event = event
        self.data = data
    }

    /// Whether `text` can name an event: 1 to 32 ASCII letters and digits.
    public static func isEvent(_ text: String) -> Bool {
        (1...32).contains(text.utf8.count) && text.utf8.allSatisfy(\.isLetterOrDigit)
    }

    /// The URI as it was written, which is the only spelling of a link.
    public var uri: String {
        page.description + (query.map { "?" + $0 } ?? "") + (fragment.map { "#" + $0 } ?? "")
    }

    /// Checks a part by RFC 3986; what its percent-encoding stands for must be text too, so that every page decodes it
    /// alike.
    private static func part(_ bytes: Substring.UTF8View, named name: String) throws(Failure) -> String {
        var decoded: [UInt8] = []
        var rest = bytes
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%") {
                guard let high = rest.popFirst()?.hexDigitValue, let low = rest.popFirst()?.hexDigitValue
                else {
                    throw failure(
                        "the link's \(name) has a % without two hexadecimal digits", "write %25 for a %")
                }
                decoded.append(high << 4 | low)
            } else {
                guard byte.isLetterOrDigit || allowedMarks.contains(byte) else {
                    throw failure(
                        "the link's \(name) has a character that cannot stand there", "percent-encode it")
                }
                decoded.append(byte)
            }
        }
        guard !decoded.contains(0), String(validating: decoded, as: UTF8.self) != nil else {
            throw failure("the link's \(name) does not decode to text", "percent-encode UTF-8, and no NUL")
        }
        return String(Substring(bytes))
    }

    /// RFC 3986, section 3.4 and 3.5: what may stand in a query and a fragment beside letters and digits.
    private static let allowedMarks = Set("-._~!$&'()*+,;=:@/?".utf8)

    private static func failure(_ message: String, _ hint: String) -> Failure {
        Failure(.linkMalformed, message, hint: hint)
    }

    /// By bytes: to strings, two spellings of one letter are equal, and to a page they are two texts.
    public static func == (left: PageLink, right: PageLink) -> Bool {
        left.uri.utf8.elementsEqual(right.uri.utf8) && left.event == right.event
            && left.data.utf8.elementsEqual(right.data.utf8)
    }
}

extension UInt8 {
    fileprivate var isLetterOrDigit: Bool { isDigit || isLowercaseLetter || isUppercaseLetter }

    fileprivate var hexDigitValue: UInt8? {
        Character(Unicode.Scalar(self)).hexDigitValue.map(UInt8.init)
    }
}
