import Glibc
import Sandbox
import YunCore

/// Launches as `ypkg` does, without a store: `run` for one program, `time` and `memory` for what a launch costs.
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
        case "memory": return try Memory(options).run()
        default: throw Failure(.usage, "say run, time or memory")
        }
    }

    private static func run(_ options: Options) throws(Failure) -> Int32 {
        let relay = try SignalRelay()
        let host = try HostFacts.gather(runtimeDirectory: options.values["runtime"])
        let plan = try Plan(try options.request(), host: host)
        if options.values["explain"] != nil {
            for line in plan.explanation.lines { print(line) }
            return 0
        }
        let process = try Sandbox.launch(
            plan, backend: try options.backend(), reporting: try options.reporting()
        ) { report in say("denied: \(report.message)") }
        try process.terminal?.proxy()
        return try relay.wait(for: process)
    }

    static func say(_ text: String) {
        let line = Array((text + "\n").utf8)
        _ = unsafe write(2, line, line.count)
    }
}
