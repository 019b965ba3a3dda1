internal import CWebKitGTK

/// The answer to an asynchronous call: `finish` gets the result once.
@safe final class AsyncCallback {
    private let finish: (OpaquePointer?) -> Void

    init(_ finish: @escaping (OpaquePointer?) -> Void) { unsafe self.finish = finish }

    /// For the call's last two arguments; the callback lives until it was called.
    var retained: UnsafeMutableRawPointer { unsafe Unmanaged.passRetained(self).toOpaque() }

    static let function: GAsyncReadyCallback = { _, result, box in
        guard let box = unsafe box else { return }
        unsafe Unmanaged<AsyncCallback>.fromOpaque(box).takeRetainedValue().finish(result)
    }
}

/// Calls `done` when `script`, the body of an asynchronous function, has come to its end in the page's document, or
/// with the reason why it cannot. It runs in a world of its own, where what the page did to its globals does not
/// matter.
func wait(
    for script: String, in view: UnsafeMutablePointer<WebKitWebView>, _ done: @escaping (String?) -> Void
) {
    let callback = unsafe AsyncCallback { result in
        var error: UnsafeMutablePointer<GError>?
        let value = unsafe webkit_web_view_call_async_javascript_function_finish(view, result, &error)
        guard let value = unsafe value else { return done(unsafe consume(error)) }
        unsafe g_object_unref(UnsafeMutableRawPointer(value))
        done(nil)
    }
    // A script that returns nothing is an error to WebKit.
    unsafe webkit_web_view_call_async_javascript_function(
        view, script + "\nreturn true;", -1, nil, "yun-host", nil, nil, AsyncCallback.function,
        callback.retained)
}

/// The text of an error that a C function set, which is freed.
func consume(_ error: UnsafeMutablePointer<GError>?) -> String {
    guard let error = unsafe error else { return "no reason given" }
    defer { unsafe g_error_free(error) }
    return unsafe error.pointee.message.map { unsafe String(cString: $0) } ?? "no reason given"
}
