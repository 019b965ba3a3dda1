public import ArgumentParser
internal import Platform
internal import YunCore

/// The tool: packs, signs, installs and runs apps.
public struct Ypkg: ParsableCommand {
    /// This release of Yun.
    public static let version = "0.1.0"

    static let name = "ypkg"

    /// Name, help and subcommands.
    public static let configuration = CommandConfiguration(
        commandName: name,
        abstract: "Packs, signs, installs and runs apps for phones.",
        discussion: """
            Data goes to standard output, talk to standard error. Exit statuses: 0 done, 64 usage, 65 malformed \
            package, manifest, key or signature, 66 unreadable input, 67 unknown app, page or key, 69 not possible on \
            this machine, 70 fault of ypkg, 73 output cannot be written, 74 input/output or no space, 75 store busy or app \
            running, 76 conflict with what is installed or trusted, 77 not trusted, 78 sandbox. 'ypkg run' passes the app's own status on.
            """,
        version: version,
        groupedSubcommands: [
            CommandGroup(name: "Make", subcommands: [Init.self, Pack.self, Key.self, Sign.self]),
            CommandGroup(name: "Look", subcommands: [Verify.self, Inspect.self, List.self, Info.self]),
            CommandGroup(
                name: "Use",
                subcommands: [Install.self, Rollback.self, Remove.self, Run.self, Trust.self, Recover.self]),
            CommandGroup(name: "Account", subcommands: [Account.self]),
            CommandGroup(
                name: "Pages",
                subcommands: [
                    Open.self, Ps.self, Top.self, Logs.self, Stop.self, Freeze.self, Thaw.self,
                    Permissions.self,
                    Notifications.self,
                ]),
        ])

    /// For ArgumentParser.
    public init() {}

    /// Runs the tool with the process's arguments and ends the process.
    public static func start() -> Never {
        CurrentProcess.setFileCreationMask()
        CurrentProcess.ignoreBrokenPipes()
        do {
            let arguments = CurrentProcess.arguments.dropFirst()
            if let opening = PageOpening(plain: arguments) {
                try opening.run()
            } else {
                var command = try subcommand(arguments) ?? parseAsRoot()
                try command.run()
            }
        } catch let failure as Failure {
            finish(failure)
        } catch {
            guard let failure = usageFailure(error) else { exit(withError: error) }
            finish(failure)
        }
        exit()
    }

    /// The subcommand that the first argument names, parsed alone: with all the others around it, parsing takes longer
    /// than opening a page. `nil` where it does not parse, or is asked for help: the whole knows what to say then.
    private static func subcommand(_ arguments: ArraySlice<String>) -> (any ParsableCommand)? {
        guard let name = arguments.first, !arguments.contains(where: ["help", "--help", "-h"].contains),
            let type = configuration.subcommands.first(where: { $0.configuration.commandName == name })
        else { return nil }
        do { return try type.parseAsRoot(Array(arguments.dropFirst())) } catch { return nil }
    }

    private static func finish(_ failure: Failure) -> Never {
        if CommandLine.arguments.contains("--json") {
            FailureOutput(failure).print()
        }
        Console.report(failure)
        exit(withError: ExitCode(failure.code.exitStatus))
    }
}

/// A failure as programs read it.
private struct FailureOutput: Encodable {
    struct Content: Encodable {
        let code: String
        let message: String
        let hint: String?
    }

    let error: Content

    init(_ failure: Failure) {
        error = Content(code: failure.code.rawValue, message: failure.message, hint: failure.hint)
    }

    func print() {
        do throws(Failure) {
            try Console.json(self)
        } catch {
            Console.report(error)
        }
    }
}
