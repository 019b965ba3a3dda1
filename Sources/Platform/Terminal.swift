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
                .usage, "a passphrase is needed and there is no terminal to ask on", hint: "give --passphrase-file")
        }
        let terminal = OwnedDescriptor(owning: number)
        var saved = termios()
        guard unsafe tcgetattr(number, &saved) == 0 else { throw .system("cannot use the terminal") }
        var quiet = saved
        quiet.c_lflag &= ~tcflag_t(ECHO)
        unsafe tcsetattr(number, TCSAFLUSH, &quiet)
        defer { unsafe tcsetattr(number, TCSAFLUSH, &saved) }
        try terminal.write(Array(prompt.utf8))
        var line: [UInt8] = []
        while let byte = try terminal.read(upTo: 1).first, byte != UInt8(ascii: "\n"), line.count < 1024 {
            line.append(byte)
        }
        try terminal.write([UInt8(ascii: "\n")])
        return line
    }
}
