public import CloudModel

/// A property that a client gave a file or folder, which means nothing to the server (RFC 4918, 4.1: a dead property).
public struct DeadProperty: Sendable, Equatable {
    /// The namespace of its element.
    public let namespace: String
    /// Its element's name.
    public let name: String
    /// The whole element, with all that it needs to stand for itself.
    public let xml: String

    /// A property.
    public init(namespace: String, name: String, xml: String) {
        self.namespace = namespace
        self.name = name
        self.xml = xml
    }
}

/// What clients noted beside files and folders.
public struct PropertyTable {
    let connection: any Connection

    /// How much one file or folder may have, in bytes of XML: it is read with every listing.
    public static let bytesMax = 64 << 10

    /// All properties of a node.
    public func all(of id: NodeID) throws(Problem) -> [DeadProperty] {
        var found: [DeadProperty] = []
        for var row in try connection.rows(
            "SELECT namespace, name, xml FROM property WHERE node_id = \(id.number) ORDER BY namespace, name")
        {
            found.append(
                DeadProperty(namespace: try row.next(), name: try row.next(), xml: try row.next()))
        }
        return found
    }

    /// Sets a property, in place of one of the same name.
    public func set(_ property: DeadProperty, of id: NodeID) throws(Problem) {
        try connection.change(
            """
            INSERT INTO property (node_id, namespace, name, xml)
            VALUES (\(id.number), \(property.namespace), \(property.name), \(property.xml))
            ON CONFLICT (node_id, namespace, name) DO UPDATE SET xml = excluded.xml
            """)
        var sum = try connection.row(
            "SELECT SUM(LENGTH(xml) + LENGTH(name) + LENGTH(namespace)) FROM property WHERE node_id = \(id.number)"
        )
        let bytes: Int64? = try sum?.next()
        guard bytes ?? 0 <= Self.bytesMax else {
            throw Problem(
                .quotaExceeded, "properties of one file or folder have \(Self.bytesMax) bytes at most")
        }
    }

    /// Forgets a property; one that is not there is no error.
    public func remove(namespace: String, name: String, of id: NodeID) throws(Problem) {
        try connection.change(
            """
            DELETE FROM property WHERE node_id = \(id.number) AND namespace = \(namespace) AND name = \(name)
            """)
    }

    /// Gives a node all properties of another, and none besides.
    public func copy(from source: NodeID, to target: NodeID) throws(Problem) {
        try connection.change(
            """
            INSERT INTO property (node_id, namespace, name, xml)
            SELECT \(target.number), namespace, name, xml FROM property WHERE node_id = \(source.number)
            """)
    }
}

extension Transaction {
    /// What clients noted beside files and folders.
    public var properties: PropertyTable { PropertyTable(connection: connection) }
}
