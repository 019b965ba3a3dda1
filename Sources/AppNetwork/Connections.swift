internal import CLibCurl
internal import CLinux
internal import YunCore

/// The sockets of one lane: decides to which addresses one may be opened, and counts what they carry. libcurl calls it
/// on the lane's thread, for as long as a connection is open, whichever transfer opened it.
@safe final class Connections {
    private struct Counted {
        var wire = WireBytes()
        /// Not before it is connected.
        var kind: NetworkKind?
    }

    /// How far the transfer that runs may go.
    var reach = RequestPolicy.Reach.world
    /// The scope of an address that was not connected to, since the transfer that runs began.
    private(set) var refused: AddressScope?
    /// What the transfer that runs has cost so far.
    private(set) var wire = WireBytes()
    /// For libcurl, which keeps the place.
    let callbacks: UnsafeMutablePointer<yun_curl_sockets>
    private var sockets: [Int32: Counted] = [:]
    private let report: (NetworkKind, WireBytes) -> Void

    /// - Parameter report: gets what was carried since it was last called.
    init(report: @escaping (NetworkKind, WireBytes) -> Void) {
        self.report = report
        unsafe callbacks = .allocate(capacity: 1)
        unsafe callbacks.initialize(
            to: yun_curl_sockets(
                permit: { context, address, count in
                    let bytes = unsafe Array(UnsafeBufferPointer(start: address, count: count))
                    return unsafe Connections.at(context).permits(bytes) ? 1 : 0
                },
                opened: { context, socket in
                    unsafe Connections.at(context).sockets[socket] = Counted()
                },
                closing: { context, socket in
                    unsafe Connections.at(context).close(socket)
                }, context: nil))
        unsafe callbacks.pointee.context = Unmanaged.passUnretained(self).toOpaque()
    }

    deinit {
        unsafe callbacks.deallocate()
    }

    private static func at(_ context: UnsafeMutableRawPointer?) -> Connections {
        guard let context = unsafe context else { preconditionFailure("libcurl lost a context") }
        return unsafe Unmanaged<Connections>.fromOpaque(context).takeUnretainedValue()
    }

    /// Begins to count for another transfer.
    func begin() {
        wire = WireBytes()
        refused = nil
    }

    private func permits(_ address: [UInt8]) -> Bool {
        let scope = AddressScope(address)
        guard !scope.isAllowed(for: reach) else { return true }
        refused = scope
        return false
    }

    private func close(_ socket: Int32) {
        measure(socket)
        sockets[socket] = nil
    }

    /// Reports what has been carried meanwhile.
    func measure() {
        for socket in sockets.keys { measure(socket) }
    }

    private func measure(_ socket: Int32) {
        var received: UInt64 = 0
        var sent: UInt64 = 0
        guard var counted = sockets[socket], unsafe yun_tcp_bytes(socket, &received, &sent) == 0 else {
            return
        }
        var more = WireBytes()
        more.in = Int(clamping: received) - counted.wire.in
        more.out = Int(clamping: sent) - counted.wire.out
        guard more != WireBytes() else { return }
        let kind = counted.kind ?? NetworkKind(socket: socket)
        counted.kind = kind
        counted.wire += more
        sockets[socket] = counted
        wire += more
        report(kind, more)
    }
}
