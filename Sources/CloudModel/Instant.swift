/// A point in time, in milliseconds since 1970: what databases keep and clients compare.
public struct Instant: Sendable, Hashable, Comparable {
    /// Since 1970-01-01 00:00 UTC, without leap seconds.
    public let milliseconds: Int64

    /// A point in time.
    public init(milliseconds: Int64) { self.milliseconds = milliseconds }

    /// Later by `seconds`.
    public func advanced(bySeconds seconds: Int64) -> Instant {
        Instant(milliseconds: milliseconds + seconds * 1000)
    }

    /// The earlier one is less.
    public static func < (left: Instant, right: Instant) -> Bool { left.milliseconds < right.milliseconds }
}
