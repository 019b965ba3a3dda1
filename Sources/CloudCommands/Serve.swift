internal import ArgumentParser
internal import CloudMessages
internal import CloudServer
internal import Foundation
internal import Logging
internal import Platform
internal import YunCore

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serves until it is told to stop by SIGTERM or SIGINT; what has begun is finished.",
        discussion: """
            Every option can also be a line of the file, such as 'listen = 127.0.0.1:8443', and a variable of the environment, \
            such as YCLOUD_LISTEN. A flag goes before the environment, and that before the file. Without TLS it serves this \
            machine alone.
            """)

    @Option(help: ArgumentHelp("A file of settings.", valueName: "file"), completion: .file())
    var config: String?
    @Option(.data, completion: .directory) var data: String?
    @Option(.listen) var listen: String?
    @Option(.certificate, completion: .file()) var certificate: String?
    @Option(.key, completion: .file()) var key: String?
    @Flag(name: .customLong(Setting.selfSigned.rawValue), help: Setting.selfSigned.help) var selfSigned =
        false
    @Flag(name: .customLong(Setting.plainHTTP.rawValue), help: Setting.plainHTTP.help) var plainHTTP = false
    @Option(.publicURL) var publicURL: String?
    @Option(.metrics) var metrics: String?
    @Option(.logLevel) var logLevel: String?
    @Option(.signUp) var signUp: String?
    @Option(.mailServer) var mailServer: String?
    @Option(.mailUser) var mailUser: String?
    @Option(.mailPasswordFile, completion: .file()) var mailPasswordFile: String?
    @Option(.mailFrom) var mailFrom: String?
    @Option(.smsDomain) var smsDomain: String?
    @Option(.drainSeconds) var drainSeconds: String?
    @Option(.headSeconds) var headSeconds: String?
    @Option(.idleSeconds) var idleSeconds: String?
    @Option(.stallSeconds) var stallSeconds: String?
    @Option(.connections) var connections: String?
    @Option(.connectionsPerAddress) var connectionsPerAddress: String?

    private var flags: [Setting: String?] {
        [
            .data: data, .listen: listen, .certificate: certificate, .key: key,
            .selfSigned: selfSigned ? "yes" : nil,
            .plainHTTP: plainHTTP ? "yes" : nil, .publicURL: publicURL, .metrics: metrics,
            .logLevel: logLevel,
            .signUp: signUp, .mailServer: mailServer, .mailUser: mailUser,
            .mailPasswordFile: mailPasswordFile,
            .mailFrom: mailFrom, .smsDomain: smsDomain, .drainSeconds: drainSeconds,
            .headSeconds: headSeconds, .idleSeconds: idleSeconds, .stallSeconds: stallSeconds,
            .connections: connections, .connectionsPerAddress: connectionsPerAddress,
        ]
    }

    func run() async throws {
        let environment = CurrentProcess.environment
        let said = try Settings(
            flags: flags, environment: environment, file: config ?? environment["YCLOUD_CONFIG"])
        let data = try DataDirectory(said[.data])
        let level = try said.logLevel
        var settings = try said.server
        CurrentProcess.raiseDescriptorLimit()
        settings.identity = try said.identity(for: settings.host, data)
        let (database, objects) = try data.open()
        let application = try CloudApplication(
            database: database, objects: objects, carrier: try said.carrier(data), settings: settings,
            clock: SystemClock.now)
        let logger = Logger(label: "ycloud") { _ in
            var log = JSONLog(clock: SystemClock.now)
            log.logLevel = level
            return log
        }
        let name = settings.host.contains(":") ? "[\(settings.host)]" : settings.host
        let identity = settings.identity
        let publicURL = settings.publicURL
        let isSelfSigned = try said.isOn(.selfSigned)
        let ticket = try await application.setupTicket()
        try await application.run(logger: logger) { port in
            let url = "\(identity == nil ? "http" : "https")://\(name):\(port)"
            var text = "\(url)\n"
            if isSelfSigned, let identity { text += "certificate SHA-256 \(identity.fingerprint)\n" }
            if let ticket {
                let place = "\(publicURL ?? url)/setup?ticket=\(ticket)"
                text += "nobody has an account yet; make the first: \(place)\n"
            }
            FileHandle.standardOutput.write(Data(text.utf8))
        }
    }
}

extension Settings {
    /// What of it the server is told.
    fileprivate var server: ServerSettings {
        get throws(Failure) {
            let (host, port) = try address
            var settings = ServerSettings(host: host, port: port)
            switch self[.metrics] {
            case "local": settings.metricsAreOpen = false
            case "all": settings.metricsAreOpen = true
            default: throw refusal(of: .metrics, "it is local or all")
            }
            settings.publicURL = try publicURL
            switch self[.signUp] {
            case "open": settings.isSignUpOpen = true
            case "closed": settings.isSignUpOpen = false
            default: throw refusal(of: .signUp, "it is open or closed")
            }
            settings.drainSeconds = try count(.drainSeconds, 0...3600)
            settings.limits.headSeconds = try count(.headSeconds, 1...3600)
            settings.limits.idleSeconds = try count(.idleSeconds, 1...3600)
            settings.limits.stallSeconds = try count(.stallSeconds, 1...3600)
            settings.limits.connectionsMax = try count(.connections, 1...1_000_000)
            settings.limits.connectionsPerAddressMax = try count(.connectionsPerAddress, 1...1_000_000)
            return settings
        }
    }

    /// The way that messages go out by.
    fileprivate func carrier(_ data: DataDirectory) throws(Failure) -> any MessageCarrier {
        guard let url = self[.mailServer] else {
            for setting in [Setting.mailUser, .mailPasswordFile, .mailFrom, .smsDomain]
            where self[setting] != nil {
                throw refusal(of: setting, "say which --mail-server it is for")
            }
            return FileOutbox(path: data.path + "/outbox")
        }
        guard let sender = self[.mailFrom] else {
            throw Failure(.usage, "mails would come from nobody", hint: "give --mail-from yun@example.com")
        }
        var password: String?
        if let path = self[.mailPasswordFile] {
            let text = try OwnedDescriptor.open(path, .read).readToEnd(limit: 4096, describedAs: path)
            password = String(decoding: text.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
        }
        return try MailServer(
            url: url, user: self[.mailUser], password: password, sender: sender, phoneDomain: self[.smsDomain]
        )
    }

    fileprivate var logLevel: Logger.Level {
        get throws(Failure) {
            guard let level = self[.logLevel].flatMap({ Logger.Level(rawValue: $0) }), level >= .debug else {
                throw refusal(of: .logLevel, "it is debug, info, notice, warning or error")
            }
            return level
        }
    }

    /// The certificate to show; `nil` for plain HTTP, which only this machine gets unless a proxy stands in front.
    fileprivate func identity(for host: String, _ data: DataDirectory) throws -> TLSIdentity? {
        let isSelfSigned = try isOn(.selfSigned)
        switch (self[.certificate], self[.key]) {
        case (let certificate?, let key?) where !isSelfSigned:
            return try TLSIdentity(certificatePath: certificate, keyPath: key)
        case (nil, nil) where isSelfSigned:
            return try TLSIdentity.selfSigned(in: data.path + "/tls", host: host)
        case (nil, nil):
            guard try isOn(.plainHTTP) || host == "localhost" || host == "::1" || host.hasPrefix("127.")
            else {
                throw Failure(
                    .usage, "passwords would cross the network in the clear on \(host.escaped)",
                    hint:
                        "give --certificate and --key, or --self-signed, or --plain-http behind a proxy that does TLS"
                )
            }
            return nil
        default:
            throw Failure(
                .usage, "it is not clear which certificate to show",
                hint: "give --certificate and --key together, or --self-signed alone")
        }
    }

    /// An origin: what stands behind it would stand before every path of ours.
    private var publicURL: String? {
        get throws(Failure) {
            guard let text = self[.publicURL] else { return nil }
            let parts = text.components(separatedBy: "://")
            guard parts.count == 2, ["http", "https"].contains(parts[0]), !parts[1].isEmpty,
                parts[1].utf8.allSatisfy({ $0.isOfHost })
            else {
                throw refusal(of: .publicURL, "write it as https://cloud.example.com, with nothing behind it")
            }
            return text
        }
    }

    private var address: (host: String, port: Int) {
        get throws(Failure) {
            let text = self[.listen] ?? ""
            guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
                (0...65535).contains(port), colon != text.startIndex
            else { throw refusal(of: .listen, "write it as 127.0.0.1:8443") }
            let host = text[..<colon]
            guard host.hasPrefix("["), host.hasSuffix("]") else { return (String(host), port) }
            return (String(host.dropFirst().dropLast()), port)
        }
    }
}

extension UInt8 {
    /// Small letters, digits and what else stands in a host with its port.
    fileprivate var isOfHost: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: Array("-.:[]".utf8).contains(self)
        }
    }
}
