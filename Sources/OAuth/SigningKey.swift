internal import Crypto
internal import Foundation
public import CloudModel
internal import Signing

/// A key that id tokens are signed with: ECDSA over P-256 (`ES256`), and nothing else is spoken here.
public struct SigningKey: Sendable {
    /// Names it in tokens and in the published set.
    public let id: String
    /// The private key itself, as it is kept.
    public let bytes: [UInt8]
    /// From then on it signs; it is published before.
    public let signsFrom: Instant
    private let key: P256.Signing.PrivateKey

    /// A new one.
    public init(signsFrom: Instant) {
        key = P256.Signing.PrivateKey()
        id = RandomBytes.take(12).base64URL
        bytes = Array(key.rawRepresentation)
        self.signsFrom = signsFrom
    }

    /// One that was kept.
    public init(id: String, bytes: [UInt8], signsFrom: Instant) throws(Problem) {
        do {
            key = try P256.Signing.PrivateKey(rawRepresentation: bytes)
        } catch { throw .fault("signing key \(id) is none: \(error)") }
        self.id = id
        self.bytes = bytes
        self.signsFrom = signsFrom
    }

    /// What everybody may know of it (RFC 7517).
    public var published: PublishedKey {
        let point = Array(key.publicKey.rawRepresentation)
        return PublishedKey(
            kid: id, x: Array(point.prefix(32)).base64URL, y: Array(point.suffix(32)).base64URL)
    }

    func signature(over text: String) throws(Problem) -> [UInt8] {
        do {
            return Array(try key.signature(for: Data(text.utf8)).rawRepresentation)
        } catch { throw .fault("signing: \(error)") }
    }

    func isSigned(_ text: String, by signature: [UInt8]) -> Bool {
        do {
            let signature = try P256.Signing.ECDSASignature(rawRepresentation: signature)
            return key.publicKey.isValidSignature(signature, for: Data(text.utf8))
        } catch { return false }
    }
}

/// A member of the published set of keys.
public struct PublishedKey: Encodable, Sendable {
    private let kty = "EC"
    private let crv = "P-256"
    private let alg = "ES256"
    private let use = "sig"
    let kid: String
    let x: String
    let y: String
}

/// When keys come and go. The next key is published a whole period before it signs, so clients and servers that kept the set for a
/// while know it; a key stays published until what it signed last is over.
public struct KeySchedule: Sendable, Equatable {
    /// How long a key signs.
    public static let periodSeconds: Int64 = 90 * 86_400
    /// How long a key stays that signs no more: an id token's time, and what clocks differ.
    static let leftoverSeconds: Int64 = 86_400

    /// From when on keys sign that have to be made.
    public let missing: [Instant]
    /// Those that are over.
    public let over: [String]

    /// Whether there is anything to do.
    public var isDue: Bool { !missing.isEmpty || !over.isEmpty }

    /// What is to be done with the keys there are.
    public init(keys: [(id: String, signsFrom: Instant)], at now: Instant) {
        let keys = keys.sorted { $0.signsFrom < $1.signsFrom }
        over = zip(keys, keys.dropFirst())
            .filter { $1.signsFrom.advanced(bySeconds: Self.leftoverSeconds) <= now }.map { $0.0.id }
        let current = keys.last { $0.signsFrom <= now }
        guard let current else {
            missing = keys.isEmpty ? [now, now.advanced(bySeconds: Self.periodSeconds)] : [now]
            return
        }
        let hasNext = keys.contains { $0.signsFrom > now }
        let next = max(
            current.signsFrom.advanced(bySeconds: Self.periodSeconds),
            now.advanced(bySeconds: Self.periodSeconds / 2))
        missing = hasNext ? [] : [next]
    }
}
