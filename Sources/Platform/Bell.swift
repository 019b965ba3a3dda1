internal import CLinux
internal import Glibc
public import YunCore

/// What one thread waits at and others ring.
public final class Bell: Sendable {
    private let listening: OwnedDescriptor
    private let ringing: OwnedDescriptor

    /// A quiet one.
    public init() throws(Failure) {
        var pair: [Int32] = [-1, -1]
        guard unsafe yun_pipe(&pair) == 0 else { throw .system("cannot make a pipe") }
        listening = OwnedDescriptor(owning: pair[0])
        ringing = OwnedDescriptor(owning: pair[1])
    }

    /// Ends one wait, now or the next. Rung more than 64 thousand times without a wait, it blocks.
    public func ring() {
        while unsafe Glibc.write(ringing.number, [1], 1) < 0, errno == EINTR {}
    }

    /// Waits for a ring.
    /// - Parameter milliseconds: how long at most; `nil` for ever.
    /// - Returns: whether it rang.
    public func wait(atMost milliseconds: Int? = nil) -> Bool {
        guard yun_wait_readable(listening.number, Int32(clamping: milliseconds ?? -1)) == 1 else {
            return false
        }
        var byte: UInt8 = 0
        return unsafe Glibc.read(listening.number, &byte, 1) == 1
    }
}
