internal import CLinux
internal import Glibc
public import YunCore

/// A file that appears under its name only when it is complete and durable. Until `publish` it has no name at all, so
/// that nothing is left of it however its writer ends; where the file system knows no nameless files, it lies beside
/// its place under a name that starts with `.`, and is removed if its owner gives up.
public final class PublishedFile: Sendable {
    private let directory: AnchoredDirectory
    private let temporaryName: String
    private let name: String
    private let file: OwnedDescriptor
    private let isNameless: Bool

    /// - Parameter path: where the file will appear; a file there is replaced whole.
    public init(path: String, permissions: UInt32 = 0o644) throws(Failure) {
        let slash = path.lastIndex(of: "/")
        name = slash.map { String(path[path.index(after: $0)...]) } ?? path
        guard !name.isEmpty, name != ".", name != ".." else {
            throw Failure(.outputUnwritable, "cannot write \(path.escaped): it is not a file name")
        }
        let parent = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        do throws(Failure) {
            directory = try AnchoredDirectory(at: parent)
        } catch {
            throw Failure(
                .outputUnwritable, "cannot write \(path.escaped): \(error.message)", hint: error.hint)
        }
        if let status = try directory.status(of: name), status.kind == .directory {
            throw Failure(.outputUnwritable, "cannot write \(path.escaped): it is a directory")
        }
        temporaryName = ".\(name.prefix(100)).\(getpid()).part"
        if let nameless = try directory.namelessFile(permissions: permissions) {
            file = nameless
            isNameless = true
        } else {
            try directory.remove(temporaryName)
            file = try directory.open(temporaryName, .createNew(permissions: permissions))
            isNameless = false
        }
    }

    /// Writes through the descriptor that `body` borrows.
    public func withDescriptor<R>(_ body: (borrowing OwnedDescriptor) throws(Failure) -> R) throws(Failure)
        -> R
    {
        try body(file)
    }

    /// For a program that is given the file to write.
    public var number: Int32 { file.number }

    /// How much has been written.
    public func sizeBytes() throws(Failure) -> Int { try file.status().sizeBytes }

    /// Makes the contents durable and gives them their name.
    /// - Parameter replacing: whether a file that has the name already is replaced; else it is an error.
    public func publish(replacing: Bool = true) throws(Failure) {
        try file.synchronize()
        if isNameless {
            // A link replaces nothing, so what replaces has a name of its own for a moment.
            try directory.remove(temporaryName)
            try directory.link(temporaryName, to: file)
        }
        let result =
            unsafe replacing
            ? renameat(directory.number, temporaryName, directory.number, name)
            : yun_rename_noreplace(directory.number, temporaryName, directory.number, name)
        guard result == 0 else {
            let path = directory.path(of: name).escaped
            throw errno == EEXIST
                ? Failure(
                    .outputExists, "\(path) already exists", hint: "choose another name, or remove it first")
                : .system("cannot write \(path)", code: .outputUnwritable)
        }
        try directory.synchronize()
    }

    deinit {
        // After `publish` nothing of this name is left; before it, a half-written file must not stay.
        unsafe unlinkat(directory.number, temporaryName, 0)
    }
}

extension AnchoredDirectory {
    /// `nil` where the file system has no such files.
    fileprivate func namelessFile(permissions: UInt32) throws(Failure) -> OwnedDescriptor? {
        let mode = OpenMode.temporary
        let number = unsafe yun_openat_beneath(self.number, ".", mode.flags, permissions)
        if number < 0, [EOPNOTSUPP, EISDIR, EINVAL].contains(errno) { return nil }
        guard number >= 0 else {
            throw .system("cannot write in \(path.escaped)", code: .outputUnwritable)
        }
        return OwnedDescriptor(owning: number)
    }

    fileprivate func link(_ name: String, to file: borrowing OwnedDescriptor) throws(Failure) {
        // By descriptor alone a link takes a capability; the kernel's name for it takes none.
        let source = "/proc/self/fd/\(file.number)"
        guard unsafe linkat(AT_FDCWD, source, self.number, name, AT_SYMLINK_FOLLOW) == 0 else {
            throw .system("cannot write \(path(of: name).escaped)", code: .outputUnwritable)
        }
    }
}
