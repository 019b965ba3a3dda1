@testable import CloudDatabase
import CloudModel
import OAuth
import Support
import Testing

private let now = Instant(milliseconds: 1_700_000_000_000)
private let later = now.advanced(bySeconds: 3600)

/// A grant of a phone, with a family.
private func makeGrant(in transaction: Transaction, family: [UInt8] = [1]) throws(Problem) -> Grant {
    let account = try transaction.accounts.insert(
        name: "\(family)@example.com", subject: "\(family)", passwordHash: "", quotaBytes: 1, at: now)
    let device = try transaction.devices.insert(
        DeviceDescription(name: "n", model: "m"), of: account, at: now)
    let id = try transaction.grants.insert(
        NewGrant(
            account: account, client: Client.phoneID, device: device, scopes: .phone,
            authenticatedAt: now,
            expiresAt: later), at: now)
    try transaction.grants.prolong(id, familyDigest: family, until: later)
    guard let grant = try transaction.grants.find(id, at: now) else { throw .fault("no grant") }
    return grant
}

/// What every engine has to do with clients, grants and tokens.
@Suite struct AuthorizationConformanceTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func isThere(_ digest: [UInt8], _ grant: Grant, _ database: any Database) async throws -> Bool {
        try await database.read { transaction throws(Problem) in
            try transaction.tokens.hasRefreshToken(digest: digest, of: grant.id)
        }
    }

    @Test(
        "O-30: the first sister that is used ends the others and the one before them",
        arguments: Engine.allCases)
    func sisters(engine: Engine) async throws {
        let database = try engine.open(in: directory)
        let grant = try await database.write { transaction throws(Problem) in
            let grant = try makeGrant(in: transaction)
            try transaction.tokens.insertRefreshToken(digest: [10], of: grant.id)
            guard try transaction.tokens.useRefreshToken(digest: [10], of: grant.id) else {
                throw .fault("10")
            }
            for sister in UInt8(20)..<23 {
                try transaction.tokens.insertRefreshToken(digest: [sister], of: grant.id)
            }
            return grant
        }
        for digest in [[10], [20], [21], [22]] as [[UInt8]] {
            #expect(try await isThere(digest, grant, database))
        }
        let used = try await database.write { transaction throws(Problem) in
            [
                try transaction.tokens.useRefreshToken(digest: [10], of: grant.id),
                try transaction.tokens.useRefreshToken(digest: [21], of: grant.id),
                try transaction.tokens.useRefreshToken(digest: [21], of: grant.id),
                try transaction.tokens.useRefreshToken(digest: [20], of: grant.id),
                try transaction.tokens.useRefreshToken(digest: [10], of: grant.id),
                try transaction.tokens.useRefreshToken(digest: [99], of: grant.id),
            ]
        }
        #expect(used == [true, true, true, false, false, false])
    }

    @Test("O-30: of sisters that nobody uses, the latest are kept", arguments: Engine.allCases)
    func bounded(engine: Engine) async throws {
        let database = try engine.open(in: directory)
        let grant = try await database.write { transaction throws(Problem) in
            let grant = try makeGrant(in: transaction)
            try transaction.tokens.insertRefreshToken(digest: [0], of: grant.id)
            _ = try transaction.tokens.useRefreshToken(digest: [0], of: grant.id)
            for sister in UInt8(1)...20 {
                try transaction.tokens.insertRefreshToken(digest: [sister], of: grant.id)
            }
            return grant
        }
        for sister in UInt8(0)...20 {
            #expect(try await isThere([sister], grant, database) == (sister == 0 || sister > 12), "\(sister)")
        }
    }

    @Test("O-2: what a grant, a device or an account owned goes with it", arguments: Engine.allCases)
    func cascades(engine: Engine) async throws {
        let database = try engine.open(in: directory)
        for (number, end) in [UInt8(1), 2, 3].enumerated() {
            let found = try await database.write { transaction throws(Problem) in
                let grant = try makeGrant(in: transaction, family: [end])
                try transaction.tokens.insert(
                    NewAccessToken(digest: [end], grant: grant.id, scopes: .app, expiresAt: later), at: now)
                try transaction.tokens.insertRefreshToken(digest: [end], of: grant.id)
                let before = try transaction.tokens.find(digest: [end], at: now) != nil
                switch number {
                case 0: try transaction.grants.remove(grant)
                case 1: try transaction.devices.removeAll(of: grant.account)
                default: try transaction.accounts.remove(grant.account)
                }
                return [
                    before, try transaction.tokens.find(digest: [end], at: now) != nil,
                    try transaction.tokens.hasRefreshToken(digest: [end], of: grant.id),
                    try transaction.grants.find(familyDigest: [end], at: now) != nil,
                    try !transaction.devices.all(of: grant.account).isEmpty,
                ]
            }
            #expect(found == [true, false, false, false, false], "\(number)")
        }
    }

    @Test("a token and a grant are over at their time, not after it", arguments: Engine.allCases)
    func expiry(engine: Engine) async throws {
        let database = try engine.open(in: directory)
        let found = try await database.write { transaction throws(Problem) in
            let grant = try makeGrant(in: transaction)
            try transaction.tokens.insert(
                NewAccessToken(digest: [1], grant: grant.id, domain: "a.b", scopes: .app, expiresAt: later),
                at: now)
            let last = Instant(milliseconds: later.milliseconds - 1)
            return [
                try transaction.tokens.find(digest: [1], at: last) != nil,
                try transaction.tokens.find(digest: [1], at: later) != nil,
                try transaction.grants.find(grant.id, at: last) != nil,
                try transaction.grants.find(grant.id, at: later) != nil,
                try transaction.grants.expired(at: last, limit: 9).isEmpty,
                try transaction.grants.expired(at: later, limit: 9).isEmpty,
            ]
        }
        #expect(found == [true, false, true, false, true, false])
    }

    @Test("two phones never show the same code", arguments: Engine.allCases)
    func userCodes(engine: Engine) async throws {
        let database = try engine.open(in: directory)
        let code = UserCode()
        let inserted = try await database.write { transaction throws(Problem) in
            var inserted: [Bool] = []
            for digest in [[1], [2]] as [[UInt8]] {
                inserted.append(
                    try transaction.codes.insert(
                        DeviceCode(
                            digest: digest, userCode: code, client: Client.phoneID, scopes: .phone,
                            device: nil,
                            intervalSeconds: 5, expiresAt: later)))
            }
            return inserted
        }
        #expect(inserted == [true, false])
    }

    @Test("keys and clients are read as they were kept", arguments: Engine.allCases)
    func kept(engine: Engine) async throws {
        let database = try engine.open(in: directory)
        let key = SigningKey(signsFrom: now)
        let uri = try RedirectURI("https://a.example.com/x")
        let (keys, client, redirects) = try await database.write { transaction throws(Problem) in
            try transaction.signingKeys.insert(key)
            try transaction.clients.insert(
                Client(
                    id: "c", name: "手机", secretDigest: [7], scopes: .client, domain: "a.b",
                    hasDeviceCodes: true,
                    createdAt: now))
            try transaction.clients.add(uri, for: .signIn, of: "c")
            try transaction.clients.add(uri, for: .signIn, of: "c")
            return (
                try transaction.signingKeys.all(), try transaction.clients.find("c"),
                [
                    try transaction.clients.redirects(of: "c", for: .signIn),
                    try transaction.clients.redirects(of: "c", for: .signOut),
                ]
            )
        }
        #expect(keys.map(\.id) == [key.id])
        #expect(keys.map(\.bytes) == [key.bytes])
        #expect(client?.name == "手机")
        #expect(client?.secretDigest == [7])
        #expect(client?.scopes == .client)
        #expect(client?.domain == "a.b")
        #expect(client?.hasDeviceCodes == true)
        #expect(client?.isPhone == false)
        #expect(redirects == [[uri], []])
    }
}
