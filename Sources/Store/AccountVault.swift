public import Platform
internal import Signing
public import YunCore

/// Where the sign-in of a phone lies: what is secret of it is sealed by a key in a directory of its own, which no backup
/// takes, so that whoever has one without the other has nothing (`spec/account.md`).
public final class AccountVault: Sendable {
    private static let sizeBytesMax = 1 << 20
    private static let keyName = "device"
    private static let fileName = "sign-in"

    private let keys: AnchoredDirectory
    private let files: AnchoredDirectory

    /// - Parameter store: the store's own directory.
    public init(in store: AnchoredDirectory) throws(Failure) {
        keys = try store.makeDirectory("keys", permissions: 0o700)
        files = try store.makeDirectory("account", permissions: 0o700)
    }

    /// What was written last, or `nil`.
    public func read() throws(Failure) -> [UInt8]? {
        guard try files.status(of: Self.fileName) != nil else { return nil }
        return try files.contents(of: Self.fileName, limit: Self.sizeBytesMax)
    }

    /// Takes the place of what was there once it is on the disk; a loss of power leaves one or the other.
    public func write(_ bytes: [UInt8]) throws(Failure) {
        try Self.publish(bytes, Self.fileName, in: files)
    }

    /// Seals a text with the device's key, which is made where there is none.
    public func seal(_ text: [UInt8]) throws(Failure) -> String { try madeKey().seal(text).base64URL }

    /// Opens what ``seal(_:)`` has made; `nil` where the key is gone, or another one.
    public func open(_ sealed: String) throws(Failure) -> [UInt8]? {
        try key().flatMap { key in [UInt8](base64URL: sealed).flatMap { key.open($0) } }
    }

    private func key() throws(Failure) -> DeviceKey? {
        guard try keys.status(of: Self.keyName) != nil else { return nil }
        var bytes = try keys.contents(of: Self.keyName, limit: 1 << 10)
        return try DeviceKey(wiping: &bytes)
    }

    private func madeKey() throws(Failure) -> DeviceKey {
        if let key = try key() { return key }
        let key = try DeviceKey.generate()
        try Self.publish(unsafe key.withBytes { unsafe Array($0) }, Self.keyName, in: keys)
        return key
    }

    private static func publish(_ bytes: [UInt8], _ name: String, in directory: AnchoredDirectory)
        throws(Failure)
    {
        let file = try PublishedFile(path: directory.path(of: name), permissions: 0o600)
        try file.withDescriptor { file throws(Failure) in try file.write(bytes) }
        try file.publish()
    }
}
