/// Writes values as a JSON text, in the order in which they come.
final class JSONWriter {
    private var bytes: [UInt8] = []
    /// What closes the objects and lists that are open, the outermost first: a container is not told that it has ended.
    private var ends: [UInt8] = []

    private init() {}

    /// The text of a value.
    static func text(of value: some Encodable) throws -> [UInt8] {
        let writer = JSONWriter()
        try writer.write(value)
        return writer.bytes
    }

    fileprivate func write(_ value: some Encodable) throws {
        let (depth, size) = (ends.count, bytes.count)
        try value.encode(to: Place(writer: self))
        close(to: depth)
        // A type without anything in it does not even begin.
        if bytes.count == size { append("{}") }
    }

    fileprivate func append(_ text: String) { bytes += text.utf8 }

    /// Begins an object or a list.
    /// - Returns: how deep its members are.
    fileprivate func open(_ start: Unicode.Scalar, _ end: Unicode.Scalar) -> Int {
        bytes.append(UInt8(ascii: start))
        ends.append(UInt8(ascii: end))
        return ends.count
    }

    /// Begins the next member of the object or list at a depth.
    fileprivate func beginMember(_ key: String? = nil, at depth: Int) {
        close(to: depth)
        // No value ends with what begins one.
        if bytes.last != UInt8(ascii: "{"), bytes.last != UInt8(ascii: "[") { append(",") }
        if let key {
            appendString(key)
            append(":")
        }
    }

    private func close(to depth: Int) {
        while ends.count > depth, let end = ends.popLast() { bytes.append(end) }
    }

    fileprivate func appendString(_ text: String) { Self.append(text, to: &bytes) }

    /// Appends a string, quoted.
    static func append(_ text: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch Unicode.Scalar(byte) {
            case "\"": bytes += "\\\"".utf8
            case "\\": bytes += "\\\\".utf8
            case "\n": bytes += "\\n".utf8
            case "\r": bytes += "\\r".utf8
            case "\t": bytes += "\\t".utf8
            case "\0"..<" ": bytes += ("\\u00" + (byte < 16 ? "0" : "") + String(byte, radix: 16)).utf8
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}

/// Where the next value goes. Keys on the way to it are for errors, of which there is one that tells them itself.
private struct Place: Encoder, SingleValueEncodingContainer {
    let writer: JSONWriter
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        KeyedEncodingContainer(Members(writer: writer, depth: writer.open("{", "}")))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        Elements(writer: writer, depth: writer.open("[", "]"))
    }

    func singleValueContainer() -> any SingleValueEncodingContainer { self }

    func encodeNil() { writer.append("null") }
    func encode(_ value: Bool) { writer.append(value ? "true" : "false") }
    func encode(_ value: String) { writer.appendString(value) }
    func encode(_ value: Double) throws { try encode(number: value) }
    func encode(_ value: Float) throws { try encode(number: value) }
    func encode<Number: FixedWidthInteger & Encodable>(_ value: Number) { writer.append(String(value)) }
    func encode<Value: Encodable>(_ value: Value) throws { try writer.write(value) }

    private func encode(number: some BinaryFloatingPoint & CustomStringConvertible) throws {
        guard number.isFinite else {
            throw EncodingError.invalidValue(
                number, .init(codingPath: codingPath, debugDescription: "JSON has no \(number)"))
        }
        writer.append(number.description)
    }
}

private struct Members<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let writer: JSONWriter
    let depth: Int
    var codingPath: [any CodingKey] { [] }

    func encodeNil(forKey key: Key) { place(key).encodeNil() }

    func encode<Value: Encodable>(_ value: Value, forKey key: Key) throws { try place(key).encode(value) }

    func nestedContainer<Inner: CodingKey>(
        keyedBy type: Inner.Type, forKey key: Key
    ) -> KeyedEncodingContainer<Inner> { place(key).container(keyedBy: type) }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        place(key).unkeyedContainer()
    }

    func superEncoder() -> any Encoder { place("super") }
    func superEncoder(forKey key: Key) -> any Encoder { place(key) }

    private func place(_ key: Key) -> Place { place(key.stringValue) }

    private func place(_ key: String) -> Place {
        writer.beginMember(key, at: depth)
        return Place(writer: writer)
    }
}

private struct Elements: UnkeyedEncodingContainer {
    let writer: JSONWriter
    let depth: Int
    private(set) var count = 0
    var codingPath: [any CodingKey] { [] }

    init(writer: JSONWriter, depth: Int) {
        self.writer = writer
        self.depth = depth
    }

    mutating func encodeNil() { place().encodeNil() }

    mutating func encode<Value: Encodable>(_ value: Value) throws { try place().encode(value) }

    mutating func nestedContainer<Key: CodingKey>(
        keyedBy type: Key.Type
    ) -> KeyedEncodingContainer<Key> { place().container(keyedBy: type) }

    mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { place().unkeyedContainer() }

    mutating func superEncoder() -> any Encoder { place() }

    private mutating func place() -> Place {
        writer.beginMember(at: depth)
        count += 1
        return Place(writer: writer)
    }
}
