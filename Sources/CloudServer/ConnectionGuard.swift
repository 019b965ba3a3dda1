internal import CloudModel
internal import HTTPTypes
internal import NIOCore
internal import NIOHTTP1
internal import NIOHTTPTypes
internal import NIOHTTPTypesHTTP1
internal import Synchronization

/// Who is connected to this process: a client that opens more than its share gets none.
final class Connections: Sendable {
    let limits: Limits
    let metrics: Metrics
    private let counts = Mutex<(all: Int, byAddress: [String: Int])>((0, [:]))

    init(limits: Limits, metrics: Metrics) {
        self.limits = limits
        self.metrics = metrics
    }

    /// Counts a connection, unless there are too many.
    func admit(_ address: String) -> Bool {
        let isAdmitted = counts.withLock { counts in
            guard counts.all < limits.connectionsMax,
                counts.byAddress[address, default: 0] < limits.connectionsPerAddressMax
            else { return false }
            counts.all += 1
            counts.byAddress[address, default: 0] += 1
            return true
        }
        if isAdmitted { metrics.changeConnections(by: 1) }
        return isAdmitted
    }

    /// Takes back what `admit` has counted.
    func leave(_ address: String) {
        counts.withLock { counts in
            counts.all -= 1
            let rest = (counts.byAddress[address] ?? 1) - 1
            counts.byAddress[address] = rest > 0 ? rest : nil
        }
        metrics.changeConnections(by: -1)
    }
}

/// Ends connections that take too long or too much, and those whose requests are not HTTP. It stands before all that trusts
/// them.
final class ConnectionGuard: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let connections: Connections
    private var address: String?
    private var timer: Scheduled<Void>?
    private var sendingTimer: Scheduled<Void>?
    /// Requests whose answers have not ended.
    private var requests = 0
    /// Whether more of a request's body is to come.
    private var isReceiving = false
    /// What came of a body after its answer.
    private var unwantedBytes = 0
    /// Whether nothing that comes is taken any more.
    private var isRefused = false

    private var limits: Limits { connections.limits }

    init(_ connections: Connections) { self.connections = connections }

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { begin(context) }
    }

    func channelActive(context: ChannelHandlerContext) {
        begin(context)
        context.fireChannelActive()
    }

    private func begin(_ context: ChannelHandlerContext) {
        guard address == nil else { return }
        let address = context.remoteAddress?.ipAddress ?? ""
        guard connections.admit(address) else { return context.close(promise: nil) }
        self.address = address
        limit(limits.headSeconds, context)
    }

    func channelInactive(context: ChannelHandlerContext) {
        end()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { end() }

    private func end() {
        timer?.cancel()
        sendingTimer?.cancel()
        if let address { connections.leave(address) }
        address = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isRefused else { return }
        timer?.cancel()
        timer = nil
        switch unwrapInboundIn(data) {
        case .head(let head):
            guard Self.isPlain(head) else { return refuse(context) }
            requests += 1
            isReceiving = true
        case .body(let bytes):
            connections.metrics.receive(bytes: bytes.readableBytes)
            guard requests == 0 else { break }
            unwantedBytes += bytes.readableBytes
            guard unwantedBytes <= Limits.unwantedBytesMax else { return context.close(promise: nil) }
        case .end:
            isReceiving = false
            if requests == 0 { limit(limits.idleSeconds, context) }
        }
        context.fireChannelRead(data)
    }

    /// Only what the server waits for can be late.
    func read(context: ChannelHandlerContext) {
        if isReceiving, timer == nil { limit(limits.stallSeconds, context) }
        context.read()
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head: break
        case .body(let bytes): connections.metrics.send(bytes: bytes.readableBytes)
        case .end:
            requests -= 1
            unwantedBytes = 0
            if requests == 0, !isReceiving { limit(limits.idleSeconds, context) }
        }
        context.write(data, promise: promise)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        sendingTimer?.cancel()
        sendingTimer = nil
        if !context.channel.isWritable { limitSending(context) }
        context.fireChannelWritabilityChanged()
    }

    private func limit(_ seconds: Int, _ context: ChannelHandlerContext) {
        timer?.cancel()
        timer = schedule(seconds, context) { self.limit(seconds, context) }
    }

    private func limitSending(_ context: ChannelHandlerContext) {
        sendingTimer = schedule(limits.stallSeconds, context) { self.limitSending(context) }
    }

    /// Ends the connection after a time in which none of an answer has gone out: whoever takes one slowly is not late.
    private func schedule(_ seconds: Int, _ context: ChannelHandlerContext, again: @escaping () -> Void)
        -> Scheduled<Void>
    {
        let waiting = Self.waitingBytes(context)
        return context.eventLoop.assumeIsolated().scheduleTask(in: .seconds(Int64(seconds))) {
            if Self.waitingBytes(context) == waiting { context.close(promise: nil) } else { again() }
        }
    }

    private static func waitingBytes(_ context: ChannelHandlerContext) -> Int? {
        do {
            return try context.channel.syncOptions?.getOption(.bufferedWritableBytes)
        } catch { return nil }
    }

    /// What cannot be understood ends the connection: where the next request begins, two readers could see differently.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard error is HTTPParserError || error is HTTP1TypeConversionError else {
            return context.fireErrorCaught(error)
        }
        refuse(context)
    }

    /// Whether a proxy in front sees the same request in it: one host, and no encoding that only one of us undoes.
    private static func isPlain(_ head: HTTPRequest) -> Bool {
        // The first is the authority, so a field is a second one.
        guard let host = HTTPField.Name("Host"), !head.headerFields.contains(host) else { return false }
        guard let encoding = head.headerFields[.transferEncoding] else { return true }
        return encoding.lowercased() == "chunked"
    }

    private func refuse(_ context: ChannelHandlerContext) {
        isRefused = true
        // Between the parts of another answer there is no place for this one.
        guard requests == 0 else { return context.close(promise: nil) }
        let problem = Problem(.malformed, "the request is not HTTP/1.1 as this server takes it, or too large")
        do {
            let body = try problem.document()
            let fields: HTTPFields = [
                .contentType: "application/problem+json", .contentLength: "\(body.count)",
                .connection: "close",
            ]
            context.write(
                wrapOutboundOut(.head(HTTPResponse(status: .badRequest, headerFields: fields))), promise: nil)
            context.write(wrapOutboundOut(.body(ByteBuffer(bytes: body))), promise: nil)
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        } catch { context.fireErrorCaught(error) }
        context.close(promise: nil)
    }
}
