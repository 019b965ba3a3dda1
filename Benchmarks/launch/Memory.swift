import Glibc
import Sandbox
import YunCore

/// What an idle sandbox costs beside its program: its init, and what is resident for all, each with its share of what
/// they share.
struct Memory {
    let plan: Plan
    let seed: String

    /// The program must wait when it gets a second argument.
    init(_ options: Options) throws(Failure) {
        var request = try options.request()
        request.arguments = ["", "wait"]
        plan = try Plan(request, host: HostFacts.gather(runtimeDirectory: nil))
        seed = try options.required("seed")
    }

    func run() throws(Failure) -> Int32 {
        let spawner = try Spawner(seedPath: seed)
        let process = try spawner.launch(plan, standardStreams: (0, 2, 2))
        usleep(100_000)
        print("resident \(share(spawner.processID)) KiB, init \(share(process.processID)) KiB")
        try process.kill()
        return try process.wait() == 137 ? 0 : 1
    }

    private func share(_ process: Int32) -> Int {
        let line = text("/proc/\(process)/smaps_rollup").split(separator: "\n").first { $0.hasPrefix("Pss:") }
        return line?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
    }

    private func text(_ path: String) -> String {
        let file = unsafe open(path, O_RDONLY)
        defer { close(file) }
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
            count = max(0, unsafe read(file, buffer.baseAddress, buffer.count))
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
