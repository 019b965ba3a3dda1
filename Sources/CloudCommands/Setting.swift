internal import ArgumentParser
internal import Foundation
internal import YunCore

/// All that can be set of a server, in one table: flags, environment, file, help and the manual come from it.
enum Setting: String, CaseIterable {
    case data
    case listen
    case certificate
    case key
    case selfSigned = "self-signed"
    case plainHTTP = "plain-http"
    case publicURL = "public-url"
    case metrics
    case logLevel = "log-level"
    case signUp = "sign-up"
    case mailServer = "mail-server"
    case mailUser = "mail-user"
    case mailPasswordFile = "mail-password-file"
    case mailFrom = "mail-from"
    case smsDomain = "sms-domain"
    case drainSeconds = "drain-seconds"
    case headSeconds = "head-seconds"
    case idleSeconds = "idle-seconds"
    case stallSeconds = "stall-seconds"
    case connections
    case connectionsPerAddress = "connections-per-address"

    /// The variable of the environment.
    var variable: String { "YCLOUD_" + rawValue.uppercased().replacing("-", with: "_") }

    /// Where nothing is said.
    var standard: String? {
        switch self {
        case .data, .certificate, .key, .publicURL: nil
        case .mailServer, .mailUser, .mailPasswordFile, .mailFrom, .smsDomain: nil
        case .signUp: "open"
        case .listen: "127.0.0.1:8443"
        case .selfSigned, .plainHTTP: "no"
        case .metrics: "local"
        case .logLevel: "info"
        case .drainSeconds: "0"
        case .headSeconds: "30"
        case .idleSeconds, .stallSeconds: "60"
        case .connections: "4096"
        case .connectionsPerAddress: "256"
        }
    }

    /// What it is given, as help shows it; `nil` for what is said or not.
    var valueName: String {
        switch self {
        case .data: "dir"
        case .listen: "host:port"
        case .certificate, .key, .mailPasswordFile: "file"
        case .signUp: "open|closed"
        case .mailServer: "url"
        case .mailUser: "name"
        case .mailFrom: "address"
        case .smsDomain: "domain"
        case .selfSigned, .plainHTTP: "yes|no"
        case .publicURL: "url"
        case .metrics: "local|all"
        case .logLevel: "level"
        case .drainSeconds, .headSeconds, .idleSeconds, .stallSeconds: "seconds"
        case .connections, .connectionsPerAddress: "count"
        }
    }

    private var abstract: String {
        switch self {
        case .data: "The directory of the database and the objects."
        case .listen: "Where to listen."
        case .certificate: "The certificates to show, the server's first, in PEM."
        case .key: "The certificate's key, in PEM."
        case .selfSigned: "Make a certificate once, keep it below the data, and print its fingerprint."
        case .plainHTTP: "Speak HTTP without TLS to other machines too, since a proxy in front does TLS."
        case .publicURL:
            "Under which address clients know the server, where it is not the one that it listens on."
        case .metrics: "Who may read /metrics: this machine, or all."
        case .logLevel: "The least that is logged: debug, info, notice, warning or error."
        case .signUp: "Who may make an account: all who get its message, or only 'ycloud admin'."
        case .mailServer:
            "Where messages go, as smtps://mail.example.com:465 or smtp://mail.example.com:587. Without one they are files in outbox below the data."
        case .mailUser: "The mail server's name for this server."
        case .mailPasswordFile: "A file whose first line is the password for it."
        case .mailFrom: "Whom mails come from."
        case .smsDomain: "Mails to NUMBER@DOMAIN become messages to phones."
        case .drainSeconds: "How long /readyz tells of the end before it comes."
        case .headSeconds: "Time for a new connection to send a request's head."
        case .idleSeconds: "Time for an answered connection to send the next one."
        case .stallSeconds: "Time without a byte of a body."
        case .connections: "Connections at a time."
        case .connectionsPerAddress: "Connections at a time from one address."
        }
    }

    /// A line of help.
    var help: ArgumentHelp {
        let ending = standard.map { " Else \($0)." } ?? ""
        return ArgumentHelp("\(abstract)\(ending)", valueName: valueName)
    }
}

extension Option where Value == String? {
    /// The flag of a setting.
    init(_ setting: Setting, completion: CompletionKind? = nil) {
        self.init(name: .customLong(setting.rawValue), help: setting.help, completion: completion)
    }
}

/// What was said of each setting, and where: a flag goes before the environment, and that before the file.
struct Settings {
    private var said: [Setting: (text: String, place: String)] = [:]

    init(flags: [Setting: String?], environment: [String: String], file path: String?) throws(Failure) {
        if let path { try read(path) }
        for setting in Setting.allCases {
            if let text = environment[setting.variable] { said[setting] = (text, setting.variable) }
            if let flag = flags[setting], let text = flag { said[setting] = (text, "--\(setting.rawValue)") }
        }
    }

    /// What is said of a setting, or the standard.
    subscript(_ setting: Setting) -> String? { said[setting]?.text ?? setting.standard }

    func isOn(_ setting: Setting) throws(Failure) -> Bool {
        switch self[setting] {
        case "yes": return true
        case "no": return false
        default: throw refusal(of: setting, "it is yes or no")
        }
    }

    func count(_ setting: Setting, _ range: ClosedRange<Int>) throws(Failure) -> Int {
        guard let text = self[setting], let number = Int(text), range.contains(number) else {
            throw refusal(of: setting, "it is a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// That a setting cannot be as it is.
    func refusal(of setting: Setting, _ hint: String) -> Failure {
        let (text, place) = said[setting] ?? ("", setting.rawValue)
        return Failure(.usage, "\(place) cannot be \(text.escaped)", hint: hint)
    }

    /// Lines of `name = value`; a misspelt one must not be as if it were not there.
    private mutating func read(_ path: String) throws(Failure) {
        let text: String
        do {
            text = try String(contentsOf: URL(filePath: path), encoding: .utf8)
        } catch { throw Failure(.inputUnreadable, "cannot read \(path.escaped)", hint: "look at --config") }
        for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let content = line.trimmingCharacters(in: .whitespaces)
            guard !content.isEmpty, !content.hasPrefix("#") else { continue }
            let place = "\(path.escaped), line \(number + 1)"
            guard let sign = content.firstIndex(of: "=") else {
                throw Failure(.usage, "\(place): not a setting", hint: "write it as: listen = 127.0.0.1:8443")
            }
            let name = content[..<sign].trimmingCharacters(in: .whitespaces)
            let value = content[content.index(after: sign)...].trimmingCharacters(in: .whitespaces)
            guard let setting = Setting(rawValue: name) else {
                throw Failure(
                    .usage, "\(place): there is no setting \(name.escaped)", hint: "see ycloud serve --help")
            }
            guard said[setting] == nil else {
                throw Failure(.usage, "\(place): \(name) is set twice", hint: "remove one of the lines")
            }
            said[setting] = (value, place)
        }
    }
}
