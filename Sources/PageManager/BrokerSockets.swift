internal import Platform
internal import Synchronization
internal import YunCore

/// The sockets of the sandboxes. One is kept ready for the next sandbox, since making a socket's name takes as long as
/// a good part of a launch.
final class BrokerSockets: Sendable {
    let directory: AnchoredDirectory
    private static let spareName = "spare"
    private let spare = Mutex<ListeningSocket?>(nil)

    init(in directory: AnchoredDirectory) { self.directory = directory }

    /// Those in a directory that sandboxes have had.
    static func names(in directory: AnchoredDirectory) throws(Failure) -> [String] {
        try directory.names().filter { $0 != spareName }
    }

    /// A socket of this name.
    func take(as name: String) throws(Failure) -> ListeningSocket {
        // Renamed before another one may take its name.
        let ready = try spare.withLock { spare throws(Failure) -> ListeningSocket? in
            guard let socket = spare.take() else { return nil }
            try directory.move(Self.spareName, to: directory, as: name)
            return socket
        }
        if let ready { return ready }
        return try ListeningSocket(name, in: directory)
    }

    /// Makes one ready, where none is.
    func prepare() throws(Failure) {
        try spare.withLock { spare throws(Failure) in
            if spare == nil { spare = try ListeningSocket(Self.spareName, in: directory) }
        }
    }
}
