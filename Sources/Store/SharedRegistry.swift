internal import Synchronization
public import YunCore

/// A registry for several threads: one connection that they use one after the other (decision 0020).
public final class SharedRegistry: Sendable {
    private let registry: Mutex<Registry>

    /// Opens a connection of its own.
    public init(path: String) throws(Failure) {
        registry = Mutex(try Registry(path: path))
    }

    /// Runs `body` while no other thread uses the connection; `body` must not come back here.
    public func withLock<R: Sendable>(_ body: (Registry) throws(Failure) -> R) throws(Failure) -> R {
        try registry.withLock { registry throws(Failure) in try body(registry) }
    }
}
