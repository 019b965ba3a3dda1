internal import CloudDatabase
internal import CloudModel
internal import CloudService
internal import HTTPTypes
internal import Hummingbird
internal import WebDAV
internal import YunCore

/// Drives over WebDAV, class 1 and 2 (RFC 4918).
struct DAVRoutes: Sendable {
    let drive: Drive
    let authentication: Authentication
    let clock: @Sendable () -> Instant

    private typealias Handler = @Sendable (DAVRequest) async throws -> Response

    private var handlers: [(method: String, Handler)] {
        [
            ("OPTIONS", options), ("GET", get), ("HEAD", get), ("PUT", put), ("DELETE", delete),
            ("MKCOL", makeFolder), ("COPY", copy), ("MOVE", move), ("PROPFIND", findProperties),
            ("PROPPATCH", changeProperties), ("LOCK", lock), ("UNLOCK", unlock),
        ]
    }

    func add(to router: Router<CloudContext>) {
        for (name, handler) in handlers {
            guard let method = HTTPRequest.Method(name) else { continue }
            for path: RouterPath in ["dav", "dav/**"] {
                router.on(path, method: method) { request, context in
                    let client = try await authentication.driveClient(request, context)
                    return try await handler(DAVRequest(request, context, client: client))
                }
            }
        }
    }

    private func options(_ request: DAVRequest) -> Response {
        let methods = handlers.map(\.method).joined(separator: ", ")
        var headers: HTTPFields = [.allow: methods]
        for (name, value) in [("DAV", "1, 2"), ("MS-Author-Via", "DAV")] {
            if let name = HTTPField.Name(name) { headers[name] = value }
        }
        return Response(status: .ok, headers: headers)
    }

    private func put(_ request: DAVRequest) async throws -> Response {
        guard request.header("Content-Range") == nil else {
            throw Problem(.malformed, "a part of a file cannot be put; see resumable uploads")
        }
        let conditions = try request.preconditions()
        let size = request.request.headers[.contentLength].flatMap { Int64($0) }
        let receiver = try await drive.receiver(
            for: request.path, sizeBytes: size, conditions, as: request.client)
        try await request.wantBody()
        for try await piece in request.request.body {
            try await receiver.receive(piece.readableBytesView)
        }
        let mediaType = MediaType.accepted(request.request.headers[.contentType])
        let modifiedAt = request.modificationTime
        let (node, isNew) = try await drive.put(
            request.path, receiver.finish(), mediaType: mediaType, modifiedAt: modifiedAt, conditions,
            as: request.client)
        var response = Response(status: isNew ? .created : .noContent)
        response.headers[.eTag] = node.entityTag
        if modifiedAt != nil, let name = HTTPField.Name("X-OC-Mtime") { response.headers[name] = "accepted" }
        return response
    }

    private func delete(_ request: DAVRequest) async throws -> Response {
        try await drive.remove(request.path, request.preconditions(), as: request.client)
        return Response(status: .noContent)
    }

    private func makeFolder(_ request: DAVRequest) async throws -> Response {
        try await request.requireNoBody()
        try await drive.makeFolder(request.path, request.preconditions(), as: request.client)
        return Response(status: .created)
    }

    private func copy(_ request: DAVRequest) async throws -> Response {
        let depth = try Depth(request.header("Depth"), default: .infinity)
        guard depth != .one else { throw Problem(.malformed, "a copy has Depth 0 or infinity") }
        let isNew = try await drive.copy(
            request.transfer(), isDeep: depth == .infinity, request.preconditions(), as: request.client)
        return Response(status: isNew ? .created : .noContent)
    }

    private func move(_ request: DAVRequest) async throws -> Response {
        let isNew = try await drive.move(
            request.transfer(), request.preconditions(), as: request.client)
        return Response(status: isNew ? .created : .noContent)
    }

    private func findProperties(_ request: DAVRequest) async throws -> Response {
        let depth = try Depth(request.header("Depth"), default: .infinity)
        let query = try PropertyQuery(await request.xml())
        guard depth != .infinity else {
            return xml("<D:error xmlns:D=\"DAV:\"><D:propfind-finite-depth/></D:error>", status: .forbidden)
        }
        let items = try await drive.items(request.path, withChildren: depth == .one, as: request.client)
        let use = try await drive.use(of: request.client)
        var answer = MultiStatus()
        for item in items {
            let properties = DAVProperties(item: item, use: use, now: clock())
            answer.add(properties.href, query.answer(properties))
        }
        return xml(answer.finish(), status: .multiStatus)
    }

    private func changeProperties(_ request: DAVRequest) async throws -> Response {
        let changes = try PropertyUpdate(await request.xml())
        var groups: [(status: PropertyStatus, properties: [String])]
        if changes.protected.isEmpty {
            try await drive.changeProperties(
                request.path, changes.changes, request.preconditions(), as: request.client)
            groups = [(.ok, changes.names)]
        } else {
            groups = [(.protected, changes.protected), (.failedDependency, changes.names)]
        }
        let item = try await drive.items(request.path, withChildren: false, as: request.client).first
        var answer = MultiStatus()
        answer.add(DAVProperties.href(request.path, isFolder: item?.node.isFolder ?? false), groups)
        return xml(answer.finish(), status: .multiStatus)
    }

    private func lock(_ request: DAVRequest) async throws -> Response {
        let seconds = LockTimeout.seconds(request.header("Timeout"))
        let conditions = try request.preconditions()
        guard let body = try await request.xml() else {
            let lock = try await drive.refreshLock(
                request.path, seconds: seconds, conditions, as: request.client)
            return lockAnswer(lock, status: .ok)
        }
        let depth = try Depth(request.header("Depth"), default: .infinity)
        guard depth != .one else { throw Problem(.malformed, "a lock has Depth 0 or infinity") }
        let wish = try LockWish(body, isDeep: depth == .infinity, seconds: seconds)
        let (lock, isNew) = try await drive.lock(request.path, wish, conditions, as: request.client)
        var response = lockAnswer(lock, status: isNew ? .created : .ok)
        if let name = HTTPField.Name("Lock-Token") { response.headers[name] = "<\(lock.lock.token)>" }
        return response
    }

    private func lockAnswer(_ lock: PlacedLock, status: HTTPResponse.Status) -> Response {
        let active = DAVProperties.activeLock(lock, now: clock())
        return xml(
            "<D:prop xmlns:D=\"DAV:\"><D:lockdiscovery>\(active)</D:lockdiscovery></D:prop>", status: status)
    }

    private func unlock(_ request: DAVRequest) async throws -> Response {
        guard let token = request.header("Lock-Token"), token.hasPrefix("<"), token.hasSuffix(">") else {
            throw Problem(.malformed, "the request names no Lock-Token in angle brackets")
        }
        try await drive.unlock(
            request.path, token: String(token.dropFirst().dropLast()), as: request.client)
        return Response(status: .noContent)
    }

    private func xml(_ body: String, status: HTTPResponse.Status) -> Response {
        Response(
            status: status, headers: [.contentType: "application/xml; charset=utf-8"],
            body: .init(byteBuffer: ByteBuffer(string: body)))
    }
}

extension HTTPResponse.Status {
    /// An answer of several parts (RFC 4918, 11.1).
    fileprivate static var multiStatus: Self { Self(code: 207, reasonPhrase: "Multi-Status") }
}

/// What a PROPPATCH wants to be changed.
struct PropertyUpdate {
    /// In order.
    private(set) var changes: [PropertyChange] = []
    /// Elements that name what is changed.
    private(set) var names: [String] = []
    /// Elements that name what only the server changes.
    private(set) var protected: [String] = []

    init(_ body: Element?) throws(Problem) {
        guard let body, body.isDAV("propertyupdate") else {
            throw Problem(.malformed, "the body is no propertyupdate")
        }
        for action in body.children where action.isDAV("set") || action.isDAV("remove") {
            for property in action.child("prop")?.children ?? [] { add(property, isSet: action.isDAV("set")) }
        }
    }

    private mutating func add(_ property: Element, isSet: Bool) {
        let name = PropertyQuery.empty(property.namespace, property.name)
        guard property.namespace != Element.davNamespace || !Self.isLive(property.name) else {
            return protected.append(name)
        }
        names.append(name)
        changes.append(
            isSet
                ? .set(DeadProperty(namespace: property.namespace, name: property.name, xml: property.xml))
                : .remove(namespace: property.namespace, name: property.name))
    }

    private static func isLive(_ name: String) -> Bool {
        DAVProperties.live.contains(name) || DAVProperties.quota.contains(name)
    }
}

extension LockWish {
    fileprivate init(_ body: Element, isDeep: Bool, seconds: Int64) throws(Problem) {
        let scope = body.child("lockscope")
        let isExclusive = scope?.child("exclusive") != nil
        guard body.isDAV("lockinfo"), body.child("locktype")?.child("write") != nil,
            isExclusive || scope?.child("shared") != nil
        else { throw Problem(.malformed, "the body is no lockinfo for an exclusive or shared write lock") }
        try self.init(
            isDeep: isDeep, isExclusive: isExclusive, ownerXML: body.child("owner")?.xml ?? "",
            seconds: seconds)
    }
}
