public import CloudModel
internal import YunCore

/// RequestParameters of a query or a form. What is there twice is understood by two readers in two ways, so nothing of it is taken.
public struct RequestParameters: Sendable {
    private static let countMax = 100

    private var values: [String: String] = [:]
    private var repeated: Set<String> = []

    /// Reads `application/x-www-form-urlencoded`, which is what a query is, too.
    public init(_ bytes: some Collection<UInt8>) throws(Problem) {
        let pairs = bytes.split(separator: UInt8(ascii: "&"))
        guard pairs.count <= Self.countMax else {
            throw Problem(.malformed, "a request has \(Self.countMax) parameters at most")
        }
        for pair in pairs {
            let parts = pair.split(
                separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            let name = try Self.text(parts[0])
            let value = try parts.count > 1 ? Self.text(parts[1]) : ""
            if values.updateValue(value, forKey: name) != nil { repeated.insert(name) }
        }
    }

    /// For tests and links.
    public init(_ values: [String: String]) { self.values = values }

    /// What is said; a parameter without a value is as one that is not there (RFC 6749, 3.1).
    public func value(_ name: String) throws(Problem) -> String? {
        guard !repeated.contains(name) else {
            throw Problem(.malformed, "\(name) is there more than once")
        }
        return values[name].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// What must be said.
    public func required(_ name: String) throws(Problem) -> String {
        guard let value = try value(name) else { throw Problem(.malformed, "\(name) is missing") }
        return value
    }

    /// Fails where any parameter is there twice, also one that nobody asks for (RFC 6749, 3.2).
    public func requireOnce() throws(Problem) {
        if let name = repeated.min() {
            throw Problem(.malformed, "\(name.abbreviated(to: 40)) is there more than once")
        }
    }

    private static func text(_ bytes: some Collection<UInt8>) throws(Problem) -> String {
        var plain: [UInt8] = []
        var rest = bytes[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+"): plain.append(0x20)
            case UInt8(ascii: "%"):
                guard let high = rest.popFirst()?.hexadecimalDigitValue,
                    let low = rest.popFirst()?.hexadecimalDigitValue
                else { throw Problem(.malformed, "a parameter is not encoded as forms are") }
                plain.append(high << 4 | low)
            default: plain.append(byte)
            }
        }
        guard let text = String(validating: plain, as: UTF8.self), !plain.contains(0) else {
            throw Problem(.malformed, "a parameter is not UTF-8")
        }
        return text
    }
}

extension UInt8 {
    fileprivate var hexadecimalDigitValue: UInt8? {
        Character(Unicode.Scalar(self)).hexDigitValue.map { UInt8($0) }
    }
}

/// Puts parameters behind an address.
public enum Address {
    /// - RequestParameters:
    ///   - uri: without a fragment; it may have a query.
    ///   - parameters: whatever they are, they are encoded.
    public static func adding(_ parameters: [(name: String, value: String?)], to uri: String) -> String {
        let pairs = parameters.compactMap { name, value in value.map { "\(encoded(name))=\(encoded($0))" } }
        guard !pairs.isEmpty else { return uri }
        return uri + (uri.utf8.contains(UInt8(ascii: "?")) ? "&" : "?") + pairs.joined(separator: "&")
    }

    /// A text as part of a query, with nothing but letters, digits and `-._~` (RFC 3986, 2.3) as it is.
    public static func encoded(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            if byte.isUnreserved {
                bytes.append(byte)
            } else {
                bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension UInt8 {
    /// Letters, digits and `-._~`.
    var isUnreserved: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            true
        default: false
        }
    }
}
