internal import CloudDatabase
public import CloudModel
public import OAuth

extension AuthorizationServer {
    /// What everybody may know of the keys that sign, have signed or will sign.
    public func publishedKeys() async throws(Problem) -> [PublishedKey] {
        try await signingKeys().map(\.published)
    }

    /// Makes keys that are missing, and forgets those that are over. Any number of servers may do it at the same time.
    public func renewKeys() async throws(Problem) {
        let now = clock()
        let keys = try await database.read { transaction throws(Problem) in
            try transaction.signingKeys.all()
        }
        guard keys.schedule(at: now).isDue else { return }
        try await database.write { transaction throws(Problem) in
            // Another server may have done it meanwhile.
            let schedule = try transaction.signingKeys.all().schedule(at: now)
            for time in schedule.missing { try transaction.signingKeys.insert(SigningKey(signsFrom: time)) }
            for id in schedule.over { try transaction.signingKeys.remove(id) }
        }
    }

    /// The one that signs now.
    func signingKey() async throws(Problem) -> SigningKey {
        let now = clock()
        guard let key = try await signingKeys().last(where: { $0.signsFrom <= now }) else {
            throw .fault("no key signs yet; the clock may have been turned back")
        }
        return key
    }

    /// All of them; the first that asks has them made.
    func signingKeys() async throws(Problem) -> [SigningKey] {
        let now = clock()
        let keys = try await database.read { transaction throws(Problem) in
            try transaction.signingKeys.all()
        }
        guard !keys.contains(where: { $0.signsFrom <= now }) else { return keys }
        try await renewKeys()
        return try await database.read { transaction throws(Problem) in try transaction.signingKeys.all() }
    }
}

extension [SigningKey] {
    fileprivate func schedule(at now: Instant) -> KeySchedule {
        KeySchedule(keys: map { ($0.id, $0.signsFrom) }, at: now)
    }
}
