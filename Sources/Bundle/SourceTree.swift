internal import Manifest
internal import Platform
internal import YunCore

/// The files of a source directory that its manifest names, with the directories that lead to them.
struct SourceTree {
    struct File {
        let path: PackagePath
        let kind: Kind
        enum Kind: Equatable {
            case directory
            case file(sizeBytes: Int, isExecutable: Bool)
            case symlink(target: String)
        }
    }

    /// In the order of the index.
    let files: [File]

    /// What the manifest promises and the directory does not keep.
    let diagnostics: [Diagnostic]

    init(_ root: AnchoredDirectory, _ manifest: Manifest) throws(Failure) {
        var scan = Scan(patterns: manifest.files)
        try scan.descend(into: root, at: nil)
        files = scan.files.values.sorted { $0.path < $1.path }
        let unused = zip(manifest.files, manifest.places.files).filter { !scan.used.contains($0.0) }
        let missing = unused.map { pattern, position in
            Diagnostic(
                position: position, message: "\"\(pattern.text.escaped)\" matches no file",
                remedy: "build or add what is missing, or remove the pattern")
        }
        let pages = zip(manifest.pages, manifest.places.pages).flatMap { page, places in
            Self.diagnostics(of: page, places.content, places.icon, scan.files)
        }
        diagnostics = (missing + pages).sorted { $0.position < $1.position }
    }

    private static func diagnostics(
        of page: Page, _ contentPlace: SourcePosition, _ iconPlace: SourcePosition?,
        _ files: [PackagePath: File]
    ) -> [Diagnostic] {
        var found: [Diagnostic] = []
        func check(_ path: PackagePath, _ place: SourcePosition, needsExecutable: Bool) {
            guard case .file(_, let isExecutable)? = files[path]?.kind else {
                found.append(
                    Diagnostic(
                        position: place, message: "\(path.text.escaped) is not among the packed files",
                        remedy: "build it, or name it in \"files\""))
                return
            }
            if needsExecutable, !isExecutable {
                found.append(
                    Diagnostic(
                        position: place, message: "the program \(path.text.escaped) is not executable",
                        remedy: "chmod +x it"))
            }
        }
        check(page.contentPath, contentPlace, needsExecutable: page.kind != .web)
        if let icon = page.icon, let iconPlace { check(icon, iconPlace, needsExecutable: false) }
        return found
    }
}

private struct Scan {
    let patterns: [FilePattern]
    var files: [PackagePath: SourceTree.File] = [:]
    var used: Set<FilePattern> = []

    mutating func descend(into directory: AnchoredDirectory, at place: PackagePath?) throws(Failure) {
        for name in try directory.names() {
            let text = place.map { "\($0.text)/\(name)" } ?? name
            guard let status = try directory.status(of: name) else {
                guard patterns.contains(where: { $0.matches(text) }) else { continue }
                throw Failure(
                    .bundleEntry, "the name of \(text.escaped) is not UTF-8, or the file went away",
                    hint: "rename it and pack again")
            }
            if status.kind == .directory {
                guard patterns.contains(where: { $0.mayMatch(below: text) }) else { continue }
                try descend(into: directory.directory(name), at: PackagePath(text))
            } else {
                try add(text, name, status, directory)
            }
        }
    }

    private mutating func add(
        _ text: String, _ name: String, _ status: FileStatus, _ directory: AnchoredDirectory
    ) throws(Failure) {
        let matching = patterns.filter { $0.matches(text) }
        guard !matching.isEmpty else { return }
        let path = try PackagePath(text)
        used.formUnion(matching)
        let kind: SourceTree.File.Kind
        switch status.kind {
        case .file:
            guard status.permissions & 0o6000 == 0 else {
                throw Failure(
                    .bundleEntry, "\(path.text.escaped) is setuid or setgid",
                    hint: "chmod ug-s \(path.text.escaped)")
            }
            kind = .file(sizeBytes: status.sizeBytes, isExecutable: status.permissions & 0o111 != 0)
        case .symlink: kind = .symlink(target: try directory.symlinkTarget(of: name))
        case .directory, .other:
            throw Failure(
                .bundleEntry, "\(path.text.escaped) is neither a file, a directory nor a symlink",
                hint: "leave it out of the manifest's \"files\"")
        }
        files[path] = SourceTree.File(path: path, kind: kind)
        var parent = path.parent
        while let directory = parent, files[directory] == nil {
            files[directory] = SourceTree.File(path: directory, kind: .directory)
            parent = directory.parent
        }
    }
}
