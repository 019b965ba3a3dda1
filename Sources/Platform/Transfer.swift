internal import CLinux
internal import Glibc
public import YunCore

extension OwnedDescriptor {
    /// Fills `buffer` from the current position; a short count means the end of the file.
    public func read(into buffer: UnsafeMutableRawBufferPointer) throws(Failure) -> Int {
        try unsafe fill(buffer) { rest, _ in unsafe Glibc.read(number, rest.baseAddress, rest.count) }
    }

    /// Fills `buffer` from `offset` without moving the position; a short count means the end of the file.
    public func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(Failure) -> Int {
        try unsafe fill(buffer) { rest, done in
            unsafe pread(number, rest.baseAddress, rest.count, offset + done)
        }
    }

    private func fill(
        _ buffer: UnsafeMutableRawBufferPointer,
        with call: (UnsafeMutableRawBufferPointer, Int) -> Int
    ) throws(Failure) -> Int {
        var done = 0
        while done < buffer.count {
            let count = unsafe call(UnsafeMutableRawBufferPointer(rebasing: buffer[done...]), done)
            if count == 0 { break }
            if count > 0 {
                done += count
            } else if errno != EINTR {
                throw .system("cannot read", code: .inputUnreadable)
            }
        }
        return done
    }

    /// Reads up to `count` bytes; fewer mean the end of the file.
    public func read(upTo count: Int) throws(Failure) -> [UInt8] {
        try unsafe collect(count) { buffer throws(Failure) in try unsafe read(into: buffer) }
    }

    /// Reads up to `count` bytes from `offset` without moving the position; fewer mean the end of the file.
    public func read(upTo count: Int, at offset: Int) throws(Failure) -> [UInt8] {
        try unsafe collect(count) { buffer throws(Failure) in try unsafe read(into: buffer, at: offset) }
    }

    private func collect(
        _ count: Int, _ read: (UnsafeMutableRawBufferPointer) throws(Failure) -> Int
    ) throws(Failure) -> [UInt8] {
        var failure: Failure?
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            do throws(Failure) {
                initialized = try unsafe read(UnsafeMutableRawBufferPointer(buffer))
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return bytes
    }

    /// Reads what is there, up to `count` bytes, waiting for the first; empty at the end.
    public func readSome(upTo count: Int) throws(Failure) -> [UInt8] {
        var got = 0
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            repeat {
                got = unsafe Glibc.read(number, buffer.baseAddress, buffer.count)
            } while got < 0 && errno == EINTR
            initialized = max(0, got)
        }
        guard got >= 0 else { throw .system("cannot read", code: .inputUnreadable) }
        return bytes
    }

    /// Like ``readSome(upTo:)``, but does not wait longer than until the other end of `life`, a pipe or a socket, is closed:
    /// then empty as well, once all that was there is read.
    public func readSome(upTo count: Int, during life: Int32) throws(Failure) -> [UInt8] {
        guard yun_wait_unless_closed(number, life, -1) == 1 else { return [] }
        return try readSome(upTo: count)
    }

    /// Reads up to `count` bytes; fewer mean the end, or that the time is over.
    public func read(upTo count: Int, withinMilliseconds time: Int) throws(Failure) -> [UInt8] {
        let end = CurrentProcess.monotonicNanoseconds + time * 1_000_000
        var bytes: [UInt8] = []
        while bytes.count < count {
            // Rounded up, so that the last wait does not end before the time.
            let left = (end - CurrentProcess.monotonicNanoseconds + 999_999) / 1_000_000
            guard left > 0, yun_wait_readable(number, Int32(clamping: left)) > 0 else { break }
            let some = try readSome(upTo: count - bytes.count)
            if some.isEmpty { break }
            bytes += some
        }
        return bytes
    }

    /// Reads the rest of the file, which must not be longer than `limit` bytes.
    public func readToEnd(limit: Int, describedAs name: String) throws(Failure) -> [UInt8] {
        var bytes: [UInt8] = []
        while true {
            let wanted = min(64 << 10, limit + 1 - bytes.count)
            let chunk = try read(upTo: wanted)
            bytes += chunk
            guard bytes.count <= limit else {
                throw Failure(.bundleLimit, "\(name) is longer than the \(limit) bytes that are allowed")
            }
            if chunk.count < wanted { return bytes }
        }
    }

    /// Writes all of `bytes` at the current position.
    public func write(_ bytes: UnsafeRawBufferPointer) throws(Failure) {
        var done = 0
        while done < bytes.count {
            let count = unsafe Glibc.write(number, bytes.baseAddress?.advanced(by: done), bytes.count - done)
            if count > 0 {
                done += count
            } else if count < 0, errno != EINTR {
                throw .system("cannot write")
            }
        }
    }

    /// Writes all of `bytes` at the current position.
    public func write(_ bytes: [UInt8]) throws(Failure) {
        let result = unsafe bytes.withUnsafeBytes { buffer in
            Result { () throws(Failure) in try unsafe write(buffer) }
        }
        try result.get()
    }

    /// Copies this file's contents from its start to `target`, sharing extents where the file system can.
    public func copyContents(to target: borrowing OwnedDescriptor) throws(Failure) {
        guard yun_copy_contents(number, target.number) == 0 else { throw .system("cannot copy a file") }
    }

    /// Moves the position to `offset` bytes from the start.
    public func seek(to offset: Int) throws(Failure) {
        guard lseek(number, offset, SEEK_SET) >= 0 else { throw .system("cannot seek") }
    }

    /// Makes the file end after `sizeBytes` bytes.
    public func truncate(to sizeBytes: Int) throws(Failure) {
        guard ftruncate(number, sizeBytes) == 0 else { throw .system("cannot shorten a file") }
    }

    /// Makes contents and metadata of this file or directory durable.
    public func synchronize() throws(Failure) {
        guard fsync(number) == 0 else { throw .system("cannot make a file durable") }
    }

    /// Begins to write a part of the file to the disk, so that less is left for ``synchronizeFileSystem()``. A hint:
    /// a file system that cannot is no error.
    public func startWriting(at offset: Int, count: Int) {
        _ = yun_start_writing(number, Int64(offset), Int64(count))
    }

    /// Makes everything on this file's file system durable: for many small files an order of magnitude faster
    /// than one call for each.
    public func synchronizeFileSystem() throws(Failure) {
        guard yun_syncfs(number) == 0 else { throw .system("cannot make files durable") }
    }

    /// Bytes that may still be written on this file's file system.
    public func freeBytes() throws(Failure) -> Int {
        let count = yun_free_bytes(number)
        guard count >= 0 else { throw .system("cannot tell the free space") }
        return Int(count)
    }

    /// Takes room for `sizeBytes` bytes of this file.
    public func allocate(sizeBytes: Int) throws(Failure) {
        let error = posix_fallocate(number, 0, sizeBytes)
        guard error == 0 else {
            throw .system("cannot reserve room on the disk", code: .inputOutput, errno: error)
        }
    }

    /// Gives this file to a user and to the group of the same number.
    public func setOwner(_ userID: UInt32) throws(Failure) {
        guard fchown(number, userID, userID) == 0 else {
            throw .system("cannot give a file to user \(userID)")
        }
    }

    /// What this descriptor stands for.
    public func status() throws(Failure) -> FileStatus {
        guard let status = try FileStatus.find(number, "", describedAs: "an open file") else {
            throw .system("cannot examine an open file", code: .inputUnreadable)
        }
        return status
    }
}
