internal import ArgumentParser
internal import PageManagerClient
internal import PageManagerInterface
internal import Platform
internal import Store
internal import Varlink
internal import YunCore

struct Notifications: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "notifications", _superCommandName: Ypkg.name,
        abstract: "Shows what apps want you to see.",
        discussion: "The link behind a notification opens with 'ypkg open'.")

    @Flag(name: .shortAndLong, help: "Go on with what comes.")
    var follow = false

    @OptionGroup var store: StoreOptions
    @OptionGroup var format: OutputOptions

    func run() throws {
        let path = try store.existingPath()
        let client = try PageManagerClient.connect(root: path, toFollow: follow)
        try client?.stream(Owner.notifications, .init(follow: follow)) { news, _ throws(Failure) in
            if format.json {
                if news.notification != nil || news.withdrawn != nil { try Console.json(news) }
            } else if let shown = news.notification {
                Console.data(
                    "\(Clock.text(of: shown.time).prefix(19)) \(shown.app): \(shown.title.escaped)"
                        + (shown.text.isEmpty ? "" : " - \(shown.text.escaped)")
                        + (shown.link.map { "  \($0.uri)" } ?? ""))
            }
            return true
        }
    }
}
