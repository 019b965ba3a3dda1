internal import CWebKitGTK
internal import GTKSignals
internal import WebHostContract
internal import YunCore

/// WebKit, set up for the pages of one app.
@safe final class Engine {
    let context: UnsafeMutablePointer<WebKitWebContext>
    private let settings: UnsafeMutablePointer<WebKitSettings>?
    /// Any view that there is: one process shows all pages of an app, which each for itself would take 100 MB.
    private weak var view: PageView?

    init(_ arguments: WebHostArguments) {
        let manager = unsafe yun_data_manager_new(arguments.data, arguments.cache)
        unsafe webkit_website_data_manager_set_persistent_credential_storage_enabled(manager, 0)
        guard let context = unsafe yun_web_context_new(manager) else {
            preconditionFailure("WebKit makes every context")
        }
        unsafe g_object_unref(UnsafeMutableRawPointer(manager))
        unsafe webkit_web_context_set_cache_model(context, WEBKIT_CACHE_MODEL_DOCUMENT_VIEWER)
        unsafe webkit_web_context_set_spell_checking_enabled(context, 0)
        unsafe webkit_cookie_manager_set_accept_policy(
            webkit_web_context_get_cookie_manager(context), WEBKIT_COOKIE_POLICY_ACCEPT_NEVER)
        unsafe Self.setLanguage(arguments.languageTag, context)
        unsafe self.context = context
        unsafe settings = Self.makeSettings()
    }

    /// A view for a page.
    func makeView() -> PageView {
        let content = unsafe webkit_user_content_manager_new()
        let made = unsafe yun_web_view(yun_web_view_new(context, settings, content, view?.view))
        guard let made = unsafe made, let content = unsafe content else {
            preconditionFailure("WebKit makes every view")
        }
        let new = unsafe PageView(view: made, content: content)
        view = new
        return new
    }

    /// Lets go of everything but the views, which their windows hold.
    func close() {
        unsafe g_object_unref(UnsafeMutableRawPointer(settings))
        unsafe g_object_unref(UnsafeMutableRawPointer(context))
    }

    private static func setLanguage(_ tag: String, _ context: UnsafeMutablePointer<WebKitWebContext>) {
        let languages = unsafe g_strsplit(tag, "\n", 1)
        defer { unsafe g_strfreev(languages) }
        unsafe languages?.withMemoryRebound(to: UnsafePointer<CChar>?.self, capacity: 2) { languages in
            unsafe webkit_web_context_set_preferred_languages(context, languages)
        }
    }

    /// What differs from WebKit's own choice.
    private static func makeSettings() -> UnsafeMutablePointer<WebKitSettings>? {
        let settings = unsafe webkit_settings_new()
        unsafe webkit_settings_set_enable_write_console_messages_to_stdout(settings, 1)
        unsafe webkit_settings_set_hardware_acceleration_policy(
            settings, WEBKIT_HARDWARE_ACCELERATION_POLICY_NEVER)
        // Refused and reported when it happens, instead of in silence.
        unsafe webkit_settings_set_javascript_can_open_windows_automatically(settings, 1)
        unsafe webkit_settings_set_default_charset(settings, "utf-8")
        unsafe disableFeatures(settings)
        return unsafe settings
    }

    private static func disableFeatures(_ settings: UnsafeMutablePointer<WebKitSettings>?) {
        let features = unsafe webkit_settings_get_all_features()
        defer { unsafe webkit_feature_list_unref(features) }
        for index in unsafe 0..<webkit_feature_list_get_length(features) {
            let feature = unsafe webkit_feature_list_get(features, index)
            let name = unsafe webkit_feature_get_identifier(feature).map { unsafe String(cString: $0) }
            guard let name, disabledFeatures.contains(name) else { continue }
            unsafe webkit_settings_set_feature_enabled(settings, feature, 0)
        }
    }

    /// By WebKit's identifiers; one that a release of WebKit does not know is passed over. What could reach a
    /// network, another program or a device is off, and so is what costs memory and cannot work here.
    private static let disabledFeatures: Set = [
        "AllowTopNavigationToDataURLs", "Cookie", "CookieStoreAPI", "EmbedElement", "EncryptedMediaAPI",
        "FullScreen",
        "Gamepads", "HyperlinkAuditing", "LinkDNSPrefetch", "LinkPreconnect", "LinkPreconnectEarlyHints",
        "MediaDevices", "MediaRecorder", "NeedsSiteSpecificQuirks", "PDFJSViewer", "PeerConnection",
        "PointerLock",
        "PrivateClickMeasurement", "SafeBrowsing", "ScreenCapture", "ServiceWorkers", "SpeechSynthesisAPI",
        "UsesBackForwardCache", "WebGL", "WebRTC", "WebSocket",
    ]
}

/// What shows one page, and the scripts that it gets.
@safe final class PageView {
    let view: UnsafeMutablePointer<WebKitWebView>
    private let content: UnsafeMutablePointer<WebKitUserContentManager>

    fileprivate init(
        view: UnsafeMutablePointer<WebKitWebView>, content: UnsafeMutablePointer<WebKitUserContentManager>
    ) {
        unsafe self.view = unsafe yun_keep(view)?.assumingMemoryBound(to: WebKitWebView.self) ?? view
        unsafe self.content = content
    }

    deinit {
        unsafe g_object_unref(UnsafeMutableRawPointer(content))
        unsafe g_object_unref(UnsafeMutableRawPointer(view))
    }

    /// Tells the view from every other that is there.
    var identifier: UInt { unsafe UInt(bitPattern: view) }

    /// Runs `script` before those of every document that is loaded from now on, and gives its messages to `take`.
    func setBridge(_ script: String, _ take: @escaping (String, ScriptReply) -> Void) {
        let source = unsafe webkit_user_script_new(
            script, WEBKIT_USER_CONTENT_INJECT_TOP_FRAME, WEBKIT_USER_SCRIPT_INJECT_AT_DOCUMENT_START, nil,
            nil)
        unsafe webkit_user_content_manager_add_script(content, source)
        unsafe webkit_user_script_unref(source)
        unsafe connect(UnsafeMutableRawPointer(content), "script-message-with-reply-received::" + Bridge.door)
        { signal in
            guard let reply = unsafe OpaquePointer(signal.boxed(2)) else { return .none }
            let value = unsafe signal.object(1)?.assumingMemoryBound(to: JSCValue.self)
            take(unsafe Self.text(of: value), unsafe ScriptReply(reply))
            return .handled
        }
        unsafe webkit_user_content_manager_register_script_message_handler_with_reply(
            content, Bridge.door, nil)
    }

    /// Whatever a page sends is read as a text, with the NULs that it may have.
    private static func text(of value: UnsafeMutablePointer<JSCValue>?) -> String {
        guard let bytes = unsafe jsc_value_to_string_as_bytes(value) else { return "" }
        defer { unsafe g_bytes_unref(bytes) }
        let buffer = unsafe UnsafeRawBufferPointer(
            start: g_bytes_get_data(bytes, nil), count: Int(g_bytes_get_size(bytes)))
        return unsafe String(decoding: buffer, as: UTF8.self)
    }
}

extension WebHostArguments {
    /// The language as pages know it: `zh-CN` for `zh_CN.UTF-8`.
    var languageTag: String {
        let tag = (language ?? "").prefix { $0 != "." && $0 != "@" }.map { $0 == "_" ? "-" : $0 }
        return tag.isEmpty || tag == ["C"] ? "en" : String(tag)
    }
}
