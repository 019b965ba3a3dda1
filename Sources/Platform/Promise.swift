internal import CLinux
internal import Synchronization
public import YunCore

/// A value that one thread waits for and another one gives, once.
public final class Promise<Value: Sendable>: Sendable {
    private let value = Mutex<Value?>(nil)
    private let event: OwnedDescriptor

    /// Not kept yet.
    public init() throws(Failure) {
        let number = yun_event_create()
        guard number >= 0 else { throw .system("cannot create an event") }
        event = OwnedDescriptor(owning: number)
    }

    /// Gives the value; of several, the first counts.
    public func keep(_ new: Value) {
        value.withLock { $0 = $0 ?? new }
        _ = yun_event_set(event.number)
    }

    /// Waits for the value.
    /// - Parameter hangup: a socket; `nil` comes back once its other end has hung up.
    public func wait(unless hangup: Int32? = nil) -> Value? {
        while true {
            if let value = value.withLock({ $0 }) { return value }
            guard yun_wait_either(event.number, hangup ?? -1, -1) != 2 else { return value.withLock { $0 } }
        }
    }
}
