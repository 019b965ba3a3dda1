public import ArgumentParser
internal import Platform
internal import Signing
internal import Store
public import Trust
internal import YunCore

struct Trust: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trust", abstract: "Says whose packages may be installed.",
        subcommands: [Add.self, Revoke.self, Show.self, Vouch.self])

    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(commandName: "add", abstract: "Trusts a key.")

        @Argument(
            help: ArgumentHelp("A .pub file.", valueName: "file"), completion: .file(extensions: ["pub"]))
        var file: String

        @Option(name: .customLong("class"), help: "How far: developer, store or system.")
        var signingClass: SigningClass

        @OptionGroup var store: StoreOptions

        func run() throws {
            let key = try KeyFile.publicKey(at: file)
            let root = try store.open()
            let lock = try root.lock { Console.note("waiting for another ypkg to finish") }
            defer { withExtendedLifetime(lock) {} }
            let isNew = try AnchorStore(root).add(Anchor(key: key, signingClass: signingClass))
            Console.note(
                isNew
                    ? "the key \(key.id) is now trusted (\(signingClass.rawValue))"
                    : "the key \(key.id) is already trusted (\(signingClass.rawValue))")
        }
    }

    struct Revoke: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "remove", abstract: "Trusts a key no longer.",
            discussion: "What it signed stays installed; it cannot be installed again or updated.")

        @Argument(help: ArgumentHelp("The key's id, as 'ypkg trust list' shows it.", valueName: "id"))
        var id: String

        @OptionGroup var store: StoreOptions

        func run() throws {
            guard let id = KeyID(id) else {
                throw Failure(.usage, "\(self.id.escaped) is not a key id", hint: "see: ypkg trust list")
            }
            let root = try store.open()
            let lock = try root.lock { Console.note("waiting for another ypkg to finish") }
            defer { withExtendedLifetime(lock) {} }
            try AnchorStore(root).remove(id)
            Console.note("the key \(id) is no longer trusted")
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "Lists the trusted keys.")

        @OptionGroup var store: StoreOptions
        @OptionGroup var format: OutputOptions

        func run() throws {
            let anchors = try AnchorStore(storePath: store.path()).anchors()
            if format.json {
                return try Console.json(
                    anchors.map { Row(key: KeyOutput($0.key), signingClass: $0.signingClass.rawValue) })
            }
            guard !anchors.isEmpty else { return Console.note("no key is trusted") }
            Console.table(anchors.map { [$0.key.id.description, $0.signingClass.rawValue, $0.key.base64] })
        }

        private struct Row: Encodable {
            let key: KeyOutput
            let signingClass: String
        }
    }

    struct Vouch: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "vouch",
            abstract: "As a store or maker, says which domains a publisher's key may use.",
            discussion: "Writes FILE and FILE.minisig, which the publisher gives to 'ypkg sign --profile'.")

        @Argument(help: ArgumentHelp("The publisher's .pub file.", valueName: "file"))
        var publisher: String

        @Option(
            name: .long,
            help: ArgumentHelp("A domain, or *. and a domain; may be given again.", valueName: "domain"))
        var domain: [String]

        @Option(
            name: .long,
            help: ArgumentHelp("A permission that may be asked for, such as NETWORK.", valueName: "name"))
        var permission: [String] = []

        @Option(name: .long, help: ArgumentHelp("The last day, YYYY-MM-DD.", valueName: "day"))
        var until: String

        @OptionGroup var options: KeyOptions

        @Option(name: .shortAndLong, help: ArgumentHelp("The profile to write.", valueName: "file"))
        var output: String

        func run() throws {
            guard let until = CalendarDay(until) else {
                throw Failure(.usage, "\(self.until.escaped) is not a day", hint: "write YYYY-MM-DD")
            }
            let permissions = try permission.map { name throws(Failure) in
                guard let permission = Permission(rawValue: name) else {
                    throw Failure(
                        .usage, "there is no permission \(name.escaped)", hint: "see the manual of manifests")
                }
                return permission
            }
            let profile = Profile(
                key: try KeyFile.publicKey(at: publisher), domains: domain, permissions: permissions,
                until: until)
            // Reading it back applies every rule of the format to what was typed.
            let text = try Profile(text: profile.text).text
            let key = try options.open()
            let signature = key.sign(text, trustedComment: "profile of \(profile.key.id) until \(until)")
            try KeyFile.create(output, text, permissions: 0o644, replacing: true)
            try KeyFile.create(
                output + ".minisig", Array(signature.fileText.utf8), permissions: 0o644, replacing: true)
            Console.note("\(key.publicKey.id) vouches for \(profile.key.id) until \(until)")
        }
    }
}

extension SigningClass: ExpressibleByArgument {}
