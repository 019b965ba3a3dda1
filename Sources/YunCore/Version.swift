/// What orders an app's releases: a later release has a higher code.
public struct VersionCode: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// 1 to 2^31 - 1, so that every language of an app developer can hold it.
    public let value: Int

    /// Checks the range.
    public init(_ value: Int) throws(Failure) {
        guard (1...Int(Int32.max)).contains(value) else {
            throw Failure(
                .manifestInvalid, "version code \(value) is out of range", hint: "use 1 to \(Int32.max)")
        }
        self.value = value
    }

    /// Decimal digits.
    public var description: String { String(value) }

    /// Earlier releases first.
    public static func < (left: VersionCode, right: VersionCode) -> Bool { left.value < right.value }
}

/// A release's name for people, such as `1.0.2`; it orders nothing.
public struct VersionName: Sendable, Hashable, CustomStringConvertible {
    /// As the manifest spells it.
    public let text: String

    /// Checks length and characters.
    public init(_ text: String) throws(Failure) {
        let allowed = text.utf8.allSatisfy { byte in
            byte.isDomainByte || byte.isUppercaseLetter || [0x2B, 0x2E, 0x5F, 0x7E].contains(byte)
        }
        guard allowed, (1...64).contains(text.utf8.count) else {
            throw Failure(
                .manifestInvalid, text.isEmpty ? "the version is empty" : "\(text.escaped) is not a version",
                hint: "use 1 to 64 of the characters A-Z, a-z, 0-9, and . _ + ~ -")
        }
        self.text = text
    }

    /// As the manifest spells it.
    public var description: String { text }
}
