public import YunCore

/// A line of a request's or response's head.
public struct HeaderLine: Sendable, Hashable {
    /// In lower case.
    public let name: String
    /// One scalar for each byte, as the web's `ByteString` has it; without blanks at its ends.
    public let value: String

    /// A line as it came or as it will go; ``checkedForRequest()`` tells whether an app may send it.
    public init(name: String, value: String) {
        self.name = name.asciiLowercased
        self.value = value
    }

    /// The bytes of a value, one for each scalar.
    var valueBytes: [UInt8] { value.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) } }

    /// The value of bytes, one scalar for each.
    static func value(_ bytes: some Sequence<UInt8>) -> String {
        String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
    }

    /// Of one request's lines, and their bytes together.
    static let countMax = 128, bytesMax = 32 << 10

    /// What frames a message, steers a connection or speaks for a proxy is not the app's: with it, one request could
    /// be made to look like two (N-6).
    private static let reserved: Set<String> = [
        "accept-encoding", "alt-used", "connection", "content-length", "expect", "host", "http2-settings",
        "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "via",
    ]

    private static func isReserved(_ name: String) -> Bool {
        reserved.contains(name) || name.hasPrefix("proxy-") || name.hasPrefix("sec-")
    }

    /// The line without blanks at the value's ends, or why an app may not send it.
    func checkedForRequest() throws(Failure) -> HeaderLine {
        guard name.isToken else {
            throw Failure(.networkRequest, "\"\(name.abbreviated(to: 100).escaped)\" is not a header's name")
        }
        guard !Self.isReserved(name) else {
            throw Failure(
                .networkRequest, "the header \(name) is not the app's to set", hint: "leave it out")
        }
        let isGood = value.unicodeScalars.allSatisfy {
            $0 == "\t" || (0x20...0xFF).contains($0.value) && $0.value != 0x7F
        }
        guard isGood else {
            throw Failure(
                .networkRequest, "the header \(name) has a value that no header can have",
                hint: "use one line of bytes")
        }
        return HeaderLine(name: name, value: Self.value(valueBytes.trimmingBlanks))
    }

    /// All lines, each checked, in their order.
    static func checked(_ lines: [HeaderLine]) throws(Failure) -> [HeaderLine] {
        guard lines.count <= countMax,
            lines.reduce(0, { $0 + $1.name.utf8.count + $1.value.unicodeScalars.count + 4 }) <= bytesMax
        else {
            throw Failure(
                .networkRequest, "the request has too many headers",
                hint: "use at most \(countMax) of \(bytesMax.bytesText) together")
        }
        var checked: [HeaderLine] = []
        for line in lines { checked.append(try line.checkedForRequest()) }
        return checked
    }
}

extension String {
    /// RFC 9110's token: what methods and header names are made of.
    var isToken: Bool {
        !isEmpty
            && utf8.allSatisfy {
                $0.isDigit || $0.isLowercaseLetter || $0.isUppercaseLetter
                    || "!#$%&'*+-.^_`|~".utf8.contains($0)
            }
    }
}

extension Collection<UInt8> where Self: BidirectionalCollection, SubSequence == ArraySlice<UInt8> {
    /// Without the blanks and tabs at both ends.
    var trimmingBlanks: ArraySlice<UInt8> {
        let isBlank: (UInt8) -> Bool = { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
        var rest = drop(while: isBlank)
        while let last = rest.last, isBlank(last) { rest = rest.dropLast() }
        return rest
    }
}

/// What a request wants done: a token, in capitals where it is one of the usual ones.
public struct RequestMethod: Sendable, Hashable, CustomStringConvertible {
    /// As it is sent.
    public let text: String

    /// Fetches.
    public static let get = RequestMethod(unchecked: "GET")

    private init(unchecked text: String) { self.text = text }

    /// Checks and, as `fetch` does, capitalizes.
    public init(_ text: String) throws(Failure) {
        guard text.isToken, text.utf8.count <= 32 else {
            throw Failure(.networkRequest, "\"\(text.abbreviated(to: 100).escaped)\" is not a method")
        }
        let upper = String(decoding: text.utf8.map { $0.isLowercaseLetter ? $0 & 0xDF : $0 }, as: UTF8.self)
        // They would turn a request into a tunnel, or show an app what lies between it and the server.
        guard !["CONNECT", "TRACE", "TRACK"].contains(upper) else {
            throw Failure(.networkRequest, "the method \(upper) is not for apps", hint: "use another one")
        }
        self.text = ["DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT"].contains(upper) ? upper : text
    }

    /// The text.
    public var description: String { text }

    /// Whether a request of this method has no body.
    var isBodiless: Bool { text == "GET" || text == "HEAD" }
}
