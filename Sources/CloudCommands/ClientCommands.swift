internal import ArgumentParser
internal import CloudDatabase
internal import CloudModel
internal import CloudService
internal import Foundation
internal import OAuth
internal import YunCore

struct ClientCommands: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "client", abstract: "Looks after programs that ask owners for their consent (OAuth).",
        subcommands: [ClientCreate.self, ClientList.self, ClientRemove.self])
}

struct ClientCreate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Makes a client, and prints its id and its secret.",
        discussion: """
            The secret is told once. A redirect URI is https://HOST/PATH, or http://127.0.0.1/PATH, which matches any port, or \
            com.example.app:/PATH.
            """)

    @Argument(help: ArgumentHelp("What owners read.", valueName: "name"))
    var name: String

    @Option(
        help: ArgumentHelp("Where owners are sent to with an answer. May be given again.", valueName: "uri"))
    var redirectURI: [String] = []

    @Option(
        name: .customLong("sign-out-redirect-uri"),
        help: ArgumentHelp(
            "Where owners are sent to when they have signed out. May be given again.", valueName: "uri"))
    var signOutRedirectURI: [String] = []

    @Flag(help: "It runs where nobody else reads its files, and gets a secret.")
    var confidential = false

    @Option(
        help: ArgumentHelp(
            "What it may ask for. Else openid profile offline_access storage.", valueName: "scopes"))
    var scope: String?

    @Option(
        help: ArgumentHelp(
            "The app whose server it is: it may look at that app's tokens.", valueName: "domain"))
    var app: String?

    @Flag(help: "It may show a code that the owner types elsewhere.")
    var deviceCodes = false

    @OptionGroup var data: DataOptions

    func run() async throws {
        var client = NewClient(name: name)
        client.redirects = redirectURI
        client.signOutRedirects = signOutRedirectURI
        client.isConfidential = confidential
        client.scopes = scope
        client.domain = app
        client.hasDeviceCodes = deviceCodes
        let clients = Clients(database: try data.directory().existing(), clock: SystemClock.now)
        let (id, secret) = try await clients.create(client)
        Output.write("id \(id)")
        if let secret { Output.write("secret \(secret)") }
    }
}

struct ClientList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Prints all clients: id, name, what it may ask for, redirect URIs.")

    @OptionGroup var data: DataOptions

    func run() async throws {
        let clients = Clients(database: try data.directory().existing(), clock: SystemClock.now)
        for (client, redirects) in try await clients.all() {
            let columns = [
                client.id, client.name, client.scopes.description,
                redirects.map(\.description).joined(separator: " "),
            ]
            Output.write(columns.joined(separator: "\t"))
        }
    }
}

struct ClientRemove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Forgets a client, and ends all that it may do.")

    @Argument(help: ArgumentHelp("The client's id.", valueName: "id"))
    var id: String

    @OptionGroup var data: DataOptions

    func run() async throws {
        try await Clients(database: try data.directory().existing(), clock: SystemClock.now).remove(id)
    }
}
