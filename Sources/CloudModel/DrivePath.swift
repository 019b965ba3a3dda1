internal import YunCore

/// The name of a file or folder, as its owner chose it.
public struct DriveName: Sendable, CustomStringConvertible {
    /// UTF-8, as most file systems allow.
    public static let bytesMax = 255

    /// The name.
    public let description: String

    /// Takes any script; refuses what file systems cannot keep: nothing, `.`, `..`, a slash, control characters.
    public init(_ text: String) throws(Problem) {
        guard !text.isEmpty, text != ".", text != ".." else {
            throw Problem(.malformed, "a name must not be empty, '.' or '..'")
        }
        guard text.utf8.count <= Self.bytesMax else {
            throw Problem(.malformed, "a name has \(Self.bytesMax) bytes at most")
        }
        guard !text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F || $0 == UInt8(ascii: "/") }) else {
            throw Problem(.malformed, "a name must not have a slash or control characters")
        }
        description = text
    }
}

/// A place in an account's drive, from its top.
public struct DrivePath: Sendable {
    /// More levels serve nobody but whoever wants to keep the server busy.
    public static let levelsMax = 256

    /// From the top; empty for the top itself.
    public let names: [DriveName]

    /// A path of names.
    public init(_ names: [DriveName]) throws(Problem) {
        guard names.count <= Self.levelsMax else {
            throw Problem(.malformed, "a path has \(Self.levelsMax) levels at most")
        }
        self.names = names
    }

    /// - Parameter text: percent-encoded names between slashes; a slash at either end does not matter.
    public init(encoded text: some StringProtocol) throws(Problem) {
        var names: [DriveName] = []
        for part in text.split(separator: "/") {
            guard let name = String(percentDecoding: part) else {
                throw Problem(.malformed, "the path is not percent-encoded UTF-8")
            }
            names.append(try DriveName(name))
        }
        try self.init(names)
    }

    /// - Parameter text: names as they are between slashes; a slash at either end does not matter.
    public init(plain text: some StringProtocol) throws(Problem) {
        var names: [DriveName] = []
        for part in text.split(separator: "/") { names.append(try DriveName(String(part))) }
        try self.init(names)
    }

    /// Names as they are, each after a slash; nothing for the top.
    public var plain: String { names.map { "/" + $0.description }.joined() }

    /// Percent-encoded, each name after a slash; nothing for the top.
    public var encoded: String { names.map { "/" + $0.description.percentEncoded }.joined() }

    /// Whether `other` is this place or one below it, byte for byte.
    public func contains(_ other: DrivePath) -> Bool {
        names.count <= other.names.count
            && zip(names, other.names).allSatisfy { $0.description.utf8.elementsEqual($1.description.utf8) }
    }
}

extension String {
    /// What `text` encodes (RFC 3986, 2.1), or `nil` where it is broken or not UTF-8.
    public init?(percentDecoding text: some StringProtocol) {
        var bytes: [UInt8] = []
        var rest = text.utf8.makeIterator()
        while let byte = rest.next() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.next()?.hexadecimalValue, let low = rest.next()?.hexadecimalValue else {
                return nil
            }
            bytes.append(high << 4 | low)
        }
        self.init(validating: bytes, as: UTF8.self)
    }

    /// With everything but unreserved characters (RFC 3986, 2.3) encoded.
    public var percentEncoded: String {
        var bytes: [UInt8] = []
        for byte in utf8 {
            if byte.isUnreserved {
                bytes.append(byte)
            } else {
                bytes.append(UInt8(ascii: "%"))
                bytes.append(contentsOf: [byte].hexadecimal.uppercased().utf8)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension UInt8 {
    fileprivate var hexadecimalValue: UInt8? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    fileprivate var isUnreserved: Bool {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            true
        default: false
        }
    }
}
