internal import struct Crypto.SHA256
public import YunCore

extension Digest {
    /// The SHA-256 of `bytes`.
    public init(of bytes: [UInt8]) {
        var computation = DigestComputation()
        unsafe bytes.withUnsafeBytes { unsafe computation.update($0) }
        self = computation.finish()
    }
}

/// SHA-256 over content that arrives in pieces. swift-crypto's uses the processor's SHA instructions.
public struct DigestComputation {
    private var hash = SHA256()

    /// Starts with no content.
    public init() {}

    /// Adds the next piece.
    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        unsafe hash.update(bufferPointer: bytes)
    }

    /// The digest of all pieces.
    public func finish() -> Digest {
        guard let digest = Digest(Array(hash.finalize())) else {
            preconditionFailure("SHA-256 has 32 bytes")
        }
        return digest
    }
}
