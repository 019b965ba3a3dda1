internal import Glibc
internal import Lifecycle
internal import Platform
internal import Synchronization
internal import YunCore

/// How much of something an app may do, whichever of its sandboxes does it.
final class AppAllowance: Sendable {
    private let allowance: Mutex<Allowance>

    private init(_ allowance: Allowance) { self.allowance = Mutex(allowance) }

    /// Of what the owner sees: 20 at once, then one each second.
    static func attention() -> AppAllowance {
        AppAllowance(Allowance(20, eachNanoseconds: 1_000_000_000))
    }

    /// Of bytes for the log: 1 MiB at once, then 256 KiB each second.
    static func output() -> AppAllowance {
        AppAllowance(Allowance(1 << 20, eachNanoseconds: 1_000_000_000 / (256 << 10)))
    }

    /// Uses one, or fails.
    /// - Parameter things: what there are too many of.
    func take(_ things: String) throws(Failure) {
        let isLeft = allowance.withLock { $0.take(at: CurrentProcess.monotonicNanoseconds) }
        guard isLeft else {
            throw Failure(
                .callTooMany, "too many \(things) in a short time", hint: "one more is possible in a second")
        }
    }

    /// Waits until so much has grown back as was used.
    func spend(_ count: Int) {
        let nanoseconds = allowance.withLock { $0.spend(count, at: CurrentProcess.monotonicNanoseconds) }
        usleep(UInt32(clamping: nanoseconds / 1000))
    }
}
