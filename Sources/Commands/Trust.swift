public import ArgumentParser
internal import Platform
internal import Signing
internal import Store
public import Trust
internal import YunCore

struct Trust: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trust", _superCommandName: Ypkg.name, abstract: "Says whose packages may be installed.",
        subcommands: [Add.self, Drop.self, Show.self, Vouch.self, Revoke.self, Disavow.self, Import.self])

    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(commandName: "add", abstract: "Trusts a key.")

        @Argument(
            help: ArgumentHelp("A .pub file.", valueName: "file"), completion: .file(extensions: ["pub"]))
        var file: String

        @Option(name: .customLong("class"), help: "How far: developer, store or system.")
        var signingClass: SigningClass

        @OptionGroup var store: StoreOptions
        @OptionGroup var format: OutputOptions

        private struct Row: Encodable {
            let key: KeyOutput
            let signingClass: String
            let isNew: Bool

            init(_ anchor: Anchor, isNew: Bool) {
                key = KeyOutput(anchor.key)
                signingClass = anchor.signingClass.rawValue
                self.isNew = isNew
            }
        }

        func run() throws {
            let key = try KeyFile.publicKey(at: file)
            let root = try store.open()
            let lock = try root.lock { Console.note("waiting for another ypkg to finish") }
            defer { withExtendedLifetime(lock) {} }
            let isNew = try AnchorStore(root).add(Anchor(key: key, signingClass: signingClass))
            if format.json {
                return try Console.json(Row(Anchor(key: key, signingClass: signingClass), isNew: isNew))
            }
            Console.note(
                isNew
                    ? "the key \(key.id) is now trusted (\(signingClass.rawValue))"
                    : "the key \(key.id) is already trusted (\(signingClass.rawValue))")
        }
    }

    struct Drop: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "remove", abstract: "Trusts a key no longer.",
            discussion: "What it signed stays installed; it cannot be installed again or updated.")

        @Argument(help: ArgumentHelp("The key's id, as 'ypkg trust list' shows it.", valueName: "id"))
        var id: String

        @OptionGroup var store: StoreOptions
        @OptionGroup var format: OutputOptions

        func run() throws {
            guard let id = KeyID(id) else {
                throw Failure(.usage, "\(self.id.escaped) is not a key id", hint: "see: ypkg trust list")
            }
            let root = try store.existing()
            let lock = try root.lock { Console.note("waiting for another ypkg to finish") }
            defer { withExtendedLifetime(lock) {} }
            try AnchorStore(root).remove(id)
            if format.json { return try Console.json(["removed": id.description]) }
            Console.note("the key \(id) is no longer trusted")
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "Lists the trusted keys, and what was revoked.")

        @OptionGroup var store: StoreOptions
        @OptionGroup var format: OutputOptions

        func run() throws {
            let trust = try AnchorStore(storePath: store.path())
            let rows = try trust.anchors().map(Row.init) + trust.revocations().words.flatMap(Row.rows)
            if format.json { return try Console.json(rows) }
            guard !rows.isEmpty else { return Console.note("no key is trusted") }
            Console.table(
                rows.map { row in
                    [
                        row.key?.id ?? "release",
                        row.signingClass
                            ?? "revoked by \(row.revokedBy ?? "")\(row.number.map { " in number \($0)" } ?? "")",
                        row.key?.publicKey ?? row.index ?? "",
                    ]
                })
        }

        /// A trusted key has a class; a revoked key or release says by whom.
        private struct Row: Encodable {
            let key: KeyOutput?
            var index: String?
            var signingClass: String?
            var revokedBy: String?
            var number: Int?

            init(_ anchor: Anchor) {
                key = KeyOutput(anchor.key)
                signingClass = anchor.signingClass.rawValue
            }

            private init(_ word: Revocations.Word, key: PublicKey? = nil, index: Digest? = nil) {
                self.key = key.map(KeyOutput.init)
                self.index = index?.description
                revokedBy = word.revoker.description
                number = word.revoker == .owner ? nil : word.revocation.number
            }

            static func rows(_ word: Revocations.Word) -> [Row] {
                word.revocation.keys.map { Row(word, key: $0) }
                    + word.revocation.indexes.map { Row(word, index: $0) }
            }
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
            help: ArgumentHelp("A permission that may be asked for; may be given again.", valueName: "name"))
        var permission: [Permission] = []

        @Option(name: .long, help: ArgumentHelp("The last day, YYYY-MM-DD.", valueName: "day"))
        var until: String

        @OptionGroup var statement: StatementOptions
        @OptionGroup var format: OutputOptions

        func run() throws {
            for pattern in domain { try check(pattern) }
            let profile = Profile(
                key: try KeyFile.publicKey(at: publisher), domains: domain, permissions: permission,
                until: try lastDay())
            // Reading it back applies every rule of the format to what was typed.
            let text = try Profile(text: profile.text).text
            let signer = try statement.write(
                text, comment: "profile of \(profile.key.id) until \(profile.until)")
            if format.json {
                return try Console.json(
                    Summary(
                        key: KeyOutput(profile.key), by: KeyOutput(signer),
                        until: profile.until.description))
            }
            Console.note("\(signer.id) vouches for \(profile.key.id) until \(profile.until)")
        }

        private func check(_ pattern: String) throws(Failure) {
            do throws(Failure) {
                _ = try Domain(pattern.hasPrefix("*.") ? String(pattern.dropFirst(2)) : pattern)
            } catch {
                throw Failure(.usage, error.message, hint: "write notes.example.com or *.example.com")
            }
        }

        private func lastDay() throws(Failure) -> CalendarDay {
            guard let day = CalendarDay(until) else {
                throw Failure(.usage, "\(until.escaped) is not a day", hint: "write YYYY-MM-DD")
            }
            let today = CalendarDay(secondsSince1970: CurrentProcess.now)
            guard day >= today else {
                throw Failure(
                    .usage, "\(day) is over, so the profile would vouch for nothing",
                    hint: "today is \(today); give a later day")
            }
            return day
        }

        private struct Summary: Encodable {
            let key: KeyOutput
            let by: KeyOutput
            let until: String
        }
    }
}

extension SigningClass: ExpressibleByArgument {}
extension Permission: ExpressibleByArgument {}
