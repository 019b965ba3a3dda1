internal import CGTK

/// What a signal carries, read by position; 0 is the object that sent it.
@safe public struct SignalArguments {
    private let values: UnsafeBufferPointer<GValue>

    fileprivate init(_ values: UnsafePointer<GValue>?, count: Int) {
        unsafe self.values = UnsafeBufferPointer(start: values, count: count)
    }

    /// An object, such as what the signal is about.
    public func object(_ index: Int) -> UnsafeMutableRawPointer? { unsafe g_value_get_object(value(index)) }

    /// A boxed value, such as an error or an event.
    public func boxed(_ index: Int) -> UnsafeMutableRawPointer? { unsafe g_value_get_boxed(value(index)) }

    /// An integer.
    public func integer(_ index: Int) -> Int32 { unsafe g_value_get_int(value(index)) }

    /// An enumeration's number.
    public func enumeration(_ index: Int) -> UInt32 {
        unsafe UInt32(bitPattern: g_value_get_enum(value(index)))
    }

    private func value(_ index: Int) -> UnsafePointer<GValue>? {
        unsafe precondition(values.indices.contains(index), "the signal has no argument \(index)")
        return unsafe values.baseAddress?.advanced(by: index)
    }
}

/// What a handler answers.
public enum SignalAnswer {
    /// For signals that expect none, and for those whose default should go on.
    case none
    /// For signals that ask whether they were dealt with.
    case handled
}

/// Calls `handler` whenever `object` sends `signal`, on GTK's thread, until the object is gone.
///
/// A closure with a marshaller of our own serves every signal: the arguments come as typed values, so no cast of
/// function pointers, one for each shape of signal, is needed.
public func connect(
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
public func after(milliseconds: Int, _ body: @escaping () -> Void) {
    let box = unsafe Unmanaged.passRetained(Callback(body)).toOpaque()
    unsafe g_timeout_add(
        guint(milliseconds),
        { box in
            if let box = unsafe box { unsafe Unmanaged<Callback>.fromOpaque(box).takeRetainedValue().run() }
            return 0
        }, box)
}

/// Runs `body` once on GTK's thread, before it draws again.
public func onMainLoop(_ body: @escaping () -> Void) {
    let box = unsafe Unmanaged.passRetained(Callback(body)).toOpaque()
    unsafe g_idle_add_full(
        G_PRIORITY_DEFAULT,
        { box in
            if let box = unsafe box { unsafe Unmanaged<Callback>.fromOpaque(box).takeRetainedValue().run() }
            return 0
        }, box, nil)
}

/// A Swift closure behind a C pointer.
private final class Callback {
    let run: () -> Void
    init(_ run: @escaping () -> Void) { self.run = run }
}
