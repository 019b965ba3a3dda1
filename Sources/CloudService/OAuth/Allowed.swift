public import CloudDatabase
public import CloudModel
public import OAuth

/// A client with what an owner has allowed it.
public struct AllowedClient: Sendable {
    /// Which.
    public let client: Client
    /// All that it may do, together.
    public let scopes: Scopes
    /// Since when.
    public let createdAt: Instant
}

/// What owners see of what they have allowed, and how they end it.
extension AuthorizationServer {
    /// Phones that are signed in, the one that was seen last first.
    public func devices(of account: AccountID) async throws(Problem) -> [Device] {
        try await database.read { transaction throws(Problem) in try transaction.devices.all(of: account) }
    }

    /// Signs a phone out: no token of it or of its apps does anything from now on.
    public func signOut(_ device: DeviceID, of account: AccountID, from visitor: Visitor)
        async throws(Problem)
    {
        let now = clock()
        try await database.write { transaction throws(Problem) in
            guard let name = try transaction.devices.remove(device, of: account) else {
                throw Problem(.notFound, "no such device is signed in")
            }
            try transaction.note(.deviceSignedOut, name, from: visitor, of: account, at: now)
        }
    }

    /// Signs all phones out.
    public func signOutDevices(of account: AccountID, from visitor: Visitor) async throws(Problem) {
        let now = clock()
        try await database.write { transaction throws(Problem) in
            for device in try transaction.devices.all(of: account) {
                try transaction.note(
                    .deviceSignedOut, device.description.name, from: visitor, of: account, at: now)
            }
            try transaction.devices.removeAll(of: account)
        }
    }

    /// Clients that may do something, other than phones.
    public func allowedClients(of account: AccountID) async throws(Problem) -> [AllowedClient] {
        let now = clock()
        return try await database.read { transaction throws(Problem) in
            let grants = try transaction.grants.all(of: account, at: now).filter { $0.device == nil }
            var found: [AllowedClient] = []
            for (id, grants) in Dictionary(grouping: grants, by: \.client).sorted(by: { $0.key < $1.key }) {
                guard let client = try transaction.clients.find(id) else { continue }
                found.append(
                    AllowedClient(
                        client: client,
                        scopes: grants.reduce(Scopes([])) { $0.adding($1.scopes) },
                        createdAt: grants.map(\.createdAt).min() ?? now))
            }
            return found
        }
    }

    /// Ends all that a client may do.
    public func end(client id: String, of account: AccountID, from visitor: Visitor) async throws(Problem) {
        let now = clock()
        try await database.write { transaction throws(Problem) in
            // A phone is signed out as a device, so that its record goes, too.
            guard id != Client.phoneID, try transaction.grants.remove(client: id, of: account) > 0 else {
                throw Problem(.notFound, "this client may do nothing")
            }
            let name = try transaction.clients.find(id)?.name ?? id
            try transaction.note(.clientEnded, name, from: visitor, of: account, at: now)
        }
    }

    /// Apps that phones have got tokens for.
    public func apps(of account: AccountID) async throws(Problem) -> [AccountApp] {
        try await database.read { transaction throws(Problem) in try transaction.apps.all(of: account) }
    }

    /// Says whether an app gets tokens on the account's phones. What a blocked one has, ends.
    public func setBlocked(
        _ isBlocked: Bool, app domain: String, of account: AccountID, from visitor: Visitor
    ) async throws(Problem) {
        let now = clock()
        try await database.write { transaction throws(Problem) in
            guard try transaction.apps.setBlocked(isBlocked, domain, of: account) else {
                throw Problem(.notFound, "no phone has asked for this app")
            }
            try transaction.note(
                isBlocked ? .appBlocked : .appUnblocked, domain, from: visitor, of: account, at: now)
        }
    }
}
