internal import CLinux
internal import Glibc
internal import Platform
internal import YunCore

/// How far a call that must not wait came.
enum StreamStep {
    case moved(Int)
    case wouldBlock
    case ended
    case failed(Int32)

    init(_ count: Int) {
        if count > 0 {
            self = .moved(count)
        } else if count == 0 {
            self = .ended
        } else if errno == EAGAIN || errno == EINTR {
            self = .wouldBlock
        } else {
            self = .failed(errno)
        }
    }
}

/// Where a response's body goes: a descriptor of the app's. Nothing about it can be relied on, the other end is an
/// app's: it may not read, go away, or change the flags that all who have the same open file share.
struct BodyOutput: ~Copyable {
    private let descriptor: OwnedDescriptor
    private let kind: yun_stream_kind

    init(_ given: SharedDescriptor) throws(Failure) {
        kind = yun_stream_kind(given.descriptor.number, 1)
        switch kind {
        case YUN_STREAM_PIPE:
            descriptor = try OwnedDescriptor.reopenedPipe(given.descriptor, writing: true)
            // Fewer turns between the app and us.
            yun_widen_pipe(descriptor.number, 256 << 10)
        case YUN_STREAM_FILE, YUN_STREAM_SOCKET: descriptor = try given.descriptor.duplicate()
        default:
            throw Failure(
                .networkRequest, "the body cannot be written where the app wants it",
                hint: "give a pipe, an end of a socket pair or a file that is open for writing")
        }
    }

    var number: Int32 { descriptor.number }
    /// Whether there is somebody at the other end.
    var canBeAbandoned: Bool { kind != YUN_STREAM_FILE }

    /// Writes what can be written at once.
    func write(_ bytes: UnsafeRawBufferPointer) -> StreamStep {
        if kind == YUN_STREAM_SOCKET {
            return StreamStep(unsafe yun_send_now(descriptor.number, bytes.baseAddress, bytes.count))
        }
        return StreamStep(unsafe Glibc.write(descriptor.number, bytes.baseAddress, bytes.count))
    }

    /// Whether nobody will read any more, told without writing.
    var isAbandoned: Bool {
        guard canBeAbandoned else { return false }
        return Readiness.wait([(descriptor.number, 0)], milliseconds: 0)[0] & (POLLERR | POLLHUP) != 0
    }
}

/// Where a request's body comes from.
struct BodyInput: ~Copyable {
    private enum Source {
        case bytes([UInt8])
        /// From this position.
        case file(start: Int)
        case stream(yun_stream_kind)
    }

    private let source: Source
    private let descriptor: OwnedDescriptor
    /// What will be sent, where that is known before.
    let length: Int?
    private var position = 0

    init?(_ body: RequestBody) throws(Failure) {
        switch body {
        case .none: return nil
        case .bytes(let bytes):
            self.init(.bytes(bytes), OwnedDescriptor(owning: -1), length: bytes.count)
        case .stream(let given):
            let number = given.descriptor.number
            switch yun_stream_kind(number, 0) {
            case YUN_STREAM_FILE:
                let start = lseek(number, 0, SEEK_CUR)
                let size = try given.descriptor.status().sizeBytes
                self.init(
                    .file(start: start), try given.descriptor.duplicate(), length: max(0, size - start))
            case YUN_STREAM_PIPE:
                let pipe = try OwnedDescriptor.reopenedPipe(given.descriptor, writing: false)
                self.init(.stream(YUN_STREAM_PIPE), pipe, length: nil)
            case YUN_STREAM_SOCKET:
                self.init(.stream(YUN_STREAM_SOCKET), try given.descriptor.duplicate(), length: nil)
            default:
                throw Failure(
                    .networkRequest, "the body of the request cannot be read",
                    hint: "give a file, a pipe or an end of a socket pair that is open for reading")
            }
        }
    }

    private init(_ source: Source, _ descriptor: consuming OwnedDescriptor, length: Int?) {
        self.source = source
        self.descriptor = descriptor
        self.length = length
    }

    /// For waiting until there is more.
    var number: Int32 { descriptor.number }

    /// Whether it can be sent once more, to where a redirect leads or over a new connection.
    var canStartAgain: Bool { if case .stream = source { position == 0 } else { true } }

    /// Goes to `offset` from the beginning; false where that cannot be.
    mutating func seek(to offset: Int) -> Bool {
        guard canStartAgain, (0...(length ?? 0)).contains(offset) else { return offset == position }
        position = offset
        return true
    }

    /// Reads what is there.
    mutating func read(into buffer: UnsafeMutableRawBufferPointer) -> StreamStep {
        let step: StreamStep
        switch source {
        case .bytes(let bytes):
            let part = bytes[position...].prefix(buffer.count)
            unsafe buffer.copyBytes(from: part)
            step = StreamStep(part.count)
        case .file(let start):
            // No more than was promised, should the file grow meanwhile.
            let count = min(buffer.count, (length ?? 0) - position)
            step = StreamStep(unsafe pread(descriptor.number, buffer.baseAddress, count, start + position))
        case .stream(YUN_STREAM_SOCKET):
            step = StreamStep(unsafe yun_receive_now(descriptor.number, buffer.baseAddress, buffer.count))
        case .stream:
            step = StreamStep(unsafe Glibc.read(descriptor.number, buffer.baseAddress, buffer.count))
        }
        if case .moved(let count) = step { position += count }
        return step
    }

    /// Whether all that was promised has been read.
    var isComplete: Bool { length.map { position == $0 } ?? true }
}

extension OwnedDescriptor {
    fileprivate static func reopenedPipe(
        _ pipe: borrowing OwnedDescriptor, writing: Bool
    ) throws(Failure) -> OwnedDescriptor {
        let number = yun_reopen_pipe(pipe.number, writing ? 1 : 0)
        // Without a reader, a pipe cannot be opened for writing.
        if number < 0, errno == ENXIO {
            throw Failure(.networkCancelled, "the app closed the descriptor for the body")
        }
        guard number >= 0 else { throw .system("cannot use the app's pipe", code: .networkRequest) }
        return OwnedDescriptor(owning: number)
    }
}
