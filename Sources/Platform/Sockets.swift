internal import CLinux
internal import Glibc
public import YunCore

/// A Unix stream socket that others connect to by a name in a directory.
public final class ListeningSocket: Sendable {
    private let socket: OwnedDescriptor

    /// Listens as `name`, with mode 0600. What a process that died left under the name is replaced: whoever calls this
    /// holds the lock that makes it the only one.
    public init(_ name: String, in directory: AnchoredDirectory) throws(Failure) {
        try directory.remove(name)
        let number = unsafe yun_socket_listen(directory.number, name, 64)
        guard number >= 0 else { throw .system("cannot listen on \(directory.path(of: name).escaped)") }
        socket = OwnedDescriptor(owning: number)
    }

    /// Waits for the next caller; `nil` once ``close()`` was called.
    public func accept() throws(Failure) -> StreamSocket? {
        while true {
            let number = yun_socket_accept(socket.number)
            if number >= 0 { return StreamSocket(OwnedDescriptor(owning: number)) }
            if errno == EINVAL { return nil }
            // The process has too many descriptors, or the machine too little memory, for now. Callers wait meanwhile.
            guard [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(errno) else {
                throw .system("cannot accept connections")
            }
            usleep(10_000)
        }
    }

    /// Ends ``accept()``, from any thread.
    public func close() {
        shutdown(socket.number, Int32(SHUT_RDWR))
    }
}

/// A connected Unix stream socket. One thread may read while another writes.
public final class StreamSocket: Sendable {
    /// Who is at the other end, as the kernel saw it when the connection was made.
    public struct Peer: Sendable, Equatable {
        /// Its process id then.
        public let processID: Int32
        /// Its effective user id then.
        public let userID: UInt32
    }

    /// What one reading gave.
    public struct Piece: Sendable {
        /// Empty at the end of the stream.
        public let bytes: [UInt8]
        /// What came with them.
        public let descriptors: [SharedDescriptor]
    }

    /// Descriptors beside one message.
    public static let descriptorsMax = Int(YUN_MESSAGE_DESCRIPTORS_MAX)

    private let socket: OwnedDescriptor

    /// Takes over a connected socket.
    public init(_ socket: consuming OwnedDescriptor) { self.socket = socket }

    /// Connects to whoever listens as `name` in `directory`; `nil` where nobody does.
    public static func connect(to name: String, in directory: AnchoredDirectory) throws(Failure)
        -> StreamSocket?
    {
        let number = unsafe yun_socket_connect(directory.number, name)
        guard number >= 0 else {
            if [ENOENT, ECONNREFUSED].contains(errno) { return nil }
            throw .system("cannot connect to \(directory.path(of: name).escaped)", code: .unavailable)
        }
        return StreamSocket(OwnedDescriptor(owning: number))
    }

    /// Two sockets that are connected to each other.
    public static func pair() throws(Failure) -> (StreamSocket, StreamSocket) {
        var pair: [Int32] = [-1, -1]
        guard unsafe yun_stream_pair(&pair) == 0 else { throw .system("cannot create sockets") }
        return (
            StreamSocket(OwnedDescriptor(owning: pair[0])), StreamSocket(OwnedDescriptor(owning: pair[1]))
        )
    }

    /// For calls that borrow it.
    public var number: Int32 { socket.number }

    /// Who is at the other end.
    public func peer() throws(Failure) -> Peer {
        var peer = yun_peer()
        guard unsafe yun_socket_peer(socket.number, &peer) == 0 else {
            throw .system("cannot tell who is connected")
        }
        return Peer(processID: peer.process, userID: peer.user)
    }

    /// The peer's pid descriptor, which means that process also when its number belongs to another; `nil` where the
    /// kernel has none.
    public func peerHandle() -> SharedDescriptor? {
        let number = yun_socket_peer_handle(socket.number)
        return number >= 0 ? SharedDescriptor(OwnedDescriptor(owning: number)) : nil
    }

    /// Reads what there is, at most `limit` bytes, waiting for it up to `timeoutMilliseconds` (-1: for ever).
    /// - Returns: `nil` where the time was over. At the end of the stream an empty piece.
    public func read(upTo limit: Int, timeoutMilliseconds: Int32 = -1) throws(Failure) -> Piece? {
        if timeoutMilliseconds >= 0, yun_wait_readable(socket.number, timeoutMilliseconds) == 0 { return nil }
        var numbers = [Int32](repeating: -1, count: Self.descriptorsMax)
        var count = numbers.count
        var got = 0
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: limit) { buffer, initialized in
            unsafe got = yun_message_receive(
                socket.number, buffer.baseAddress, buffer.count, &numbers, &count)
            initialized = max(0, got)
        }
        let descriptors = numbers[..<(got < 0 ? 0 : count)].map {
            SharedDescriptor(OwnedDescriptor(owning: $0))
        }
        guard got >= 0 || errno == ECONNRESET else { throw .system("cannot read from a socket") }
        return Piece(bytes: bytes, descriptors: descriptors)
    }

    /// Waits until there is something to read, be it the end.
    public func waitForInput() { _ = yun_wait_readable(socket.number, -1) }

    /// Waits until another descriptor can be read; false where this socket's other end has hung up first.
    public func waitForInput(of descriptor: Int32) -> Bool {
        yun_wait_either(descriptor, socket.number, -1) == 1
    }

    /// Writes all, the descriptors with the first byte.
    /// - Parameters:
    ///   - timeoutMilliseconds: how long the peer may take none of it.
    ///   - isExcused: asked when it took longer; whether it may go on.
    public func write(
        _ bytes: [UInt8], descriptors: [Int32] = [], timeoutMilliseconds: Int32 = -1,
        isExcused: () -> Bool = { false }
    ) throws(Failure) {
        var sent = 0
        while sent < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { bytes in
                let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[sent...])
                return unsafe yun_message_send(
                    socket.number, rest.baseAddress, rest.count, descriptors,
                    sent == 0 ? descriptors.count : 0)
            }
            if count >= 0 {
                sent += count
                continue
            }
            guard errno == EAGAIN else { throw .system("cannot write to a socket") }
            guard yun_wait_writable(socket.number, timeoutMilliseconds) == 1 || isExcused() else {
                throw Failure(.inputOutput, "the other end of a socket takes nothing")
            }
        }
    }

    /// Ends reading and writing, here and at the other end, from any thread.
    public func close() {
        shutdown(socket.number, Int32(SHUT_RDWR))
    }

    /// Tells the other end that nothing more comes.
    public func endWriting() {
        shutdown(socket.number, Int32(SHUT_WR))
    }
}
