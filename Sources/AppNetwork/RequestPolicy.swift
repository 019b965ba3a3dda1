public import Manifest
public import YunCore

/// Where an app may send requests: a pure decision over its manifest and the class of the key behind its release.
public struct RequestPolicy: Sendable, Hashable {
    /// How far an admitted request may go.
    public enum Reach: Sendable {
        /// Addresses of the world, with TLS.
        case world
        /// A developer's own network too, private and loopback addresses, with or without TLS.
        case development
    }

    private let hosts: [HostPattern]
    private let developmentHosts: [DevelopmentHost]

    /// - Parameter isDevelopers: whether the installed release's signing class is `developer`; what the manifest says
    ///   of a developer's network counts for nothing otherwise (N-4).
    public init(_ manifest: Manifest, isDevelopers: Bool) {
        self.init(hosts: manifest.hosts, developmentHosts: isDevelopers ? manifest.developmentHosts : [])
    }

    init(hosts: [HostPattern], developmentHosts: [DevelopmentHost] = []) {
        self.hosts = hosts
        self.developmentHosts = developmentHosts
    }

    /// Lets a request to `url` through, or says why not. Redirects ask here again (N-1).
    public func admit(_ url: RequestURL) throws(Failure) -> Reach {
        guard Self.isHost(url.host) else { throw Self.undeclared(url.host) }
        if developmentHosts.contains(where: { $0.matches(url.host, port: url.port) }) { return .development }
        guard hosts.contains(where: { $0.matches(url.host) }) else { throw Self.undeclared(url.host) }
        guard url.scheme == .https else {
            throw Failure(
                .networkNotAllowed, "the request to \(url.host.escaped) would not be encrypted",
                hint:
                    "use https; plain http is for hosts of \"development\" in a release that a developer signed"
            )
        }
        guard url.port == url.scheme.port || url.port >= 1024 else {
            throw Failure(
                .networkNotAllowed, "port \(url.port) of \(url.host.escaped) is another service's",
                hint: "serve HTTP on port 443 or on one from 1024 on")
        }
        return .world
    }

    /// A pattern's star stands for labels, and for nothing else that a parser lets through in a host.
    private static func isHost(_ host: String) -> Bool {
        host.utf8.count <= 253
            && host.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy {
                !$0.isEmpty && $0.allSatisfy { $0.isDomainByte || $0 == UInt8(ascii: "_") }
            }
    }

    private static func undeclared(_ host: String) -> Failure {
        Failure(
            .networkNotAllowed, "the app does not declare the host \(host.escaped)",
            hint: "add it to \"network\": { \"hosts\": [ ... ] } in the manifest")
    }
}
