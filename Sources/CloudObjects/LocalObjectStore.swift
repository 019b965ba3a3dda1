public import CloudModel
internal import NIOPosix
internal import Platform
internal import Signing
internal import Synchronization
internal import YunCore

/// Objects as files below a directory.
public final class LocalObjectStore: ObjectStore {
    /// A flat directory of a million files is slow to list and to write to; this many share it.
    private static let shards = (0..<256).map { [UInt8($0)].hexadecimal }

    private let directory: AnchoredDirectory
    private let threads: BlockingWork

    /// Opens the store in the directory at `path`, made where missing.
    public init(path: String) throws(Problem) {
        do throws(Failure) {
            directory = try AnchoredDirectory.make(at: path, permissions: 0o700)
            for shard in Self.shards {
                try directory.createDirectory(shard, permissions: 0o700, mayExist: true)
            }
            try directory.synchronize()
        } catch { throw Problem(error) }
        threads = BlockingWork()
    }

    /// Begins a file without a name.
    public func create(as key: String) async throws(Problem) -> any ObjectWriter {
        let path = try path(of: key)
        let file = try await threads.run { () throws(Failure) in
            try PublishedFile(path: path, permissions: 0o600)
        }
        return LocalObjectWriter(key: key, file: file, threads: threads)
    }

    /// Locks a file, made where missing.
    public func part(of key: String, at offset: Int64) async throws(Problem) -> any ObjectPart {
        try ObjectKey.check(key)
        let directory = directory
        let (shard, lock) = try await threads.run { () throws(Failure) in
            let shard = try directory.directory(String(key.prefix(2)))
            return (shard, try shard.lock(key, permissions: 0o600, waiting: false))
        }
        guard let lock else { throw Problem(.locked, "another request writes to it; try again") }
        return LocalObjectPart(lock: lock, directory: shard, offset: Int(offset), threads: threads)
    }

    /// Reads from a file.
    public func read(_ key: String, at offset: Int64, count: Int) async throws(Problem) -> [UInt8] {
        let path = try path(of: key)
        return try await threads.run { () throws(Failure) in
            let file = try OwnedDescriptor.open(path, .read)
            return try file.read(upTo: count, at: Int(offset))
        }
    }

    /// Removes a file.
    public func remove(_ key: String) async throws(Problem) {
        try ObjectKey.check(key)
        let directory = directory
        try await threads.run { () throws(Failure) in
            try directory.directory(String(key.prefix(2))).remove(key)
        }
    }

    /// The names of all files of that age.
    public func keys(before instant: Instant) async throws(Problem) -> [String] {
        let directory = directory
        return try await threads.run { () throws(Failure) in
            var keys: [String] = []
            for shard in Self.shards {
                let files = try directory.directory(shard)
                for name in try files.names() where !name.hasPrefix(".") {
                    guard let status = try files.status(of: name) else { continue }
                    if Int64(status.modifiedMilliseconds) < instant.milliseconds { keys.append(name) }
                }
            }
            return keys
        }
    }

    private func path(of key: String) throws(Problem) -> String {
        try ObjectKey.check(key)
        return "\(directory.path)/\(key.prefix(2))/\(key)"
    }
}

private final class LocalObjectWriter: ObjectWriter {
    private let key: String
    private let file: PublishedFile
    private let threads: BlockingWork
    private let size = Mutex(0)

    init(key: String, file: PublishedFile, threads: BlockingWork) {
        self.key = key
        self.file = file
        self.threads = threads
    }

    func append(_ bytes: [UInt8]) async throws(Problem) -> [UInt8] {
        let offset = size.withLock { size in
            defer { size += bytes.count }
            return size
        }
        let file = file
        return try await threads.run { () throws(Failure) in
            try file.withDescriptor { (descriptor) throws(Failure) in
                try descriptor.write(bytes)
                // The sync at the end then waits for the last piece alone.
                descriptor.startWriting(at: offset, count: bytes.count)
            }
            return Digest(of: bytes).bytes
        }
    }

    func finish() async throws(Problem) -> String {
        let file = file
        try await threads.run { () throws(Failure) in try file.publish(replacing: false) }
        return key
    }
}

private struct LocalObjectPart: ObjectPart {
    let lock: FileLock
    let directory: AnchoredDirectory
    let offset: Int
    let threads: BlockingWork

    func write(_ bytes: [UInt8]) async throws(Problem) {
        try await threads.run { () throws(Failure) in
            try lock.withDescriptor { (file) throws(Failure) in
                let size = try file.status().sizeBytes
                guard size >= offset else {
                    throw Failure(.inputOutput, "an upload of \(offset) bytes has a file of \(size)")
                }
                try file.truncate(to: offset)
                try file.seek(to: offset)
                try file.write(bytes)
                try file.synchronize()
            }
            // Its name is new with its first part.
            if offset == 0 { try directory.synchronize() }
        }
    }
}

extension Problem {
    /// What a disk says, in our words.
    init(_ failure: Failure) {
        switch failure.code {
        case .noSpace: self.init(.storageFull, "the server's disk is full", cause: failure.message)
        default: self = .fault(failure.message)
        }
    }
}
