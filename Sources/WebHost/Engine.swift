internal import CWebKitGTK
internal import WebHostContract
internal import YunCore

/// WebKit, set up for the pages of one app.
@safe struct Engine {
    let context: UnsafeMutablePointer<WebKitWebContext>
    let view: UnsafeMutablePointer<WebKitWebView>

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
        let content = unsafe webkit_user_content_manager_new()
        unsafe Self.addBridge(to: content, arguments)
        let settings = unsafe Self.settings()
        guard let view = unsafe yun_web_view(yun_web_view_new(context, settings, content)) else {
            preconditionFailure("WebKit makes every view")
        }
        unsafe g_object_unref(UnsafeMutableRawPointer(settings))
        unsafe g_object_unref(UnsafeMutableRawPointer(content))
        unsafe self.context = context
        unsafe self.view = view
    }

    private static func setLanguage(_ tag: String, _ context: UnsafeMutablePointer<WebKitWebContext>) {
        let languages = unsafe g_strsplit(tag, "\n", 1)
        defer { unsafe g_strfreev(languages) }
        unsafe languages?.withMemoryRebound(to: UnsafePointer<CChar>?.self, capacity: 2) { languages in
            unsafe webkit_web_context_set_preferred_languages(context, languages)
        }
    }

    private static func addBridge(
        to content: UnsafeMutablePointer<WebKitUserContentManager>?, _ arguments: WebHostArguments
    ) {
        let source = Bridge.script(domain: arguments.domain, language: arguments.languageTag)
        let script = unsafe webkit_user_script_new(
            source, WEBKIT_USER_CONTENT_INJECT_TOP_FRAME, WEBKIT_USER_SCRIPT_INJECT_AT_DOCUMENT_START, nil,
            nil)
        unsafe webkit_user_content_manager_add_script(content, script)
        unsafe webkit_user_script_unref(script)
    }

    /// What differs from WebKit's own choice.
    private static func settings() -> UnsafeMutablePointer<WebKitSettings>? {
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

extension WebHostArguments {
    /// The language as pages know it: `zh-CN` for `zh_CN.UTF-8`.
    var languageTag: String {
        let tag = (language ?? "").prefix { $0 != "." && $0 != "@" }.map { $0 == "_" ? "-" : $0 }
        return tag.isEmpty || tag == ["C"] ? "en" : String(tag)
    }
}
