internal import Platform
internal import Varlink
internal import YunCore

/// What pages ask for below `page://DOMAIN/.yun/`: their own files and the network, both through the broker. Bodies go
/// as descriptors from and to the broker. Belongs to GTK's thread.
final class Gateway {
    private let broker: Broker?
    private let reporter: Reporter
    /// Requests to the network under way: by page, and by the names that it gave them.
    fileprivate var requests: [UInt: [String: Transfer]] = [:]
    private var transfersCount = 0
    static let transfersMax = 64

    init(broker: Broker?, reporter: Reporter) {
        self.broker = broker
        self.reporter = reporter
    }

    /// - Parameter path: below `.yun/`, decoded.
    func serve(_ request: SchemeRequest, _ path: String) {
        let slash = path.utf8.firstIndex(of: UInt8(ascii: "/")) ?? path.endIndex
        let name = String(path[slash...].dropFirst())
        do throws(Failure) {
            guard let broker else {
                throw Failure(.unavailable, "there is no page manager here", hint: "run the app with ypkg")
            }
            guard transfersCount < Self.transfersMax else {
                throw Failure(
                    .pageBusy, "\(Self.transfersMax) requests of the app wait already",
                    hint: "wait for answers first")
            }
            switch (path[..<slash], request.method) {
            case ("file", "GET"), ("file", "HEAD"): try read(name, request, broker)
            case ("file", "POST"): try write(name, request, broker)
            case ("fetch", "GET"), ("fetch", "POST"): try fetch(name, request, broker)
            default: throw Failure(.notAllowed, "this may not be loaded")
            }
        } catch {
            refuse(request, error)
        }
    }

    /// What the bridge makes an error of again; pictures and the like that a page names itself are just not there.
    func refuse(_ request: SchemeRequest, _ failure: Failure) {
        let headers = [("Content-Type", "application/json"), (Self.failureHeader, failure.code.rawValue)]
        request.answer(
            status: failure.code == .fileUnknown ? 404 : 403, headers: responseHeaders + headers,
            text: failure.reply)
    }

    private static let failureHeader = "Yun-Failure"
    private static let addressHeader = "Yun-Url"

    /// Has `transfer` made on a lane, and `then` called with its head here.
    private func start<Head: Decodable & Sendable>(
        _ transfer: Transfer, _ head: Head.Type, _ request: SchemeRequest, _ broker: Broker,
        ended: @escaping () -> Void = {},
        then: @escaping (TransferHead<Head>) throws(Failure) -> Void
    ) {
        transfersCount += 1
        let begun = MainLoopTask<Result<TransferHead<Head>, Failure>> { [self] result in
            do throws(Failure) { try then(result.get()) } catch { refuse(request, error) }
        }
        let ended = MainLoopTask<Void> { [self] in
            transfersCount -= 1
            ended()
        }
        broker.transfer { channel in
            defer { ended.finish(()) }
            return transfer.run(channel, head, begun)
        }
    }
}

// MARK: Files

extension Gateway {
    private struct Path: Encodable {
        let path: String
    }

    private struct FileSize: Decodable, Sendable {
        let size: Int
    }

    private func read(_ path: String, _ request: SchemeRequest, _ broker: Broker) throws(Failure) {
        let transfer = try Transfer("com.yunos.storage.ReadFile", json: Varlink.json(Path(path: path)))
        start(transfer, FileSize.self, request, broker) { head throws(Failure) in
            guard let body = head.body else { throw Failure(.unavailable, "the page manager gives no file") }
            request.answer(
                status: 200, headers: responseHeaders + [("Content-Type", Self.dataType(ofPath: path))],
                body: try body.descriptor.duplicate(), sizeBytes: head.parameters.size)
        }
    }

    private func write(_ path: String, _ request: SchemeRequest, _ broker: Broker) throws(Failure) {
        // Without a body the file becomes empty.
        var body = try request.body()
        if body == nil { body = SharedDescriptor(try OwnedDescriptor.memoryFile("empty")) }
        let transfer = try Transfer(
            "com.yunos.storage.WriteFile", json: Varlink.json(Path(path: path)), body: body)
        start(transfer, FileSize.self, request, broker) { head throws(Failure) in
            request.answer(
                status: 200, headers: responseHeaders + [("Content-Type", "application/json")],
                text: Array(#"{"parameters":{"size":\#(head.parameters.size)}}"#.utf8))
        }
    }

    /// Pictures, sounds, films and fonts can be shown as they are; everything else is only data. What an app stores
    /// must not run: it may come from anywhere, and only the package is signed.
    private static func dataType(ofPath path: String) -> String {
        let type = mediaType(ofPath: path)
        let isShown = ["image/", "audio/", "video/", "font/"].contains { type.hasPrefix($0) }
        return isShown ? type : "application/octet-stream"
    }
}

// MARK: Network

extension Gateway {
    private struct NetworkHead: Decodable, Sendable {
        struct Header: Decodable, Sendable {
            let name: String
            let value: String

            /// The engine complains of what is no header, and those that the bridge goes by are the host's.
            var isPassedOn: Bool {
                !name.isEmpty && !name.lowercased().hasPrefix("yun-")
                    && !(name + value).utf8.contains { $0 == 0 || $0 == 10 || $0 == 13 }
            }
        }
        let status: Int?
        let url: String?
        let headers: [Header]?
        let redirected: Bool?
    }

    private func fetch(_ name: String, _ request: SchemeRequest, _ broker: Broker) throws(Failure) {
        // Only a script can set it, so nothing of the network is ever shown or run by being named in a page.
        guard let header = request.header("Yun-Request") else {
            throw Failure(.notAllowed, "this may not be loaded")
        }
        let transfer = try Transfer(
            "com.yunos.network.Request", json: Array(header.utf8), body: try request.body(), relaysBody: true)
        let page = request.page
        requests[page, default: [:]][name] = transfer
        let ended = { [self] in
            // A page may have used the name again.
            if requests[page]?[name] === transfer { requests[page]?[name] = nil }
            if requests[page]?.isEmpty == true { requests[page] = nil }
        }
        start(transfer, NetworkHead.self, request, broker, ended: ended) { head throws(Failure) in
            guard let status = head.parameters.status, let body = head.body else {
                throw Failure(.unavailable, "the page manager gives no answer")
            }
            var headers = (head.parameters.headers ?? []).filter(\.isPassedOn).map { ($0.name, $0.value) }
            if head.parameters.redirected == true, let url = head.parameters.url {
                headers.append((Self.addressHeader, url))
            }
            request.answer(status: status, headers: headers, body: try body.descriptor.duplicate())
        }
    }
}

/// The requests of one page to the network, by the names that it gives them.
struct PageRequests {
    let gateway: Gateway
    /// Of its view.
    let page: UInt

    /// The page has read more of the body that it asked for.
    func read(_ bytes: Int, of name: String) { gateway.requests[page]?[name]?.read(bytes: bytes) }

    /// Gives up a request, or all of them.
    func cancel(_ name: String?) {
        let own = gateway.requests[page] ?? [:]
        for (other, transfer) in own where name == nil || name == other { transfer.cancel() }
    }
}
