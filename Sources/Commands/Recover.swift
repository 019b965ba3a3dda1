internal import ArgumentParser
internal import Installer
internal import YunCore

struct Recover: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recover", _superCommandName: Ypkg.name,
        abstract: "Clears away what interrupted changes left.",
        discussion: """
            Every change does this first by itself where something was interrupted. The command looks at everything, also at what \
            somebody else has done to desktop entries and icons.
            """)

    @OptionGroup var store: StoreOptions
    @OptionGroup var wait: WaitOptions
    @OptionGroup var format: OutputOptions

    func run() throws {
        let installer = Installer(root: try store.existing(), threads: 1, announceWaiting: wait.announcement)
        let report = try installer.recover()
        if format.json {
            try Console.json(Summary(report))
        } else if report.isEmpty {
            Console.note("nothing was left over")
        } else {
            tell(report)
        }
        for app in report.running.sorted() {
            Console.note("\(app) runs: what it runs from or with stays until the first change after its end")
        }
        (report.undeletable + report.unexported).forEach(Console.warning)
        if let missing = report.missing.first {
            throw Failure(
                .storeDamaged, "the release \(missing.escaped) is not on disk",
                hint: "install its package again")
        }
    }

    private func tell(_ report: RecoveryReport) {
        let cleared = [
            report.clearedInstalls.counted("unfinished install"),
            report.deletedReleases.counted("release that no app has", "releases that no app has"),
            report.deletedSnapshots.counted("copy of data for no way back", "copies of data for no way back"),
            report.deletedData.counted("removed app's data", "removed apps' data"),
        ].filter { !$0.hasPrefix("0 ") }
        if report.finishedReturns > 0 {
            Console.note("finished \(report.finishedReturns.counted("return")) to another release")
        }
        if report.movedData > 0 {
            Console.note("brought over \(report.movedData.counted("directory", "directories")) of apps' data")
        }
        if report.renewedExports > 0 {
            let entries = report.renewedExports.counted("desktop entry", "desktop entries")
            Console.note("renewed \(entries) or what belongs to them")
        }
        if !cleared.isEmpty { Console.note("cleared away " + cleared.joined(separator: ", ")) }
    }

    private struct Summary: Encodable {
        let finishedReturns: Int
        let clearedInstalls: Int
        let deletedReleases: Int
        let deletedSnapshots: Int
        let deletedData: Int
        let movedData: Int
        let renewedExports: Int
        let unexported: [String]
        let running: [String]
        let missing: [String]
        let undeletable: [String]

        init(_ report: RecoveryReport) {
            finishedReturns = report.finishedReturns
            clearedInstalls = report.clearedInstalls
            deletedReleases = report.deletedReleases
            deletedSnapshots = report.deletedSnapshots
            deletedData = report.deletedData
            movedData = report.movedData
            renewedExports = report.renewedExports
            unexported = report.unexported
            running = report.running.sorted()
            missing = report.missing
            undeletable = report.undeletable
        }
    }
}
