/// A SHA-256: what content is known by. Computing one is `Signing`'s.
public struct Digest: Sendable, Hashable, CustomStringConvertible {
    /// SHA-256's length.
    public static let sizeBytes = 32

    /// 32 bytes.
    public let bytes: [UInt8]

    /// Takes exactly 32 bytes, or is `nil`.
    public init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == Self.sizeBytes else { return nil }
        self.bytes = Array(bytes)
    }

    /// - Parameter hexadecimal: 64 lower-case hexadecimal digits; any other spelling of the same number is
    ///   refused, so that one digest has one text.
    public init?(hexadecimal: some StringProtocol) {
        guard let bytes = [UInt8](hexadecimal: hexadecimal) else { return nil }
        self.init(bytes)
    }

    /// 64 lower-case hexadecimal digits.
    public var description: String { bytes.hexadecimal }

    /// The first 12 digits, which name a release's directory.
    public var short: String { String(description.prefix(12)) }
}

extension Collection<UInt8> {
    /// Lower-case hexadecimal digits.
    public var hexadecimal: String {
        var text: [UInt8] = []
        text.reserveCapacity(count * 2)
        for byte in self {
            text.append(hexadecimalDigits[Int(byte >> 4)])
            text.append(hexadecimalDigits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}

extension [UInt8] {
    /// Reads lower-case hexadecimal digits, or `nil` for anything else.
    public init?(hexadecimal: some StringProtocol) {
        let digits = Array(hexadecimal.utf8)
        guard digits.count.isMultiple(of: 2) else { return nil }
        self = []
        reserveCapacity(digits.count / 2)
        for pair in stride(from: 0, to: digits.count, by: 2) {
            guard let high = digits[pair].hexadecimalValue, let low = digits[pair + 1].hexadecimalValue else {
                return nil
            }
            append(high << 4 | low)
        }
    }
}

private let hexadecimalDigits = Array("0123456789abcdef".utf8)

extension UInt8 {
    fileprivate var hexadecimalValue: UInt8? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}
