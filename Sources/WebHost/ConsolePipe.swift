internal import CWebKitGTK
internal import Glibc
internal import Platform
internal import YunCore

/// The host's standard output and error, turned into a pipe that the host itself reads.
///
/// WebKit's processes inherit both, and write there what pages log and what the engine complains of. Through the
/// pipe every line is read, escaped and limited before anybody's terminal sees it, and a process that a page has
/// taken over holds no descriptor of the terminal. A page that writes faster than lines are read waits.
final class ConsolePipe {
    private let input: OwnedDescriptor
    private let onLine: (String) -> Void
    private var pending: [UInt8] = []
    private static let lineBytesMax = 16 << 10

    /// Replaces descriptors 0, 1 and 2, and returns the pipe with what standard error was before.
    static func install(onLine: @escaping (String) -> Void) throws(Failure) -> ConsolePipe {
        var ends: [Int32] = [-1, -1]
        guard unsafe g_unix_open_pipe(&ends, FD_CLOEXEC, nil) != 0 else {
            throw .system("cannot make a pipe", code: .internalError)
        }
        let writing = OwnedDescriptor(owning: ends[1])
        let pipe = ConsolePipe(input: OwnedDescriptor(owning: ends[0]), onLine: onLine)
        let nothing = try OwnedDescriptor.open("/dev/null", .read)
        guard dup2(nothing.number, 0) == 0, dup2(writing.number, 1) == 1, dup2(writing.number, 2) == 2 else {
            throw .system("cannot redirect standard output", code: .internalError)
        }
        return pipe
    }

    private init(input: consuming OwnedDescriptor, onLine: @escaping (String) -> Void) {
        self.input = input
        self.onLine = onLine
        g_unix_set_fd_nonblocking(self.input.number, 1, nil)
    }

    /// Reads on GTK's thread whenever there is something to read, for as long as the program runs.
    func watch() {
        let this = unsafe Unmanaged.passRetained(self).toOpaque()
        unsafe g_unix_fd_add(
            input.number, G_IO_IN,
            { _, _, this in
                if let this = unsafe this {
                    let pipe = unsafe Unmanaged<ConsolePipe>.fromOpaque(this).takeUnretainedValue()
                    _ = pipe.readOnce()
                }
                return 1
            }, this)
    }

    /// Reads all that has been written so far.
    func drain() {
        // Bounded, for a page may write without end.
        for _ in 0..<256 where !readOnce() { return }
    }

    /// Reads one piece; false where there was nothing to read.
    private func readOnce() -> Bool {
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        let count = unsafe read(input.number, &buffer, buffer.count)
        guard count > 0 else { return false }
        pending += buffer[..<count]
        while let end = pending.firstIndex(of: UInt8(ascii: "\n")) {
            take(pending[..<end])
            pending.removeSubrange(...end)
        }
        if pending.count > Self.lineBytesMax {
            take(pending[...])
            pending = []
        }
        return true
    }

    private func take(_ bytes: ArraySlice<UInt8>) {
        onLine(String(decoding: bytes, as: UTF8.self))
    }
}
