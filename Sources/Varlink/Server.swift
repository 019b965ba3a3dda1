public import Platform
internal import Synchronization
public import YunCore

/// Serves everybody who connects to a socket, each connection on a thread of its own: whoever is slow or hostile holds
/// up nobody else.
public final class Server<Context: Sendable>: Sendable {
    private struct Connection {
        let channel: Channel
        let places: [Places.Place]
        var thread: Thread?
    }

    private struct State {
        var connections: [Int: Connection] = [:]
        var count = 0
        var finished: [Thread] = []
    }

    private let listener: ListeningSocket
    private let service: Service<Context>
    private let places: [Places]
    private let limits: ChannelLimits
    private let context: @Sendable (StreamSocket) throws(Failure) -> Context
    private let state = Mutex(State())
    private let accepting = Mutex<Thread?>(nil)

    /// - Parameters:
    ///   - places: each connection takes one of each; whoever finds none free is turned away.
    ///   - context: decides who may connect, by throwing, and what the methods know of him.
    public init(
        _ listener: ListeningSocket, _ service: Service<Context>, places: [Places],
        limits: ChannelLimits = ChannelLimits(),
        context: @escaping @Sendable (StreamSocket) throws(Failure) -> Context
    ) {
        self.listener = listener
        self.service = service
        self.places = places
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
        for connection in connections { connection.channel.close() }
        for connection in connections { connection.thread?.join() }
        joinFinished()
    }

    private func accept() {
        do throws(Failure) {
            while let socket = try listener.accept() { begin(socket) }
        } catch {
            // Nobody can be served any more; the next start of the program may have better luck.
            listener.close()
        }
    }

    private func begin(_ socket: StreamSocket) {
        let channel = Channel(socket, limits: limits)
        joinFinished()
        let taken = places.compactMap { $0.take() }
        guard taken.count == places.count else { return turnAway(channel) }
        let number = state.withLock { state in
            state.count += 1
            state.connections[state.count] = Connection(channel: channel, places: taken)
            return state.count
        }
        do throws(Failure) {
            let thread = try Thread { [self] in
                serve(channel)
                // First, so that whoever sees the connection closed has room for another one.
                end(number)
                channel.close()
            }
            state.withLock { state in
                // It may have ended before it was known.
                guard state.connections[number] != nil else { return state.finished.append(thread) }
                state.connections[number]?.thread = thread
            }
        } catch {
            // One that cannot be served must not keep those from being served who come when others have ended.
            end(number)
        }
    }

    private func turnAway(_ channel: Channel) {
        let failure = Failure(
            .callTooMany, "too many connections are open",
            hint: "call on one that is open, or close some")
        do throws(Failure) {
            // A new socket has room for it, so that nobody is waited for.
            try channel.send(failure.reply)
        } catch {
            // It has hung up.
        }
    }

    private func end(_ number: Int) {
        state.withLock { state in
            guard let thread = state.connections.removeValue(forKey: number)?.thread else { return }
            state.finished.append(thread)
        }
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
            defer { state.finished = [] }
            return state.finished
        }
        for thread in finished { thread.join() }
    }
}
