public import CloudDatabase
public import CloudModel

extension DriveTree {
    /// Fails unless all that a client expects holds.
    func require(_ conditions: Preconditions, of path: DrivePath) throws(Problem) {
        if conditions.match != nil || conditions.noneMatch != nil {
            try require(conditions, of: place(path).node, at: path)
        }
        guard !conditions.lists.isEmpty else { return }
        for list in conditions.lists where try holds(list) { return }
        throw Problem(.preconditionFailed, "\(path.described) is not as the If header expects it")
    }

    private func require(_ conditions: Preconditions, of node: Node?, at path: DrivePath) throws(Problem) {
        if let expected = conditions.match, !expected.contains(node) {
            throw Problem(.preconditionFailed, "\(path.described) is not as If-Match expects it")
        }
        if let excluded = conditions.noneMatch, excluded.contains(node) {
            throw Problem(.preconditionFailed, "\(path.described) is as If-None-Match excludes it")
        }
    }

    private func holds(_ list: Preconditions.List) throws(Problem) -> Bool {
        guard let path = list.path else { return false }
        let place = try place(path)
        let tokens = locks(covering: place).map(\.token)
        return list.conditions.allSatisfy { condition in
            switch condition.1 {
            case .lock(let token): tokens.contains(token) == condition.holds
            case .entityTag(let tag): (place.node?.entityTag == tag) == condition.holds
            }
        }
    }
}

extension Preconditions.EntityTags {
    /// Whether they name what is there.
    public func contains(_ node: Node?) -> Bool {
        guard let node else { return false }
        switch self {
        case .any: return true
        case .some(let tags): return node.entityTag.map(tags.contains) ?? false
        }
    }
}
