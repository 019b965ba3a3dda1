public import CloudModel
internal import YunCore

/// What a phone says of itself; its owner knows it by that.
public struct DeviceDescription: Sendable, Equatable {
    private static let bytesMax = 64

    /// As its owner named it.
    public let name: String
    /// As its maker named it.
    public let model: String

    /// What can be shown in a line without moving anything else.
    public init(name: String, model: String) throws(Problem) {
        for text in [name, model] {
            guard (1...Self.bytesMax).contains(text.utf8.count),
                !text.unicodeScalars.contains(where: \.isUnprintable),
                text.contains(where: { !$0.isWhitespace })
            else {
                throw Problem(
                    .malformed, "device_name and device_model have 1 to \(Self.bytesMax) printable bytes")
            }
        }
        self.name = name
        self.model = model
    }
}
