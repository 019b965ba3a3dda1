// Made by `make sdk` from spec/varlink; change it there.
// swift-format-ignore-file

/// What apps call.
public enum App {
    /// The interface files.
    public static let texts = [Account.text, Device.text, Network.text, Notification.text, Page.text, Permission.text, Storage.text]
}

/// What opens a page: `page://DOMAIN/NAME`, with a query and a fragment where there are any, the name of an event
/// (`link` if none is given) and a text for it.
public struct Link: Codable, Sendable {
    public var uri: String
    public var event: String?
    public var data: String?

    public init(uri: String, event: String? = nil, data: String? = nil) {
        self.uri = uri
        self.event = event
        self.data = data
    }
}
