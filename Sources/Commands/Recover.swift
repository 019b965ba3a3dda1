internal import ArgumentParser
internal import Installer
internal import YunCore

struct Recover: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recover", abstract: "Clears away what interrupted changes left.",
        discussion: "Every change does this first by itself; the command is for looking.")

    @OptionGroup var store: StoreOptions
    @OptionGroup var wait: WaitOptions
    @OptionGroup var format: OutputOptions

    func run() throws {
        let installer = Installer(root: try store.open(), threads: 1, announceWaiting: wait.announcement)
        let report = try installer.recover()
        if format.json {
            try Console.json(Summary(report))
        } else if report.isEmpty {
            Console.note("nothing was left over")
        } else {
            Console.note(
                "finished \(report.finishedReturns) returns; cleared \(report.clearedInstalls) unfinished installs, \(report.deletedReleases) unnamed releases, \(report.deletedSnapshots) unnamed copies of data and the data of \(report.deletedData) removed apps"
            )
        }
        for app in report.running.sorted() {
            Console.note("\(app) runs: what it runs from or with stays until the first change after its end")
        }
        report.undeletable.forEach(Console.warning)
        if let missing = report.missing.first {
            throw Failure(
                .storeDamaged, "the release \(missing.escaped) is not on disk",
                hint: "install its package again")
        }
    }

    private struct Summary: Encodable {
        let finishedReturns: Int
        let clearedInstalls: Int
        let deletedReleases: Int
        let deletedSnapshots: Int
        let deletedData: Int
        let running: [String]
        let missing: [String]

        init(_ report: RecoveryReport) {
            finishedReturns = report.finishedReturns
            clearedInstalls = report.clearedInstalls
            deletedReleases = report.deletedReleases
            deletedSnapshots = report.deletedSnapshots
            deletedData = report.deletedData
            running = report.running.sorted()
            missing = report.missing
        }
    }
}
