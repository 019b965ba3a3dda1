public import YunCore
internal import Archive

/// What a signature covers: every byte of a release by its digest, in one text (`spec/package.md`, section Index).
public struct Index: Sendable, Equatable {
    /// The app that the release belongs to.
    public let domain: Domain
    /// The release's name for people.
    public let version: VersionName
    /// The release's place among the others.
    public let versionCode: VersionCode
    /// Length of `manifest.json`.
    public let manifestBytes: Int
    /// SHA-256 of `manifest.json`.
    public let manifestDigest: Digest
    /// The payload's frames in order.
    public let frames: [Frame]
    /// The release's files in order; parents before what is in them.
    public let entries: [Entry]

    /// One independent piece of the payload.
    public struct Frame: Sendable, Equatable {
        /// Length in the package.
        public let compressedBytes: Int
        /// Length of the tar bytes that it holds.
        public let plainBytes: Int
        /// SHA-256 of the compressed bytes.
        public let digest: Digest
    }

    /// One file, directory or symlink.
    public struct Entry: Sendable, Equatable {
        /// What an entry is.
        public enum Kind: Sendable, Equatable {
            case directory
            /// Contents by length and SHA-256; executable files are `0755`, others `0644`.
            case file(sizeBytes: Int, digest: Digest, isExecutable: Bool)
            case symlink(target: String)
        }

        /// Where it lies in the release.
        public let path: PackagePath
        /// What it is.
        public let kind: Kind

        var tarEntry: Tar.Entry {
            switch kind {
            case .directory: .directory(path: path.text)
            case .file(let sizeBytes, _, let isExecutable):
                .file(path: path.text, sizeBytes: sizeBytes, permissions: isExecutable ? 0o755 : 0o644)
            case .symlink(let target): .symlink(path: path.text, target: target)
            }
        }
    }

    /// Checks every rule that binds the parts to each other.
    init(
        domain: Domain, version: VersionName, versionCode: VersionCode, manifestBytes: Int,
        manifestDigest: Digest, frames: [Frame], entries: [Entry]
    ) throws(Failure) {
        self.domain = domain
        self.version = version
        self.versionCode = versionCode
        self.manifestBytes = manifestBytes
        self.manifestDigest = manifestDigest
        self.frames = frames
        self.entries = entries
        try checkEntries()
        try checkFrames()
    }

    /// The sum of all files' lengths.
    public var contentBytes: Int {
        entries.reduce(0) { sum, entry in
            if case .file(let sizeBytes, _, _) = entry.kind { sum + sizeBytes } else { sum }
        }
    }

    /// Length of `payload.tar.zst`.
    public var payloadBytes: Int { frames.reduce(0) { $0 + $1.compressedBytes } }

    /// The entry at `path`, by binary search.
    public func entry(at path: PackagePath) -> Entry? {
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].path < path { low = middle + 1 } else { high = middle }
        }
        return low < entries.count && entries[low].path == path ? entries[low] : nil
    }

    /// Order, parents, collisions, and where symlinks lead.
    private func checkEntries() throws(Failure) {
        guard entries.count <= Limits.entriesMax else {
            throw Failure(.bundleLimit, "the index has more than \(Limits.entriesMax) entries")
        }
        // In their order, what is in a directory follows it at once: its parents are the last that were not left.
        var directories: [PackagePath] = []
        var keys: Set<String> = []
        keys.reserveCapacity(entries.count)
        var previous: PackagePath?
        for entry in entries {
            if let previous, !(previous < entry.path) {
                throw .entry(entry.path, "is out of order or stands twice")
            }
            let parent = entry.path.parent
            while let last = directories.last, last != parent { directories.removeLast() }
            guard directories.last == parent else {
                throw .entry(entry.path, "has no directory to lie in")
            }
            guard keys.insert(entry.path.collisionKey).inserted else {
                throw .entry(entry.path, "differs from another only by case or normalisation")
            }
            if entry.kind == .directory { directories.append(entry.path) }
            previous = entry.path
        }
        for entry in entries {
            if case .symlink(let target) = entry.kind { try checkSymlink(entry.path, target) }
        }
    }

    private func checkSymlink(_ path: PackagePath, _ target: String) throws(Failure) {
        guard target.utf8.count <= Limits.pathBytesMax,
            !target.unicodeScalars.contains(where: \.isUnprintable)
        else { throw .entry(path, "is a symlink with an unusable target") }
        guard let destination = path.resolving(target: target) else {
            throw .entry(path, "is a symlink that leaves the package")
        }
        switch entry(at: destination)?.kind {
        case .directory, .file: break
        case .symlink, nil: throw .entry(path, "is a symlink to what is no file or directory of the package")
        }
    }

    private func checkFrames() throws(Failure) {
        guard frames.count <= Limits.framesMax, payloadBytes <= Limits.payloadBytesMax else {
            throw Failure(.bundleLimit, "the payload is larger than \(Limits.payloadBytesMax >> 30) GiB")
        }
        let plainBytes = frames.reduce(0) { $0 + $1.plainBytes }
        guard plainBytes == PayloadLayout.tarBytes(of: entries) else {
            throw Failure(
                .bundleIndex, "the index's frames do not add up to its entries",
                hint: "pack the package again with 'ypkg pack'")
        }
    }
}

extension Failure {
    static func entry(_ path: PackagePath, _ fault: String) -> Failure {
        Failure(
            .bundleEntry, "the entry \(path.text.escaped.abbreviated(to: 120)) \(fault)",
            hint: "the publisher must pack it again")
    }
}
