internal import ArgumentParser
internal import Launcher
internal import PageManagerClient
internal import PageManagerInterface
internal import Platform
internal import Store
internal import Varlink
internal import YunCore

struct Permissions: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "permissions", _superCommandName: Ypkg.name,
        abstract: "Shows what an app may do, and lets you decide about it.",
        discussion: """
            Without an action: what the app asks for, and how it stands. 'grant' allows always, 'revoke' never, in running \
            apps too; 'reset' forgets what was answered. Without a permission, all that the app asks for is meant.
            """)

    enum Action: String, ExpressibleByArgument, CaseIterable {
        case grant, revoke, reset

        var answer: String {
            switch self {
            case .grant: "always"
            case .revoke: "never"
            case .reset: "reset"
            }
        }
    }

    @Argument(
        help: ArgumentHelp("The app's domain or alias; with --log all apps if left out.", valueName: "app"))
    var app: String?

    @Argument(help: "What to do: grant, revoke or reset.")
    var action: Action?

    @Argument(help: ArgumentHelp("Which permission, such as CAMERA.", valueName: "permission"))
    var permission: String?

    @Flag(name: .long, help: "Who used which permission when.")
    var log = false

    @Flag(name: .long, help: "Answer apps' questions on this terminal, until Ctrl-C.")
    var ask = false

    @OptionGroup var store: StoreOptions
    @OptionGroup var format: OutputOptions

    func validate() throws {
        guard app != nil || log || ask else { throw ValidationError("name an app, or give --log or --ask") }
        guard !(log && ask), !(log || ask) || action == nil else {
            throw ValidationError("--log and --ask go with nothing else")
        }
    }

    func run() throws {
        let root = try store.existing()
        let domain = try app.map { app throws(Failure) in try AppReference(app).domain(in: root.registry) }
        let client = try PageManagerClient.connect(root: root.directory.path)
        if ask { return try QuestionPrompt(client, root: root.directory.path).run() }
        if log { return try printLog(of: domain, client) }
        guard let domain else { return }
        if let action {
            return _ = try client.call(
                Owner.decide, .init(app: domain.name, permission: permission, answer: action.answer))
        }
        try printState(of: domain, client)
    }

    private func printState(of domain: Domain, _ client: Client) throws(Failure) {
        let reply = try client.call(Owner.permissions, .init(app: domain.name))
        if format.json { return try Console.json(reply.permissions) }
        guard !reply.permissions.isEmpty else { return Console.note("\(domain) asks for no permission") }
        Console.table(
            reply.permissions.map { permission in
                let short = String(permission.name.prefix { $0 != "." })
                let word = permission.state == .ask ? "asked at first use" : permission.state.rawValue
                let answer = permission.answer.map { "(\($0))" } ?? ""
                return [
                    short, "\(word) \(answer)", permission.title, "“\((permission.reason ?? "").escaped)”",
                ]
            })
    }

    private func printLog(of domain: Domain?, _ client: Client) throws(Failure) {
        let reply = try client.call(Owner.permissionLog, .init(app: domain?.name))
        if format.json { return try Console.json(reply.uses) }
        guard !reply.uses.isEmpty else { return Console.note("no permission was used") }
        Console.table(
            reply.uses.map { use in
                [
                    String(Clock.text(of: use.time * 1000).prefix(16)), use.app,
                    String(use.permission.prefix { $0 != "." }), use.method,
                    use.count.counted("time"),
                ]
            })
    }
}
