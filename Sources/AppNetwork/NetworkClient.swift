public import Platform
internal import Synchronization
public import YunCore

/// The apps' only way to the network: requests over HTTP to hosts that their manifests declare, each app with
/// connections, names and TLS sessions of its own (`spec/network.md`). Any thread may call it. An app can make it hold
/// some 900 descriptors, so its process should raise its soft limit on them.
public final class NetworkClient: Sendable {
    private struct State {
        var apps: [Domain: AppTraffic] = [:]
        /// Of policies that do not hold any more, until their last transfer has ended.
        var retired: [AppTraffic] = []
        var isClosed = false
    }

    /// Learns what an app's connections have carried since it was last called: for each MiB, each second and in the
    /// end. It is called on the transfers' threads and should not wait.
    public typealias Meter = @Sendable (_ app: Domain, _ kind: NetworkKind, _ more: WireBytes) -> Void

    private let trust: ServerTrust
    private let answers: [String]
    private let meter: Meter
    private let state = Mutex(State())

    /// A client that asks the system for names, and whom to trust.
    public convenience init(meter: @escaping Meter = { _, _, _ in }) {
        self.init(trust: .system, answers: [], meter: meter)
    }

    /// - Parameters:
    ///   - trust: other authorities than the system's are for tests.
    ///   - answers: names that are not looked up, for tests: `HOST:PORT:ADDRESS` each.
    init(trust: ServerTrust, answers: [String], meter: @escaping Meter) {
        self.trust = trust
        self.answers = answers
        self.meter = meter
    }

    deinit { close() }

    /// Starts a request, or says at once why it may not be made.
    /// - Parameters:
    ///   - policy: the manifest's; a change of it, by an update, ends the connections made under the one before.
    ///   - output: gets the body of the response: a pipe, a socket or a file that is open for writing. Its reader ends
    ///     the transfer by closing its end. It is closed when the body is complete and before the end is told.
    public func start(
        _ request: NetworkRequest, for app: Domain, under policy: RequestPolicy,
        output: consuming OwnedDescriptor
    ) throws(Failure) -> Transfer {
        let hop = try Hop(request, policy)
        let transfer = try Transfer(request, hop, output: SharedDescriptor(output))
        forgetRetired()
        while try !traffic(of: app, policy).start(transfer) {}
        return transfer
    }

    /// Ends all transfers and connections of an app, when it has ended, costs too much, or may not use the network any
    /// more. It may be called from the meter.
    public func cancelAll(of app: Domain) {
        let traffic = state.withLock { state in
            let traffic = state.apps.removeValue(forKey: app)
            if let traffic { state.retired.append(traffic) }
            return traffic
        }
        traffic?.retire()
        traffic?.cancelAll()
    }

    /// Ends all transfers and connections, and waits until they are gone.
    public func close() {
        let all = state.withLock { state in
            let all = state.retired + state.apps.values
            state = State(isClosed: true)
            return all
        }
        for traffic in all { traffic.close() }
    }

    /// Threads are joined without the lock: in their last moment they may call the meter.
    private func forgetRetired() {
        for traffic in state.withLock({ $0.retired }) { traffic.joinEnded() }
        state.withLock { $0.retired.removeAll(where: \.isOver) }
    }

    private func traffic(of app: Domain, _ policy: RequestPolicy) throws(Failure) -> AppTraffic {
        try state.withLock { state throws(Failure) in
            guard !state.isClosed else { throw Transfer.cancelledFailure }
            if let traffic = state.apps[app] {
                if traffic.tools.policy == policy { return traffic }
                traffic.retire()
                state.retired.append(traffic)
            }
            let tools = LaneTools(
                policy: policy, trust: trust, answers: try NameAnswers(answers), share: try Share())
            let traffic = AppTraffic(tools) { [meter] kind, more in meter(app, kind, more) }
            state.apps[app] = traffic
            return traffic
        }
    }
}
