public import CloudModel
internal import Signing
internal import YunCore

/// What ties a code to the client that asked for it (RFC 7636): whoever injects another's code cannot answer. Plain challenges are
/// none: who sees the request could answer them.
public struct CodeChallenge: Sendable, Hashable {
    private static let verifierBytes = 43...128

    /// Base64 of a SHA-256.
    public let text: String

    /// Of a request.
    public init(challenge: String?, method: String?) throws(Problem) {
        guard let challenge else {
            throw Problem(.malformed, "code_challenge is missing; this needs PKCE")
        }
        guard method == "S256" else { throw Problem(.malformed, "code_challenge_method is S256") }
        guard [UInt8](base64URL: challenge)?.count == Digest.sizeBytes else {
            throw Problem(.malformed, "code_challenge is not the SHA-256 of a verifier")
        }
        text = challenge
    }

    /// One that was kept.
    public init(kept text: String) { self.text = text }

    /// Whether `verifier` is what the client made it of.
    public func isAnswered(by verifier: String) -> Bool {
        Self.verifierBytes.contains(verifier.utf8.count) && verifier.utf8.allSatisfy(\.isUnreserved)
            && Digest(of: Array(verifier.utf8)).bytes.base64URL == text
    }
}
