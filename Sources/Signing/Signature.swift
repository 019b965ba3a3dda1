internal import CLibSodium
public import YunCore

enum Minisign {
    /// Ed25519 over the text itself; the mark of keys.
    static let plainAlgorithm = Array("Ed".utf8)
    /// Ed25519 over the BLAKE2b-512 of the text; the mark of the signatures that we make and take.
    static let hashedAlgorithm = Array("ED".utf8)
    static let signatureBytes = 64
    static let untrustedPrefix = "untrusted comment: "
    static let trustedPrefix = "trusted comment: "
}

/// A signature in minisign's format (`spec/signatures.md`).
public struct Signature: Sendable, Equatable {
    /// Which key is said to have made it.
    public let keyID: KeyID
    /// One line that the signature covers too.
    public let trustedComment: String
    let signature: [UInt8]
    let commentSignature: [UInt8]

    /// Reads the four lines of a `.minisig` file.
    public init(fileText: [UInt8]) throws(Failure) {
        // By bytes: a character of Swift's may begin with the last byte of a prefix or hold a line's end.
        guard let text = String(validating: fileText, as: UTF8.self),
            case let lines = text.utf8.split(separator: lineFeed, omittingEmptySubsequences: false)
                .map({ Substring($0) }),
            lines.count == 5, lines[4].isEmpty, !lines.contains(where: { $0.utf8.last == carriageReturn }),
            lines[0].utf8.starts(with: Minisign.untrustedPrefix.utf8),
            lines[2].utf8.starts(with: Minisign.trustedPrefix.utf8),
            let first = [UInt8](base64: lines[1]), first.count == 74,
            let second = [UInt8](base64: lines[3]), second.count == Minisign.signatureBytes
        else {
            throw Failure(
                .signatureMalformed, "the signature is not in minisign's format",
                hint: "sign the package again with 'ypkg sign'")
        }
        guard first.starts(with: Minisign.hashedAlgorithm) else {
            throw Failure(
                .signatureMalformed, "the signature is of a kind that is not accepted",
                hint: "sign without minisign's -l")
        }
        keyID = KeyID(first[2..<10])
        signature = Array(first[10...])
        trustedComment = String(Substring(lines[2].utf8.dropFirst(Minisign.trustedPrefix.utf8.count)))
        commentSignature = second
    }

    init(keyID: KeyID, signature: [UInt8], trustedComment: String, commentSignature: [UInt8]) {
        self.keyID = keyID
        self.signature = signature
        self.trustedComment = trustedComment
        self.commentSignature = commentSignature
    }

    /// The contents of a `.minisig` file.
    public var fileText: String {
        """
        \(Minisign.untrustedPrefix)signature from key \(keyID)
        \((Minisign.hashedAlgorithm + keyID.bytes + signature).base64)
        \(Minisign.trustedPrefix)\(trustedComment)
        \(commentSignature.base64)

        """
    }

    /// Whether `key` made this signature over `text` and over the trusted comment.
    public func isValid(for text: [UInt8], by key: PublicKey) -> Bool {
        key.id == keyID && key.accepts(signature, of: Self.hash(text))
            && key.accepts(commentSignature, of: signature + Array(trustedComment.utf8))
    }

    static func hash(_ text: [UInt8]) -> [UInt8] {
        Sodium.chooseFastest()
        var hash = [UInt8](repeating: 0, count: 64)
        unsafe crypto_generichash(&hash, hash.count, text, UInt64(text.count), nil, 0)
        return hash
    }
}

private let lineFeed = UInt8(ascii: "\n")
private let carriageReturn = UInt8(ascii: "\r")
