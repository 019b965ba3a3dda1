public import Platform
public import YunCore

/// One request of an app, before any policy has seen it.
public struct NetworkRequest: Sendable {
    /// What is wanted.
    public var method: RequestMethod = .get
    /// An absolute address, as the app wrote it.
    public var url: String
    /// The app's own headers, in their order.
    public var headers: [HeaderLine] = []
    /// What is sent.
    public var body: RequestBody = .none
    /// Redirects that are followed, ``redirectsMost`` at most; with 0, the app gets the redirect itself as the response.
    public var redirectsMax = redirectsMost
    /// More are a loop.
    public static let redirectsMost = 20
    /// How long it may take and how much may come.
    public var limits = TransferLimits()

    /// A request to fetch `url`.
    public init(url: String) {
        self.url = url
    }
}

/// What a request sends.
public enum RequestBody: Sendable {
    case none
    case bytes([UInt8])
    /// A regular file from its position on, a pipe, or a socket; the last two are sent as they come, to their end.
    case stream(SharedDescriptor)
}

/// How long a transfer may take and how much may come.
public struct TransferLimits: Sendable {
    /// For the name, the connection and TLS together.
    public var connectMilliseconds = 30_000
    /// Without a byte in either direction, while the app itself does not keep it waiting.
    public var idleMilliseconds = 60_000
    /// For everything, waiting for a turn included; `nil`: no limit.
    public var wholeMilliseconds: Int?
    /// Of the response's body, decoded: a few bytes on the wire can stand for very many.
    public var bodyBytesMax = 4 << 30

    /// The usual limits.
    public init() {}

    /// With the nearest numbers that can be counted with: they may be an app's.
    var sensible: TransferLimits {
        let hour = 3_600_000
        var limits = self
        limits.connectMilliseconds = min(max(1, connectMilliseconds), hour)
        limits.idleMilliseconds = min(max(1, idleMilliseconds), hour)
        limits.wholeMilliseconds = wholeMilliseconds.map { min(max(1, $0), 24 * hour) }
        limits.bodyBytesMax = max(0, bodyBytesMax)
        return limits
    }
}

/// How a response begins.
public struct ResponseHead: Sendable, Equatable {
    /// Three digits, from 200 on.
    public let status: Int
    /// Where it came from in the end.
    public let url: String
    /// How many redirects led there.
    public let redirects: Int
    /// As they came, in their order. The body is decoded, whatever `content-encoding` and `content-length` say.
    public let headers: [HeaderLine]

    /// The first value under a name in lower case.
    public func value(of name: String) -> String? { headers.first { $0.name == name }?.value }
}

/// Bytes of connections, with what TLS adds.
public struct WireBytes: Sendable, Equatable {
    /// Received.
    public var `in` = 0
    /// Sent, those that were sent again too.
    public var out = 0

    /// Nothing yet.
    public init() {}

    static func += (sum: inout WireBytes, more: WireBytes) {
        sum.in += more.in
        sum.out += more.out
    }
}

/// What a transfer tells of itself: at most one head, and in the end always one end.
public enum TransferEvent: Sendable {
    case head(ResponseHead)
    /// The last event. Without a failure, the body is complete.
    case end(TransferEnd)
}

/// How a transfer ended.
public struct TransferEnd: Sendable {
    /// Why it is not complete.
    public let failure: Failure?
    /// What it cost.
    public let wire: WireBytes
    /// What the app got of the body.
    public let bodyBytes: Int
}
