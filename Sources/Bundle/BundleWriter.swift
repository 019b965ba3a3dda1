internal import Archive
public import Manifest
internal import Platform
internal import Signing
public import YunCore

/// Packs a source directory. The same files, level and zstd give the same bytes, whatever the machine's threads,
/// times, owners and directory order.
public struct BundleWriter: Sendable {
    /// zstd level, 1 to 19.
    public let level: Int
    /// How many frames are compressed at once.
    public let threads: Int

    /// What a package is compressed with unless its developer says otherwise: links are slow and metered, so
    /// bytes count more than the developer's seconds.
    public static let defaultLevel = 17

    /// Less than the format allows, so that two compressing threads fit the memory that packing may take.
    private static let framePlainBytes = 1 << 20

    /// The zstd levels that can be chosen.
    public static let levels = FrameCompressor.levels

    /// - Parameters:
    ///   - level: one of ``levels``.
    ///   - threads: how many frames are compressed at once.
    public init(level: Int = BundleWriter.defaultLevel, threads: Int) throws(Failure) {
        guard Self.levels.contains(level), threads > 0 else {
            throw Failure(
                .usage, "level \(level) with \(threads) threads is not possible",
                hint: "use levels \(Self.levels.lowerBound) to \(Self.levels.upperBound)")
        }
        self.level = level
        self.threads = threads
    }

    /// Packs `source`, whose manifest lies at its top, into a new unsigned package.
    /// - Parameters:
    ///   - source: path of the source directory.
    ///   - output: path of the package; it appears only when it is complete.
    ///   - progress: told how many plain bytes have been packed, and of how many.
    /// - Returns: the index of the package.
    public func pack(
        source: String, manifestBytes: [UInt8], output: String, progress: (Int, Int) -> Void
    ) throws(Failure) -> Index {
        let manifest = try Manifest(manifestBytes, describedAs: "\(source)/\(Manifest.fileName)")
        let root = try AnchoredDirectory(at: source)
        let tree = try SourceTree(root, manifest)
        if let first = tree.diagnostics.first {
            throw Failure(
                .manifestInvalid, first.text(file: "\(source)/\(Manifest.fileName)"), hint: first.remedy)
        }
        let file = try PublishedFile(path: output)
        let payload = try OwnedDescriptor.open(Self.directory(of: output), .temporary)
        let packing = PayloadWriter(
            root: root, level: level, threads: threads, framePlainBytes: Self.framePlainBytes)
        let (frames, entries) = try packing.write(tree, to: payload, progress)
        let index = try Index(
            domain: manifest.domain, version: manifest.version, versionCode: manifest.versionCode,
            manifestBytes: manifestBytes.count, manifestDigest: Digest(of: manifestBytes), frames: frames,
            entries: entries)
        try payload.seek(to: 0)
        try file.withDescriptor { descriptor throws(Failure) in
            try descriptor.write(Member.version.framed(Member.versionText))
            try descriptor.write(Member.manifest.framed(manifestBytes))
            try descriptor.write(Member.index.framed(index.text))
            try descriptor.write(Member.payload.header(sizeBytes: index.payloadBytes))
            try payload.copyContents(to: descriptor)
            let end = Tar.paddingBytes(after: index.payloadBytes) + Tar.endBytes
            try descriptor.write([UInt8](repeating: 0, count: end))
        }
        try file.publish()
        return index
    }

    /// What `manifest` promises and its directory does not keep: files that are missing or not executable.
    public static func diagnostics(of manifest: Manifest, source: String) throws(Failure) -> [Diagnostic] {
        try SourceTree(AnchoredDirectory(at: source), manifest).diagnostics
    }

    private static func directory(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}

/// Writes the payload's frames, some at a time.
private struct PayloadWriter {
    let root: AnchoredDirectory
    let level: Int
    let threads: Int
    let framePlainBytes: Int

    func write(
        _ tree: SourceTree, to payload: borrowing OwnedDescriptor, _ progress: (Int, Int) -> Void
    ) throws(Failure) -> (frames: [Index.Frame], entries: [Index.Entry]) {
        var output = FrameQueue(level: level, threads: threads)
        var plain: [UInt8] = []
        plain.reserveCapacity(framePlainBytes)
        var entries: [Index.Entry] = []
        var doneBytes = 0
        let totalBytes = tree.files.reduce(0) { $0 + $1.sizeBytes }
        for file in tree.files {
            let header = Tar.header(of: file.tarEntry)
            let sizeBytes = header.count + file.sizeBytes + Tar.paddingBytes(after: file.sizeBytes)
            if !plain.isEmpty, plain.count + sizeBytes > framePlainBytes {
                try output.append(&plain, payload)
            }
            plain += header
            let digest = try append(file, to: &plain, &output, payload) { bytes in
                doneBytes += bytes
                progress(doneBytes, totalBytes)
            }
            if sizeBytes > framePlainBytes { try output.append(&plain, payload) }
            entries.append(file.entry(digest))
        }
        plain += [UInt8](repeating: 0, count: Tar.endBytes)
        try output.append(&plain, payload)
        try output.flush(payload)
        return (output.frames, entries)
    }

    /// Contents and padding; a file that changes while it is read is an error, for its header is already written.
    private func append(
        _ file: SourceTree.File, to plain: inout [UInt8], _ output: inout FrameQueue,
        _ payload: borrowing OwnedDescriptor, _ progress: (Int) -> Void
    ) throws(Failure) -> Digest? {
        guard case .file(let sizeBytes, _) = file.kind else { return nil }
        let descriptor = try root.open(file.path.text, .read)
        var computation = DigestComputation()
        var remaining = sizeBytes
        while remaining > 0 {
            if plain.count == framePlainBytes { try output.append(&plain, payload) }
            let piece = try descriptor.read(upTo: min(remaining, framePlainBytes - plain.count))
            guard !piece.isEmpty else { throw changed(file) }
            unsafe piece.withUnsafeBytes { unsafe computation.update($0) }
            plain += piece
            remaining -= piece.count
            progress(piece.count)
        }
        guard try descriptor.read(upTo: 1).isEmpty else { throw changed(file) }
        let padding = Tar.paddingBytes(after: sizeBytes)
        if plain.count + padding > framePlainBytes { try output.append(&plain, payload) }
        plain += [UInt8](repeating: 0, count: padding)
        return computation.finish()
    }

    private func changed(_ file: SourceTree.File) -> Failure {
        Failure(
            .inputUnreadable, "\(file.path.text.escaped) changed while it was packed",
            hint: "wait until nothing writes to it and pack again")
    }
}

/// Compresses as many frames at once as there are threads and writes them in their order.
private struct FrameQueue {
    let level: Int
    let threads: Int
    private(set) var frames: [Index.Frame] = []
    private var waiting: [[UInt8]] = []

    init(level: Int, threads: Int) {
        self.level = level
        self.threads = threads
    }

    mutating func append(_ plain: inout [UInt8], _ payload: borrowing OwnedDescriptor) throws(Failure) {
        guard !plain.isEmpty else { return }
        let capacity = plain.capacity
        waiting.append(plain)
        plain = []
        plain.reserveCapacity(capacity)
        if waiting.count == threads { try flush(payload) }
    }

    mutating func flush(_ payload: borrowing OwnedDescriptor) throws(Failure) {
        let level = level
        let compressed = try BlockingThreads.map(waiting) { plain throws(Failure) in
            let compressor = try FrameCompressor(level: level)
            let result = unsafe plain.withUnsafeBytes { bytes in
                Result { () throws(Failure) in try unsafe compressor.compress(bytes) }
            }
            return try result.get()
        }
        for (plain, frame) in zip(waiting, compressed) {
            try payload.write(frame)
            frames.append(
                Index.Frame(compressedBytes: frame.count, plainBytes: plain.count, digest: Digest(of: frame)))
        }
        waiting = []
    }
}

extension SourceTree.File {
    fileprivate var sizeBytes: Int {
        if case .file(let sizeBytes, _) = kind { sizeBytes } else { 0 }
    }

    fileprivate var tarEntry: Tar.Entry {
        switch kind {
        case .directory: .directory(path: path.text)
        case .file(let sizeBytes, let isExecutable):
            .file(path: path.text, sizeBytes: sizeBytes, permissions: isExecutable ? 0o755 : 0o644)
        case .symlink(let target): .symlink(path: path.text, target: target)
        }
    }

    fileprivate func entry(_ digest: Digest?) -> Index.Entry {
        switch (kind, digest) {
        case (.file(let sizeBytes, let isExecutable), let digest?):
            Index.Entry(
                path: path, kind: .file(sizeBytes: sizeBytes, digest: digest, isExecutable: isExecutable))
        case (.symlink(let target), _): Index.Entry(path: path, kind: .symlink(target: target))
        default: Index.Entry(path: path, kind: .directory)
        }
    }
}
