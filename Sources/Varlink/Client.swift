public import Platform
public import YunCore

/// Calls methods over one connection, one after the other.
public final class Client {
    private let channel: Channel
    /// Who is called, for messages: `pagemanagerd`.
    private let server: String

    /// - Parameter server: the program's name.
    public init(_ channel: Channel, server: String) {
        self.channel = channel
        self.server = server
    }

    /// Calls a method and waits for its reply.
    @discardableResult
    public func call<Parameters: Encodable, Result: Decodable>(
        _ method: MethodSignature<Parameters, Result>, _ parameters: Parameters
    ) throws(Failure) -> Result {
        try call(method, parameters, descriptors: []).0
    }

    /// Calls a method that asks nothing.
    @discardableResult
    public func call<Result: Decodable>(_ method: MethodSignature<Nothing, Result>) throws(Failure) -> Result
    {
        try call(method, Nothing())
    }

    /// Calls a method with descriptors beside call and reply.
    public func call<Parameters: Encodable, Result: Decodable>(
        _ method: MethodSignature<Parameters, Result>, _ parameters: Parameters, descriptors: [Int32]
    ) throws(Failure) -> (Result, [SharedDescriptor]) {
        try channel.send(
            Wire.encode(Call(method: method.name, parameters: parameters)), descriptors: descriptors)
        let (result, descriptors, _) = try reply(to: method)
        return (result, descriptors)
    }

    /// Calls a method with parameters that are written already.
    @discardableResult
    public func call<Parameters, Result: Decodable>(
        _ method: MethodSignature<Parameters, Result>, written parameters: ObjectText
    ) throws(Failure) -> Result {
        var call = ObjectText()
        call.add("method", method.name)
        call.add("parameters", parameters)
        try channel.send(call.bytes)
        return try reply(to: method).0
    }

    /// Calls a method that replies several times.
    /// - Parameter body: is given each reply with whether more follow; false ends the connection.
    public func stream<Parameters: Encodable, Result: Decodable>(
        _ method: MethodSignature<Parameters, Result>, _ parameters: Parameters, descriptors: [Int32] = [],
        _ body: (Result, [SharedDescriptor]) throws(Failure) -> Bool
    ) throws(Failure) {
        try channel.send(
            Wire.encode(Call(method: method.name, parameters: parameters, more: true)),
            descriptors: descriptors)
        while true {
            let (result, descriptors, continues) = try reply(to: method)
            guard try body(result, descriptors) else { return channel.close() }
            if !continues { return }
        }
    }

    private func reply<Parameters, Result: Decodable>(to signature: MethodSignature<Parameters, Result>)
        throws(Failure) -> (Result, [SharedDescriptor], continues: Bool)
    {
        let method = signature.name
        guard let message = try channel.receive() else {
            throw Failure(.unavailable, "\(server) ended before it answered", hint: "try again")
        }
        let head = try decode(ReplyHead.self, message, method)
        if let error = head.error {
            guard error.hasSuffix(".Failed") else {
                throw Failure(
                    .unavailable, "\(server) refuses \(method): \(error.escaped)",
                    hint: "it may be of another release: end it, it starts again by itself")
            }
            let parameters = try decode(CallParameters<FailureParameters>.self, message, method).parameters
            guard let failure = parameters?.failure else { throw misunderstood(method) }
            throw failure
        }
        let parameters = try decode(CallParameters<Result>.self, message, method).parameters
        guard let result = parameters else { throw misunderstood(method) }
        return (result, message.enclosure.take(), head.continues ?? false)
    }

    private func decode<Value: Decodable>(_ type: Value.Type, _ message: Message, _ method: String)
        throws(Failure) -> Value
    {
        do throws(UnreadableParameter) {
            return try Wire.decode(type, message.bytes)
        } catch { throw misunderstood(method) }
    }

    private func misunderstood(_ method: String) -> Failure {
        Failure(
            .unavailable, "\(server) answers \(method) in a way that is not understood",
            hint: "it may be of another release: end it, it starts again by itself")
    }
}
