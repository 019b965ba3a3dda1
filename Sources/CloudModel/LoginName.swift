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
        let text = text.filter { !$0.isWhitespace }
        if text.contains("@") {
            isPhone = false
            description = try Self.email(text)
        } else {
            isPhone = true
            description = try Self.phone(text)
        }
    }

    private static func email(_ text: String) throws(Problem) -> String {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        let isPlain = text.unicodeScalars.allSatisfy { $0.value > 0x20 && $0.value != 0x7F }
        guard parts.count == 2, !parts[0].isEmpty, parts[1].contains("."),
            parts[1].split(separator: ".", omittingEmptySubsequences: false).allSatisfy({ !$0.isEmpty }),
            isPlain, text.utf8.count <= emailBytesMax
        else {
            throw Problem(
                .malformed, "this is no e-mail address; write it as name@example.com",
                reason: .nameNotUnderstood)
        }
        return text.lowercased()
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
