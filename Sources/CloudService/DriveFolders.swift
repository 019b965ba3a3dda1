public import CloudDatabase
public import CloudModel

/// Something at a place of a drive.
public struct DriveItem: Sendable {
    /// Where.
    public let path: DrivePath
    /// What.
    public let node: Node
    /// What clients noted beside it.
    public let properties: [DeadProperty]
    /// Locks that hold for it, with the place that each was put on.
    public let locks: [PlacedLock]
}

/// How much an account's storage holds.
public struct StorageUse: Sendable {
    /// Bytes that are kept.
    public let usedBytes: Int64
    /// Bytes that may be kept besides.
    public let availableBytes: Int64
}

/// A place, what is in it, and how full the account is.
public struct DriveListing: Sendable {
    /// What is at the place, then what is directly in it, by name.
    public let items: [DriveItem]
    /// Of the account.
    public let use: StorageUse
}

/// What a client wants to be changed of a property.
public enum PropertyChange: Sendable {
    case set(DeadProperty)
    case remove(namespace: String, name: String)
}

extension Drive {
    /// Who it is; fails where there is no such client.
    @discardableResult
    public func recognize(_ caller: any DriveCaller) async throws(Problem) -> DriveClient {
        try await look(caller) { tree throws(Problem) in tree.client }
    }

    /// What is at a place, and, where wanted, what is directly in it.
    public func list(_ path: DrivePath, withChildren: Bool, as caller: any DriveCaller)
        async throws(Problem) -> DriveListing
    {
        try await look(caller) { tree throws(Problem) in
            let (place, node) = try tree.node(path)
            var items = [try tree.item(node, at: path, locks: tree.locks(covering: place))]
            if withChildren, node.isFolder {
                let inherited = tree.locks(covering: place).filter(\.isDeep)
                for child in try tree.transaction.nodes.children(of: node.id) {
                    let own = tree.locks.filter { $0.node == child.id }
                    let childPath = try DrivePath(path.names + [DriveName(child.name)])
                    items.append(try tree.item(child, at: childPath, locks: inherited + own))
                }
            }
            return DriveListing(items: items, use: try tree.use())
        }
    }

    /// Makes a folder.
    public func makeFolder(_ path: DrivePath, _ conditions: Preconditions, as caller: any DriveCaller)
        async throws(Problem)
    {
        try await change(caller) { tree throws(Problem) in
            try tree.require(conditions, of: path)
            let place = try tree.place(path)
            guard place.node == nil, let name = path.names.last else {
                throw Problem(.methodNotAllowed, "\(path.described) is there already")
            }
            let parent = try tree.parent(of: place)
            try tree.permitNew(at: place, conditions)
            _ = try tree.transaction.nodes.insert(
                name.description, in: parent.id, of: tree.client.account, at: tree.now)
            try tree.note(.folder, path)
        }
    }

    /// Puts what is at a place into the trash.
    public func remove(_ path: DrivePath, _ conditions: Preconditions, as caller: any DriveCaller)
        async throws(Problem)
    {
        try await change(caller) { tree throws(Problem) in
            try tree.require(conditions, of: path)
            let place = try tree.node(path).place
            try tree.permitRemoval(of: place, conditions)
            try tree.discard(place)
        }
    }

    /// Changes properties, all or none.
    public func changeProperties(
        _ path: DrivePath, _ changes: [PropertyChange], _ conditions: Preconditions,
        as caller: any DriveCaller
    ) async throws(Problem) {
        try await change(caller) { tree throws(Problem) in
            try tree.require(conditions, of: path)
            let (place, node) = try tree.node(path)
            try tree.permitChange(of: place, conditions)
            for change in changes {
                switch change {
                case .set(let property): try tree.transaction.properties.set(property, of: node.id)
                case .remove(let namespace, let name):
                    try tree.transaction.properties.remove(namespace: namespace, name: name, of: node.id)
                }
            }
            try tree.note(.properties, path)
        }
    }
}

extension DriveTree {
    /// How full the account is.
    func use() throws(Problem) -> StorageUse {
        guard let account = try transaction.accounts.find(client.account) else {
            throw Problem(.unauthenticated, "the account is gone")
        }
        return StorageUse(
            usedBytes: account.usedBytes, availableBytes: max(0, account.quotaBytes - account.usedBytes))
    }

    fileprivate func item(_ node: Node, at path: DrivePath, locks: [Lock]) throws(Problem) -> DriveItem {
        var placed: [PlacedLock] = []
        for lock in locks { placed.append(try self.placed(lock)) }
        return DriveItem(
            path: path, node: node, properties: try transaction.properties.all(of: node.id), locks: placed)
    }

    /// Moves what is at a place into the trash.
    func discard(_ place: Place) throws(Problem) {
        guard let node = place.node, !place.path.names.isEmpty else {
            throw Problem(.forbidden, "the drive itself cannot be removed")
        }
        try endLocks(on: node)
        let trash = try transaction.nodes.top(.trash, of: client.account, at: now)
        // The id keeps apart what had the same name.
        try transaction.nodes.move(node, to: trash.id, as: node.trashName, at: now)
        try transaction.trash.insert(node.id, of: client.account, path: place.path.plain, at: now)
        try note(.removed, place.path)
    }
}
