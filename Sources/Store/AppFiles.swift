public import Platform
internal import Synchronization
public import YunCore

/// The files of an app's web pages, in `pages` of what the app sees as `/data`. For any number of threads.
///
/// The app's own processes can write there, too, and lay traps: links out of it, FIFOs that would make us wait, names
/// beyond number. So every path is resolved by the kernel from the top, beneath it and through no link, for each call
/// anew; what is opened is looked at before it is used; and what is new is made where the app cannot reach it, and
/// renamed into its place when it is whole.
public final class AppFiles: Sendable {
    /// How much there may be.
    public struct Limits: Sendable {
        /// The contents of all files together.
        public var sizeBytesMax = 256 << 20
        /// Files and directories.
        public var entriesMax = 10_000
        /// What must stay free on the file system.
        public var reserveBytes = StoreRoot.reserveBytes
        /// How long a descriptor that is read from may stay silent.
        public var idleMilliseconds = 60_000

        /// The defaults.
        public init() {}
    }

    /// A file or directory.
    public struct Entry: Sendable, Equatable {
        /// Its name in its directory.
        public let name: String
        /// What it is.
        public let isDirectory: Bool
        /// The length of a file's contents; 0 for a directory.
        public let sizeBytes: Int
        /// When it changed last, in milliseconds of Unix time.
        public let modifiedMilliseconds: Int
    }

    /// What is there is counted when it is first needed, and again when it does not fit, for the app's own processes
    /// write and remove unasked.
    private struct Usage {
        var isCounted = false
        var sizeBytes = 0
        var entries = 0
        /// Of what is being written and not yet in its place.
        var reservedBytes = 0
    }

    private static let top = "pages"
    private static let partsName = "parts"
    private static let pieceBytes = 256 << 10

    private let use: AppUse
    private let files: AnchoredDirectory
    /// What apps are given descriptors from: no more may be done with those than with what the app opens itself.
    private let readable: AnchoredDirectory
    /// Beside what the app sees.
    private let parts: AnchoredDirectory
    /// How much there may be.
    public let limits: Limits
    private let usage = Mutex(Usage())

    /// The files of an app that is in use; once for an app at a time.
    public init(of use: AppUse, limits: Limits = Limits()) throws(Failure) {
        self.use = use
        self.limits = limits
        let data = try use.data()
        files = try data.directory(StoreRoot.filesName, describedAs: "/data")
        readable = try files.withoutPrograms()
        // What a process that was killed has left.
        try data.removeTree(Self.partsName)
        parts = try data.makeDirectory(Self.partsName, permissions: 0o700)
    }

    // MARK: Looking

    /// What lies at a path; `nil` where nothing does, or something that is neither file nor directory.
    public func status(of path: String) throws(Failure) -> Entry? {
        let path = try Self.checked(path)
        do throws(Failure) {
            return try Self.entry(path.name, in: directory(path.parent))
        } catch  where error.code == .fileUnknown {
            return nil
        }
    }

    private static func entry(_ name: String, in directory: AnchoredDirectory) throws(Failure) -> Entry? {
        guard let status = try directory.status(of: name), status.kind == .file || status.kind == .directory
        else { return nil }
        let isDirectory = status.kind == .directory
        return Entry(
            name: name, isDirectory: isDirectory, sizeBytes: isDirectory ? 0 : status.sizeBytes,
            modifiedMilliseconds: status.modifiedMilliseconds)
    }

    /// What lies in a directory, by the bytes of the names.
    /// - Parameters:
    ///   - path: empty for the top.
    ///   - last: behind which name to go on.
    ///   - limit: how many at most.
    /// - Returns: the entries, and whether there are more.
    public func list(
        _ path: String = "", after last: String? = nil, limit: Int
    ) throws(Failure) -> (entries: [Entry], hasMore: Bool) {
        let directory = try directory(path.isEmpty ? nil : Self.checked(path))
        var entries: [Entry] = []
        for name in try directory.names(limit: 2 * limits.entriesMax) {
            if let last, !last.utf8.lexicographicallyPrecedes(name.utf8) { continue }
            // What the app's own processes call as no page could is not there for pages.
            guard Self.isName(name), let entry = try Self.entry(name, in: directory) else { continue }
            guard entries.count < limit else { return (entries, true) }
            entries.append(entry)
        }
        return (entries, false)
    }

    /// Opens a file for reading. Whoever replaces the file meanwhile does not change what is read.
    public func read(_ path: String) throws(Failure) -> OwnedDescriptor {
        let path = try Self.checked(path)
        let directory = try directory(path.parent, of: readable)
        guard try directory.status(of: path.name)?.kind == .file else { throw Self.unknown(path.text) }
        let file = try directory.open(path.name, .readForeign)
        guard try file.status().kind == .file else { throw Self.unknown(path.text) }
        return file
    }

    // MARK: Changing

    /// Puts a file of these bytes in the place of whatever lies there but a directory. When it returns, the file is on
    /// the disk; until then the former one is whole.
    public func write(_ bytes: [UInt8], to path: String) throws(Failure) {
        try publish(path) { file, reservation throws(Failure) in
            try reservation.grow(by: bytes.count)
            try file.write(bytes)
        }
    }

    /// Like ``write(_:to:)``, with all that can be read from a descriptor, which may be a pipe.
    /// - Parameter hangup: the socket of whoever gave it; once it is closed, nothing is written.
    public func write(
        from given: borrowing OwnedDescriptor, to path: String, unless hangup: Int32? = nil
    ) throws(Failure) {
        let source = try ForeignSource(given)
        try publish(path) { file, reservation throws(Failure) in
            while true {
                let piece = try source.nextPiece(
                    upTo: Self.pieceBytes, idleMilliseconds: limits.idleMilliseconds, unless: hangup)
                if piece.isEmpty { return }
                try reservation.grow(by: piece.count)
                try file.write(piece)
            }
        }
    }

    /// Makes a directory; what leads to it must be there.
    public func makeDirectory(_ path: String) throws(Failure) {
        let path = try Self.checked(path)
        let parent = try directory(path.parent)
        guard try parent.status(of: path.name) == nil else { throw Self.exists(path.text) }
        let reservation = Reservation(self)
        try reservation.grow(by: 0)
        try makeDirectory(path.name, in: parent)
        reservation.settle(replacing: nil)
    }

    /// Made aside, so that nobody else can have put something in its place before it is given to the app.
    private func makeDirectory(_ name: String, in parent: AnchoredDirectory) throws(Failure) {
        let part = Self.newPart()
        let directory = try parts.makeDirectory(part, permissions: 0o700)
        do throws(Failure) {
            if let userID = use.userID { try directory.setOwner(userID) }
            try parts.move(part, to: parent, as: name)
        } catch {
            try parts.remove(part, isDirectory: true)
            throw error
        }
        try parent.synchronize()
    }

    /// Gives a file or directory another path.
    /// - Parameter replacing: whether a file, or an empty directory for a directory, may lie there already.
    public func move(_ path: String, to newPath: String, replacing: Bool = false) throws(Failure) {
        let (path, newPath) = (try Self.checked(path), try Self.checked(newPath))
        guard !newPath.text.utf8.starts(with: (path.text + "/").utf8) else {
            throw Failure(.storageInvalid, "\(path.text.escaped) cannot be moved into itself")
        }
        let (parent, newParent) = (try directory(path.parent), try directory(newPath.parent))
        guard try Self.entry(path.name, in: parent) != nil else { throw Self.unknown(path.text) }
        if !replacing, try newParent.status(of: newPath.name) != nil { throw Self.exists(newPath.text) }
        try parent.move(path.name, to: newParent, as: newPath.name, replacing: replacing)
        usage.withLock { $0.isCounted = $0.isCounted && !replacing }
        try newParent.synchronize()
        try parent.synchronize()
    }

    /// Removes what lies at a path, whatever it is.
    /// - Parameter recursively: whether a directory goes with all that is in it.
    public func remove(_ path: String, recursively: Bool = false) throws(Failure) {
        let path = try Self.checked(path)
        let parent = try directory(path.parent)
        guard let status = try parent.status(of: path.name) else { throw Self.unknown(path.text) }
        if recursively {
            try parent.removeTree(path.name)
        } else {
            try parent.remove(path.name, isDirectory: status.kind == .directory)
        }
        usage.withLock { $0.isCounted = false }
        try parent.synchronize()
    }

    // MARK: Paths

    private static func checked(_ path: String) throws(Failure) -> PackagePath {
        do throws(Failure) {
            return try PackagePath(path)
        } catch {
            throw Failure(.storageInvalid, error.message, hint: "use another path")
        }
    }

    private static func isName(_ name: String) -> Bool {
        do throws(Failure) {
            return try PackagePath(name).parent == nil
        } catch {
            return false
        }
    }

    private func directory(
        _ path: PackagePath?, of view: AnchoredDirectory? = nil
    ) throws(Failure) -> AnchoredDirectory {
        if try files.status(of: Self.top) == nil {
            do throws(Failure) {
                try makeDirectory(Self.top, in: files)
            } catch {
                // Another thread may have been first.
                guard try files.status(of: Self.top) != nil else { throw error }
            }
        }
        let path = path.map { "\(Self.top)/\($0.text)" } ?? Self.top
        do throws(Failure) {
            return try (view ?? files).directory(path)
        } catch  where error.code == .inputUnreadable {
            throw Failure(
                .fileUnknown, error.message, hint: "make the directory first; links lead nowhere here")
        }
    }

    private static func newPart() -> String { String(UInt64.random(in: .min ... .max), radix: 16) }

    private static func unknown(_ path: String) -> Failure {
        Failure(.fileUnknown, "there is no file \(path.escaped)")
    }

    private static func exists(_ path: String) -> Failure {
        Failure(
            .outputExists, "\(path.escaped) already exists", hint: "choose another name, or remove it first")
    }
}

// MARK: Room

extension AppFiles {
    /// Room that is taken while something is written, and given back if it does not get into its place.
    private final class Reservation {
        private let files: AppFiles
        private var sizeBytes = 0
        private var isSettled = false
        /// What the new file replaces, and how long that is.
        var credit: Int?

        init(_ files: AppFiles) { self.files = files }

        func grow(by count: Int) throws(Failure) {
            try files.reserve(count, credit: credit, whole: sizeBytes + count)
            sizeBytes += count
        }

        func settle(replacing size: Int?) {
            isSettled = true
            files.usage.withLock { usage in
                usage.reservedBytes -= sizeBytes
                usage.sizeBytes += sizeBytes - (size ?? 0)
                usage.entries += size == nil ? 1 : 0
            }
        }

        deinit {
            if !isSettled { files.usage.withLock { $0.reservedBytes -= sizeBytes } }
        }
    }

    private func publish(
        _ path: String, _ fill: (borrowing OwnedDescriptor, Reservation) throws(Failure) -> Void
    ) throws(Failure) {
        let path = try Self.checked(path)
        let parent = try directory(path.parent)
        let former = try parent.status(of: path.name)
        guard former?.kind != .directory else {
            throw Failure(.storageInvalid, "\(path.text.escaped) is a directory", hint: "use another path")
        }
        let reservation = Reservation(self)
        reservation.credit = former.map { $0.kind == .file ? $0.sizeBytes : 0 }
        let part = Self.newPart()
        let file = try parts.open(part, .createNew(permissions: 0o600))
        do throws(Failure) {
            try reservation.grow(by: 0)
            try fill(file, reservation)
            if let userID = use.userID { try file.setOwner(userID) }
            try file.synchronize()
            try parts.move(part, to: parent, as: path.name, replacing: true)
        } catch {
            try parts.remove(part)
            throw error
        }
        reservation.settle(replacing: reservation.credit)
        try parent.synchronize()
    }

    /// What all files count now, looked at anew.
    public func usedBytes() throws(Failure) -> Int {
        let top = try directory(nil)
        return try usage.withLock { usage throws(Failure) in
            try count(&usage, from: top)
            return usage.sizeBytes
        }
    }

    private func reserve(_ count: Int, credit: Int?, whole: Int) throws(Failure) {
        let top = try directory(nil)
        let freeBytes = try files.freeBytes() - count
        guard count == 0 || freeBytes > limits.reserveBytes else {
            throw Failure(
                .noSpace, "the phone has hardly any room left", hint: "free some space and try again")
        }
        try usage.withLock { usage throws(Failure) in
            func fits() -> Bool {
                let size = usage.sizeBytes + usage.reservedBytes + count
                // A file may be replaced by one that is not longer, however full it is.
                return (size - (credit ?? 0) <= limits.sizeBytesMax || whole <= credit ?? -1)
                    && (credit != nil || usage.entries < limits.entriesMax)
            }
            if !usage.isCounted || !fits() { try self.count(&usage, from: top) }
            guard fits() else {
                throw Failure(
                    .storageQuota,
                    "the app's files may take \(limits.sizeBytesMax.bytesText) and be \(limits.entriesMax)",
                    hint: "remove some files")
            }
            usage.reservedBytes += count
        }
    }

    private func count(_ usage: inout Usage, from top: AnchoredDirectory) throws(Failure) {
        (usage.sizeBytes, usage.entries) = (0, 0)
        try count(&usage, in: top, depth: 0)
        usage.isCounted = true
    }

    /// Stops when it has seen enough to know that there are too many.
    private func count(_ usage: inout Usage, in directory: AnchoredDirectory, depth: Int) throws(Failure) {
        let names: [String]
        do throws(Failure) {
            names = try directory.names(limit: 2 * limits.entriesMax)
        } catch  where error.code == .storageQuota {
            usage.entries = limits.entriesMax
            return
        }
        for name in names {
            guard usage.entries < limits.entriesMax else { return }
            usage.entries += 1
            switch try directory.status(of: name) {
            case .some(let status) where status.kind == .file: usage.sizeBytes += status.sizeBytes
            case .some(let status) where status.kind == .directory && depth < YunCore.Limits.pathDepthMax:
                do throws(Failure) {
                    try count(&usage, in: directory.directory(name), depth: depth + 1)
                } catch  where error.code == .inputUnreadable {
                    // The app has shut it, or it has just gone: then pages cannot write there either.
                }
            default: break
            }
        }
    }
}
