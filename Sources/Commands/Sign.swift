internal import ArgumentParser
internal import Bundle
internal import Platform
internal import Signing
internal import YunCore

struct Sign: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sign", _superCommandName: Ypkg.name, abstract: "Signs a package.",
        discussion:
            "The publisher's signature replaces an earlier one of the publisher. Stores and makers sign under a name."
    )

    @Argument(help: ArgumentHelp("The package.", valueName: "file"), completion: .file(extensions: ["ypkg"]))
    var package: String

    @OptionGroup var options: KeyOptions

    @Option(name: .long, help: ArgumentHelp("Sign as a store or maker of this name.", valueName: "name"))
    var name: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Put this profile, with FILE.minisig beside it, into the package.", valueName: "file"))
    var profile: String?

    @Option(name: .long, help: ArgumentHelp("Put this lineage into the package.", valueName: "file"))
    var lineage: String?

    @OptionGroup var format: OutputOptions

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("Write another file instead of the package itself.", valueName: "file"))
    var output: String?

    func validate() throws {
        guard output != "-" else {
            throw ValidationError("a package is written to a file, not to standard output")
        }
    }

    func run() throws {
        let bundle = try UntrustedBundle(path: package)
        guard let target = output ?? (package == "-" ? nil : package) else {
            throw Failure(
                .usage, "a package from standard input needs a file to be written to", hint: "give --output")
        }
        let key = try options.open()
        let statements = UntrustedBundle.Statements(
            profile: try profile.map { path throws(Failure) in try KeyFile.statement(at: path) },
            lineage: try lineage.map { path throws(Failure) in try KeyFile.text(at: path) })
        try bundle.sign(with: key, name: name, adding: statements, output: target)
        if format.json {
            try Console.json(Summary(file: target, signer: KeyOutput(key.publicKey)))
        } else {
            Console.note("signed \(target.escaped) with the key \(key.publicKey.id)")
        }
    }

    private struct Summary: Encodable {
        let file: String
        let signer: KeyOutput
    }
}
