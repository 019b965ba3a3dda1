internal import ArgumentParser
internal import Bundle
internal import Installer
internal import Manifest
internal import YunCore

struct Install: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "install", abstract: "Installs a package, or updates an app with it.")

    @Argument(
        help: ArgumentHelp("The package, or - for standard input.", valueName: "file"),
        completion: .file(extensions: ["ypkg"]))
    var package: String

    @OptionGroup var store: StoreOptions
    @OptionGroup var wait: WaitOptions
    @OptionGroup var threads: ThreadOptions
    @OptionGroup var format: OutputOptions

    func run() throws {
        let bundle = try UntrustedBundle(path: package)
        let verified = try VerifiedBundle(bundle, policy: store.policy())
        let installer = Installer(
            root: try store.open(), threads: threads.count, announceWaiting: wait.announcement)
        let progress = ProgressBar("installing \(verified.manifest.domain)", totalBytes: bundle.payloadBytes)
        defer { progress.finish() }
        let outcome = try installer.install(verified) { bytes in progress.advance(bytes) }
        progress.finish()
        if format.json {
            try Console.json(Summary(verified, outcome))
        } else {
            Console.note(sentence(verified, outcome))
        }
    }

    private func sentence(_ package: VerifiedBundle, _ outcome: Installer.Outcome) -> String {
        let release = "\(package.manifest.domain) \(package.manifest.version)"
        return switch outcome {
        case .installed: "installed \(release)"
        case .updated(let earlier): "updated \(release) (version code \(earlier) before)"
        case .unchanged: "\(release) is already installed, nothing to do"
        }
    }

    private struct Summary: Encodable {
        let domain: String
        let version: String
        let versionCode: Int
        let outcome: String

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
        }
    }
}
