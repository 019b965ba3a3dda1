/// Walks through a JSON text: RFC 8259 to the letter, nested to a limit. What it does not take is no JSON.
struct JSONScanner {
    /// Each level is a call of ours, of which a stranger's message must not choose the number.
    private static let depthMax = 512

    private let bytes: [UInt8]
    /// Where it stands.
    private(set) var place: Int

    init(_ bytes: [UInt8], at place: Int = 0) {
        self.bytes = bytes
        self.place = place
        skipSpace()
    }

    /// Whether all of it is one value, in UTF-8.
    static func isText(_ bytes: [UInt8]) -> Bool {
        guard String(validating: bytes, as: UTF8.self) != nil else { return false }
        var scanner = JSONScanner(bytes)
        guard scanner.skipValue() else { return false }
        scanner.skipSpace()
        return scanner.place == bytes.count
    }

    /// The byte that comes next.
    var next: UInt8? { place < bytes.count ? bytes[place] : nil }

    /// Goes behind a byte, and the space behind that, if it comes next.
    mutating func take(_ byte: Unicode.Scalar) -> Bool {
        guard next == UInt8(ascii: byte) else { return false }
        place += 1
        skipSpace()
        return true
    }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { place += 1 }
    }

    /// Goes behind a value and the space behind it.
    mutating func skipValue(depth: Int = 0) -> Bool {
        guard depth < Self.depthMax else { return false }
        let isValue =
            switch next.map(Unicode.Scalar.init) {
            case "{": skipList("{", "}") { $0.skipString() && $0.take(":") && $0.skipValue(depth: depth + 1) }
            case "[": skipList("[", "]") { $0.skipValue(depth: depth + 1) }
            case "\"": skipString()
            case "t": skipWord("true")
            case "f": skipWord("false")
            case "n": skipWord("null")
            default: skipNumber()
            }
        skipSpace()
        return isValue
    }

    private mutating func skipList(
        _ start: Unicode.Scalar, _ end: Unicode.Scalar, _ skipElement: (inout JSONScanner) -> Bool
    ) -> Bool {
        guard take(start) else { return false }
        if take(end) { return true }
        repeat { guard skipElement(&self) else { return false } } while take(",")
        return take(end)
    }

    /// Goes behind a string, and the space behind it.
    mutating func skipString() -> Bool {
        guard next == UInt8(ascii: "\"") else { return false }
        place += 1
        while let byte = next, byte >= 0x20 {
            place += 1
            switch Unicode.Scalar(byte) {
            case "\"":
                skipSpace()
                return true
            case "\\": guard skipEscape() else { return false }
            default: break
            }
        }
        return false
    }

    private mutating func skipEscape() -> Bool {
        guard let byte = next else { return false }
        place += 1
        guard byte == UInt8(ascii: "u") else { return #""\/bfnrt"#.utf8.contains(byte) }
        let digits = bytes[place...].prefix(4)
        place += digits.count
        return digits.count == 4 && digits.allSatisfy { Unicode.Scalar($0).properties.isASCIIHexDigit }
    }

    private mutating func skipWord(_ word: StaticString) -> Bool {
        let isThere = bytes[place...].starts(with: word.description.utf8)
        place += isThere ? word.utf8CodeUnitCount : 0
        return isThere
    }

    private mutating func skipNumber() -> Bool {
        skipByte("-")
        if !skipByte("0") { guard skipDigits() else { return false } }
        if skipByte(".") { guard skipDigits() else { return false } }
        if skipByte("e") || skipByte("E") {
            if !skipByte("+") { skipByte("-") }
            guard skipDigits() else { return false }
        }
        return true
    }

    @discardableResult
    private mutating func skipByte(_ byte: Unicode.Scalar) -> Bool {
        guard next == UInt8(ascii: byte) else { return false }
        place += 1
        return true
    }

    private mutating func skipDigits() -> Bool {
        let start = place
        while let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { place += 1 }
        return place > start
    }
}
