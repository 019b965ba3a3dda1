internal import Archive
internal import Bundle
internal import Glibc
internal import Platform
internal import Signing
internal import Synchronization
internal import YunCore

/// A package that lies in memory and is read through its path, as a file or as a stream.
struct MemoryPackage {
    let bytes: [UInt8]

    /// What has come out of a payload, in the order in which it came.
    struct Content: Equatable {
        let entry: Index.Entry
        var bytes: [UInt8]
    }

    static let codes: Set<FailureCode> = [
        .bundleFormat, .bundleTruncated, .bundleMember, .bundleIndex, .bundleEntry, .bundleLimit,
        .bundlePayload, .bundleTrailing,
    ]

    /// As much as a pipe holds without a reader.
    static let streamBytesMax = 64 << 10

    func open() throws(Failure) -> UntrustedBundle {
        let file = try OwnedDescriptor.memoryFile("package")
        try file.write(bytes)
        return try UntrustedBundle(path: "/proc/self/fd/\(file.number)")
    }

    func openStream() throws(Failure) -> UntrustedBundle {
        var ends: [Int32] = [0, 0]
        guard unsafe pipe(&ends) == 0 else { throw .system("cannot make a pipe") }
        let reading = OwnedDescriptor(owning: ends[0])
        try OwnedDescriptor(owning: ends[1]).write(bytes)
        return try UntrustedBundle(path: "/proc/self/fd/\(reading.number)")
    }

    /// Reads all of a package's payload and keeps it.
    static func contents(of bundle: UntrustedBundle, threads: Int) throws(Failure) -> (Index, [Content]) {
        let index = try bundle.index()
        let shelf = Shelf()
        try bundle.readPayload(of: index, threads: threads, spoolDirectory: "/tmp", progress: { _ in }) {
            () throws(Failure) in KeepingSink(shelf: shelf)
        }
        return (index, shelf.contents.withLock { $0 })
    }

    /// Checks that exactly the index's entries have come, each with the contents that its digest names.
    static func check(_ contents: [Content], _ index: Index) throws(Violation) {
        let sorted = contents.sorted { $0.entry.path < $1.entry.path }
        try require(sorted.map(\.entry) == index.entries, "other entries came than the index names")
        for content in contents {
            guard case .file(let sizeBytes, let digest, _) = content.entry.kind else {
                try require(content.bytes.isEmpty, "an entry that is no file has contents")
                continue
            }
            try require(content.bytes.count == sizeBytes, "a file has another length")
            try require(Digest(of: content.bytes) == digest, "a file has other contents")
        }
    }
}

private final class Shelf: Sendable {
    let contents = Mutex<[MemoryPackage.Content]>([])
}

private struct KeepingSink: EntrySink {
    let shelf: Shelf
    private var current: MemoryPackage.Content?

    init(shelf: Shelf) { self.shelf = shelf }

    mutating func begin(_ entry: Index.Entry) { current = MemoryPackage.Content(entry: entry, bytes: []) }

    mutating func write(_ bytes: UnsafeRawBufferPointer) { unsafe current?.bytes.append(contentsOf: bytes) }

    mutating func end() {
        guard let content = current else { return }
        shelf.contents.withLock { $0.append(content) }
        current = nil
    }
}
