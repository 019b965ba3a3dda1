import Glibc
import Sandbox
import YunCore

/// Launches as `ypkg` does, without a store: `run` for one program, `time`, `freeze` and `memory` for what it costs.
@main struct LaunchBench {
    static func main() {
        do throws(Failure) {
            exit(try command(Array(CommandLine.arguments.dropFirst())))
        } catch {
            say("error: \(error)")
            exit(error.code.exitStatus)
        }
    }

    private static func command(_ arguments: [String]) throws(Failure) -> Int32 {
        let options = try Options(Array(arguments.dropFirst()))
        switch arguments.first {
        case "run": return try run(options)
        case "time": return try Timing(options).run()
        case "freeze": return try Timing(options).freeze()
        case "memory": return try Memory(options).run()
        default: throw Failure(.usage, "say run, time, freeze or memory")
        }
    }

    private static func run(_ options: Options) throws(Failure) -> Int32 {
        if let walls = options.values["walls"] {
            let spawner = try Spawner(seedPath: try options.required("seed"))
            try Sandbox.selfTest(
                spawner, program: walls, in: try options.required("data"),
                appUser: try options.number("user").map(UInt32.init))
            return 0
        }
        let relay = try SignalRelay()
        let host = try HostFacts.gather(runtimeDirectory: options.values["runtime"])
        let plan = try Plan(try options.request(), host: host)
        if options.values["explain"] != nil {
            for line in plan.explanation.lines { print(line) }
            return 0
        }
        let process = try launch(plan, options)
        try process.terminal?.proxy()
        return try relay.wait(for: process)
    }

    private static func launch(_ plan: Plan, _ options: Options) throws(Failure) -> SandboxedProcess {
        let reporting = try options.reporting()
        guard let file = options.values["spare"] else {
            return try Sandbox.launch(plan, backend: try options.backend(), reporting: reporting) { report in
                say("denied: \(report.message)")
            }
        }
        let spawner = try Spawner(seedPath: try options.required("seed"))
        try spawner.keepSpare(in: plan.cgroups)
        // The spare is not ready at once. Whoever makes the file wants to have changed something meanwhile.
        usleep(100_000)
        close(unsafe open(file + ".ready", O_CREAT | O_WRONLY, 0o600))
        while unsafe access(file, F_OK) != 0 { usleep(10_000) }
        return try spawner.launch(plan, reporting: reporting) { report in say("denied: \(report.message)") }
    }

    static func say(_ text: String) {
        let line = Array((text + "\n").utf8)
        _ = unsafe write(2, line, line.count)
    }
}
