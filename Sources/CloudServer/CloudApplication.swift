public import CloudDatabase
public import CloudModel
public import CloudObjects
internal import CloudService
internal import Hummingbird
public import Logging

/// The cloud as one HTTP server over its stores; it keeps nothing of its own, so several can stand side by side.
public struct CloudApplication: Sendable {
    private let database: any Database
    private let objects: any ObjectStore
    private let clock: @Sendable () -> Instant

    /// - Parameter clock: tells the time; tests turn it.
    public init(database: any Database, objects: any ObjectStore, clock: @escaping @Sendable () -> Instant) {
        self.database = database
        self.objects = objects
        self.clock = clock
    }

    /// Serves until it is told to stop, and finishes what has begun.
    /// - Parameter onStart: is given the port that it listens on.
    public func run(
        host: String, port: Int, logger: Logger, onStart: @escaping @Sendable (Int) -> Void
    ) async throws {
        let upkeep = Upkeep(database: database, objects: objects, clock: clock)
        let application = Application(
            router: router(),
            server: .http1(
                configuration: .init(
                    additionalChannelHandlers: [ConnectionHandler()], idleTimeout: .seconds(60))),
            configuration: ApplicationConfiguration(address: .hostname(host, port: port)),
            services: [UpkeepService(upkeep: upkeep, logger: logger)],
            onServerRunning: { channel in onStart(channel.localAddress?.port ?? port) },
            logger: logger)
        try await application.runService()
    }

    private func router() -> Router<CloudContext> {
        let router = Router(context: CloudContext.self)
        router.add(middleware: TusMiddleware())
        router.add(middleware: ProblemMiddleware())
        let drive = Drive(database: database, objects: objects, clock: clock)
        DAVRoutes(drive: drive, clock: clock).add(to: router)
        DriveAPIRoutes(drive: drive).add(to: router)
        UploadRoutes(drive: drive).add(to: router)
        return router
    }
}
