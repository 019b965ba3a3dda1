internal import CLinux
internal import Glibc
public import YunCore

/// What lies at a path; a last symlink is not followed.
public struct FileStatus: Sendable, Equatable {
    /// What can be told apart; sockets, FIFOs and devices are `other`.
    public enum Kind: Sendable { case file, directory, symlink, other }
    /// The kind of what lies there.
    public let kind: Kind
    /// Permission bits, `0o7777` at most.
    public let permissions: UInt32
    /// User id.
    public let owner: UInt32
    /// How many names the file has.
    public let linkCount: UInt64
    /// Length of a file's contents.
    public let sizeBytes: Int
    /// What tells a file from every other of its file system, whatever its name.
    public let inode: UInt64
    /// When the contents changed last, in milliseconds of Unix time.
    public let modifiedMilliseconds: Int

    /// `nil` where nothing lies there.
    static func find(
        _ directory: Int32, _ path: String, describedAs name: @autoclosure () -> String
    ) throws(Failure) -> FileStatus? {
        var status = yun_status()
        guard unsafe yun_status_at(directory, path, &status) == 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw .system("cannot examine \(name())", code: .inputUnreadable)
        }
        let kind: Kind =
            switch status.kind {
            case YUN_KIND_FILE: .file
            case YUN_KIND_DIRECTORY: .directory
            case YUN_KIND_SYMLINK: .symlink
            default: .other
            }
        return FileStatus(
            kind: kind, permissions: status.mode, owner: status.owner, linkCount: status.links,
            sizeBytes: Int(status.size_bytes), inode: status.inode,
            modifiedMilliseconds: Int(status.modified_ms))
    }
}

/// A directory that paths cannot leave. Every path below it is resolved by the kernel with
/// `openat2(RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS)`: `..`, absolute paths and symlinks in the way are errors, also
/// when someone puts them there while we work.
public final class AnchoredDirectory: Sendable {
    let descriptor: OwnedDescriptor
    /// For messages, and for programs that must be told a path.
    public let path: String

    private init(_ descriptor: consuming OwnedDescriptor, path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    /// Anchors a path of the caller's own choosing; symlinks on the way to it are followed.
    public convenience init(at path: String) throws(Failure) {
        self.init(try OwnedDescriptor.open(path, .readDirectory), path: path)
    }

    /// Like ``init(at:)``, and makes what is missing on the way.
    public static func make(at path: String, permissions: UInt32 = 0o755) throws(Failure) -> AnchoredDirectory
    {
        var partial = path.hasPrefix("/") ? "/" : ""
        for component in path.split(separator: "/") {
            partial += partial.isEmpty || partial.hasSuffix("/") ? component : "/" + component
            guard unsafe mkdir(partial, permissions) == 0 || errno == EEXIST else {
                throw .system("cannot make the directory \(partial.escaped)", code: .outputUnwritable)
            }
        }
        return try AnchoredDirectory(at: path)
    }

    /// The descriptor, for calls that borrow it.
    public var number: Int32 { descriptor.number }

    /// The path of `name` in here, for messages.
    public func path(of name: String) -> String { path + "/" + name }

    /// Opens a file below this directory.
    public func open(_ name: String, _ mode: OpenMode) throws(Failure) -> OwnedDescriptor {
        let number = unsafe yun_openat_beneath(descriptor.number, name, mode.flags, mode.permissions)
        guard number >= 0 else {
            throw .system("cannot open \(path(of: name).escaped)", code: mode.failureCode)
        }
        return OwnedDescriptor(owning: number)
    }

    /// Anchors a directory below this one.
    public func directory(_ name: String) throws(Failure) -> AnchoredDirectory {
        try directory(name, describedAs: path(of: name))
    }

    /// Anchors a directory below this one that messages call something else: what an app is told must not name the
    /// host's directories.
    public func directory(_ name: String, describedAs path: String) throws(Failure) -> AnchoredDirectory {
        let number = unsafe yun_openat_beneath(
            descriptor.number, name, OpenMode.readDirectory.flags, 0)
        guard number >= 0 else {
            throw .system("cannot open \(path.escaped)", code: OpenMode.readDirectory.failureCode)
        }
        return AnchoredDirectory(OwnedDescriptor(owning: number), path: path)
    }

    /// The same directory, through a mount on which no program runs: what is opened there keeps that wherever it is given
    /// to. Without the authority to mount it is the directory as it is. Nothing can be moved between the two.
    public func withoutPrograms() throws(Failure) -> AnchoredDirectory {
        let number = yun_view_without_programs(descriptor.number)
        guard number < 0 else { return AnchoredDirectory(OwnedDescriptor(owning: number), path: path) }
        guard errno == EPERM else { throw .system("cannot restrict \(path.escaped)") }
        return AnchoredDirectory(try descriptor.duplicate(), path: path)
    }

    /// Anchors a directory directly in this one, made where missing.
    public func makeDirectory(_ name: String, permissions: UInt32 = 0o755) throws(Failure)
        -> AnchoredDirectory
    {
        try createDirectory(name, permissions: permissions, mayExist: true)
        return try directory(name)
    }

    /// Makes a directory whose parent is this directory itself or, for a path, was anchored by the caller.
    public func createDirectory(_ name: String, permissions: UInt32 = 0o755, mayExist: Bool = false)
        throws(Failure)
    {
        guard unsafe mkdirat(descriptor.number, name, permissions) == 0 || (mayExist && errno == EEXIST)
        else {
            throw .system("cannot make the directory \(path(of: name).escaped)", code: .outputUnwritable)
        }
    }

    /// Makes a symlink with exactly this target; whether it is a safe one is the caller's to know.
    public func createSymlink(_ name: String, target: String) throws(Failure) {
        guard unsafe symlinkat(target, descriptor.number, name) == 0 else {
            throw .system("cannot make the symlink \(path(of: name).escaped)", code: .outputUnwritable)
        }
    }

    /// Where the symlink `name` points.
    public func symlinkTarget(of name: String) throws(Failure) -> String {
        var buffer = [CChar](repeating: 0, count: Limits.pathBytesMax + 1)
        let count = unsafe readlinkat(descriptor.number, name, &buffer, buffer.count)
        let bytes = buffer.prefix(max(0, count)).map { UInt8(bitPattern: $0) }
        guard (1...Limits.pathBytesMax).contains(bytes.count),
            let target = String(validating: bytes, as: UTF8.self)
        else {
            throw Failure(.inputUnreadable, "cannot use the symlink \(path(of: name).escaped)")
        }
        return target
    }

    /// Gives the file `original` of `source` a second name here; false where the file system will not.
    public func linkIfPossible(_ name: String, toFile original: String, in source: AnchoredDirectory) -> Bool
    {
        unsafe linkat(source.number, original, descriptor.number, name, 0) == 0
    }

    /// Gives this directory to a user and to the group of the same number.
    public func setOwner(_ userID: UInt32) throws(Failure) {
        try descriptor.setOwner(userID)
    }

    /// Gives what lies at `name` to a user and the group of the same number; a link is given away itself.
    public func setOwner(_ userID: UInt32, of name: String) throws(Failure) {
        guard unsafe fchownat(number, name, userID, userID, AT_SYMLINK_NOFOLLOW) == 0 else {
            throw .system("cannot give \(path(of: name).escaped) to user \(userID)")
        }
    }

    /// What lies at `name`, or `nil` where nothing does.
    public func status(of name: String) throws(Failure) -> FileStatus? {
        try FileStatus.find(descriptor.number, name, describedAs: path(of: name).escaped)
    }

    /// The path without links and detours.
    public static func resolvedPath(_ path: String) throws(Failure) -> String {
        let directory = try AnchoredDirectory(at: path)
        return try AnchoredDirectory(at: "/proc/self/fd").symlinkTarget(of: String(directory.number))
    }

    /// What lies at a path of the caller's own choosing, or `nil` where nothing does.
    public static func status(ofPath path: String) throws(Failure) -> FileStatus? {
        try FileStatus.find(AT_FDCWD, path, describedAs: path.escaped)
    }

    /// Moves `name` into `target`, where nothing of the new name may exist unless it is replaced.
    public func move(
        _ name: String, to target: AnchoredDirectory, as newName: String, replacing: Bool = false
    ) throws(Failure) {
        let result =
            unsafe replacing
            ? renameat(descriptor.number, name, target.number, newName)
            : yun_rename_noreplace(descriptor.number, name, target.number, newName)
        guard result == 0 else {
            throw .system("cannot move \(path(of: name).escaped) to \(target.path(of: newName).escaped)")
        }
    }

    /// Exchanges `name` with what lies at `otherName` in `other`: whoever looks sees both as before or both as after.
    public func exchange(_ name: String, with otherName: String, in other: AnchoredDirectory) throws(Failure)
    {
        guard unsafe yun_rename_exchange(descriptor.number, name, other.number, otherName) == 0 else {
            throw .system(
                "cannot exchange \(path(of: name).escaped) and \(other.path(of: otherName).escaped)")
        }
    }

    /// Copies `name` and all that is in it, links as links, into a directory that nobody else can reach. What fails
    /// leaves a part behind.
    /// - Parameters:
    ///   - links: an empty directory of the target's file system, which is filled.
    ///   - budgetBytes: how much may be written; what the file system can share costs nothing.
    public func copyTree(
        _ name: String, to target: AnchoredDirectory, as newName: String, links: AnchoredDirectory,
        budgetBytes: Int
    ) throws(Failure) {
        let result = unsafe yun_copy_tree(
            descriptor.number, name, target.number, newName, links.number, Int64(budgetBytes))
        guard result == 0 else { throw .system("cannot copy \(path(of: name).escaped)") }
    }

    /// Removes one file, symlink or empty directory; one that is not there is no error.
    public func remove(_ name: String, isDirectory: Bool = false) throws(Failure) {
        guard unsafe unlinkat(descriptor.number, name, isDirectory ? AT_REMOVEDIR : 0) == 0 || errno == ENOENT
        else {
            throw .system("cannot remove \(path(of: name).escaped)")
        }
    }

    /// Removes `name` and all that is in it, however deep and whatever its names. Symlinks are removed, never
    /// followed; a directory that its owner made unreadable is opened up first.
    public func removeTree(_ name: String) throws(Failure) {
        guard unsafe yun_remove_tree(descriptor.number, name) == 0 else {
            throw .system("cannot remove \(path(of: name).escaped)")
        }
    }

    /// The names in this directory, sorted by their bytes, without `.` and `..`.
    /// - Parameter limit: more of them are an error, where an app may have made as many as it likes.
    public func names(limit: Int = .max) throws(Failure) -> [String] {
        // A directory stream has a position of its own only on a descriptor of its own.
        let number = unsafe yun_openat(descriptor.number, ".", O_RDONLY | O_DIRECTORY, 0)
        guard number >= 0, let stream = unsafe fdopendir(number) else {
            throw .system("cannot list \(path.escaped)", code: .inputUnreadable)
        }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while true {
            errno = 0
            guard let entry = unsafe readdir(stream) else {
                // Only errno tells a list that ended from one that broke off.
                guard errno == 0 else { throw .system("cannot list \(path.escaped)", code: .inputUnreadable) }
                break
            }
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { tuple in
                unsafe tuple.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
            guard names.count <= limit else {
                throw Failure(.storageQuota, "\(path.escaped) holds more than \(limit) files")
            }
        }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// Reads a whole file of at most `limit` bytes.
    public func contents(of name: String, limit: Int) throws(Failure) -> [UInt8] {
        try open(name, .read).readToEnd(limit: limit, describedAs: path(of: name).escaped)
    }

    /// Waits until nothing lies at `name` any more.
    public func waitUntilGone(_ name: String) throws(Failure) {
        guard unsafe yun_wait_until_gone(number, name) == 0 else {
            throw .system("cannot watch \(path(of: name).escaped)")
        }
    }

    /// Makes this directory's entries durable.
    public func synchronize() throws(Failure) { try descriptor.synchronize() }

    /// Makes everything on this directory's file system durable.
    public func synchronizeFileSystem() throws(Failure) { try descriptor.synchronizeFileSystem() }

    /// Bytes that may still be written on this directory's file system.
    public func freeBytes() throws(Failure) -> Int { try descriptor.freeBytes() }
}
