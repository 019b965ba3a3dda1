/// Why a call came to nothing, as the page manager says it.
public struct Failure: Error, Equatable, Sendable, CustomStringConvertible {
    /// One of `spec/errors.md`, such as `permission.denied`.
    public let code: String
    /// One line for people.
    public let message: String
    /// What to do about it.
    public let hint: String?

    /// All of it.
    public init(code: String, message: String, hint: String? = nil) {
        self.code = code
        self.message = message
        self.hint = hint
    }

    /// As `ypkg` prints it.
    public var description: String { "error: \(message)" + (hint.map { "\nhint: \($0)" } ?? "") }
}
