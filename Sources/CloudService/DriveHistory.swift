public import CloudDatabase
public import CloudModel
internal import YunCore

/// What has become of a drive since somebody looked last.
public struct DriveChanges: Sendable {
    /// In order; the first many, where there are more.
    public let changes: [DriveChange]
    /// What to ask with next time.
    public let cursor: Int64
    /// Whether some were forgotten that came after what was asked for: only listing the drive anew tells.
    public let isIncomplete: Bool
}

extension Drive {
    /// How many versions of a file are kept, with the one that it holds now.
    public static let versionsMax = 100

    /// What a file has held, the latest first.
    public func versions(_ path: DrivePath, as caller: any DriveCaller) async throws(Problem)
        -> [StoredVersion]
    {
        try await look(caller) { tree throws(Problem) in
            try tree.transaction.versions.all(of: tree.file(path).node.id)
        }
    }

    /// Gives a file what it held before, as a new version: nothing is lost by it.
    public func restoreVersion(_ id: Int64, of path: DrivePath, as caller: any DriveCaller)
        async throws(Problem)
    {
        try await change(caller) { tree throws(Problem) in
            let (place, node) = try tree.file(path)
            try tree.permitChange(of: place, Preconditions())
            guard let old = try tree.transaction.versions.all(of: node.id).first(where: { $0.id == id })
            else {
                throw Problem(.notFound, "\(path.described) has no version \(id)")
            }
            try tree.transaction.nodes.addVersion(
                old.version.digest, mediaType: old.version.mediaType, to: node.id, of: tree.client.account,
                modifiedAt: tree.now, at: tree.now)
            try tree.pruneVersions(of: node.id)
            try tree.note(.file, path)
        }
    }

    /// What is in the trash, the latest first.
    public func trash(as caller: any DriveCaller) async throws(Problem) -> [(item: TrashedItem, node: Node)] {
        try await look(caller) { tree throws(Problem) in
            var found: [(item: TrashedItem, node: Node)] = []
            for item in try tree.transaction.trash.all(of: tree.client.account) {
                guard let node = try tree.transaction.nodes.find(item.node) else { continue }
                found.append((item, node))
            }
            return found
        }
    }

    /// Takes something back out of the trash.
    /// - Parameter target: where to; `nil` for where it was.
    /// - Returns: where it is now.
    public func restoreTrashed(_ id: NodeID, to target: DrivePath?, as caller: any DriveCaller)
        async throws(Problem) -> DrivePath
    {
        try await change(caller) { tree throws(Problem) in
            let item = try tree.trashed(id)
            let path: DrivePath
            if let target { path = target } else { path = try DrivePath(plain: item.path) }
            let place = try tree.place(path)
            guard place.node == nil, let name = path.names.last else {
                throw Problem(.conflict, "something else is at \(path.described) now; choose another place")
            }
            try tree.permitNew(at: place, Preconditions())
            guard let node = try tree.transaction.nodes.find(id) else {
                throw .fault("the trash names nothing")
            }
            try tree.transaction.nodes.move(
                node, to: tree.parent(of: place).id, as: name.description, at: tree.now)
            try tree.transaction.trash.remove(id)
            try tree.note(node.isFolder ? .folder : .file, path)
            return path
        }
    }

    /// Removes something from the trash for good.
    public func purge(_ id: NodeID, as caller: any DriveCaller) async throws(Problem) {
        try await change(caller) { tree throws(Problem) in
            try tree.transaction.purge(tree.trashed(id).node, of: tree.client.account)
        }
    }

    /// What became of the drive after the change with a number; 0 for all that is remembered.
    public func changes(after cursor: Int64, limit: Int, as caller: any DriveCaller)
        async throws(Problem) -> DriveChanges
    {
        try await look(caller) { tree throws(Problem) in
            let account = tree.client.account
            let newest = try tree.transaction.changes.count(of: account)
            let changes = try tree.transaction.changes.all(of: account, after: cursor, limit: limit)
            let isIncomplete = cursor > newest || (changes.first?.number ?? newest + 1) > cursor + 1
            return DriveChanges(
                changes: changes, cursor: changes.last?.number ?? newest, isIncomplete: isIncomplete)
        }
    }
}

extension DriveTree {
    /// Notes what became of a place.
    func note(_ kind: DriveChange.Kind, _ path: DrivePath, from former: DrivePath? = nil) throws(Problem) {
        try transaction.changes.insert(
            kind, path.plain, from: former?.plain, of: client.account, at: now)
    }

    fileprivate func file(_ path: DrivePath) throws(Problem) -> (place: Place, node: Node) {
        let (place, node) = try node(path)
        guard !node.isFolder else { throw Problem(.methodNotAllowed, "\(path.described) is a folder") }
        return (place, node)
    }

    fileprivate func trashed(_ id: NodeID) throws(Problem) -> TrashedItem {
        guard let item = try transaction.trash.find(id, of: client.account) else {
            throw Problem(.notFound, "this is not in the trash")
        }
        return item
    }
}

extension DriveTree {
    /// Forgets the oldest versions of a file that has been written too often.
    func pruneVersions(of id: NodeID) throws(Problem) {
        for old in try transaction.versions.all(of: id).dropFirst(Drive.versionsMax) {
            try transaction.versions.remove(old.id)
            try transaction.removeIfUnused(old.version.digest, of: client.account)
        }
    }
}

extension Transaction {
    /// Forgets a file or folder with all in it, and gives back the room of what nothing else refers to.
    func purge(_ id: NodeID, of account: AccountID) throws(Problem) {
        for child in try nodes.children(of: id) { try purge(child.id, of: account) }
        let digests = try versions.digests(of: id)
        try nodes.remove(id)
        for digest in digests { try removeIfUnused(digest, of: account) }
    }

    fileprivate func removeIfUnused(_ digest: Digest, of account: AccountID) throws(Problem) {
        let released = try contents.removeIfUnused(digest, of: account)
        if released > 0 { try accounts.release(released, of: account) }
    }
}
