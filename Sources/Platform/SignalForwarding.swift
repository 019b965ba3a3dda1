internal import Glibc
public import YunCore

/// Hands the signals that a person or a service manager sends to this process on to somebody else.
public enum SignalForwarding {
    private static let signals = [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGWINCH]

    /// Keeps the signals from now on; to be called before any other thread is started, for threads inherit the mask,
    /// and as late as that allows: until ``start(leaving:_:)`` nobody is there to be told.
    public static func begin() {
        var set = signalSet(signals)
        unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
    }

    /// Calls `forward` with each signal that comes, on a thread of its own, until the process ends.
    /// - Parameter others: signals that somebody else waits for. Of two who wait, only one gets each.
    public static func start(
        leaving others: [Int32] = [], _ forward: @escaping @Sendable (Int32) -> Void
    ) throws(Failure) {
        let taken = signals.filter { !others.contains($0) }
        _ = try Thread {
            while true {
                var set = signalSet(taken)
                var number: Int32 = 0
                if unsafe sigwait(&set, &number) == 0 { forward(number) }
            }
        }
    }

    private static func signalSet(_ signals: [Int32]) -> sigset_t {
        var set = sigset_t()
        unsafe sigemptyset(&set)
        for signal in signals { unsafe sigaddset(&set, signal) }
        return set
    }
}
