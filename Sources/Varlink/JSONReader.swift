/// Reads values out of a JSON text where they stand: nothing of it is copied that nobody asks for. Written for messages,
/// which are short and many: Foundation's decoder takes longer for one than the rest of a call.
struct JSONReader: Decoder {
    private let text: [UInt8]
    private let start: Int
    let codingPath: [any CodingKey]
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    /// The value that a text is, or an error that says where it is not what it should be.
    static func read<Value: Decodable>(_ type: Value.Type, from text: [UInt8]) throws -> Value {
        guard JSONScanner.isText(text) else {
            throw DecodingError.dataCorrupted(.init(codingPath: [], debugDescription: "this is no JSON"))
        }
        return try Value(from: JSONReader(text, at: 0, []))
    }

    private init(_ text: [UInt8], at start: Int, _ codingPath: [any CodingKey]) {
        self.text = text
        self.start = start
        self.codingPath = codingPath
    }

    private var scanner: JSONScanner { JSONScanner(text, at: start) }

    private func mismatch(_ type: Any.Type) -> DecodingError {
        .typeMismatch(type, .init(codingPath: codingPath, debugDescription: "this is something else"))
    }

    private func child(at place: Int, _ key: any CodingKey) -> JSONReader {
        JSONReader(text, at: place, codingPath + [key])
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        var scanner = scanner
        guard scanner.take("{") else { throw mismatch([String: Any].self) }
        // By bytes, for a text is equal to others that look alike. Of a key that stands twice, the first.
        var members: [[UInt8]: Int] = [:]
        while scanner.next == UInt8(ascii: "\"") {
            let key = Array(try child(at: scanner.place, MemberKey("")).decode(String.self).utf8)
            guard scanner.skipString(), scanner.take(":") else { break }
            if members[key] == nil { members[key] = scanner.place }
            guard scanner.skipValue(), scanner.take(",") else { break }
        }
        return KeyedDecodingContainer(Members(reader: self, places: members))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        var scanner = scanner
        guard scanner.take("[") else { throw mismatch([Any].self) }
        var places: [Int] = []
        while scanner.next != UInt8(ascii: "]") {
            places.append(scanner.place)
            guard scanner.skipValue(), scanner.take(",") else { break }
        }
        return Elements(reader: self, places: places)
    }

    func singleValueContainer() -> any SingleValueDecodingContainer { self }
}

/// Where in a text a value stands.
private struct MemberKey: CodingKey {
    let stringValue: String
    let intValue: Int?

    init(_ name: String) {
        stringValue = name
        intValue = nil
    }

    init(stringValue: String) { self.init(stringValue) }

    init(intValue: Int) {
        stringValue = String(intValue)
        self.intValue = intValue
    }
}

// MARK: One value

extension JSONReader: SingleValueDecodingContainer {
    func decodeNil() -> Bool { scanner.next == UInt8(ascii: "n") }

    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try Value(from: self) }

    func decode(_ type: Bool.Type) throws -> Bool {
        switch scanner.next.map(Unicode.Scalar.init) {
        case "t": true
        case "f": false
        default: throw mismatch(type)
        }
    }

    func decode<Number: FixedWidthInteger & Decodable>(_ type: Number.Type) throws -> Number {
        guard let number = number(as: type) else { throw mismatch(type) }
        return number
    }

    func decode(_ type: Double.Type) throws -> Double {
        guard let number = number(as: type), number.isFinite else { throw mismatch(type) }
        return number
    }

    func decode(_ type: Float.Type) throws -> Float {
        guard let number = number(as: type), number.isFinite else { throw mismatch(type) }
        return number
    }

    private func number<Number: LosslessStringConvertible>(as type: Number.Type) -> Number? {
        let digits = text[scanner.place...].prefix { "+-.0123456789eE".utf8.contains($0) }
        return Number(String(decoding: digits, as: UTF8.self))
    }

    func decode(_ type: String.Type) throws -> String {
        var scanner = scanner
        let start = scanner.place + 1
        guard scanner.next == UInt8(ascii: "\""), scanner.skipString() else { throw mismatch(type) }
        let bytes = text[start...].prefix { $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
        if text[bytes.endIndex] == UInt8(ascii: "\"") { return String(decoding: bytes, as: UTF8.self) }
        guard let text = unescaped(from: start) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: codingPath, debugDescription: "this is half a character"))
        }
        return text
    }

    /// `nil` where an escape is one half of a pair.
    private func unescaped(from start: Int) -> String? {
        var bytes: [UInt8] = []
        var place = start
        while text[place] != UInt8(ascii: "\"") {
            guard text[place] == UInt8(ascii: "\\") else {
                bytes.append(text[place])
                place += 1
                continue
            }
            let letter = Unicode.Scalar(text[place + 1])
            place += 2
            switch letter {
            case "b": bytes.append(0x08)
            case "f": bytes.append(0x0C)
            case "n": bytes.append(0x0A)
            case "r": bytes.append(0x0D)
            case "t": bytes.append(0x09)
            case "u":
                var units = [codeUnit(at: place)]
                place += 4
                if UTF16.isLeadSurrogate(units[0]), text[place...].starts(with: #"\u"#.utf8) {
                    units.append(codeUnit(at: place + 2))
                    place += 6
                }
                guard let character = String(validating: units, as: UTF16.self) else { return nil }
                bytes += character.utf8
            default: bytes.append(UInt8(ascii: letter))
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Four digits, of which the scanner knows that they are there.
    private func codeUnit(at place: Int) -> UInt16 {
        UInt16(String(decoding: text[place..<place + 4], as: UTF8.self), radix: 16) ?? 0
    }
}

// MARK: Objects and lists

extension JSONReader {
    private struct Members<Key: CodingKey>: KeyedDecodingContainerProtocol {
        let reader: JSONReader
        let places: [[UInt8]: Int]

        var codingPath: [any CodingKey] { reader.codingPath }
        var allKeys: [Key] {
            places.keys.compactMap { Key(stringValue: String(decoding: $0, as: UTF8.self)) }
        }

        func contains(_ key: Key) -> Bool { place(key) != nil }

        private func place(_ key: any CodingKey) -> Int? { places[Array(key.stringValue.utf8)] }

        private func value(_ key: any CodingKey) throws -> JSONReader {
            guard let place = place(key) else {
                throw DecodingError.keyNotFound(
                    key, .init(codingPath: codingPath, debugDescription: "this is missing"))
            }
            return reader.child(at: place, key)
        }

        func decodeNil(forKey key: Key) throws -> Bool { try value(key).decodeNil() }

        func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
            try Value(from: value(key))
        }

        func nestedContainer<Inner: CodingKey>(
            keyedBy type: Inner.Type, forKey key: Key
        ) throws -> KeyedDecodingContainer<Inner> { try value(key).container(keyedBy: type) }

        func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
            try value(key).unkeyedContainer()
        }

        func superDecoder() throws -> any Decoder { try value(MemberKey("super")) }
        func superDecoder(forKey key: Key) throws -> any Decoder { try value(key) }
    }

    private struct Elements: UnkeyedDecodingContainer {
        let reader: JSONReader
        let places: [Int]
        private(set) var currentIndex = 0

        init(reader: JSONReader, places: [Int]) {
            self.reader = reader
            self.places = places
        }

        var codingPath: [any CodingKey] { reader.codingPath }
        var count: Int? { places.count }
        var isAtEnd: Bool { currentIndex == places.count }

        private var current: JSONReader {
            get throws {
                let key = MemberKey(intValue: currentIndex)
                guard !isAtEnd else {
                    throw DecodingError.valueNotFound(
                        Any.self, .init(codingPath: codingPath + [key], debugDescription: "this is missing"))
                }
                return reader.child(at: places[currentIndex], key)
            }
        }

        mutating func decodeNil() throws -> Bool {
            let isNil = try current.decodeNil()
            currentIndex += isNil ? 1 : 0
            return isNil
        }

        mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
            let value = try Value(from: current)
            currentIndex += 1
            return value
        }

        mutating func nestedContainer<Key: CodingKey>(
            keyedBy type: Key.Type
        ) throws -> KeyedDecodingContainer<Key> { try superDecoder().container(keyedBy: type) }

        mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
            try superDecoder().unkeyedContainer()
        }

        mutating func superDecoder() throws -> any Decoder {
            let value = try current
            currentIndex += 1
            return value
        }
    }
}
