internal import CYun
internal import Glibc

/// What a message is made of.
public enum JSON: Sendable, Equatable {
    case null
    case bool(Bool)
    case int(Int)
    /// A number that is no ``int(_:)``; it is only read.
    case number(String)
    case string(String)
    case array([JSON])
    /// Members that are null are not written. Of two with one name the first counts.
    case object([String: JSON])

    /// Reads a text, in UTF-8 and not deeper than 32.
    public init?(_ bytes: [UInt8]) {
        var room = [CChar](repeating: 0, count: bytes.count + 1)
        let value: JSON? = unsafe bytes.withUnsafeBytes { bytes in
            unsafe room.withUnsafeMutableBufferPointer { room in
                var value = unsafe yun_json()
                // An empty array may have no address, and a reader wants one.
                let start = unsafe bytes.baseAddress.map { unsafe $0.assumingMemoryBound(to: CChar.self) }
                guard let start = unsafe start, let room = room.baseAddress,
                    unsafe yun_json_read(&value, start, bytes.count, room)
                else { return nil }
                return unsafe JSON(value)
            }
        }
        guard let value else { return nil }
        self = value
    }

    /// Copies a value that C has read.
    init(_ value: yun_json) {
        switch unsafe yun_json_kind_of(value) {
        case YUN_BOOL:
            var bool = false
            unsafe yun_json_bool(value, &bool)
            self = .bool(bool)
        case YUN_NUMBER:
            var int: Int64 = 0
            let isInt = unsafe yun_json_int(value, &int)
            self = isInt ? .int(Int(int)) : .number(unsafe Self.source(of: value))
        case YUN_TEXT: self = .string(unsafe Self.text(value))
        case YUN_ARRAY:
            var elements: [JSON] = []
            unsafe Self.forEach(in: value) { elements.append(unsafe JSON($0.value)) }
            self = .array(elements)
        case YUN_OBJECT:
            var members: [String: JSON] = [:]
            unsafe Self.forEach(in: value) { item in
                let name = unsafe Self.text(item.key)
                if members[name] == nil { members[name] = unsafe JSON(item.value) }
            }
            self = .object(members)
        default: self = .null
        }
    }

    /// The text of it, in UTF-8; `nil` where it is longer than a message may be.
    public var encoded: [UInt8]? {
        var writer = unsafe yun_writer()
        defer { unsafe free(writer.bytes) }
        unsafe write(&writer)
        guard unsafe writer.problem == nil else { return nil }
        return unsafe Array(UnsafeRawBufferPointer(start: writer.bytes, count: writer.count))
    }

    private static func forEach(in value: yun_json, _ body: (yun_json_items) -> Void) {
        var items = unsafe yun_json_begin(value)
        while unsafe yun_json_next(&items) { unsafe body(items) }
    }

    private static func text(_ value: yun_json) -> String {
        var count = 0
        guard let start = unsafe yun_json_text(value, &count) else { return "" }
        return unsafe String(
            decoding: UnsafeRawBufferPointer(start: start, count: count), as: UTF8.self)
    }

    private static func source(of value: yun_json) -> String {
        let count = unsafe value.at.distance(to: value.end)
        return unsafe String(
            decoding: UnsafeRawBufferPointer(start: value.at, count: count), as: UTF8.self)
    }

    /// Writes it behind what is there.
    func write(_ writer: UnsafeMutablePointer<yun_writer>) {
        switch self {
        case .null, .number: unsafe yun_write_null(writer, nil)
        case .bool(let value): unsafe yun_write_bool(writer, nil, value)
        case .int(let value): unsafe yun_write_int(writer, nil, Int64(value))
        case .string(let text): unsafe yun_write_text(writer, nil, text, text.utf8.count)
        case .array(let elements):
            unsafe yun_write_begin(writer, nil, CChar(UInt8(ascii: "[")))
            for element in elements { unsafe element.write(writer) }
            unsafe yun_write_end(writer, CChar(UInt8(ascii: "]")))
        case .object(let members):
            unsafe yun_write_begin(writer, nil, CChar(UInt8(ascii: "{")))
            unsafe Self.write(members, writer)
            unsafe yun_write_end(writer, CChar(UInt8(ascii: "}")))
        }
    }

    /// Writes members without the object around them.
    static func write(_ members: [String: JSON], _ writer: UnsafeMutablePointer<yun_writer>) {
        for (name, value) in members where value != .null {
            unsafe yun_write_name(writer, name, name.utf8.count)
            unsafe value.write(writer)
        }
    }

    /// A member that must be there.
    func member<Value: Wire>(_ name: String) throws(Failure) -> Value {
        guard let value: Value = try member(name) else { throw Self.misunderstood(name) }
        return value
    }

    /// A member that may be missing.
    func member<Value: Wire>(_ name: String) throws(Failure) -> Value? {
        guard case .object(let members) = self else { throw Self.misunderstood(name) }
        guard let member = members[name], member != .null else { return nil }
        do throws(Failure) {
            return try Value(member)
        } catch {
            throw error == Self.wrong ? Self.misunderstood(name) : error
        }
    }

    /// Thrown by a value that does not know its name.
    static let wrong = misunderstood("")

    private static func misunderstood(_ name: String) -> Failure {
        Failure(
            code: "platform.unavailable", message: "the broker's answer has no \(name) that is understood",
            hint: "the page manager may be of another release than the app's SDK")
    }
}

/// What a message can hold.
public protocol Wire: Sendable, Equatable {
    /// Reads it.
    init(_ json: JSON) throws(Failure)
    /// Writes it.
    var json: JSON { get }
}

/// An object with members that an interface names.
public protocol WireRecord: Wire {}

/// One of some names.
public protocol WireChoice: Wire, RawRepresentable where RawValue == String {
    /// A name that is not among them.
    static var unknown: Self { get }
}

extension WireChoice {
    /// Reads it.
    public init(_ json: JSON) throws(Failure) { self = Self(rawValue: try String(json)) ?? .unknown }
    /// Writes it.
    public var json: JSON { .string(rawValue) }
}

extension Bool: Wire {
    /// Reads it.
    public init(_ json: JSON) throws(Failure) {
        guard case .bool(let value) = json else { throw JSON.wrong }
        self = value
    }
    /// Writes it.
    public var json: JSON { .bool(self) }
}

extension Int: Wire {
    /// Reads it.
    public init(_ json: JSON) throws(Failure) {
        guard case .int(let value) = json else { throw JSON.wrong }
        self = value
    }
    /// Writes it.
    public var json: JSON { .int(self) }
}

extension String: Wire {
    /// Reads it.
    public init(_ json: JSON) throws(Failure) {
        guard case .string(let value) = json else { throw JSON.wrong }
        self = value
    }
    /// Writes it.
    public var json: JSON { .string(self) }
}

extension JSON: Wire {
    /// Reads it.
    public init(_ json: JSON) throws(Failure) { self = json }
    /// Writes it.
    public var json: JSON { self }
}

extension Array: Wire where Element: Wire {
    /// Reads it.
    public init(_ json: JSON) throws(Failure) {
        guard case .array(let elements) = json else { throw JSON.wrong }
        self = []
        for element in elements { append(try Element(element)) }
    }
    /// Writes it.
    public var json: JSON { .array(map(\.json)) }
}

extension Dictionary: Wire where Key == String, Value: Wire {
    /// Reads it.
    public init(_ json: JSON) throws(Failure) {
        guard case .object(let members) = json else { throw JSON.wrong }
        self = [:]
        for (name, member) in members { self[name] = try Value(member) }
    }
    /// Writes it.
    public var json: JSON { .object(mapValues { $0.json }) }
}

extension Optional where Wrapped: Wire {
    /// Null for nothing, which is not written.
    var json: JSON { map { $0.json } ?? .null }
}
