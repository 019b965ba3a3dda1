internal import CLinux
internal import Glibc
internal import Platform
internal import Synchronization
internal import Varlink
internal import YunCore

/// What a transfer begins with.
struct TransferHead<Parameters: Sendable>: Sendable {
    let parameters: Parameters
    /// What the answer's body is read from.
    let body: SharedDescriptor?
}

/// One call with bodies, made on a thread of its own.
final class Transfer: Sendable {
    private struct State {
        var channel: Channel?
        var isCancelled = false
        /// How much of the body the page was given and has read.
        var givenBytes = 0
        var readBytes = 0
    }

    private let method: String
    private let json: [UInt8]
    private let body: SharedDescriptor?
    private let relaysBody: Bool
    private let state = Mutex(State())
    /// Wakes the relay.
    private let event: OwnedDescriptor

    /// How far the page may be behind: what is under way to it lies in memory.
    static let aheadBytesMax = 1 << 20

    /// - Parameters:
    ///   - body: what is sent.
    ///   - relaysBody: whether a last reply says how the answer's body ended.
    init(_ method: String, json: [UInt8], body: SharedDescriptor? = nil, relaysBody: Bool = false)
        throws(Failure)
    {
        self.method = method
        self.json = json
        self.body = body
        self.relaysBody = relaysBody
        let number = yun_event_create()
        guard number >= 0 else { throw .system("cannot create an event") }
        event = OwnedDescriptor(owning: number)
    }

    /// Gives it up, from any thread, by hanging up.
    func cancel() {
        state.withLock { state in
            state.isCancelled = true
            state.channel?.close()
        }
        _ = yun_event_set(event.number)
    }

    /// The page has read so much more of the body.
    func read(bytes: Int) {
        state.withLock {
            $0.readBytes = min($0.givenBytes, $0.readBytes + max(0, min(bytes, Self.aheadBytesMax)))
        }
        _ = yun_event_set(event.number)
    }

    /// Calls, has `begun` finished with the answer's head or the failure, and sees to the body.
    /// - Returns: whether the connection can be used further.
    func run<Parameters: Decodable & Sendable>(
        _ channel: Result<Channel, Failure>, _ type: Parameters.Type,
        _ begun: MainLoopTask<Result<TransferHead<Parameters>, Failure>>
    ) -> Bool {
        do throws(Failure) {
            let channel = try channel.get()
            state.withLock { $0.channel = channel }
            // After that, or a cancellation in between would neither be seen here nor hang up.
            try checkWanted()
            try channel.call(
                method, json: json, wantsMore: relaysBody, descriptors: body.map { [$0.number] } ?? [])
            let reply = try channel.reply()
            let parameters = try reply.parameters(as: type)
            guard relaysBody, let source = reply.descriptors.first else {
                begun.finish(.success(TransferHead(parameters: parameters, body: reply.descriptors.first)))
                return !reply.continues
            }
            let socket = try relaySocket { output in
                begun.finish(.success(TransferHead(parameters: parameters, body: output)))
            }
            return relay(from: source, to: socket, end: channel)
        } catch {
            begun.finish(.failure(error))
            return false
        }
    }

    private func checkWanted() throws(Failure) {
        guard !state.withLock({ $0.isCancelled }) else { throw Failure(.pageEnded, "the page gave this up") }
    }

    /// A socket whose other end is given away: only who reads there may hold it, so that it is seen when he lets go.
    ///
    /// The end of the broker's pipe does not say whether all of the body came: its last reply does. So the engine
    /// reads from a socket, which can end with an error.
    private func relaySocket(giving give: (SharedDescriptor) -> Void) throws(Failure) -> StreamSocket {
        var numbers: [Int32] = [-1, -1]
        guard unsafe yun_stream_pair(&numbers) == 0 else { throw .system("cannot create sockets") }
        let socket = StreamSocket(OwnedDescriptor(owning: numbers[0]))
        let output = SharedDescriptor(OwnedDescriptor(owning: numbers[1]))
        // Linux ends the other end's stream with ECONNRESET where a socket is closed that holds something unread.
        try output.descriptor.write([0])
        give(output)
        return socket
    }

    /// Hands on all there is; hangs up on both sides where one of them does.
    private func relay(from source: SharedDescriptor, to socket: StreamSocket, end channel: Channel) -> Bool {
        do throws(Failure) {
            while let piece = try nextPiece(of: source, for: socket) {
                state.withLock { $0.givenBytes += piece.count }
                try socket.write(piece)
            }
            guard try !channel.reply().isError else { return true }
            // Nothing unread is left: a good end.
            _ = try socket.read(upTo: 1)
            return true
        } catch {
            // The page has let go, which the broker learns of by the end of the connection, or the broker has.
            return false
        }
    }

    /// Waits for the next piece, and for room for it; `nil` at the end.
    private func nextPiece(of source: SharedDescriptor, for socket: StreamSocket) throws(Failure) -> [UInt8]?
    {
        while true {
            try checkWanted()
            let hasRoom = state.withLock { $0.givenBytes - $0.readBytes < Self.aheadBytesMax }
            var waiting = [
                pollfd(fd: hasRoom ? source.number : -1, events: Int16(POLLIN), revents: 0),
                pollfd(fd: socket.number, events: 0, revents: 0),
                pollfd(fd: event.number, events: Int16(POLLIN), revents: 0),
            ]
            while unsafe poll(&waiting, 3, -1) < 0, errno == EINTR {}
            guard waiting[1].revents == 0 else { throw Failure(.pageEnded, "the page gave this up") }
            if waiting[2].revents != 0 { _ = yun_event_clear(event.number) }
            if waiting[0].revents != 0 { return try readOnce(source) }
        }
    }

    private func readOnce(_ source: SharedDescriptor) throws(Failure) -> [UInt8]? {
        var got = 0
        let piece = unsafe [UInt8](unsafeUninitializedCapacity: 64 << 10) { buffer, count in
            unsafe got = Glibc.read(source.number, buffer.baseAddress, buffer.count)
            count = max(0, got)
        }
        guard got >= 0 else { throw .system("cannot read a body") }
        return got == 0 ? nil : piece
    }
}
