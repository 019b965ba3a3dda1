internal import Glibc
internal import Lifecycle
internal import Platform
internal import YunCore

/// Tells how short the machine's memory is.
struct MemoryWatch: Sendable {
    /// What is to stay available.
    let reserveBytes: Int

    init(_ settings: Settings) { reserveBytes = settings.reserveBytes ?? MachineMemory.totalBytes / 16 }

    /// `nil` where there is enough: twice the reserve.
    func level(availableBytes: Int) -> MemoryLevel? {
        switch availableBytes {
        case ..<(reserveBytes / 2): .critical
        case ..<reserveBytes: .low
        case ..<(reserveBytes * 2): .moderate
        default: nil
        }
    }

    /// How short it is at the moment.
    func level() throws(Failure) -> MemoryLevel? { level(availableBytes: try MachineMemory.availableBytes()) }

    /// Calls `body` whenever memory may have become short, for ever.
    func follow(_ body: () -> Void) -> Never {
        do throws(Failure) {
            let pressure = try MemoryPressure()
            while true {
                try pressure.wait()
                body()
            }
        } catch {
            while true {
                sleep(Self.intervalSeconds)
                body()
            }
        }
    }

    /// Where the kernel does not tell by itself.
    private static let intervalSeconds: UInt32 = 10
}
