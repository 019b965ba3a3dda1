public import CloudDatabase
public import CloudModel
public import OAuth
internal import Signing
internal import YunCore

/// What the operator says of a new client.
public struct NewClient: Sendable {
    /// What owners read.
    public var name: String
    /// Where owners may be sent to with an answer.
    public var redirects: [String] = []
    /// Where owners may be sent to when they have signed out.
    public var signOutRedirects: [String] = []
    /// Whether it can keep a secret.
    public var isConfidential = false
    /// What it may ask for; all that clients can have, where nothing is said.
    public var scopes: String?
    /// The app whose server it is.
    public var domain: String?
    /// Whether it may show a code that owners type elsewhere.
    public var hasDeviceCodes = false

    /// A client.
    public init(name: String) { self.name = name }
}

/// Programs that ask for owners' consent, as the operator knows them.
public struct Clients: Sendable {
    private static let nameBytesMax = 100
    private static let redirectsMax = 20

    private let database: any Database
    private let clock: @Sendable () -> Instant

    /// - Parameter clock: tells the time; tests turn it.
    public init(database: any Database, clock: @escaping @Sendable () -> Instant) {
        self.database = database
        self.clock = clock
    }

    /// Adds one.
    /// - Returns: its id, and its secret, which is told once and kept nowhere.
    public func create(_ new: NewClient) async throws(Problem) -> (id: String, secret: String?) {
        guard (1...Self.nameBytesMax).contains(new.name.utf8.count),
            !new.name.unicodeScalars.contains(where: \.isUnprintable)
        else {
            throw Problem(.malformed, "a client's name has 1 to \(Self.nameBytesMax) printable bytes")
        }
        guard !new.redirects.isEmpty || new.hasDeviceCodes,
            new.redirects.count + new.signOutRedirects.count <= Self.redirectsMax
        else {
            throw Problem(.malformed, "a client has 1 to \(Self.redirectsMax) redirect URIs")
        }
        guard new.domain.map(Domain.isName) ?? true, new.domain == nil || new.isConfidential else {
            throw Problem(.malformed, "an app's server keeps a secret, and names the app's domain")
        }
        let redirects = try new.redirects.map { text throws(Problem) in try RedirectURI(text) }
        let signOutRedirects = try new.signOutRedirects.map { text throws(Problem) in try RedirectURI(text) }
        let scopes = try Scopes(new.scopes ?? Scopes.client.description).allowed(Scopes.client)
        let secret = new.isConfidential ? TokenSecret(.clientSecret) : nil
        let client = Client(
            id: RandomBytes.take(12).base64URL, name: new.name, secretDigest: secret?.digest,
            scopes: scopes, domain: new.domain, hasDeviceCodes: new.hasDeviceCodes, createdAt: clock())
        try await database.write { transaction throws(Problem) in
            try transaction.clients.insert(client)
            for uri in redirects { try transaction.clients.add(uri, for: .signIn, of: client.id) }
            for uri in signOutRedirects { try transaction.clients.add(uri, for: .signOut, of: client.id) }
        }
        return (client.id, secret?.text)
    }

    /// All of them, with where owners may be sent to.
    public func all() async throws(Problem) -> [(client: Client, redirects: [RedirectURI])] {
        try await database.read { transaction throws(Problem) in
            try transaction.clients.all().map { client throws(Problem) in
                (client, try transaction.clients.redirects(of: client.id, for: .signIn))
            }
        }
    }

    /// Forgets one; no token of it does anything from now on.
    public func remove(_ id: String) async throws(Problem) {
        try await database.write { transaction throws(Problem) in
            guard id != Client.phoneID else {
                throw Problem(.conflict, "\(id) is what phones are, and stays")
            }
            guard try transaction.clients.remove(id) else {
                throw Problem(.notFound, "there is no client \(id.escaped)")
            }
        }
    }
}
