internal import ArgumentParser
internal import Launcher
internal import Lifecycle
internal import Manifest
internal import PageManagerClient
internal import PageManagerInterface
internal import Platform
internal import Store
internal import Varlink
internal import YunCore

struct Open: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "open", _superCommandName: Ypkg.name,
        abstract: "Opens a page by its link, or an app's main page.",
        discussion: """
            A link is page://DOMAIN/NAME, with ?QUERY and #FRAGMENT where the page wants them. A page that runs already \
            is shown and given the link.
            """)

    @Argument(
        help: ArgumentHelp("A page link, or an app's domain or alias.", valueName: "link"))
    var target: String

    @Option(help: ArgumentHelp("The event that the page is told.", valueName: "name"))
    var event: String?

    @Option(help: ArgumentHelp("A text for the page.", valueName: "text"))
    var data: String?

    @Flag(help: "Show a web page to nobody, where there is no display.")
    var headless = false

    @Flag(
        help:
            "Only make ready what a web page of the app needs, so that it is there at once when it is opened."
    )
    var prepare = false

    @OptionGroup var store: StoreOptions
    @OptionGroup var format: OutputOptions

    func run() throws {
        let link = try link()
        var session = Owner.Session.current
        if headless { session.headless = true }
        let client = try PageManagerClient.connect(root: store.existingPath())
        guard !prepare else {
            let app = try PageLink(link.uri).page.domain.name
            return _ = try client.call(Owner.prepare, .init(app: app, session: session))
        }
        let opened = try client.call(Owner.open, .init(link: link, session: session))
        if format.json { try Console.json(opened) }
    }

    private func link() throws(Failure) -> Link {
        var uri = target
        if !target.hasPrefix(PageURI.scheme + "://") {
            let root = try store.existing()
            let package = try InstalledPackage(AppReference(target).domain(in: root.registry), in: root)
            guard let page = package.manifest.mainPage else {
                throw Failure(
                    .pageUnknown, "\(package.app.domain) has no main page",
                    hint: "name a page: page://DOMAIN/NAME")
            }
            uri = page.uri.description
        }
        // Wrong ones are refused here, before anything is started for them.
        _ = try PageLink(uri, event: event ?? PageLink.defaultEvent, data: data ?? "")
        return Link(uri: uri, event: event, data: data)
    }
}

extension Owner.Session {
    /// Where this command was typed.
    static var current: Owner.Session {
        let environment = CurrentProcess.environment
        return Owner.Session(
            wayland: WaylandSocket.path(in: environment), locale: Locale.name(in: environment))
    }
}

/// Wayland's way to name a compositor.
enum WaylandSocket {
    static func path(in environment: [String: String]) -> String? {
        guard let name = environment["WAYLAND_DISPLAY"], !name.isEmpty else { return nil }
        return name.hasPrefix("/") ? name : (environment["XDG_RUNTIME_DIR"] ?? "") + "/" + name
    }
}

/// POSIX's way to choose a language.
enum Locale {
    static func name(in environment: [String: String]) -> String? {
        ["LC_ALL", "LC_MESSAGES", "LANG"].lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
    }
}
