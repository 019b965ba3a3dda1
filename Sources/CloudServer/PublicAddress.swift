internal import Synchronization

/// Under which address clients know the server: what the operator says, or where it listens. What requests say of it is not
/// asked, since whoever sends them would decide whom clients trust.
final class PublicAddress: Sendable {
    private let settings: ServerSettings
    private let listening: Mutex<String>

    init(_ settings: ServerSettings) {
        self.settings = settings
        listening = Mutex(Self.text(settings, port: settings.port))
    }

    /// Notes which port was free.
    func listen(on port: Int) { listening.withLock { $0 = Self.text(settings, port: port) } }

    /// Without a slash at its end.
    var text: String { settings.publicURL ?? listening.withLock { $0 } }

    private static func text(_ settings: ServerSettings, port: Int) -> String {
        let host = settings.host.contains(":") ? "[\(settings.host)]" : settings.host
        return "\(settings.identity == nil ? "http" : "https")://\(host):\(port)"
    }
}
