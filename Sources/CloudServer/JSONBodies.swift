internal import CloudModel
internal import Foundation
internal import HTTPTypes
internal import Hummingbird

extension Response {
    /// An answer in JSON, of names in order.
    init(status: HTTPResponse.Status = .ok, type: String = "application/json", json value: some Encodable)
        throws
    {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        self.init(
            status: status, headers: [.contentType: type],
            body: .init(byteBuffer: ByteBuffer(bytes: try encoder.encode(value))))
    }
}

extension Request {
    /// The body as JSON.
    func json<Value: Decodable>(upTo bytesMax: Int) async throws -> Value {
        guard headers[.contentType]?.hasPrefix("application/json") == true else {
            throw Problem(.mediaTypeUnsupported, "the body is to be application/json")
        }
        let bytes = try await body.collect(upTo: bytesMax)
        do {
            return try JSONDecoder().decode(Value.self, from: Data(bytes.readableBytesView))
        } catch let error as DecodingError {
            throw Problem(.malformed, "the body is not what is expected: \(error.place)")
        }
    }
}

extension DecodingError {
    /// Where it is wrong, in a word.
    fileprivate var place: String {
        switch self {
        case .keyNotFound(let key, _): "\(key.stringValue) is missing"
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            "\(context.codingPath.map(\.stringValue).joined(separator: ".")) is of another type"
        default: "it is no JSON"
        }
    }
}
