internal import CLinux
internal import Glibc
internal import Platform
internal import Synchronization
public import YunCore

/// A pseudo terminal for an interactive program: the program controls this one, never the caller's, so job control
/// works and keystrokes that it fakes reach nobody but itself.
public final class Terminal: Sendable {
    private let control: OwnedDescriptor
    private let program: Mutex<Int32>

    init() throws(Failure) {
        var pair: [Int32] = [-1, -1]
        guard unsafe yun_terminal_open(&pair) == 0 else {
            throw .system("cannot open a terminal for the app", code: .unavailable)
        }
        control = OwnedDescriptor(owning: pair[0])
        program = Mutex(pair[1])
    }

    deinit { closeProgramEnd() }

    var programEnd: Int32 { program.withLock { $0 } }

    func closeProgramEnd() {
        program.withLock { number in
            if number >= 0 { close(number) }
            number = -1
        }
    }

    /// Connects the caller's terminal (or pipes) with the program's until the program closes its own: raw keys go
    /// in, output comes out, and the window's size follows. The caller's settings are put back at the end.
    public func proxy(input: Int32 = 0, output: Int32 = 1) throws(Failure) {
        var settings = yun_terminal_settings()
        let isTerminal = unsafe yun_terminal_save(input, &settings) == 0
        let resizes = unsafe yun_signal_descriptor([SIGWINCH], 1)
        guard resizes >= 0 else { throw .system("cannot follow the window's size") }
        let sizes = OwnedDescriptor(owning: resizes)
        if isTerminal {
            // A terminal without a size is one that nobody looks at.
            _ = yun_terminal_copy_size(input, control.number)
            guard yun_terminal_make_raw(input) == 0 else { throw .system("cannot set up the terminal") }
        }
        defer { if isTerminal { _ = unsafe yun_terminal_restore(input, &settings) } }
        try pump(input: input, output: output, sizes: sizes.number)
    }

    private func pump(input: Int32, output: Int32, sizes: Int32) throws(Failure) {
        var isOpen = true
        while true {
            var polls = [
                pollfd(fd: control.number, events: Int16(POLLIN), revents: 0),
                pollfd(fd: sizes, events: Int16(POLLIN), revents: 0),
                pollfd(fd: isOpen ? input : -1, events: Int16(POLLIN), revents: 0),
            ]
            guard unsafe poll(&polls, 3, -1) >= 0 || errno == EINTR else { throw .system("cannot wait") }
            if polls[1].revents != 0 {
                _ = yun_signal_next(sizes)
                _ = yun_terminal_copy_size(input, control.number)
            }
            // EIO is how the end of the program's side looks.
            if polls[0].revents != 0, try !copy(from: control.number, to: output) { return }
            if polls[2].revents != 0, try !copy(from: input, to: control.number) {
                isOpen = false
                // End of input, as the program would see it typed.
                try write([4], to: control.number)
            }
        }
    }

    private func copy(from: Int32, to: Int32) throws(Failure) -> Bool {
        var count = 0
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: 4096) { buffer, initialized in
            count = unsafe read(from, buffer.baseAddress, buffer.count)
            initialized = max(0, count)
        }
        if count < 0, errno == EINTR || errno == EAGAIN { return true }
        if count <= 0 { return false }
        try write(bytes, to: to)
        return true
    }

    private func write(_ bytes: [UInt8], to descriptor: Int32) throws(Failure) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes {
                unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
            }
            if count > 0 { rest = rest.dropFirst(count) }
            guard count > 0 || errno == EINTR || errno == EAGAIN else {
                throw .system("cannot write to the terminal")
            }
        }
    }
}
