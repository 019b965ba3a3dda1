import CLinux
import Glibc
import Manifest
import Platform
import Support
import YunCore

@testable import AppNetwork

/// Both ends of a pipe.
struct Pipe: ~Copyable {
    var reader: OwnedDescriptor?
    var writer: OwnedDescriptor?

    init() throws {
        var pair: [Int32] = [-1, -1]
        guard unsafe yun_pipe(&pair) == 0 else { throw Failure.system("cannot make a pipe") }
        reader = OwnedDescriptor(owning: pair[0])
        writer = OwnedDescriptor(owning: pair[1])
    }

    /// Gives one end away.
    mutating func takeReader() throws -> OwnedDescriptor {
        guard let end = reader.take() else { throw Failure(.internalError, "the reader was taken") }
        return end
    }

    /// Gives one end away.
    mutating func takeWriter() throws -> OwnedDescriptor {
        guard let end = writer.take() else { throw Failure(.internalError, "the writer was taken") }
        return end
    }
}

/// What a request brought.
struct Fetched {
    var head: ResponseHead?
    var body: [UInt8]
    var end: TransferEnd

    var text: String { String(decoding: body, as: UTF8.self) }
    var code: FailureCode? { end.failure?.code }
}

/// A client whose apps may reach this machine under names of their own.
struct World {
    static let app = (try? Domain("notes.example.com")) ?? { preconditionFailure() }()
    let client: NetworkClient
    var policy: RequestPolicy
    private let certificates: Certificates

    /// Names of the test domain lead to this machine, at the ports of these servers.
    init(
        _ servers: WebServer..., answers: [String] = [], trust: ServerTrust? = nil,
        hosts: [String] = [], development: [String] = ["*.test"],
        meter: @escaping NetworkClient.Meter = { _, _, _ in }
    ) throws {
        certificates = try Certificates()
        let names = ["a.test", "c.test", "x.b.test", "wrong.test"]
        let all = servers.flatMap { server in names.map { "\($0):\(server.port):127.0.0.1" } }
        client = NetworkClient(
            trust: trust ?? .authorities(certificates.authority), answers: all + answers,
            meter: meter)
        policy = RequestPolicy(
            hosts: try hosts.map { try HostPattern($0) },
            developmentHosts: try development.map { try DevelopmentHost($0) })
    }

    func start(_ request: NetworkRequest, for app: Domain = app) throws -> Running {
        var pipe = try Pipe()
        let transfer = try client.start(request, for: app, under: policy, output: try pipe.takeWriter())
        return Running(transfer: transfer, reader: try pipe.takeReader())
    }

    /// Runs a request to its end.
    func fetch(
        _ url: String, for app: Domain = app, _ change: (inout NetworkRequest) throws -> Void = { _ in }
    ) throws -> Fetched {
        var request = NetworkRequest(url: url)
        try change(&request)
        return try start(request, for: app).finish()
    }
}

/// A transfer and the end of the pipe that its body comes out of.
struct Running: ~Copyable {
    let transfer: Transfer
    let reader: OwnedDescriptor

    /// Reads to the end of the body, which is that of the transfer, however it ends.
    func finish() throws -> Fetched {
        let body = try reader.readToEnd(limit: 1 << 28, describedAs: "the body")
        return Fetched.rest(of: transfer, body: body)
    }
}

extension Fetched {
    static func rest(of transfer: Transfer, body: [UInt8]) -> Fetched {
        var head: ResponseHead?
        while true {
            switch transfer.next() {
            case .head(let arrived): head = arrived
            case .end(let end): return Fetched(head: head, body: body, end: end)
            }
        }
    }
}
