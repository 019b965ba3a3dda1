internal import Manifest
internal import Platform
public import YunCore

/// The address of a server of the owner's: `https://HOST`, or plain `http` to this machine for whoever tries it out.
public struct ServerAddress: Sendable, Hashable, CustomStringConvertible {
    /// One spelling for each server, without a slash at its end.
    public let description: String
    let host: DevelopmentHost

    /// Fails with what is to be written instead.
    public init(_ text: String) throws(Failure) {
        let shown = text.abbreviated(to: 200).escaped
        let url: RequestURL
        do throws(Failure) {
            url = try RequestURL(text)
        } catch { throw Self.malformed(shown) }
        let port = url.port == url.scheme.port ? "" : ":\(url.port)"
        description = "\(url.scheme)://\(url.host)\(port)"
        // A path, a query or a fragment would be lost without a word.
        guard [description, description + "/"].contains(text.asciiLowercased) else {
            throw Self.malformed(shown)
        }
        guard url.scheme == .https || ["127.0.0.1", "localhost"].contains(url.host) else {
            throw Failure(
                .networkNotAllowed, "\(shown) would be asked without encryption",
                hint: "use https://\(url.host)")
        }
        do throws(Failure) {
            host = try DevelopmentHost("\(url.host):\(url.port)")
        } catch { throw Self.malformed(shown) }
    }

    private static func malformed(_ shown: String) -> Failure {
        Failure(
            .usage, "\(shown) is not the address of a server",
            hint: "write it as https://cloud.example.com, in small letters and without a path")
    }
}

/// What a server has answered.
public struct ServerAnswer: Sendable {
    /// Three digits.
    public let status: Int
    /// 64 KiB at most.
    public let body: [UInt8]
}

/// The system's own requests to servers of the owner's, each waited for. TLS is verified as for apps, nothing is
/// redirected, and size and time have bounds. Unlike an app's, a server may stand in the owner's own network.
public final class ServerClient: Sendable {
    private static let bodyBytesMax = 64 << 10

    private let network: NetworkClient
    private let caller: Domain

    /// A client that trusts whom the system trusts.
    public convenience init() throws(Failure) { try self.init(NetworkClient()) }

    init(_ network: NetworkClient) throws(Failure) {
        self.network = network
        // Connections are kept by name, and no app's are here.
        caller = try Domain("account.yunos.com")
    }

    /// Sends a form.
    /// - Parameter path: begins with a slash.
    public func post(_ form: [(name: String, value: String)], to path: String, at server: ServerAddress)
        throws(Failure) -> ServerAnswer
    {
        var request = NetworkRequest(url: server.description + path)
        request.method = try RequestMethod("POST")
        request.headers = [
            HeaderLine(name: "Content-Type", value: "application/x-www-form-urlencoded")
        ]
        request.body = .bytes(
            Array(form.map { "\($0.name)=\(Self.escaped($0.value))" }.joined(separator: "&").utf8))
        return try send(request, to: server)
    }

    /// Fetches what a token opens.
    public func get(_ path: String, at server: ServerAddress, token: String) throws(Failure) -> ServerAnswer {
        var request = NetworkRequest(url: server.description + path)
        request.headers = [HeaderLine(name: "Authorization", value: "Bearer \(token)")]
        return try send(request, to: server)
    }

    /// Ends all requests.
    public func close() { network.close() }

    private func send(_ asked: NetworkRequest, to server: ServerAddress) throws(Failure) -> ServerAnswer {
        var request = asked
        request.headers.append(HeaderLine(name: "Accept", value: "application/json"))
        request.redirectsMax = 0
        request.limits.connectMilliseconds = 15_000
        request.limits.idleMilliseconds = 30_000
        request.limits.wholeMilliseconds = 60_000
        request.limits.bodyBytesMax = Self.bodyBytesMax
        let pipe = try Pipe()
        let transfer = try network.start(
            request, for: caller, under: RequestPolicy(hosts: [], developmentHosts: [server.host]),
            output: pipe.writing.duplicate())
        defer { transfer.cancel() }
        let body = try pipe.closingWritingEnd().readToEnd(
            limit: Self.bodyBytesMax, describedAs: "the answer of \(server)")
        var status = 0
        while true {
            switch transfer.next() {
            case .head(let head): status = head.status
            case .end(let end):
                if let failure = end.failure { throw failure }
                return ServerAnswer(status: status, body: body)
            }
        }
    }

    private static func escaped(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            let isPlain =
                byte.isDomainByte || byte.isUppercaseLetter || byte == UInt8(ascii: ".")
                || byte == UInt8(ascii: "_")
            if isPlain {
                bytes.append(byte)
            } else {
                bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
