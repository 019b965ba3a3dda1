internal import ArgumentParser
internal import Platform
internal import Signing
internal import Trust
internal import YunCore

struct Key: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key", _superCommandName: Ypkg.name, abstract: "Makes and shows signing keys.",
        subcommands: [Generate.self, Show.self, Succeed.self])

    struct Generate: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "generate",
            abstract: "Makes a key pair, NAME.pub and NAME.key, in minisign's formats.")

        @Argument(help: "What the two files are named by.")
        var name: String

        @Flag(name: .long, help: "Keep the secret key in the clear.")
        var noPassphrase = false

        @Flag(name: .long, help: "Replace files that exist.")
        var force = false

        @OptionGroup var passphrase: PassphraseOptions
        @OptionGroup var format: OutputOptions

        func validate() throws {
            guard !noPassphrase || passphrase.passphraseFile == nil else {
                throw ValidationError("--no-passphrase and --passphrase-file exclude each other")
            }
        }

        func run() throws {
            if !force { try [name + ".pub", name + ".key"].forEach(refuseExisting) }
            let secret = noPassphrase ? nil : try passphrase.readNew()
            let key = try SecretKey.generate()
            let text = try key.fileText(passphrase: secret)
            var bytes = unsafe text.withBytes { unsafe Array($0) }
            defer { for index in bytes.indices { bytes[index] = 0 } }
            try KeyFile.create(name + ".key", bytes, permissions: 0o600, replacing: force)
            try KeyFile.create(
                name + ".pub", Array(key.publicKey.fileText.utf8), permissions: 0o644, replacing: force)
            if format.json {
                try Console.json(KeyOutput(key.publicKey))
            } else {
                Console.note(
                    "made the key \(key.publicKey.id): \(name.escaped).pub to give away, \(name.escaped).key to keep"
                )
            }
        }

        private func refuseExisting(_ path: String) throws(Failure) {
            guard try AnchoredDirectory.status(ofPath: path) == nil else {
                throw Failure(
                    .outputExists, "\(path.escaped) already exists",
                    hint: "choose another name, or give --force")
            }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(commandName: "show", abstract: "Shows a public key.")

        @Argument(
            help: ArgumentHelp("A .pub file.", valueName: "file"), completion: .file(extensions: ["pub"]))
        var file: String

        @OptionGroup var format: OutputOptions

        func run() throws {
            let key = try KeyFile.publicKey(at: file)
            if format.json {
                try Console.json(KeyOutput(key))
            } else {
                Console.data("\(key.id)  \(key.base64)")
            }
        }
    }

    struct Succeed: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "succeed",
            abstract: "Names the key that follows another, so that apps can be updated with it.",
            discussion: "Give the file that it writes to 'ypkg sign --lineage' from then on.")

        @Argument(help: ArgumentHelp("The successor's .pub file.", valueName: "new.pub"))
        var successor: String

        @OptionGroup var options: KeyOptions

        @Option(
            name: .long, help: ArgumentHelp("The lineage that ends with the secret key.", valueName: "file"))
        var after: String?

        @Option(name: .shortAndLong, help: ArgumentHelp("The lineage to write.", valueName: "file"))
        var output: String

        @OptionGroup var format: OutputOptions

        func run() throws {
            let earlier = try after.map { path throws(Failure) in
                try Lineage(text: KeyFile.text(at: path))
            }
            let new = try KeyFile.publicKey(at: successor)
            let lineage = try Lineage(from: options.open(), to: new, after: earlier)
            try KeyFile.create(output, lineage.text, permissions: 0o644, replacing: true)
            if format.json { return try Console.json(lineage.keys.map(KeyOutput.init)) }
            Console.note("\(new.id) follows \(lineage.keys[lineage.keys.count - 2].id)")
        }
    }
}

/// A public key as programs read it.
struct KeyOutput: Encodable {
    let id: String
    let publicKey: String

    init(_ key: PublicKey) {
        id = key.id.description
        publicKey = key.base64
    }
}
