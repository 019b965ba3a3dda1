public import CloudDatabase
public import CloudModel
public import CloudObjects

/// Looks at every byte and every reference, also while a server works on them.
public struct Check: Sendable {
    /// What was looked at.
    public struct Report: Sendable {
        /// How many contents.
        public fileprivate(set) var contents = 0
        /// Their bytes.
        public fileprivate(set) var bytes: Int64 = 0
        /// Objects of uploads that were broken off, which a server removes within an hour.
        public fileprivate(set) var leftovers = 0
        /// What is wrong, in words.
        public fileprivate(set) var faults: [String] = []
    }

    private let database: any Database
    private let objects: any ObjectStore
    private let clock: @Sendable () -> Instant

    /// - Parameter clock: tells the time; tests turn it.
    public init(database: any Database, objects: any ObjectStore, clock: @escaping @Sendable () -> Instant) {
        self.database = database
        self.objects = objects
        self.clock = clock
    }

    /// Looks at all of it. Nothing is changed.
    public func run() async throws(Problem) -> Report {
        var report = Report()
        report.faults = try await database.damages()
        report.faults += try await database.read { transaction throws(Problem) in
            try transaction.audit.faults()
        }
        try await database.forEachContent { content throws(Problem) in
            report.contents += 1
            report.bytes += content.sizeBytes
            if let fault = try await fault(of: content) { report.faults.append(fault) }
        }
        let limit = clock().advanced(bySeconds: -Upkeep.uploadSecondsMax)
        for key in try await objects.keys(before: limit) where try await database.isUnused(key) {
            report.leftovers += 1
        }
        return report
    }

    private func fault(of content: StoredContent) async throws(Problem) -> String? {
        guard let fault = try await ContentSource(content: content, objects: objects).fault() else {
            return nil
        }
        // What was removed meanwhile is no fault.
        if case .object(let key, _) = content.place, try await database.isUnused(key) { return nil }
        return fault
    }
}
