/// What opens a page, as it travels.
public struct Link: Codable, Sendable {
    /// `page://DOMAIN/NAME`, with a query and a fragment where there are any.
    public var uri: String
    /// `link` if left out.
    public var event: String?
    /// For the page.
    public var data: String?
    /// All of it.
    public init(uri: String, event: String? = nil, data: String? = nil) {
        self.uri = uri
        self.event = event
        self.data = data
    }
}
