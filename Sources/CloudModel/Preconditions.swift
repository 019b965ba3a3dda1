/// What a client expects of files and folders before it changes them.
public struct Preconditions: Sendable {
    /// One thing that is to hold of a place.
    public enum Condition: Sendable {
        /// A lock with this token holds there.
        case lock(String)
        /// The file there has this entity tag.
        case entityTag(String)
    }

    /// Conditions that are to hold of a place together.
    public struct List: Sendable {
        /// The place; `nil` for another server's, where nothing holds.
        public let path: DrivePath?
        /// With whether each must hold, or must not.
        public let conditions: [(holds: Bool, Condition)]

        /// A list.
        public init(path: DrivePath?, conditions: [(holds: Bool, Condition)]) {
            self.path = path
            self.conditions = conditions
        }
    }

    /// Entity tags that `If-Match` or `If-None-Match` names.
    public enum EntityTags: Sendable {
        /// `*`: whatever is there.
        case any
        /// One of these.
        case some([String])
    }

    /// Of which one must hold (RFC 4918, 10.4); empty where nothing was asked.
    public var lists: [List] = []
    /// What must be there (RFC 9110, 13.1.1).
    public var match: EntityTags?
    /// What must not be there (RFC 9110, 13.1.2).
    public var noneMatch: EntityTags?

    /// None.
    public init() {}

    /// The tokens with which the client shows that it knows of locks.
    public var tokens: [String] {
        lists.flatMap(\.conditions).compactMap { condition in
            guard condition.holds, case .lock(let token) = condition.1 else { return nil }
            return token
        }
    }
}
