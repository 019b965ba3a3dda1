internal import Glibc
internal import Launcher
internal import Lifecycle
internal import Manifest
internal import AppNetwork
internal import PageManagerInterface
internal import Platform
internal import Sandbox
internal import Store
internal import Synchronization
internal import Varlink
public import YunCore

/// All that runs of one store, for one owner (`spec/page-manager.md`).
public final class PageManager: Sendable {
    /// Its directory in the store.
    static let directoryName = "run"
    /// Its socket in that directory.
    static let socketName = "pagemanager"

    let path: String
    let settings: Settings
    let programs: ProgramDirectory
    let log = AppLog()
    let notifications = Notifications()
    let usage: UsageLog
    let registry: SharedRegistry
    let network: NetworkClient
    let account: Account
    let prompt: Prompt
    let sockets: BrokerSockets
    let broker: Service<AppCaller>
    /// One waits mostly: pages are opened one after the other.
    let launches = ThreadReserve(countMax: 1)
    private let manifests = ManifestCache()
    /// Nobody moves a page manager out of its groups.
    private let cgroups: CgroupLayout
    private let store: Mutex<StoreRoot>
    private let seed = Mutex<Spawner?>(nil)
    private let inbox: Inbox<Core.Order>
    private let run: AnchoredDirectory
    private let lock: FileLock

    /// Becomes the page manager of a store, or says with `nil` that there is one already.
    public init?(root path: String, settings: Settings) throws(Failure) {
        let root = try StoreRoot(path: path)
        run = try root.directory.makeDirectory(Self.directoryName, permissions: 0o700)
        guard let lock = try run.lock("lock", waiting: false) else { return nil }
        self.lock = lock
        self.path = root.directory.path
        self.settings = settings
        programs = try ProgramDirectory()
        // What one that died has left: sandboxes that did not hear of it, and sockets on which nobody listens.
        cgroups = try CgroupLayout.find()
        try Sandbox.endAbandoned(in: cgroups)
        let left = try run.status(of: "apps") == nil ? [] : BrokerSockets.names(in: run.directory("apps"))
        if !left.isEmpty {
            log.add(
                .manager,
                "the page manager before this one did not end in order; \(left.count.counted("sandbox", "sandboxes")) "
                    + "of it ended with it", app: "")
        }
        try run.removeTree("apps")
        sockets = BrokerSockets(in: try run.makeDirectory("apps", permissions: 0o711))
        let database = root.directory.path(of: "state.db")
        store = Mutex(root)
        let inbox = try Inbox<Core.Order>()
        self.inbox = inbox
        let log = log
        registry = try SharedRegistry(path: database)
        let usage = try UsageLog(path: database) { log.add(.manager, $0.description, app: "") }
        self.usage = usage
        network = NetworkClient { app, kind, bytes in
            usage.note(bytesIn: bytes.in, bytesOut: bytes.out, over: kind, of: app)
        }
        account = try Account(in: AnchoredDirectory(at: self.path)) {
            log.add(.manager, $0.description, app: "")
        }
        prompt = Prompt(answersPath: settings.answersPath, window: PromptProgram(programs)) {
            number, answer in
            inbox.send { core in _ = core.answer(number, answer) }
        }
        broker = try BrokerService.make()
    }

    /// Serves until it is told to end; every app has ended then.
    /// - Parameter announceReady: called once calls are taken.
    public func serve(announceReady: () throws(Failure) -> Void) throws(Failure) {
        let owner = geteuid()
        let server = Server(
            try ListeningSocket(Self.socketName, in: run), try OwnerService.make(), places: [try Places(256)]
        ) { [self] socket throws(Failure) in
            let user = try socket.peer().userID
            guard user == owner || user == 0 else {
                throw Failure(.notAllowed, "user \(user) is not the owner of this page manager")
            }
            return OwnerCaller(manager: self)
        }
        try server.start()
        try endWithStore()
        try watchMemory()
        account.tellAfterStart()
        try announceReady()
        Core(self).run(inbox)
        // Not waited for: a thread that hangs on somebody's disk must not keep us here, and all that is acknowledged is
        // on the disk.
        network.close()
        account.close()
        try usage.end()
        try run.remove(Self.socketName)
    }

    /// Whoever removes a store has no use for its apps any more, and nobody could reach us.
    private func endWithStore() throws(Failure) {
        // Before anybody hears that we are ready: the store may be gone before the thread runs.
        let directory = try AnchoredDirectory(at: path)
        try Thread { [self] in
            do throws(Failure) {
                try directory.waitUntilGone(Self.directoryName)
                shutDown()
            } catch { announce(error) }
        }.detach()
    }

    private func watchMemory() throws(Failure) {
        try Thread { [self] in MemoryWatch(settings).follow { checkMemory() } }.detach()
    }

    /// Tells the apps where memory is short.
    func checkMemory() {
        do throws(Failure) {
            if let level = try MemoryWatch(settings).level() { tell(.memoryShort(level)) }
        } catch { announce(error) }
    }

    /// After a launch: what makes the next one quick. That one only takes longer without it.
    func prepareForNext() {
        checkMemory()
        do throws(Failure) { try sockets.prepare() } catch { announce(error) }
    }

    /// Starts an app's web host before the first page is wanted, where there is memory for it.
    func prepare(_ domain: Domain, _ session: Owner.Session) throws(Failure) {
        let package = try package(domain)
        guard package.manifest.pages.contains(where: { $0.kind == .web }),
            try MemoryWatch(settings).level() == nil
        else { return }
        let failure = try look { core -> Failure? in
            do throws(Failure) {
                try core.prepare(package, session)
                core.handle(.prepare(domain))
                return nil
            } catch { return error }
        }
        if let failure { throw failure }
    }

    /// Ends every app in order, and then ``serve(announceReady:)``.
    public func shutDown() { tell(.shutdown) }

    // MARK: From other threads

    func order(_ order: @escaping Core.Order) { inbox.send(order) }

    func tell(_ event: PhoneEvent) { order { $0.handle(event) } }

    func announce(_ failure: Failure) { log.add(.manager, failure.description, app: "") }

    /// What the core knows, once it comes to it.
    func look<Result: Sendable>(_ body: @escaping @Sendable (Core) -> Result) throws(Failure) -> Result {
        let promise = try Promise<Result>()
        order { promise.keep(body($0)) }
        guard let result = promise.wait() else { throw Failure(.internalError, "the page manager has ended") }
        return result
    }

    /// What becomes of an event that somebody waits for.
    /// - Parameter hangup: his socket.
    func ask(
        unless hangup: Int32? = nil,
        _ event: @escaping @Sendable (Core, AskerNumber) throws(Failure) -> PhoneEvent
    ) throws(Failure) -> InstanceNumber? {
        let promise = try Promise<Answer>()
        order { core in
            core.ask({ promise.keep($0) }) { asker throws(Failure) in try event(core, asker) }
        }
        switch promise.wait(unless: hangup) {
        case .opened(let number): return number
        case .done: return nil
        case .refused(let failure): throw failure
        case nil: throw Failure(.pageEnded, "the caller has hung up")
        }
    }

    func withStore<Result: Sendable>(_ body: (StoreRoot) throws(Failure) -> Result) throws(Failure) -> Result
    {
        try store.withLock { store throws(Failure) in try body(store) }
    }

    /// Waits for the owner's word.
    /// - Parameter hangup: the caller's socket. The question stays for those that ask the same, and for its next time.
    func askOwner(
        for permission: Permission, method: String, of domain: Domain, unless hangup: Int32
    ) throws(Failure) {
        let promise = try Promise<Result<OwnerAnswer, Failure>>()
        order { core in core.askOwner(for: permission, method: method, of: domain) { promise.keep($0) } }
        guard let answer = try promise.wait(unless: hangup)?.get() else {
            throw Failure(.pageEnded, "the caller has hung up")
        }
        guard answer.isYes else {
            throw Failure(.permissionDenied, "the owner has denied \(permission.rawValue)")
        }
    }

    func permissions(of domain: Domain) throws(Failure) -> AppPermissions {
        let permissions = try registry.withLock { registry throws(Failure) in
            try registry.permissions(of: domain)
        }
        guard let permissions else {
            throw Failure(.appUnknown, "\(domain) is not installed", hint: "see what is: ypkg list")
        }
        return permissions
    }

    /// Takes away at once what is not granted any more.
    func enforce(_ permission: Permission, of domain: Domain) {
        if permission == .network { network.cancelAll(of: domain) }
        let opening = permission.terms.opening
        // What a sandbox was opened with cannot be taken out of it.
        if !opening.devices.isEmpty || !opening.sockets.isEmpty { tell(.grantRevoked(domain)) }
        order { $0.grantedOnce[domain]?.remove(permission) }
    }

    func manifest(of domain: Domain) throws(Failure) -> Manifest {
        try withStore { root throws(Failure) in try InstalledPackage(domain, in: root).manifest }
    }

    /// The resident seed; another one where the last has ended, and with it all that it had started. No app starts before
    /// every wall was tried from inside.
    func spawner(for user: UInt32?) throws(Failure) -> Spawner {
        try seed.withLock { seed throws(Failure) in
            if let spawner = seed, !spawner.hasEnded { return spawner }
            let spawner = try Spawner(seedPath: programs.path(of: "seed"))
            try Sandbox.selfTest(spawner, program: programs.path(of: "walls"), in: run.path, appUser: user)
            try spawner.keepSpare(in: cgroups)
            seed = spawner
            return spawner
        }
    }

    /// What the plan of a sandbox with these permissions must know of the machine at the moment.
    func facts(_ permissions: Set<Permission>) throws(Failure) -> HostFacts {
        try HostFacts.gather(
            runtimeDirectory: CurrentProcess.environment["XDG_RUNTIME_DIR"], cgroups: cgroups,
            permissions: permissions)
    }

    /// Opens a page for whoever asks.
    func open(
        _ link: PageLink, by opener: Opener, _ session: Owner.Session, unless hangup: Int32
    ) throws(Failure) -> InstanceNumber {
        let package = try package(link.page.domain)
        let traits = try traits(of: link.page, in: package)
        let number = try ask(unless: hangup) { core, asker throws(Failure) in
            try core.prepare(package, session)
            return .open(link, traits, by: opener, asker)
        }
        guard let number else { throw Failure(.internalError, "\(link.page) has no instance") }
        return number
    }

    func package(_ domain: Domain) throws(Failure) -> InstalledPackage {
        try withStore { [manifests] root throws(Failure) in
            try InstalledPackage(domain, in: root, forRunning: true, manifests: manifests)
        }
    }

    func traits(of page: PageURI, in package: InstalledPackage) throws(Failure) -> PageTraits {
        guard let found = package.manifest.page(named: page.name) else {
            let names = package.manifest.pages.map(\.uri.name).joined(separator: ", ")
            throw Failure(
                .pageUnknown, "\(page.domain) has no page \(page.name.escaped)", hint: "it has: \(names)")
        }
        let kind: PageTraits.Kind =
            switch found.kind {
            case .web: .web
            case .native: .native
            case .service: .service
            }
        return PageTraits(
            page, kind, isMultiple: found.instances == .multiple, events: Set(found.events),
            backgroundReasons: Set(found.background))
    }
}
