internal import CWebKitGTK

/// A closure of GTK's thread that other threads may have called there.
final class MainLoopTask<Value: Sendable>: Sendable {
    // Read and written on GTK's thread alone, except by `init`, which comes before every other use.
    private nonisolated(unsafe) var body: ((Value) -> Void)?

    init(_ body: @escaping (Value) -> Void) { unsafe self.body = body }

    /// Has the closure called, from any thread.
    func run(_ value: Value) {
        onMainLoop { [self] in unsafe body?(value) }
    }

    /// Has the closure called for the last time, from any thread. It is let go on GTK's thread, where what it holds
    /// belongs.
    func finish(_ value: Value) {
        onMainLoop { [self] in
            unsafe body?(value)
            unsafe body = nil
        }
    }
}

/// Runs `body` once on GTK's thread, before it draws again.
private func onMainLoop(_ body: @escaping () -> Void) {
    let box = unsafe Unmanaged.passRetained(Callback(body)).toOpaque()
    unsafe g_idle_add_full(
        G_PRIORITY_DEFAULT,
        { box in
            if let box = unsafe box { unsafe Unmanaged<Callback>.fromOpaque(box).takeRetainedValue().run() }
            return 0
        }, box, nil)
}
