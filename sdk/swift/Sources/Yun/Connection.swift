internal import CYun
internal import Glibc

/// One connection to the broker. Calls wait for their answer, one after the other; ``Broker`` does it without making the
/// caller's thread wait.
///
/// The interfaces are its properties: `try connection.storage.get(key: "draft")`.
@safe public final class Connection {
    private let client: UnsafeMutablePointer<yun_client>

    /// Connects.
    /// - Parameter path: the socket; where it is `nil`, what the variable `YUN_BROKER` names, or `/run/broker`.
    public init(path: String? = nil) throws(Failure) {
        unsafe client = .allocate(capacity: 1)
        if unsafe !yun_connect(client, path) { throw failure }
    }

    /// Takes over a connected socket.
    public init(owning socket: Int32) {
        unsafe client = .allocate(capacity: 1)
        unsafe yun_adopt(client, socket)
    }

    deinit {
        unsafe yun_close(client)
        unsafe client.deallocate()
    }

    /// For whoever waits for several things at once; -1 when the connection is over.
    public var socket: Int32 { unsafe client.pointee.socket }

    /// Whether the call that was begun replies again.
    public var continues: Bool { unsafe client.pointee.continues }

    /// Sends a descriptor beside the next call, which only borrows it.
    public func attach(_ descriptor: Int32) throws(Failure) {
        if unsafe !yun_attach(client, descriptor) { throw failure }
    }

    /// The descriptor beside the latest reply, once.
    public func takeDescriptor(_ index: Int = 0) -> Descriptor? {
        let number = unsafe yun_take(client, Int32(clamping: index))
        return number >= 0 ? Descriptor(owning: number) : nil
    }

    /// Calls a method and waits for its reply.
    public func call(_ method: String, _ parameters: JSON = .object([:])) throws(Failure) -> JSON {
        try begin(method, parameters)
        return try receive(method)
    }

    /// Calls a method that replies several times.
    /// - Parameter body: is given each reply; false hangs up, after which the connection is of no more use.
    public func stream(
        _ method: String, _ parameters: JSON = .object([:]), _ body: (JSON) throws -> Bool
    ) throws {
        try begin(method, parameters, more: true)
        repeat {
            guard try body(receive(method)) else { return hangUp() }
        } while continues
    }

    /// Sends a call.
    /// - Parameter more: whether several replies are welcome.
    public func begin(_ method: String, _ parameters: JSON = .object([:]), more: Bool = false) throws(Failure)
    {
        unsafe yun_begin(client)
        if case .object(let members) = parameters { unsafe JSON.write(members, &client.pointee.out) }
        if unsafe !yun_send_json(client, method, more) { throw failure }
    }

    /// Waits for the next reply to what was begun.
    public func receive(_ method: String) throws(Failure) -> JSON {
        var parameters = unsafe yun_json()
        if unsafe !yun_receive_json(client, method, &parameters) { throw failure }
        return unsafe JSON(parameters)
    }

    /// Ends it.
    public func hangUp() { unsafe yun_close(client) }

    private var failure: Failure {
        let error = unsafe client.pointee.error
        let hint = Self.text(error.hint)
        return Failure(
            code: Self.text(error.code), message: Self.text(error.message), hint: hint.isEmpty ? nil : hint)
    }

    /// A C array of characters, as far as its NUL.
    private static func text<Characters>(_ characters: Characters) -> String {
        unsafe withUnsafeBytes(of: characters) { bytes in
            unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
    }
}

/// A file descriptor with one owner, closed when the owner goes.
public struct Descriptor: ~Copyable, Sendable {
    /// For calls that borrow it.
    public let number: Int32

    /// Takes over `number`.
    public init(owning number: Int32) { self.number = number }

    deinit { close(number) }

    /// Gives up ownership; the caller closes the number.
    public consuming func release() -> Int32 {
        let number = number
        discard self
        return number
    }

    /// Everything until the end, but no more than `limit` bytes.
    public borrowing func readToEnd(limit: Int) throws(Failure) -> [UInt8] {
        var bytes: [UInt8] = []
        while true {
            var piece = [UInt8](repeating: 0, count: 64 << 10)
            let count = unsafe read(number, &piece, piece.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0, bytes.count + count <= limit else {
                throw Failure(
                    code: "io.failed", message: "cannot read, or there are more than \(limit) bytes")
            }
            if count == 0 { return bytes }
            bytes += piece.prefix(count)
        }
    }
}
