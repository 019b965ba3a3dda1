public import CloudModel
internal import YunCore

/// Where a client wants its answers. Whoever chooses that freely gets the codes of others, so all that a request may choose is
/// the port of its own machine (RFC 8252, 7.3).
public struct RedirectURI: Sendable, Hashable, CustomStringConvertible {
    private static let bytesMax = 2048
    private static let loopbackHosts: Set<String> = ["127.0.0.1", "[::1]"]
    /// What RFC 3986 has, without `#`: an answer could not be put behind a fragment.
    private static let signs = Set("-._~:/?[]@!$&'()*+,;=%".utf8)

    /// As it was said.
    public let description: String
    /// What people know it by: a host, or the scheme of an app's own.
    public let host: String
    private let scheme: Substring
    /// What comes behind host and port.
    private let rest: Substring

    /// - Parameter text: `https`, or `http` on this machine's own address, or a scheme that is a reversed domain (RFC 8252, 7.1).
    public init(_ text: String) throws(Problem) {
        guard text.utf8.count <= Self.bytesMax, let colon = text.firstIndex(of: ":"),
            text.utf8.allSatisfy({ $0.isUnreserved || Self.signs.contains($0) })
        else { throw Self.refusal(text) }
        description = text
        scheme = text[..<colon]
        let behind = text[text.index(after: colon)...]
        switch scheme {
        case "https", "http":
            guard behind.hasPrefix("//") else { throw Self.refusal(text) }
            let authority = behind.dropFirst(2).prefix { $0 != "/" && $0 != "?" }
            guard let host = Self.host(authority) else { throw Self.refusal(text) }
            guard scheme == "https" || Self.loopbackHosts.contains(host) || host == "localhost" else {
                throw Self.refusal(text)
            }
            self.host = host
            rest = behind[authority.endIndex...]
        default:
            let labels = scheme.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
            let isReversedDomain =
                labels.count > 1
                && labels.allSatisfy {
                    $0.first?.isLowercaseLetter == true && $0.allSatisfy(\.isDomainByte)
                }
            guard isReversedDomain, behind.hasPrefix("/"), !behind.hasPrefix("//") else {
                throw Self.refusal(text)
            }
            host = String(scheme)
            rest = behind
        }
        guard Self.isPath(rest) else { throw Self.refusal(text) }
    }

    /// Whether what comes behind a host has no brackets, and what is encoded in it is (RFC 3986, 2.1 and 3.3).
    private static func isPath(_ text: Substring) -> Bool {
        let pieces = text.utf8.split(separator: UInt8(ascii: "%"), omittingEmptySubsequences: false)
        return !text.utf8.contains(UInt8(ascii: "[")) && !text.utf8.contains(UInt8(ascii: "]"))
            && pieces.dropFirst().allSatisfy { piece in
                piece.count >= 2
                    && piece.prefix(2).allSatisfy { Character(Unicode.Scalar($0)).isHexDigit }
            }
    }

    /// What a page's policy says of where its forms may lead: scheme, host and port, or the scheme alone where policies have no
    /// words for the rest (CSP 3, 2.3.1).
    public var formTarget: String {
        let hasName = ["http", "https"].contains(scheme) && !host.hasPrefix("[")
        return hasName ? String(description[..<rest.startIndex]) : "\(scheme):"
    }

    /// Whether a request may ask for this one, which was registered.
    public func accepts(_ requested: RedirectURI) -> Bool {
        guard requested != self else { return true }
        return scheme == "http" && requested.scheme == "http" && Self.loopbackHosts.contains(host)
            && requested.host == host && requested.rest == rest
    }

    /// The host of an authority without a user, or `nil`. A host that reads in two ways could be taken for another.
    private static func host(_ authority: Substring) -> String? {
        var host = authority
        if authority.hasPrefix("[") {
            guard let end = authority.firstIndex(of: "]") else { return nil }
            host = authority[...end]
            let address = host.dropFirst().dropLast()
            guard !address.isEmpty, address.allSatisfy({ $0.isHexDigit || $0 == ":" }) else { return nil }
        } else {
            host = authority.prefix { $0 != ":" }
            guard !host.isEmpty, host.utf8.allSatisfy({ $0.isDomainByte || $0 == UInt8(ascii: ".") }) else {
                return nil
            }
        }
        let port = authority[host.endIndex...]
        let isNumber = port.dropFirst().utf8.allSatisfy(\.isDigit) && (UInt16(port.dropFirst()) ?? 0) > 0
        guard port.isEmpty || port.hasPrefix(":") && isNumber else { return nil }
        return String(host)
    }

    private static func refusal(_ text: String) -> Problem {
        Problem(
            .malformed,
            "\(text.escaped.abbreviated(to: 200)) is no redirect URI; write https://HOST/PATH, http://127.0.0.1/PATH, or com.example.app:/PATH"
        )
    }
}
