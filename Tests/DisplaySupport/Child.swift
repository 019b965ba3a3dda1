import CLinux
import Glibc
internal import Platform
import YunCore

/// A process that a test started. It is killed when the object goes.
package final class Child {
    private let process: SpawnedProcess
    private var status: Int32?

    private init(_ process: SpawnedProcess) { self.process = process }

    package var number: Int32 { process.number }

    deinit { kill() }

    /// - Parameter descriptors: what becomes descriptor 0, 1, 2 and so on of the child; -1 is `/dev/null` for the
    ///   first three.
    package static func start(
        _ executable: String, _ arguments: [String], environment: [String: String], descriptors: [Int32]
    ) throws -> Child {
        let nothing = unsafe open("/dev/null", O_RDWR | O_CLOEXEC)
        defer { close(nothing) }
        var passed = descriptors
        for index in passed.indices.prefix(3) where passed[index] < 0 { passed[index] = nothing }
        return Child(
            try SpawnedProcess(
                [executable] + arguments, environment: environment.map { "\($0.key)=\($0.value)" },
                descriptors: passed))
    }

    package func signal(_ signal: Int32) { _ = yun_signal_pidfd(process.handle.number, signal) }

    /// The exit status, or 128 and the signal.
    package func wait() -> Int32 {
        if let status { return status }
        let result = yun_wait_pidfd(process.handle.number)
        status = result
        return result
    }

    /// Asks the process to end and waits for it.
    package func end() {
        guard status == nil else { return }
        signal(SIGTERM)
        _ = wait()
    }

    package func kill() {
        guard status == nil else { return }
        signal(SIGKILL)
        _ = wait()
    }

    /// Processes that this one has started and that still run.
    package func children() throws -> [Int32] {
        let list = try OwnedDescriptor.open("/proc/\(number)/task/\(number)/children", .read)
            .readToEnd(limit: 4096, describedAs: "children")
        return String(decoding: list, as: UTF8.self).split(separator: " ").compactMap { Int32($0) }
    }

    /// The most memory that this process has had at once.
    package func peakMemoryKilobytes() throws -> Int {
        let status = try OwnedDescriptor.open("/proc/\(number)/status", .read)
            .readToEnd(limit: 16 << 10, describedAs: "status")
        let line = String(decoding: status, as: UTF8.self).split(separator: "\n").first {
            $0.hasPrefix("VmHWM:")
        }
        return line?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? .max
    }
}
