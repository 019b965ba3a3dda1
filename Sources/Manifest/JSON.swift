internal import YunCore

/// A JSON value that knows where it stands. The standard decoders say where a value belongs, not where it is
/// written; a developer needs the line.
struct JSON {
    enum Content {
        case object([Member])
        case array([JSON])
        case string(String)
        case integer(Int)
        case number
        case boolean(Bool)
        case null
    }

    struct Member {
        let key: String
        let keyPosition: SourcePosition
        let value: JSON
    }

    let content: Content
    let position: SourcePosition

    /// The value of `key`, where this is an object that has it.
    func member(_ key: String) -> JSON? {
        guard case .object(let members) = content else { return nil }
        return members.first { $0.key == key }?.value
    }

    var kind: String {
        switch content {
        case .object: "an object"
        case .array: "an array"
        case .string: "a string"
        case .integer: "an integer"
        case .number: "a number with a fraction or exponent"
        case .boolean: "true or false"
        case .null: "null"
        }
    }
}

extension JSON.Content {
    var isObject: Bool { if case .object = self { true } else { false } }
    var isBoolean: Bool { if case .boolean = self { true } else { false } }
    var isTrue: Bool { if case .boolean(true) = self { true } else { false } }
}

/// A strict RFC 8259 parser: UTF-8 without a byte order mark, no duplicate keys, bounded depth.
struct JSONParser {
    struct SyntaxError: Error {
        let diagnostic: Diagnostic
    }

    private let scalars: [Unicode.Scalar]
    private var index = 0
    private var line = 1
    private var lineStart = 0
    private var duplicates: [Diagnostic] = []

    /// Parses a document.
    /// - Returns: the value, and the keys that stand twice, of which the first counts.
    static func parse(_ bytes: [UInt8]) throws(SyntaxError) -> (value: JSON, duplicates: [Diagnostic]) {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw encodingError(bytes) }
        var parser = JSONParser(scalars: Array(text.unicodeScalars))
        let value = try parser.value(depth: 0)
        parser.skipSpace()
        guard parser.peek == nil else {
            throw parser.error("something follows the end of the document", "remove what follows")
        }
        return (value, parser.duplicates)
    }

    /// Points to the first byte that is not UTF-8.
    private static func encodingError(_ bytes: [UInt8]) -> SyntaxError {
        var decoder = UTF8()
        var iterator = bytes.makeIterator()
        var line = 1
        var column = 1
        while case .scalarValue(let scalar) = decoder.decode(&iterator) {
            column += 1
            if scalar == "\n" { (line, column) = (line + 1, 1) }
        }
        return SyntaxError(
            diagnostic: Diagnostic(
                position: SourcePosition(line: line, column: column), message: "this is not UTF-8",
                remedy: "save the file as UTF-8"))
    }

    private init(scalars: [Unicode.Scalar]) { self.scalars = scalars }

    private var peek: Unicode.Scalar? { index < scalars.count ? scalars[index] : nil }
    private var position: SourcePosition { SourcePosition(line: line, column: index - lineStart + 1) }

    private func error(_ message: String, _ remedy: String, at place: SourcePosition? = nil) -> SyntaxError {
        SyntaxError(diagnostic: Diagnostic(position: place ?? position, message: message, remedy: remedy))
    }

    private mutating func skipSpace() {
        while let scalar = peek, scalar == " " || scalar == "\n" || scalar == "\r" || scalar == "\t" {
            index += 1
            if scalar == "\n" {
                line += 1
                lineStart = index
            }
        }
    }

    private mutating func take(_ expected: Unicode.Scalar) -> Bool {
        guard peek == expected else { return false }
        index += 1
        return true
    }

    private mutating func value(depth: Int) throws(SyntaxError) -> JSON {
        skipSpace()
        let start = position
        guard depth < Limits.jsonDepthMax else {
            throw error("the document is nested too deeply", "use at most \(Limits.jsonDepthMax) levels")
        }
        let content: JSON.Content =
            switch peek {
            case "{": .object(try members(depth: depth))
            case "[": .array(try elements(depth: depth))
            case "\"": .string(try string())
            case let digit? where digit == "-" || digit.properties.numericType == .decimal && digit.isASCII:
                try number()
            case "t", "f", "n": try word()
            case nil: throw error("the document ends too early", "close what is open")
            case "\u{FEFF}":
                throw error("a byte order mark stands first", "save the file as UTF-8 without one")
            case "/": throw error("JSON has no comments", "put notes under keys that begin with x-")
            case let other?:
                throw error(
                    "\(String(other).escaped) cannot begin a value", "write a string, number, object or array"
                )
            }
        return JSON(content: content, position: start)
    }

    private mutating func members(depth: Int) throws(SyntaxError) -> [JSON.Member] {
        index += 1
        var members: [JSON.Member] = []
        var keys: Set<[UInt8]> = []
        skipSpace()
        if take("}") { return members }
        while true {
            skipSpace()
            let start = position
            guard peek == "\"" else {
                throw error(
                    "a key is expected here", "write \"key\": value, without a comma behind the last one")
            }
            let key = try string()
            let isFirst = keys.insert(Array(key.utf8)).inserted
            if !isFirst {
                duplicates.append(
                    Diagnostic(
                        position: start, message: "the key \"\(key.escaped)\" stands here twice",
                        remedy: "remove one of them"))
            }
            skipSpace()
            guard take(":") else { throw error("a colon is missing behind the key", "write \"key\": value") }
            let value = try value(depth: depth + 1)
            if isFirst { members.append(JSON.Member(key: key, keyPosition: start, value: value)) }
            skipSpace()
            if take("}") { return members }
            guard take(",") else { throw error("a comma or } is missing", "separate members with a comma") }
        }
    }

    private mutating func elements(depth: Int) throws(SyntaxError) -> [JSON] {
        index += 1
        var elements: [JSON] = []
        skipSpace()
        if take("]") { return elements }
        while true {
            elements.append(try value(depth: depth + 1))
            skipSpace()
            if take("]") { return elements }
            guard take(",") else { throw error("a comma or ] is missing", "separate elements with a comma") }
        }
    }

    private mutating func string() throws(SyntaxError) -> String {
        let start = position
        index += 1
        var text = String.UnicodeScalarView()
        while let scalar = peek {
            switch scalar {
            case "\"":
                index += 1
                return String(text)
            case "\\":
                text.append(try escape())
            case _ where scalar.value < 0x20:
                throw error("a string cannot hold a control character", "write it as \\n, \\t or \\u....")
            default:
                text.append(scalar)
                index += 1
            }
        }
        throw error("a string is not closed", "close it with \"", at: start)
    }

    private static let escapes: [Unicode.Scalar: Unicode.Scalar] = [
        "\"": "\"", "\\": "\\", "/": "/", "b": "\u{8}", "f": "\u{C}", "n": "\n", "r": "\r", "t": "\t",
    ]

    private mutating func escape() throws(SyntaxError) -> Unicode.Scalar {
        let start = position
        index += 1
        if let scalar = peek, let meaning = Self.escapes[scalar] {
            index += 1
            return meaning
        }
        guard take("u"), let first = codeUnit() else {
            throw error(
                "this escape does not exist", "use \\\" \\\\ \\/ \\b \\f \\n \\r \\t or \\u....", at: start)
        }
        var units = [first]
        if UTF16.isLeadSurrogate(first), take("\\"), take("u"), let second = codeUnit() {
            units.append(second)
        }
        guard let text = String(validating: units, as: UTF16.self), let scalar = text.unicodeScalars.first
        else {
            throw error("this escape is half a character", "write both halves of the pair", at: start)
        }
        return scalar
    }

    private mutating func codeUnit() -> UInt16? {
        guard index + 4 <= scalars.count else { return nil }
        let digits = scalars[index..<index + 4]
        guard digits.allSatisfy(\.properties.isASCIIHexDigit) else { return nil }
        index += 4
        return UInt16(String(String.UnicodeScalarView(digits)), radix: 16)
    }

    private mutating func number() throws(SyntaxError) -> JSON.Content {
        let start = position
        var text = ""
        while let scalar = peek, "+-.0123456789eE".unicodeScalars.contains(scalar) {
            text.unicodeScalars.append(scalar)
            index += 1
        }
        let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
        let isInteger = !digits.isEmpty && digits.utf8.allSatisfy(\.isDigit)
        guard !isInteger || digits == "0" || !digits.hasPrefix("0") else {
            throw error("a number cannot begin with 0", "write it without the zero", at: start)
        }
        if isInteger, let value = Int(text) { return .integer(value) }
        guard Self.isNumber(digits) else {
            throw error("\(text) is not a number", "write digits only", at: start)
        }
        return .number
    }

    /// Whether a text without a sign is a number to RFC 8259; the standard library's own reading knows more.
    private static func isNumber(_ text: Substring) -> Bool {
        let parts = text.split(maxSplits: 1, omittingEmptySubsequences: false) { $0 == "e" || $0 == "E" }
        let mantissa = parts[0].split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let exponent = parts.dropFirst().map { $0.first == "+" || $0.first == "-" ? $0.dropFirst() : $0 }
        return (mantissa + exponent).allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy(\.isDigit) }
            && (mantissa[0] == "0" || !mantissa[0].hasPrefix("0"))
    }

    private mutating func word() throws(SyntaxError) -> JSON.Content {
        let start = position
        var text = ""
        while let scalar = peek, ("a"..."z").contains(scalar) {
            text.unicodeScalars.append(scalar)
            index += 1
        }
        switch text {
        case "true": return .boolean(true)
        case "false": return .boolean(false)
        case "null": return .null
        default:
            throw error("\(text) is not a value", "write true, false, null or a quoted string", at: start)
        }
    }
}
