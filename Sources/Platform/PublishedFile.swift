internal import Glibc
public import YunCore

/// A file that appears under its name only when it is complete and durable: until `publish` it lies beside it
/// under a name that starts with `.`, and is removed if its owner gives up.
public final class PublishedFile: Sendable {
    private let directory: AnchoredDirectory
    private let temporaryName: String
    private let name: String
    private let file: OwnedDescriptor

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
        try directory.remove(temporaryName)
        file = try directory.open(temporaryName, .createNew(permissions: permissions))
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
    public func publish() throws(Failure) {
        try file.synchronize()
        guard unsafe renameat(directory.number, temporaryName, directory.number, name) == 0 else {
            throw .system("cannot write \(directory.path(of: name).escaped)", code: .outputUnwritable)
        }
        try directory.synchronize()
    }

    deinit {
        // After `publish` nothing of this name is left; before it, a half-written file must not stay.
        unsafe unlinkat(directory.number, temporaryName, 0)
    }
}
