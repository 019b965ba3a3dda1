/// A file descriptor with several owners, closed when the last one goes; for collections and closures, which cannot
/// hold an ``OwnedDescriptor``.
public final class SharedDescriptor: Sendable {
    /// What is shared.
    public let descriptor: OwnedDescriptor

    /// Takes over what had one owner until now.
    public init(_ descriptor: consuming OwnedDescriptor) { self.descriptor = descriptor }

    /// For calls that borrow it; do not keep it beyond the owners' lives.
    public var number: Int32 { descriptor.number }
}
