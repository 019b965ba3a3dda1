/// Stands for one thing and is never given again, so that a late message about something that has ended cannot be
/// taken for one about what came after it.
public struct Number<Thing>: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// From 1 on.
    public let value: Int

    /// The number that somebody has named.
    public init(_ value: Int) { self.value = value }

    /// Decimal digits.
    public var description: String { String(value) }

    /// Earlier things first.
    public static func < (left: Number, right: Number) -> Bool { left.value < right.value }
}

/// Whoever waits for an answer; the caller numbers them.
public enum Asker {}

/// Names a page instance.
public typealias InstanceNumber = Number<PageInstance>
/// Names a sandbox.
public typealias SandboxNumber = Number<AppSandbox>
/// Names somebody who waits for an answer.
public typealias AskerNumber = Number<Asker>
