public import CloudModel
public import YunCore

/// A file or folder as other records name it.
public struct NodeID: Sendable, Hashable, LosslessStringConvertible {
    let number: Int64

    init(number: Int64) { self.number = number }

    /// Takes what ``description`` gave.
    public init?(_ description: String) {
        guard let number = Int64(description) else { return nil }
        self.number = number
    }

    /// As clients name it.
    public var description: String { String(number) }
}

/// What a file holds at one time.
public struct FileVersion: Sendable {
    /// Where its bytes are, with the account.
    public let digest: Digest
    /// How many.
    public let sizeBytes: Int64
    /// As the client said, or nothing.
    public let mediaType: String?
}

/// A file or folder.
public struct Node: Sendable {
    /// Names it in other records.
    public let id: NodeID
    /// The folder that it is in; `nil` for a top.
    public let parent: NodeID?
    /// As its owner chose it.
    public let name: String
    /// When it came to be under this identity.
    public let createdAt: Instant
    /// When its content changed, or for a folder what is directly in it.
    public let modifiedAt: Instant
    /// What it holds now; `nil` for a folder.
    public let version: FileVersion?

    /// Whether others can be in it.
    public var isFolder: Bool { version == nil }

    /// What it is called in the trash, where others have had the same name.
    public var trashName: String { "\(id.number)" }
}

/// Where a tree of nodes begins, of which an account has one of each kind.
public enum Top: String, Sendable, CaseIterable {
    /// What clients see.
    case drive
    /// What was removed, and can come back.
    case trash
}

/// The trees of files and folders.
public struct NodeTable {
    let connection: any Connection

    /// The beginning of a tree, made with the first use.
    public func top(_ top: Top, of account: AccountID, at now: Instant) throws(Problem) -> Node {
        let name = top.rawValue
        try connection.change(
            """
            INSERT INTO node (account_id, parent_id, name, created_at, modified_at)
            SELECT \(account.number), NULL, \(name), \(now), \(now)
            WHERE NOT EXISTS (
                SELECT 1 FROM node WHERE account_id = \(account.number) AND parent_id IS NULL AND name = \(name))
            """)
        guard let node = try existingTop(top, of: account) else { throw .fault("a tree has no top") }
        return node
    }

    /// The beginning of a tree where it was used before.
    public func existingTop(_ top: Top, of account: AccountID) throws(Problem) -> Node? {
        try node(
            """
            SELECT \(Node.columns) FROM \(Node.tables)
            WHERE node.account_id = \(account.number) AND node.parent_id IS NULL AND node.name = \(top.rawValue)
            """)
    }

    /// What has `name` in a folder.
    public func child(_ name: String, of parent: NodeID) throws(Problem) -> Node? {
        try node(
            """
            SELECT \(Node.columns) FROM \(Node.tables)
            WHERE node.parent_id = \(parent.number) AND node.name = \(name)
            """)
    }

    /// All that is directly in a folder, by name.
    public func children(of parent: NodeID) throws(Problem) -> [Node] {
        var found: [Node] = []
        for row in try connection.rows(
            """
            SELECT \(Node.columns) FROM \(Node.tables)
            WHERE node.parent_id = \(parent.number) ORDER BY node.name
            """)
        {
            found.append(try Node(row))
        }
        return found
    }

    /// A node by its id.
    public func find(_ id: NodeID) throws(Problem) -> Node? {
        try node("SELECT \(Node.columns) FROM \(Node.tables) WHERE node.id = \(id.number)")
    }

    /// Makes a folder, or a file that is to get its first version.
    public func insert(_ name: String, in parent: NodeID, of account: AccountID, at now: Instant)
        throws(Problem) -> NodeID
    {
        let number = try connection.insert(
            """
            INSERT INTO node (account_id, parent_id, name, created_at, modified_at)
            VALUES (\(account.number), \(parent.number), \(name), \(now), \(now)) RETURNING id
            """)
        try touch(parent, at: now)
        return NodeID(number: number)
    }

    /// Gives a file a new version; those before stay.
    public func addVersion(
        _ digest: Digest, mediaType: String?, to id: NodeID, of account: AccountID, modifiedAt: Instant,
        at now: Instant
    ) throws(Problem) {
        let version = try connection.insert(
            """
            INSERT INTO version (account_id, node_id, digest, media_type, created_at)
            VALUES (\(account.number), \(id.number), \(digest.bytes), \(mediaType), \(now)) RETURNING id
            """)
        try connection.change(
            "UPDATE node SET version_id = \(version), modified_at = \(modifiedAt) WHERE id = \(id.number)")
    }

    /// Puts a node elsewhere. Whoever calls has seen that the name is free there, and that the place is not inside it.
    public func move(_ node: Node, to parent: NodeID, as name: String, at now: Instant) throws(Problem) {
        try connection.change(
            "UPDATE node SET parent_id = \(parent.number), name = \(name) WHERE id = \(node.id.number)")
        try touch(parent, at: now)
        if let old = node.parent, old != parent { try touch(old, at: now) }
    }

    /// Forgets a node with its versions, properties and locks. What was in it goes before.
    public func remove(_ id: NodeID) throws(Problem) {
        try connection.change("DELETE FROM node WHERE id = \(id.number)")
    }

    private func touch(_ folder: NodeID, at now: Instant) throws(Problem) {
        try connection.change("UPDATE node SET modified_at = \(now) WHERE id = \(folder.number)")
    }

    private func node(_ query: SQL) throws(Problem) -> Node? {
        try connection.row(query).map { row throws(Problem) in try Node(row) }
    }
}

extension Transaction {
    /// Files and folders.
    public var nodes: NodeTable { NodeTable(connection: connection) }
}

extension Node {
    fileprivate static let columns: SQL = """
        node.id, node.parent_id, node.name, node.created_at, node.modified_at, version.digest, content.size_bytes,
        version.media_type
        """

    fileprivate static let tables: SQL = """
        node LEFT JOIN version ON version.id = node.version_id
        LEFT JOIN content ON content.account_id = version.account_id AND content.digest = version.digest
        """

    fileprivate init(_ row: Row) throws(Problem) {
        var row = row
        id = NodeID(number: try row.next())
        let parent: Int64? = try row.next()
        self.parent = parent.map { NodeID(number: $0) }
        name = try row.next()
        createdAt = try row.next()
        modifiedAt = try row.next()
        let digest: [UInt8]? = try row.next()
        let size: Int64? = try row.next()
        let mediaType: String? = try row.next()
        guard let digest, let size else {
            version = nil
            return
        }
        guard let digest = Digest(digest) else { throw .fault("a digest of \(digest.count) bytes") }
        version = FileVersion(digest: digest, sizeBytes: size, mediaType: mediaType)
    }
}
