internal import ArgumentParser
internal import Bundle
internal import Glibc
internal import Installer
internal import Manifest
internal import PageManagerClient
internal import Platform
internal import Signing
internal import Store
internal import Trust
internal import YunCore

struct Install: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "install", _superCommandName: Ypkg.name,
        abstract: "Installs a package, or updates an app with it.")

    @Argument(
        help: ArgumentHelp("The package, or - for standard input.", valueName: "file"),
        completion: .file(extensions: ["ypkg"]))
    var package: String

    @Flag(
        name: .long,
        help:
            "Also install a developer's package that is older than what was installed; 'ypkg info' shows it.")
    var allowDowngrade = false

    @Flag(
        name: .long,
        help: "Show what it is, ask, and wait at the end: for a terminal that was opened for this.")
    var ask = false

    @OptionGroup var store: StoreOptions
    @OptionGroup var wait: WaitOptions
    @OptionGroup var threads: ThreadOptions
    @OptionGroup var format: OutputOptions

    func validate() throws {
        if ask, format.json || package == "-" {
            throw ValidationError("--ask takes neither --json nor a package from standard input")
        }
    }

    func run() throws {
        guard ask else { return try install() }
        guard CurrentProcess.isTerminal(STDIN_FILENO) else {
            throw Failure(.usage, "there is no terminal to ask on", hint: "leave out --ask")
        }
        do throws(Failure) {
            try install()
        } catch {
            Console.report(error)
            Self.waitForEnter()
            throw ExitCode(error.code.exitStatus)
        }
        Self.waitForEnter()
    }

    /// The terminal closes with this process, and its owner has not read yet.
    private static func waitForEnter() {
        Console.note("press Enter to close")
        _ = readLine()
    }

    private func install() throws(Failure) {
        let bundle = try UntrustedBundle(path: package)
        let verified = try VerifiedBundle(bundle, policy: store.policy())
        guard !ask || isWanted(verified) else { return Console.note("nothing was installed") }
        let root = try store.open()
        let installer = Installer(
            root: root, threads: threads.count, announceWaiting: wait.announcement)
        let progress = ProgressBar("installing \(verified.manifest.domain)", totalBytes: bundle.progressBytes)
        defer { progress.finish() }
        let outcome = try installer.install(verified, allowsDowngrade: allowDowngrade) { bytes in
            progress.advance(bytes)
        }
        progress.finish()
        try PageManagerClient.announceChange(of: verified.manifest.domain, root: root.directory.path)
        if format.json {
            try Console.json(Summary(verified, outcome))
        } else {
            Console.note(sentence(verified, outcome))
            warn(verified, outcome)
        }
    }

    private func isWanted(_ package: VerifiedBundle) -> Bool {
        let manifest = package.manifest
        let title = manifest.title.text(forLocale: Locale.name ?? "en")
        Console.note("\(title.escaped) (\(manifest.domain) \(manifest.version))")
        Console.note("signed by \(package.publisher.key.id) (\(package.publisher.signingClass.rawValue))")
        let permissions = manifest.permissions.map(\.permission.rawValue)
        if !permissions.isEmpty { Console.note("asks for \(permissions.joined(separator: ", "))") }
        Console.note("install it? y or n")
        return ["y", "yes"].contains(readLine()?.lowercased())
    }

    private func sentence(_ package: VerifiedBundle, _ outcome: Installer.Outcome) -> String {
        let release = "\(package.manifest.domain) \(package.manifest.version)"
        return switch outcome {
        case .installed: "installed \(release)"
        case .updated(let earlier, _): "updated \(release) (version code \(earlier) before)"
        case .unchanged: "\(release) is already installed, nothing to do"
        }
    }

    private func warn(_ package: VerifiedBundle, _ outcome: Installer.Outcome) {
        guard case .updated(_, let wayBack) = outcome else { return }
        let app = package.manifest.domain
        switch wayBack {
        case .withData: break
        case .withDataInUse:
            Console.warning(
                "\(app) is running, so the copy of its data for 'ypkg rollback' may be from amid a change")
        case .withoutData(let reason):
            Console.warning("'ypkg rollback \(app)' can only keep the data as it will be then: \(reason)")
        }
    }

    private struct Summary: Encodable {
        let domain: String
        let version: String
        let versionCode: Int
        let outcome: String
        /// Of an update: `whole`, `in-use` or `none`.
        let dataCopy: String?

        init(_ package: VerifiedBundle, _ outcome: Installer.Outcome) {
            domain = package.index.domain.name
            version = package.index.version.text
            versionCode = package.index.versionCode.value
            self.outcome =
                switch outcome {
                case .installed: "installed"
                case .updated: "updated"
                case .unchanged: "unchanged"
                }
            dataCopy =
                switch outcome {
                case .updated(_, .withData): "whole"
                case .updated(_, .withDataInUse): "in-use"
                case .updated(_, .withoutData): "none"
                case .installed, .unchanged: nil
                }
        }
    }
}
