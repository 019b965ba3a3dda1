internal import CLinux
internal import Glibc
internal import Platform
internal import Synchronization
public import YunCore

/// A resident `seed` and the sandboxes that it makes. They end with it, it ends with this object, which each of them
/// holds, and all end with this process. Several threads may launch at once.
public final class Spawner: Sendable {
    /// A sandbox that waits for what it is for.
    private struct Waiting: Sendable {
        let link: SeedLink
        let groups: LaunchGroups?

        func giveUp() {
            link.giveUp()
            groups?.leave()
        }
    }

    private struct Spares: Sendable {
        /// Where one is kept, if one is.
        var layout: CgroupLayout?
        /// Those of the latest launch: the next one mostly has the same.
        var limits: ResourceLimits?
        var ready: Waiting?
    }

    private let seed: KeptChild
    private let control: OwnedDescriptor
    private let spares = Mutex(Spares())

    /// Starts `seed`.
    public init(seedPath: String) throws(Failure) {
        var pair: [Int32] = [-1, -1]
        guard unsafe yun_socket_pair(&pair) == 0 else { throw .system("cannot create a socket") }
        control = OwnedDescriptor(owning: pair[0])
        let other = OwnedDescriptor(owning: pair[1])
        seed = try KeptChild(seedPath, ["seed"], descriptors: [other.number])
    }

    deinit {
        // The end of its orders is its end, and then the spare's groups can go.
        _ = shutdown(control.number, Int32(SHUT_RDWR))
        seed.join()
        giveUpSpare()
    }

    /// The process id of `seed`.
    public var processID: Int32 { seed.process.number }

    /// Becomes readable when `seed` has ended, and all sandboxes with it: a launcher then needs another spawner.
    public var endDescriptor: Int32 { seed.process.handle.number }

    /// Whether `seed` has ended.
    public var hasEnded: Bool { yun_wait_readable(endDescriptor, 0) != 0 }

    // MARK: Spares

    /// Keeps a sandbox ready for the next app, and after each launch that took it another one. It has no part of an
    /// app in it; a launch only takes it where the plan has the same layout.
    public func keepSpare(in layout: CgroupLayout) throws(Failure) {
        let unfit = spares.withLock { spares in
            defer { spares.layout = layout }
            return spares.layout == layout ? nil : spares.ready.take()
        }
        unfit?.giveUp()
        try prepareSpare()
    }

    /// Ends the spare and keeps none until asked again, as when memory is short.
    public func giveUpSpare() {
        let spare = spares.withLock { spares in
            spares.layout = nil
            return spares.ready.take()
        }
        spare?.giveUp()
    }

    private func prepareSpare() throws(Failure) {
        let (wanted, limits) = spares.withLock { ($0.ready == nil ? $0.layout : nil, $0.limits) }
        guard let layout = wanted else { return }
        let groups = layout == .none ? nil : try LaunchGroups(layout)
        let made: Waiting
        do throws(Failure) {
            if let limits { try groups?.apply(limits) }
            made = Waiting(link: try SeedLink.order(over: control, groups: groups), groups: groups)
        } catch {
            groups?.leave()
            throw error
        }
        // Others may have been quicker, or given spares up.
        let isKept = spares.withLock { spares in
            guard spares.ready == nil, spares.layout == layout else { return false }
            spares.ready = made
            return true
        }
        if !isKept { made.giveUp() }
    }

    private func takeSpare(in layout: CgroupLayout) -> Waiting? {
        spares.withLock { $0.layout == layout ? $0.ready.take() : nil }
    }

    // MARK: Launching

    /// Starts the plan's program and returns when it runs: every wall stands by then. Any step that fails ends the
    /// launch.
    /// - Parameters:
    ///   - group: the running app of which the sandbox is a part; its first sandbox sets the limits of all.
    ///   - standardStreams: the caller's descriptors that become 0, 1 and 2, where the program has no terminal.
    ///   - terminal: the program's end of a terminal, ``ProgramTerminal/programEnd``, which becomes 0, 1 and 2 and the program's own. A
    ///     plan with a terminal gets one made where none is given.
    ///   - extraDescriptors: further ones, which become 3, 4 and so on.
    ///   - reporting: how much of what is denied is told to `report`, which is called on another thread.
    public func launch(
        _ plan: Plan, in group: AppGroup = AppGroup(), standardStreams: (Int32, Int32, Int32) = (0, 1, 2),
        terminal: Int32? = nil, extraDescriptors: [Int32] = [], reporting: Reporting = .off,
        report: @escaping @Sendable (DenialReport) -> Void = { _ in }
    ) throws(Failure) -> SandboxedProcess {
        let streams = try LaunchStreams(
            plan, standardStreams, terminal: terminal, extraDescriptors: extraDescriptors)
        try Sandbox.takeOwnDirectories(plan)
        let supervision =
            reporting == .off ? nil : try Supervision(plan, reporting: reporting, report: report)
        let wiring = SeedSpec.Wiring(
            descriptorCount: streams.descriptors.count, isTerminal: streams.isTerminal,
            hasReports: supervision != nil, filter: SeccompCompiler.bytes(reporting))
        let spec = SeedSpec.encode(plan, wiring)
        let descriptors = streams.descriptors + (supervision.map { [$0.programEnd] } ?? [])
        // Only seed may hold the other end then: that it closes means that no listener will come.
        defer { supervision?.closeProgramEnd() }
        let (link, groups, process) = try start(plan, group, spec, descriptors)
        let sandbox = SandboxedProcess(
            process, link: link, keeper: .spawner(self), group: group, groups: groups,
            supervision: supervision, terminal: streams.ownTerminal)
        // While the sandbox is being made.
        try supervision?.start()
        supervision?.closeProgramEnd()
        let report = try link.next()
        guard case .running = report else {
            _ = try sandbox.wait()
            _ = try started(report, plan)
            throw ended(plan)
        }
        streams.ownTerminal?.closeProgramEnd()
        spares.withLock { $0.limits = plan.resources }
        // The app runs; that there is no spare for the next one only costs time then.
        do throws(Failure) { try prepareSpare() } catch {}
        return sandbox
    }

    /// Until init is there: the spare's, or where there is none, or it has died, a new one's.
    private func start(
        _ plan: Plan, _ group: AppGroup, _ spec: [UInt8], _ descriptors: [Int32]
    ) throws(Failure) -> (SeedLink, LaunchGroups?, SpawnedProcess) {
        var spare = plan.cgroups == .none ? takeSpare(in: .none) : nil
        let groups =
            plan.cgroups == .none
            ? nil
            : try group.enter(limits: plan.resources) { () throws(Failure) in
                spare = takeSpare(in: plan.cgroups)
                if let groups = spare?.groups { return groups }
                return try LaunchGroups(plan.cgroups)
            }
        do throws(Failure) {
            if let spare {
                try spare.link.send(spec, descriptors)
                if let process = try started(spare.link.next(), plan) { return (spare.link, groups, process) }
            }
            let link = try SeedLink.order(over: control, groups: groups)
            try link.send(spec, descriptors)
            if let process = try started(link.next(), plan) { return (link, groups, process) }
            throw ended(plan)
        } catch {
            groups?.leave()
            throw error
        }
    }

    /// `nil` where the sandbox ended without a word.
    private func started(_ report: SeedReport?, _ plan: Plan) throws(Failure) -> SpawnedProcess? {
        if case .started(let process) = report { return process }
        if case .failed(let error, let step, let object) = report {
            throw .step(step, on: object, error: error, of: plan)
        }
        return nil
    }

    private func ended(_ plan: Plan) -> Failure {
        guard !hasEnded else { return SeedLink.seedEnded }
        return Failure(.sandboxFailed, "cannot start the sandbox of \(plan.page.domain): it was killed")
    }
}
