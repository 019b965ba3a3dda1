internal import CLibSodium
public import YunCore

/// A key that stays on its device, for what is to be of no use anywhere else (libsodium's secretbox).
public struct DeviceKey: Sendable {
    /// How long it is.
    public static let sizeBytes = 32
    private static let nonceBytes = 24
    private static let tagBytes = 16

    private let secret: LockedBytes

    /// A new key.
    public static func generate() throws(Failure) -> DeviceKey {
        let secret = try LockedBytes(count: sizeBytes)
        unsafe secret.withBytes { bytes in
            if let start = bytes.baseAddress { unsafe randombytes_buf(start, bytes.count) }
        }
        return DeviceKey(secret: secret)
    }

    private init(secret: LockedBytes) { self.secret = secret }

    /// Takes the key out of `bytes`, which are wiped; `nil` where they are none.
    public init?(wiping bytes: inout [UInt8]) throws(Failure) {
        guard bytes.count == Self.sizeBytes else { return nil }
        secret = try LockedBytes(wiping: &bytes)
    }

    /// For its file.
    public func withBytes<R>(_ body: (UnsafeMutableRawBufferPointer) -> R) -> R {
        unsafe secret.withBytes(body)
    }

    /// What only this key opens.
    public func seal(_ text: [UInt8]) -> [UInt8] {
        var nonce = [UInt8](repeating: 0, count: Self.nonceBytes)
        unsafe randombytes_buf(&nonce, nonce.count)
        var sealed = [UInt8](repeating: 0, count: text.count + Self.tagBytes)
        unsafe secret.withBytes { key in
            guard let key = unsafe key.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return }
            _ = unsafe crypto_secretbox_easy(&sealed, text, UInt64(text.count), nonce, key)
        }
        return nonce + sealed
    }

    /// What was sealed; `nil` where another key did that, or somebody changed it.
    public func open(_ sealed: [UInt8]) -> [UInt8]? {
        guard sealed.count >= Self.nonceBytes + Self.tagBytes else { return nil }
        let (nonce, rest) = (Array(sealed[..<Self.nonceBytes]), Array(sealed[Self.nonceBytes...]))
        var text = [UInt8](repeating: 0, count: rest.count - Self.tagBytes)
        let status: Int32 = unsafe secret.withBytes { key in
            guard let key = unsafe key.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return -1 }
            return unsafe crypto_secretbox_open_easy(&text, rest, UInt64(rest.count), nonce, key)
        }
        return status == 0 ? text : nil
    }
}
