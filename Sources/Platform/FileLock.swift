internal import Glibc
public import YunCore

/// Holds a lock until it goes out of scope; the kernel lets go of it when the process dies.
public final class FileLock: Sendable {
    private let file: OwnedDescriptor

    private init(_ file: consuming OwnedDescriptor) {
        self.file = file
    }

    deinit { release() }

    /// Lets go of it before the end of its scope.
    public func release() {
        // Closing is not enough: a process that another thread is just starting has a copy until it executes.
        flock(file.number, LOCK_UN)
    }

    /// Reads and writes the file that is locked.
    public func withDescriptor<R>(_ body: (borrowing OwnedDescriptor) throws(Failure) -> R) throws(Failure)
        -> R
    {
        try body(file)
    }

    /// `nil` where others hold it and `waiting` is false.
    fileprivate static func take(
        _ file: consuming OwnedDescriptor, _ kind: Int32, waiting: Bool, describedAs name: String
    ) throws(Failure) -> FileLock? {
        while flock(file.number, waiting ? kind : kind | LOCK_NB) != 0 {
            if errno == EWOULDBLOCK { return nil }
            guard errno == EINTR else { throw .system("cannot lock \(name)") }
        }
        return FileLock(file)
    }
}

extension AnchoredDirectory {
    /// A lock for one process at a time, or `nil` where another process holds it and `waiting` is false.
    public func lock(_ name: String, permissions: UInt32 = 0o644, waiting: Bool) throws(Failure) -> FileLock?
    {
        try FileLock.take(
            open(name, .readWriteOrCreate(permissions: permissions)), LOCK_EX, waiting: waiting,
            describedAs: path(of: name).escaped)
    }

    /// A lock on this directory itself, by as many as want it where `isShared`, else by one alone. It follows the
    /// directory, not its name: who finds another directory of the name afterwards has locked nothing.
    public func lockSelf(isShared: Bool, waiting: Bool) throws(Failure) -> FileLock? {
        try FileLock.take(
            open(".", .readDirectory), isShared ? LOCK_SH : LOCK_EX, waiting: waiting,
            describedAs: path.escaped)
    }
}
