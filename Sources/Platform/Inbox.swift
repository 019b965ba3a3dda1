internal import CLinux
internal import Glibc
internal import Synchronization
public import YunCore

/// Messages from any thread to the one that owns the state.
public final class Inbox<Message: Sendable>: Sendable {
    private let messages = Mutex<[Message]>([])
    private let event: OwnedDescriptor

    /// An empty inbox.
    public init() throws(Failure) {
        let number = yun_event_create()
        guard number >= 0 else { throw .system("cannot create an event") }
        event = OwnedDescriptor(owning: number)
    }

    /// Adds a message; never waits.
    public func send(_ message: Message) {
        let isFirst = messages.withLock { messages in
            messages.append(message)
            return messages.count == 1
        }
        if isFirst { _ = yun_event_set(event.number) }
    }

    /// Takes all messages, waiting until there is one.
    /// - Parameter deadline: of ``CurrentProcess/monotonicNanoseconds``; `nil` waits for ever. Empty when it has passed.
    public func receive(until deadline: Int? = nil) -> [Message] { wait(until: deadline, unless: nil) ?? [] }

    /// Takes all messages, waiting until there is one.
    /// - Parameter hangup: a socket; `nil` comes back once its other end has hung up.
    public func receive(unless hangup: Int32) -> [Message]? { wait(until: nil, unless: hangup) }

    /// Waits for messages until a time has passed: empty then, and `nil` once the other end of `hangup` has hung up.
    public func receive(until deadline: Int, unless hangup: Int32) -> [Message]? {
        wait(until: deadline, unless: hangup)
    }

    private func wait(until deadline: Int?, unless hangup: Int32?) -> [Message]? {
        while true {
            _ = yun_event_clear(event.number)
            let taken = messages.withLock { messages in
                defer { messages.removeAll(keepingCapacity: true) }
                return messages
            }
            guard taken.isEmpty else { return taken }
            var timeout: Int32 = -1
            if let deadline {
                let nanoseconds = deadline - CurrentProcess.monotonicNanoseconds
                guard nanoseconds > 0 else { return [] }
                // Rounded up, or the last millisecond would be spent in haste.
                timeout = Int32(clamping: nanoseconds / 1_000_000 + 1)
            }
            guard yun_wait_either(event.number, hangup ?? -1, timeout) != 2 else { return nil }
        }
    }
}
