internal import AppNetwork
internal import PageManagerInterface
internal import Platform
internal import Varlink
internal import YunCore

/// `com.yunos.network`.
enum NetworkService {
    private typealias Call = Exchange<AppCaller>

    static var methods: [Method<AppCaller>] { [Method(App.Network.request, request)] }

    private static func request(_ asked: App.Network.RequestParameters, _ call: Call) throws(Failure)
        -> App.Network.RequestReply
    {
        guard call.wantsMore else {
            throw Failure(.usage, "a request has two replies", hint: "call Request with more")
        }
        let caller = call.context
        let body = try Pipe()
        let transfer = try caller.manager.network.start(
            network(asked, call), for: caller.domain, under: caller.services.policy,
            output: body.writing.duplicate())
        // Only the app may hold it: that it closes its end is how it stops an answer.
        var answer: SharedDescriptor? = SharedDescriptor(body.closingWritingEnd())
        // Whoever hangs up wants nothing more; a transfer that has ended is not touched by it.
        defer { transfer.cancel() }
        while call.wait(for: transfer.readiness) {
            switch transfer.next() {
            case .head(let head):
                guard asked.redirect != .error || !(300..<400).contains(head.status) else {
                    throw Failure(.networkResponse, "\(head.url.escaped) redirects, and that was not wanted")
                }
                try call.reply(
                    App.Network.RequestReply(head), descriptors: answer.map { [$0.number] } ?? [],
                    continues: true)
                answer = nil
            case .end(let end):
                if let failure = end.failure { throw failure }
                return App.Network.RequestReply(received: end.wire.in, sent: end.wire.out)
            }
        }
        throw Failure(.networkCancelled, "the caller has hung up")
    }

    private static func network(_ asked: App.Network.RequestParameters, _ call: Call) throws(Failure)
        -> NetworkRequest
    {
        var request = NetworkRequest(url: asked.url)
        request.method = try RequestMethod(asked.method)
        request.headers = asked.headers.map { HeaderLine(name: $0.name, value: $0.value) }
        if asked.body == true { request.body = .stream(try call.descriptor(0)) }
        if let limit = asked.limit {
            request.limits.bodyBytesMax = max(0, min(limit, request.limits.bodyBytesMax))
        }
        if let timeout = asked.timeout { request.limits.wholeMilliseconds = max(1, timeout) }
        if asked.redirect == .error || asked.redirect == .manual { request.redirectsMax = 0 }
        return request
    }
}

extension App.Network.RequestReply {
    init(_ head: ResponseHead) {
        self.init(
            status: head.status, url: head.url,
            headers: head.headers.map { App.Network.Header(name: $0.name, value: $0.value) },
            redirected: head.redirects > 0)
    }
}
