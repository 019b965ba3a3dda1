public import CloudModel

/// Where contents are that are too large for the database. Objects never change: one is written whole under a key of its own, or
/// it never was. One that comes in parts, which may be days apart, is nothing to anybody before its last part. Every store
/// passes the same tests.
public protocol ObjectStore: Sendable {
    /// Begins an object.
    func create() async throws(Problem) -> any ObjectWriter

    /// A key that no object has, for one that is to come in parts.
    func newKey() -> String

    /// The next part of an object, which begins at `offset`: that many bytes the caller has recorded, and what was added beyond
    /// them is void. Whoever has a part keeps all others from it; they are told that it is locked.
    func part(of key: String, at offset: Int64) async throws(Problem) -> any ObjectPart

    /// Bytes of an object from `offset` on; fewer than `count` only at its end.
    func read(_ key: String, at offset: Int64, count: Int) async throws(Problem) -> [UInt8]

    /// Removes an object, or the parts of one; one that is not there is no error.
    func remove(_ key: String) async throws(Problem)

    /// The keys of all objects that were finished before an instant, or got their last part before it.
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

/// A part of an object that nobody else can write to, until this is let go.
public protocol ObjectPart: Sendable {
    /// Puts bytes in place of all that was beyond the recorded ones. When it returns they are durable.
    func write(_ bytes: [UInt8]) async throws(Problem)
}
