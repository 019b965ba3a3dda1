public import Platform
public import YunCore

/// One call while it is answered, on the thread of its connection.
public final class Exchange<Context> {
    /// What the server knows of the caller.
    public let context: Context
    /// What came beside the call.
    public let enclosure: Enclosure
    /// Whether the caller takes several replies.
    public let wantsMore: Bool
    let isOneway: Bool
    private let channel: Channel
    private(set) var isAnswered = false

    init(_ head: CallHead, _ message: Message, _ channel: Channel, _ context: Context) {
        self.context = context
        self.channel = channel
        enclosure = message.enclosure
        wantsMore = head.more ?? false
        isOneway = head.oneway ?? false
    }

    /// Sends a reply; the last one does not continue.
    public func reply(
        _ parameters: some Encodable, descriptors: [Int32] = [], continues: Bool = false
    ) throws(Failure) {
        isAnswered = !continues
        guard !isOneway else { return }
        try channel.send(
            Wire.encode(Reply(parameters: parameters, continues: continues ? true : nil)),
            descriptors: descriptors)
    }

    func fail(_ error: String, _ parameters: some Encodable) throws(Failure) {
        isAnswered = true
        guard !isOneway else { return }
        try channel.send(Wire.encode(Reply(error: error, parameters: parameters)))
    }

    /// Becomes readable when the caller has hung up, for answers that wait for something else.
    public var hangupDescriptor: Int32 { channel.socket.number }

    /// Waits until a descriptor can be read; false once the caller has hung up.
    public func wait(for descriptor: Int32) -> Bool { channel.socket.waitForInput(of: descriptor) }

    /// Waits until the caller has hung up, or says more, which hanging up is to a call that lasts.
    public func waitForHangup() { channel.socket.waitForInput() }

    /// The descriptor at a place that the call names.
    public func descriptor(_ index: Int) throws(Failure) -> SharedDescriptor {
        let descriptors = enclosure.descriptors
        guard descriptors.indices.contains(index) else {
            throw Failure(
                .usage, "the call names descriptor \(index) and brings \(descriptors.count)",
                hint: "send descriptors beside the first byte of the call")
        }
        return descriptors[index]
    }
}

/// A method of an interface, with the types of what is asked and of each reply.
public struct MethodSignature<Parameters, Reply>: Sendable {
    /// With its interface, `com.yunos.page.Open`.
    public let name: String

    /// - Parameter name: with its interface.
    public init(_ name: String) { self.name = name }
}

/// A method of an interface and what answers it.
public struct Method<Context>: Sendable {
    /// With its interface, `com.yunos.page.Open`.
    public let name: String
    let answer: @Sendable (Message, Exchange<Context>) throws -> Void

    /// A method that is answered once, with what `body` returns.
    public init<Parameters: Decodable & SendableMetatype, Result: Encodable & SendableMetatype>(
        _ signature: MethodSignature<Parameters, Result>,
        _ body: @escaping @Sendable (Parameters, Exchange<Context>) throws(Failure) -> Result
    ) {
        name = signature.name
        answer = { message, exchange in
            let result = try body(Self.parameters(message), exchange)
            if !exchange.isAnswered { try exchange.reply(result) }
        }
    }

    private static func parameters<Parameters: Decodable>(_ message: Message) throws -> Parameters {
        if let parameters = try Wire.decode(CallParameters<Parameters>.self, message.bytes).parameters {
            return parameters
        }
        // A call without parameters may leave them out.
        return try Wire.decode(Parameters.self, Array("{}".utf8))
    }
}

/// Answers the calls of one connection after the other's, each connection on a thread of its own.
public struct Service<Context>: Sendable {
    /// Who the program is, for `org.varlink.service.GetInfo`.
    public struct Info: Encodable, Sendable {
        let vendor: String
        let product: String
        let version: String
        let url: String
        var interfaces: [String] = []

        /// As varlink.org names them.
        public init(vendor: String, product: String, version: String, url: String) {
            self.vendor = vendor
            self.product = product
            self.version = version
            self.url = url
        }
    }

    private let info: Info
    private let interfaces: [String: String]
    private let methods: [String: Method<Context>]
    /// Called before a method of ours is answered; what it throws is the answer.
    private let admit: @Sendable (String, Exchange<Context>) throws(Failure) -> Void

    /// - Parameter interfaces: the texts of the interface files.
    public init(
        _ info: Info, interfaces: [String], methods: [Method<Context>],
        admit: @escaping @Sendable (String, Exchange<Context>) throws(Failure) -> Void = { _, _ in }
    ) throws(Failure) {
        var texts: [String: String] = [StandardInterface.name: StandardInterface.text]
        for text in interfaces { texts[try Interface(text).name] = text }
        self.interfaces = texts
        self.info = { info in
            var info = info
            info.interfaces = texts.keys.sorted()
            return info
        }(info)
        self.methods = Dictionary(uniqueKeysWithValues: methods.map { ($0.name, $0) })
        self.admit = admit
    }

    /// Answers until the other end closes. Fails with what is wrong with the connection, after which it is of no more
    /// use; what is wrong with a call is an answer.
    public func serve(_ channel: Channel, _ context: Context) throws(Failure) {
        while let message = try channel.receive() {
            let head: CallHead
            do throws(UnreadableParameter) {
                head = try Wire.decode(CallHead.self, message.bytes)
            } catch {
                throw Failure(.usage, "a message is no call")
            }
            try answer(message, Exchange(head, message, channel, context), head)
        }
    }

    private func answer(_ message: Message, _ exchange: Exchange<Context>, _ head: CallHead) throws(Failure) {
        let interface = String(head.method[..<(head.method.lastIndex(of: ".") ?? head.method.startIndex)])
        do {
            guard head.upgrade != true else {
                return try exchange.fail(StandardInterface.invalidParameter, ["parameter": "upgrade"])
            }
            if interface == StandardInterface.name { return try answerItself(message, exchange, head.method) }
            guard interfaces[interface] != nil else {
                return try exchange.fail(
                    StandardInterface.interfaceNotFound, ["interface": interface.abbreviated(to: 200)])
            }
            guard let method = methods[head.method] else {
                return try exchange.fail(
                    StandardInterface.methodNotFound, ["method": head.method.abbreviated(to: 200)])
            }
            try admit(head.method, exchange)
            try method.answer(message, exchange)
        } catch let error as UnreadableParameter {
            try exchange.fail(StandardInterface.invalidParameter, ["parameter": error.name])
        } catch let failure as Failure {
            guard !exchange.isAnswered else { throw failure }
            try exchange.fail(interface + ".Failed", FailureParameters(failure))
        } catch {
            throw Failure(.internalError, "cannot answer \(head.method.escaped): \(error)")
        }
    }

    private struct InterfaceName: Decodable {
        let interface: String
    }

    private func answerItself(_ message: Message, _ exchange: Exchange<Context>, _ method: String) throws {
        switch method {
        case StandardInterface.name + ".GetInfo": try exchange.reply(info)
        case StandardInterface.name + ".GetInterfaceDescription":
            let asked = try Wire.decode(CallParameters<InterfaceName>.self, message.bytes).parameters
            guard let name = asked?.interface else { throw UnreadableParameter(name: "interface") }
            guard let text = interfaces[name] else {
                return try exchange.fail(
                    StandardInterface.interfaceNotFound, ["interface": name.abbreviated(to: 200)])
            }
            try exchange.reply(["description": text])
        default:
            try exchange.fail(StandardInterface.methodNotFound, ["method": method.abbreviated(to: 200)])
        }
    }
}

/// The interface that every service has (varlink.org, Service).
enum StandardInterface {
    static let name = "org.varlink.service"
    static let interfaceNotFound = name + ".InterfaceNotFound"
    static let methodNotFound = name + ".MethodNotFound"
    static let invalidParameter = name + ".InvalidParameter"

    static let text = """
        # What every service tells about itself
        interface org.varlink.service

        method GetInfo() -> (vendor: string, product: string, version: string, url: string, interfaces: []string)

        method GetInterfaceDescription(interface: string) -> (description: string)

        error InterfaceNotFound (interface: string)

        error MethodNotFound (method: string)

        error MethodNotImplemented (method: string)

        error InvalidParameter (parameter: string)

        """
}
