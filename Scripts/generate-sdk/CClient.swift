import Varlink
import YunCore

/// The part of `yun.h` that the interfaces decide: structs and enums, and tables of how JSON fits them.
struct CClient {
    private let interface: Interface
    private var declarations: [String] = []
    private var tables: [String] = []
    private var names: Set<String> = []

    /// `header` with what stands between its marks made anew.
    static func written(into header: String, _ interfaces: [Interface]) throws(Failure) -> String {
        var clients: [CClient] = []
        for interface in interfaces { clients.append(try CClient(interface)) }
        let lines = header.split(separator: "\n", omittingEmptySubsequences: false)
        let made = "made by `make sdk` from spec/varlink */"
        return try replaced(
            replaced(lines, between: made, clients.map(\.declarations)), between: "tables " + made,
            clients.map(\.tables)
        ).joined(separator: "\n")
    }

    private static func replaced(_ lines: [Substring], between mark: String, _ parts: [[String]])
        throws(Failure) -> [Substring]
    {
        guard let begin = lines.firstIndex(of: "/* BEGIN " + mark),
            let end = lines.firstIndex(of: "/* END " + mark), begin < end
        else { throw Failure(.usage, "the header has no place for what is \(mark)") }
        return lines[...begin] + parts.flatMap(\.self).map { Substring($0) } + lines[end...]
    }

    private init(_ interface: Interface) throws(Failure) {
        self.interface = interface
        declarations += ["", "/* ---- \(interface.name) ---- */"]
        for (name, shape) in interface.orderedTypes {
            guard case .record(let fields) = shape else { throw unsupported(shape, name) }
            let type = try record(
                name.snakeCase, fields, isSent: false, comment: interface.typeComments[name] ?? [])
            declarations += [
                "static inline bool \(type)_read(yun_json value, \(type) *result) {",
                "    return yun_read(value, &\(type)_record, result, NULL);", "}",
            ]
        }
        for method in interface.methods { try add(method) }
    }

    private func full(_ name: String) -> String { "yun_\(interface.label)_\(name)" }

    private mutating func add(_ method: Interface.Method) throws(Failure) {
        let name = method.name.snakeCase
        let parameters =
            try method.parameters.isEmpty
            ? nil : record(name + "_parameters", method.parameters, isSent: true)
        let reply = try method.results.isEmpty ? nil : record(name + "_reply", method.results, isSent: false)
        let function = try unique(full(name))
        let wanted =
            ["yun_client *client"] + (parameters.map { ["const \($0) *parameters"] } ?? [])
            + (reply.map { ["\($0) *reply"] } ?? [])
        declarations += Self.documentation(method.comment)
        declarations += [
            "extern const yun_method \(function)_method;",
            "static inline bool \(function)(\(wanted.joined(separator: ", "))) {",
            "    return yun_call(client, &\(function)_method, \(parameters == nil ? "NULL" : "parameters"), "
                + "\(reply == nil ? "NULL" : "reply"));",
            "}",
        ]
        tables += [
            "const yun_method \(function)_method = {\"\(interface.name).\(method.name)\", "
                + "\(parameters.map { "&\($0)_record" } ?? "&yun__nothing"), \(reply.map { "&\($0)_record" } ?? "&yun__nothing")};"
        ]
    }

    private static func documentation(_ comment: [String]) -> [String] {
        comment.isEmpty ? [""] : ["", "/* \(comment.joined(separator: "\n * ")) */"]
    }

    private mutating func unique(_ name: String) throws(Failure) -> String {
        guard names.insert(name).inserted else { throw Failure(.usage, "two things would be called \(name)") }
        return name
    }

    /// One member of a struct, and its line in the table.
    private struct Member {
        var declarations: [String]
        var shape: String
        var other: String
        var record = "NULL"
        var choices = "NULL"
    }

    private mutating func record(
        _ name: String, _ fields: [Interface.Field], isSent: Bool, comment: [String] = []
    ) throws(Failure) -> String {
        let type = try unique(full(name))
        var members: [String] = []
        var rows: [String] = []
        for field in fields {
            let (shape, isOptional) = field.shape.unwrapped
            let member = try member(field.name, shape, isOptional, of: name, isSent: isSent)
            members += member.declarations.map { "    " + $0 }
            rows.append(
                "    {\"\(field.name)\", YUN_SHAPE_\(member.shape), \(isOptional), offsetof(\(type), \(field.name)), "
                    + "offsetof(\(type), \(member.other)), \(member.record), \(member.choices)},")
        }
        declarations += Self.documentation(comment) + ["typedef struct \(type) {"] + members
        declarations += ["} \(type);", "extern const yun_record \(type)_record;"]
        tables += ["static const yun_field yun__\(type.dropFirst(4))_fields[] = {"] + rows + ["};"]
        tables += [
            "const yun_record \(type)_record = {sizeof(\(type)), \(fields.count), yun__\(type.dropFirst(4))_fields};"
        ]
        return type
    }

    private mutating func member(
        _ name: String, _ shape: Interface.Shape, _ isOptional: Bool, of owner: String, isSent: Bool
    ) throws(Failure) -> Member {
        let flag = isOptional ? ["bool has_\(name);"] : []
        let other = isOptional ? "has_\(name)" : name
        switch shape {
        case .bool: return Member(declarations: flag + ["bool \(name);"], shape: "BOOL", other: other)
        case .int: return Member(declarations: flag + ["int64_t \(name);"], shape: "INT", other: other)
        case .string:
            let note = isOptional ? " /* or NULL */" : ""
            return Member(declarations: ["const char *\(name);" + note], shape: "TEXT", other: name)
        case .choice(let choices):
            let prefix = "\(owner.droppingSuffix("_reply").droppingSuffix("_parameters"))_\(name)"
            let constants = try constants(full(prefix), choices)
            return Member(
                declarations: ["int \(name); /* \(constants.0), ... */"], shape: "CHOICE", other: name,
                choices: constants.names)
        case .named(let type):
            let type = full(type.snakeCase)
            return Member(
                declarations: flag + ["\(type) \(name);"], shape: "RECORD", other: other,
                record: "&\(type)_record")
        case .array(.named(let type)) where isSent && !isOptional:
            let type = full(type.snakeCase)
            return Member(
                declarations: ["const \(type) *\(name);", "size_t \(name)_count;"], shape: "ARRAY",
                other: name + "_count", record: "&\(type)_record")
        case .array where !isSent:
            return Member(declarations: flag + ["yun_json \(name);"], shape: "ARRAY", other: other)
        case .object where !isSent, .dictionary where !isSent:
            return Member(declarations: flag + ["yun_json \(name);"], shape: "JSON", other: other)
        default: throw unsupported(shape, "\(owner) \(name)")
        }
    }

    private mutating func constants(_ name: String, _ choices: [String]) throws(Failure) -> (
        String, names: String
    ) {
        let constants = choices.map { "\(name)_\($0)".uppercased() }
        let table = try unique("yun__\(name.dropFirst(4))_names")
        declarations += ["", "enum {", "    \(constants[0]) = 1,"]
        declarations += constants.dropFirst().map { "    \($0)," } + ["};"]
        let texts = choices.map { "\"\($0)\", " }.joined()
        tables.append("static const char *const \(table)[] = {\(texts)NULL};")
        return (constants[0], table)
    }
}

extension String {
    /// `read_file` of `ReadFile`.
    var snakeCase: String {
        var result = ""
        for character in self {
            if character.isUppercase && !result.isEmpty { result += "_" }
            result += character.lowercased()
        }
        return result
    }

    /// Without `suffix`, where it ends with that.
    func droppingSuffix(_ suffix: String) -> String {
        hasSuffix(suffix) ? String(dropLast(suffix.count)) : self
    }
}
