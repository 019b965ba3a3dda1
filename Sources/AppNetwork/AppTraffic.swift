internal import Platform
internal import Synchronization
internal import YunCore

/// The lanes of one app under one policy, and what waits for them.
final class AppTraffic: Sendable {
    private struct State {
        var waiting: [Transfer] = []
        var running: [ObjectIdentifier: Transfer] = [:]
        /// With the origin that each spoke to last.
        var idle: [(lane: Lane, host: String)] = []
        var threads: [ObjectIdentifier: Thread] = [:]
        /// Those that only have to be joined.
        var ended: [Thread] = []
        /// Lanes end as soon as nothing waits.
        var isRetired = false
    }

    let tools: LaneTools
    private let report: @Sendable (NetworkKind, WireBytes) -> Void
    private let state = Mutex(State())

    /// Transfers of one app at once; more of them wait.
    static let lanesMax = 16
    /// Those that wait.
    static let waitingMax = 256

    init(_ tools: LaneTools, report: @escaping @Sendable (NetworkKind, WireBytes) -> Void) {
        self.tools = tools
        self.report = report
    }

    /// Whether no thread is left.
    var isOver: Bool { state.withLock { $0.threads.isEmpty && $0.ended.isEmpty } }

    /// Gives a transfer to a lane, best one with a connection to its host, or lets it wait for one.
    /// - Returns: false where another policy holds since.
    func start(_ transfer: Transfer) throws(Failure) -> Bool {
        joinEnded()
        return try state.withLock { state throws(Failure) in
            guard !state.isRetired else { return false }
            let host = transfer.firstHop.url.host
            if let place = state.idle.lastIndex(where: { $0.host == host }) ?? state.idle.indices.last {
                let lane = state.idle.remove(at: place).lane
                state.running[ObjectIdentifier(lane)] = transfer
                lane.give(.carry(transfer))
            } else if state.threads.count < Self.lanesMax {
                let lane = try Lane(tools, report: report)
                state.threads[ObjectIdentifier(lane)] = try Thread { [self] in run(lane) }
                state.running[ObjectIdentifier(lane)] = transfer
                lane.give(.carry(transfer))
            } else {
                state.waiting.removeAll(where: \.isOver)
                guard state.waiting.count < Self.waitingMax else {
                    throw Failure(
                        .networkBusy, "\(Self.waitingMax) requests of the app wait already",
                        hint: "wait for some to end")
                }
                state.waiting.append(transfer)
            }
            return true
        }
    }

    /// A lane's thread. The lane was given its first order before.
    private func run(_ lane: Lane) {
        Readiness.blockBrokenPipes()
        while let transfer = order(for: lane) {
            let end = lane.carry(transfer)
            // Whoever hears of the end finds the lane free.
            defer { if let end { transfer.finish(end) } }
            let isWanted = state.withLock { state in
                state.running[ObjectIdentifier(lane)] = nil
                if let next = state.waiting.firstIndex(where: { !$0.isOver }) {
                    let transfer = state.waiting[next]
                    state.waiting.removeSubrange(...next)
                    state.running[ObjectIdentifier(lane)] = transfer
                    lane.give(.carry(transfer))
                } else if state.isRetired {
                    return false
                } else {
                    state.idle.append((lane, transfer.firstHop.url.host))
                }
                return true
            }
            guard isWanted else { break }
        }
        state.withLock { state in
            if let thread = state.threads.removeValue(forKey: ObjectIdentifier(lane)) {
                state.ended.append(thread)
            }
        }
    }

    /// What a lane is to carry next; `nil` where it has waited long enough, or is told to end.
    private func order(for lane: Lane) -> Transfer? {
        while true {
            switch lane.wait() {
            case .carry(let transfer): return transfer
            case .end: return nil
            case nil:
                // Whoever took it from the idle ones is about to give it an order.
                let wasIdle = state.withLock { state in
                    guard let place = state.idle.firstIndex(where: { $0.lane === lane }) else { return false }
                    state.idle.remove(at: place)
                    return true
                }
                if wasIdle { return nil }
            }
        }
    }

    /// Collects threads that have ended.
    func joinEnded() {
        let ended = state.withLock { state in
            let ended = state.ended
            state.ended = []
            return ended
        }
        for thread in ended { thread.join() }
    }

    /// Ends what runs and what waits.
    func cancelAll() {
        let transfers = state.withLock { $0.waiting + $0.running.values }
        for transfer in transfers { transfer.cancel() }
    }

    /// Lets the lanes end when they have carried what waits.
    func retire() {
        state.withLock { state in
            state.isRetired = true
            for (lane, _) in state.idle { lane.give(.end) }
            state.idle = []
        }
    }

    /// Ends everything and waits until no thread is left.
    func close() {
        retire()
        cancelAll()
        let threads = state.withLock { state in
            let threads = state.ended + state.threads.values
            state.ended = []
            state.threads = [:]
            return threads
        }
        for thread in threads { thread.join() }
    }
}
