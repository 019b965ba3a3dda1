internal import ArgumentParser
internal import Launcher
internal import PageManagerClient
internal import PageManagerInterface
internal import Platform
internal import Store
internal import Varlink
internal import YunCore

struct Ps: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ps", _superCommandName: Ypkg.name, abstract: "Lists the pages that run.")

    @OptionGroup var store: StoreOptions
    @OptionGroup var format: OutputOptions

    func run() throws {
        let client = try PageManagerClient.connectIfRunning(root: store.existingPath())
        let pages = try client?.call(Owner.list).pages ?? []
        if format.json { return try Console.json(pages) }
        guard !pages.isEmpty else { return Console.note("no page runs") }
        Console.table(
            pages.map { page in
                let state = page.frozen ? "frozen" : page.state.rawValue
                let holds = page.holds.isEmpty ? "" : " for " + page.holds.joined(separator: ", ")
                return ["\(page.instance)", state + holds, page.uri, page.title.escaped]
            })
    }
}

struct Stop: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop", _superCommandName: Ypkg.name, abstract: "Closes an app's pages, or one of them.",
        discussion: "Pages are told and may put their things away; what takes too long is ended by force.")

    @Argument(help: ArgumentHelp("The app, or a page's number from 'ypkg ps'.", valueName: "app"))
    var target: String

    @OptionGroup var store: StoreOptions

    func run() throws {
        let root = try store.existing()
        let client = try PageManagerClient.connectIfRunning(root: root.directory.path)
        var stop = Owner.StopParameters()
        if let instance = Int(target) {
            stop.instance = instance
        } else {
            stop.app = try AppReference(target).domain(in: root.registry).name
        }
        guard let client else {
            throw Failure(.pageUnknown, "\(target.escaped) does not run", hint: "see what does: ypkg ps")
        }
        try client.call(Owner.stop, stop)
    }
}

struct Freeze: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "freeze", _superCommandName: Ypkg.name,
        abstract: "Lets an app stand still until it is thawed or opened.")

    @OptionGroup var app: AppOptions
    @OptionGroup var store: StoreOptions

    func run() throws { try app.tell(Owner.freeze, Owner.FreezeParameters.init, store) }
}

struct Thaw: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "thaw", _superCommandName: Ypkg.name,
        abstract: "Lets a frozen app go on, until it is hidden the next time.")

    @OptionGroup var app: AppOptions
    @OptionGroup var store: StoreOptions

    func run() throws { try app.tell(Owner.thaw, Owner.ThawParameters.init, store) }
}

extension AppOptions {
    /// Calls a method of the page manager that takes an app.
    fileprivate func tell<Parameters: Encodable>(
        _ method: MethodSignature<Parameters, Nothing>, _ parameters: (String) -> Parameters,
        _ store: StoreOptions
    ) throws(Failure) {
        let root = try store.existing()
        let domain = try domain(in: root)
        guard let client = try PageManagerClient.connectIfRunning(root: root.directory.path) else {
            throw Failure(.pageUnknown, "\(domain) does not run", hint: "see what does: ypkg ps")
        }
        try client.call(method, parameters(domain.name))
    }
}

struct Logs: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs", _superCommandName: Ypkg.name,
        abstract: "Shows what apps have written, and what was denied them and why.",
        discussion: "The last 256 KiB of each app are kept as long as the page manager runs.")

    @Argument(help: ArgumentHelp("The app; all if left out.", valueName: "app"))
    var app: String?

    @Flag(name: .shortAndLong, help: "Go on with what comes.")
    var follow = false

    @OptionGroup var store: StoreOptions
    @OptionGroup var format: OutputOptions

    func run() throws {
        let root = try store.existing()
        let domain = try app.map { app throws(Failure) in
            try AppReference(app).domain(in: root.registry, includingKeptData: true)
        }
        let path = root.directory.path
        let client = try PageManagerClient.connect(root: path, toFollow: follow)
        guard let client else { return Console.note("nothing is in the log: the page manager does not run") }
        try client.stream(Owner.log, .init(app: domain?.name, follow: follow)) { reply, _ throws(Failure) in
            for line in reply.lines { try print(line, showsApp: domain == nil) }
            return true
        }
    }

    private func print(_ line: Owner.LogLine, showsApp: Bool) throws(Failure) {
        if format.json { return try Console.json(line) }
        let kind =
            switch line.kind {
            case .output: ""
            case .error: "error: "
            case .denied: "denied: "
            case .manager: "yun: "
            }
        Console.data(
            "\(Clock.text(of: line.time)) \(showsApp ? line.app + " " : "")\(kind)\(line.text.escaped)")
    }
}
