internal import Lifecycle

/// What whoever starts the page manager may choose.
public struct Settings: Sendable {
    /// How long a hidden app runs on.
    public var graceMilliseconds = 10_000
    /// How long a page may take over an event.
    public var takingMilliseconds = 5_000
    /// How long a sandbox may take to end in order.
    public var endingMilliseconds = 5_000
    /// How long a question may stand.
    public var questionMilliseconds = 60_000
    /// Answers to questions, `DOMAIN PERMISSION ANSWER` a line, instead of asking anybody.
    public var answersPath: String?

    /// The defaults.
    public init() {}

    /// How long crashes are held against an app.
    private static let forgivingMilliseconds = 60_000

    func milliseconds(of timer: PhoneTimer) -> Int {
        switch timer {
        case .grace: graceMilliseconds
        case .taking: takingMilliseconds
        case .ending: endingMilliseconds
        case .forgiving: Self.forgivingMilliseconds
        }
    }
}
