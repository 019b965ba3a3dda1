public import Platform
internal import Synchronization
public import YunCore

/// Serves everybody who connects to a socket, each connection on a thread of its own: whoever is slow or hostile holds
/// up nobody else.
public final class Server<Context: Sendable>: Sendable {
    private struct Connection {
        /// Gone when the connection has ended: what has come and was not taken may hold descriptors of the peer's.
        var channel: Channel?
        var thread: Thread?
    }

    private struct State {
        var connections: [Int: Connection] = [:]
        var count = 0
    }

    private let listener: ListeningSocket
    private let service: Service<Context>
    private let connectionsMax: Int
    private let limits: ChannelLimits
    private let context: @Sendable (StreamSocket) throws(Failure) -> Context
    private let state = Mutex(State())
    private let accepting = Mutex<Thread?>(nil)
    private let turn = ParsingTurn()

    /// - Parameters:
    ///   - connectionsMax: at once; who comes beyond them is turned away.
    ///   - context: decides who may connect, by throwing, and what the methods know of him.
    public init(
        _ listener: ListeningSocket, _ service: Service<Context>, connectionsMax: Int,
        limits: ChannelLimits = ChannelLimits(),
        context: @escaping @Sendable (StreamSocket) throws(Failure) -> Context
    ) {
        self.listener = listener
        self.service = service
        self.connectionsMax = connectionsMax
        self.limits = limits
        self.context = context
    }

    /// Begins to accept.
    public func start() throws(Failure) {
        let thread = try Thread { [self] in accept() }
        accepting.withLock { $0 = thread }
    }

    /// Closes the socket and every connection, and waits until nothing is answered any more.
    public func stop() {
        listener.close()
        accepting.withLock { thread in
            thread?.join()
            thread = nil
        }
        let connections = state.withLock { state in
            defer { state.connections = [:] }
            return state.connections.values
        }
        for connection in connections { connection.channel?.close() }
        for connection in connections { connection.thread?.join() }
    }

    private func accept() {
        do throws(Failure) {
            while let socket = try listener.accept() { try begin(socket) }
        } catch {
            // Without threads or descriptors nobody can be served; the next start of the program may have some.
            listener.close()
        }
    }

    private func begin(_ socket: StreamSocket) throws(Failure) {
        let channel = Channel(socket, limits: limits, turn: turn)
        joinFinished()
        let number: Int? = state.withLock { state in
            guard state.connections.count < connectionsMax else { return nil }
            state.count += 1
            state.connections[state.count] = Connection(channel: channel)
            return state.count
        }
        guard let number else { return }
        let thread = try Thread { [self] in
            serve(channel)
            // First, so that whoever sees the connection closed has room for another one.
            state.withLock { $0.connections[number]?.channel = nil }
            channel.close()
        }
        state.withLock { $0.connections[number]?.thread = thread }
    }

    private func serve(_ channel: Channel) {
        do throws(Failure) {
            try service.serve(channel, context(channel.socket))
        } catch {
            // The connection is of no more use, and there is nobody to tell: a hostile peer could fill any log.
        }
    }

    private func joinFinished() {
        let finished = state.withLock { state in
            let finished = state.connections.filter { $0.value.channel == nil && $0.value.thread != nil }
            for number in finished.keys { state.connections[number] = nil }
            return finished.values.compactMap(\.thread)
        }
        for thread in finished { thread.join() }
    }
}
