internal import CLinux
internal import Glibc
internal import Launcher
internal import Lifecycle
internal import Platform
internal import Store
internal import Varlink
internal import YunCore

/// What the page manager knows of whoever calls through an app's socket. None of it comes from the caller.
struct AppCaller: Sendable {
    let manager: PageManager
    let services: AppServices
    let sandbox: SandboxNumber
    let events: Inbox<Delivery>

    var domain: Domain { services.package.app.domain }
}

/// The one door out of a sandbox: a socket of its own, mounted into it as `/run/broker`.
final class BrokerEndpoint: Sendable {
    /// At once; a call that goes on, such as a request over the network, has a connection of its own.
    private static let connectionsMax = 32

    /// For whoever watches in the sandbox; kept until somebody does.
    let events: Inbox<Delivery>
    /// The outer process of the sandbox, once it is known.
    let monitor: Promise<Int32>
    /// The socket's place.
    let path: String
    private let directory: AnchoredDirectory
    private let name: String
    private let server: Server<AppCaller>

    /// - Parameter userID: who may connect; under root the app's own user.
    init(_ sandbox: SandboxNumber, of services: AppServices, userID: UInt32, manager: PageManager)
        throws(Failure)
    {
        events = try Inbox()
        monitor = try Promise()
        directory = manager.sockets.directory
        name = "\(sandbox)"
        path = directory.path(of: name)
        let listener = try manager.sockets.take(as: name)
        if userID != geteuid() { try directory.setOwner(userID, of: name) }
        let caller = AppCaller(manager: manager, services: services, sandbox: sandbox, events: events)
        let monitor = monitor
        var limits = ChannelLimits()
        limits.longMessages = services.longMessages
        limits.isExcused = { [stall = limits.stallMilliseconds] in services.wasFrozen(within: stall) }
        server = Server(
            listener, manager.broker, places: [try Places(Self.connectionsMax), services.connections],
            limits: limits
        ) { socket throws(Failure) in
            guard try Self.isFrom(monitor.wait() ?? 0, socket, userID) else {
                throw Failure(.notAllowed, "who calls is not in the sandbox of \(caller.domain)")
            }
            return caller
        }
    }

    /// Begins to answer. Whoever calls before waits; the kernel keeps him.
    func start() throws(Failure) { try server.start() }

    /// Whether the peer is the app's user and descends from the sandbox's monitor, so lives in this sandbox: a path that
    /// leaks, or a descriptor that is passed on, lets nobody else in.
    private static func isFrom(_ monitor: Int32, _ socket: StreamSocket, _ userID: UInt32) throws(Failure)
        -> Bool
    {
        let peer = try socket.peer()
        // Holds the process's number for as long as the ancestors are read.
        let handle = socket.peerHandle()
        guard peer.userID == userID, peer.processID > 0, monitor > 0 else { return false }
        var process = peer.processID
        for _ in 0..<1000 where process > 1 {
            guard let parent = try parent(of: process) else { return false }
            if parent == monitor { return handle.map { isAlive($0) } ?? true }
            process = parent
        }
        return false
    }

    private static func isAlive(_ handle: SharedDescriptor) -> Bool {
        yun_signal_pidfd(handle.number, 0) == 0
    }

    /// The fourth field of `stat`, behind the name in parentheses, which may itself hold anything.
    private static func parent(of process: Int32) throws(Failure) -> Int32? {
        let path = "/proc/\(process)/stat"
        let bytes: [UInt8]
        do throws(Failure) {
            bytes = try OwnedDescriptor.open(path, .read).readToEnd(limit: 4096, describedAs: path)
        } catch { return nil }
        guard let end = bytes.lastIndex(of: UInt8(ascii: ")")) else { return nil }
        let fields = bytes[(end + 1)...].split(separator: UInt8(ascii: " "))
        return fields.count > 1 ? Int32(String(decoding: fields[1], as: UTF8.self)) : nil
    }

    /// Hangs up on everybody.
    func close() {
        // Whoever still waits to be let in is not.
        monitor.keep(0)
        server.stop()
        do throws(Failure) {
            try directory.remove(name)
        } catch {
            // Nobody listens on it any more, and the next start of the page manager removes it.
        }
    }
}
