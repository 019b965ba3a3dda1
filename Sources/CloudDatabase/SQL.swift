public import CloudModel
internal import YunCore

/// A value as both engines keep it.
enum SQLValue: Sendable, Equatable, CustomStringConvertible {
    case null
    case integer(Int64)
    case text(String)
    case bytes([UInt8])

    var description: String {
        switch self {
        case .null: "nothing"
        case .integer(let number): "\(number)"
        case .text(let text): text
        case .bytes(let bytes): bytes.hexadecimal
        }
    }
}

/// A statement and its values. Values never become part of the text: an interpolation is a placeholder.
struct SQL: Sendable, ExpressibleByStringInterpolation {
    struct StringInterpolation: StringInterpolationProtocol {
        fileprivate(set) var text = ""
        fileprivate(set) var values: [SQLValue] = []

        init(literalCapacity: Int, interpolationCount: Int) {
            text.reserveCapacity(literalCapacity + interpolationCount)
            values.reserveCapacity(interpolationCount)
        }

        mutating func appendLiteral(_ literal: StaticString) { text += "\(literal)" }

        mutating func appendInterpolation(_ value: some SQLConvertible) {
            text += "?"
            values.append(value.sqlValue)
        }

        mutating func appendInterpolation(_ value: (some SQLConvertible)?) {
            text += "?"
            values.append(value.map { $0.sqlValue } ?? .null)
        }

        /// A part that is a statement's text itself, such as a list of columns.
        mutating func appendInterpolation(_ part: SQL) {
            text += part.text
            values += part.values
        }
    }

    let text: String
    let values: [SQLValue]

    init(stringLiteral text: StaticString) {
        self.text = "\(text)"
        values = []
    }

    init(stringInterpolation: StringInterpolation) {
        text = stringInterpolation.text
        values = stringInterpolation.values
    }
}

/// What can be kept in a column.
protocol SQLConvertible {
    var sqlValue: SQLValue { get }
    init?(_ value: SQLValue)
}

/// What a query found, column by column in the order in which it names them.
struct Row: Sendable {
    private let values: [SQLValue]
    private var place = 0

    init(_ values: [SQLValue]) { self.values = values }

    /// A text in which each `%` is replaced by the next column.
    func filled(into text: String) -> String {
        var rest = values[...]
        return text.reduce(into: "") { result, character in
            result += character == "%" ? rest.popFirst()?.description ?? "" : String(character)
        }
    }

    /// The next column.
    mutating func next<Value: SQLConvertible>() throws(Problem) -> Value {
        guard place < values.count, let value = Value(values[place]) else {
            throw .fault("column \(place) is no \(Value.self)")
        }
        place += 1
        return value
    }
}

extension Int64: SQLConvertible {
    var sqlValue: SQLValue { .integer(self) }
    init?(_ value: SQLValue) {
        guard case .integer(let number) = value else { return nil }
        self = number
    }
}

extension Int: SQLConvertible {
    var sqlValue: SQLValue { .integer(Int64(self)) }
    init?(_ value: SQLValue) {
        guard case .integer(let number) = value else { return nil }
        self.init(exactly: number)
    }
}

extension Bool: SQLConvertible {
    var sqlValue: SQLValue { .integer(self ? 1 : 0) }
    init?(_ value: SQLValue) {
        guard case .integer(let number) = value else { return nil }
        self = number != 0
    }
}

extension String: SQLConvertible {
    var sqlValue: SQLValue { .text(self) }
    init?(_ value: SQLValue) {
        guard case .text(let text) = value else { return nil }
        self = text
    }
}

extension [UInt8]: SQLConvertible {
    var sqlValue: SQLValue { .bytes(self) }
    init?(_ value: SQLValue) {
        guard case .bytes(let bytes) = value else { return nil }
        self = bytes
    }
}

extension Instant: SQLConvertible {
    var sqlValue: SQLValue { .integer(milliseconds) }
    init?(_ value: SQLValue) {
        guard case .integer(let milliseconds) = value else { return nil }
        self.init(milliseconds: milliseconds)
    }
}

extension Optional: SQLConvertible where Wrapped: SQLConvertible {
    // No key path: in generic code the runtime makes it anew each time.
    var sqlValue: SQLValue { map { $0.sqlValue } ?? .null }
    init?(_ value: SQLValue) {
        if case .null = value {
            self = .none
        } else {
            guard let wrapped = Wrapped(value) else { return nil }
            self = wrapped
        }
    }
}
