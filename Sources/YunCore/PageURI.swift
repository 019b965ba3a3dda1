/// `page://DOMAIN/NAME`: one addressable part of an app.
public struct PageURI: Sendable, Hashable, CustomStringConvertible {
    /// The scheme of every page.
    public static let scheme = "page"

    /// The app that the page belongs to.
    public let domain: Domain
    /// 1 to 64 bytes of `[A-Za-z0-9_-]`.
    public let name: String

    /// The page `name` of `domain`.
    public init(domain: Domain, name: String) throws(Failure) {
        let allowed = name.utf8.allSatisfy { byte in
            byte.isDomainByte || byte.isUppercaseLetter || byte == UInt8(ascii: "_")
        }
        guard allowed, (1...64).contains(name.utf8.count) else {
            throw Failure(
                .manifestInvalid, "\(name.escaped) is not a page name",
                hint: "use 1 to 64 of the characters A-Z, a-z, 0-9, _ and -")
        }
        self.domain = domain
        self.name = name
    }

    /// Reads the text form; a page link's query is not part of it.
    public init(_ text: String) throws(Failure) {
        let prefix = Self.scheme + "://"
        guard text.hasPrefix(prefix) else {
            throw Failure(
                .manifestInvalid, "\(text.escaped) is not a page URI",
                hint: "write \(prefix)DOMAIN/NAME")
        }
        // By bytes: to a Character, a slash with a combining mark behind it is not one.
        let parts = text.utf8.dropFirst(prefix.utf8.count).split(
            separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard parts.count == 2 else {
            throw Failure(
                .manifestInvalid, "\(text.escaped) needs exactly one name behind its domain",
                hint: "write \(prefix)DOMAIN/NAME")
        }
        try self.init(domain: Domain(String(Substring(parts[0]))), name: String(Substring(parts[1])))
    }

    /// The canonical spelling.
    public var description: String { "\(Self.scheme)://\(domain)/\(name)" }
}
