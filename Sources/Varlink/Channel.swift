public import Platform
internal import Synchronization
public import YunCore

/// One message with the descriptors beside it.
public struct Message: Sendable {
    /// JSON, without the NUL.
    public let bytes: [UInt8]
    /// What came with it.
    public let enclosure: Enclosure
}

/// The descriptors beside a message.
public final class Enclosure: Sendable {
    private let held: Mutex<[SharedDescriptor]>

    init(_ descriptors: [SharedDescriptor]) { held = Mutex(descriptors) }

    /// All, in the order in which they were sent.
    public var descriptors: [SharedDescriptor] { held.withLock { $0 } }

    /// All, for whoever takes them over: the message keeps none open.
    public func take() -> [SharedDescriptor] {
        held.withLock { held in
            defer { held = [] }
            return held
        }
    }
}

/// How long the other end of a channel may take, and how much it may send.
public struct ChannelLimits: Sendable {
    /// One message, without the NUL.
    public var messageBytesMax = 4 << 20
    /// From a message's first byte to its last, and while our own is taken.
    public var stallMilliseconds: Int32 = 10_000

    /// The defaults.
    public init() {}
}

/// Parsing JSON takes up to twenty times its length in memory. Whoever has many connections could have long messages parsed
/// on all of them at once; of channels that share a turn, one does at a time.
final class ParsingTurn: Sendable {
    private static let bytesMin = 64 << 10
    private let lock = Mutex(())

    func parse<Value: Decodable>(_ type: Value.Type, _ bytes: [UInt8]) throws(UnreadableParameter) -> Value {
        guard bytes.count >= Self.bytesMin else { return try Wire.decode(type, bytes) }
        var result: Result<Value, UnreadableParameter> = .failure(UnreadableParameter(name: ""))
        lock.withLock { _ in
            result = Result { () throws(UnreadableParameter) in try Wire.decode(type, bytes) }
        }
        return try result.get()
    }
}

/// Messages over a socket. One thread reads; any thread writes.
public final class Channel: Sendable {
    /// What the messages travel over.
    public let socket: StreamSocket
    let turn: ParsingTurn
    private let limits: ChannelLimits
    private let writing = Mutex(())
    private let frames: Mutex<MessageFrames<SharedDescriptor>>

    /// A channel over a connected socket.
    public convenience init(_ socket: StreamSocket, limits: ChannelLimits = ChannelLimits()) {
        self.init(socket, limits: limits, turn: ParsingTurn())
    }

    init(_ socket: StreamSocket, limits: ChannelLimits, turn: ParsingTurn) {
        self.socket = socket
        self.limits = limits
        self.turn = turn
        frames = Mutex(
            MessageFrames(
                messageBytesMax: limits.messageBytesMax, descriptorsMax: StreamSocket.descriptorsMax))
    }

    /// Waits for the next message; `nil` where the other end has closed between two.
    ///
    /// Fails where a message is too long, takes too long once it has begun, or is cut off.
    public func receive() throws(Failure) -> Message? {
        try frames.withLock { frames throws(Failure) in
            var deadline: Int?
            while true {
                if let (bytes, descriptors) = try frames.next() {
                    return Message(bytes: bytes, enclosure: Enclosure(descriptors))
                }
                var timeout: Int32 = -1
                if frames.isInsideMessage {
                    let now = CurrentProcess.monotonicNanoseconds
                    let end = deadline ?? now + Int(limits.stallMilliseconds) * 1_000_000
                    deadline = end
                    timeout = Int32(clamping: max(0, (end - now) / 1_000_000))
                }
                let piece = try socket.read(upTo: min(64 << 10, frames.room), timeoutMilliseconds: timeout)
                guard let piece else { throw Failure(.inputOutput, "a message came too slowly") }
                guard !piece.bytes.isEmpty else {
                    guard frames.isInsideMessage else { return nil }
                    throw Failure(.inputOutput, "a message was cut off")
                }
                frames.add(piece.bytes, piece.descriptors)
            }
        }
    }

    /// Writes a message.
    /// - Parameter descriptors: 16 at most.
    public func send(_ message: [UInt8], descriptors: [Int32] = []) throws(Failure) {
        try writing.withLock { _ throws(Failure) in
            try socket.write(
                message + [0], descriptors: descriptors, timeoutMilliseconds: limits.stallMilliseconds)
        }
    }

    /// Ends both directions, from any thread.
    public func close() { socket.close() }
}
