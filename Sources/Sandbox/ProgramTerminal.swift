internal import CLinux
internal import Glibc
internal import Platform
internal import Synchronization
public import YunCore

/// A pseudo terminal for an interactive program: the program controls this one, never the caller's, so job control
/// works and keystrokes that it fakes reach nobody but itself.
public final class ProgramTerminal: Sendable {
    private let control: OwnedDescriptor
    private let program: Mutex<Int32>

    /// A new pair of ends. Signals about the window's size must be blocked in every thread for ``proxy(input:output:)``.
    public init() throws(Failure) {
        var pair: [Int32] = [-1, -1]
        guard unsafe yun_terminal_open(&pair) == 0 else {
            throw .system("cannot open a terminal for the app", code: .unavailable)
        }
        control = OwnedDescriptor(owning: pair[0])
        program = Mutex(pair[1])
    }

    deinit { closeProgramEnd() }

    /// What the program gets, until ``closeProgramEnd()``.
    public var programEnd: Int32 { program.withLock { $0 } }

    /// To be called when the program has it: only then its end shows.
    public func closeProgramEnd() {
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
        let ownOutput = try Self.ownDescriptor(for: output)
        try pump(input: input, output: ownOutput.number, sizes: sizes.number)
    }

    /// A terminal is opened again, to be written without waiting: set on the caller's descriptor, that would hold for
    /// everybody who shares it. A terminal of somebody else's, as under su, may not be opened; then writing may wait.
    private static func ownDescriptor(for output: Int32) throws(Failure) -> OwnedDescriptor {
        var number: Int32 = -1
        if isatty(output) == 1 {
            number = unsafe yun_openat(
                AT_FDCWD, "/proc/self/fd/\(output)", O_WRONLY | O_NOCTTY | O_NONBLOCK, 0)
        }
        if number < 0 { number = yun_fcntl_dupfd(output, 3) }
        guard number >= 0 else { throw .system("cannot write to the terminal") }
        return OwnedDescriptor(owning: number)
    }

    /// Never waits for one side alone: a program that prints while it is typed to reads nothing before its output is
    /// taken, and a terminal into which somebody pastes may do the same.
    private func pump(input: Int32, output: Int32, sizes: Int32) throws(Failure) {
        var (keys, text) = (Lane(), Lane())
        var (isTyping, isRunning) = (true, true)
        while isRunning || !text.isEmpty {
            let events = (text.isFull ? 0 : POLLIN) | (keys.isEmpty ? 0 : POLLOUT)
            var polls = [
                // Without events the end of the program would be told again and again.
                pollfd(fd: isRunning && events != 0 ? control.number : -1, events: Int16(events), revents: 0),
                pollfd(fd: sizes, events: Int16(POLLIN), revents: 0),
                pollfd(
                    fd: isRunning && isTyping && !keys.isFull ? input : -1, events: Int16(POLLIN), revents: 0),
                pollfd(fd: text.isEmpty ? -1 : output, events: Int16(POLLOUT), revents: 0),
            ]
            guard unsafe poll(&polls, 4, -1) >= 0 || errno == EINTR else { throw .system("cannot wait") }
            if polls[1].revents != 0 {
                while yun_signal_next(sizes) > 0 {}
                _ = yun_terminal_copy_size(input, control.number)
            }
            if polls[2].revents != 0, !keys.fill(from: input) {
                isTyping = false
                // End of input, as the program would see it typed.
                keys.append(4)
            }
            if polls[0].revents != 0 {
                // What a program that has ended did not read is nobody's; what it printed is not lost.
                if !keys.drain(to: control.number) { keys = Lane() }
                // EIO is how the end of the program's side looks.
                isRunning = text.isFull || text.fill(from: control.number)
            }
            if polls[3].revents != 0, !text.drain(to: output) {
                throw .system("cannot write to the terminal")
            }
        }
    }
}

/// One direction of the exchange: what was read and is not yet written.
private struct Lane {
    private static let bytesMax = 64 << 10
    private static let chunkBytes = 4096
    private var bytes: [UInt8] = []

    var isEmpty: Bool { bytes.isEmpty }
    var isFull: Bool { bytes.count >= Self.bytesMax }

    mutating func append(_ byte: UInt8) { bytes.append(byte) }

    /// Takes what there is; false at the end.
    mutating func fill(from descriptor: Int32) -> Bool {
        var count = -1
        bytes += unsafe [UInt8](unsafeUninitializedCapacity: Self.chunkBytes) { buffer, initialized in
            count = unsafe read(descriptor, buffer.baseAddress, buffer.count)
            initialized = max(0, count)
        }
        return count > 0 || (count < 0 && (errno == EINTR || errno == EAGAIN))
    }

    /// Gives what is taken, of a pipe that can be written no more than surely fits; false if nobody takes anything any more.
    mutating func drain(to descriptor: Int32) -> Bool {
        guard !bytes.isEmpty else { return true }
        let count = unsafe bytes.withUnsafeBytes {
            unsafe write(descriptor, $0.baseAddress, min($0.count, Self.chunkBytes))
        }
        bytes.removeFirst(max(0, count))
        return count >= 0 || errno == EINTR || errno == EAGAIN
    }
}
