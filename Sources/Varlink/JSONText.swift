public import YunCore

/// The JSON of messages, for what is not one: what a server says, what is kept in a file.
public enum JSONText {
    /// The text of a value.
    public static func encode(_ value: some Encodable) throws(Failure) -> [UInt8] { try Wire.encode(value) }

    /// The value that a text is; `nil` where it is none of this type.
    public static func decode<Value: Decodable>(_ type: Value.Type, _ bytes: [UInt8]) -> Value? {
        do throws(UnreadableParameter) { return try Wire.decode(type, bytes) } catch { return nil }
    }
}
