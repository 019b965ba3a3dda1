public import CloudDatabase
public import CloudModel
internal import Signing
internal import YunCore

/// A lock with the place that it was put on.
public struct PlacedLock: Sendable {
    /// What it is.
    public let lock: Lock
    /// What was locked.
    public let root: DrivePath
    /// Whether a folder was.
    public let isOnFolder: Bool
}

/// A wish for a lock.
public struct LockWish: Sendable {
    let isDeep: Bool
    let isExclusive: Bool
    let ownerXML: String
    let seconds: Int64

    /// How much a client may say of who it is.
    public static let ownerBytesMax = 4096

    /// - Parameters:
    ///   - isDeep: whether all below is to be locked, too.
    ///   - ownerXML: what the client says of who it is.
    ///   - seconds: how long.
    public init(isDeep: Bool, isExclusive: Bool, ownerXML: String, seconds: Int64) throws(Problem) {
        guard ownerXML.utf8.count <= Self.ownerBytesMax else {
            throw Problem(.tooLarge, "a lock's owner has \(Self.ownerBytesMax) bytes at most")
        }
        self.isDeep = isDeep
        self.isExclusive = isExclusive
        self.ownerXML = ownerXML
        self.seconds = seconds
    }
}

extension Drive {
    /// Locks a place; where nothing is there, an empty file is made, so that the name is taken.
    public func lock(
        _ path: DrivePath, _ wish: LockWish, _ conditions: Preconditions, as caller: any DriveCaller
    )
        async throws(Problem) -> (lock: PlacedLock, isNew: Bool)
    {
        let token = "urn:uuid:\(UUIDText.random())"
        return try await change(caller) { tree throws(Problem) in
            try tree.require(conditions, of: path)
            let place = try tree.place(path)
            let node: Node
            if let existing = place.node {
                node = existing
            } else {
                node = try tree.makeEmptyFile(at: place, conditions)
            }
            let below = wish.isDeep ? try tree.locks(below: node) : []
            let others = tree.locks(covering: place) + below
            guard !others.contains(where: { $0.isExclusive || wish.isExclusive }) else {
                throw Problem(.locked, "\(path.described) is locked already")
            }
            let lock = Lock(
                token: token, node: node.id, isDeep: wish.isDeep, isExclusive: wish.isExclusive,
                ownerXML: wish.ownerXML, holder: tree.client.name,
                expiresAt: tree.now.advanced(bySeconds: wish.seconds))
            try tree.transaction.locks.insert(lock, of: tree.client.account, at: tree.now)
            return (try tree.placed(lock), place.node == nil)
        }
    }

    /// Lets the lock that a client names hold longer.
    public func refreshLock(
        _ path: DrivePath, seconds: Int64, _ conditions: Preconditions, as caller: any DriveCaller
    ) async throws(Problem) -> PlacedLock {
        try await change(caller) { tree throws(Problem) in
            let place = try tree.node(path).place
            let held = tree.locks(covering: place).first { conditions.tokens.contains($0.token) }
            guard let held, held.holder == tree.client.name else {
                throw Problem(.preconditionFailed, "\(path.described) has no lock with this token")
            }
            let end = tree.now.advanced(bySeconds: seconds)
            try tree.transaction.locks.extend(held.token, until: end)
            return try tree.placed(held.holding(until: end))
        }
    }

    /// Ends a lock.
    public func unlock(_ path: DrivePath, token: String, as caller: any DriveCaller) async throws(Problem) {
        try await change(caller) { tree throws(Problem) in
            let place = try tree.node(path).place
            guard let lock = tree.locks(covering: place).first(where: { $0.token == token }) else {
                throw Problem(.conflict, "\(path.described) has no lock with this token")
            }
            guard lock.holder == tree.client.name else {
                throw Problem(.forbidden, "another client holds this lock")
            }
            try tree.transaction.locks.remove(token)
        }
    }
}

extension DriveTree {
    /// A lock with its place.
    func placed(_ lock: Lock) throws(Problem) -> PlacedLock {
        let node = try transaction.nodes.find(lock.node)
        return PlacedLock(lock: lock, root: try path(of: lock.node), isOnFolder: node?.isFolder ?? false)
    }

    /// Locks that hold for a place: on what is there, or deep ones above.
    func locks(covering place: Place) -> [Lock] {
        locks.filter { lock in
            lock.node == place.node?.id || lock.isDeep && place.chain.contains { $0.id == lock.node }
        }
    }

    /// Locks on anything in a folder, at any depth.
    func locks(below node: Node) throws(Problem) -> [Lock] {
        guard node.isFolder else { return [] }
        var found: [Lock] = []
        for lock in locks {
            var above = try transaction.nodes.find(lock.node)?.parent
            while let folder = above, folder != node.id {
                above = try transaction.nodes.find(folder)?.parent
            }
            if above != nil { found.append(lock) }
        }
        return found
    }

    /// Fails unless the client shows that it knows of every lock that a change meets.
    func permit(_ met: [Lock], _ conditions: Preconditions, at path: DrivePath) throws(Problem) {
        let tokens = conditions.tokens
        let isOurs = { (lock: Lock) in lock.holder == client.name && tokens.contains(lock.token) }
        let exclusive = met.filter(\.isExclusive)
        let shared = met.filter { !$0.isExclusive }
        guard exclusive.allSatisfy(isOurs), shared.isEmpty || shared.contains(where: isOurs) else {
            throw Problem(.locked, "\(path.described) is locked")
        }
    }

    /// Fails unless the content or the properties of what is at a place may change.
    func permitChange(of place: Place, _ conditions: Preconditions) throws(Problem) {
        try permit(locks(covering: place), conditions, at: place.path)
    }

    /// Fails unless something may come to be at a place where nothing is.
    func permitNew(at place: Place, _ conditions: Preconditions) throws(Problem) {
        guard let parent = place.parent else { return }
        let met = locks.filter { lock in
            lock.node == parent.id || lock.isDeep && place.chain.contains { $0.id == lock.node }
        }
        try permit(met, conditions, at: place.path)
    }

    /// Fails unless what is at a place may go, with all that is in it.
    func permitRemoval(of place: Place, _ conditions: Preconditions) throws(Problem) {
        guard let node = place.node else { return }
        let met = locks.filter { lock in
            lock.node == node.id || lock.node == node.parent
                || lock.isDeep && place.chain.contains { $0.id == lock.node }
        }
        try permit(met + locks(below: node), conditions, at: place.path)
    }

    /// Ends all locks on something that goes elsewhere: they do not go with it (RFC 4918, 7.5).
    func endLocks(on node: Node) throws(Problem) {
        for lock in try locks.filter({ $0.node == node.id }) + locks(below: node) {
            try transaction.locks.remove(lock.token)
        }
    }
}

extension Lock {
    /// How long it holds from `now` on, in seconds.
    public func seconds(from now: Instant) -> Int64 {
        max(0, (expiresAt.milliseconds - now.milliseconds + 999) / 1000)
    }

    fileprivate func holding(until end: Instant) -> Lock {
        Lock(
            token: token, node: node, isDeep: isDeep, isExclusive: isExclusive, ownerXML: ownerXML,
            holder: holder, expiresAt: end)
    }
}

/// Names that nobody gives twice (RFC 9562, 5.4).
enum UUIDText {
    static func random() -> String {
        var bytes = RandomBytes.take(16)
        bytes[6] = bytes[6] & 0x0F | 0x40
        bytes[8] = bytes[8] & 0x3F | 0x80
        return [bytes[..<4], bytes[4..<6], bytes[6..<8], bytes[8..<10], bytes[10...]]
            .map(\.hexadecimal).joined(separator: "-")
    }
}
