internal import CLinux
internal import Glibc
internal import Platform
internal import Synchronization
internal import YunCore

/// The thread that answers the calls which the filter asks about, and words them.
final class Supervision: Sendable {
    private let socket: OwnedDescriptor
    private let end: Mutex<Int32>
    private let thread = Mutex<KeptThread?>(nil)
    private let plan: Plan
    private let report: @Sendable (DenialReport) -> Void

    init(_ plan: Plan, reporting: Reporting, report: @escaping @Sendable (DenialReport) -> Void)
        throws(Failure)
    {
        var pair: [Int32] = [-1, -1]
        guard unsafe yun_socket_pair(&pair) == 0 else { throw .system("cannot create a socket") }
        socket = OwnedDescriptor(owning: pair[0])
        end = Mutex(pair[1])
        self.plan = plan
        self.report = report
    }

    deinit { closeProgramEnd() }

    /// What `seed` sends the listener over.
    var programEnd: Int32 { end.withLock { $0 } }

    /// Closes our copy of it, so that the death of `seed` shows.
    func closeProgramEnd() {
        end.withLock { number in
            if number >= 0 { close(number) }
            number = -1
        }
    }

    func start() throws(Failure) {
        let started = try KeptThread { self.run() }
        thread.withLock { $0 = started }
    }

    /// Waits until nothing is left to supervise.
    func join() {
        thread.withLock { $0 }?.join()
    }

    private func run() {
        // While the sandbox is being made: a program's call waits for our answer.
        let words = DenialWords(plan, host: HostNames())
        var byte: UInt8 = 0
        var number: Int32 = -1
        // None comes where the launch failed before there was a filter; the link tells why.
        guard unsafe yun_receive(socket.number, &byte, 1, &number) == 1, number >= 0 else { return }
        let listener = OwnedDescriptor(owning: number)
        var filter = ReportFilter()
        // Hung up: the last process behind the filter is gone.
        while yun_wait_readable(listener.number, -1) == 1 {
            var notification = yun_notification()
            guard unsafe yun_notification_receive(listener.number, &notification) == 0 else {
                // Its process was killed between the two calls.
                if errno == ENOENT || errno == EINTR { continue }
                break
            }
            answer(notification, listener.number, words, &filter)
        }
    }

    private func answer(
        _ notification: yun_notification, _ listener: Int32, _ words: DenialWords,
        _ filter: inout ReportFilter
    ) {
        let (a, b, c, d, e, f) = notification.arguments
        let call = ObservedCall(
            process: Int32(bitPattern: notification.process), number: notification.number,
            arguments: [a, b, c, d, e, f])
        let outcome = words.outcome(of: call)
        // What was read may have been another process's memory if this one died meanwhile.
        let isValid = yun_notification_is_valid(listener, notification.id) != 0
        if isValid, let candidate = outcome.report, let report = filter.admit(candidate) {
            self.report(report)
        }
        // ENOENT: it died. There is nobody to answer.
        _ = yun_notification_answer(listener, notification.id, outcome.errno)
    }
}

/// A call as the kernel shows it, and what its pointers point to.
struct ObservedCall {
    let process: Int32
    let number: UInt32
    let arguments: [UInt64]

    /// Up to `count` bytes at an address of the caller.
    func bytes(at address: UInt64, count: Int) -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            let got = unsafe yun_process_read(process, address, buffer.baseAddress, count)
            initialized = max(0, got)
        }
    }

    /// The text at an address of the caller.
    func text(at address: UInt64) -> String? {
        let bytes = bytes(at: address, count: 4096)
        guard let end = bytes.firstIndex(of: 0) else { return nil }
        return String(decoding: bytes[..<end], as: UTF8.self)
    }
}
