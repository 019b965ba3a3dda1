import CLinux
import Glibc
import Platform
import Sandbox
import YunCore

/// Passes the signals that reach this process on to an app, so that a sandboxed program in the foreground behaves
/// like any other.
final class SignalRelay: Sendable {
    private let signals: OwnedDescriptor

    /// Begins to hold signals back. Make it on the first thread before there is another one: a thread that does not
    /// block them would receive them.
    init() throws(Failure) {
        let list = [SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGCONT, SIGWINCH, SIGALRM]
        let number = unsafe yun_signal_descriptor(list, list.count)
        guard number >= 0 else { throw .system("cannot receive signals") }
        signals = OwnedDescriptor(owning: number)
    }

    /// Waits for the program's end and passes signals on until then. Those that came before the launch are first.
    func wait(for process: SandboxedProcess) throws(Failure) -> Int32 {
        while true {
            var polls = [
                pollfd(fd: signals.number, events: Int16(POLLIN), revents: 0),
                pollfd(fd: process.endDescriptor, events: Int16(POLLIN), revents: 0),
            ]
            guard unsafe poll(&polls, 2, -1) >= 0 || errno == EINTR else { throw .system("cannot wait") }
            if polls[1].revents != 0 { return try process.wait() }
            guard polls[0].revents != 0 else { continue }
            let number = yun_signal_next(signals.number)
            if number > 0 { try process.signal(number) }
        }
    }
}
