internal import Crypto
internal import Foundation
internal import Signing

/// What a client or an app knows an owner by: each has a name of its own, so that two that compare what they know learn nothing
/// (OpenID Connect Core, 8.1).
public enum PairwiseSubject {
    /// Who knows it.
    public enum Sector: Sendable {
        case client(String)
        case app(domain: String)

        fileprivate var text: String {
            switch self {
            case .client(let id): "client:\(id)"
            case .app(let domain): "app:\(domain)"
            }
        }
    }

    /// - Parameter secret: the account's, which never changes.
    public static func text(of secret: String, for sector: Sector) -> String {
        let code = HMAC<SHA256>.authenticationCode(
            for: Data(sector.text.utf8), using: SymmetricKey(data: Data(secret.utf8)))
        return Array(code).base64URL
    }
}
