internal import CloudDatabase
internal import CloudModel
internal import CloudService
internal import WebDAV
internal import YunCore

/// Properties of files and folders as WebDAV writes them (RFC 4918, 15; RFC 4331).
struct DAVProperties {
    /// Those that the server knows itself, in the order in which it tells all of them.
    static let live = [
        "creationdate", "getcontentlength", "getcontenttype", "getetag", "getlastmodified", "lockdiscovery",
        "resourcetype", "supportedlock",
    ]
    /// Told only where they are asked for (RFC 4331, 2).
    static let quota = ["quota-available-bytes", "quota-used-bytes"]

    let item: DriveItem
    let use: StorageUse
    let now: Instant

    /// Where the item is.
    var href: String { Self.href(item.path, isFolder: item.node.isFolder) }

    static func href(_ path: DrivePath, isFolder: Bool) -> String {
        DAVRequest.prefix + path.encoded + (isFolder ? "/" : "")
    }

    /// A property of WebDAV's own as an element, or `nil` where the item has none of this name.
    func live(_ name: String) -> String? {
        value(name).map { $0.isEmpty ? "<D:\(name)/>" : "<D:\(name)>\($0)</D:\(name)>" }
    }

    private func value(_ name: String) -> String? {
        let version = item.node.version
        switch name {
        case "creationdate": return CivilTime(item.node.createdAt).rfc3339
        case "getcontentlength": return version.map { "\($0.sizeBytes)" }
        case "getcontenttype": return version.map { ($0.mediaType ?? MediaType.unknown).markup }
        case "getetag": return item.node.entityTag?.markup
        case "getlastmodified": return CivilTime(item.node.modifiedAt).http
        case "lockdiscovery":
            return item.locks.map { Self.activeLock($0, now: now) }.joined()
        case "resourcetype": return item.node.isFolder ? "<D:collection/>" : ""
        case "supportedlock": return Self.supportedLocks
        case "quota-available-bytes": return item.node.isFolder ? "\(use.availableBytes)" : nil
        case "quota-used-bytes": return item.node.isFolder ? "\(use.usedBytes)" : nil
        default: return nil
        }
    }

    private static let supportedLocks = ["exclusive", "shared"].map { scope in
        """
        <D:lockentry><D:lockscope><D:\(scope)/></D:lockscope><D:locktype><D:write/></D:locktype></D:lockentry>
        """
    }.joined()

    static func activeLock(_ placed: PlacedLock, now: Instant) -> String {
        let lock = placed.lock
        return """
            <D:activelock><D:locktype><D:write/></D:locktype>\
            <D:lockscope><D:\(lock.isExclusive ? "exclusive" : "shared")/></D:lockscope>\
            <D:depth>\(lock.isDeep ? "infinity" : "0")</D:depth>\(lock.ownerXML)\
            <D:timeout>Second-\(lock.seconds(from: now))</D:timeout>\
            <D:locktoken><D:href>\(lock.token.markup)</D:href></D:locktoken>\
            <D:lockroot><D:href>\(href(placed.root, isFolder: placed.isOnFolder).markup)</D:href></D:lockroot></D:activelock>
            """
    }
}

/// What a PROPFIND asks for.
enum PropertyQuery {
    case all(including: [Element])
    case names
    case some([Element])

    init(_ body: Element?) throws(Problem) {
        guard let body else {
            self = .all(including: [])
            return
        }
        guard body.isDAV("propfind") else { throw Problem(.malformed, "the body is no propfind") }
        if let wanted = body.child("prop") {
            self = .some(wanted.children)
        } else if body.child("propname") != nil {
            self = .names
        } else if body.child("allprop") != nil {
            self = .all(including: body.child("include")?.children ?? [])
        } else {
            throw Problem(.malformed, "a propfind asks for prop, propname or allprop")
        }
    }

    /// What is told of an item.
    func answer(_ properties: DAVProperties) -> [(status: PropertyStatus, properties: [String])] {
        let dead = properties.item.properties
        switch self {
        case .names:
            let live = DAVProperties.live.filter { properties.live($0) != nil }.map { "<D:\($0)/>" }
            return [(.ok, live + dead.map { Self.empty($0.namespace, $0.name) })]
        case .all(let including):
            let extra = including.filter { $0.namespace == Element.davNamespace }.map(\.name)
                .filter { !DAVProperties.live.contains($0) }
            let live = (DAVProperties.live + extra).compactMap { properties.live($0) }
            return [(.ok, live + dead.map(\.xml))]
        case .some(let wanted):
            var found: [String] = []
            var missing: [String] = []
            for element in wanted {
                if let xml = Self.find(element, properties) {
                    found.append(xml)
                } else {
                    missing.append(Self.empty(element.namespace, element.name))
                }
            }
            return [(.ok, found), (.notFound, missing)]
        }
    }

    private static func find(_ wanted: Element, _ properties: DAVProperties) -> String? {
        if wanted.namespace == Element.davNamespace, let live = properties.live(wanted.name) { return live }
        return properties.item.properties.first {
            $0.namespace == wanted.namespace && $0.name == wanted.name
        }?.xml
    }

    /// An element that only names a property.
    static func empty(_ namespace: String, _ name: String) -> String {
        "<\(name) xmlns=\"\(namespace.markup)\"/>"
    }
}
