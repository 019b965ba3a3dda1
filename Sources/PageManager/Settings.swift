public import Lifecycle

/// What whoever starts the page manager may choose.
public struct Settings: Sendable {
    /// How long is waited for what.
    public var times = PhoneTimes()
    /// Answers to questions, `DOMAIN PERMISSION ANSWER` a line, instead of asking anybody.
    public var answersPath: String?

    /// The defaults.
    public init() {}
}
