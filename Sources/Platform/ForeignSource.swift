internal import CLinux
internal import Glibc
public import YunCore

/// A descriptor that somebody else made and shares, to be read without lending him more than his own rights and without
/// ever waiting where nobody can wake us: he may change its flags, take away what was there, and hold all of its ends.
public struct ForeignSource: ~Copyable {
    private let descriptor: OwnedDescriptor
    private let kind: yun_stream_kind

    /// Takes a file, a pipe, or an end of a socket pair.
    public init(_ given: borrowing OwnedDescriptor) throws(Failure) {
        kind = yun_stream_kind(given.number, 0)
        switch kind {
        case YUN_STREAM_FILE, YUN_STREAM_SOCKET: descriptor = try given.duplicate()
        case YUN_STREAM_PIPE:
            let number = yun_reopen_pipe(given.number, 0)
            guard number >= 0 else { throw .system("cannot read", code: .inputUnreadable) }
            descriptor = OwnedDescriptor(owning: number)
        default:
            throw Failure(
                .inputUnreadable, "the descriptor that was given cannot be read",
                hint: "give a file, a pipe or an end of a socket pair that is open for reading")
        }
    }

    /// The next bytes.
    /// - Parameters:
    ///   - idleMilliseconds: how long nothing may come.
    ///   - hangup: the socket of whoever gave the descriptor; he wants nothing more once he has closed it.
    /// - Returns: up to `count` bytes; none at the end.
    public func nextPiece(
        upTo count: Int, idleMilliseconds: Int, unless hangup: Int32? = nil
    ) throws(Failure) -> [UInt8] {
        while true {
            var error: Int32 = 0
            let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
                let got =
                    unsafe kind == YUN_STREAM_SOCKET
                    ? yun_receive_now(descriptor.number, buffer.baseAddress, count)
                    : Glibc.read(descriptor.number, buffer.baseAddress, count)
                error = got < 0 ? errno : 0
                initialized = max(0, got)
            }
            switch error {
            case 0: return bytes
            case EINTR: continue
            case EAGAIN: break
            default: throw .system("cannot read", code: .inputUnreadable, errno: error)
            }
            // Another reader may be faster; then this looks again.
            switch yun_wait_unless_closed(
                descriptor.number, hangup ?? -1, Int32(clamping: idleMilliseconds))
            {
            case 0: throw Failure(.inputUnreadable, "nothing came from the descriptor that was given")
            case 1: continue
            case 2: throw Failure(.pageEnded, "the caller has hung up")
            default: throw .system("cannot read", code: .inputUnreadable)
            }
        }
    }
}
