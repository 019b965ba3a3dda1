public import Logging
public import CloudModel
internal import Foundation

/// Writes each entry as one JSON object on a line of standard error, in one piece.
public struct JSONLog: LogHandler {
    /// The least that is written.
    public var logLevel = Logger.Level.info
    /// What every entry says.
    public var metadata: Logger.Metadata = [:]

    private let clock: @Sendable () -> Instant

    /// - Parameter clock: tells the time.
    public init(clock: @escaping @Sendable () -> Instant) { self.clock = clock }

    /// One value of what every entry says.
    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    /// Writes an entry.
    public func log(event: LogEvent) {
        var all = metadata
        all.merge(event.metadata ?? [:]) { $1 }
        let request = all.removeValue(forKey: "hb.request.id")
        var line = "{\"time\":\"\(CivilTime(clock()).rfc3339)\",\"level\":\"\(event.level)\""
        line += ",\"message\":" + Self.quoted("\(event.message)")
        if let request { line += ",\"request\":" + Self.json(request) }
        for (key, value) in all.sorted(by: { $0.key < $1.key }) {
            line += "," + Self.quoted(key) + ":" + Self.json(value)
        }
        // Whoever has closed the log must not end the server with it.
        do { try FileHandle.standardError.write(contentsOf: Data((line + "}\n").utf8)) } catch {}
    }

    private static func json(_ value: Logger.MetadataValue) -> String {
        switch value {
        case .stringConvertible(let number as any Numeric): "\(number)"
        default: quoted("\(value)")
        }
    }

    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{2028}"..."\u{202E}":
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
