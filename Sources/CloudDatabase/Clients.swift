public import CloudModel
public import OAuth

/// A program that asks for an owner's consent.
public struct Client: Sendable {
    /// What every phone is.
    public static let phoneID = "yun-phone"

    /// Names it.
    public let id: String
    /// What an owner reads; its own words.
    public let name: String
    /// Of what it shows; `nil` for one that can keep no secret.
    public let secretDigest: [UInt8]?
    /// What it may ask for.
    public let scopes: Scopes
    /// The app whose tokens it may look at: it is that app's own server.
    public let domain: String?
    /// Whether its grants are phones', which hand out tokens to apps.
    public let isPhone: Bool
    /// Whether it may show a code that the owner types elsewhere.
    public let hasDeviceCodes: Bool
    /// Since when it is known.
    public let createdAt: Instant

    /// A client.
    public init(
        id: String, name: String, secretDigest: [UInt8]?, scopes: Scopes, domain: String? = nil,
        isPhone: Bool = false, hasDeviceCodes: Bool = false, createdAt: Instant
    ) {
        self.id = id
        self.name = name
        self.secretDigest = secretDigest
        self.scopes = scopes
        self.domain = domain
        self.isPhone = isPhone
        self.hasDeviceCodes = hasDeviceCodes
        self.createdAt = createdAt
    }
}

/// When an owner is sent to an address of a client's.
public enum RedirectPurpose: Int, Sendable {
    case signIn, signOut
}

/// Programs that ask for owners' consent.
public struct ClientTable {
    let connection: any Connection

    /// Adds one.
    public func insert(_ client: Client) throws(Problem) {
        try connection.change(
            """
            INSERT INTO client (id, name, secret_digest, scopes, domain, is_phone, has_device_codes, created_at)
            VALUES (\(client.id), \(client.name), \(client.secretDigest), \(client.scopes), \(client.domain),
                \(client.isPhone), \(client.hasDeviceCodes), \(client.createdAt))
            """)
    }

    /// Adds an address that owners may be sent to.
    public func add(_ uri: RedirectURI, for purpose: RedirectPurpose, of id: String) throws(Problem) {
        try connection.change(
            """
            INSERT INTO client_redirect (client_id, uri, is_after_sign_out)
            VALUES (\(id), \(uri.description), \(purpose.rawValue)) ON CONFLICT DO NOTHING
            """)
    }

    /// The one with an id.
    public func find(_ id: String) throws(Problem) -> Client? {
        try connection.row("SELECT \(Client.columns) FROM client WHERE id = \(id)")
            .map { row throws(Problem) in try Client(row) }
    }

    /// Where owners may be sent to.
    public func redirects(of id: String, for purpose: RedirectPurpose) throws(Problem) -> [RedirectURI] {
        var found: [RedirectURI] = []
        for var row in try connection.rows(
            """
            SELECT uri FROM client_redirect
            WHERE client_id = \(id) AND is_after_sign_out = \(purpose.rawValue) ORDER BY uri
            """)
        {
            let uri: String = try row.next()
            found.append(try RedirectURI(uri))
        }
        return found
    }

    /// All of them.
    public func all() throws(Problem) -> [Client] {
        var found: [Client] = []
        for row in try connection.rows("SELECT \(Client.columns) FROM client ORDER BY id") {
            found.append(try Client(row))
        }
        return found
    }

    /// Forgets one with all that it was allowed; false where there is none, or where phones are it.
    public func remove(_ id: String) throws(Problem) -> Bool {
        try connection.change("DELETE FROM client WHERE id = \(id) AND is_phone = 0") == 1
    }
}

extension Transaction {
    /// Programs that ask for owners' consent.
    public var clients: ClientTable { ClientTable(connection: connection) }
}

extension Client {
    fileprivate static let columns: SQL =
        "id, name, secret_digest, scopes, domain, is_phone, has_device_codes, created_at"

    fileprivate init(_ row: Row) throws(Problem) {
        var row = row
        id = try row.next()
        name = try row.next()
        secretDigest = try row.next()
        scopes = try row.next()
        domain = try row.next()
        isPhone = try row.next()
        hasDeviceCodes = try row.next()
        createdAt = try row.next()
    }
}

extension Scopes: SQLConvertible {
    var sqlValue: SQLValue { .text(description) }

    init?(_ value: SQLValue) {
        guard case .text(let text) = value else { return nil }
        // What was kept once and is no longer known opens nothing.
        do throws(Problem) { try self.init(text) } catch { return nil }
    }
}
