internal import Bundle
internal import Platform
internal import Signing
internal import YunCore

/// Contents by digest in a release that is already on the device, so that an update writes only what changed.
struct KnownContents: Sendable {
    private struct Key: Hashable {
        let digest: Digest
        let isExecutable: Bool
    }

    private let tree: AnchoredDirectory?
    private let paths: [Key: PackagePath]

    static let none = KnownContents(tree: nil, paths: [:])

    /// The contents of an installed release.
    static func of(_ index: Index, in tree: AnchoredDirectory) -> KnownContents {
        var paths: [Key: PackagePath] = [:]
        for entry in index.entries {
            guard case .file(let sizeBytes, let digest, let isExecutable) = entry.kind, sizeBytes > 0 else {
                continue
            }
            paths[Key(digest: digest, isExecutable: isExecutable)] = entry.path
        }
        return KnownContents(tree: tree, paths: paths)
    }

    /// The bytes and names of `index` for which there is no room needed yet: contents are linked, names take a block.
    func neededBytes(for index: Index) -> Int {
        index.entries.reduce(0) { sum, entry in
            guard case .file(let sizeBytes, let digest, let isExecutable) = entry.kind,
                paths[Key(digest: digest, isExecutable: isExecutable)] == nil
            else { return sum + 4096 }
            return sum + sizeBytes + 4096
        }
    }

    /// Gives a file with these contents a second name in `directory`; false where there is none or the file system
    /// will not.
    func link(
        _ digest: Digest, isExecutable: Bool, sizeBytes: Int, as name: String, in directory: AnchoredDirectory
    ) throws(Failure) -> Bool {
        guard let tree, let path = paths[Key(digest: digest, isExecutable: isExecutable)] else {
            return false
        }
        let source = try path.parent.map { parent throws(Failure) in try tree.directory(parent.text) } ?? tree
        // A file that was damaged on disk must not be carried into the next release.
        guard let status = try source.status(of: path.name), status.kind == .file,
            status.sizeBytes == sizeBytes,
            try Self.digest(of: path.name, in: source) == digest
        else { return false }
        return directory.linkIfPossible(name, toFile: path.name, in: source)
    }

    private static func digest(of name: String, in directory: AnchoredDirectory) throws(Failure) -> Digest {
        let file = try directory.open(name, .read)
        var computation = DigestComputation()
        while true {
            let piece = try file.read(upTo: 256 << 10)
            if piece.isEmpty { return computation.finish() }
            unsafe piece.withUnsafeBytes { unsafe computation.update($0) }
        }
    }
}

/// Writes entries into a release tree. The tree is private to this process until it is complete, and every
/// directory was made beforehand, so a name can only lead where the index says.
struct TreeSink: EntrySink {
    private let tree: AnchoredDirectory
    private let known: KnownContents
    private var place: (path: PackagePath?, directory: AnchoredDirectory)
    private var output: Output?

    private enum Output {
        case file(AnchoredFile)
        case linked
    }

    init(_ tree: AnchoredDirectory, _ known: KnownContents) {
        self.tree = tree
        self.known = known
        place = (nil, tree)
    }

    /// Makes the directories of a release; its files can then be written in any order.
    static func makeDirectories(of index: Index, in tree: AnchoredDirectory) throws(Failure) {
        var place: (path: PackagePath?, directory: AnchoredDirectory) = (nil, tree)
        for entry in index.entries where entry.kind == .directory {
            if entry.path.parent != place.path {
                let parent = entry.path.parent
                place = (
                    parent, try parent.map { path throws(Failure) in try tree.directory(path.text) } ?? tree
                )
            }
            try place.directory.createDirectory(entry.path.name)
        }
    }

    mutating func begin(_ entry: Index.Entry) throws(Failure) {
        if entry.kind == .directory { return }
        if entry.path.parent != place.path {
            let parent = entry.path.parent
            place = (parent, try parent.map { path throws(Failure) in try tree.directory(path.text) } ?? tree)
        }
        let name = entry.path.name
        switch entry.kind {
        case .directory: break
        case .symlink(let target): try place.directory.createSymlink(name, target: target)
        case .file(let sizeBytes, let digest, let isExecutable):
            let isLinked = try known.link(
                digest, isExecutable: isExecutable, sizeBytes: sizeBytes, as: name, in: place.directory)
            output =
                isLinked
                ? .linked
                : .file(
                    try AnchoredFile(place.directory, name, permissions: isExecutable ? 0o755 : 0o644))
        }
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws(Failure) {
        guard case .file(let file) = output else { return }
        try unsafe file.write(bytes)
    }

    mutating func end() {
        output = nil
    }
}

/// A new file that a sink can hold.
private final class AnchoredFile {
    /// Large files begin their way to the disk while the rest is still decompressed.
    private static let writingBytes = 1 << 20

    private let descriptor: OwnedDescriptor
    private var writtenBytes = 0
    private var startedBytes = 0

    init(_ directory: AnchoredDirectory, _ name: String, permissions: UInt32) throws(Failure) {
        descriptor = try directory.open(name, .createNew(permissions: permissions))
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws(Failure) {
        try unsafe descriptor.write(bytes)
        writtenBytes += bytes.count
        if writtenBytes - startedBytes >= Self.writingBytes {
            descriptor.startWriting(at: startedBytes, count: writtenBytes - startedBytes)
            startedBytes = writtenBytes
        }
    }
}
