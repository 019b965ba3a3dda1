internal import ArgumentParser
internal import Platform
internal import Signing
internal import Store
internal import Trust
internal import YunCore

extension Trust {
    struct Revoke: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "revoke", abstract: "Refuses what a key signed, also what is installed.",
            discussion: """
                It is neither installed nor run, whoever else vouches for the key. The key's owner may go on with a new key \
                that is trusted by itself, or vouched for by a store.
                """)

        @Argument(
            help: ArgumentHelp(
                "A .pub file, the id of a trusted key, or a key in one line.", valueName: "key"),
            completion: .file(extensions: ["pub"]))
        var key: String

        @Flag(name: .long, help: "Take it back.")
        var undo = false

        @OptionGroup var store: StoreOptions
        @OptionGroup var format: OutputOptions

        func run() throws {
            let root = try store.open()
            let trust = AnchorStore(root)
            let lock = try root.lock { Console.note("waiting for another ypkg to finish") }
            defer { withExtendedLifetime(lock) {} }
            let key = try publicKey(trust)
            let isNew: Bool
            if undo {
                try trust.restore(key)
                isNew = true
            } else {
                isNew = try trust.revoke(key)
            }
            if format.json {
                return try Console.json(Summary(key: KeyOutput(key), isRevoked: !undo, isNew: isNew))
            }
            let what =
                undo
                ? "no longer revoked"
                : isNew ? "revoked: nothing that it signed is installed or run" : "already revoked"
            Console.note("the key \(key.id) is \(what)")
        }

        private func publicKey(_ trust: AnchorStore) throws(Failure) -> PublicKey {
            if let key = PublicKey(base64: key) { return key }
            guard let id = KeyID(key) else { return try KeyFile.publicKey(at: key) }
            let known = try trust.anchors().map(\.key) + trust.revocations().words.flatMap(\.revocation.keys)
            guard let key = known.first(where: { $0.id == id }) else {
                throw Failure(.keyUnknown, "the key \(id) is not known here", hint: "give its .pub file")
            }
            return key
        }

        private struct Summary: Encodable {
            let key: KeyOutput
            let isRevoked: Bool
            let isNew: Bool
        }
    }

    struct Disavow: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "disavow",
            abstract: "As a store or maker, revokes keys and releases on all devices that trust you.",
            discussion: """
                Writes FILE and FILE.minisig for 'ypkg trust import'. Each statement replaces the one before, so it names all \
                that is revoked. A store's counts for what it vouched for.
                """)

        @Argument(help: ArgumentHelp("Publishers' .pub files.", valueName: "file"))
        var keys: [String] = []

        @Option(
            name: .long,
            help: ArgumentHelp(
                "A release by its index, as 'ypkg info' shows it; may be given again.", valueName: "digest"))
        var index: [String] = []

        @Option(name: .long, help: "Higher than that of the statement before.")
        var number: Int

        @OptionGroup var statement: StatementOptions
        @OptionGroup var format: OutputOptions

        func run() throws {
            let indexes = try index.map { text throws(Failure) in
                guard let digest = Digest(hexadecimal: text) else {
                    throw Failure(
                        .usage, "\(text.escaped) is not a digest", hint: "write 64 digits 0-9 and a-f")
                }
                return digest
            }
            guard (1...Int(Int32.max)).contains(number) else {
                throw Failure(.usage, "--number takes 1 to \(Int32.max)")
            }
            let revoked = try keys.map(KeyFile.publicKey)
            let text = Revocation(number: number, keys: revoked, indexes: indexes).text
            guard text.count <= Limits.statementBytesMax else {
                throw Failure(.usage, "the statement is longer than \(Limits.statementBytesMax.bytesText)")
            }
            let signer = try statement.write(text, comment: "revocation \(number)")
            if format.json {
                return try Console.json(
                    Summary(
                        by: KeyOutput(signer), number: number, keys: revoked.map(KeyOutput.init),
                        indexes: index))
            }
            Console.note(
                "\(signer.id) revokes \(revoked.count.counted("key")) and \(indexes.count.counted("release")) in number \(number)"
            )
        }

        private struct Summary: Encodable {
            let by: KeyOutput
            let number: Int
            let keys: [KeyOutput]
            let indexes: [String]
        }
    }

    struct Import: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "import",
            abstract: "Takes what a store or maker revoked, FILE with FILE.minisig beside it.")

        @Argument(help: ArgumentHelp("The statement.", valueName: "file"), completion: .file())
        var file: String

        @OptionGroup var store: StoreOptions
        @OptionGroup var format: OutputOptions

        func run() throws {
            let statement = try KeyFile.statement(at: file)
            let root = try store.existing()
            let lock = try root.lock { Console.note("waiting for another ypkg to finish") }
            defer { withExtendedLifetime(lock) {} }
            let word = try AnchorStore(root).add(statement)
            if format.json { return try Console.json(["isNew": word != nil]) }
            guard let word else { return Console.note("this revocation is known") }
            Console.note(
                "\(word.revoker) revoked \(word.revocation.keys.count.counted("key")) and \(word.revocation.indexes.count.counted("release"))"
            )
        }
    }
}
