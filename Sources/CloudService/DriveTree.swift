public import CloudDatabase
internal import CloudModel
internal import YunCore

/// A drive's tree within one transaction.
struct DriveTree {
    let transaction: Transaction
    let client: DriveClient
    let top: Node
    let now: Instant
    /// All locks of the account: mostly none, so one look serves every question.
    let locks: [Lock]

    init(_ transaction: Transaction, _ client: DriveClient, top: Node, now: Instant) throws(Problem) {
        self.transaction = transaction
        self.client = client
        self.top = top
        self.now = now
        locks = try transaction.locks.all(of: client.account, at: now)
    }

    /// A place with what is there.
    struct Place {
        let path: DrivePath
        /// From the top on, as far as the path exists.
        let chain: [Node]

        /// What is at the place, or `nil`.
        var node: Node? { chain.count == path.names.count + 1 ? chain.last : nil }

        /// The folder in which the place is, or `nil`: for the top, and where the folder is missing or a file.
        var parent: Node? {
            guard !path.names.isEmpty, chain.count >= path.names.count else { return nil }
            let parent = chain[path.names.count - 1]
            return parent.isFolder ? parent : nil
        }
    }

    func place(_ path: DrivePath) throws(Problem) -> Place {
        var chain = [top]
        var folder = top
        for name in path.names {
            guard folder.isFolder,
                let next = try transaction.nodes.child(name.description, of: folder.id)
            else { break }
            chain.append(next)
            folder = next
        }
        return Place(path: path, chain: chain)
    }

    /// What is at a place, which must be there.
    func node(_ path: DrivePath) throws(Problem) -> (place: Place, node: Node) {
        let place = try place(path)
        guard let node = place.node else {
            throw Problem(.notFound, "\(path.described) is not there")
        }
        return (place, node)
    }

    /// Where something is.
    func path(of id: NodeID) throws(Problem) -> DrivePath {
        var names: [DriveName] = []
        var next: NodeID? = id
        while let id = next, id != top.id, let node = try transaction.nodes.find(id) {
            names.append(try DriveName(node.name))
            next = node.parent
        }
        return try DrivePath(names.reversed())
    }

    /// The folder that something new at a place goes into.
    func parent(of place: Place) throws(Problem) -> Node {
        guard let parent = place.parent else {
            throw Problem(.conflict, "the folder of \(place.path.described) is not there")
        }
        return parent
    }
}

extension DrivePath {
    /// For people.
    var described: String {
        names.isEmpty ? "the drive" : plain.dropFirst().escaped.abbreviated(to: 200)
    }
}

extension Node {
    /// What changes whenever its bytes do, in quotes as it travels; folders have none.
    public var entityTag: String? {
        version.map { "\"\($0.digest.description.prefix(32))\"" }
    }
}
