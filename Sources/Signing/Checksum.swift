internal import Crypto

/// What a client may compute over bytes that it sends, to see that they came as they were. SHA-1 guards against accidents, not
/// against people; nothing else here uses it.
public enum ChecksumAlgorithm: String, Sendable, CaseIterable {
    case sha1, sha256

    /// How long a checksum is.
    public var sizeBytes: Int { self == .sha1 ? 20 : 32 }
}

/// A checksum over bytes that arrive in pieces.
public struct ChecksumComputation: Sendable {
    private enum Hash {
        case sha1(Insecure.SHA1)
        case sha256(SHA256)
    }

    private var hash: Hash

    /// Starts with no bytes.
    public init(_ algorithm: ChecksumAlgorithm) {
        switch algorithm {
        case .sha1: hash = .sha1(Insecure.SHA1())
        case .sha256: hash = .sha256(SHA256())
        }
    }

    /// Adds the next piece.
    public mutating func update(_ bytes: [UInt8]) {
        unsafe bytes.withUnsafeBytes { buffer in
            switch hash {
            case .sha1(var state):
                unsafe state.update(bufferPointer: buffer)
                hash = .sha1(state)
            case .sha256(var state):
                unsafe state.update(bufferPointer: buffer)
                hash = .sha256(state)
            }
        }
    }

    /// The checksum of all pieces.
    public func finish() -> [UInt8] {
        switch hash {
        case .sha1(let state): Array(state.finalize())
        case .sha256(let state): Array(state.finalize())
        }
    }
}
