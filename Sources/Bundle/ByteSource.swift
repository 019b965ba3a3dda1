internal import Platform
internal import YunCore

/// The file or stream that a package is read from. The head is read in order; the payload by place, for which a
/// stream's payload is kept in an unnamed file once the head is found good.
final class ByteSource: Sendable {
    let name: String
    let isStream: Bool
    /// Length of a regular file.
    let sizeBytes: Int?
    private let file: OwnedDescriptor

    /// - Parameter path: `-` stands for standard input.
    init(path: String) throws(Failure) {
        name = path == "-" ? "standard input" : path.escaped
        file = path == "-" ? try OwnedDescriptor.standardInput() : try OwnedDescriptor.open(path, .read)
        let status = try file.status()
        guard status.kind != .directory else {
            throw Failure(
                .bundleFormat, "\(name) is a directory, not a package",
                hint: "pack it first: ypkg pack \(name)")
        }
        isStream = status.kind != .file
        sizeBytes = isStream ? nil : status.sizeBytes
        if !isStream { try file.seek(to: 0) }
    }

    /// Reads the next bytes; fewer than `count` is an error.
    func read(exactly count: Int, of part: String) throws(Failure) -> [UInt8] {
        let bytes = try file.read(upTo: count)
        guard bytes.count == count else {
            throw Failure(
                .bundleTruncated, "\(name) ends in the middle of \(part)", hint: "get the whole file again")
        }
        return bytes
    }

    /// Reads what is there, up to `count` bytes.
    func read(upTo count: Int) throws(Failure) -> [UInt8] { try file.read(upTo: count) }

    /// A descriptor in which the payload can be read by place. `progress` is told what of a stream was kept.
    func payload(
        offset: Int, sizeBytes: Int, spoolDirectory: String, progress: (Int) -> Void = { _ in }
    ) throws(Failure) -> PayloadSource {
        guard isStream else { return PayloadSource(file: try file.duplicate(), offset: offset) }
        let spool = try OwnedDescriptor.open(spoolDirectory, .temporary)
        var remaining = sizeBytes
        while remaining > 0 {
            let bytes = try read(exactly: min(remaining, 1 << 20), of: "the payload")
            try spool.write(bytes)
            remaining -= bytes.count
            progress(bytes.count)
        }
        return PayloadSource(file: spool, offset: 0)
    }
}

/// A payload whose bytes can be read by place, by several threads.
final class PayloadSource: Sendable {
    private let file: OwnedDescriptor
    private let offset: Int

    init(file: consuming OwnedDescriptor, offset: Int) {
        self.file = file
        self.offset = offset
    }

    func read(count: Int, at place: Int) throws(Failure) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        let result = unsafe bytes.withUnsafeMutableBytes { buffer in
            Result { () throws(Failure) in try unsafe read(into: buffer, at: place) }
        }
        try result.get()
        return bytes
    }

    func read(into buffer: UnsafeMutableRawBufferPointer, at place: Int) throws(Failure) {
        guard try unsafe file.read(into: buffer, at: offset + place) == buffer.count else {
            throw Failure(.bundleTruncated, "the payload ends too early", hint: "get the whole file again")
        }
    }
}
