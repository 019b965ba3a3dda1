internal import CWebKitGTK
internal import GTKSignals
internal import YunCore

/// Everything that a page may try and that does not happen: leaving its app, opening windows, downloads, devices.
/// The content security policy refuses most of it before it gets here; this is the second wall, and the one that
/// also stands around navigation.
struct Refusals {
    let domain: Domain
    let reporter: Reporter

    func attach(to engine: Engine) {
        unsafe connect(UnsafeMutableRawPointer(engine.context), "download-started") { signal in
            let download = unsafe signal.object(1)?.assumingMemoryBound(to: WebKitDownload.self)
            let request = unsafe webkit_download_get_request(download)
            reporter.reportOnce(.refused, at: unsafe uri(of: request), "pages cannot download files")
            unsafe webkit_download_cancel(download)
            return .none
        }
    }

    func attach(to page: PageView) {
        let view = unsafe UnsafeMutableRawPointer(page.view)
        unsafe connect(view, "permission-request") { signal in
            unsafe denyPermission(signal.object(1))
            return .handled
        }
        unsafe connect(view, "query-permission-state") { signal in
            let query = unsafe OpaquePointer(signal.boxed(1))
            unsafe webkit_permission_state_query_finish(query, WEBKIT_PERMISSION_STATE_DENIED)
            return .handled
        }
        unsafe connect(view, "create") { signal in
            let action = unsafe OpaquePointer(signal.boxed(1))
            let target = unsafe uri(of: webkit_navigation_action_get_request(action))
            _ = allowsNavigation(to: target, inNewWindow: true)
            return .none
        }
        unsafe refuse(view, "run-file-chooser", "pages cannot choose files")
        unsafe refuse(view, "print", "pages cannot print")
        unsafe refuse(view, "show-notification", "pages cannot show notifications")
        unsafe refuse(view, "enter-fullscreen", "pages cannot fill the screen")
        // The engine's menu offers to reload, to open windows and to save files.
        unsafe connect(view, "context-menu") { _ in .handled }
    }

    private func refuse(_ view: UnsafeMutableRawPointer, _ signal: String, _ text: String) {
        unsafe connect(view, signal) { _ in
            reporter.reportOnce(.refused, text)
            return .handled
        }
    }

    private func denyPermission(_ request: UnsafeMutableRawPointer?) {
        guard let request = unsafe request else { return }
        let type = unsafe String(cString: yun_type_name(request))
        let name = permissionNames[type] ?? type
        reporter.reportOnce(.refused, "pages have no permission for \(name)")
        unsafe webkit_permission_request_deny(OpaquePointer(request))
    }

    /// Whether a page or a frame of one may go to `uri`; a refusal is reported.
    func allowsNavigation(to uri: String, inNewWindow: Bool) -> Bool {
        guard !inNewWindow else {
            reporter.reportOnce(.refused, at: uri, "pages cannot open windows")
            return false
        }
        // A frame whose text is the page's own, under the page's own policy.
        if uri == "about:srcdoc" { return true }
        guard uri.hasPrefix("\(PageURI.scheme)://\(domain)/") else {
            reporter.reportOnce(.refused, at: uri, "pages of \(domain) cannot leave their app")
            return false
        }
        guard !uri.hasPrefix("\(PageURI.scheme)://\(domain)/\(PackagePath.gatewayPrefix)") else {
            reporter.reportOnce(.refused, at: uri, "what an app has stored or fetched is not a page")
            return false
        }
        return true
    }
}

/// The address that a request asks for.
func uri(of request: UnsafeMutablePointer<WebKitURIRequest>?) -> String {
    unsafe webkit_uri_request_get_uri(request).map { unsafe String(cString: $0) } ?? ""
}

private let permissionNames = [
    "WebKitGeolocationPermissionRequest": "the location",
    "WebKitNotificationPermissionRequest": "notifications",
    "WebKitUserMediaPermissionRequest": "camera and microphone",
    "WebKitDeviceInfoPermissionRequest": "the list of cameras and microphones",
    "WebKitPointerLockPermissionRequest": "holding the pointer",
    "WebKitClipboardPermissionRequest": "the clipboard",
    "WebKitWebsiteDataAccessPermissionRequest": "other apps' data",
    "WebKitMediaKeySystemPermissionRequest": "protected media",
    "WebKitInstallMissingMediaPluginsPermissionRequest": "installing media plug-ins",
]
