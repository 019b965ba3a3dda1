internal import Platform
internal import Synchronization
internal import YunCore

/// What an app's lanes carry transfers with.
struct LaneTools: Sendable {
    let policy: RequestPolicy
    let trust: ServerTrust
    let answers: NameAnswers
    let share: Share
}

/// One thread of an app's with connections of its own, which carries one transfer at a time. What stalls it, an app
/// that does not read or a server that does not answer, stalls nothing else; and nothing of another app's was ever
/// on its connections (`spec/decisions/0022-libcurl-at-the-first-request.md`).
final class Lane: Sendable {
    /// What a lane is told while it waits.
    enum Order: Sendable {
        case carry(Transfer)
        case end
    }

    let multi: Multi
    private let tools: LaneTools
    private let order = Mutex<Order?>(nil)
    private let interruption: Interruption

    /// How long connections are kept for another request.
    static let idleMilliseconds = 30_000

    init(_ tools: LaneTools, report: @escaping @Sendable (NetworkKind, WireBytes) -> Void) throws(Failure) {
        self.tools = tools
        interruption = try Interruption()
        multi = try Multi(Connections(report: report))
    }

    /// Tells a lane that waits.
    func give(_ new: Order) {
        order.withLock { $0 = new }
        multi.wake()
    }

    /// Waits for an order; `nil` where none came in time.
    func wait() -> Order? {
        let deadline = CurrentProcess.monotonicNanoseconds + Self.idleMilliseconds * 1_000_000
        while true {
            if let order = order.withLock({ $0.take() }) { return order }
            let left = deadline - CurrentProcess.monotonicNanoseconds
            guard left > 0 else { return nil }
            // Without a transfer, what arrives on an idle connection is looked at before its next use.
            multi.wait([], milliseconds: left / 1_000_000 + 1)
        }
    }

    /// Carries one transfer to its end, on the lane's thread; `nil` where it was cancelled before.
    func carry(_ transfer: Transfer) -> TransferEnd? {
        interruption.clear()
        guard let (body, output) = transfer.begin(interruption) else { return nil }
        multi.connections.begin()
        let (failure, bodyBytes) = run(transfer, body, output)
        return TransferEnd(failure: failure, wire: multi.connections.wire, bodyBytes: bodyBytes)
    }

    /// What the app gave for the body is closed when this returns: its reader sees the end before it hears of it.
    private func run(
        _ transfer: Transfer, _ body: RequestBody, _ output: consuming SharedDescriptor
    ) -> (failure: Failure?, bodyBytes: Int) {
        do throws(Failure) {
            return try TransferRun(
                transfer, interruption.descriptor, body: body, output: output, tools.policy, multi.connections
            )
            .run(multi, tools)
        } catch {
            return (error, 0)
        }
    }
}
