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
    /// Taken until the message is done with.
    private let place: Places.Place?

    init(_ descriptors: [SharedDescriptor], _ place: Places.Place?) {
        held = Mutex(descriptors)
        self.place = place
    }

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
    /// Asked when the other end has taken too long: whether it could not help it, and has as long again.
    public var isExcused: @Sendable () -> Bool = { false }
    /// How many long messages may be under way at once, of all channels that share the places; without any, as many as
    /// there are channels.
    public var longMessages: Places?
    /// What is not long.
    static let shortMessageBytesMax = 64 << 10

    /// The defaults.
    public init() {}
}

/// Messages over a socket. One thread reads; any thread writes.
public final class Channel: Sendable {
    /// What the messages travel over.
    public let socket: StreamSocket
    private let limits: ChannelLimits
    private let writing = Mutex(())
    private let frames: Mutex<MessageFrames<SharedDescriptor>>

    /// A channel over a connected socket.
    public init(_ socket: StreamSocket, limits: ChannelLimits = ChannelLimits()) {
        self.socket = socket
        self.limits = limits
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
            var place: Places.Place?
            while true {
                if let (bytes, descriptors) = try frames.next() {
                    return Message(bytes: bytes, enclosure: Enclosure(descriptors, place))
                }
                if let places = limits.longMessages, place == nil,
                    frames.sizeBytes > ChannelLimits.shortMessageBytesMax
                {
                    place = places.take(unless: socket.number)
                    guard place != nil else { throw Failure(.inputOutput, "a message was cut off") }
                    deadline = nil
                }
                var timeout: Int32 = -1
                if frames.isInsideMessage {
                    let now = CurrentProcess.monotonicNanoseconds
                    let end = deadline ?? now + Int(limits.stallMilliseconds) * 1_000_000
                    deadline = end
                    timeout = Int32(clamping: max(0, (end - now) / 1_000_000))
                }
                // A message must not become long within one piece, or it would be there before it has its place.
                let needsPlace = limits.longMessages != nil && place == nil
                let room = needsPlace ? ChannelLimits.shortMessageBytesMax + 1 - frames.sizeBytes : 64 << 10
                let piece = try socket.read(upTo: min(room, frames.room), timeoutMilliseconds: timeout)
                guard let piece else {
                    deadline = nil
                    if limits.isExcused() { continue }
                    throw Failure(.inputOutput, "a message came too slowly")
                }
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
                message + [0], descriptors: descriptors, timeoutMilliseconds: limits.stallMilliseconds,
                isExcused: limits.isExcused)
        }
    }

    /// Ends both directions, from any thread.
    public func close() { socket.close() }
}
