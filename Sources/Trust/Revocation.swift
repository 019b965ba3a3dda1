public import Signing
public import YunCore

/// A store's or maker's statement: these keys and releases are to be trusted no longer.
public struct Revocation: Sendable, Equatable {
    /// The first line.
    public static let typeLine = "ypkg-revocation 1"

    /// Grows with each statement of a signer; a later one replaces the earlier ones.
    public let number: Int
    /// Keys whose packages are refused.
    public let keys: [PublicKey]
    /// Releases that are refused, by their index.
    public let indexes: [Digest]

    /// The statement of that number.
    public init(number: Int, keys: [PublicKey], indexes: [Digest]) {
        self.number = number
        self.keys = keys
        self.indexes = indexes
    }

    /// The text to sign.
    public var text: [UInt8] {
        var lines = [Self.typeLine, "number\t\(number)"]
        lines += keys.map { "key\t\($0.base64)" }
        lines += indexes.map { "index\t\($0)" }
        return Array((lines.joined(separator: "\n") + "\n").utf8)
    }

    /// Reads a statement that a signature vouches for; like a profile it has one spelling only.
    public init(text bytes: [UInt8]) throws(Failure) {
        var lines = try StatementLines(bytes, typeLine: Self.typeLine)
        guard let number = Int(try lines.value(of: "number")), (1...Int(Int32.max)).contains(number) else {
            throw lines.fault
        }
        var keys: [PublicKey] = []
        while let text = lines.optionalValue(of: "key") {
            guard let key = PublicKey(base64: text) else { throw lines.fault }
            keys.append(key)
        }
        var indexes: [Digest] = []
        while let text = lines.optionalValue(of: "index") {
            guard let digest = Digest(hexadecimal: text) else { throw lines.fault }
            indexes.append(digest)
        }
        self.init(number: number, keys: keys, indexes: indexes)
        guard text == bytes else { throw lines.fault }
    }
}

/// Everything that this device trusts no longer, and on whose word. A pure decision over what its owner and the
/// statements say.
public struct Revocations: Sendable {
    /// Who revoked.
    public enum Revoker: Sendable, Hashable, CustomStringConvertible {
        /// The owner of this device.
        case owner
        /// A store or maker whom the device trusts.
        case anchor(Anchor)

        /// For people.
        public var description: String {
            switch self {
            case .owner: "the owner of this device"
            case .anchor(let anchor): "the key \(anchor.key.id) (\(anchor.signingClass.rawValue))"
            }
        }
    }

    /// What one of them said.
    public struct Word: Sendable {
        /// Who.
        public let revoker: Revoker
        /// What.
        public let revocation: Revocation
    }

    /// All that count on this device.
    public let words: [Word]

    /// Nothing is revoked.
    public static let none = Revocations(words: [])

    private init(words: [Word]) { self.words = words }

    /// - Parameters:
    ///   - own: the owner's decisions.
    ///   - statements: signed texts; those of signers who are not trusted, or no longer, do not count.
    ///   - anchors: whom the device trusts.
    public init(
        own: [PublicKey], statements: [(text: [UInt8], signature: [UInt8])], anchors: [Anchor]
    ) throws(Failure) {
        var words = [Word(revoker: .owner, revocation: Revocation(number: 1, keys: own, indexes: []))]
        let trusted = anchors.filter { anchor in !own.contains { $0.bytes == anchor.key.bytes } }
        for statement in statements {
            let id = try Signature(fileText: statement.signature).keyID
            guard trusted.contains(where: { $0.key.id == id && $0.signingClass != .developer }) else {
                continue
            }
            words.append(try Self.verified(statement, anchors: trusted))
        }
        self.words = words
    }

    /// Checks who signed a statement, and reads it.
    public static func verified(
        _ statement: (text: [UInt8], signature: [UInt8]), anchors: [Anchor]
    ) throws(Failure) -> Word {
        let signature = try Signature(fileText: statement.signature)
        let signers = anchors.filter { $0.signingClass != .developer && $0.key.id == signature.keyID }
        guard !signers.isEmpty else {
            throw Failure(
                .signerUnknown, "the revocation is not signed by a store or maker that is trusted here",
                hint: "it is signed by the key \(signature.keyID); see: ypkg trust list")
        }
        guard let signer = signers.first(where: { signature.isValid(for: statement.text, by: $0.key) }) else {
            throw Failure(
                .signatureWrong, "the signature of the key \(signature.keyID) does not fit the revocation",
                hint: "get both files again")
        }
        return Word(revoker: .anchor(signer), revocation: try Revocation(text: statement.text))
    }

    /// Why a release is not to be trusted, or `nil`.
    /// - Parameters:
    ///   - keys: the publisher's, and all on the way from trust to it.
    ///   - index: what was signed.
    public func fault(of keys: [[UInt8]], index: Digest) -> Failure? {
        for word in words where counts(word, for: keys) {
            if let key = word.revocation.keys.first(where: { keys.contains($0.bytes) }) {
                return Failure(
                    .revoked,
                    "the key \(key.id), which vouches for this release, was revoked by \(word.revoker)",
                    hint: word.revoker == .owner
                        ? "to take that back: ypkg trust revoke \(key.base64) --undo"
                        : "get a release that its publisher signed with another key")
            }
            if word.revocation.indexes.contains(index) {
                return Failure(
                    .revoked, "this release was revoked by \(word.revoker)",
                    hint: "get another release from its publisher")
            }
        }
        return nil
    }

    /// The owner and the maker speak about everything, a store about what it signed or vouched for.
    private func counts(_ word: Word, for keys: [[UInt8]]) -> Bool {
        guard case .anchor(let anchor) = word.revoker, anchor.signingClass == .store else { return true }
        return keys.contains(anchor.key.bytes)
    }
}
