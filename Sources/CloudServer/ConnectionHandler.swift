internal import HTTPTypes
internal import NIOCore
internal import NIOHTTPTypes

/// Answers `Expect: 100-continue` when the request's handler wants the body, and not before: a client that is refused, or whose
/// upload there is no room for, sends nothing in vain. A body that nobody read ends its connection, instead of being drained.
/// One that breaks off is an error to whoever reads it: the server's library would end it as if it were complete, and a file
/// would be replaced by its beginning.
final class ConnectionHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// That a handler is about to read the body.
    struct BodyWanted: Sendable {}

    /// That a connection ended before the body did.
    struct BodyBrokenOff: Error {}

    private enum Body {
        /// There is none, or all of it came.
        case complete
        /// The client waits for a word before it sends it.
        case held
        case coming
    }

    private var body = Body.complete

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): body = head.headerFields[.expect] == "100-continue" ? .held : .coming
        case .body: body = .coming
        case .end: body = .complete
        }
        context.fireChannelRead(data)
    }

    func channelInactive(context: ChannelHandlerContext) {
        breakOff(context)
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event as? ChannelEvent == .inputClosed { breakOff(context) }
        context.fireUserInboundEventTriggered(event)
    }

    private func breakOff(_ context: ChannelHandlerContext) {
        if case .complete = body { return }
        body = .complete
        context.fireErrorCaught(BodyBrokenOff())
    }

    func triggerUserOutboundEvent(
        context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?
    ) {
        guard event is BodyWanted else {
            return context.triggerUserOutboundEvent(event, promise: promise)
        }
        guard case .held = body else {
            promise?.succeed()
            return
        }
        body = .coming
        context.writeAndFlush(wrapOutboundOut(.head(HTTPResponse(status: .continue))), promise: promise)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard case .held = body else { return context.write(data, promise: promise) }
        switch unwrapOutboundIn(data) {
        case .head(var head):
            head.headerFields[.connection] = "close"
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .body: context.write(data, promise: promise)
        case .end:
            context.writeAndFlush(data, promise: promise)
            context.close(promise: nil)
        }
    }
}
