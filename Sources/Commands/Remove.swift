internal import ArgumentParser
internal import Installer
internal import PageManagerClient
internal import Platform
internal import Store
internal import YunCore

struct Remove: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", _superCommandName: Ypkg.name, abstract: "Removes an app and its data.")

    @OptionGroup var app: AppOptions

    @Flag(name: .long, help: "Keep the app's data for a later install by the same publisher.")
    var keepData = false

    @OptionGroup var store: StoreOptions
    @OptionGroup var wait: WaitOptions
    @OptionGroup var format: OutputOptions

    func run() throws {
        let root = try store.existing()
        let domain = try app.domain(in: root, includingKeptData: true)
        try PageManagerClient.stop(domain, root: root.directory.path)
        let isRunning = try Installer(root: root, threads: 1, announceWaiting: wait.announcement)
            .remove(domain, keepsData: keepData)
        try PageManagerClient.announceChange(of: domain, root: root.directory.path)
        if format.json {
            return try Console.json(Summary(domain: domain.name, dataKept: keepData, isRunning: isRunning))
        }
        Console.note("removed \(domain)\(keepData ? ", its data was kept" : "")")
        if isRunning { Console.note("\(domain) still runs: its files go at the first change after its end") }
    }

    private struct Summary: Encodable {
        let domain: String
        let dataKept: Bool
        let isRunning: Bool
    }
}
