internal import YunCore

/// A place in a text file, both counted from 1; columns count characters.
public struct SourcePosition: Sendable, Hashable, Comparable {
    /// Lines end with a line feed.
    public let line: Int
    /// Unicode scalars from the line's start.
    public let column: Int

    /// The order of reading.
    public static func < (left: SourcePosition, right: SourcePosition) -> Bool {
        (left.line, left.column) < (right.line, right.column)
    }
}

/// One thing wrong in a manifest, where it stands, and what to write instead.
public struct Diagnostic: Sendable, Hashable {
    /// Where to look.
    public let position: SourcePosition
    /// What is wrong.
    public let message: String
    /// What to do.
    public let remedy: String

    /// One mistake.
    public init(position: SourcePosition, message: String, remedy: String) {
        self.position = position
        self.message = message.abbreviated(to: Failure.messageScalarsMax)
        self.remedy = remedy
    }

    /// `FILE:LINE:COLUMN: MESSAGE`, as editors read it.
    public func text(file: String) -> String {
        "\(file.escaped):\(position.line):\(position.column): \(message)"
    }
}
