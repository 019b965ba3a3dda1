public import CloudModel

/// One thing that a token lets its bearer do (`spec/oauth.md` has them as a table).
public enum Scope: String, Sendable, CaseIterable {
    /// Know who the owner is, under a name that no other client knows.
    case openid
    /// Know the owner's name.
    case profile
    /// Go on without the owner.
    case offlineAccess = "offline_access"
    /// Use the whole drive.
    case storage
    /// Use the app's own folder of the drive.
    case appStorage = "storage.app"
}

/// What a token lets its bearer do.
public struct Scopes: Sendable, Hashable, CustomStringConvertible {
    /// What a phone can have.
    public static let phone = Scopes(Scope.allCases)
    /// What a phone can hand out to an app.
    public static let app = Scopes([.openid, .profile, .appStorage])
    /// What a client can have that is told nothing else.
    public static let client = Scopes([.openid, .profile, .offlineAccess, .storage])

    /// Each of them.
    public let all: Set<Scope>

    /// These.
    public init(_ scopes: some Sequence<Scope>) { all = Set(scopes) }

    /// Reads names with spaces between them. Those that are not known are left out (OpenID Connect Core, 3.1.2.1): the answer says
    /// what is given.
    public init(_ text: some StringProtocol) throws(Problem) {
        let isPlain = text.utf8.allSatisfy {
            $0 == 0x20 || $0 == 0x21 || (0x23...0x5B).contains($0) || (0x5D...0x7E).contains($0)
        }
        guard isPlain else { throw Problem(.invalidScope, "a scope has letters, digits and signs of ASCII") }
        self.init(text.split(separator: " ").compactMap { Scope(rawValue: String($0)) })
    }

    /// Whether this is one of them.
    public func contains(_ scope: Scope) -> Bool { all.contains(scope) }

    /// Whether all of them are among others.
    public func isWithin(_ others: Scopes) -> Bool { all.isSubset(of: others.all) }

    /// Whether there are none.
    public var isEmpty: Bool { all.isEmpty }

    /// These and others.
    public func adding(_ others: Scopes) -> Scopes { Scopes(all.union(others.all)) }

    /// These, where a client can have all of them.
    public func allowed(_ limit: Scopes) throws(Problem) -> Scopes {
        guard !isEmpty else { throw Problem(.invalidScope, "no scope is asked for that is known here") }
        guard isWithin(limit) else {
            let wider = Scopes(all.subtracting(limit.all))
            throw Problem(.invalidScope, "the client cannot have \(wider)")
        }
        return self
    }

    /// Their names, always in the same order.
    public var description: String {
        Scope.allCases.filter(all.contains).map(\.rawValue).joined(separator: " ")
    }
}
