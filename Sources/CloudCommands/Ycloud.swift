public import ArgumentParser
internal import CloudModel
internal import Foundation
internal import Platform
internal import YunCore

/// The cloud's program: serves accounts and their storage, and looks after them.
public struct Ycloud: AsyncParsableCommand {
    /// Name, help and subcommands.
    public static let configuration = CommandConfiguration(
        commandName: "ycloud",
        abstract: "Serves accounts and their storage, and looks after them.",
        discussion: """
            Data goes to standard output, talk to standard error. Every option has an environment variable of its name, such as \
            YCLOUD_DATA for --data; a flag goes before it.
            """,
        subcommands: [Serve.self, Admin.self, CheckCommand.self, BackupCommand.self, RestoreCommand.self])

    /// For ArgumentParser.
    public init() {}

    /// Runs the tool with the process's arguments and ends the process.
    public static func start() async -> Never {
        CurrentProcess.setFileCreationMask(isPrivate: true)
        CurrentProcess.ignoreBrokenPipes()
        do {
            var command = try parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
            exit()
        } catch let problem as Problem {
            report(problem.detail, cause: problem.cause)
            exit(withError: ExitCode(problem.exitStatus))
        } catch let failure as Failure {
            report(failure.message, cause: failure.hint)
            exit(withError: ExitCode(failure.code.exitStatus))
        } catch {
            exit(withError: error)
        }
    }

    private static func report(_ message: String, cause: String?) {
        var text = "error: \(message)\n"
        if let cause { text += "hint: \(cause)\n" }
        FileHandle.standardError.write(Data(text.utf8))
    }
}

extension Problem {
    /// After `sysexits.h`.
    fileprivate var exitStatus: Int32 {
        switch code {
        case .malformed, .invalidScope, .invalidTarget, .tooLarge, .mediaTypeUnsupported,
            .rangeNotSatisfiable, .checksumMismatch:
            65
        case .notFound: 67
        case .unavailable, .tooManyRequests, .locked: 75
        case .storageFull, .quotaExceeded: 74
        case .unauthenticated, .forbidden: 77
        case .conflict, .preconditionFailed, .methodNotAllowed, .failedDependency, .elsewhere: 76
        case .internalFault: 70
        // None of a command's own.
        case .invalidClient, .invalidGrant, .invalidToken, .insufficientScope, .unauthorizedClient,
            .unsupportedGrantType,
            .unsupportedResponseType, .accessDenied, .authorizationPending, .slowDown, .expiredToken,
            .loginRequired,
            .consentRequired:
            76
        }
    }
}
