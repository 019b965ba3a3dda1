internal import CloudDatabase
public import CloudModel

/// How something goes to another place.
public struct Transfer: Sendable {
    let source: DrivePath
    let target: DrivePath
    let replacing: Bool

    /// - Parameter replacing: whether what is at the target goes to the trash; else it is an error.
    public init(from source: DrivePath, to target: DrivePath, replacing: Bool) {
        self.source = source
        self.target = target
        self.replacing = replacing
    }
}

extension Drive {
    /// Moves a file or a folder with all in it.
    /// - Returns: whether nothing was at the target.
    public func move(_ transfer: Transfer, _ conditions: Preconditions, as caller: any DriveCaller)
        async throws(Problem) -> Bool
    {
        try await change(caller) { tree throws(Problem) in
            let (source, target) = try tree.prepare(transfer, conditions)
            guard let node = source.node, !transfer.source.names.isEmpty,
                let name = transfer.target.names.last
            else { throw Problem(.forbidden, "the drive itself cannot be moved") }
            guard !transfer.source.contains(transfer.target), !transfer.target.contains(transfer.source)
            else {
                throw Problem(.forbidden, "\(transfer.source.described) cannot be moved into or over itself")
            }
            try tree.permitRemoval(of: source, conditions)
            let isNew = try tree.clear(target, transfer, conditions)
            try tree.endLocks(on: node)
            try tree.transaction.nodes.move(
                node, to: tree.parent(of: target).id, as: name.description, at: tree.now)
            try tree.note(.moved, transfer.target, from: transfer.source)
            return isNew
        }
    }

    /// Copies a file or a folder; the copy is new, but its contents take no room.
    /// - Parameter isDeep: whether with all that is in a folder.
    /// - Returns: whether nothing was at the target.
    public func copy(
        _ transfer: Transfer, isDeep: Bool, _ conditions: Preconditions, as caller: any DriveCaller
    ) async throws(Problem) -> Bool {
        try await change(caller) { tree throws(Problem) in
            let (source, target) = try tree.prepare(transfer, conditions)
            guard let node = source.node, let name = transfer.target.names.last,
                !transfer.target.contains(transfer.source),
                !(isDeep && node.isFolder && transfer.source.contains(transfer.target))
            else {
                throw Problem(.forbidden, "\(transfer.source.described) cannot be copied into or over itself")
            }
            let isNew = try tree.clear(target, transfer, conditions)
            var room = DriveTree.copiesMax
            try tree.copy(
                node, to: tree.parent(of: target).id, as: name.description, isDeep: isDeep, room: &room)
            try tree.note(node.isFolder ? .folder : .file, transfer.target)
            return isNew
        }
    }
}

extension DriveTree {
    /// How many files and folders one request copies: others wait meanwhile.
    static let copiesMax = 100_000

    fileprivate func prepare(_ transfer: Transfer, _ conditions: Preconditions) throws(Problem) -> (
        source: Place, target: Place
    ) {
        try require(conditions, of: transfer.source)
        let source = try node(transfer.source).place
        let target = try place(transfer.target)
        guard target.path.names.isEmpty == false else {
            throw Problem(.forbidden, "the drive itself cannot be replaced")
        }
        _ = try parent(of: target)
        return (source, target)
    }

    /// Makes room at a target.
    fileprivate func clear(_ target: Place, _ transfer: Transfer, _ conditions: Preconditions)
        throws(Problem) -> Bool
    {
        guard target.node != nil else {
            try permitNew(at: target, conditions)
            return true
        }
        guard transfer.replacing else {
            throw Problem(.preconditionFailed, "\(target.path.described) is there already")
        }
        try permitRemoval(of: target, conditions)
        try discard(target)
        return false
    }

    fileprivate func copy(
        _ node: Node, to folder: NodeID, as name: String, isDeep: Bool, room: inout Int
    ) throws(Problem) {
        room -= 1
        guard room >= 0 else {
            throw Problem(
                .conflict,
                "one request copies \(Self.copiesMax) files and folders at most; copy them in parts")
        }
        let children = isDeep && node.isFolder ? try transaction.nodes.children(of: node.id) : []
        let copy = try transaction.nodes.insert(name, in: folder, of: client.account, at: now)
        if let version = node.version {
            try transaction.nodes.addVersion(
                version.digest, mediaType: version.mediaType, to: copy, of: client.account,
                modifiedAt: node.modifiedAt, at: now)
        }
        try transaction.properties.copy(from: node.id, to: copy)
        for child in children {
            try self.copy(child, to: copy, as: child.name, isDeep: true, room: &room)
        }
    }
}
