internal import Platform
public import Signing
public import Trust
public import YunCore

/// The trusted keys of a store, one file each: `trust/CLASS/KEYID.pub`; and what was revoked, in
/// `trust/revoked`.
public struct AnchorStore {
    /// `nil` where there is no store yet, which trusts nobody.
    let directory: AnchoredDirectory?
    private static let keyFileBytesMax = 1024

    /// The keys of `root`.
    public init(_ root: StoreRoot) {
        directory = root.trust
    }

    /// The keys of the store at a path, for reading; nothing is made.
    public init(storePath: String) throws(Failure) {
        let path = storePath + "/trust"
        directory = try AnchoredDirectory.status(ofPath: path) == nil ? nil : try AnchoredDirectory(at: path)
    }

    /// All trusted keys, by class and id.
    public func anchors() throws(Failure) -> [Anchor] {
        guard let directory else { return [] }
        var anchors: [Anchor] = []
        for signingClass in SigningClass.allCases {
            guard try directory.status(of: signingClass.rawValue) != nil else { continue }
            let keys = try directory.directory(signingClass.rawValue)
            anchors += try Self.publicKeys(in: keys).map { Anchor(key: $0, signingClass: signingClass) }
        }
        return anchors
    }

    static func publicKeys(in folder: AnchoredDirectory) throws(Failure) -> [PublicKey] {
        try folder.names().filter { $0.hasSuffix(".pub") }.map { name throws(Failure) in
            let bytes = try folder.contents(of: name, limit: Self.keyFileBytesMax)
            do throws(Failure) {
                return try PublicKey(fileText: String(decoding: bytes, as: UTF8.self))
            } catch {
                throw error.during(folder.path(of: name).escaped)
            }
        }
    }

    /// Trusts a key. Another key of the same id is refused: ids stand in messages, and must name one key.
    public func add(_ anchor: Anchor) throws(Failure) -> Bool {
        guard try !ownRevocations().contains(where: { $0.bytes == anchor.key.bytes }) else {
            throw Failure(
                .trustConflict, "the key \(anchor.key.id) was revoked by the owner of this device",
                hint: "to take that back: ypkg trust revoke FILE.pub --undo")
        }
        if let known = try anchors().first(where: { $0.key.id == anchor.key.id }) {
            if known == anchor { return false }
            throw Failure(
                .trustConflict,
                known.key == anchor.key
                    ? "the key \(anchor.key.id) is already trusted with the class \(known.signingClass.rawValue)"
                    : "another key with the id \(anchor.key.id) is already trusted",
                hint: "remove it first: ypkg trust remove \(anchor.key.id)")
        }
        try write(
            Array(anchor.key.fileText.utf8), to: "\(anchor.key.id).pub", in: anchor.signingClass.rawValue)
        return true
    }

    func write(_ contents: [UInt8], to name: String, in folder: String) throws(Failure) {
        guard let directory else { throw Failure(.internalError, "this list of keys is for reading") }
        let file = try PublishedFile(path: directory.makeDirectory(folder).path(of: name))
        try file.withDescriptor { descriptor throws(Failure) in try descriptor.write(contents) }
        try file.publish()
        // The folder may be new, and so may the whole store.
        try directory.synchronizeFileSystem()
    }

    /// Trusts a key no longer. What it signed stays installed but cannot be updated by it.
    public func remove(_ id: KeyID) throws(Failure) {
        guard let directory, let anchor = try anchors().first(where: { $0.key.id == id }) else {
            throw Failure(.keyUnknown, "the key \(id) is not trusted here", hint: "see: ypkg trust list")
        }
        let keys = try directory.directory(anchor.signingClass.rawValue)
        try keys.remove("\(id).pub")
        try keys.synchronize()
    }
}
