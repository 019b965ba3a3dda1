internal import Platform
internal import Synchronization
internal import Varlink
internal import YunCore

/// Where the broker listens.
struct BrokerAddress: Sendable {
    let path: String

    func connect() throws(Failure) -> Channel {
        let slash = path.lastIndex(of: "/") ?? path.startIndex
        let directory = try AnchoredDirectory(at: slash == path.startIndex ? "/" : String(path[..<slash]))
        let name = String(path[slash...].drop { $0 == "/" })
        guard let socket = try StreamSocket.connect(to: name, in: directory) else {
            throw Failure(
                .unavailable, "the page manager does not answer", hint: "close the app and open it again")
        }
        return Channel(socket)
    }
}

/// A connection to the broker, and a thread that does one thing after the other over it: whatever waits there waits
/// for nothing else, and GTK's thread never.
final class BrokerLane: Sendable {
    /// Is given the connection, or why there is none; returns whether it can be used further.
    typealias Work = @Sendable (Result<Channel, Failure>) -> Bool

    private struct State {
        var channel: Channel?
        var thread: Thread?
        var isEnded = false
    }

    private let address: BrokerAddress
    private let works: Inbox<Work?>
    private let state = Mutex(State())

    init(_ address: BrokerAddress) throws(Failure) {
        self.address = address
        works = try Inbox()
        let thread = try Thread { [self] in serve() }
        state.withLock { $0.thread = thread }
    }

    /// Does `work` behind what was given before; never waits.
    func run(_ work: @escaping Work) { works.send(work) }

    /// Hangs up, whatever is being done, and ends the thread.
    func end() {
        state.withLock { state in
            state.isEnded = true
            state.channel?.close()
        }
        works.send(nil)
    }

    private func serve() {
        while true {
            for work in works.receive() {
                guard let work else { return finish() }
                if !work(connection()) { drop() }
            }
        }
    }

    private func connection() -> Result<Channel, Failure> {
        if let channel = state.withLock({ $0.channel }) { return .success(channel) }
        return Result { () throws(Failure) in
            let channel = try address.connect()
            try state.withLock { state throws(Failure) in
                guard !state.isEnded else { throw Failure(.pageEnded, "this was ended") }
                state.channel = channel
            }
            return channel
        }
    }

    private func drop() {
        state.withLock { state in
            state.channel?.close()
            state.channel = nil
        }
    }

    private func finish() {
        drop()
        let task = MainLoopTask<Thread?> { $0?.join() }
        task.finish(state.withLock { $0.thread })
    }
}

/// A number of lanes that share what there is to do. Belongs to GTK's thread.
final class BrokerLanes {
    private let address: BrokerAddress
    private let lanesMax: Int
    private var lanesCount = 0
    private var idle: [BrokerLane] = []
    private var waiting: [BrokerLane.Work] = []

    init(_ address: BrokerAddress, lanesMax: Int) {
        self.address = address
        self.lanesMax = lanesMax
    }

    /// Does `work` as soon as a lane is free.
    func run(_ work: @escaping BrokerLane.Work) {
        guard let lane = freeLane() else { return waiting.append(work) }
        start(work, on: lane)
    }

    private func freeLane() -> BrokerLane? {
        if let lane = idle.popLast() { return lane }
        guard lanesCount < lanesMax else { return nil }
        do throws(Failure) {
            let lane = try BrokerLane(address)
            lanesCount += 1
            return lane
        } catch {
            // Without threads, those that there are must do; without any, what waits is never answered, as nothing is.
            return nil
        }
    }

    private func start(_ work: @escaping BrokerLane.Work, on lane: BrokerLane) {
        let free = MainLoopTask<Void> { [self] in
            if waiting.isEmpty { idle.append(lane) } else { start(waiting.removeFirst(), on: lane) }
        }
        lane.run { channel in
            let isUsable = work(channel)
            free.finish(())
            return isUsable
        }
    }
}
