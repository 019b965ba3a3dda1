internal import CLinux
public import YunCore

/// A pipe whose ends close with their owners.
public struct Pipe: ~Copyable {
    /// The end to read from.
    public let reading: OwnedDescriptor
    /// The end to write to.
    public let writing: OwnedDescriptor

    /// A new pipe.
    public init() throws(Failure) {
        var pair: [Int32] = [-1, -1]
        guard unsafe yun_pipe(&pair) == 0 else { throw .system("cannot create a pipe") }
        reading = OwnedDescriptor(owning: pair[0])
        writing = OwnedDescriptor(owning: pair[1])
    }

    /// Only the end to read from, now that somebody else has the other.
    public consuming func closingWritingEnd() -> OwnedDescriptor { reading }

    /// Only the end to write to, now that somebody else has the other.
    public consuming func closingReadingEnd() -> OwnedDescriptor { writing }
}
