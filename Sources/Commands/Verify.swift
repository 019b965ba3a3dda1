internal import ArgumentParser
internal import Bundle
internal import Installer
internal import Manifest
internal import Platform
internal import Signing
internal import Trust
internal import YunCore

struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", _superCommandName: Ypkg.name,
        abstract: "Checks a package whole: format, signature, trust, and every byte of its contents.")

    @Argument(
        help: ArgumentHelp("The package, or - for standard input.", valueName: "file"),
        completion: .file(extensions: ["ypkg"]))
    var package: String

    @Option(
        name: .long, help: ArgumentHelp("Trust only this key instead of the store's.", valueName: "file"),
        completion: .file(extensions: ["pub"]))
    var key: String?

    @OptionGroup var store: StoreOptions
    @OptionGroup var threads: ThreadOptions
    @OptionGroup var format: OutputOptions

    func run() throws {
        let bundle = try UntrustedBundle(path: package)
        let verified = try VerifiedBundle(bundle, policy: policy())
        let progress = ProgressBar("verifying \(verified.manifest.domain)", totalBytes: bundle.progressBytes)
        defer { progress.finish() }
        try verified.verifyPayload(threads: threads.count, spoolDirectory: temporaryDirectory) { bytes in
            progress.advance(bytes)
        }
        progress.finish()
        if format.json {
            try Console.json(Summary(verified))
        } else {
            Console.note(
                "\(bundle.name) is \(verified.manifest.domain) \(verified.manifest.version), signed by \(verified.publisher.key.id) (\(verified.publisher.signingClass.rawValue))"
            )
        }
    }

    private func policy() throws(Failure) -> TrustPolicy {
        guard let key else { return try store.policy() }
        let anchor = Anchor(key: try KeyFile.publicKey(at: key), signingClass: .developer)
        return TrustPolicy(anchors: [anchor], today: CalendarDay(secondsSince1970: CurrentProcess.now))
    }

    private struct Summary: Encodable {
        let domain: String
        let version: String
        let versionCode: Int
        let publisher: KeyOutput
        let signingClass: String
        let entries: Int
        let contentBytes: Int

        init(_ package: VerifiedBundle) {
            domain = package.index.domain.name
            version = package.index.version.text
            versionCode = package.index.versionCode.value
            publisher = KeyOutput(package.publisher.key)
            signingClass = package.publisher.signingClass.rawValue
            entries = package.index.entries.count
            contentBytes = package.index.contentBytes
        }
    }
}

/// Where a package from standard input is kept, without a name, while it is read.
var temporaryDirectory: String { CurrentProcess.variable("TMPDIR") ?? "/tmp" }
