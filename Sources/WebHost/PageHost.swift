internal import CWebKitGTK
internal import Glibc
internal import Platform
internal import WebHostContract
internal import YunCore

/// All web pages of one app, each in a window, from the host's start to its end. Everything here runs on GTK's thread.
@safe final class PageHost {
    let arguments: WebHostArguments
    let reporter: Reporter
    let console: ConsolePipe
    let engine: Engine
    let server: PageServer
    let refusals: Refusals
    let broker: Broker?
    let gateway: Gateway
    /// Where a picture goes.
    let pictureOutput: SharedDescriptor?
    /// By their numbers with the page manager.
    private var windows: [Int: PageWindow] = [:]
    /// Keeps the engine's processes until a first page is there.
    private var warmth: Warmth?
    private var exit: WebHostExit?

    init(
        _ arguments: WebHostArguments, directory: AnchoredDirectory, broker: Broker?, reporter: Reporter,
        console: ConsolePipe, pictureOutput: SharedDescriptor?
    ) {
        self.arguments = arguments
        self.reporter = reporter
        self.console = console
        self.broker = broker
        self.pictureOutput = pictureOutput
        engine = Engine(arguments)
        gateway = Gateway(broker: broker, reporter: reporter)
        server = PageServer(
            files: PackageFiles(directory: directory, domain: arguments.domain), gateway: gateway,
            reporter: reporter)
        refusals = Refusals(domain: arguments.domain, reporter: reporter)
    }

    /// Whether the host has come to its end.
    var isEnding: Bool { exit != nil }

    /// Shows pages and returns when all is over.
    func run() -> WebHostExit {
        unsafe server.register(in: engine.context)
        server.onMissing = { [self] in pageThrew() }
        refusals.attach(to: engine)
        for signal in [SIGTERM, SIGINT, SIGHUP] { endOn(signal) }
        if let page = arguments.page {
            let location = pageLocation(domain: arguments.domain, path: page, fragment: arguments.fragment)
            let title = arguments.title ?? arguments.domain.name
            let window = open(Page(instance: nil, title: title, location: location), number: 0)
            window.show()
            window.begin()
        } else {
            warmth = Warmth(engine: engine, size: arguments.size)
            broker?.watch { [self] event in
                if let event { take(event) } else { end(.closed) }
            }
        }
        if exit == nil { gtk_main() }
        close()
        console.drain()
        reporter.flush()
        return exit ?? .closed
    }

    /// Takes what the console pipe read.
    func take(_ verdict: Console.Verdict) {
        switch verdict {
        case .console(let level, let place, let text):
            reporter.report(.console, level: level, at: place, text)
        case .uncaught(let place, let text):
            pageThrew()
            reporter.report(.uncaught, at: place, text)
        case .refused(let place, let refusal):
            if refusal.isPartOfPage { pageThrew() }
            reporter.reportOnce(.refused, at: place, refusal.text) { [server] in
                refusal.uri.flatMap(server.place(naming:))
            }
        case .insecure(let place, let text): reporter.reportOnce(.refused, at: place, text)
        case .engine(let text): reporter.report(.engine, text)
        case .nothing: break
        }
    }

    /// Ends the host, with the first reason that there is for it.
    func end(_ exit: WebHostExit) {
        guard self.exit == nil else { return }
        self.exit = exit
        if gtk_main_level() > 0 { gtk_main_quit() }
    }

    /// It does not matter which page it was: where it counts there is only one.
    private func pageThrew() {
        for window in windows.values { window.pageThrew() }
    }

    private func endOn(_ signal: Int32) {
        let this = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe g_unix_signal_add(
            signal,
            { this in
                guard let this = unsafe this else { return 0 }
                let host = unsafe Unmanaged<PageHost>.fromOpaque(this).takeUnretainedValue()
                host.end(host.windows[0]?.exitAtClose ?? .closed)
                return 1
            }, this)
    }

    /// Lets go of the engine and waits until its processes have ended: the one that stores pages' data writes what
    /// it still holds when it is let go, and inside a sandbox it would be killed together with the host.
    private func close() {
        for window in windows.values { window.close() }
        windows = [:]
        warmth = nil
        engine.close()
        let end = monotonicMilliseconds() + Self.closeMillisecondsMax
        while hasChildren(), monotonicMilliseconds() < end {
            g_main_context_iteration(nil, 0)
            usleep(2000)
        }
    }

    /// GLib waits for each child on a thread of its own; here one is only looked for.
    private func hasChildren() -> Bool {
        var info = unsafe siginfo_t()
        return unsafe waitid(P_ALL, 0, &info, WEXITED | WNOWAIT | WNOHANG) == 0
    }

    private static let closeMillisecondsMax = 2000
}

// MARK: The page manager's word

extension PageHost {
    private func open(_ page: Page, number: Int) -> PageWindow {
        let window = PageWindow(page, view: engine.makeView(), host: self)
        windows[number] = window
        warmth = nil
        return window
    }

    private func take(_ event: PageEvent) {
        if event.kind == .create, windows[event.instance] == nil, let content = event.content {
            create(event, content)
        }
        guard let window = windows[event.instance] else { return taken(event, isHandled: false) }
        switch event.kind {
        case .show:
            window.showWhenReady()
            CurrentProcess.setTitle(window.page.name ?? window.page.location)
        case .hide: window.hide()
        case .trimMemory: unsafe webkit_web_context_clear_cache(engine.context)
        case .create, .start, .stop, .destroy, .link, .backKey: break
        }
        window.bridge.deliver(event)
    }

    private func create(_ event: PageEvent, _ content: String) {
        let uri = event.link?.uri
        let query = uri?.utf8.firstIndex { $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#") }
        let page = Page(
            instance: event.instance, title: event.title ?? arguments.domain.name,
            location: pageLocation(
                domain: arguments.domain, path: content,
                fragment: uri.flatMap { uri in query.map { String(uri[$0...]) } }),
            name: uri.map { uri in query.map { String(uri[..<$0]) } ?? uri })
        let window = open(page, number: event.instance)
        window.bridge.onTaken = { [weak self, weak window] event, isPrevented in
            let isHandled = event.kind != .backKey || isPrevented || window?.goBack() == true
            self?.taken(event, isHandled: isHandled)
        }
        window.begin()
    }

    /// The event has been dealt with; a way back that is not handled leads out of the page.
    private func taken(_ event: PageEvent, isHandled: Bool) {
        if event.kind == .destroy { windows.removeValue(forKey: event.instance)?.close() }
        let parameters = #"{"instance":\#(event.instance),"number":\#(event.number),"handled":\#(isHandled)}"#
        broker?.callInOrder("com.yunos.page.Taken", json: parameters)
    }

    /// The owner, or the page itself, closes a window: for the page manager's pages that is a wish.
    func closeRequested(_ window: PageWindow) {
        guard let instance = window.page.instance else { return end(window.exitAtClose) }
        broker?.callInOrder("com.yunos.page.Close", json: #"{"instance":\#(instance)}"#)
    }
}

/// What a window shows.
struct Page {
    /// The number with the page manager, where it has one.
    let instance: Int?
    let title: String
    /// The address of its file.
    let location: String
    /// `page://DOMAIN/NAME`, where that is known.
    var name: String?
}

/// A page that nobody sees, for as long as it is held: starting the engine's processes, loading fonts and drawing for the
/// first time is most of what a first page waits for.
@safe final class Warmth {
    private let view: PageView
    private let window: UnsafeMutablePointer<GtkWidget>?

    init(engine: Engine, size: WindowSize) {
        view = engine.makeView()
        unsafe window = gtk_offscreen_window_new()
        unsafe gtk_widget_set_size_request(yun_widget(view.view), Int32(size.width), Int32(size.height))
        unsafe gtk_container_add(yun_container(window), yun_widget(view.view))
        unsafe gtk_widget_show_all(window)
        unsafe webkit_web_view_load_html(view.view, Self.html, nil)
    }

    deinit { unsafe gtk_widget_destroy(window) }

    private static let html = "<!doctype html><meta charset=utf-8><b>Aa</b> 你好 <button>1</button><svg></svg>"
}
