/// How much of everything a connection may take; spec/cloud.md has them as a table.
public struct Limits: Sendable {
    /// All header fields of a request together.
    static let headBytesMax = 32 << 10
    /// One header field, and the target.
    static let fieldBytesMax = 16 << 10
    /// How many fields.
    static let fieldsMax = 100
    /// A body that is not a file's.
    static let bodyBytesMax = 1 << 20
    /// What is read of a body that nobody wants, so that its sender gets to read the answer.
    static let unwantedBytesMax = 1 << 20

    /// Until a new connection has sent a whole head.
    public var headSeconds = 30
    /// Until a connection that has been answered has sent the next one.
    public var idleSeconds = 60
    /// Without a byte of a body that is waited for, or of an answer that is taken.
    public var stallSeconds = 60
    /// Connections in all.
    public var connectionsMax = 4096
    /// Those of one address.
    public var connectionsPerAddressMax = 256

    /// As they are where nothing else is said.
    public init() {}
}
