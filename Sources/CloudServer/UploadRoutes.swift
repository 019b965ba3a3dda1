internal import CloudDatabase
internal import CloudModel
internal import CloudService
internal import HTTPTypes
internal import Hummingbird
internal import Logging

/// Uploads that go on where they broke off: tus 1.0 (https://tus.io/protocols/resumable-upload).
struct UploadRoutes: Sendable {
    let drive: Drive

    private var uploads: Uploads { Uploads(drive: drive) }

    private static let methods: [HTTPRequest.Method] = [.options, .post, .head, .patch, .delete]

    func add(to router: Router<CloudContext>) {
        for method in Self.methods + [.get, .put] {
            for path: RouterPath in ["uploads", "uploads/:id"] {
                router.on(path, method: method) { request, context in
                    let client = try await drive.recognize(Authorization.driveCaller(request, context))
                    return try await answer(
                        UploadRequest(
                            request: request, context: context, client: client,
                            id: context.parameters.get("id")))
                }
            }
        }
    }

    private func answer(_ request: UploadRequest) async throws -> Response {
        if request.method == .options { return options() }
        guard request.header("Tus-Resumable") == Tus.version else {
            throw Problem(.preconditionFailed, "Tus-Resumable must be \(Tus.version)")
        }
        guard let id = request.id else {
            guard request.method == .post else { throw Self.notAllowed }
            return try await create(request)
        }
        switch request.method {
        case .head: return try await tell(uploads.find(id, as: request.client))
        case .patch: return try await proceed(uploads.find(id, as: request.client), request)
        case .delete:
            try await uploads.remove(id, as: request.client)
            return Response(status: .noContent)
        default: throw Self.notAllowed
        }
    }

    private static let notAllowed = Problem(
        .methodNotAllowed, "uploads are created with POST, and go on with HEAD, PATCH and DELETE")

    private func options() -> Response {
        var response = Response(status: .noContent)
        response.headers[.allow] = Self.methods.map(\.rawValue).joined(separator: ", ")
        response.set("Tus-Version", Tus.version)
        response.set("Tus-Extension", Tus.extensions)
        response.set("Tus-Max-Size", "\(Uploads.sizeBytesMax)")
        response.set("Tus-Checksum-Algorithm", Tus.checksumAlgorithms)
        return response
    }

    private func create(_ request: UploadRequest) async throws -> Response {
        let wish = try UploadWish(request.request)
        let conditions = try request.conditions(about: wish.path)
        let brings = try request.bringsBytes()
        if brings { try request.require(roomFor: wish.sizeBytes) }
        let upload = try await uploads.create(wish, conditions, as: request.client)
        var offset: Int64 = 0
        if brings || wish.sizeBytes == 0 {
            do {
                offset = try await receive(upload, at: 0, conditions, request)
            } catch {
                // The client was never told of it, so it could not go on.
                try await uploads.remove(upload.id, as: request.client)
                throw error
            }
        }
        var response = Response(status: .created)
        response.headers[.location] = "\(Tus.prefix)/\(upload.id)"
        response.set("Upload-Offset", "\(offset)")
        return try await withExpiry(response, upload.id, request)
    }

    private func tell(_ upload: Upload) -> Response {
        var response = Response(status: .ok)
        response.headers[.cacheControl] = "no-store"
        response.set("Upload-Offset", "\(upload.offsetBytes)")
        response.set("Upload-Length", "\(upload.sizeBytes)")
        response.set("Upload-Metadata", upload.metadata)
        response.set("Upload-Expires", CivilTime(upload.expiresAt).http)
        return response
    }

    private func proceed(_ upload: Upload, _ request: UploadRequest) async throws -> Response {
        guard try request.bringsBytes() else {
            throw Problem(.mediaTypeUnsupported, "a PATCH brings \(Tus.contentType)")
        }
        guard let header = request.header("Upload-Offset") else {
            throw Problem(.malformed, "the request has no Upload-Offset")
        }
        let offset = try Tus.number(header)
        guard offset == upload.offsetBytes else {
            throw Problem(.conflict, "the upload has \(upload.offsetBytes) bytes; go on from there")
        }
        try request.require(roomFor: upload.sizeBytes - offset)
        var end = offset
        if upload.objectKey != nil {
            let path = try DrivePath(encoded: upload.path)
            end = try await receive(upload, at: offset, request.conditions(about: path), request)
        }
        var response = Response(status: .noContent)
        response.set("Upload-Offset", "\(end)")
        return try await withExpiry(response, upload.id, request)
    }

    /// Takes a request's body in. What settles it runs to its end even where the connection, and the request's task with it, is
    /// gone: the next request finds what this one brought.
    private func receive(
        _ upload: Upload, at offset: Int64, _ conditions: Preconditions, _ request: UploadRequest
    ) async throws -> Int64 {
        let checksum = try request.header("Upload-Checksum").map { header throws(Problem) in
            try Tus.checksum(header)
        }
        let receiver = try await uploads.receiver(
            for: upload, at: offset, checksum: checksum, conditions, as: request.client)
        do {
            try await request.context.wantBody(of: request.request)
            for try await piece in request.request.body {
                try await receiver.receive(Array(piece.readableBytesView))
            }
        } catch {
            let problem = await Task { await receiver.interrupt() }.value
            if let cause = problem?.cause {
                request.context.logger.error("an upload was not kept", metadata: ["cause": "\(cause)"])
            }
            throw error
        }
        return try await Task { try await receiver.finish() }.value
    }

    private func withExpiry(_ response: Response, _ id: String, _ request: UploadRequest) async throws
        -> Response
    {
        var response = response
        let upload = try await uploads.find(id, as: request.client)
        response.set("Upload-Expires", CivilTime(upload.expiresAt).http)
        return response
    }
}

/// A request about uploads whose sender is known.
struct UploadRequest {
    let request: Request
    let context: CloudContext
    let client: DriveClient
    /// Which upload; `nil` for all of them together.
    let id: String?

    func header(_ name: String) -> String? { request.header(name) }

    /// What it does: a client behind something that knows few methods says it in a header.
    var method: HTTPRequest.Method {
        header("X-HTTP-Method-Override").flatMap { HTTPRequest.Method($0) } ?? request.method
    }

    /// Conditions on what is at a place.
    func conditions(about path: DrivePath) throws(Problem) -> Preconditions {
        try DAVRequest(request, context, caller: client, about: path).preconditions()
    }

    /// Whether there are bytes of an upload in it.
    func bringsBytes() throws(Problem) -> Bool {
        switch request.headers[.contentType]?.lowercased() {
        case Tus.contentType: return true
        case nil: return false
        default: throw Problem(.mediaTypeUnsupported, "bytes of an upload are sent as \(Tus.contentType)")
        }
    }

    /// Fails where it is clear from the beginning that more is sent than fits.
    func require(roomFor sizeBytes: Int64) throws(Problem) {
        guard let header = request.headers[.contentLength] else { return }
        guard try Tus.number(header) <= sizeBytes else {
            throw Problem(.tooLarge, "the upload lacks \(sizeBytes) bytes, and more are sent")
        }
    }
}
