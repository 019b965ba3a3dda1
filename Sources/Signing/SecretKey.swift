internal import CLibSodium
public import YunCore

/// An Ed25519 secret key in locked memory, kept in files as minisign keeps it: encrypted with a passphrase
/// through scrypt, or in the clear where its owner asked for that.
public struct SecretKey: Sendable {
    /// Key id (8), secret key with its public half (64), checksum (32): what a passphrase encrypts.
    private static let sealedBytes = 104
    private static let seededBytes = 72
    private static let checksumBytes = 32
    private static let checksumAlgorithm = Array("B2".utf8)
    private static let scrypt = Array("Sc".utf8)
    /// What minisign itself uses; a file that asks for more than 1 GiB is refused.
    private static let operationsMax: UInt64 = 33_554_432
    private static let memoryBytesMax: UInt64 = 1 << 30

    /// The public half.
    public let publicKey: PublicKey
    /// Key id, secret key and checksum, as above.
    private let sealed: LockedBytes

    private init(sealed: LockedBytes, isEncrypted: Bool) throws(Failure) {
        let sum = try Self.checksum(of: sealed)
        let publicHalf = Self.derivedPublicHalf(of: sealed)
        let isGenuine = unsafe sealed.withBytes { bytes in
            let stored = unsafe bytes[Self.seededBytes...]
            // minisign leaves the checksum of a key in the clear empty.
            let isWhole = unsafe stored.elementsEqual(sum) || (!isEncrypted && stored.allSatisfy { $0 == 0 })
            return unsafe isWhole && publicHalf.elementsEqual(bytes[40..<Self.seededBytes])
        }
        guard isGenuine else {
            throw isEncrypted
                ? Failure(.passphraseWrong, "the passphrase does not open this key", hint: "try it again")
                : Failure(.keyMalformed, "the secret key is damaged", hint: "take a copy of it that is not")
        }
        publicKey = PublicKey(id: KeyID(unsafe sealed.withBytes { unsafe Array($0[..<8]) }), bytes: publicHalf)
        self.sealed = sealed
    }

    /// The public key that the secret one implies.
    private static func derivedPublicHalf(of sealed: LockedBytes) -> [UInt8] {
        var publicHalf = [UInt8](repeating: 0, count: PublicKey.sizeBytes)
        unsafe sealed.withBytes { bytes in
            guard let seed = unsafe bytes.baseAddress?.advanced(by: 8).assumingMemoryBound(to: UInt8.self) else { return }
            var secret = [UInt8](repeating: 0, count: 64)
            unsafe crypto_sign_ed25519_seed_keypair(&publicHalf, &secret, seed)
            unsafe sodium_memzero(&secret, secret.count)
        }
        return publicHalf
    }

    /// A new key with a random id.
    public static func generate() throws(Failure) -> SecretKey {
        let sealed = try LockedBytes(count: sealedBytes)
        unsafe sealed.withBytes { bytes in
            guard let start = bytes.baseAddress else { return }
            var publicHalf = [UInt8](repeating: 0, count: PublicKey.sizeBytes)
            unsafe randombytes_buf(start, 8)
            unsafe crypto_sign_ed25519_keypair(
                &publicHalf, start.advanced(by: 8).assumingMemoryBound(to: UInt8.self))
        }
        let sum = try checksum(of: sealed)
        unsafe sealed.withBytes { bytes in
            unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[seededBytes...]).copyBytes(from: sum)
        }
        return try SecretKey(sealed: sealed, isEncrypted: false)
    }

    /// BLAKE2b-256 of the algorithm, the key id and the secret key.
    private static func checksum(of sealed: LockedBytes) throws(Failure) -> [UInt8] {
        let algorithm = Minisign.plainAlgorithm
        let input = try LockedBytes(count: algorithm.count + seededBytes)
        var sum = [UInt8](repeating: 0, count: checksumBytes)
        unsafe sealed.withBytes { sealed in
            unsafe input.withBytes { input in
                for index in algorithm.indices { unsafe input[index] = algorithm[index] }
                for index in 0..<seededBytes { unsafe input[algorithm.count + index] = sealed[index] }
                let start = unsafe input.baseAddress?.assumingMemoryBound(to: UInt8.self)
                _ = unsafe crypto_generichash(&sum, sum.count, start, UInt64(input.count), nil, 0)
            }
        }
        return sum
    }

    /// Whether a key file asks for a passphrase.
    public static func isEncrypted(fileText: String) throws(Failure) -> Bool {
        try fields(of: fileText).isEncrypted
    }

    /// Opens a key file. Wrong passphrases and damaged files look the same.
    public init(fileText: String, passphrase: LockedBytes?) throws(Failure) {
        var file = try Self.fields(of: fileText)
        let sealed = try LockedBytes(wiping: &file.sealed)
        if file.isEncrypted {
            guard let passphrase else {
                throw Failure(.passphraseWrong, "the key is encrypted", hint: "give its passphrase")
            }
            try Self.applyStream(file, passphrase, to: sealed)
        }
        try self.init(sealed: sealed, isEncrypted: file.isEncrypted)
    }

    /// The contents of a `.key` file; in the clear without a passphrase.
    public func fileText(passphrase: LockedBytes?) throws(Failure) -> LockedBytes {
        let copy = try LockedBytes(count: Self.sealedBytes)
        unsafe sealed.withBytes { from in
            unsafe copy.withBytes { unsafe $0.copyMemory(from: UnsafeRawBufferPointer(from)) }
        }
        var file = File(isEncrypted: passphrase != nil, salt: [UInt8](repeating: 0, count: 32))
        if let passphrase {
            unsafe randombytes_buf(&file.salt, file.salt.count)
            file.operations = Self.operationsMax
            file.memoryBytes = Self.memoryBytesMax
            try Self.applyStream(file, passphrase, to: copy)
        }
        file.sealed = unsafe copy.withBytes { unsafe Array($0) }
        defer { unsafe sodium_memzero(&file.sealed, file.sealed.count) }
        var text = Array(file.text.utf8)
        return try LockedBytes(wiping: &text)
    }

    /// Signs `text`, which must be short enough for memory, and the one-line `trustedComment`.
    public func sign(_ text: [UInt8], trustedComment: String) -> Signature {
        let comment = trustedComment.escaped
        let signature = detached(Signature.hash(text))
        return Signature(
            keyID: publicKey.id, signature: signature, trustedComment: comment,
            commentSignature: detached(signature + Array(comment.utf8)))
    }

    private func detached(_ message: [UInt8]) -> [UInt8] {
        var signature = [UInt8](repeating: 0, count: Minisign.signatureBytes)
        unsafe sealed.withBytes { bytes in
            guard let secret = unsafe bytes.baseAddress?.advanced(by: 8).assumingMemoryBound(to: UInt8.self)
            else { return }
            _ = unsafe crypto_sign_ed25519_detached(&signature, nil, message, UInt64(message.count), secret)
        }
        return signature
    }

    /// A key file's line: algorithm, key derivation, checksum kind, salt, two limits, sealed part.
    private struct File {
        var isEncrypted: Bool
        var salt: [UInt8]
        var operations: UInt64 = 0
        var memoryBytes: UInt64 = 0
        var sealed: [UInt8] = []

        var text: String {
            let derivation = isEncrypted ? scrypt : [0, 0]
            let all =
                Minisign.plainAlgorithm + derivation + checksumAlgorithm + salt + operations.littleEndianBytes
                + memoryBytes.littleEndianBytes + sealed
            let comment = isEncrypted ? "minisign encrypted secret key" : "minisign secret key"
            return "\(Minisign.untrustedPrefix)\(comment)\n\(all.base64)\n"
        }
    }

    private static func fields(of fileText: String) throws(Failure) -> File {
        let lines = fileText.split(whereSeparator: \.isNewline)
        guard lines.count == 2, lines[0].hasPrefix(Minisign.untrustedPrefix),
            let all = [UInt8](base64: lines[1]), all.count == 54 + sealedBytes,
            all.starts(with: Minisign.plainAlgorithm), Array(all[4..<6]) == checksumAlgorithm,
            Array(all[2..<4]) == scrypt || Array(all[2..<4]) == [0, 0]
        else {
            throw Failure(
                .keyMalformed, "this is not a secret key",
                hint: "give a .key file as 'ypkg key generate' or 'minisign -G' write it")
        }
        return File(
            isEncrypted: Array(all[2..<4]) == scrypt, salt: Array(all[6..<38]),
            operations: UInt64(littleEndianBytes: all[38..<46]),
            memoryBytes: UInt64(littleEndianBytes: all[46..<54]), sealed: Array(all[54...]))
    }

    /// Encrypts or decrypts in place: the sealed part is combined with a stream from the passphrase.
    private static func applyStream(
        _ file: File, _ passphrase: LockedBytes, to sealed: LockedBytes
    ) throws(Failure) {
        guard file.operations <= operationsMax * 2, file.memoryBytes <= memoryBytesMax else {
            throw Failure(.keyMalformed, "the key asks for more than 1 GiB of memory to be opened")
        }
        let stream = try LockedBytes(count: sealedBytes)
        let status: Int32 = unsafe stream.withBytes { stream in
            unsafe passphrase.withBytes { passphrase in
                guard let stream = unsafe stream.baseAddress?.assumingMemoryBound(to: UInt8.self),
                    let passphraseStart = unsafe passphrase.baseAddress?.assumingMemoryBound(to: CChar.self)
                else { return -1 }
                return unsafe crypto_pwhash_scryptsalsa208sha256(
                    stream, UInt64(sealedBytes), passphraseStart, UInt64(passphrase.count),
                    file.salt, file.operations, Int(file.memoryBytes))
            }
        }
        guard status == 0 else {
            throw Failure(
                .unavailable, "cannot open the key: not enough memory",
                hint: "\(file.memoryBytes >> 20) MiB are needed for its passphrase")
        }
        unsafe stream.withBytes { stream in
            unsafe sealed.withBytes { sealed in
                for index in sealed.indices { unsafe sealed[index] ^= stream[index] }
            }
        }
    }
}

extension UInt64 {
    fileprivate var littleEndianBytes: [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: self >> ($0 * 8)) } }

    fileprivate init(littleEndianBytes bytes: ArraySlice<UInt8>) {
        self = bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}
