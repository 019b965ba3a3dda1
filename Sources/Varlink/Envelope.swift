internal import YunCore

/// What a message begins with, whoever it is for (varlink.org, Protocol).
struct CallHead: Decodable {
    let method: String
    let oneway: Bool?
    let more: Bool?
    let upgrade: Bool?
}

/// The rest of a call, once the method tells what it is.
struct CallParameters<Parameters: Decodable>: Decodable {
    let parameters: Parameters?
}

struct Call<Parameters: Encodable>: Encodable {
    let method: String
    let parameters: Parameters
    var more: Bool?
    var oneway: Bool?
}

struct ReplyHead: Decodable {
    let error: String?
    let continues: Bool?
}

struct Reply<Parameters: Encodable>: Encodable {
    var error: String?
    let parameters: Parameters
    var continues: Bool?
}

/// What the error `Failed` of every interface of ours carries: a ``YunCore/Failure``.
struct FailureParameters: Codable {
    let code: String
    let message: String
    let hint: String?

    init(_ failure: Failure) {
        code = failure.code.rawValue
        message = failure.message
        hint = failure.hint
    }

    var failure: Failure {
        Failure(FailureCode(rawValue: code) ?? .internalError, message, hint: hint)
    }
}

/// A method without parameters, or a reply without any.
public struct Nothing: Codable, Sendable {
    /// The only one.
    public init() {}
}

/// JSON in and out.
enum Wire {
    static func encode(_ value: some Encodable) throws(Failure) -> [UInt8] {
        do {
            return try JSONWriter.text(of: value)
        } catch {
            throw Failure(.internalError, "cannot write a message: \(error)")
        }
    }

    /// Fails with the key that is missing or wrong, for the caller to name.
    static func decode<Value: Decodable>(_ type: Value.Type, _ bytes: [UInt8]) throws(UnreadableParameter)
        -> Value
    {
        do {
            return try JSONReader.read(type, from: bytes)
        } catch let error as DecodingError {
            throw UnreadableParameter(error)
        } catch {
            throw UnreadableParameter(name: "")
        }
    }
}

/// The place in a message that is not what the interface says.
struct UnreadableParameter: Error {
    let name: String

    init(name: String) { self.name = name }

    init(_ error: DecodingError) {
        var path: [any CodingKey] = []
        switch error {
        case .keyNotFound(let key, let context): path = context.codingPath + [key]
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
            path = context.codingPath
        @unknown default: break
        }
        let names = path.map { key in key.intValue.map(String.init) ?? key.stringValue }
        name = names.drop { $0 == "parameters" }.joined(separator: ".").abbreviated(to: 200)
    }
}
