import Varlink
import YunCore

/// `Generated.swift`: a struct for each interface, with its types and methods.
struct SwiftClient {
    private let interface: Interface
    private var lines: [String] = []

    /// Methods that reply several times. What a description says only to people is said here to the generator.
    private static let streams: Set = [
        "com.yunos.page.Watch", "com.yunos.page.Hold", "com.yunos.network.Request", "com.yunos.storage.Watch",
    ]

    static func text(_ interfaces: [Interface]) throws(Failure) -> String {
        var lines = [
            "// Made by `make sdk` from spec/varlink; change it there.", "// swift-format-ignore-file", "",
            "extension Connection {",
        ]
        for interface in interfaces {
            lines += [
                "    /// `\(interface.name)`.",
                "    public var \(interface.label): \(interface.label.capitalizedOnce) { \(interface.label.capitalizedOnce)(connection: self) }",
            ]
        }
        lines.append("}")
        for interface in interfaces { lines += try SwiftClient(interface).lines }
        return lines.joined(separator: "\n") + "\n"
    }

    private init(_ interface: Interface) throws(Failure) {
        self.interface = interface
        lines += [
            "", "/// `\(interface.name)`; `spec/varlink` says more.",
            "public struct \(interface.label.capitalizedOnce) {",
            "    let connection: Connection",
        ]
        for (name, shape) in interface.orderedTypes { try addType(name, shape) }
        for method in interface.methods { try add(method) }
        lines.append("}")
    }

    private mutating func addType(_ name: String, _ shape: Interface.Shape) throws(Failure) {
        switch shape {
        case .record(let fields): try addRecord(name, fields, interface.typeComments[name] ?? [])
        case .choice(let choices): addChoice(name, choices)
        default: throw unsupported(shape, name)
        }
    }

    private mutating func addChoice(_ name: String, _ choices: [String]) {
        lines += [
            "", "    /// `unknown` is what a newer page manager says.",
            "    public enum \(name): String, WireChoice {",
            "        case \(choices.cases), unknown", "    }",
        ]
    }

    private mutating func addChoices(_ fields: [Interface.Field], _ prefix: String) {
        for field in fields {
            guard case .choice(let choices) = field.shape.unwrapped.shape else { continue }
            addChoice(prefix + field.name.camelCase.capitalizedOnce, choices)
        }
    }

    private mutating func addRecord(_ name: String, _ fields: [Interface.Field], _ comment: [String])
        throws(Failure)
    {
        addChoices(fields, name.droppingSuffix("Reply"))
        lines += [""] + comment.map { "    /// \($0)" } + ["    public struct \(name): WireRecord {"]
        for field in fields {
            lines.append("        public var \(field.swiftName): \(try type(of: field, name))")
        }
        lines += ["", "        public init(\(try arguments(fields, name))) {"]
        lines += fields.map { "            self.\($0.swiftName) = \($0.swiftName)" } + ["        }"]
        lines += ["", "        public init(_ json: JSON) throws(Failure) {"]
        lines +=
            fields.map { "            \($0.swiftName) = try json.member(\"\($0.name)\")" } + ["        }"]
        lines += [
            "", "        public var json: JSON {", "            \(object(fields))", "        }", "    }",
        ]
    }

    private func type(of field: Interface.Field, _ owner: String) throws(Failure) -> String {
        try field.shape.type(choice: owner.droppingSuffix("Reply") + field.name.camelCase.capitalizedOnce)
    }

    private func arguments(_ fields: [Interface.Field], _ owner: String) throws(Failure) -> String {
        var arguments: [String] = []
        for field in fields {
            let isOptional = field.shape.unwrapped.isOptional
            arguments.append(
                "\(field.swiftName): \(try type(of: field, owner))" + (isOptional ? " = nil" : ""))
        }
        return arguments.joined(separator: ", ")
    }

    private func object(_ fields: [Interface.Field]) -> String {
        ".object([\(fields.map { "\"\($0.name)\": \($0.swiftName).json" }.joined(separator: ", "))\(fields.isEmpty ? ":" : "")])"
    }

    private mutating func add(_ method: Interface.Method) throws(Failure) {
        let full = "\(interface.name).\(method.name)"
        let name = method.name.uncapitalizedOnce
        addChoices(method.parameters, method.name)
        var result = "Void"
        switch method.results.count {
        case 0: break
        case 1:
            addChoices(method.results, method.name)
            result = try type(of: method.results[0], method.name)
        default:
            result = method.name + "Reply"
            try addRecord(result, method.results, ["What `\(method.name)` replies."])
        }
        let isStream = Self.streams.contains(full)
        let arguments =
            [try self.arguments(method.parameters, method.name)].filter { !$0.isEmpty }
            + (isStream ? ["_ onReply: (\(result == "Void" ? "" : result)) throws -> Bool"] : [])
        lines += [""] + method.comment.map { "    /// \($0)" }
        if isStream { lines.append("    /// - Parameter onReply: is given each reply; false hangs up.") }
        lines.append(
            "    public func \(name)(\(arguments.joined(separator: ", "))) throws\(isStream ? "" : "(Failure)")"
                + (isStream || result == "Void" ? "" : " -> \(result)") + " {")
        lines += body(method, full, result, isStream).map { "        " + $0 } + ["    }"]
    }

    private func body(_ method: Interface.Method, _ full: String, _ result: String, _ isStream: Bool)
        -> [String]
    {
        let call = "\"\(full)\", \(object(method.parameters))"
        let read =
            switch method.results.count {
            case 0: ""
            case 1: "try reply.member(\"\(method.results[0].name)\")"
            default: "try \(result)(reply)"
            }
        if isStream {
            return [
                "try connection.stream(\(call)) { \(read.isEmpty ? "_" : "reply") in try onReply(\(read)) }"
            ]
        }
        return method.results.isEmpty
            ? ["_ = try connection.call(\(call))"]
            : ["let reply = try connection.call(\(call))", "return \(read)"]
    }
}

extension Interface.Shape {
    /// What a value is called; a choice is called by where it stands.
    func type(choice place: String) throws(Failure) -> String {
        switch self {
        case .bool: "Bool"
        case .int: "Int"
        case .string: "String"
        case .choice: place
        case .named(let name): name
        case .optional(let inner): try inner.type(choice: place) + "?"
        case .array(let inner): "[\(try inner.type(choice: place))]"
        case .dictionary(let inner): "[String: \(try inner.type(choice: place))]"
        case .object, .float, .record: throw unsupported(self, place)
        }
    }
}

extension [String] {
    /// The cases of an enum whose raw values are these words.
    var cases: String {
        map { $0.camelCase == $0 ? $0.quoted : "\($0.camelCase.quoted) = \"\($0)\"" }.joined(separator: ", ")
    }
}

extension Interface.Field {
    /// The name in Swift's manner.
    var swiftName: String { name.camelCase.quoted }
}

extension String {
    /// `Page` of `page`.
    var capitalizedOnce: String { prefix(1).uppercased() + dropFirst() }

    /// `readFile` of `ReadFile`.
    var uncapitalizedOnce: String { prefix(1).lowercased() + dropFirst() }

    /// `trimMemory` of `trim_memory`.
    var camelCase: String {
        let words = split(separator: "_").map(String.init)
        return (words.first ?? "") + words.dropFirst().map(\.capitalizedOnce).joined()
    }

    /// In backticks where Swift has another use for the word.
    var quoted: String {
        let taken: Set = [
            "default", "as", "in", "is", "internal", "public", "private", "operator", "repeat", "switch",
            "case", "class", "extension", "func", "self", "init", "protocol", "struct", "true", "false",
            "nil", "where", "while", "for", "if", "else", "return", "throw", "try", "import", "let", "var",
            "static", "enum", "do", "break", "continue",
        ]
        return taken.contains(self) ? "`\(self)`" : self
    }
}
