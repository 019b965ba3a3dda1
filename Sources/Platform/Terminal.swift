internal import CLinux
internal import Glibc
public import YunCore

/// The person at the terminal, also when standard input and output lead elsewhere.
public enum Terminal {
    /// Asks for a line that is not shown while it is typed.
    public static func readSecret(prompt: String) throws(Failure) -> [UInt8] {
        let number = unsafe yun_openat(AT_FDCWD, "/dev/tty", O_RDWR | O_NOCTTY, 0)
        guard number >= 0 else {
            throw Failure(
                .usage, "a passphrase is needed and there is no terminal to ask on",
                hint: "give --passphrase-file")
        }
        let terminal = OwnedDescriptor(owning: number)
        var saved = termios()
        guard unsafe tcgetattr(number, &saved) == 0 else { throw .system("cannot use the terminal") }
        var quiet = saved
        quiet.c_lflag &= ~tcflag_t(ECHO)
        // Whoever is interrupted here must not leave a terminal that shows nothing: signals wait until it shows again.
        let interruptions = [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP]
        let signals = OwnedDescriptor(
            owning: unsafe yun_signal_descriptor(interruptions, interruptions.count))
        guard signals.number >= 0 else { throw .system("cannot use the terminal") }
        defer {
            unsafe tcsetattr(number, TCSAFLUSH, &saved)
            var set = sigset_t()
            unsafe sigemptyset(&set)
            for signal in interruptions { unsafe sigaddset(&set, signal) }
            unsafe pthread_sigmask(SIG_UNBLOCK, &set, nil)
        }
        unsafe tcsetattr(number, TCSAFLUSH, &quiet)
        try terminal.write(Array(prompt.utf8))
        let line = try line(from: terminal, until: signals)
        try terminal.write([UInt8(ascii: "\n")])
        return line
    }

    private static func line(
        from terminal: borrowing OwnedDescriptor, until signals: borrowing OwnedDescriptor
    ) throws(Failure) -> [UInt8] {
        var line: [UInt8] = []
        while line.count < 1024 {
            var polls = [
                pollfd(fd: terminal.number, events: Int16(POLLIN), revents: 0),
                pollfd(fd: signals.number, events: Int16(POLLIN), revents: 0),
            ]
            guard unsafe poll(&polls, 2, -1) >= 0 else {
                if errno == EINTR { continue }
                throw .system("cannot use the terminal")
            }
            if polls[1].revents != 0 {
                let signal = yun_signal_next(signals.number)
                if signal == SIGTSTP { continue }
                // It arrives when the mask is put back, and that is after the terminal.
                raise(signal)
                return []
            }
            guard let byte = try terminal.read(upTo: 1).first, byte != UInt8(ascii: "\n") else { break }
            line.append(byte)
        }
        return line
    }
}
