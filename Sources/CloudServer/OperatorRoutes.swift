internal import CloudDatabase
internal import CloudModel
internal import CloudObjects
internal import Hummingbird
internal import HTTPTypes
internal import NIOCore
internal import Synchronization

/// What whoever runs the server, and what stands in front of it, asks.
struct OperatorRoutes: Sendable {
    let metrics: Metrics
    let database: any Database
    let readiness: Readiness
    /// Whether others than this machine may read the metrics.
    let metricsAreOpen: Bool

    func add(to router: Router<CloudContext>) {
        router.get("healthz") { _, _ in Self.text("ok\n") }
        router.get("readyz") { _, _ in
            try await readiness.check()
            return Self.text("ready\n")
        }
        router.get("metrics") { request, context in
            guard metricsAreOpen || Self.isLocal(request, context) else {
                throw Problem(.forbidden, "metrics are told to this machine alone; see --metrics")
            }
            return Self.text(
                metrics.text(database.commitCounts), type: "text/plain; version=0.0.4; charset=utf-8")
        }
    }

    /// Whether a request was sent on this machine, and not by a proxy for somebody else.
    private static func isLocal(_ request: Request, _ context: CloudContext) -> Bool {
        let forwarding = ["Forwarded", "X-Forwarded-For", "X-Real-IP", "Via"].compactMap {
            HTTPField.Name($0)
        }
        return context.channel.remoteAddress?.isLoopback == true
            && !forwarding.contains { request.headers.contains($0) }
    }

    private static func text(_ text: String, type: String = "text/plain; charset=utf-8") -> Response {
        Response(
            status: .ok, headers: [.contentType: type, .cacheControl: "no-store"],
            body: .init(byteBuffer: ByteBuffer(string: text)))
    }
}

extension SocketAddress {
    /// Whether it is this machine's own.
    var isLoopback: Bool {
        guard let text = ipAddress else { return true }
        return text == "::1" || text.hasPrefix("127.") || text.hasPrefix("::ffff:127.")
    }
}

/// Whether the stores can be read and written. Whoever asks makes the disks work, so an answer serves all for a second.
actor Readiness {
    private static let lifetime = Duration.seconds(1)

    private let database: any Database
    private let objects: any ObjectStore
    private var last: (time: ContinuousClock.Instant, check: Task<Problem?, Never>)?
    private nonisolated let draining = Atomic(false)

    init(database: any Database, objects: any ObjectStore) {
        self.database = database
        self.objects = objects
    }

    /// From now on nothing new is to be sent here.
    nonisolated func drain() { draining.store(true, ordering: .relaxed) }

    func check() async throws(Problem) {
        guard !draining.load(ordering: .relaxed) else {
            throw Problem(.unavailable, "the server is about to end")
        }
        let now = ContinuousClock.now
        if last.map({ now - $0.time > Self.lifetime }) ?? true {
            last = (now, Task { [database, objects] in await Self.problem(database, objects) })
        }
        if let problem = await last?.check.value { throw problem }
    }

    private static func problem(_ database: any Database, _ objects: any ObjectStore) async -> Problem? {
        do throws(Problem) {
            try await database.write { transaction throws(Problem) in try transaction.audit.touch() }
        } catch {
            return Problem(.unavailable, "the database cannot be written", cause: error.cause ?? error.detail)
        }
        do throws(Problem) {
            try await objects.probe()
        } catch {
            return Problem(.unavailable, "the objects cannot be written", cause: error.cause ?? error.detail)
        }
        return nil
    }
}
