public import Platform
public import YunCore

/// A reply as it came, for whoever passes it on.
public struct RelayedReply: Sendable {
    /// `parameters`, and `error` where the call failed.
    public let json: [UInt8]
    /// Whether more follow.
    public let continues: Bool
    /// Whether the call failed.
    public let isError: Bool
    /// What came beside it.
    public let descriptors: [SharedDescriptor]

    /// What the reply says. Fails as the call did.
    public func parameters<Parameters: Decodable>(as type: Parameters.Type) throws(Failure) -> Parameters {
        guard !isError else {
            throw try decode(FailureParameters.self)?.failure
                ?? Failure(.unavailable, "the call was not understood", hint: Failure.otherRelease)
        }
        guard let parameters = try decode(type) else { throw .notUnderstood }
        return parameters
    }

    private func decode<Parameters: Decodable>(_ type: Parameters.Type) throws(Failure) -> Parameters? {
        do throws(UnreadableParameter) {
            return try Wire.decode(CallParameters<Parameters>.self, json).parameters
        } catch { throw .notUnderstood }
    }
}

extension Channel {
    /// Sends a call whose parameters are a stranger's JSON. What is not one object is refused here: it could break out
    /// of the call, and the replies of one caller would go to another.
    public func call(
        _ method: String, json parameters: [UInt8], wantsMore: Bool = false, descriptors: [Int32] = []
    ) throws(Failure) {
        do throws(UnreadableParameter) {
            guard !parameters.contains(0) else { throw UnreadableParameter(name: "") }
            _ = try Wire.decode(AnyObject.self, parameters)
        } catch {
            throw Failure(.usage, "the parameters of \(method) are not an object in JSON")
        }
        let head = #"{"method":"\#(method)",\#(wantsMore ? #""more":true,"# : "")"parameters":"#
        try send(Array(head.utf8) + parameters + Array("}".utf8), descriptors: descriptors)
    }

    /// Waits for the next reply of a call.
    public func reply() throws(Failure) -> RelayedReply {
        guard let message = try receive() else {
            throw Failure(.unavailable, "the other end hung up before it answered", hint: "try again")
        }
        do throws(UnreadableParameter) {
            let head = try Wire.decode(ReplyHead.self, message.bytes)
            return RelayedReply(
                json: message.bytes, continues: head.continues ?? false, isError: head.error != nil,
                descriptors: message.enclosure.take())
        } catch { throw .notUnderstood }
    }
}

/// What is passed on as JSON.
public func json(_ value: some Encodable) throws(Failure) -> [UInt8] { try Wire.encode(value) }

extension Failure {
    /// The reply of a call that failed so.
    public var reply: [UInt8] {
        do throws(Failure) {
            return try Wire.encode(Reply(error: "com.yunos.Failed", parameters: FailureParameters(self)))
        } catch { preconditionFailure("three texts can be written") }
    }

    fileprivate static let otherRelease = "it may be of another release: end it, it starts again by itself"
    fileprivate static var notUnderstood: Failure {
        Failure(.unavailable, "a reply is not understood", hint: otherRelease)
    }
}

/// Any object. The decoder reads the whole text before it looks for this.
private struct AnyObject: Decodable {
    private enum Key: CodingKey {}

    init(from decoder: any Decoder) throws { _ = try decoder.container(keyedBy: Key.self) }
}
