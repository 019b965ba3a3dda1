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

    @Option(help: ArgumentHelp("The store.", valueName: "dir"))
    var root: String

    @Option(help: ArgumentHelp("How long a hidden app runs on before it is frozen.", valueName: "ms"))
    var grace = Settings().times.graceMilliseconds

    @Option(
        help: ArgumentHelp(
            "Answers to apps' questions instead of asking, a line each: DOMAIN PERMISSION ANSWER.",
            valueName: "file"))
    var answers: String?

    @Option(help: ArgumentHelp("A descriptor that is told when calls are taken.", visibility: .hidden))
    var readyDescriptor: Int32?

    func run() throws {
        CurrentProcess.setFileCreationMask()
        CurrentProcess.ignoreBrokenPipes()
        var settings = Settings()
        settings.times.graceMilliseconds = grace
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
