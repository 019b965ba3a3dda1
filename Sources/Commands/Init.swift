internal import ArgumentParser
internal import Platform
internal import YunCore

struct Init: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", _superCommandName: Ypkg.name, abstract: "Begins an app in a new directory.",
        discussion: "The app runs as it is: pack it, sign it, install it, run it.")

    @Argument(
        help: ArgumentHelp(
            "The directory to make, or an empty one; its last component names the app.", valueName: "dir"),
        completion: .directory)
    var directory: String

    @Flag(name: .long, help: "Begin a native program in Swift instead of a web page.")
    var native = false

    @Option(
        name: .long,
        help: ArgumentHelp("The app's domain.", discussion: "Default: NAME.example.com.", valueName: "domain")
    )
    var domain: String?

    @OptionGroup var format: OutputOptions

    func run() throws {
        let exists = try AnchoredDirectory.status(ofPath: directory) != nil
        if exists { try refuseUnlessEmpty() }
        // "." and ".." have names of their own.
        let path = exists ? try AnchoredDirectory.resolvedPath(directory) : directory
        let name = path.split(separator: "/").last.map(String.init) ?? path
        guard !(directory + path).unicodeScalars.contains(where: \.isUnprintable) else {
            throw Failure(
                .usage, "\(directory.escaped) cannot name an app", hint: "leave invisible characters out")
        }
        let domain = try identity(name)
        let template =
            native ? AppTemplate.native(name: name, domain: domain) : .web(name: name, domain: domain)
        let root = try AnchoredDirectory.make(at: directory)
        for file in template.files {
            let target =
                try file.directory.map { name throws(Failure) in try root.makeDirectory(name) } ?? root
            let output = try target.open(file.name, .createNew(permissions: 0o644))
            try output.write(Array(file.contents.utf8))
        }
        let next = template.nextStep(directory)
        if format.json {
            try Console.json(Summary(domain: domain.name, directory: directory, next: next))
        } else {
            Console.note("made \(domain) in \(directory.escaped); next: \(next)")
        }
    }

    private struct Summary: Encodable {
        let domain: String
        let directory: String
        let next: String
    }

    private func refuseUnlessEmpty() throws(Failure) {
        guard try AnchoredDirectory.status(ofPath: directory)?.kind == .directory else {
            throw Failure(
                .outputExists, "\(directory.escaped) already exists and is not a directory",
                hint: "name a directory that does not exist")
        }
        guard try AnchoredDirectory(at: directory).names().isEmpty else {
            throw Failure(
                .outputExists, "the directory \(directory.escaped) is not empty",
                hint: "name one that is empty or does not exist")
        }
    }

    private func identity(_ name: String) throws(Failure) -> Domain {
        do throws(Failure) {
            return try Domain(domain ?? "\(name.lowercased()).example.com")
        } catch {
            throw Failure(.usage, error.message, hint: "give one with --domain, such as notes.example.com")
        }
    }
}
