public import CloudDatabase
public import CloudModel
public import CloudObjects

/// Removes what nothing refers to any more. Any number of servers may do it at the same time.
public struct Upkeep: Sendable {
    /// An upload that is older than this has ended, one way or the other.
    static let uploadSecondsMax: Int64 = 86_400
    /// How long what was removed can come back.
    public static let trashSeconds: Int64 = 30 * 86_400
    /// How long a client may be away and still be told what changed.
    public static let changesSeconds: Int64 = 90 * 86_400
    /// How long owners are told what happened to their accounts.
    public static let eventsSeconds: Int64 = 365 * 86_400
    fileprivate static let batch = 100

    private let database: any Database
    private let objects: any ObjectStore
    private let clock: @Sendable () -> Instant

    /// - Parameter clock: tells the time; tests turn it.
    public init(database: any Database, objects: any ObjectStore, clock: @escaping @Sendable () -> Instant) {
        self.database = database
        self.objects = objects
        self.clock = clock
    }

    /// Removes objects that transactions have noted.
    public func removeUnused() async throws(Problem) {
        while true {
            let keys = try await database.read { transaction throws(Problem) in
                try transaction.contents.unused(limit: Self.batch)
            }
            guard !keys.isEmpty else { return }
            for key in keys { try await objects.remove(key) }
            try await database.write { transaction throws(Problem) in
                for key in keys { try transaction.contents.forgetUnused(key) }
            }
        }
    }

    /// Removes for good what has been in the trash for long, and forgets what became of drives long ago.
    public func removeOld() async throws(Problem) {
        let trashEnd = clock().advanced(bySeconds: -Self.trashSeconds)
        let changesEnd = clock().advanced(bySeconds: -Self.changesSeconds)
        try await database.write { transaction throws(Problem) in
            try transaction.changes.remove(before: changesEnd)
        }
        var isDone = false
        while !isDone {
            // One folder may be large: between two, others get their turn.
            isDone = try await database.write { transaction throws(Problem) in
                guard let item = try transaction.trash.items(before: trashEnd, limit: 1).first else {
                    return true
                }
                try transaction.purge(item.node, of: item.account)
                return false
            }
        }
    }

    /// Forgets what owners began and did not finish, tries that count no more, and old news.
    public func forgetOld() async throws(Problem) {
        let now = clock()
        try await database.write { transaction throws(Problem) in
            try transaction.sessions.removeExpired(at: now)
            try transaction.tickets.removeExpired(at: now)
            try transaction.guesses.remove(before: now.advanced(bySeconds: -GuessLimit.windowSecondsMax))
            try transaction.securityEvents.remove(before: now.advanced(bySeconds: -Self.eventsSeconds))
        }
    }

    /// Removes accounts whose grace time is over, with all that is theirs.
    public func removeAccounts() async throws(Problem) {
        let now = clock()
        while let id = try await database.read({ transaction throws(Problem) in
            try transaction.accounts.removable(at: now)
        }) {
            // Its owner may keep it until the last moment, and a large one must not keep others from writing.
            try await database.write { transaction throws(Problem) in
                guard try transaction.accounts.removable(at: now) == id else { return }
                try transaction.removePart(of: id, at: now)
            }
        }
    }

    /// Removes uploads that nobody went on with, and notes their objects for removal.
    public func removeExpiredUploads() async throws(Problem) {
        let now = clock()
        while true {
            let ids = try await database.write { transaction throws(Problem) in
                let ids = try transaction.uploads.expired(at: now, limit: Self.batch)
                for id in ids {
                    if let key = try transaction.uploads.remove(id, at: now).objectKey {
                        try transaction.contents.noteUnused(key)
                    }
                }
                return ids
            }
            if ids.count < Self.batch { return }
        }
    }

    /// Forgets tokens, codes and grants that are over.
    public func removeExpiredTokens() async throws(Problem) {
        let now = clock()
        try await database.write { transaction throws(Problem) in
            try transaction.tokens.removeExpired(at: now)
            try transaction.codes.removeExpired(at: now)
        }
        while true {
            let count = try await database.write { transaction throws(Problem) in
                let grants = try transaction.grants.expired(at: now, limit: Self.batch)
                for grant in grants { try transaction.grants.remove(grant) }
                return grants.count
            }
            if count < Self.batch { return }
        }
    }

    /// Removes objects whose upload was never recorded, since the server ended between the two.
    public func removeOrphans() async throws(Problem) {
        let limit = clock().advanced(bySeconds: -Self.uploadSecondsMax)
        for key in try await objects.keys(before: limit) {
            let isUsed = try await database.read { transaction throws(Problem) in
                try transaction.contents.isUsed(objectKey: key)
            }
            if !isUsed { try await objects.remove(key) }
        }
    }
}

extension Transaction {
    /// Removes a part of what an account has, or at the end the account.
    fileprivate func removePart(of id: AccountID, at now: Instant) throws(Problem) {
        for top in Top.allCases {
            guard let folder = try nodes.existingTop(top, of: id) else { continue }
            let children = try nodes.children(of: folder.id).prefix(Upkeep.batch)
            for child in children { try purge(child.id, of: id) }
            if !children.isEmpty { return }
        }
        for upload in try uploads.ids(of: id) {
            if let key = try uploads.remove(upload, at: now).objectKey { try contents.noteUnused(key) }
        }
        try accounts.remove(id)
    }
}
