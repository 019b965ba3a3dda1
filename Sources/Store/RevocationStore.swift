internal import Platform
public import Signing
public import Trust
public import YunCore

/// What was revoked lies in `trust/revoked`: the owner's own decisions as `KEY-IN-HEX.pub`, and the latest statement of
/// each signer as `KEY-IN-HEX.revocation`, its signature's four lines before it so that both change at once.
extension AnchorStore {
    private static let folderName = "revoked"
    private static let statementBytesMax = Limits.statementBytesMax + Limits.signatureBytesMax

    /// What is trusted no longer, as far as it counts here.
    public func revocations() throws(Failure) -> Revocations {
        let anchors = try anchors()
        return try Revocations(own: ownRevocations(), statements: statements(of: anchors), anchors: anchors)
    }

    /// Revokes a key on the owner's word.
    /// - Returns: whether it was not revoked yet.
    public func revoke(_ key: PublicKey) throws(Failure) -> Bool {
        if try ownRevocations().contains(where: { $0.bytes == key.bytes }) { return false }
        try write(Array(key.fileText.utf8), to: Self.name(key, ".pub"), in: Self.folderName)
        return true
    }

    /// Takes the owner's word back.
    public func restore(_ key: PublicKey) throws(Failure) {
        guard let folder = try folder(), try ownRevocations().contains(where: { $0.bytes == key.bytes })
        else {
            throw Failure(
                .keyUnknown, "the key \(key.id) was not revoked by the owner of this device",
                hint: "see: ypkg trust list")
        }
        try folder.remove(Self.name(key, ".pub"))
        try folder.synchronize()
    }

    /// Takes a store's or maker's statement, which replaces the signer's earlier one.
    /// - Returns: the statement; `nil` where it was known.
    public func add(
        _ statement: (text: [UInt8], signature: [UInt8])
    ) throws(Failure) -> Revocations.Word? {
        let anchors = try anchors()
        let word = try Revocations.verified(statement, anchors: anchors)
        let known = try Revocations(own: [], statements: statements(of: anchors), anchors: anchors).words
            .first { $0.revoker == word.revoker }
        if let known {
            if known.revocation == word.revocation { return nil }
            guard word.revocation.number > known.revocation.number else {
                throw Failure(
                    .trustConflict,
                    "the revocation has the number \(word.revocation.number), \(known.revocation.number) of \(word.revoker) is known here",
                    hint: "get the newest one")
            }
        }
        if case .anchor(let signer) = word.revoker {
            try write(
                statement.signature + statement.text, to: Self.name(signer.key, ".revocation"),
                in: Self.folderName)
        }
        return word
    }

    /// By the key itself: a statement must not be taken for one of another key that has the same id.
    private static func name(_ key: PublicKey, _ suffix: String) -> String { key.bytes.hexadecimal + suffix }

    func ownRevocations() throws(Failure) -> [PublicKey] {
        guard let folder = try folder() else { return [] }
        return try folder.names().filter { $0.hasSuffix(".pub") }.map { name throws(Failure) in
            let bytes = try folder.contents(of: name, limit: Self.keyFileBytesMax)
            return try PublicKey(fileText: String(decoding: bytes, as: UTF8.self))
        }
    }

    private func statements(of anchors: [Anchor]) throws(Failure) -> [(text: [UInt8], signature: [UInt8])] {
        guard let folder = try folder() else { return [] }
        let names = try Set(folder.names())
        return try anchors.map { Self.name($0.key, ".revocation") }.filter(names.contains).map {
            name throws(Failure) in
            let bytes = try folder.contents(of: name, limit: Self.statementBytesMax)
            let ends = bytes.indices.filter { bytes[$0] == UInt8(ascii: "\n") }
            let middle = ends.count < 4 ? bytes.count : ends[3] + 1
            return (Array(bytes[middle...]), Array(bytes[..<middle]))
        }
    }

    private func folder() throws(Failure) -> AnchoredDirectory? {
        guard let directory, try directory.status(of: Self.folderName) != nil else { return nil }
        return try directory.directory(Self.folderName)
    }
}

extension Revocations {
    /// Why a release is not to be trusted that was when it was installed, or `nil`.
    public func fault(of release: InstalledRelease) -> Failure? {
        fault(of: release.voucherKeys + [release.publisherKey], index: release.indexDigest)
    }

    /// Refuses a release that was revoked since it was installed.
    public func check(_ release: InstalledRelease) throws(Failure) {
        if let fault = fault(of: release) { throw fault.during("\(release.domain) \(release.version)") }
    }
}
