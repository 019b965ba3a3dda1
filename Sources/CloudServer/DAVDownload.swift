internal import CloudDatabase
internal import CloudModel
internal import CloudService
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import WebDAV

extension DAVRoutes {
    /// Answers GET and HEAD: a file or one range of it.
    func get(_ request: DAVRequest) async throws -> Response {
        let file = try await drive.open(request.path, as: request.caller)
        let headers = request.request.headers
        var response = Response(status: .ok)
        response.headers[.eTag] = file.node.entityTag
        response.headers[.lastModified] = CivilTime(file.node.modifiedAt).http
        response.headers[.acceptRanges] = "bytes"
        response.headers[.contentType] = file.node.version?.mediaType ?? MediaType.unknown
        if isUnchanged(file, headers) {
            response.status = .notModified
            return response
        }
        if let expected = Preconditions.EntityTags(headers[.ifMatch]), !expected.contains(file.node) {
            throw Problem(.preconditionFailed, "the file is not as If-Match expects it")
        }
        var range = 0..<file.sizeBytes
        if let header = headers[.range], isCurrent(file, headers[.ifRange]),
            let asked = try ByteRange.parse(header, sizeBytes: file.sizeBytes)
        {
            range = asked
            response.status = .partialContent
            response.headers[.contentRange] =
                "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(file.sizeBytes)"
        }
        let isHead = request.request.method == .head
        response.body =
            isHead || range.count > RequestLogMiddleware.smallBytesMax
            ? largeBody(of: file, range) : try await smallBody(of: file, range)
        return isHead ? response.createHeadResponse() : response
    }

    /// Goes out with its head, in one piece.
    private func smallBody(of file: OpenFile, _ range: Range<Int64>) async throws -> ResponseBody {
        var buffer = ByteBuffer()
        try await file.read(range) { buffer.writeBytes($0) }
        return ResponseBody(byteBuffer: buffer)
    }

    private func largeBody(of file: OpenFile, _ range: Range<Int64>) -> ResponseBody {
        ResponseBody(contentLength: range.count) { writer in
            try await file.read(range) { try await writer.write(ByteBuffer(bytes: $0)) }
            try await writer.finish(nil)
        }
    }

    private func isUnchanged(_ file: OpenFile, _ headers: HTTPFields) -> Bool {
        if let known = Preconditions.EntityTags(headers[.ifNoneMatch]) { return known.contains(file.node) }
        guard let since = headers[.ifModifiedSince].flatMap(CivilTime.instant(http:)) else { return false }
        return file.node.modifiedAt.milliseconds / 1000 <= since.milliseconds / 1000
    }

    /// Whether a part fits to what the client has (RFC 9110, 13.1.5).
    private func isCurrent(_ file: OpenFile, _ ifRange: String?) -> Bool {
        ifRange == nil || ifRange == file.node.entityTag
            || ifRange == CivilTime(file.node.modifiedAt).http
    }
}

/// A part of a file that a client asks for (RFC 9110, 14.1.2).
enum ByteRange {
    /// `nil` where all is to be sent: several ranges, or something that is not understood.
    /// - Throws: where the file has nothing of it.
    static func parse(_ header: String, sizeBytes: Int64) throws(Problem) -> Range<Int64>? {
        guard header.hasPrefix("bytes="), !header.contains(",") else { return nil }
        let ends = header.dropFirst(6).split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count == 2 else { return nil }
        let first = Int64(ends[0])
        let last = Int64(ends[1])
        if ends[0].isEmpty {
            guard let count = last, count >= 0 else { return nil }
            guard count > 0, sizeBytes > 0 else { throw unsatisfiable(sizeBytes) }
            return max(0, sizeBytes - count)..<sizeBytes
        }
        guard let first, first >= 0, ends[1].isEmpty || last != nil else { return nil }
        if let last, last < first { return nil }
        guard first < sizeBytes else { throw unsatisfiable(sizeBytes) }
        return first..<min(last ?? .max, sizeBytes - 1) + 1
    }

    private static func unsatisfiable(_ sizeBytes: Int64) -> Problem {
        Problem(.rangeNotSatisfiable, "the file has \(sizeBytes) bytes")
    }
}
