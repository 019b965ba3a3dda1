internal import CLinux
internal import Glibc
public import YunCore

/// A file descriptor with one owner, closed when the owner goes.
public struct OwnedDescriptor: ~Copyable, Sendable {
    /// For calls that borrow it; do not keep it beyond the owner's life.
    public let number: Int32

    /// Takes over `number`, which nobody else may close.
    public init(owning number: Int32) {
        self.number = number
    }

    deinit {
        close(number)
    }

    /// Opens a path of the caller's own choosing, such as one from the command line; symlinks are followed.
    /// Paths that come from data go through ``AnchoredDirectory``.
    public static func open(_ path: String, _ mode: OpenMode) throws(Failure) -> OwnedDescriptor {
        let number = unsafe yun_openat(AT_FDCWD, path, mode.flags, mode.permissions)
        guard number >= 0 else { throw .system("cannot open \(path.escaped)", code: mode.failureCode) }
        return OwnedDescriptor(owning: number)
    }

    /// An unnamed file in memory.
    public static func memoryFile(_ name: String) throws(Failure) -> OwnedDescriptor {
        let number = unsafe yun_memfd_create(name)
        guard number >= 0 else { throw .system("cannot create a memory file") }
        return OwnedDescriptor(owning: number)
    }

    /// A descriptor of its own for the process's standard input.
    public static func standardInput() throws(Failure) -> OwnedDescriptor {
        let number = yun_fcntl_dupfd(STDIN_FILENO, 3)
        guard number >= 0 else { throw .system("cannot read standard input", code: .inputUnreadable) }
        return OwnedDescriptor(owning: number)
    }

    /// A second descriptor for the same open file.
    public func duplicate() throws(Failure) -> OwnedDescriptor {
        let number = yun_fcntl_dupfd(number, 3)
        guard number >= 0 else { throw .system("cannot duplicate a descriptor") }
        return OwnedDescriptor(owning: number)
    }

    /// Gives up ownership; the caller closes the number.
    public consuming func release() -> Int32 {
        let number = number
        discard self
        return number
    }
}

/// How a file is opened. Close-on-exec is always set.
public enum OpenMode: Sendable {
    case read
    case readDirectory
    /// Reads a file that lies where an app can write: a FIFO does not make the open wait, nor does a lease that the app
    /// holds, and a symlink is an error. Whether it is a file is to be seen afterwards.
    case readForeign
    /// Writes a new file; one that exists is an error.
    case createNew(permissions: UInt32)
    /// Writes a file, which is made or emptied.
    case replace(permissions: UInt32)
    /// Reads and writes a file, made where missing; for locks.
    case readWriteOrCreate(permissions: UInt32)
    /// An unnamed file in the directory that the path names; it vanishes with its descriptor.
    case temporary

    var flags: Int32 {
        switch self {
        case .read: O_RDONLY | O_NOCTTY
        case .readDirectory: O_RDONLY | O_DIRECTORY
        case .readForeign: O_RDONLY | O_NOCTTY | O_NOFOLLOW | O_NONBLOCK
        case .createNew: O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW
        case .replace: O_WRONLY | O_CREAT | O_TRUNC
        case .readWriteOrCreate: O_RDWR | O_CREAT | O_NOFOLLOW
        case .temporary: O_RDWR | 0o20_000_000 | O_DIRECTORY  // O_TMPFILE, a macro that Swift does not import
        }
    }

    var permissions: mode_t {
        switch self {
        case .createNew(let permissions), .replace(let permissions), .readWriteOrCreate(let permissions):
            permissions
        case .temporary: 0o600
        case .read, .readDirectory, .readForeign: 0
        }
    }

    var failureCode: FailureCode {
        switch self {
        case .read, .readDirectory, .readForeign: .inputUnreadable
        case .createNew, .replace, .readWriteOrCreate, .temporary: .outputUnwritable
        }
    }
}

extension Failure {
    /// A failed system call: the thread's errno, in words.
    public static func system(_ message: String, code: FailureCode = .inputOutput) -> Failure {
        system(message, code: code, errno: errno)
    }

    static func system(_ message: String, code: FailureCode, errno: Int32) -> Failure {
        let text = unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 128) { buffer in
            guard let start = buffer.baseAddress, let text = unsafe yun_error_text(errno, start, buffer.count)
            else { return "error \(errno)" }
            return unsafe String(cString: text)
        }
        let isFull = errno == ENOSPC || errno == EDQUOT
        return Failure(
            isFull ? .noSpace : code, "\(message): \(text)",
            hint: isFull ? "free some space and try again" : nil)
    }
}
