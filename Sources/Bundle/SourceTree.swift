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

    init(_ root: AnchoredDirectory, _ manifest: Manifest) throws(Failure) {
        var scan = Scan(patterns: manifest.files)
        try scan.descend(into: root, at: nil)
        files = scan.files.values.sorted { $0.path < $1.path }
        let unused = manifest.files.filter { !scan.used.contains($0) }
        if let pattern = unused.first {
            throw Failure(
                .inputUnreadable, "\"\(pattern.text.escaped)\" in the manifest's \"files\" matches nothing",
                hint: "build or add what is missing, or remove the pattern")
        }
        try checkReferences(manifest)
    }

    private func checkReferences(_ manifest: Manifest) throws(Failure) {
        for page in manifest.pages {
            for path in [page.contentPath, page.icon].compactMap(\.self) {
                guard case .file(_, let isExecutable)? = files.first(where: { $0.path == path })?.kind else {
                    throw Failure(
                        .inputUnreadable,
                        "\(path.text.escaped), which \(page.uri) needs, is not among the packed files",
                        hint: "build it, or name it in the manifest's \"files\"")
                }
                guard page.kind == .web || path != page.contentPath || isExecutable else {
                    throw Failure(
                        .inputUnreadable,
                        "\(path.text.escaped), the program of \(page.uri), is not executable",
                        hint: "chmod +x it")
                }
            }
        }
    }
}

private struct Scan {
    let patterns: [FilePattern]
    var files: [PackagePath: SourceTree.File] = [:]
    var used: Set<FilePattern> = []

    mutating func descend(into directory: AnchoredDirectory, at place: PackagePath?) throws(Failure) {
        for name in try directory.names() {
            // A name that no package can hold matters only if a pattern asks for it, and no pattern can.
            guard let path = Self.path(place, name), let status = try directory.status(of: name) else {
                continue
            }
            if status.kind == .directory {
                guard patterns.contains(where: { $0.mayMatch(below: path) }) else { continue }
                try descend(into: directory.directory(name), at: path)
            } else {
                try add(path, name, status, directory)
            }
        }
    }

    private static func path(_ place: PackagePath?, _ name: String) -> PackagePath? {
        do throws(Failure) {
            return try PackagePath(place.map { "\($0.text)/\(name)" } ?? name)
        } catch {
            return nil
        }
    }

    private mutating func add(
        _ path: PackagePath, _ name: String, _ status: FileStatus, _ directory: AnchoredDirectory
    ) throws(Failure) {
        let matching = patterns.filter { $0.matches(path) }
        guard !matching.isEmpty else { return }
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
