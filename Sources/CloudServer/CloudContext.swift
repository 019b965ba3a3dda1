internal import Hummingbird
internal import NIOCore

/// What belongs to one request.
struct CloudContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// The connection that it came on.
    let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
    }

    /// Lets a client send the body that waits for a word.
    func wantBody(of request: Request) async throws {
        guard request.headers[.expect] != nil else { return }
        try await channel.triggerUserOutboundEvent(ConnectionHandler.BodyWanted()).get()
    }
}
