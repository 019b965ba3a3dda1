internal import ArgumentParser
internal import Platform
internal import YunCore

struct Init: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Begins an app in a new directory.",
        discussion: "The app runs as it is: pack it, sign it, install it, run it.")

    @Argument(
        help: ArgumentHelp("The directory to make; its last component names the app.", valueName: "dir"))
    var directory: String

    @Flag(name: .long, help: "Begin a native program in Swift instead of a web page.")
    var native = false

    @Option(
        name: .long,
        help: ArgumentHelp("The app's domain.", discussion: "Default: NAME.example.com.", valueName: "domain")
    )
    var domain: String?

    func run() throws {
        let name = directory.split(separator: "/").last.map(String.init) ?? directory
        guard !directory.unicodeScalars.contains(where: \.isUnprintable) else {
            throw Failure(
                .usage, "\(directory.escaped) cannot name an app", hint: "leave invisible characters out")
        }
        let domain = try identity(name)
        guard try AnchoredDirectory.status(ofPath: directory) == nil else {
            throw Failure(
                .outputExists, "\(directory.escaped) already exists",
                hint: "name a directory that does not exist")
        }
        let template =
            native ? AppTemplate.native(name: name, domain: domain) : .web(name: name, domain: domain)
        let root = try AnchoredDirectory.make(at: directory)
        for file in template.files {
            let target =
                try file.directory.map { name throws(Failure) in try root.makeDirectory(name) } ?? root
            let output = try target.open(file.name, .createNew(permissions: 0o644))
            try output.write(Array(file.contents.utf8))
        }
        Console.note("made \(domain) in \(directory.escaped); next: \(template.nextStep(directory))")
    }

    private func identity(_ name: String) throws(Failure) -> Domain {
        do throws(Failure) {
            return try Domain(domain ?? "\(name.lowercased()).example.com")
        } catch {
            throw Failure(.usage, error.message, hint: "give one with --domain, such as notes.example.com")
        }
    }
}
