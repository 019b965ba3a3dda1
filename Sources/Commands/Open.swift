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
        try PageOpening(
            target: target, event: event, data: data, isHeadless: headless, isPreparing: prepare,
            store: store.place,
            isJSON: format.json
        ).run()
    }
}

/// What `ypkg open` does.
struct PageOpening {
    /// A page link, or an app's domain or alias.
    var target: String
    var event: String?
    var data: String?
    var isHeadless = false
    var isPreparing = false
    var store = StorePlace()
    var isJSON = false

    func run() throws(Failure) {
        let root = try store.existingPath()
        // First, so that the one that runs gets ready to listen meanwhile. None is started for a wrong link.
        let running = try PageManagerClient.connectIfRunning(root: root)
        let link = try link()
        var session = Owner.Session.current
        if isHeadless { session.headless = true }
        let client = if let running { running } else { try PageManagerClient.connect(root: root) }
        guard !isPreparing else {
            let app = try PageLink(link.uri).page.domain.name
            try client.call(Owner.prepare, .init(app: app, session: session))
            return
        }
        let parameters = Owner.OpenParameters(link: link, session: session)
        let opened = try client.call(Owner.open, written: parameters.text)
        if isJSON { try Console.json(opened) }
    }

    private static func isLink(_ target: String) -> Bool { target.hasPrefix(PageURI.scheme + "://") }

    private func link() throws(Failure) -> Link {
        var uri = target
        if !Self.isLink(target) {
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

extension PageOpening {
    /// The form in which desktops, shells and most people open a link: `open LINK`, with `--root DIR` before or behind it,
    /// or `--` before it. It is known without the parser, which takes longer to start than the page. `nil` for every other
    /// form, which the parser reads.
    init?(plain arguments: ArraySlice<String>) {
        var arguments = arguments
        guard arguments.popFirst() == "open" else { return nil }
        if arguments.count == 3, let option = arguments.firstIndex(of: "--root") {
            let root = arguments[option...].dropFirst().first
            guard let root, !root.hasPrefix("-") else { return nil }
            store.root = root
            arguments.removeSubrange(option...option + 1)
        } else if arguments.first == "--" {
            arguments = arguments.dropFirst()
        }
        guard let link = arguments.popFirst(), Self.isLink(link), arguments.isEmpty else { return nil }
        target = link
    }
}

extension Owner.Session {
    /// Where this command was typed.
    static var current: Owner.Session {
        Owner.Session(wayland: WaylandSocket.path, locale: Locale.name)
    }
}

/// Wayland's way to name a compositor.
enum WaylandSocket {
    static var path: String? {
        guard let name = CurrentProcess.variable("WAYLAND_DISPLAY"), !name.isEmpty else { return nil }
        return name.hasPrefix("/") ? name : (CurrentProcess.variable("XDG_RUNTIME_DIR") ?? "") + "/" + name
    }
}

/// POSIX's way to choose a language.
enum Locale {
    static var name: String? {
        for variable in ["LC_ALL", "LC_MESSAGES", "LANG"] {
            if let name = CurrentProcess.variable(variable), !name.isEmpty { return name }
        }
        return nil
    }
}
