internal import Glibc
internal import YunCore

/// What the launcher answers to an observed call, and what it tells the developer.
struct DenialWords: Sendable {
    struct Outcome {
        /// 0 lets the call go on to the kernel's own walls.
        var errno: Int32
        var report: DenialReport?
    }

    private let plan: Plan
    private let files: FileView

    init(_ plan: Plan, host: HostNames) {
        self.plan = plan
        files = FileView(plan, host: host)
    }

    func outcome(of call: ObservedCall) -> Outcome {
        let name = SeccompPolicy.name(of: call.number)
        switch plan.policy.verdict(number: call.number, arguments: call.arguments) {
        case .allow: return Outcome(errno: 0)
        case .refuse(let error): return Outcome(errno: error)
        // The kernel asks nobody first.
        case .kill: return Outcome(errno: EPERM)
        case .deny(let error):
            let message = "system call \(name) denied: \(SystemCalls.reason(name))"
            return Outcome(errno: error, report: report(.systemCall, name, message, call))
        case .watchNetwork: return network(call, name)
        case .watchFiles: return Outcome(errno: 0, report: file(call, name))
        }
    }

    private func report(
        _ kind: DenialReport.Kind, _ name: String, _ message: String, _ call: ObservedCall
    ) -> DenialReport {
        DenialReport(kind: kind, call: name, message: message, process: call.process)
    }

    // MARK: Network

    private func network(_ call: ObservedCall, _ name: String) -> Outcome {
        let (pointer, length) = name == "sendto" ? (4, 5) : (1, 2)
        let size = Int(min(call.arguments[length] & 0xFFFF_FFFF, 128))
        let bytes = call.bytes(at: call.arguments[pointer], count: size)
        guard let address = SocketAddress(bytes) else { return Outcome(errno: 0) }
        switch address {
        case .unix(let path):
            // The mounts and Landlock's scope decide; only the words are ours.
            let message = path.flatMap {
                files.words(for: .init(verb: "connect to", path: $0))
            }
            return Outcome(errno: 0, report: message.map { report(.file, name, $0, call) })
        case .internet(let text, let port):
            let isLookup = port == 53 && name != "bind"
            let verb =
                isLookup
                ? "look up a host name at"
                : name == "bind" ? "bind to" : name == "sendto" ? "send to" : "connect to"
            let reason =
                name == "bind"
                ? "apps cannot be reached from the network"
                : plan.permissions.contains(.network)
                    ? "apps have no direct network; declared hosts are reached through the broker"
                    : "the manifest does not ask for NETWORK"
            return Outcome(
                errno: EACCES, report: report(.network, name, "\(verb) \(text) denied: \(reason)", call))
        }
    }

    // MARK: Files

    /// The first of the call's paths that is kept from the app. Paths relative to a directory start from what it has.
    private func file(_ call: ObservedCall, _ name: String) -> DenialReport? {
        guard let use = SystemCalls.pathUses[name] else { return nil }
        for argument in use.paths {
            guard let path = call.text(at: call.arguments[argument]), path.hasPrefix("/") else { continue }
            let intent = use.intent ?? (writes(call, name) ? .write : .read)
            let access = FileView.Access(verb: use.verb, path: path, intent: intent)
            if let words = files.words(for: access) { return report(.file, name, words, call) }
        }
        return nil
    }

    private func writes(_ call: ObservedCall, _ name: String) -> Bool {
        let flags: UInt64 =
            switch name {
            case "open": call.arguments[1]
            case "openat": call.arguments[2]
            // `struct open_how` begins with the flags.
            default: call.bytes(at: call.arguments[2], count: 8).reversed().reduce(0) { $0 << 8 | UInt64($1) }
            }
        return flags & UInt64(O_ACCMODE) != 0 || flags & UInt64(O_CREAT | O_TRUNC) != 0
    }
}

/// The part of `sockaddr` that a report names.
enum SocketAddress: Equatable {
    /// A path; `nil` for an abstract or unnamed one.
    case unix(String?)
    case internet(String, port: Int)

    init?(_ bytes: [UInt8]) {
        guard bytes.count >= 2 else { return nil }
        func port() -> Int { Int(bytes[2]) << 8 | Int(bytes[3]) }
        switch Int32(bytes[0]) | Int32(bytes[1]) << 8 {
        case AF_UNIX:
            let path = bytes.dropFirst(2).prefix { $0 != 0 }
            self = .unix(path.isEmpty ? nil : String(decoding: path, as: UTF8.self))
        case AF_INET where bytes.count >= 8:
            let host = bytes[4...7].map(String.init).joined(separator: ".")
            self = .internet("\(host):\(port())", port: port())
        case AF_INET6 where bytes.count >= 24:
            self = .internet("[\(Self.text(Array(bytes[8..<24])))]:\(port())", port: port())
        default: return nil
        }
    }

    /// RFC 5952 as far as a reader needs it: the longest run of zeros is `::`.
    private static func text(_ bytes: [UInt8]) -> String {
        let groups = stride(from: 0, to: 16, by: 2).map { UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]) }
        var best = 0..<0
        var start = 0
        for (index, group) in groups.enumerated() {
            if group != 0 { start = index + 1 }
            if index + 1 - start > max(1, best.count) { best = start..<(index + 1) }
        }
        func join(_ part: ArraySlice<UInt16>) -> String {
            part.map { String($0, radix: 16) }.joined(separator: ":")
        }
        return best.isEmpty
            ? join(groups[...]) : join(groups[..<best.lowerBound]) + "::" + join(groups[best.upperBound...])
    }
}
