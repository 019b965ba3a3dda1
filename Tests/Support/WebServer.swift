internal import Glibc
internal import Platform
internal import YunCore

/// `Tests/AppNetworkTests/server.py` on the loopback address, until the object goes.
public final class WebServer {
    private let process: ChildProcess
    /// The server ends with it.
    private let input: OwnedDescriptor
    private let certificates: Certificates?
    /// Where it listens.
    public let port: Int

    /// - Parameter certificate: for TLS; `nil` for none.
    public init(_ certificate: Certificates.Name? = nil, arguments: [String] = []) throws {
        let input = try Pipe()
        let output = try Pipe()
        var all = ["/usr/bin/python3", "\(Checkout.path)/Tests/AppNetworkTests/server.py"] + arguments
        certificates = certificate == nil ? nil : try Certificates()
        if let certificate, let certificates {
            all += ["--tls", certificates.certificate(certificate), certificates.key]
        }
        process = try ChildProcess(all, descriptors: [input.reading.number, output.writing.number, 2])
        self.input = input.closingReadingEnd()
        let reader = output.closingWritingEnd()
        var line: [UInt8] = []
        while let byte = try reader.read(upTo: 1).first, byte != UInt8(ascii: "\n") { line.append(byte) }
        guard let port = Int(String(decoding: line, as: UTF8.self)) else {
            throw Failure(.unavailable, "server.py did not start")
        }
        self.port = port
    }

    deinit {
        do throws(Failure) {
            try process.signal(SIGKILL)
            _ = try process.wait()
        } catch { print("a test's server does not end: \(error)") }
    }
}

/// An authority of our own and what it says of servers, made once by openssl, in files of one test's own.
public final class Certificates {
    /// The server's certificates; all with one key.
    public enum Name: String, CaseIterable, Sendable {
        /// For `a.test` and `*.b.test`.
        case good
        /// Was right yesterday.
        case expired
        /// Vouches for itself.
        case selfSigned
        /// From an authority that nobody trusts.
        case other
    }

    private static let made = Result { try make() }

    private let directory = try? TemporaryDirectory()
    /// The authority's certificate.
    public var authority: String { path("authority.crt") }
    /// The server's secret key.
    public var key: String { path("server.key") }
    /// One of the server's certificates.
    public func certificate(_ name: Name) -> String { path("\(name.rawValue).crt") }
    private func path(_ name: String) -> String { directory?.path(name) ?? "" }

    /// Copies of what is made once in a process.
    public init() throws {
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
