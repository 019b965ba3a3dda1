internal import CloudModel
internal import Hummingbird
internal import HTTPTypes
internal import Logging
internal import Synchronization

/// What the log and the metrics tell of a request: nothing that its sender wrote but the method, and that only if it is known.
struct RequestSummary: Sendable {
    /// Others could be without end.
    private static let methods: Set<String> = [
        "OPTIONS", "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "MKCOL", "COPY", "MOVE", "PROPFIND",
        "PROPPATCH",
        "LOCK", "UNLOCK", "REPORT",
    ]

    let methodLabel: String
    let route: String
    let status: Int
    let seconds: Double
    /// `nil` where nobody has signed in.
    let account: String?

    init(method: String, route: String?, status: Int, seconds: Double, account: String?) {
        methodLabel = Self.methods.contains(method) ? method : "OTHER"
        self.route = route.map { $0 == "NotFound" ? "none" : $0 } ?? "none"
        self.status = status
        self.seconds = seconds
        self.account = account
    }
}

/// What becomes known of a request while it is handled.
final class RequestNotes: Sendable {
    private let noted = Mutex<String?>(nil)

    /// Whose request it is, once that is known.
    var account: String? {
        get { noted.withLock { $0 } }
        set { noted.withLock { $0 = newValue } }
    }
}

/// Writes a line and counts, for each request, when its answer has been sent.
struct RequestLogMiddleware: RouterMiddleware {
    /// An answer that is no larger is sent as soon as it is there.
    static let smallBytesMax = 64 << 10

    let metrics: Metrics

    func handle(
        _ request: Request, context: CloudContext, next: (Request, CloudContext) async throws -> Response
    ) async throws -> Response {
        let start = ContinuousClock.now
        var response = try await next(request, context)
        if let name = HTTPField.Name("X-Request-ID") { response.headers[name] = context.id }
        let status = response.status.code
        let method = request.method.rawValue
        let finish: @Sendable () -> Void = {
            let duration = (ContinuousClock.now - start).components
            record(
                RequestSummary(
                    method: method, route: context.endpointPath, status: status,
                    seconds: Double(duration.seconds) + Double(duration.attoseconds) * 1e-18,
                    account: context.notes.account), context.logger)
        }
        // Only what is large takes long to send; wrapped, others would be written in more pieces.
        guard response.body.contentLength.map({ $0 > Self.smallBytesMax }) ?? true else {
            finish()
            return response
        }
        let body = response.body
        response.body = ResponseBody(contentLength: body.contentLength) { writer in
            defer { finish() }
            do { try await body.write(writer) } catch let problem as Problem {
                context.logger.error(
                    "an answer broke off", metadata: ["cause": "\(problem.cause ?? problem.detail)"])
                throw problem
            }
        }
        return response
    }

    private func record(_ request: RequestSummary, _ logger: Logger) {
        metrics.count(request)
        var metadata: Logger.Metadata = [
            "method": "\(request.methodLabel)", "route": "\(request.route)",
            "status": .stringConvertible(request.status),
            "milliseconds": .stringConvertible((request.seconds * 1e6).rounded() / 1e3),
        ]
        if let account = request.account { metadata["account"] = "\(account)" }
        logger.info("request", metadata: metadata)
    }
}
