internal import ArgumentParser
internal import Platform
internal import Signing
internal import YunCore

private let keyFileBytesMax = 4096

/// A secret key's file and how it is opened.
struct KeyOptions: ParsableArguments {
    @Option(
        name: .long, help: ArgumentHelp("The secret key.", valueName: "file"),
        completion: .file(extensions: ["key"]))
    var key: String

    @OptionGroup var passphrase: PassphraseOptions

    func open() throws(Failure) -> SecretKey {
        var bytes = try OwnedDescriptor.open(key, .read).readToEnd(
            limit: keyFileBytesMax, describedAs: key.escaped)
        defer { for index in bytes.indices { bytes[index] = 0 } }
        let text = String(decoding: bytes, as: UTF8.self)
        let isEncrypted = try SecretKey.isEncrypted(fileText: text)
        let secret = isEncrypted ? try passphrase.read(prompt: "passphrase of \(key.escaped): ") : nil
        return try SecretKey(fileText: text, passphrase: secret)
    }
}

/// What a store or maker signs, and where it goes.
struct StatementOptions: ParsableArguments {
    @OptionGroup var signer: KeyOptions

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("The statement to write; its signature goes to FILE.minisig.", valueName: "file"))
    var output: String

    /// Writes both, and says whose word it is.
    func write(_ text: [UInt8], comment: String) throws(Failure) -> PublicKey {
        let key = try signer.open()
        let signature = Array(key.sign(text, trustedComment: comment).fileText.utf8)
        try KeyFile.create(output, text, permissions: 0o644, replacing: true)
        try KeyFile.create(output + ".minisig", signature, permissions: 0o644, replacing: true)
        return key.publicKey
    }
}

/// Where a passphrase comes from.
struct PassphraseOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp("A file whose first line is the passphrase, instead of asking.", valueName: "file")
    )
    var passphraseFile: String?

    func read(prompt: String) throws(Failure) -> LockedBytes {
        guard let passphraseFile else {
            var typed = try Terminal.readSecret(prompt: prompt)
            return try LockedBytes(wiping: &typed)
        }
        var bytes = try OwnedDescriptor.open(passphraseFile, .read)
            .readToEnd(limit: keyFileBytesMax, describedAs: passphraseFile.escaped)
        if let end = bytes.firstIndex(of: UInt8(ascii: "\n")) { bytes.removeSubrange(end...) }
        return try LockedBytes(wiping: &bytes)
    }

    /// Asks twice where a person types.
    func readNew() throws(Failure) -> LockedBytes {
        let first = try read(prompt: "passphrase for the new key: ")
        guard first.count > 0 else {
            throw Failure(.usage, "the passphrase is empty", hint: "type one, or give --no-passphrase")
        }
        if passphraseFile == nil {
            let second = try read(prompt: "the same again: ")
            let isSame = unsafe first.withBytes { first in
                unsafe second.withBytes { unsafe first.elementsEqual($0) }
            }
            guard isSame else { throw Failure(.usage, "the two passphrases differ", hint: "try again") }
        }
        return first
    }
}

enum KeyFile {
    static func publicKey(at path: String) throws(Failure) -> PublicKey {
        let bytes = try OwnedDescriptor.open(path, .read)
            .readToEnd(limit: keyFileBytesMax, describedAs: path.escaped)
        do throws(Failure) {
            return try PublicKey(fileText: String(decoding: bytes, as: UTF8.self))
        } catch {
            throw error.during(path.escaped)
        }
    }

    /// Writes a file whole.
    static func create(_ path: String, _ bytes: [UInt8], permissions: UInt32, replacing: Bool) throws(Failure)
    {
        let file = try PublishedFile(path: path, permissions: permissions)
        try file.withDescriptor { descriptor throws(Failure) in try descriptor.write(bytes) }
        try file.publish(replacing: replacing)
    }

    /// Reads a statement and its signature.
    static func statement(at path: String) throws(Failure) -> (text: [UInt8], signature: [UInt8]) {
        (try text(at: path), try text(at: path + ".minisig"))
    }

    /// Reads a file of a statement's length at most.
    static func text(at path: String) throws(Failure) -> [UInt8] {
        try OwnedDescriptor.open(path, .read)
            .readToEnd(limit: Limits.statementBytesMax, describedAs: path.escaped)
    }
}
