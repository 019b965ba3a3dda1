internal import ArgumentParser
internal import Bundle
internal import Manifest
internal import Platform
internal import YunCore

struct Pack: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pack", _superCommandName: Ypkg.name,
        abstract: "Packs a directory with a manifest into an unsigned package.")

    @Argument(help: ArgumentHelp("The app's directory.", valueName: "dir"), completion: .directory)
    var source: String

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "The package to write.", discussion: "Default: DOMAIN-VERSION.ypkg here.", valueName: "file"))
    var output: String?

    @Option(name: .long, help: "zstd level, 1 (fast) to 19 (small).")
    var level = BundleWriter.defaultLevel

    @OptionGroup var threads: ThreadOptions
    @OptionGroup var format: OutputOptions

    func validate() throws {
        guard BundleWriter.levels.contains(level) else { throw ValidationError("--level takes 1 to 19") }
        guard output != "-" else {
            throw ValidationError("a package is written to a file, not to standard output")
        }
    }

    func run() throws {
        let bytes = try Self.manifestBytes(in: source)
        let manifest = try Self.manifest(bytes, in: source)
        let output = output ?? "\(manifest.domain)-\(manifest.version).ypkg"
        try Self.checkReplaceable(output)
        let progress = ProgressBar("packing \(manifest.domain)", totalBytes: 0)
        defer { progress.finish() }
        let writer = try BundleWriter(level: level, threads: threads.count)
        let index = try writer.pack(source: source, manifestBytes: bytes, output: output) { done, total in
            progress.set(done, of: total)
        }
        progress.finish()
        if format.json {
            try Console.json(Summary(index, output))
        } else {
            Console.note(
                "packed \(index.domain) \(index.version): \(index.entries.count.counted("entry", "entries")), \(index.contentBytes.bytesText) in \(index.payloadBytes.bytesText), \(output.escaped)"
            )
        }
    }

    private static func manifestBytes(in source: String) throws(Failure) -> [UInt8] {
        let directory = try AnchoredDirectory(at: source)
        // A FIFO or a device would be waited for.
        guard try directory.status(of: Manifest.fileName)?.kind == .file else {
            throw Failure(
                .inputUnreadable, "\(directory.path(of: Manifest.fileName).escaped) is not a file",
                hint: "every app has one; begin an app with: ypkg init")
        }
        return try directory.contents(of: Manifest.fileName, limit: Limits.manifestBytesMax)
    }

    /// Packing again replaces a package, and nothing else: a mistyped output must not cost a source file.
    private static func checkReplaceable(_ output: String) throws(Failure) {
        guard let status = try AnchoredDirectory.status(ofPath: output) else { return }
        let beginning = Array("ypkg-version\0".utf8)
        guard status.kind == .file,
            try OwnedDescriptor.open(output, .read).read(upTo: beginning.count) == beginning
        else {
            throw Failure(
                .outputExists, "\(output.escaped) exists and is not a package",
                hint: "choose another name with --output")
        }
    }

    /// Reads a developer's own manifest, where every mistake is worth a line.
    private static func manifest(_ bytes: [UInt8], in source: String) throws(Failure) -> Manifest {
        var (manifest, diagnostics) = Manifest.decode(bytes)
        if let manifest { diagnostics = try BundleWriter.diagnostics(of: manifest, source: source) }
        if let manifest, diagnostics.isEmpty { return manifest }
        let file = "\(source)/\(Manifest.fileName)"
        for diagnostic in diagnostics.dropLast() {
            Console.report(Failure(.manifestInvalid, diagnostic.text(file: file), hint: diagnostic.remedy))
        }
        throw Failure(
            .manifestInvalid, diagnostics.last?.text(file: file) ?? "\(file.escaped) is not a manifest",
            hint: diagnostics.last?.remedy)
    }

    private struct Summary: Encodable {
        let domain: String
        let version: String
        let versionCode: Int
        let file: String
        let entries: Int
        let contentBytes: Int
        let payloadBytes: Int
        let manifestDigest: String

        init(_ index: Index, _ file: String) {
            domain = index.domain.name
            version = index.version.text
            versionCode = index.versionCode.value
            self.file = file
            entries = index.entries.count
            contentBytes = index.contentBytes
            payloadBytes = index.payloadBytes
            manifestDigest = index.manifestDigest.description
        }
    }
}
