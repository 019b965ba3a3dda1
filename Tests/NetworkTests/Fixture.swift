import CLinux
import Glibc
import Manifest
import Platform
import Support
import YunCore

@testable import Network

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

/// `server.py`, until the object goes.
final class WebServer {
    private let process: ChildProcess
    private let input: OwnedDescriptor
    private let certificates: Certificates?
    let port: Int

    init(_ certificate: Certificates.Name? = nil, arguments: [String] = []) throws {
        var input = try Pipe()
        var output = try Pipe()
        var all = ["/usr/bin/python3", "\(Checkout.path)/Tests/NetworkTests/server.py"] + arguments
        certificates = certificate == nil ? nil : try Certificates()
        if let certificate, let certificates {
            all += ["--tls", certificates.certificate(certificate), certificates.key]
        }
        let stdin = try input.takeReader()
        let stdout = try output.takeWriter()
        process = try ChildProcess(all, descriptors: [stdin.number, stdout.number, 2])
        _ = consume stdin
        _ = consume stdout
        self.input = try input.takeWriter()
        var line: [UInt8] = []
        let reader = try output.takeReader()
        while let byte = try reader.read(upTo: 1).first, byte != UInt8(ascii: "\n") { line.append(byte) }
        guard let port = Int(String(decoding: line, as: UTF8.self)) else {
            throw Failure(.unavailable, "server.py did not start")
        }
        self.port = port
    }

    deinit {
        _ = yun_signal_pidfd(process.handle.number, SIGKILL)
        _ = yun_wait_pidfd(process.handle.number)
    }
}

/// An authority of our own and what it says of servers, made once by openssl, in files of one test's own.
final class Certificates {
    enum Name: String, CaseIterable {
        /// For `a.test` and `*.b.test`.
        case good
        case expired, selfSigned
        /// From an authority that nobody trusts.
        case other
    }

    private static let made = Result { try make() }

    private let directory = try? TemporaryDirectory()
    var authority: String { path("authority.crt") }
    var key: String { path("server.key") }
    func certificate(_ name: Name) -> String { path("\(name.rawValue).crt") }
    private func path(_ name: String) -> String { directory?.path(name) ?? "" }

    init() throws {
        for (name, contents) in try Self.made.get() { try directory?.write(contents, to: name) }
    }

    private static func make() throws -> [String: [UInt8]] {
        let directory = try TemporaryDirectory()
        func openssl(_ arguments: String...) throws {
            let result = try Program("openssl").run(arguments, directory: directory.path)
            guard result.status == 0 else { throw Failure(.internalError, result.errors) }
        }
        let names = "subjectAltName=DNS:a.test,DNS:*.b.test,DNS:c.test,DNS:shop.example.com"
        for name in ["authority", "stranger"] {
            try openssl(
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                "-keyout",
                "\(name).key", "-out", "\(name).crt", "-days", "2", "-subj", "/CN=\(name)")
        }
        try openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", "server.key")
        try directory.write(names.utf8, to: "names")
        try openssl("req", "-new", "-key", "server.key", "-subj", "/CN=server", "-out", "server.csr")
        for (name, issuer, days) in [
            (Name.good, "authority", "2"), (.expired, "authority", "-1"), (.other, "stranger", "2"),
        ] {
            try openssl(
                "x509", "-req", "-in", "server.csr", "-CA", "\(issuer).crt", "-CAkey", "\(issuer).key",
                "-days", days,
                "-extfile", "names", "-out", "\(name.rawValue).crt")
        }
        try openssl(
            "req", "-x509", "-key", "server.key", "-subj", "/CN=server", "-addext", names, "-days", "2",
            "-out",
            "\(Name.selfSigned.rawValue).crt")
        let files = ["authority.crt", "server.key"] + Name.allCases.map { "\($0.rawValue).crt" }
        return Dictionary(uniqueKeysWithValues: try files.map { ($0, try directory.read($0)) })
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
