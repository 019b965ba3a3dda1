import ArgumentParser
import Lifecycle
import PageManager
import Platform
import YunCore

/// Manages the pages of one store.
@main
struct PageManagerDaemon: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pagemanagerd",
        abstract:
            "Opens apps by page links, takes them through their lifecycle, and is their way to anything outside.",
        discussion: "ypkg starts it when it is needed. It ends at TERM, in order, and with it every app.")

    @Option(
        help: ArgumentHelp(
            "The store.", discussion: "Default: YPKG_ROOT, else the user's own store.", valueName: "dir"))
    var root: String?

    @Option(help: ArgumentHelp("How long a hidden app runs on before it is frozen.", valueName: "ms"))
    var grace = PhoneTimes().graceMilliseconds

    @Option(
        help: ArgumentHelp(
            "Memory that is to stay available: where there is less, apps are told, and frozen ones end (default: 1/16 of all).",
            valueName: "MiB"))
    var reserve: Int?

    @Option(
        help: ArgumentHelp(
            "Answers to apps' questions instead of asking, a line each: DOMAIN PERMISSION ANSWER.",
            valueName: "file"))
    var answers: String?

    @Option(help: ArgumentHelp("A descriptor that is told when calls are taken.", visibility: .hidden))
    var readyDescriptor: Int32?

    func validate() throws {
        // A reserve of more MiB than there are bytes would turn into none.
        guard grace >= 0, (0..<1 << 30).contains(reserve ?? 0) else {
            throw ValidationError("--grace and --reserve cannot be below 0, and --reserve not be so large")
        }
    }

    func run() throws {
        CurrentProcess.setFileCreationMask()
        CurrentProcess.ignoreBrokenPipes()
        var settings = Settings()
        settings.times.graceMilliseconds = grace
        settings.reserveBytes = reserve.map { $0 << 20 }
        do throws(Failure) {
            settings.answersPath = try answers.map { path throws(Failure) in
                // The page manager leaves this directory.
                path.hasPrefix("/") ? path : try AnchoredDirectory.resolvedPath(".") + "/" + path
            }
            try PageManager.run(
                root: root, settings: settings,
                readiness: readyDescriptor.map { SharedDescriptor(OwnedDescriptor(owning: $0)) })
        } catch {
            CurrentProcess.complain(error)
            throw ExitCode(error.code.exitStatus)
        }
    }
}
