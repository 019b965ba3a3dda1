public import CloudModel
public import OAuth

/// Keys that id tokens are signed with. All servers of a database share them.
public struct SigningKeyTable {
    let connection: any Connection

    /// All, the one that signs first first.
    public func all() throws(Problem) -> [SigningKey] {
        var found: [SigningKey] = []
        for var row in try connection.rows(
            "SELECT id, bytes, signs_from FROM signing_key ORDER BY signs_from")
        {
            found.append(try SigningKey(id: row.next(), bytes: row.next(), signsFrom: row.next()))
        }
        return found
    }

    /// Adds one.
    public func insert(_ key: SigningKey) throws(Problem) {
        try connection.change(
            "INSERT INTO signing_key (id, bytes, signs_from) VALUES (\(key.id), \(key.bytes), \(key.signsFrom))"
        )
    }

    /// Forgets one.
    public func remove(_ id: String) throws(Problem) {
        try connection.change("DELETE FROM signing_key WHERE id = \(id)")
    }
}

extension Transaction {
    /// Keys that id tokens are signed with.
    public var signingKeys: SigningKeyTable { SigningKeyTable(connection: connection) }
}
