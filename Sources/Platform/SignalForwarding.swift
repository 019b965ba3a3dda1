internal import Glibc
public import YunCore

/// Hands the signals that a person or a service manager sends to this process on to somebody else.
public enum SignalForwarding {
    private static let signals = [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGWINCH]

    /// Takes the signals from now on; to be called before any other thread is started, for threads inherit the mask.
    public static func begin() {
        var set = signalSet
        unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
    }

    /// Calls `forward` with each signal that comes, on a thread of its own, until the process ends.
    public static func start(_ forward: @escaping @Sendable (Int32) -> Void) throws(Failure) {
        _ = try Thread {
            while true {
                var set = signalSet
                var number: Int32 = 0
                if unsafe sigwait(&set, &number) == 0 { forward(number) }
            }
        }
    }

    private static var signalSet: sigset_t {
        var set = sigset_t()
        unsafe sigemptyset(&set)
        for signal in signals { unsafe sigaddset(&set, signal) }
        return set
    }
}
