/// What an owner signs in by: an e-mail address or a phone number.
public struct LoginName: Sendable, Hashable, CustomStringConvertible {
    /// RFC 5321 allows no longer address.
    private static let emailBytesMax = 254
    /// ITU-T E.164: country and number.
    private static let phoneDigits = 8...15

    /// Whether messages reach it by SMS.
    public let isPhone: Bool
    /// In one spelling: an address in small letters, a number as `+` and digits.
    public let description: String

    /// Takes an address, or a number with its country's code; fails with what is wrong.
    public init(_ text: String) throws(Problem) {
        let text = String(
            String.UnicodeScalarView(text.unicodeScalars.filter { !$0.properties.isWhitespace }))
        if text.contains("@") {
            isPhone = false
            description = try Self.email(text)
        } else {
            isPhone = true
            description = try Self.phone(text)
        }
    }

    /// Plain addresses alone (RFC 5322, 3.4.1: dot-atoms): quotes, angle brackets and commas mean something where addresses are
    /// written into mails, and letters that look alike would let one pass for another.
    private static func email(_ text: String) throws(Problem) -> String {
        let parts = text.utf8.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
        guard parts.count == 2, parts[1].contains(UInt8(ascii: ".")), text.utf8.count <= emailBytesMax,
            isDotted(parts[0], marks), isDotted(parts[1], [UInt8(ascii: "-")])
        else {
            throw Problem(
                .malformed, "this is no e-mail address; write it as name@example.com",
                reason: .nameNotUnderstood)
        }
        return text.lowercased()
    }

    private static let marks = Array("!#$%&'*+-/=?^_`{|}~".utf8)

    private static func isDotted(_ text: Substring.UTF8View, _ marks: [UInt8]) -> Bool {
        text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { atom in
            !atom.isEmpty
                && atom.allSatisfy {
                    let isLetter = ($0 | 0x20) >= UInt8(ascii: "a") && ($0 | 0x20) <= UInt8(ascii: "z")
                    return isLetter || ($0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9"))
                        || marks.contains($0)
                }
        }
    }

    private static func phone(_ text: String) throws(Problem) -> String {
        let digits = text.filter { $0.isASCII && $0.isNumber }
        let isPlain = text.dropFirst().allSatisfy { $0.isASCII && $0.isNumber || "-().".contains($0) }
        guard text.hasPrefix("+"), isPlain, phoneDigits.contains(digits.count) else {
            throw Problem(
                .malformed,
                "this is neither an e-mail address nor a phone number; write it as name@example.com or +86 138 0013 8000",
                reason: .nameNotUnderstood)
        }
        return "+" + digits
    }
}
