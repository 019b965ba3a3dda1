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

    /// - Parameters:
    ///   - trust: other authorities than the system's are for tests.
    ///   - answers: names that are not looked up, for tests: `HOST:PORT:ADDRESS` each.
    public init(
        trust: ServerTrust = .system, answers: [String] = [], meter: @escaping Meter = { _, _, _ in }
    ) {
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
        while try !traffic(of: app, policy).start(transfer) {}
        return transfer
    }

    /// Ends all transfers of an app, when it may not use the network any more.
    public func cancelAll(of app: Domain) {
        state.withLock { $0.apps[app] }?.cancelAll()
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

    private func traffic(of app: Domain, _ policy: RequestPolicy) throws(Failure) -> AppTraffic {
        try state.withLock { state throws(Failure) in
            guard !state.isClosed else { throw Transfer.cancelledFailure }
            state.retired.removeAll(where: \.isOver)
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
