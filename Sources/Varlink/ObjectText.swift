/// An object in JSON that is written by hand: a program that makes one call takes longer to find out how its types are written
/// than the call itself takes.
public struct ObjectText: Sendable {
    private var members: [UInt8] = []

    /// Without members.
    public init() {}

    /// Adds a text, if there is one.
    public mutating func add(_ key: String, _ text: String?) {
        guard let text else { return }
        begin(key)
        JSONWriter.append(text, to: &members)
    }

    /// Adds a truth, if there is one.
    public mutating func add(_ key: String, _ truth: Bool?) {
        guard let truth else { return }
        begin(key)
        members += (truth ? "true" : "false").utf8
    }

    /// Adds another object.
    public mutating func add(_ key: String, _ object: ObjectText) {
        begin(key)
        members += object.bytes
    }

    private mutating func begin(_ key: String) {
        if !members.isEmpty { members.append(UInt8(ascii: ",")) }
        JSONWriter.append(key, to: &members)
        members.append(UInt8(ascii: ":"))
    }

    /// The text.
    public var bytes: [UInt8] { [UInt8(ascii: "{")] + members + [UInt8(ascii: "}")] }
}
