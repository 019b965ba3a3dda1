public import CloudDatabase
public import CloudMessages
public import CloudModel
public import CloudObjects
internal import CloudPages
internal import CloudService
internal import Hummingbird
internal import HummingbirdCore
internal import HummingbirdTLS
internal import HTTPTypes
public import Logging
internal import NIOCore
internal import ServiceLifecycle
internal import UnixSignals

/// How a server is reached, and what it allows.
public struct ServerSettings: Sendable {
    /// A name or an address of this machine.
    public var host: String
    /// 0 for any that is free.
    public var port: Int
    /// `nil` for plain HTTP.
    public var identity: TLSIdentity?
    /// What a connection may take.
    public var limits = Limits()
    /// Whether others than this machine may read the metrics.
    public var metricsAreOpen = false
    /// Under which address clients know the server; `nil` for the one that it listens on.
    public var publicURL: String?
    /// How long `/readyz` says that the server ends before it takes no more connections.
    public var drainSeconds = 0
    /// Whether anybody may make an account.
    public var isSignUpOpen = true

    /// Settings for an address.
    public init(host: String, port: Int) {
        self.host = host
        self.port = port
    }
}

/// The cloud as one HTTP server over its stores; it keeps nothing of its own, so several can stand side by side.
public struct CloudApplication: Sendable {
    private let database: any Database
    private let objects: any ObjectStore
    private let clock: @Sendable () -> Instant
    private let settings: ServerSettings
    private let carrier: any MessageCarrier
    private let accounts: Accounts
    private let pages: Pages
    private let metrics = Metrics()
    private let readiness: Readiness
    private let address: PublicAddress

    /// - Parameter clock: tells the time; tests turn it.
    public init(
        database: any Database, objects: any ObjectStore, carrier: any MessageCarrier,
        settings: ServerSettings, clock: @escaping @Sendable () -> Instant
    ) throws {
        self.database = database
        self.objects = objects
        self.settings = settings
        self.clock = clock
        self.carrier = carrier
        accounts = Accounts(
            database: database, reach: MessageReach(email: true, phone: carrier.reachesPhones), clock: clock)
        pages = try Pages()
        readiness = Readiness(database: database, objects: objects)
        address = PublicAddress(settings)
    }

    /// A ticket for the first account; `nil` where there are accounts. It is made at `/setup?ticket=`.
    public func setupTicket() async throws(Problem) -> String? { try await accounts.beginSetup() }

    /// Serves until it is told to stop, and finishes what has begun.
    /// - Parameter onStart: is given the port that it listens on.
    public func run(logger: Logger, onStart: @escaping @Sendable (Int) -> Void) async throws {
        let upkeep = Upkeep(database: database, objects: objects, clock: clock)
        let settings = settings
        let address = address
        let application = Application(
            router: router(), server: try server(),
            configuration: ApplicationConfiguration(address: .hostname(settings.host, port: settings.port)),
            services: [
                UpkeepService(upkeep: upkeep, authorization: authorization, logger: logger),
                MessageService(
                    sending: MessageSending(database: database, carrier: carrier, clock: clock),
                    logger: logger),
            ],
            onServerRunning: { channel in
                let port = channel.localAddress?.port ?? settings.port
                address.listen(on: port)
                onStart(port)
            },
            logger: logger)
        let drain = DrainService(readiness: readiness, seconds: settings.drainSeconds)
        // The last is stopped first.
        try await ServiceGroup(
            services: [application, drain], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger
        ).run()
    }

    private func server() throws -> HTTPServerBuilder {
        let connections = Connections(limits: settings.limits, metrics: metrics)
        let configuration = HTTP1Channel.Configuration(
            additionalChannelHandlers: [ConnectionGuard(connections), ConnectionHandler()],
            httpDecoderConfiguration: .init(
                maxHeaderFieldSize: Limits.fieldBytesMax, maxHeaderListSize: Limits.headBytesMax,
                maxHeaderFieldCount: Limits.fieldsMax))
        let plain = HTTPServerBuilder { responder in
            LoopChannel(http: HTTP1Channel(responder: responder, configuration: configuration))
        }
        guard let identity = settings.identity else { return plain }
        return try .tls(plain, tlsConfiguration: identity.configuration)
    }

    private var authorization: AuthorizationServer {
        AuthorizationServer(database: database, clock: clock) { [address] in address.text }
    }

    private func router() -> Router<CloudContext> {
        let router = Router(context: CloudContext.self)
        router.add(middleware: RequestLogMiddleware(metrics: metrics))
        router.add(middleware: SecurityHeadersMiddleware(hasTLS: settings.identity != nil))
        router.add(middleware: TusMiddleware())
        router.add(middleware: ProblemMiddleware())
        OperatorRoutes(
            metrics: metrics, database: database, readiness: readiness,
            metricsAreOpen: settings.metricsAreOpen
        ).add(to: router)
        let drive = Drive(database: database, objects: objects, clock: clock)
        DAVRoutes(drive: drive, clock: clock).add(to: router)
        DriveAPIRoutes(drive: drive).add(to: router)
        UploadRoutes(drive: drive).add(to: router)
        OAuthRoutes(server: authorization).add(to: router)
        addPages(to: router, drive)
        return router
    }
}

extension CloudApplication {
    private func addPages(to router: Router<CloudContext>, _ drive: Drive) {
        let desk = PageDesk(
            accounts: accounts, pages: pages, cookies: BrowserCookies(hasTLS: settings.identity != nil))
        let group = router.group().add(middleware: PageMiddleware(desk: desk))
        SignInPages(desk: desk, isSignUpOpen: settings.isSignUpOpen).add(to: group)
        AccountPages(desk: desk, drive: drive).add(to: group)
        SecurityPages(desk: desk).add(to: group)
        ConsentPages(desk: desk, server: authorization, clock: clock).add(to: group)
        DevicePages(desk: desk, server: authorization).add(to: group)
        AllowedPages(desk: desk, server: authorization).add(to: group)
        SignOutPages(desk: desk, server: authorization).add(to: group)
        router.get(RouterPath(pages.stylePath)) { [pages] _, _ in
            Response(
                status: .ok,
                headers: [
                    .contentType: "text/css; charset=utf-8",
                    .cacheControl: "public, max-age=31536000, immutable",
                ], body: .init(byteBuffer: ByteBuffer(bytes: pages.style)))
        }
    }
}

/// Tells whoever asks `/readyz` that the server is about to end, and gives them time to ask.
private struct DrainService: Service {
    let readiness: Readiness
    let seconds: Int

    func run() async throws {
        try await gracefulShutdown()
        readiness.drain()
        try await Task.sleep(for: .seconds(seconds))
    }
}
