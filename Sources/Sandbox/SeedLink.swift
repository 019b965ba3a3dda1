internal import CLinux
internal import Glibc
internal import Platform
internal import YunCore

/// Our end of the stream over which one sandbox is told what it is for, and tells how it fares (`SeedSpec.h`).
final class SeedLink: Sendable {
    private let socket: OwnedDescriptor

    private init(_ socket: consuming OwnedDescriptor) { self.socket = socket }

    /// Orders a sandbox. It is made at once, and waits in its groups for its spec.
    static func order(
        over control: borrowing OwnedDescriptor, groups: LaunchGroups?
    ) throws(Failure) -> SeedLink {
        let (link, other) = try pair()
        var order = seed_order(
            version: UInt32(SEED_VERSION), is_unified: groups?.unifiedDescriptor == nil ? 0 : 1)
        let descriptors =
            [other.socket.number] + (groups?.unifiedDescriptor.map { [$0] } ?? [])
            + (groups?.memberDescriptors ?? [])
        let size = MemoryLayout<seed_order>.size
        guard unsafe yun_send(control.number, &order, size, descriptors, descriptors.count) == 0 else {
            guard errno == EPIPE || errno == ECONNRESET else { throw .system("cannot reach seed") }
            throw Self.seedEnded
        }
        return link
    }

    /// Two ends, for a backend that only reports.
    static func pair() throws(Failure) -> (SeedLink, SeedLink) {
        var pair: [Int32] = [-1, -1]
        guard unsafe yun_stream_pair(&pair) == 0 else { throw .system("cannot create a socket") }
        return (SeedLink(OwnedDescriptor(owning: pair[0])), SeedLink(OwnedDescriptor(owning: pair[1])))
    }

    static var seedEnded: Failure {
        Failure(
            .sandboxFailed, "cannot start a sandbox: seed, which makes them, has ended",
            hint: "all sandboxes ended with it; start another one")
    }

    /// Says what the sandbox is for. Who has given up meanwhile has said why.
    func send(_ spec: [UInt8], _ descriptors: [Int32]) throws(Failure) {
        let result = unsafe yun_send(socket.number, spec, spec.count, descriptors, descriptors.count)
        guard result == 0 || errno == EPIPE || errno == ECONNRESET else {
            throw .system("cannot tell seed what to start")
        }
        _ = shutdown(socket.number, Int32(SHUT_WR))
    }

    /// Reports an end to the other side, for a backend that cannot do so.
    func end(_ status: Int32) {
        var report = seed_report()
        report.kind = SEED_ENDED.rawValue
        report.value = status
        // Nobody may be interested any more.
        _ = unsafe yun_send(socket.number, &report, MemoryLayout<seed_report>.size, nil, 0)
    }

    /// Ends a sandbox that was told nothing yet.
    func giveUp() { _ = shutdown(socket.number, Int32(SHUT_RDWR)) }

    /// Waits for the next report; `nil` when nothing more comes.
    func next() throws(Failure) -> SeedReport? {
        var report = seed_report()
        var handle: Int32 = -1
        let size = MemoryLayout<seed_report>.size
        let count = unsafe yun_receive(socket.number, &report, size, &handle)
        // A reset is how an end looks that had not read everything.
        guard count >= 0 || errno == ECONNRESET else { throw .system("cannot hear from seed") }
        guard count == size else { return nil }
        switch seed_report_kind(report.kind) {
        case SEED_STARTED:
            guard handle >= 0 else { return nil }
            return .started(SpawnedProcess(report.value, handle: OwnedDescriptor(owning: handle)))
        case SEED_RUNNING: return .running
        case SEED_ENDED: return .ended(report.value)
        default:
            let step = unsafe withUnsafeBytes(of: report.step) { unsafe Self.text($0) }
            let object = unsafe withUnsafeBytes(of: report.object) { unsafe Self.text($0) }
            return .failed(report.value, step: step, object: object)
        }
    }

    private static func text(_ bytes: UnsafeRawBufferPointer) -> String {
        unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
}

/// What a sandbox tells its launcher.
enum SeedReport: Sendable {
    /// Init is there.
    case started(SpawnedProcess)
    /// The program runs, and every wall stands.
    case running
    case failed(Int32, step: String, object: String)
    /// The program ended with the status.
    case ended(Int32)
}
