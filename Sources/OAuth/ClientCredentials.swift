public import CloudModel
internal import Foundation

/// How a client says which one it is (RFC 6749, 2.3).
public struct ClientCredentials: Sendable {
    /// Which.
    public let id: String
    /// What a client shows that can keep a secret.
    public let secret: String?

    /// For clients without a secret, and tests.
    public init(id: String, secret: String? = nil) {
        self.id = id
        self.secret = secret
    }

    /// From a request's header or its form. In both, two readers could understand it differently.
    public init(authorization header: String?, _ parameters: RequestParameters) throws(Problem) {
        let id = try parameters.value("client_id")
        let secret = try parameters.value("client_secret")
        guard let header else {
            guard let id else { throw Problem(.invalidClient, "client_id is missing") }
            self.init(id: id, secret: secret)
            return
        }
        let (headerID, headerSecret) = try Self.parts(header)
        guard secret == nil, id == nil || id == headerID else {
            throw Problem(.malformed, "the client says who it is in two ways")
        }
        self.init(id: headerID, secret: headerSecret)
    }

    private static func parts(_ header: String) throws(Problem) -> (id: String, secret: String) {
        let words = header.split(separator: " ", maxSplits: 1)
        guard words.count == 2, words[0].lowercased() == "basic",
            let decoded = Data(base64Encoded: String(words[1])),
            let text = String(validating: decoded, as: UTF8.self), let colon = text.firstIndex(of: ":")
        else { throw Problem(.invalidClient, "the Authorization header is not understood") }
        // Both are form-encoded; what we give out reads the same either way.
        return (String(text[..<colon]), String(text[text.index(after: colon)...]))
    }
}
