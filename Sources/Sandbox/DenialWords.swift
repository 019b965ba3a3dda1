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

    init(_ plan: Plan) {
        self.plan = plan
        files = FileView(plan)
    }

    func outcome(of call: ObservedCall) -> Outcome {
        let name = SeccompPolicy.name(of: call.number)
        switch plan.policy.verdict(number: call.number, arguments: call.arguments) {
        case .allow: return Outcome(errno: 0)
        case .refuse(let error): return Outcome(errno: error)
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
                files.words(for: .init(verb: "connect to", path: $0), in: call.process)
            }
            return Outcome(errno: 0, report: message.map { report(.file, name, $0, call) })
        case .internet(let text):
            let verb = name == "bind" ? "bind to" : name == "sendto" ? "send to" : "connect to"
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

    private func file(_ call: ObservedCall, _ name: String) -> DenialReport? {
        guard let access = fileAccess(call, name) else { return nil }
        return files.words(for: access, in: call.process).map { report(.file, name, $0, call) }
    }

    private func fileAccess(_ call: ObservedCall, _ name: String) -> FileView.Access? {
        let arguments = call.arguments
        let isRelative = ["openat", "openat2", "execveat"].contains(name)
        // Paths relative to a directory start from what the app already has.
        guard let path = call.text(at: arguments[isRelative ? 1 : 0]), path.hasPrefix("/") else { return nil }
        var flags: UInt64 = 0
        switch name {
        case "open": flags = arguments[1]
        case "openat": flags = arguments[2]
        case "openat2":
            flags = call.bytes(at: arguments[2], count: 8).reversed().reduce(0) { $0 << 8 | UInt64($1) }
        case "creat": flags = UInt64(O_WRONLY | O_CREAT)
        default: return FileView.Access(verb: "execute", path: path, executes: true)
        }
        let writes = flags & UInt64(O_ACCMODE) != 0 || flags & UInt64(O_CREAT | O_TRUNC) != 0
        return FileView.Access(verb: "open", path: path, writes: writes)
    }
}

/// The part of `sockaddr` that a report names.
enum SocketAddress: Equatable {
    /// A path; `nil` for an abstract or unnamed one.
    case unix(String?)
    case internet(String)

    init?(_ bytes: [UInt8]) {
        guard bytes.count >= 2 else { return nil }
        func port() -> Int { Int(bytes[2]) << 8 | Int(bytes[3]) }
        switch Int32(bytes[0]) | Int32(bytes[1]) << 8 {
        case AF_UNIX:
            let path = bytes.dropFirst(2).prefix { $0 != 0 }
            self = .unix(path.isEmpty ? nil : String(decoding: path, as: UTF8.self))
        case AF_INET where bytes.count >= 8:
            self = .internet("\(bytes[4...7].map(String.init).joined(separator: ".")):\(port())")
        case AF_INET6 where bytes.count >= 24:
            self = .internet("[\(Self.text(Array(bytes[8..<24])))]:\(port())")
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
