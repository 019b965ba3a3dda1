internal import CWebKitGTK
internal import GTKSignals
internal import Glibc
internal import Platform
internal import WebHostContract
internal import YunCore

/// One page in its window. Everything here runs on GTK's thread.
@safe final class PageWindow {
    let page: Page
    let bridge: PageBridge
    private let view: PageView
    private unowned let host: PageHost
    private let window: UnsafeMutablePointer<GtkWidget>?
    private var load = PageLoad()
    private var isShowingError = false
    private var isClosed = false
    private var isReady = false
    private var isShowWanted = false

    /// - Parameter view: has loaded nothing yet.
    init(_ page: Page, view: PageView, host: PageHost) {
        self.page = page
        self.view = view
        self.host = host
        bridge = PageBridge(
            broker: host.broker, requests: PageRequests(gateway: host.gateway, page: view.identifier))
        let arguments = host.arguments
        view.setBridge(
            Bridge.script(
                domain: arguments.domain, language: arguments.languageTag, instance: page.instance,
                hasBroker: host.broker != nil)
        ) { [bridge] message, reply in bridge.take(message, reply) }
        unsafe window = gtk_window_new(GTK_WINDOW_TOPLEVEL)
        unsafe gtk_window_set_title(yun_window(window), page.title)
        unsafe gtk_window_set_default_size(
            yun_window(window), Int32(arguments.size.width), Int32(arguments.size.height))
        unsafe gtk_container_add(yun_container(window), yun_widget(view.view))
        unsafe gtk_widget_show(yun_widget(view.view))
        // The page has its size before it is shown, for its scripts run before that.
        var area = GtkAllocation(
            x: 0, y: 0, width: Int32(arguments.size.width), height: Int32(arguments.size.height))
        unsafe gtk_widget_size_allocate(yun_widget(view.view), &area)
        host.refusals.attach(to: view)
        watchPage()
        watchWindow()
        bridge.onReady = { [weak self] in
            self?.isReady = true
            self?.showIfWanted()
        }
    }

    private var reporter: Reporter { host.reporter }

    /// Begins to load the page.
    func begin() {
        unsafe webkit_web_view_load_uri(view.view, page.location)
        after(milliseconds: host.arguments.loadTimeoutMilliseconds) { [weak self] in self?.timeOut() }
    }

    /// Puts the window before the others, at once.
    func show() {
        isShowWanted = false
        unsafe gtk_window_present(yun_window(window))
    }

    /// Puts the window before the others as soon as the page has something to show, or has taken long. While a page
    /// begins, the engine would hold up GTK's thread to wait for its first drawing, and the page for its file.
    func showWhenReady() {
        guard !isReady else { return show() }
        isShowWanted = true
        after(milliseconds: Self.readyMillisecondsMax) { [weak self] in self?.showIfWanted() }
    }

    /// Takes the window away; the page stays.
    func hide() {
        isShowWanted = false
        unsafe gtk_widget_hide(window)
    }

    private func showIfWanted() {
        if isShowWanted, !isOver { show() }
    }

    private static let readyMillisecondsMax = 1000

    /// To the document before; false where there is none.
    func goBack() -> Bool {
        // The engine's own way back passes over what scripts went to without a touch of the owner's.
        let list = unsafe webkit_web_view_get_back_forward_list(view.view)
        guard let item = unsafe webkit_back_forward_list_get_back_item(list) else { return false }
        unsafe webkit_web_view_go_to_back_forward_list_item(view.view, item)
        return true
    }

    /// Ends the page and lets go of its view.
    func close() {
        guard !isClosed else { return }
        isClosed = true
        bridge.reset()
        unsafe gtk_widget_destroy(window)
    }

    /// How the host ends when this window is closed now.
    var exitAtClose: WebHostExit { load.exitAtClose }

    /// Something went wrong in the page.
    func pageThrew() { load.pageThrew() }

    private var isOver: Bool { isClosed || host.isEnding }
}

// MARK: What happens to the window

extension PageWindow {
    private func watchWindow() {
        guard let window = unsafe window else { return }
        unsafe connect(UnsafeMutableRawPointer(window), "delete-event") { [weak self] _ in
            if let self { host.closeRequested(self) }
            return .handled
        }
    }

    private func timeOut() {
        guard !isOver, load.isLoading || host.arguments.screenshot != nil else { return }
        let milliseconds = host.arguments.loadTimeoutMilliseconds
        reporter.report(.failed, at: page.location, "the page did not load in \(milliseconds) ms")
        if host.arguments.screenshot != nil { host.end(.timedOut) }
    }
}

// MARK: What happens to the page

extension PageWindow {
    private func watchPage() {
        on("decide-policy") { unsafe $0.decide($1.object(1), $1.enumeration(2)) }
        on("load-changed") { this, signal in
            switch WebKitLoadEvent(signal.enumeration(1)) {
            // The scripts of the document before are gone, and with them what they waited for.
            case WEBKIT_LOAD_COMMITTED: this.bridge.reset()
            case WEBKIT_LOAD_FINISHED: this.finished()
            default: break
            }
            return .none
        }
        on("load-failed") { this, signal in
            let error = unsafe signal.boxed(3)?.assumingMemoryBound(to: GError.self)
            let text = unsafe error?.pointee.message.map { unsafe String(cString: $0) } ?? ""
            // A navigation that was refused also "fails"; that has been reported.
            if this.load.isLoading { this.broke(.crashed, "the engine cannot load it: \(text)") }
            return .handled
        }
        on("web-process-terminated") { this, signal in
            let reasons = ["it crashed", "it needed more memory than it may have", "it was stopped"]
            let reason = Int(signal.enumeration(1))
            let text = reasons.indices.contains(reason) ? reasons[reason] : "reason \(reason)"
            this.broke(.crashed, "the process that shows the page ended: \(text)")
            return .none
        }
        on("script-dialog") { this, _ in
            guard this.host.arguments.screenshot != nil else { return .none }
            this.reporter.reportOnce(.refused, "nobody answers a dialog while a picture is taken")
            return .handled
        }
        on("notify::is-web-process-responsive") { this, _ in
            if unsafe webkit_web_view_get_is_web_process_responsive(this.view.view) == 0 {
                this.reporter.report(.failed, at: this.page.location, "the page does not respond")
            }
            return .none
        }
        on("close") { this, _ in
            this.host.closeRequested(this)
            return .none
        }
    }

    /// Calls `handler` whenever the view sends `signal` while this window is there: the view can outlive it.
    private func on(_ signal: String, _ handler: @escaping (PageWindow, SignalArguments) -> SignalAnswer) {
        unsafe connect(UnsafeMutableRawPointer(view.view), signal) { [weak self] arguments in
            guard let self, !isClosed else { return .none }
            return handler(self, arguments)
        }
    }

    /// A page that tries to leave while it loads loads on when it is refused, but WebKit then sends no event at the
    /// end.
    private func finishAfterRefusal() {
        guard !isOver, load.isLoading else { return }
        let complete =
            "while (document.readyState !== 'complete') await new Promise((go) => setTimeout(go, 20));"
        unsafe wait(for: complete, in: view.view) { [self] fault in
            if fault == nil { finished() }
        }
    }

    private func finished() {
        guard !isOver, !isShowingError, load.finished() == .show, let request = host.arguments.screenshot,
            let output = host.pictureOutput
        else { return }
        let picture = unsafe Picture(view: view.view, size: host.arguments.size, output: output)
        let end = monotonicMilliseconds() + Picture.unrestMillisecondsMax
        rest(picture, until: end) { [self] in
            after(milliseconds: request.delayMilliseconds) { [self] in take(picture) }
        }
    }

    /// Waits until the page neither draws nor asks for files, or until `end`.
    private func rest(_ picture: Picture, until end: Int, _ done: @escaping () -> Void) {
        guard !isOver else { return }
        picture.waitUntilDrawn { [self] fault in
            if let fault { return fail(fault) }
            let now = monotonicMilliseconds()
            let isBusy = now - host.server.lastRequestMilliseconds < Picture.restMilliseconds
            if isBusy, now < end { rest(picture, until: end, done) } else { done() }
        }
    }

    private func take(_ picture: Picture) {
        // The view is gone when the window was closed in the meantime.
        guard !isOver else { return }
        picture.take { [self] fault in
            if let fault { return fail(fault) }
            // What the page threw before it could answer is in the pipe.
            host.console.drain()
            host.end(load.exitAfterPicture)
        }
    }

    private func fail(_ fault: PictureFault) {
        // When the page's process dies, its unanswered questions fail first and the reason comes after.
        after(milliseconds: 100) { [self] in
            guard !isOver else { return }
            reporter.report(.failed, at: page.location, fault.text)
            host.end(fault.exit)
        }
    }

    private func broke(_ exit: WebHostExit, _ text: String) {
        guard !isOver, case .showError = load.broke(exit) else { return }
        reporter.reportOnce(.failed, at: page.location, text)
        guard host.arguments.screenshot == nil else { return host.end(exit) }
        isShowingError = true
        let html = ErrorPage.html(exit, title: page.title, language: host.arguments.languageTag)
        unsafe webkit_web_view_load_alternate_html(view.view, html, page.location, nil)
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
        // The error page has no address of its own.
        if isShowingError, target == "about:blank" { return true }
        return host.refusals.allowsNavigation(to: target, inNewWindow: inNewWindow)
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
