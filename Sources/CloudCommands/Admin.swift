internal import ArgumentParser
internal import CloudModel
internal import CloudService
internal import Foundation
internal import Platform
internal import YunCore

struct Admin: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Looks after accounts, also while the cloud serves.",
        subcommands: [AccountCommands.self, AppPasswordCommand.self, ClientCommands.self])
}

struct AccountCommands: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "account", abstract: "Makes accounts.", subcommands: [AccountCreate.self])
}

struct AccountCreate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "create", abstract: "Makes an account.")

    @Argument(
        help: ArgumentHelp("An e-mail address, or a phone number with its country's code.", valueName: "name")
    )
    var name: String

    @Flag(help: "Read the password from standard input, to the end of its first line.")
    var passwordStdin = false

    @OptionGroup var data: DataOptions

    func run() async throws {
        guard passwordStdin else {
            throw Failure(.usage, "no password is given", hint: "say --password-stdin, and give it there")
        }
        guard let password = readLine() else { throw Failure(.usage, "standard input has no password") }
        let accounts = Accounts(database: try data.directory().open().database, clock: SystemClock.now)
        _ = try await accounts.create(LoginName(name), password: password)
    }
}

struct AppPasswordCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "app-password",
        abstract: "Makes a password for a client that knows only those, and prints it.",
        discussion: "It reaches the storage alone. Making one of the same name again ends the one before.")

    @Argument(help: ArgumentHelp("The account's e-mail address or phone number.", valueName: "account"))
    var account: String

    @Option(help: ArgumentHelp("What it is for, to tell it from others.", valueName: "name"))
    var name: String

    @Flag(help: "End the password of this name instead.")
    var remove = false

    @OptionGroup var data: DataOptions

    func run() async throws {
        let accounts = Accounts(database: try data.directory().existing(), clock: SystemClock.now)
        let login = try LoginName(account)
        guard !remove else { return try await accounts.removeAppPassword(name, of: login) }
        let password = try await accounts.makeAppPassword(name, for: login)
        FileHandle.standardOutput.write(Data((password + "\n").utf8))
    }
}
