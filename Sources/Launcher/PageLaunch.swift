public import Manifest
internal import Platform
public import Sandbox
internal import Store
public import WebHostContract
public import YunCore

/// One page of an installed app on its way into a sandbox: decides what runs, with which arguments, and what it may
/// see.
public struct PageLaunch {
    /// What the caller may choose.
    public struct Options: Sendable {
        /// For the app's program, or nothing for web pages.
        public var arguments: [String] = []
        /// What follows a web page's path, with its `#`.
        public var fragment: String?
        /// Size of a web page's window.
        public var size = WindowSize.phone
        /// A picture of a web page instead of a session.
        public var screenshot: ScreenshotRequest?
        /// A shell in the app's sandbox instead of the app.
        public var isShell = false
        /// Whether the caller has a terminal for the shell.
        public var hasTerminal = true
        /// POSIX locale such as `zh_CN.UTF-8`.
        public var locale: String?
        /// The caller's `TERM`.
        public var terminalType: String?
        /// How much memory the app may use; `nil` for the sandbox's default.
        public var memoryBytes: Int?
        /// Whether the page manager tells a web host which pages to show, one after the other.
        public var isManaged = false

        /// The defaults.
        public init() {}
    }

    private let package: InstalledPackage
    private let options: Options
    /// The page that is launched.
    public let page: Page

    /// - Parameter pageName: `nil` for the main page.
    public init(_ package: InstalledPackage, pageName: String?, options: Options) throws(Failure) {
        self.package = package
        self.options = options
        if let pageName {
            guard let page = package.manifest.page(named: pageName) else {
                let names = package.manifest.pages.map(\.uri.name).joined(separator: ", ")
                throw Failure(
                    .pageUnknown, "\(package.app.domain) has no page \(pageName.escaped)",
                    hint: "it has: \(names)")
            }
            self.page = page
        } else {
            guard let page = package.manifest.mainPage else {
                throw Failure(
                    .pageUnknown, "\(package.app.domain) has no main page", hint: "name a service with --page"
                )
            }
            self.page = page
        }
        guard page.kind != .web || options.arguments.isEmpty else {
            throw Failure(.usage, "a web page takes no arguments", hint: "leave out what follows --")
        }
        guard page.kind == .web || (options.screenshot == nil && options.fragment == nil) else {
            throw Failure(
                .usage, "\(page.uri) is not a web page", hint: "leave out --screenshot and --fragment")
        }
    }

    /// Whether the page needs a display.
    public var needsDisplay: Bool { page.kind == .web && !options.isShell }

    /// What the sandbox is asked for.
    public func request(
        data: String, cache: String, display: LaunchRequest.Display, programs: ProgramDirectory
    ) throws(Failure) -> LaunchRequest {
        var request = LaunchRequest(
            page: page.uri, release: package.directory.path(of: "tree"), data: data, cache: cache,
            program: try program(programs))
        request.arguments = options.isShell ? [] : arguments
        request.display = display
        request.environment = environment(display)
        request.hasTerminal = options.hasTerminal
        request.appUser = package.app.userID
        request.limits = limits
        return request
    }

    private var limits: ResourceLimits {
        var limits = ResourceLimits()
        limits.memoryBytes = options.memoryBytes
        limits.wishedMemoryBytes = package.manifest.wishes.memoryMiB.map { $0 << 20 }
        // All sandboxes of an app share its limits, and the processes of the web host are none of the app's own.
        let ours = package.manifest.pages.contains { $0.kind == .web } ? Self.webHostProcesses : 0
        if let wish = package.manifest.wishes.processes {
            limits.processes = min(limits.processes ?? .max, wish + ours)
        }
        return limits
    }

    /// Threads included; some 70 were seen with one page (`spec/web-host.md`).
    private static let webHostProcesses = 256

    private func program(_ programs: ProgramDirectory) throws(Failure) -> LaunchRequest.Program {
        if options.isShell { return .shell }
        switch page.kind {
        case .native, .service: return .app(page.contentPath.text)
        case .web:
            return .carried(path: try programs.path(of: "ywebhost"))
        }
    }

    private var arguments: [String] {
        guard page.kind == .web else { return options.arguments }
        var arguments = WebHostArguments(
            package: "/app", domain: package.app.domain,
            page: options.isManaged ? nil : page.contentPath.text, data: "/data", cache: "/cache")
        if !options.isManaged {
            arguments.title = page.title.text(forLocale: options.locale ?? "")
            arguments.fragment = options.fragment
            arguments.screenshot = options.screenshot
        }
        arguments.size = options.size
        arguments.language = options.locale.map { String($0.prefix { $0 != "." && $0 != "@" }) }
        return arguments.encoded
    }

    private func environment(_ display: LaunchRequest.Display) -> [String: String] {
        var environment: [String: String] = [:]
        if page.kind == .web, !options.isShell {
            for (name, value) in WebHostEnvironment.toolkitVariables { environment[name] = value }
            if case .wayland = display {
                environment["GDK_BACKEND"] = "wayland"
            } else {
                environment["GDK_BACKEND"] = "x11"
            }
        } else if let locale = options.locale {
            environment["LANG"] = locale
        }
        if let type = options.terminalType, options.isShell { environment["TERM"] = type }
        return environment
    }
}

extension Failure {
    /// A page has a screen, and there is none.
    public static func noDisplay(for page: PageURI) -> Failure {
        Failure(
            .unavailable, "there is no Wayland display to show \(page) on",
            hint: "X11 is not used, for every window could be watched by the app; "
                + "ypkg open --headless shows it to nobody, ypkg run --screenshot FILE takes a picture")
    }
}
