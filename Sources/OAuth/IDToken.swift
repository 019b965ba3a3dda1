public import CloudModel
internal import Foundation
internal import Signing

/// What a client is told of who signed in (OpenID Connect Core, 2).
public struct IDClaims: Sendable, Codable, Equatable {
    /// Who says so.
    public let iss: String
    /// Who signed in, as this client knows them.
    public let sub: String
    /// To which client it is said.
    public let aud: String
    /// Until when, in seconds since 1970.
    public let exp: Int64
    /// Since when.
    public let iat: Int64
    /// When the owner showed who they are.
    public let authTime: Int64
    /// What ties it to a request of the client's.
    public let nonce: String?
    /// The owner's name, where that is asked for.
    public let name: String?

    private enum CodingKeys: String, CodingKey {
        case iss, sub, aud, exp, iat, nonce, name
        case authTime = "auth_time"
    }

    /// Claims.
    public init(
        issuer: String, subject: String, audience: String, issuedAt: Instant, lifetimeSeconds: Int64,
        authenticatedAt: Instant, nonce: String?, name: String?
    ) {
        iss = issuer
        sub = subject
        aud = audience
        iat = issuedAt.milliseconds / 1000
        exp = iat + lifetimeSeconds
        authTime = authenticatedAt.milliseconds / 1000
        self.nonce = nonce
        self.name = name
    }
}

/// A signed text with claims (RFC 7515, compact). One algorithm is spoken, whatever a header says: who may choose it chooses
/// `none`, or takes a public key for a secret.
public enum IDToken {
    private static let algorithm = "ES256"
    private static let bytesMax = 8192
    /// How much clocks of servers may differ.
    private static let skewSeconds: Int64 = 60

    private struct Header: Codable {
        let alg: String
        let kid: String
        let typ: String?
    }

    /// Signs claims.
    public static func signed(_ claims: IDClaims, with key: SigningKey) throws(Problem) -> String {
        let header = Header(alg: algorithm, kid: key.id, typ: "JWT")
        let text = "\(try encoded(header)).\(try encoded(claims))"
        return "\(text).\(try key.signature(over: text).base64URL)"
    }

    /// What a token of ours says. It may be over: a client that signs out shows what it got when it signed in (RP-Initiated Logout,
    /// 2). One from the future is none of ours.
    public static func claims(of text: String, keys: [SigningKey], issuer: String, at now: Instant)
        throws(Problem) -> IDClaims
    {
        let refusal = Problem(.malformed, "the id token is none of this server's")
        let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        guard text.utf8.count <= bytesMax, parts.count == 3, let header: Header = decoded(parts[0]),
            header.alg == algorithm, header.typ == nil || header.typ == "JWT",
            let key = keys.first(where: { $0.id == header.kid }),
            let signature = [UInt8](base64URL: parts[2]),
            key.isSigned("\(parts[0]).\(parts[1])", by: signature),
            let claims: IDClaims = decoded(parts[1]), claims.iss == issuer,
            claims.iat <= now.milliseconds / 1000 + skewSeconds
        else { throw refusal }
        return claims
    }

    private static func encoded(_ value: some Encodable) throws(Problem) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return Array(try encoder.encode(value)).base64URL
        } catch { throw .fault("\(error)") }
    }

    private static func decoded<Value: Decodable>(_ text: String) -> Value? {
        guard let bytes = [UInt8](base64URL: text) else { return nil }
        do {
            return try JSONDecoder().decode(Value.self, from: Data(bytes))
        } catch { return nil }
    }
}
