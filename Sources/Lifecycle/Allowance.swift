/// How often something may happen: so often at once, and from there on one by one as time passes. What is not used grows
/// back to the whole, and no further.
public struct Allowance: Sendable {
    private let wholeNanoseconds: Int
    private let eachNanoseconds: Int
    /// Up to when all is used. One use takes the time in which one grows back.
    private var used = Int.min / 2

    /// - Parameters:
    ///   - countMax: at once.
    ///   - eachNanoseconds: in which one more grows back.
    public init(_ countMax: Int, eachNanoseconds: Int) {
        wholeNanoseconds = countMax * eachNanoseconds
        self.eachNanoseconds = eachNanoseconds
    }

    /// Uses one, if one is left.
    /// - Parameter now: of a clock that only goes forward.
    public mutating func take(at now: Int) -> Bool {
        let end = max(used, now - wholeNanoseconds) + eachNanoseconds
        guard end <= now else { return false }
        used = end
        return true
    }

    /// Uses what has happened already.
    /// - Returns: nanoseconds after which it is made up for.
    public mutating func spend(_ count: Int, at now: Int) -> Int {
        used = max(used, now - wholeNanoseconds) + count * eachNanoseconds
        return max(0, used - now)
    }
}
