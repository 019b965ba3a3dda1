import CLinux
import Glibc
import Platform
import YunCore

/// A process that a test started. It is killed when the object goes.
final class Child {
    let number: pid_t
    private let handle: OwnedDescriptor
    private var status: Int32?

    private init(number: pid_t, handle: consuming OwnedDescriptor) {
        self.number = number
        self.handle = handle
    }

    deinit { kill() }

    /// - Parameter descriptors: what becomes descriptor 0, 1, 2 and so on of the child; -1 is `/dev/null` for the
    ///   first three.
    static func start(
        _ executable: String, _ arguments: [String], environment: [String: String], descriptors: [Int32]
    ) throws -> Child {
        let nothing = unsafe open("/dev/null", O_RDWR | O_CLOEXEC)
        defer { close(nothing) }
        var passed = descriptors
        for index in passed.indices.prefix(3) where passed[index] < 0 { passed[index] = nothing }
        let variables = environment.map { "\($0.key)=\($0.value)" }
        var handle: Int32 = -1
        let number = unsafe withStrings([executable] + arguments) { arguments in
            unsafe withStrings(variables) { variables in
                unsafe passed.withUnsafeBufferPointer { descriptors in
                    unsafe executable.withCString { executable in
                        var spawn = unsafe yun_spawn(
                            executable: executable, arguments: arguments, environment: variables,
                            descriptors: descriptors.baseAddress, descriptor_count: Int32(descriptors.count),
                            dies_with_parent: 0, own_group: 1)
                        return unsafe yun_spawn(&spawn, &handle)
                    }
                }
            }
        }
        guard number > 0 else { throw Failure.system("cannot start \(executable)") }
        return Child(number: number, handle: OwnedDescriptor(owning: handle))
    }

    func signal(_ signal: Int32) { yun_signal_pidfd(handle.number, signal) }

    /// The exit status, or 128 and the signal.
    func wait() -> Int32 {
        if let status { return status }
        let result = yun_wait_pidfd(handle.number)
        status = result
        return result
    }

    /// Asks the process to end and waits for it.
    func end() {
        guard status == nil else { return }
        signal(SIGTERM)
        _ = wait()
    }

    func kill() {
        guard status == nil else { return }
        signal(SIGKILL)
        _ = wait()
    }

    /// Processes that this one has started and that still run.
    func children() throws -> [pid_t] {
        let list = try OwnedDescriptor.open("/proc/\(number)/task/\(number)/children", .read)
            .readToEnd(limit: 4096, describedAs: "children")
        return String(decoding: list, as: UTF8.self).split(separator: " ").compactMap { pid_t($0) }
    }

    /// The most memory that this process has had at once.
    func peakMemoryKilobytes() throws -> Int {
        let status = try OwnedDescriptor.open("/proc/\(number)/status", .read)
            .readToEnd(limit: 16 << 10, describedAs: "status")
        let line = String(decoding: status, as: UTF8.self).split(separator: "\n").first {
            $0.hasPrefix("VmHWM:")
        }
        return line?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? .max
    }

    private static func withStrings<R>(
        _ strings: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> R
    ) -> R {
        var copies = unsafe strings.map { unsafe strdup($0) } + [nil]
        defer { unsafe copies.forEach { unsafe free($0) } }
        return unsafe copies.withUnsafeMutableBufferPointer { buffer in
            guard let start = buffer.baseAddress else { preconditionFailure("there is always an end") }
            return unsafe body(UnsafePointer(start))
        }
    }
}

/// Both ends of a pipe, neither inherited by accident.
struct Pipe: ~Copyable {
    private let output: OwnedDescriptor
    private let input: OwnedDescriptor

    init() throws {
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe(&ends) == 0 else { throw Failure.system("cannot make a pipe") }
        output = OwnedDescriptor(owning: ends[0])
        input = OwnedDescriptor(owning: ends[1])
        yun_set_cloexec(output.number, 1)
        yun_set_cloexec(input.number, 1)
    }

    /// The number of the writing end, for a child.
    var writing: Int32 { input.number }

    /// Closes the writing end, so that reading ends with the child.
    consuming func takeReading() -> OwnedDescriptor { output }
}
