import CLinux
import Glibc
import PageManagerInterface
import Platform
import Synchronization
import Varlink
import YunCore

/// The network as the fake broker's page manager would reach it: what comes depends on the path.
extension FakeBroker {
    static let bigBytes = 8 << 20
    static let hugeBytes = 128 << 20

    var request: Method<Int32> {
        Method(App.Network.request) { [self] request, exchange throws(Failure) in
            let path = request.url.replacing("https://api.example.com", with: "")
            note("\(request.method) \(path)")
            var reply = App.Network.RequestReply(
                status: 200, url: request.url,
                headers: [.init(name: "Content-Type", value: "text/plain")],
                redirected: false)
            switch path {
            case "/text": try answer(exchange, reply, Array("你好, network".utf8))
            case "/echo": try answer(exchange, reply, echo(request, exchange))
            case "/missing":
                reply.status = 404
                try answer(exchange, reply, Array("nothing here".utf8))
            case "/empty":
                reply.status = 204
                try answer(exchange, reply, [])
            case "/moved":
                reply.url = "https://api.example.com/there"
                reply.redirected = true
                reply.headers?.append(.init(name: "Yun-Failure", value: "forged"))
                try answer(exchange, reply, Array("there".utf8))
            case "/odd":
                reply.status = 999
                reply.headers = [
                    .init(name: "X-A", value: "1"), .init(name: "X-A", value: "2"),
                    .init(name: "", value: "x"), .init(name: "X-Evil", value: "a\r\nX-Injected: b"),
                    .init(name: "Set-Cookie", value: "a=b"),
                    .init(name: "Yun-Url", value: "forged"),
                ]
                try answer(exchange, reply, Array("odd".utf8))
            case "/see":
                reply.status = 302
                reply.headers = [.init(name: "Location", value: "https://api.example.com/text")]
                try answer(exchange, reply, [])
            case "/head":
                reply.headers = [.init(name: "Content-Length", value: "1000000")]
                try answer(exchange, reply, [])
            case "/script.js":
                reply.headers = [.init(name: "Content-Type", value: "text/javascript")]
                try answer(exchange, reply, Array("console.log('ran')".utf8))
            case "/big":
                let piece = [UInt8]((0..<65536).map { UInt8(truncatingIfNeeded: $0 / 256) })
                try stream(exchange, reply, (0..<(Self.bigBytes / piece.count)).map { _ in piece })
            case "/huge":
                let input = try head(exchange, reply)
                for _ in 0..<(Self.hugeBytes >> 16) {
                    try input.descriptor.write([UInt8](repeating: 1, count: 1 << 16))
                    state.withLock { $0.bodyBytes += 1 << 16 }
                }
            case "/broken":
                try stream(exchange, reply, [Array("half of it".utf8)])
                throw Failure(.inputOutput, "the connection broke")
            case "/endless":
                try endless(exchange, reply)
            case "/slow":
                _ = yun_wait_readable(exchange.hangupDescriptor, -1)
                note("hung up \(path)")
            default: throw Failure(.notAllowed, "the manifest does not declare this host", hint: "declare it")
            }
            return .init(received: 1, sent: 1)
        }
    }

    private func answer(_ exchange: Exchange<Int32>, _ reply: App.Network.RequestReply, _ bytes: [UInt8])
        throws(Failure)
    {
        try stream(exchange, reply, [bytes])
    }

    /// The head with a pipe, then the body.
    private func stream(_ exchange: Exchange<Int32>, _ reply: App.Network.RequestReply, _ pieces: [[UInt8]])
        throws(Failure)
    {
        let input = try head(exchange, reply)
        for piece in pieces where !piece.isEmpty { try input.descriptor.write(piece) }
    }

    private func head(_ exchange: Exchange<Int32>, _ reply: App.Network.RequestReply) throws(Failure)
        -> SharedDescriptor
    {
        var ends: [Int32] = [-1, -1]
        guard unsafe yun_pipe(&ends) == 0 else { throw .system("cannot make a pipe") }
        let output = OwnedDescriptor(owning: ends[0])
        let input = SharedDescriptor(OwnedDescriptor(owning: ends[1]))
        try exchange.reply(reply, descriptors: [output.number], continues: true)
        return input
    }

    private func endless(_ exchange: Exchange<Int32>, _ reply: App.Network.RequestReply) throws(Failure) {
        let input = try head(exchange, reply)
        do throws(Failure) {
            while true {
                try input.descriptor.write([UInt8](repeating: 46, count: 4096))
                usleep(5000)
            }
        } catch {
            note("closed /endless")
            throw error
        }
    }

    private func echo(_ request: App.Network.RequestParameters, _ exchange: Exchange<Int32>) throws(Failure)
        -> [UInt8]
    {
        var body: [UInt8] = []
        if request.body == true {
            body = try exchange.descriptor(0).descriptor.readToEnd(limit: 64 << 20, describedAs: "body")
        }
        let headers = request.headers.map { "\($0.name)=\($0.value)" }.sorted().joined(separator: "&")
        let sum = body.reduce(0) { ($0 &* 31 &+ Int($1)) & 0xFFFF_FFFF }
        return Array(
            "\(request.method) \(headers) \(request.redirect?.rawValue ?? "-") \(body.count) \(sum)".utf8)
    }
}
