internal import ArgumentParser
internal import Bundle
internal import Manifest
internal import Signing
internal import YunCore

struct Inspect: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect", _superCommandName: Ypkg.name,
        abstract: "Shows what a package says of itself, without believing it.",
        discussion: "Only the head is read. Use 'ypkg verify' to learn whether it is true.")

    @Argument(
        help: ArgumentHelp("The package, or - for standard input.", valueName: "file"),
        completion: .file(extensions: ["ypkg"]))
    var package: String

    @Flag(name: .long, help: "List the files.")
    var files = false

    @OptionGroup var format: OutputOptions

    func run() throws {
        let bundle = try UntrustedBundle(path: package)
        let index = try bundle.index()
        let manifest = try Manifest(bundle.manifestBytes, describedAs: "\(bundle.name):\(Manifest.fileName)")
        let contents = try Contents(bundle, index, manifest)
        if format.json { return try Console.json(contents) }
        if files { return printFiles(contents) }
        var rows = [
            ["domain", contents.domain], ["title", contents.title.escaped],
            ["version", "\(contents.version) (\(contents.versionCode))"],
            [
                "contents",
                "\(contents.entries.count.counted("entry", "entries")), \(contents.contentBytes.bytesText)",
            ],
            [
                "payload",
                "\(contents.payloadBytes.bytesText) in \(contents.frames.counted("frame"))",
            ],
        ]
        rows += contents.pages.map { ["page", $0] }
        rows += contents.permissions.map { ["permission", $0] }
        rows += contents.hosts.map { ["host", $0] }
        rows += contents.signatures.map {
            ["signature", "\($0.keyID) (\($0.name ?? "publisher")), not checked"]
        }
        if contents.signatures.isEmpty { rows.append(["signature", "none"]) }
        Console.table(rows)
    }

    private func printFiles(_ contents: Contents) {
        Console.table(
            contents.entries.map { entry in
                [
                    entry.type, entry.sizeBytes.map(String.init) ?? "-",
                    entry.path.escaped + (entry.target.map { " -> " + $0.escaped } ?? ""),
                ]
            })
    }

    fileprivate struct Contents: Encodable {
        struct EntryRow: Encodable {
            let path: String
            let type: String
            let sizeBytes: Int?
            let sha256: String?
            let target: String?
        }

        struct SignatureRow: Encodable {
            let name: String?
            let keyID: String
            let trustedComment: String
        }

        let domain: String
        let title: String
        let version: String
        let versionCode: Int
        let contentBytes: Int
        let payloadBytes: Int
        let frames: Int
        let manifestDigest: String
        let pages: [String]
        let permissions: [String]
        let hosts: [String]
        let signatures: [SignatureRow]
        let entries: [EntryRow]

        init(_ bundle: UntrustedBundle, _ index: Index, _ manifest: Manifest) throws(Failure) {
            domain = index.domain.name
            title = manifest.title.text(forLocale: "en")
            version = index.version.text
            versionCode = index.versionCode.value
            contentBytes = index.contentBytes
            payloadBytes = index.payloadBytes
            frames = index.frames.count
            manifestDigest = index.manifestDigest.description
            pages = manifest.pages.map(\.uri.description)
            permissions = manifest.permissions.map(\.permission.fullName)
            hosts = manifest.hosts.map(\.text)
            signatures = try bundle.signatures.map { member throws(Failure) in
                let signature = try Signature(fileText: member.text)
                return SignatureRow(
                    name: member.name, keyID: signature.keyID.description,
                    trustedComment: signature.trustedComment.escaped)
            }
            entries = index.entries.map(EntryRow.init)
        }
    }
}

extension Inspect.Contents.EntryRow {
    fileprivate init(_ entry: Index.Entry) {
        switch entry.kind {
        case .directory:
            self.init(path: entry.path.text, type: "directory", sizeBytes: nil, sha256: nil, target: nil)
        case .file(let sizeBytes, let digest, let isExecutable):
            self.init(
                path: entry.path.text, type: isExecutable ? "program" : "file", sizeBytes: sizeBytes,
                sha256: digest.description, target: nil)
        case .symlink(let target):
            self.init(path: entry.path.text, type: "symlink", sizeBytes: nil, sha256: nil, target: target)
        }
    }
}
