import Varlink
import YunCore

/// A file of `PageManagerInterface`: the types of an interface, a signature for each method, and the text that tells it
/// to whoever asks.
struct InterfaceTypes {
    private let interface: Interface
    private var lines: [String] = []

    /// Only the owner's programs call it, and what is below it; the others are for apps.
    private static let owner = "com.yunos.pagemanager"

    static func isOwners(_ interface: Interface) -> Bool {
        interface.name == owner || interface.name.hasPrefix(owner + ".")
    }

    /// All of them, and one of what they have in common.
    static func files(_ interfaces: [(Interface, text: String)]) throws(Failure) -> [(
        name: String, text: String
    )] {
        let shared = sharedTypes(interfaces.map(\.0))
        let labels = interfaces.map(\.0).filter { !isOwners($0) }.map(\.label.capitalizedOnce)
        var files = [
            (
                "Apps",
                [
                    "/// What apps call.", "public enum App {", "    /// The interface files.",
                    "    public static let texts = [\(labels.map { "\($0).text" }.joined(separator: ", "))]",
                    "}",
                ]
            )
        ]
        for name in shared.sorted() {
            guard let declaring = interfaces.first(where: { $0.0.types[name] != nil })?.0 else { continue }
            var types = InterfaceTypes(declaring)
            try types.addType(name)
            files[0].1 += types.lines
        }
        for (interface, text) in interfaces {
            let isOwner = isOwners(interface)
            let label = interface.label.capitalizedOnce
            let name = interface.name == owner ? "Owner" : isOwner ? "Owner\(label)" : label
            let body =
                try documentation(interface.comment, interface.name) + ["public enum \(name) {"]
                + Array(Self(interface, text, without: shared).lines.dropFirst()).indented + ["}"]
            files.append(
                (
                    name,
                    ["public import Varlink", ""]
                        + (isOwner ? body : ["extension App {"] + body.indented + ["}"])
                ))
        }
        let head = [
            "// Made by `make sdk` from spec/varlink; change it there.", "// swift-format-ignore-file", "",
        ]
        return files.map { ($0, (head + $1).joined(separator: "\n") + "\n") }
    }

    /// What several interfaces declare alike is one type.
    private static func sharedTypes(_ interfaces: [Interface]) -> Set<String> {
        var shared: Set<String> = []
        for interface in interfaces {
            for (name, shape) in interface.types
            where interfaces.contains(where: { $0 != interface && $0.types[name] == shape }) {
                shared.insert(name)
            }
        }
        return shared
    }

    private init(_ interface: Interface) { self.interface = interface }

    private init(_ interface: Interface, _ text: String, without shared: Set<String>) throws(Failure) {
        self.init(interface)
        for (name, _) in interface.orderedTypes where !shared.contains(name) { try addType(name) }
        for method in interface.methods { try add(method) }
        lines += ["", "/// The interface file.", "public static let text = #\"\"\""]
        lines +=
            (text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) + ["\"\"\"#"])
            .indented
    }

    private static func documentation(_ comment: [String], _ place: String) throws(Failure) -> [String] {
        guard !comment.isEmpty else {
            throw Failure(.usage, "\(place) has no comment", hint: "say before it what it is for")
        }
        return comment.map { $0.isEmpty ? "///" : "/// \($0)" }
    }

    private mutating func addType(_ name: String) throws(Failure) {
        let comment = try Self.documentation(interface.typeComments[name] ?? [], "\(interface.name).\(name)")
        switch interface.types[name] {
        case .record(let fields): try addRecord(name, fields, comment)
        case .choice(let choices): lines += [""] + comment + [Self.choice(name, choices)]
        case let shape: throw Failure(.usage, "\(name) is \(String(describing: shape)), no record or choice")
        }
    }

    private static func choice(_ name: String, _ choices: [String]) -> String {
        "public enum \(name): String, Codable, Sendable { case \(choices.cases) }"
    }

    private mutating func addRecord(
        _ name: String, _ fields: [Interface.Field], _ comment: [String], isOnlyRead: Bool = false
    ) throws(Failure) {
        var members: [String] = []
        for field in fields {
            guard case .choice(let choices) = field.shape.unwrapped.shape else { continue }
            members += [Self.choice(field.choiceName, choices)]
        }
        if !members.isEmpty { members.append("") }
        var arguments: [String] = []
        for field in fields {
            let type = try field.shape.type(choice: field.choiceName)
            members.append("public \(isOnlyRead ? "let" : "var") \(field.swiftName): \(type)")
            arguments.append(
                "\(field.swiftName): \(type)" + (field.shape.unwrapped.isOptional ? " = nil" : ""))
        }
        if !isOnlyRead {
            members += ["", "public init(\(arguments.joined(separator: ", "))) {"]
            members += fields.map { "    self.\($0.swiftName) = \($0.swiftName)" } + ["}"]
        }
        if fields.contains(where: { $0.name != $0.name.camelCase }) {
            members += [
                "", "private enum CodingKeys: String, CodingKey { case \(fields.map(\.name).cases) }",
            ]
        }
        let coding = isOnlyRead ? "Decodable" : "Codable"
        lines += [""] + comment + ["public struct \(name): \(coding), Sendable {"] + members.indented + ["}"]
    }

    private mutating func add(_ method: Interface.Method) throws(Failure) {
        let full = "\(interface.name).\(method.name)"
        var parts: [String] = []
        for (suffix, fields, isOnlyRead) in [
            ("Parameters", method.parameters, !Self.isOwners(interface)), ("Reply", method.results, false),
        ] {
            let name = fields.isEmpty ? "Nothing" : method.name + suffix
            parts.append(name)
            guard !fields.isEmpty else { continue }
            try addRecord(
                name, fields,
                ["/// \(suffix == "Reply" ? "A reply" : "The parameters") of `\(method.name)`."],
                isOnlyRead: isOnlyRead)
        }
        lines +=
            try [""] + Self.documentation(method.comment, full) + [
                "public static let \(method.name.uncapitalizedOnce.quoted) = "
                    + "MethodSignature<\(parts.joined(separator: ", "))>(\"\(full)\")"
            ]
    }
}

extension Interface.Field {
    /// What its values are called, if it has a choice of its own.
    fileprivate var choiceName: String { name.camelCase.capitalizedOnce }
}

extension [String] {
    /// Lines one step to the right.
    fileprivate var indented: [String] { map { $0.isEmpty ? $0 : "    " + $0 } }
}
