internal import CWebKitGTK

/// What a signal carries, read by position; 0 is the object that sent it.
@safe struct SignalArguments {
    private let values: UnsafeBufferPointer<GValue>

    fileprivate init(_ values: UnsafePointer<GValue>?, count: Int) {
        unsafe self.values = UnsafeBufferPointer(start: values, count: count)
    }

    func object(_ index: Int) -> UnsafeMutableRawPointer? { unsafe g_value_get_object(value(index)) }

    func boxed(_ index: Int) -> UnsafeMutableRawPointer? { unsafe g_value_get_boxed(value(index)) }

    func enumeration(_ index: Int) -> UInt32 { unsafe UInt32(bitPattern: g_value_get_enum(value(index))) }

    private func value(_ index: Int) -> UnsafePointer<GValue>? {
        unsafe precondition(values.indices.contains(index), "the signal has no argument \(index)")
        return unsafe values.baseAddress?.advanced(by: index)
    }
}

/// What a handler answers.
enum SignalAnswer {
    /// For signals that expect none, and for those whose default should go on.
    case none
    /// For signals that ask whether they were dealt with.
    case handled
}

/// Calls `handler` whenever `object` sends `signal`, on GTK's thread, until the object is gone.
///
/// A closure with a marshaller of our own serves every signal: the arguments come as typed values, so no cast of
/// function pointers, one for each shape of signal, is needed.
func connect(
    _ object: UnsafeMutableRawPointer, _ signal: String,
    _ handler: @escaping (SignalArguments) -> SignalAnswer
) {
    let box = unsafe Unmanaged.passRetained(SignalHandler(handler)).toOpaque()
    guard let closure = unsafe g_closure_new_simple(UInt32(MemoryLayout<GClosure>.size), box) else {
        preconditionFailure("GLib makes every closure")
    }
    unsafe g_closure_add_finalize_notifier(closure, box) { box, _ in
        if let box = unsafe box { unsafe Unmanaged<SignalHandler>.fromOpaque(box).release() }
    }
    unsafe g_closure_set_marshal(closure) { closure, result, count, values, _, _ in
        guard let box = unsafe closure?.pointee.data else { return }
        let handler = unsafe Unmanaged<SignalHandler>.fromOpaque(box).takeUnretainedValue()
        let answer = unsafe handler.run(SignalArguments(values, count: Int(count)))
        if answer == .handled, let result = unsafe result { unsafe g_value_set_boolean(result, gboolean(1)) }
    }
    unsafe g_signal_connect_closure(object, signal, closure, 0)
}

private final class SignalHandler {
    let run: (SignalArguments) -> SignalAnswer
    init(_ run: @escaping (SignalArguments) -> SignalAnswer) { self.run = run }
}

/// Runs `body` once on GTK's thread after `milliseconds`.
func after(milliseconds: Int, _ body: @escaping () -> Void) {
    let box = unsafe Unmanaged.passRetained(Callback(body)).toOpaque()
    unsafe g_timeout_add(
        guint(milliseconds),
        { box in
            if let box = unsafe box { unsafe Unmanaged<Callback>.fromOpaque(box).takeRetainedValue().run() }
            return 0
        }, box)
}

/// A Swift closure behind a C pointer.
final class Callback {
    let run: () -> Void
    init(_ run: @escaping () -> Void) { self.run = run }
}

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
