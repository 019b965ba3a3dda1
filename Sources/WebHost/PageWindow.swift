internal import CWebKitGTK
internal import GTKSignals
internal import Glibc
internal import Platform
internal import WebHostContract
internal import YunCore

/// One window with one app's page, from its opening to its end. Everything here runs on GTK's thread.
@safe final class PageWindow {
    private let arguments: WebHostArguments
    private let engine: Engine
    private let server: PageServer
    private let refusals: Refusals
    private let reporter: Reporter
    private let console: ConsolePipe
    private let pictureOutput: SharedDescriptor?
    private let window: UnsafeMutablePointer<GtkWidget>?
    private var load = PageLoad()
    private var isShowingError = false
    private var exit: WebHostExit?

    init(
        _ arguments: WebHostArguments, files: PackageFiles, reporter: Reporter, console: ConsolePipe,
        pictureOutput: SharedDescriptor?
    ) {
        self.arguments = arguments
        self.reporter = reporter
        self.console = console
        self.pictureOutput = pictureOutput
        engine = Engine(arguments)
        server = PageServer(files: files, reporter: reporter)
        refusals = Refusals(domain: arguments.domain, reporter: reporter)
        unsafe window = gtk_window_new(GTK_WINDOW_TOPLEVEL)
        unsafe gtk_window_set_title(yun_window(window), title)
        unsafe gtk_window_set_default_size(
            yun_window(window), Int32(arguments.size.width), Int32(arguments.size.height))
        unsafe gtk_container_add(yun_container(window), yun_widget(engine.view))
    }

    private var title: String { arguments.title ?? arguments.domain.name }

    private var location: String {
        pageLocation(domain: arguments.domain, path: arguments.page, fragment: arguments.fragment)
    }

    /// Shows the page and returns when the window has closed or the picture was written.
    func run() -> WebHostExit {
        unsafe server.register(in: engine.context)
        server.onMissing = { [self] in load.pageThrew() }
        refusals.attach(to: engine)
        watchPage()
        watchWindow()
        unsafe gtk_widget_show_all(window)
        unsafe webkit_web_view_load_uri(engine.view, location)
        after(milliseconds: arguments.loadTimeoutMilliseconds) { [self] in timeOut() }
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
            load.pageThrew()
            reporter.report(.uncaught, at: place, text)
        case .refused(let place, let refusal):
            if refusal.isPartOfPage { load.pageThrew() }
            reporter.reportOnce(.refused, at: place, refusal.text) { [server] in
                refusal.uri.flatMap(server.place(naming:))
            }
        case .insecure(let place, let text): reporter.reportOnce(.refused, at: place, text)
        case .engine(let text): reporter.report(.engine, text)
        case .nothing: break
        }
    }

    /// Lets go of the engine and waits until its processes have ended: the one that stores pages' data writes what
    /// it still holds when it is let go, and inside a sandbox it would be killed together with the host.
    private func close() {
        unsafe gtk_widget_destroy(window)
        unsafe g_object_unref(UnsafeMutableRawPointer(engine.context))
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

    private func end(_ exit: WebHostExit) {
        guard self.exit == nil else { return }
        self.exit = exit
        if gtk_main_level() > 0 { gtk_main_quit() }
    }
}

// MARK: What happens to the window

extension PageWindow {
    private func watchWindow() {
        guard let window = unsafe window else { return }
        unsafe connect(UnsafeMutableRawPointer(window), "delete-event") { [self] _ in
            end(load.exitAtClose)
            return .handled
        }
        unsafe connect(UnsafeMutableRawPointer(engine.view), "close") { [self] _ in
            end(load.exitAtClose)
            return .none
        }
        for signal in [SIGTERM, SIGINT, SIGHUP] { endOn(signal) }
    }

    /// The launcher's way to close the window.
    private func endOn(_ signal: Int32) {
        let this = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe g_unix_signal_add(
            signal,
            { this in
                guard let this = unsafe this else { return 0 }
                let window = unsafe Unmanaged<PageWindow>.fromOpaque(this).takeUnretainedValue()
                window.end(window.load.exitAtClose)
                return 1
            }, this)
    }

    private func timeOut() {
        guard exit == nil, load.isLoading || arguments.screenshot != nil else { return }
        let milliseconds = arguments.loadTimeoutMilliseconds
        reporter.report(.failed, at: location, "the page did not load in \(milliseconds) ms")
        if arguments.screenshot != nil { end(.timedOut) }
    }
}

// MARK: What happens to the page

extension PageWindow {
    private func watchPage() {
        let view = unsafe UnsafeMutableRawPointer(engine.view)
        unsafe connect(view, "decide-policy") { [self] signal in
            unsafe decide(signal.object(1), signal.enumeration(2))
        }
        unsafe connect(view, "load-changed") { [self] signal in
            if signal.enumeration(1) == WEBKIT_LOAD_FINISHED.rawValue { finished() }
            return .none
        }
        unsafe connect(view, "load-failed") { [self] signal in
            let error = unsafe signal.boxed(3)?.assumingMemoryBound(to: GError.self)
            let text = unsafe error?.pointee.message.map { unsafe String(cString: $0) } ?? ""
            // A navigation that was refused also "fails"; that has been reported.
            if load.isLoading { broke(.crashed, "the engine cannot load it: \(text)") }
            return .handled
        }
        unsafe connect(view, "web-process-terminated") { [self] signal in
            let reasons = ["it crashed", "it needed more memory than it may have", "it was stopped"]
            let reason = Int(signal.enumeration(1))
            let text = reasons.indices.contains(reason) ? reasons[reason] : "reason \(reason)"
            broke(.crashed, "the process that shows the page ended: \(text)")
            return .none
        }
        unsafe connect(view, "script-dialog") { [self] _ in
            guard arguments.screenshot != nil else { return .none }
            reporter.reportOnce(.refused, "nobody answers a dialog while a picture is taken")
            return .handled
        }
        unsafe connect(view, "notify::is-web-process-responsive") { [self] _ in
            if unsafe webkit_web_view_get_is_web_process_responsive(engine.view) == 0 {
                reporter.report(.failed, at: location, "the page does not respond")
            }
            return .none
        }
    }

    /// A page that tries to leave while it loads loads on when it is refused, but WebKit then sends no event at the
    /// end.
    private func finishAfterRefusal() {
        guard exit == nil, load.isLoading else { return }
        let complete =
            "while (document.readyState !== 'complete') await new Promise((go) => setTimeout(go, 20));"
        unsafe wait(for: complete, in: engine.view) { [self] fault in
            if fault == nil { finished() }
        }
    }

    private func finished() {
        guard exit == nil, !isShowingError, load.finished() == .show, let request = arguments.screenshot,
            let pictureOutput
        else { return }
        let picture = unsafe Picture(view: engine.view, size: arguments.size, output: pictureOutput)
        let end = monotonicMilliseconds() + Picture.unrestMillisecondsMax
        rest(picture, until: end) { [self] in
            after(milliseconds: request.delayMilliseconds) { [self] in take(picture) }
        }
    }

    /// Waits until the page neither draws nor asks for files, or until `end`.
    private func rest(_ picture: Picture, until end: Int, _ done: @escaping () -> Void) {
        guard exit == nil else { return }
        picture.waitUntilDrawn { [self] fault in
            if let fault { return fail(fault) }
            let now = monotonicMilliseconds()
            let isBusy = now - server.lastRequestMilliseconds < Picture.restMilliseconds
            if isBusy, now < end { rest(picture, until: end, done) } else { done() }
        }
    }

    private func take(_ picture: Picture) {
        // The view is gone when the window was closed in the meantime.
        guard exit == nil else { return }
        picture.take { [self] fault in
            if let fault { return fail(fault) }
            // What the page threw before it could answer is in the pipe.
            console.drain()
            end(load.exitAfterPicture)
        }
    }

    private func fail(_ fault: PictureFault) {
        // When the page's process dies, its unanswered questions fail first and the reason comes after.
        after(milliseconds: 100) { [self] in
            guard exit == nil else { return }
            reporter.report(.failed, at: location, fault.text)
            end(fault.exit)
        }
    }

    private func broke(_ exit: WebHostExit, _ text: String) {
        guard self.exit == nil, case .showError = load.broke(exit) else { return }
        reporter.reportOnce(.failed, at: location, text)
        guard arguments.screenshot == nil else { return end(exit) }
        isShowingError = true
        let html = ErrorPage.html(exit, title: title, language: arguments.languageTag)
        unsafe webkit_web_view_load_alternate_html(engine.view, html, location, nil)
    }

    private func decide(_ decision: UnsafeMutableRawPointer?, _ type: UInt32) -> SignalAnswer {
        guard let decision = unsafe decision else { return .none }
        let isAllowed =
            switch WebKitPolicyDecisionType(type) {
            case WEBKIT_POLICY_DECISION_TYPE_RESPONSE: unsafe allowsResponse(decision)
            case WEBKIT_POLICY_DECISION_TYPE_NEW_WINDOW_ACTION:
                unsafe allowsNavigation(decision, inNewWindow: true)
            default: unsafe allowsNavigation(decision, inNewWindow: false)
            }
        let policy = unsafe decision.assumingMemoryBound(to: WebKitPolicyDecision.self)
        guard isAllowed else {
            unsafe webkit_policy_decision_ignore(policy)
            finishAfterRefusal()
            return .handled
        }
        unsafe webkit_policy_decision_use(policy)
        return .handled
    }

    private func allowsNavigation(_ decision: UnsafeMutableRawPointer, inNewWindow: Bool) -> Bool {
        let action = unsafe webkit_navigation_policy_decision_get_navigation_action(
            yun_navigation_decision(decision))
        let target = unsafe uri(of: webkit_navigation_action_get_request(action))
        return refusals.allowsNavigation(to: target, inNewWindow: inNewWindow)
    }

    /// A page that is not there is not shown as the server's words for it; a file that the engine cannot show
    /// would become a download.
    private func allowsResponse(_ decision: UnsafeMutableRawPointer) -> Bool {
        let response = unsafe yun_response_decision(decision)
        guard unsafe webkit_response_policy_decision_is_main_frame_main_resource(response) != 0,
            !isShowingError
        else { return true }
        let status = unsafe webkit_uri_response_get_status_code(
            webkit_response_policy_decision_get_response(response))
        let isShowable = unsafe webkit_response_policy_decision_is_mime_type_supported(response) != 0
        guard status >= 400 || !isShowable else { return true }
        if load.isLoading {
            broke(.pageMissing, isShowable ? "the page is not in the package" : "this file is not a page")
        }
        return false
    }
}
