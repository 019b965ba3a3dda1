internal import GTKSignals

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
