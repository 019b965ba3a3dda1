internal import Signing
internal import YunCore

/// What a secret is for. Its text begins with this, so that what searches for secrets that were published finds it, and one is
/// never taken for another.
public enum SecretKind: String, Sendable, CaseIterable {
    case accessToken = "yat_"
    case refreshToken = "yrt_"
    case authorizationCode = "yac_"
    case deviceCode = "ydc_"
    case clientSecret = "ycs_"
}

/// A text that nobody can guess and that is kept nowhere: what is kept is its digest. With 256 bits of chance one fast hash is
/// enough, and as the digest is what is looked for, the time that it takes tells nothing.
public struct TokenSecret: Sendable {
    static let sizeBytes = 32

    /// What its bearer is told, once.
    public let text: String
    /// What is kept.
    public let digest: [UInt8]

    /// A new one.
    public init(_ kind: SecretKind) {
        self.init(kind, bytes: RandomBytes.take(Self.sizeBytes))
    }

    private init(_ kind: SecretKind, bytes: [UInt8]) {
        text = kind.rawValue + bytes.base64URL
        digest = Digest(of: Array(text.utf8)).bytes
    }

    /// What somebody shows; `nil` for what can be none of this kind.
    public init?(_ kind: SecretKind, _ text: String) {
        guard text.utf8.starts(with: kind.rawValue.utf8),
            let bytes = [UInt8](base64URL: text.utf8.dropFirst(kind.rawValue.utf8.count).text),
            bytes.count == Self.sizeBytes
        else { return nil }
        self.init(kind, bytes: bytes)
    }
}

/// A token for new tokens. All that came of one sign-in share their first half: it shows that a token was once given, although
/// nothing is kept of those that are over.
public struct RefreshToken: Sendable {
    /// What its bearer is told, once.
    public let text: String
    /// By this it is found.
    public let digest: [UInt8]
    /// By this its family is found.
    public let familyDigest: [UInt8]
    private let family: [UInt8]

    private init(family: [UInt8], own: [UInt8]) {
        self.family = family
        text = SecretKind.refreshToken.rawValue + (family + own).base64URL
        digest = Digest(of: Array(text.utf8)).bytes
        familyDigest = Digest(of: Array("family ".utf8) + family).bytes
    }

    /// The first of a family. Who shows the same code again gets a sister, not another family.
    public init(for code: TokenSecret) {
        self.init(
            family: Digest(of: Array("family of ".utf8) + Array(code.text.utf8)).bytes,
            own: RandomBytes.take(TokenSecret.sizeBytes))
    }

    /// What somebody shows; `nil` for what can be none.
    public init?(_ text: String) {
        let prefix = SecretKind.refreshToken.rawValue.utf8
        guard text.utf8.starts(with: prefix),
            let bytes = [UInt8](base64URL: text.utf8.dropFirst(prefix.count).text),
            bytes.count == 2 * TokenSecret.sizeBytes
        else { return nil }
        self.init(
            family: Array(bytes.prefix(TokenSecret.sizeBytes)),
            own: Array(bytes.suffix(TokenSecret.sizeBytes)))
    }

    /// A new one of the same family.
    public var successor: RefreshToken {
        RefreshToken(family: family, own: RandomBytes.take(TokenSecret.sizeBytes))
    }
}

extension Collection<UInt8> {
    fileprivate var text: String { String(decoding: self, as: UTF8.self) }
}

/// What an owner types to let a phone in: consonants, so that it is no word, and none that looks like another (RFC 8628, 6.1).
public struct UserCode: Sendable, Hashable, CustomStringConvertible {
    private static let alphabet = Array("BCDFGHJKLMNPQRSTVWXZ".utf8)
    private static let lettersCount = 8

    /// As it is kept.
    public let letters: String

    /// A new one.
    public init() {
        var letters: [UInt8] = []
        while letters.count < Self.lettersCount {
            // Bytes from 240 on would make some letters more frequent.
            for byte in RandomBytes.take(Self.lettersCount) where byte < 240 {
                letters.append(Self.alphabet[Int(byte) % Self.alphabet.count])
            }
        }
        self.letters = String(decoding: letters.prefix(Self.lettersCount), as: UTF8.self)
    }

    /// What somebody typed; `nil` for what can be none.
    public init?(typed text: String) {
        let typed = text.uppercased().utf8.filter { $0 != UInt8(ascii: "-") && $0 != 0x20 }
        guard typed.count == Self.lettersCount, typed.allSatisfy(Self.alphabet.contains) else { return nil }
        letters = String(decoding: typed, as: UTF8.self)
    }

    /// As it is shown.
    public var description: String { "\(letters.prefix(4))-\(letters.suffix(4))" }
}
