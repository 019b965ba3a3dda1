public import Lifecycle

/// What whoever starts the page manager may choose.
public struct Settings: Sendable {
    /// How long is waited for pages.
    public var times = PhoneTimes()
    /// Answers to questions, `DOMAIN PERMISSION ANSWER` a line, instead of asking anybody.
    public var answersPath: String?
    /// Memory that is to stay available for what is shown; where less is, apps are told, and what is hidden ends. `nil` for
    /// a sixteenth of the machine's.
    public var reserveBytes: Int?

    /// The defaults.
    public init() {}
}
