internal import ArgumentParser
internal import CloudObjects
internal import CloudService
internal import Foundation

struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Compares every stored byte with its digest, and every reference with what it refers to.",
        discussion: """
            It changes nothing, and runs beside a server. Each fault is a line; with one the exit status is 65.
            """)

    @OptionGroup var data: DataOptions

    func run() async throws {
        let directory = try data.directory()
        let check = Check(
            database: try directory.existing(), objects: try LocalObjectStore(path: directory.objectsPath),
            clock: SystemClock.now)
        let report = try await check.run()
        for fault in report.faults { Output.write(fault) }
        Output.write("\(report.contents) contents, \(report.bytes) bytes, \(report.faults.count) faults")
        if report.leftovers > 0 {
            Output.write(
                "\(report.leftovers) objects of uploads that broke off; a server removes them within an hour")
        }
        guard report.faults.isEmpty else { throw Output.damaged }
    }
}

/// What commands say on standard output.
enum Output {
    /// After `sysexits.h`: what is kept is not as it should be.
    static let damaged = ExitCode(65)

    static func write(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }
}
