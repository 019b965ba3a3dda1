public import CloudModel

/// Where contents are that are too large for the database. Objects never change: one is written whole under a key of its own, or
/// it never was. Every store passes the same tests.
public protocol ObjectStore: Sendable {
    /// Begins an object.
    func create() async throws(Problem) -> any ObjectWriter

    /// Bytes of an object from `offset` on; fewer than `count` only at its end.
    func read(_ key: String, at offset: Int64, count: Int) async throws(Problem) -> [UInt8]

    /// Removes an object; one that is not there is no error.
    func remove(_ key: String) async throws(Problem)

    /// The keys of all objects that were finished before an instant.
    func keys(before instant: Instant) async throws(Problem) -> [String]
}

/// An object that is being written. Whoever lets go of it before the end leaves nothing behind.
public protocol ObjectWriter: Sendable {
    /// Adds bytes at the end, and gives back their digest, which takes as long as to write them.
    func append(_ bytes: [UInt8]) async throws(Problem) -> [UInt8]

    /// Makes the object durable.
    /// - Returns: its key.
    func finish() async throws(Problem) -> String
}
