public import CloudModel
internal import Signing
internal import YunCore

/// Where contents are that are too large for the database. Objects never change: one is written whole under a key of its own, or
/// it never was. One that comes in parts, which may be days apart, is nothing to anybody before its last part. Every store
/// passes the same tests.
public protocol ObjectStore: Sendable {
    /// Begins an object under a key that another store has given it, which is an error at its end where this one has it.
    func create(as key: String) async throws(Problem) -> any ObjectWriter

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

extension ObjectStore {
    /// A key that no object has, for one that is to come in parts.
    public func newKey() -> String { ObjectKey.random() }

    /// Begins an object under a new key.
    public func create() async throws(Problem) -> any ObjectWriter {
        try await create(as: ObjectKey.random())
    }

    /// Sees that objects can be written, read and removed.
    public func probe() async throws(Problem) {
        let writer = try await create()
        _ = try await writer.append([1])
        let key = try await writer.finish()
        guard try await read(key, at: 0, count: 2) == [1] else { throw .fault("an object has other bytes") }
        try await remove(key)
    }
}

/// What objects are called.
enum ObjectKey {
    private static let bytes = 20

    static func random() -> String { RandomBytes.take(bytes).hexadecimal }

    /// A key that comes from a record: it must lead nowhere else.
    static func check(_ key: String) throws(Problem) {
        let isHexadecimal = key.utf8.allSatisfy {
            UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 || UInt8(ascii: "a")...UInt8(ascii: "f") ~= $0
        }
        guard key.utf8.count == 2 * bytes, isHexadecimal else {
            throw .fault("\(key.escaped) is no key of an object")
        }
    }
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
