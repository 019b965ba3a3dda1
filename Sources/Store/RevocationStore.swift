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
        let statements = try statements()
        let own = try ownRevocations()
        // Who may have said nothing need not be known.
        let anchors = statements.isEmpty ? [] : try anchors()
        do throws(Failure) {
            let signers = try statements.map { statement throws(Failure) in
                PublicKey(try Signature(fileText: statement.signature).keyID, bytes: statement.signer)
            }
            let former = signers.compactMap { $0 }.filter { key in
                !anchors.contains { $0.key == key && $0.signingClass != .developer }
            }
            return try Revocations(
                own: own, statements: statements.map { ($0.text, $0.signature) },
                // To trust a store no longer must not make run again what it has stopped.
                anchors: anchors + former.map { Anchor(key: $0, signingClass: .store) })
        } catch {
            throw Failure(
                .storeDamaged, "what was revoked is damaged on disk: \(error.message)",
                hint: "get the newest revocations and take them again: ypkg trust import")
        }
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
        let word = try Revocations.verified(statement, anchors: anchors())
        guard case .anchor(let signer) = word.revoker else { return nil }
        if let known = latest(of: signer) {
            if known.revocation == word.revocation { return nil }
            guard word.revocation.number > known.revocation.number else {
                throw Failure(
                    .trustConflict,
                    "the revocation has the number \(word.revocation.number), \(known.revocation.number) of \(word.revoker) is known here",
                    hint: "get the newest one")
            }
        }
        try write(
            statement.signature + statement.text, to: Self.name(signer.key, ".revocation"),
            in: Self.folderName)
        return word
    }

    /// What is damaged is not there, so that it can be replaced.
    private func latest(of signer: Anchor) -> Revocations.Word? {
        do throws(Failure) {
            return try statements().first { $0.signer == signer.key.bytes }.map { known throws(Failure) in
                try Revocations.verified((known.text, known.signature), anchors: [signer])
            }
        } catch {
            return nil
        }
    }

    /// By the key itself: a statement must not be taken for one of another key that has the same id.
    private static func name(_ key: PublicKey, _ suffix: String) -> String { key.bytes.hexadecimal + suffix }

    func ownRevocations() throws(Failure) -> [PublicKey] {
        guard let folder = try folder() else { return [] }
        return try Self.publicKeys(in: folder)
    }

    private func statements() throws(Failure) -> [(signer: [UInt8], text: [UInt8], signature: [UInt8])] {
        guard let folder = try folder() else { return [] }
        return try folder.names().filter { $0.hasSuffix(".revocation") }.map { name throws(Failure) in
            let bytes = try folder.contents(of: name, limit: Self.statementBytesMax)
            let ends = bytes.indices.filter { bytes[$0] == UInt8(ascii: "\n") }
            let middle = ends.count < 4 ? bytes.count : ends[3] + 1
            let signer = [UInt8](hexadecimal: name.prefix { $0 != "." }) ?? []
            return (signer, Array(bytes[middle...]), Array(bytes[..<middle]))
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
