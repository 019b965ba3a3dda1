import Glibc
import Platform
import Sandbox
import YunCore

/// Times from the decision to launch to the program's first act, rounds interleaved over the peers, medians.
struct Timing {
    let options: Options
    let plan: Plan
    let rounds: Int

    init(_ options: Options) throws(Failure) {
        self.options = options
        rounds = try options.number("rounds") ?? 200
        plan = try Plan(try options.request(), host: HostFacts.gather(runtimeDirectory: nil))
    }

    func run() throws(Failure) -> Int32 {
        var results: [String: [Double]] = [:]
        let program = try options.required("tree") + "/" + (options.rest.first ?? "")
        let plan = plan
        let path = try options.required("seed")
        let (fresh, ready) = (try Spawner(seedPath: path), try Spawner(seedPath: path))
        func end(_ process: SandboxedProcess) -> Finish { { () throws(Failure) in _ = try process.wait() } }
        let peers: [(String, (Int32) throws(Failure) -> Finish)] = [
            ("exec", { number throws(Failure) in try fork(program, number) }),
            // A resident spawner, without and with a spare, and one that is started for the launch.
            (
                "seed",
                { number throws(Failure) in try end(fresh.launch(plan, standardStreams: (0, number, 2))) }
            ),
            (
                "spare",
                { number throws(Failure) in try end(ready.launch(plan, standardStreams: (0, number, 2))) }
            ),
            (
                "alone",
                { number throws(Failure) in
                    try end(Sandbox.launch(plan, backend: .seed(path: path), standardStreams: (0, number, 2)))
                }
            ),
            (
                "bwrap",
                { number throws(Failure) in
                    try end(
                        Sandbox.launch(
                            plan, backend: .bwrap(path: "/usr/bin/bwrap"), standardStreams: (0, number, 2)))
                }
            ),
        ]
        let opening = options.values["store"] == nil ? nil : try Opening(options)
        for _ in 0..<rounds {
            if let opening {
                results["open", default: []].append(
                    try opening.measure { () throws(Failure) in try opening.call() })
                results["command", default: []].append(
                    try opening.measure { () throws(Failure) in try opening.command() })
            }
            for (name, start) in peers {
                if name == "spare" {
                    try ready.keepSpare(in: plan.cgroups)
                    // What an owner does before the next app is opened takes longer than a spare.
                    usleep(20_000)
                }
                results[name, default: []].append(try measure(start))
                if name == "spare" { ready.giveUpSpare() }
            }
        }
        for (name, times) in results.sorted(by: { $0.key < $1.key }) { Self.say(name, times) }
        return 0
    }

    private static func say(_ name: String, _ times: [Double]) {
        let sorted = times.sorted()
        func at(_ share: Double) -> Int { Int(sorted[Int(Double(sorted.count - 1) * share)]) }
        print("\(name) median \(at(0.5)) us, p99 \(at(0.99)) us, fastest \(at(0)) us")
    }

    /// How long it takes until all of an app stands still, and until it goes on.
    func freeze() throws(Failure) -> Int32 {
        var (stops, starts): ([Double], [Double]) = ([], [])
        let spawner = try Spawner(seedPath: try options.required("seed"))
        var request = try options.request()
        request.program = .host(path: "/bin/sh", resources: [])
        request.arguments = ["-c", "for i in 1 2 3 4; do while :; do sleep 0.001; done & done; wait"]
        let process = try spawner.launch(Plan(request, host: HostFacts.gather(runtimeDirectory: nil)))
        for _ in 0..<rounds {
            usleep(2000)
            let begin = now()
            try process.group.freeze(true)
            let frozen = now()
            try process.group.freeze(false)
            starts.append(now() - frozen)
            stops.append(frozen - begin)
        }
        Self.say("freeze", stops)
        Self.say("thaw", starts)
        try process.kill()
        return try process.wait() == 137 ? 0 : 1
    }

    private typealias Finish = () throws(Failure) -> Void

    /// From before `start` until the program's first instruction, which it tells.
    private func measure(_ start: (Int32) throws(Failure) -> Finish) throws(Failure) -> Double {
        let output = try Pipe()
        let begin = CurrentProcess.monotonicNanoseconds
        let finish = try start(output.writing.number)
        let text = try output.closingWritingEnd().readSome(upTo: 64)
        try finish()
        guard let began = Int(String(decoding: text, as: UTF8.self).prefix { $0 != "\n" }) else {
            throw Failure(.sandboxFailed, "the program did not run")
        }
        return Double(began - begin) / 1e3
    }

    private func fork(_ program: String, _ output: Int32) throws(Failure) -> Finish {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        unsafe posix_spawn_file_actions_adddup2(&actions, output, 1)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        var process: pid_t = 0
        var arguments: [UnsafeMutablePointer<CChar>?] = unsafe [strdup("noop"), nil]
        defer { unsafe free(arguments[0]) }
        guard unsafe posix_spawn(&process, program, &actions, nil, &arguments, nil) == 0 else {
            throw Failure(.sandboxFailed, "cannot start \(program)")
        }
        let child = process
        return { () throws(Failure) in
            var status: Int32 = 0
            _ = unsafe waitpid(child, &status, 0)
        }
    }

    private func now() -> Double { Double(CurrentProcess.monotonicNanoseconds) / 1e3 }
}
