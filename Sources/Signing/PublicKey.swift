internal import CLibSodium
public import YunCore

/// What names a key in files and messages: 8 random bytes, shown as minisign shows them.
public struct KeyID: Sendable, Hashable, CustomStringConvertible {
    /// 8 bytes, as they lie in files.
    public let bytes: [UInt8]

    init(_ bytes: some Collection<UInt8>) {
        self.bytes = Array(bytes)
    }

    /// Reads what ``description`` gives.
    public init?(_ text: String) {
        guard text.utf8.count == 16, let bytes = [UInt8](hexadecimal: text.lowercased()) else { return nil }
        self.bytes = bytes.reversed()
    }

    /// 16 upper-case hexadecimal digits, the last byte first.
    public var description: String { bytes.reversed().hexadecimal.uppercased() }
}

/// An Ed25519 public key in minisign's format. The key itself is the identity; its id only helps to find it.
public struct PublicKey: Sendable, Hashable, CustomStringConvertible {
    static let sizeBytes = 32

    /// The id that signatures of this key carry.
    public let id: KeyID
    /// 32 bytes.
    public let bytes: [UInt8]

    init(id: KeyID, bytes: [UInt8]) {
        self.id = id
        self.bytes = bytes
    }

    /// Puts together what was kept apart; `nil` unless there are 32 bytes.
    public init?(_ id: KeyID, bytes: [UInt8]) {
        guard bytes.count == Self.sizeBytes else { return nil }
        self.init(id: id, bytes: bytes)
    }

    /// Reads ``base64``: "Ed", 8 bytes of id, 32 bytes of key.
    public init?(base64 text: some StringProtocol) {
        guard let all = [UInt8](base64: text), all.count == 42, all.starts(with: Minisign.plainAlgorithm)
        else {
            return nil
        }
        self.init(id: KeyID(all[2..<10]), bytes: Array(all[10...]))
    }

    /// Reads a `.pub` file: an optional comment line, then the key.
    public init(fileText: String) throws(Failure) {
        let lines = fileText.split(whereSeparator: \.isNewline)
        guard let line = lines.last, lines.count <= 2,
            lines.count == 1 || lines[0].utf8.starts(with: "untrusted comment:".utf8),
            let key = PublicKey(base64: line)
        else {
            throw Failure(
                .keyMalformed, "this is not a public key",
                hint: "give a .pub file as 'ypkg key generate' or 'minisign -G' write it")
        }
        self = key
    }

    /// The key on one line.
    public var base64: String { (Minisign.plainAlgorithm + id.bytes + bytes).base64 }

    /// The contents of a `.pub` file.
    public var fileText: String { "untrusted comment: minisign public key \(id)\n\(base64)\n" }

    /// The id.
    public var description: String { id.description }

    func accepts(_ signature: [UInt8], of message: [UInt8]) -> Bool {
        guard signature.count == Minisign.signatureBytes else { return false }
        return unsafe crypto_sign_ed25519_verify_detached(signature, message, UInt64(message.count), bytes)
            == 0
    }
}
