internal import CloudModel
internal import CloudService
internal import Hummingbird
internal import NIOCore

/// What belongs to one request.
struct CloudContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// The connection that it came on.
    let channel: any Channel
    /// Who sent it, once that is known.
    fileprivate(set) var recognizedCaller: (any DriveCaller)?
    /// What is known of it.
    let notes = RequestNotes()

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
    }

    /// Lets a client send the body that waits for a word.
    func wantBody(of request: Request) async throws {
        guard request.headers[.expect] != nil else { return }
        try await channel.triggerUserOutboundEvent(ConnectionHandler.BodyWanted()).get()
    }

    /// Who sent it; only for routes behind ``DriveCallerMiddleware``.
    var driveCaller: any DriveCaller {
        get throws(Problem) {
            guard let recognizedCaller else {
                throw .fault("a route asks who calls it, and nobody has looked")
            }
            return recognizedCaller
        }
    }
}

/// Lets only clients of a drive through.
struct DriveCallerMiddleware: RouterMiddleware {
    let drive: Drive

    func handle(
        _ request: Request, context: CloudContext, next: (Request, CloudContext) async throws -> Response
    ) async throws -> Response {
        let caller = try Authorization.driveCaller(request, context)
        try await drive.recognize(caller)
        var context = context
        context.recognizedCaller = caller
        return try await next(request, context)
    }
}
