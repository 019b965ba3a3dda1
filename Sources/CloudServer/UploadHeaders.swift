internal import CloudModel
internal import CloudService
internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import Signing

/// The words of tus 1.0.
enum Tus {
    static let prefix = "/uploads"
    static let version = "1.0.0"
    static let extensions = "creation,creation-with-upload,expiration,checksum,termination"
    /// What bytes of an upload are sent as.
    static let contentType = "application/offset+octet-stream"
    /// What is said of an upload is read with each look at it.
    static let metadataBytesMax = 16 << 10

    static var checksumAlgorithms: String {
        ChecksumAlgorithm.allCases.map(\.rawValue).joined(separator: ",")
    }

    /// A number of bytes: digits and nothing else, one that is too large to be one as the largest.
    static func number(_ header: String) throws(Problem) -> Int64 {
        guard !header.isEmpty, header.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            throw Problem(.malformed, "a number of bytes is written in digits alone")
        }
        return Int64(header) ?? .max
    }

    /// Reads `Upload-Checksum`: an algorithm and a checksum in base64.
    static func checksum(_ header: String) throws(Problem) -> UploadChecksum {
        let parts = header.split(separator: " ", omittingEmptySubsequences: false)
        guard let algorithm = parts.first.flatMap({ ChecksumAlgorithm(rawValue: $0.lowercased()) }) else {
            throw Problem(.malformed, "checksums are of \(checksumAlgorithms)")
        }
        guard parts.count == 2, let bytes = Data(base64Encoded: String(parts[1])),
            bytes.count == algorithm.sizeBytes
        else { throw Problem(.malformed, "the checksum is no \(algorithm) in base64") }
        return UploadChecksum(algorithm, Array(bytes))
    }
}

/// What a client says of an upload: names, each with a value in base64 or none.
struct UploadMetadata {
    private let values: [String: Data]

    init(_ header: String) throws(Problem) {
        guard header.utf8.count <= Tus.metadataBytesMax else {
            throw Problem(.malformed, "Upload-Metadata has \(Tus.metadataBytesMax) bytes at most")
        }
        var values: [String: Data] = [:]
        for pair in header.split(separator: ",", omittingEmptySubsequences: false) {
            let parts = pair.split(separator: " ")
            guard let name = parts.first, parts.count <= 2,
                let value = Data(base64Encoded: parts.count == 2 ? String(parts[1]) : "")
            else { throw Problem(.malformed, "Upload-Metadata is no list of names with values in base64") }
            guard values.updateValue(value, forKey: String(name)) == nil else {
                throw Problem(.malformed, "Upload-Metadata names something twice")
            }
        }
        self.values = values
    }

    func text(_ name: String) throws(Problem) -> String? {
        guard let value = values[name] else { return nil }
        guard let text = String(validating: value, as: UTF8.self) else {
            throw Problem(.malformed, "what Upload-Metadata says of '\(name)' is not UTF-8")
        }
        return text
    }
}

extension UploadWish {
    /// What a request that creates an upload says.
    init(_ request: Request) throws(Problem) {
        guard request.header("Upload-Concat") == nil, request.header("Upload-Defer-Length") == nil else {
            throw Problem(.malformed, "an upload is one file, and its length is known when it begins")
        }
        guard let length = request.header("Upload-Length") else {
            throw Problem(.malformed, "the request has no Upload-Length")
        }
        let header = request.header("Upload-Metadata") ?? ""
        let metadata = try UploadMetadata(header)
        guard let path = try metadata.text("path") else {
            throw Problem(.malformed, "Upload-Metadata says no path for the file")
        }
        var modifiedAt: Instant?
        if let time = try metadata.text("mtime") {
            modifiedAt = Instant(seconds: time)
            guard modifiedAt != nil else {
                throw Problem(.malformed, "mtime in Upload-Metadata is no number of seconds since 1970")
            }
        }
        self.init(
            path: try DrivePath(encoded: path), sizeBytes: try Tus.number(length), metadata: header,
            mediaType: MediaType.accepted(try metadata.text("filetype")), modifiedAt: modifiedAt)
    }
}

/// Says on every answer about uploads which protocol it speaks, also on errors.
struct TusMiddleware: RouterMiddleware {
    func handle(
        _ request: Request, context: CloudContext, next: (Request, CloudContext) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        let path = request.uri.path
        guard path == Tus.prefix || path.hasPrefix(Tus.prefix + "/") else { return response }
        response.set("Tus-Resumable", Tus.version)
        if response.status == .preconditionFailed { response.set("Tus-Version", Tus.version) }
        return response
    }
}

extension Response {
    /// Sets a header that has no name of its own in the library.
    mutating func set(_ name: String, _ value: String) {
        if let name = HTTPField.Name(name) { headers[name] = value }
    }
}
