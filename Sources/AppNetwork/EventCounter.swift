internal import CLinux
internal import Glibc
internal import Platform
internal import YunCore

/// A count that one thread raises and others wait for, on a descriptor that can be waited for beside others.
struct EventCounter: ~Copyable, Sendable {
    let descriptor: OwnedDescriptor

    init() throws(Failure) {
        let number = yun_event_counter()
        guard number >= 0 else { throw .system("cannot make an event counter", code: .unavailable) }
        descriptor = OwnedDescriptor(owning: number)
    }

    /// Adds one.
    func raise() {
        var one: UInt64 = 1
        // It fails only at a count that nobody reaches.
        _ = unsafe write(descriptor.number, &one, 8)
    }

    /// Takes one away, if there is one.
    func take() -> Bool {
        var count: UInt64 = 0
        return unsafe read(descriptor.number, &count, 8) == 8
    }

    /// Waits until the count is not zero.
    func wait() {
        _ = Readiness.wait([(descriptor.number, POLLIN)], milliseconds: nil)
    }
}

/// What tells a lane that its transfer was cancelled, wherever it waits. One for each lane rather than one for each
/// transfer: requests that wait should hold few descriptors.
final class Interruption: Sendable {
    private let counter: EventCounter

    init() throws(Failure) {
        counter = try EventCounter()
    }

    /// Readable from the cancellation on.
    var descriptor: Int32 { counter.descriptor.number }

    func raise() { counter.raise() }

    /// Makes it good for another transfer.
    func clear() {
        while counter.take() {}
    }
}

/// Waiting for descriptors that others have a say in.
enum Readiness {
    /// On this thread, writing to what nobody reads is an error and no more, whatever the process does with SIGPIPE.
    static func blockBrokenPipes() {
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        unsafe sigaddset(&signals, SIGPIPE)
        unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
    }

    /// Waits for events of descriptors and returns those of each that came; none where the time is over.
    static func wait(_ descriptors: [(number: Int32, events: Int32)], milliseconds: Int?) -> [Int32] {
        var entries = descriptors.map { pollfd(fd: $0.number, events: Int16($0.events), revents: 0) }
        let timeout = milliseconds.map { Int32(clamping: max(0, $0)) } ?? -1
        let count = unsafe poll(&entries, nfds_t(entries.count), timeout)
        // A signal is a reason to look again, and so is a failure: the next call on the descriptor names it.
        return entries.map { count > 0 ? Int32($0.revents) : 0 }
    }
}
