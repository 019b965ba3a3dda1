internal import Foundation
internal import CloudModel
internal import CloudService
internal import HTTPTypes
internal import Hummingbird
internal import WebDAV

/// A WebDAV request whose sender and place are known.
struct DAVRequest {
    /// Where drives begin.
    static let prefix = "/dav"

    let request: Request
    let context: CloudContext
    let caller: any DriveCaller
    let path: DrivePath

    init(_ request: Request, _ context: CloudContext) throws(Problem) {
        self.request = request
        self.context = context
        caller = try Authorization.driveCaller(request, context)
        guard let target = request.head.path, !target.contains("#") else {
            throw Problem(.malformed, "a request names no fragment")
        }
        path = try DrivePath(encoded: request.uri.path.dropFirst(Self.prefix.count))
    }

    /// A request that is about a place which its own path does not name.
    init(_ request: Request, _ context: CloudContext, caller: any DriveCaller, about path: DrivePath) {
        self.request = request
        self.context = context
        self.caller = caller
        self.path = path
    }

    func header(_ name: String) -> String? { request.header(name) }

    /// When the client says that a file was changed, in seconds since 1970: WebDAV has no word for it, and clients that copy
    /// trees use this one of ownCloud's.
    var modificationTime: Instant? { header("X-OC-Mtime").flatMap { Instant(seconds: $0) } }

    /// Conditions of all kinds that the request has.
    func preconditions() throws(Problem) -> Preconditions {
        var conditions = Preconditions()
        conditions.match = Preconditions.EntityTags(request.headers[.ifMatch])
        conditions.noneMatch = Preconditions.EntityTags(request.headers[.ifNoneMatch])
        if let header = header("If") {
            conditions.lists = try IfHeader.lists(header, requested: path) { uri throws(Problem) in
                try place(uri)
            }
        }
        return conditions
    }

    /// Where a copy or move goes.
    func transfer() throws(Problem) -> CloudService.Transfer {
        guard let destination = header("Destination") else {
            throw Problem(.malformed, "the request has no Destination")
        }
        guard let target = try place(destination) else {
            throw Problem(.elsewhere, "the Destination is not on this server")
        }
        let overwrite = header("Overwrite")?.uppercased() ?? "T"
        guard overwrite == "T" || overwrite == "F" else {
            throw Problem(.malformed, "Overwrite is T or F")
        }
        return CloudService.Transfer(from: path, to: target, replacing: overwrite == "T")
    }

    /// The place that a URI or an absolute path names; `nil` where that is not here.
    func place(_ uri: String) throws(Problem) -> DrivePath? {
        var path = uri[...]
        if let scheme = uri.range(of: "://") {
            let rest = uri[scheme.upperBound...]
            let end = rest.firstIndex(of: "/") ?? rest.endIndex
            guard rest[..<end].lowercased() == request.head.authority?.lowercased() else { return nil }
            path = rest[end...]
        }
        guard path.hasPrefix(Self.prefix), !path.contains("#"), !path.contains("?") else { return nil }
        let rest = path.dropFirst(Self.prefix.count)
        guard rest.isEmpty || rest.hasPrefix("/") else { return nil }
        return try DrivePath(encoded: rest)
    }

    /// The body as XML, or `nil` where there is none.
    func xml() async throws -> Element? {
        try await context.wantBody(of: request)
        let body = try await request.body.collect(upTo: Limits.bodyBytesMax)
        return body.readableBytes == 0 ? nil : try Element(parsing: Array(body.readableBytesView))
    }

    /// Fails where the request brings a body that its method has no meaning for.
    func requireNoBody() async throws {
        for try await piece in request.body where piece.readableBytes > 0 {
            throw Problem(.mediaTypeUnsupported, "this request takes no body")
        }
    }
}

extension Request {
    func header(_ name: String) -> String? { HTTPField.Name(name).flatMap { headers[$0] } }
}

extension Instant {
    /// - Parameter text: seconds since 1970, with or without a fraction; `nil` where no calendar has them.
    init?(seconds text: String) {
        guard let seconds = Double(text), let milliseconds = Int64(exactly: (seconds * 1000).rounded()),
            (0..<253_402_300_800_000).contains(milliseconds)
        else { return nil }
        self.init(milliseconds: milliseconds)
    }
}
