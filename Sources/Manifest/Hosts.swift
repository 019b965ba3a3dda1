public import YunCore

/// A host that an app may reach: an exact name, or `*.` before a name for everything below it.
public struct HostPattern: Sendable, Hashable, CustomStringConvertible {
    /// As the manifest spells it.
    public let text: String

    /// Checks the rules of host names; addresses are refused, since no certificate vouches for them.
    public init(_ text: String) throws(Failure) {
        let name = text.hasPrefix("*.") ? String(text.dropFirst(2)) : text
        _ = try Domain(name)
        self.text = text
    }

    /// The text.
    public var description: String { text }

    /// Whether a lower-case host name is meant.
    public func matches(_ host: String) -> Bool {
        text.hasPrefix("*.") ? host.hasSuffix(text.dropFirst(1)) : host == text
    }
}

/// A host of a developer's own network, which may be a private or loopback address and speak plain HTTP:
/// an IPv4 address, or a name with or without dots that `*.` may stand before; then a port where only one is meant.
public struct DevelopmentHost: Sendable, Hashable, CustomStringConvertible {
    /// As the manifest spells it.
    public let text: String
    private let name: String
    private let port: Int?

    /// Checks the rules of M-8.
    public init(_ text: String) throws(Failure) {
        let parts = text.split(maxSplits: 1, omittingEmptySubsequences: false) { $0 == ":" }.map(String.init)
        self.text = text
        name = parts[0]
        port = parts.count == 2 ? Self.port(parts[1]) : nil
        guard Self.isName(name) || Self.isAddress(name), parts.count == 1 || port != nil else {
            throw Failure(
                .manifestInvalid, "\(text.escaped) is not a host of a developer's network",
                hint: "use a host such as localhost, *.test or 127.0.0.1:8080")
        }
    }

    /// The text.
    public var description: String { text }

    /// Whether a lower-case host name, or an IPv4 address in four decimal numbers, is meant at that port.
    public func matches(_ host: String, port: Int) -> Bool {
        guard self.port == nil || self.port == port else { return false }
        return name.hasPrefix("*.") ? host.hasSuffix(name.dropFirst(1)) : host == name
    }

    private static func port(_ text: String) -> Int? {
        guard let number = number(text), (1...65_535).contains(number) else { return nil }
        return number
    }

    private static func isName(_ text: String) -> Bool {
        let name = text.hasPrefix("*.") ? String(text.dropFirst(2)) : text
        // A name of one label, such as localhost, is no domain; as a label of one it would be.
        return Domain.isName(name.utf8.contains(UInt8(ascii: ".")) ? name : "a." + name)
    }

    private static func isAddress(_ text: String) -> Bool {
        let parts = text.split(omittingEmptySubsequences: false) { $0 == "." }
        return parts.count == 4 && parts.allSatisfy { (number(String($0)) ?? 256) < 256 }
    }

    /// Digits alone, as short as they can be.
    private static func number(_ text: String) -> Int? {
        guard text.utf8.allSatisfy(\.isDigit), text == "0" || !text.hasPrefix("0") else { return nil }
        return Int(text)
    }
}
