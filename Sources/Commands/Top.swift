internal import ArgumentParser
internal import Glibc
internal import PageManagerClient
internal import PageManagerInterface
internal import Platform
internal import Store
internal import Varlink
internal import YunCore

struct Top: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "top", _superCommandName: Ypkg.name,
        abstract: "Shows what each running app uses, until Ctrl-C.",
        discussion: """
            On a terminal every two seconds anew, else once. Received and sent is what went over the network since the app \
            was installed.
            """)

    @Flag(name: .long, help: "Show it once.")
    var once = false

    @OptionGroup var store: StoreOptions
    @OptionGroup var format: OutputOptions

    private static let pauseSeconds: UInt32 = 2

    func run() throws {
        let path = try store.existingPath()
        var before: [String: Int] = [:]
        var beforeAt = CurrentProcess.monotonicNanoseconds
        let isLive = !once && !format.json && CurrentProcess.isTerminal(STDOUT_FILENO)
        repeat {
            let client = try PageManagerClient.connectIfRunning(root: path)
            let apps = try client?.call(Owner.usage).apps ?? []
            if format.json { return try Console.json(apps) }
            let now = CurrentProcess.monotonicNanoseconds
            if isLive { Console.clearScreen() }
            if apps.isEmpty {
                Console.note("no app runs")
            } else {
                Console.table(Self.rows(apps, before, seconds: Double(now - beforeAt) / 1e9))
            }
            before = Dictionary(apps.map { ($0.app, $0.processor ?? 0) }) { first, _ in first }
            beforeAt = now
            if isLive { sleep(Self.pauseSeconds) }
        } while isLive
    }

    private static func rows(_ apps: [Owner.Usage], _ before: [String: Int], seconds: Double) -> [[String]] {
        let head = ["APP", "STATE", "PAGES", "MEMORY", "CPU", "TIME", "IN", "OUT"]
        return [head]
            + apps.map { app in
                let share = before[app.app].flatMap { before in
                    app.processor.map { Double($0 - before) / (seconds * 10_000) }
                }
                return [
                    app.app, app.state.rawValue, "\(app.pages)", app.memory?.bytesText ?? "-",
                    share.map { "\(Int($0.rounded())) %" } ?? "-",
                    app.processor.map { "\($0 / 1000) ms" } ?? "-",
                    app.received.bytesText, app.sent.bytesText,
                ]
            }
    }
}
