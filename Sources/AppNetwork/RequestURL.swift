internal import CLibCurl
public import YunCore

/// Where a request goes: an address that libcurl's own parser read, the same that later connects, so that a policy
/// and a connection can never mean different hosts (`spec/network.md`, N-2).
public struct RequestURL: Sendable, Hashable, CustomStringConvertible {
    /// What is spoken.
    public enum Scheme: String, Sendable {
        case http, https

        var port: Int { self == .https ? 443 : 80 }
    }

    /// Normalized, without a fragment.
    public let text: String
    /// `http` or `https`.
    public let scheme: Scheme
    /// In lower case; an IPv4 address, however it was written, as four decimal numbers.
    public let host: String
    /// The scheme's own where none was named.
    public let port: Int

    /// No address is longer.
    public static let bytesMax = 8192

    /// Reads an absolute address.
    public init(_ text: String) throws(Failure) {
        try self.init(text, relativeTo: nil)
    }

    /// Reads the `Location` of a redirect, which may be relative and may hold what should have been escaped.
    package func redirected(to location: String) throws(Failure) -> RequestURL {
        try RequestURL(location, relativeTo: self)
    }

    private init(_ text: String, relativeTo base: RequestURL?) throws(Failure) {
        try Self.checkLength(text)
        guard base == nil ? text.utf8.allSatisfy(Self.isAllowed) : !text.utf8.contains(0) else {
            throw Failure(
                .networkRequest, "\(text.abbreviated(to: 200).escaped) has characters that no address has",
                hint: "write others than ASCII with percent signs, and in host names as xn--")
        }
        let parts = try ParsedURL.parts(of: text, base: base?.text)
        // Escaping made it longer.
        try Self.checkLength(parts.text)
        // The normalized text is what connects; it must mean the same when it is read again.
        guard parts.text.utf8.allSatisfy(Self.isAllowed), try ParsedURL.parts(of: parts.text) == parts else {
            throw Failure(.networkRequest, "\(text.abbreviated(to: 200).escaped) can be read in two ways")
        }
        self.text = parts.text
        scheme = parts.scheme
        host = parts.host
        port = parts.port
    }

    private static func checkLength(_ text: String) throws(Failure) {
        guard text.utf8.count <= bytesMax else {
            throw Failure(.networkRequest, "the address is longer than \(bytesMax) bytes")
        }
    }

    /// Printable ASCII but `\`, which some readers take for `/`.
    private static func isAllowed(_ byte: UInt8) -> Bool {
        (0x21...0x7E).contains(byte) && byte != UInt8(ascii: "\\")
    }

    /// The text.
    public var description: String { text }

    /// Whether both are of one origin: credentials for one are for the other too.
    func hasOrigin(of other: RequestURL) -> Bool {
        scheme == other.scheme && host == other.host && port == other.port
    }
}

/// libcurl's own form of an address.
@safe private struct ParsedURL: ~Copyable {
    struct Parts: Equatable {
        let text: String
        let scheme: RequestURL.Scheme
        let host: String
        let port: Int
    }

    private let handle: OpaquePointer

    private init() throws(Failure) {
        try LibCurl.load()
        guard let handle = unsafe yun_curl_url() else { throw LibCurl.outOfMemory }
        unsafe self.handle = unsafe handle
    }

    /// The parts of an address.
    /// - Parameter base: what a relative one is relative to; then what should have been escaped is.
    static func parts(of text: String, base: String? = nil) throws(Failure) -> Parts {
        let url = try ParsedURL()
        let shown = text.abbreviated(to: 200).escaped
        if let base { try url.set(CURLUPART_URL, base, shown) }
        let leniency = base == nil ? 0 : UInt32(CURLU_URLENCODE)
        try url.set(CURLUPART_URL, text, flags: UInt32(CURLU_DISALLOW_USER) | leniency, shown)
        try url.set(CURLUPART_FRAGMENT, nil, shown)
        try url.set(CURLUPART_HOST, url.get(CURLUPART_HOST)?.asciiLowercased, shown)
        guard let text = url.get(CURLUPART_URL), let host = url.get(CURLUPART_HOST), !host.isEmpty,
            let scheme = url.get(CURLUPART_SCHEME).flatMap({ RequestURL.Scheme(rawValue: $0) }),
            let port = url.get(CURLUPART_PORT, flags: UInt32(CURLU_DEFAULT_PORT)).flatMap({ Int($0) })
        else { throw malformed(shown) }
        return Parts(text: text, scheme: scheme, host: host, port: port)
    }

    deinit {
        unsafe yun_curl_url_cleanup(handle)
    }

    private static func malformed(_ shown: String) -> Failure {
        Failure(
            .networkRequest, "\(shown) is not an address of the web",
            hint: "write it as https://HOST/PATH, without a user's name")
    }

    private func set(_ part: CURLUPart, _ text: String?, flags: UInt32 = 0, _ shown: String) throws(Failure) {
        guard unsafe yun_curl_url_set(handle, part, text, flags) == CURLUE_OK else {
            throw Self.malformed(shown)
        }
    }

    private func get(_ part: CURLUPart, flags: UInt32 = 0) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        guard unsafe yun_curl_url_get(handle, part, &text, flags) == CURLUE_OK, let text = unsafe text else {
            return nil
        }
        defer { unsafe yun_curl_free(text) }
        return unsafe String(validatingCString: text)
    }
}
