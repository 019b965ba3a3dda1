public import CloudDatabase
public import CloudModel
public import CloudObjects

/// Copies a cloud's records and objects to other stores.
public struct Backup: Sendable {
    /// With each round fewer objects can have come and gone.
    private static let roundsMax = 20

    private let database: any Database
    private let objects: any ObjectStore
    private let target: any ObjectStore

    /// - Parameters:
    ///   - database: the records that change meanwhile.
    ///   - objects: where they are.
    ///   - target: where they are copied to, under the same keys.
    public init(of database: any Database, _ objects: any ObjectStore, to target: any ObjectStore) {
        self.database = database
        self.objects = objects
        self.target = target
    }

    /// Copies the objects that a copy of the records names, while the server goes on. It may remove one before it is copied:
    /// then newer records are taken, which do not name it any more, and only what is new since then is copied.
    /// - Parameter copyRecords: makes a copy of the records as they are now, instead of the one before.
    /// - Returns: what is damaged, and was not copied.
    public func run(
        _ copyRecords: () async throws(Problem) -> any Database
    ) async throws(Problem) -> [String] {
        // Objects are there only whole, so what is there need not be copied again.
        var copied = Set(try await target.keys(before: Instant(milliseconds: .max)))
        for _ in 0..<Self.roundsMax {
            let records = try await copyRecords()
            if let faults = try await copyObjects(of: records, &copied) { return faults }
        }
        throw Problem(.unavailable, "files are removed faster than they are copied; try again later")
    }

    /// `nil` where an object is gone that the records name.
    private func copyObjects(of records: any Database, _ copied: inout Set<String>) async throws(Problem)
        -> [String]?
    {
        var faults: [String] = []
        var isStale = false
        var done = copied
        try await records.forEachContent { content throws(Problem) in
            guard case .object(let key, _) = content.place, !done.contains(key) else { return }
            if let fault = try await copy(content, key) {
                if try await database.isUnused(key) { isStale = true } else { faults.append(fault) }
            } else {
                done.insert(key)
            }
        }
        copied = done
        return isStale ? nil : faults
    }

    private func copy(_ content: StoredContent, _ key: String) async throws(Problem) -> String? {
        let writer = try await target.create(as: key)
        let source = ContentSource(content: content, objects: objects)
        if let fault = try await source.fault({ chunk throws(Problem) in _ = try await writer.append(chunk) })
        {
            return fault
        }
        _ = try await writer.finish()
        return nil
    }

    /// Removes objects that copied records do not name: those of the copy before.
    public func removeOthers(than records: any Database) async throws(Problem) {
        for key in try await target.keys(before: Instant(milliseconds: .max))
        where try await records.isUnused(key) {
            try await target.remove(key)
        }
    }
}
