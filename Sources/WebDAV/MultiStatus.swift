internal import YunCore

/// An answer that says something of several places, or of several properties (RFC 4918, 13).
public struct MultiStatus {
    /// The body so far.
    public private(set) var xml =
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<D:multistatus xmlns:D=\"DAV:\">\n"

    /// Nothing yet.
    public init() {}

    /// Adds what is to be said of a place's properties.
    /// - Parameters:
    ///   - href: percent-encoded.
    ///   - groups: XML of property elements by the status that each has; empty ones are left out.
    public mutating func add(_ href: String, _ groups: [(status: PropertyStatus, properties: [String])]) {
        xml += "<D:response><D:href>\(href.markup)</D:href>"
        let said = groups.filter { !$0.properties.isEmpty }
        for group in said {
            xml += "<D:propstat><D:prop>\(group.properties.joined())</D:prop>"
            xml += "<D:status>HTTP/1.1 \(group.status.rawValue)</D:status>"
            if let condition = group.status.condition { xml += "<D:error><D:\(condition)/></D:error>" }
            xml += "</D:propstat>"
        }
        // A response must say something, also of a place of which nothing was asked.
        if said.isEmpty { xml += "<D:propstat><D:prop/><D:status>HTTP/1.1 200 OK</D:status></D:propstat>" }
        xml += "</D:response>\n"
    }

    /// The whole body.
    public consuming func finish() -> String { xml + "</D:multistatus>\n" }
}

/// What became of a property.
public enum PropertyStatus: String, Sendable {
    case ok = "200 OK"
    case notFound = "404 Not Found"
    case protected = "403 Forbidden"
    case failedDependency = "424 Failed Dependency"

    fileprivate var condition: String? { self == .protected ? "cannot-modify-protected-property" : nil }
}
