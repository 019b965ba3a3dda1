public import YunCore

/// Takes a release's entries as they leave the payload. What it is given is known to be what the index promises
/// only once `end` has been called.
public protocol EntrySink: SendableMetatype {
    /// The next entry of the index begins.
    mutating func begin(_ entry: Index.Entry) throws(Failure)
    /// The next piece of a file's contents.
    mutating func write(_ bytes: UnsafeRawBufferPointer) throws(Failure)
    /// The entry is complete and its digest is right.
    mutating func end() throws(Failure)
}

/// For verifying without writing.
public struct DiscardingSink: EntrySink {
    /// Keeps nothing.
    public init() {}
    /// Does nothing.
    public mutating func begin(_ entry: Index.Entry) {}
    /// Does nothing.
    public mutating func write(_ bytes: UnsafeRawBufferPointer) {}
    /// Does nothing.
    public mutating func end() {}
}
