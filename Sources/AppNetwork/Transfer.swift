internal import Platform
internal import Synchronization
internal import YunCore

/// A request that was let through, as the one who made it sees it. Any thread may call it.
public final class Transfer: Sendable {
    private struct State {
        /// Of the lane that carries it.
        var interruption: Interruption?
        var isCancelled = false
        var events: [TransferEvent] = []
        var end: TransferEnd?
        var body: RequestBody
        var output: SharedDescriptor?
    }

    let firstHop: Hop
    let redirectsMax: Int
    let limits: TransferLimits
    private let state: Mutex<State>
    private let arrived: EventCounter

    init(_ request: NetworkRequest, _ hop: Hop, output: SharedDescriptor) throws(Failure) {
        firstHop = hop
        redirectsMax = min(max(0, request.redirectsMax), NetworkRequest.redirectsMost)
        limits = request.limits.sensible
        state = Mutex(State(body: request.body, output: output))
        arrived = try EventCounter()
    }

    /// A descriptor that is readable while ``next()`` has something, to be waited for beside others.
    public var readiness: Int32 { arrived.descriptor.number }

    /// Waits for what comes next. Behind the end, it is the end again.
    public func next() -> TransferEvent {
        while true {
            let event: TransferEvent? = state.withLock { state in
                guard state.events.isEmpty else {
                    // The end stays, and so does the descriptor readable.
                    if state.events.count > 1 || state.end == nil { _ = arrived.take() }
                    if let end = state.end, state.events.count == 1 { return .end(end) }
                    return state.events.removeFirst()
                }
                return nil
            }
            if let event { return event }
            arrived.wait()
        }
    }

    /// Ends it, with what it has brought so far. The end comes as the last event.
    public func cancel() {
        let isCarried = state.withLock { state in
            state.isCancelled = true
            state.interruption?.raise()
            return state.interruption != nil
        }
        if !isCarried { finish(Self.cancelledEnd) }
    }

    static let cancelledFailure = Failure(.networkCancelled, "the request was cancelled")

    private static let cancelledEnd = TransferEnd(failure: cancelledFailure, wire: WireBytes(), bodyBytes: 0)

    var isCancelled: Bool { state.withLock { $0.isCancelled } }
    var isOver: Bool { state.withLock { $0.end != nil } }

    /// Hands the descriptors to the lane that carries the transfer; `nil` where it was cancelled while it waited.
    /// - Parameter interruption: is raised by a cancellation until the end.
    func begin(_ interruption: Interruption) -> (body: RequestBody, output: SharedDescriptor)? {
        state.withLock { state in
            guard !state.isCancelled, let output = state.output else { return nil }
            state.interruption = interruption
            state.output = nil
            let body = state.body
            state.body = .none
            return (body, output)
        }
    }

    func deliver(_ head: ResponseHead) {
        state.withLock { $0.events.append(.head(head)) }
        arrived.raise()
    }

    /// The first end counts.
    func finish(_ end: TransferEnd) {
        let isFirst = state.withLock { state in
            guard state.end == nil else { return false }
            state.end = end
            state.interruption = nil
            state.events.append(.end(end))
            // The app's reader sees the end of the body only when the last copy is closed.
            state.output = nil
            state.body = .none
            return true
        }
        if isFirst { arrived.raise() }
    }
}
