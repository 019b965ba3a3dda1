internal import Varlink
internal import YunCore

/// `*.varlink` files.
enum InterfaceSurface {
    static func run(_ bytes: [UInt8]) throws(Violation) -> Bool {
        guard bytes.count <= 64 << 10,
            let interface = try attempt([.usage], { () throws(Failure) in try Interface(bytes.text) })
        else { return false }
        let again = try attempt([]) { () throws(Failure) in try Interface(text(of: interface)) }
        try require(again == interface, "written again, the interface is another")
        try checkNames(interface)
        return true
    }

    /// varlink.org, Interface Definition: all names are of ASCII letters and digits.
    private static func checkNames(_ interface: Interface) throws(Violation) {
        for name in interface.methods.map(\.name) + interface.types.keys + interface.errors.keys {
            let isName = name.utf8.first.map { (0x41...0x5A).contains($0) } ?? false
            try require(isName && name.utf8.allSatisfy(isLetterOrDigit), "\(name.escaped) is no name")
        }
        let labels = Array(interface.name.utf8).pieces(".")
        for label in labels {
            let isLabel = label.allSatisfy { isLetterOrDigit($0) || $0 == UInt8(ascii: "-") }
            try require(
                isLabel && label.first.map(isLetterOrDigit) == true
                    && label.last.map(isLetterOrDigit) == true,
                "\(interface.name.escaped) is no name")
        }
        try require(labels.count > 1, "an interface of one label")
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (0x61...0x7A).contains(byte | 0x20) || (0x30...0x39).contains(byte)
    }

    private static func text(of interface: Interface) -> String {
        func comment(_ lines: [String]?) -> [String] { (lines ?? []).map { "# \($0)" } }
        var lines = comment(interface.comment) + ["interface \(interface.name)"]
        for (name, shape) in interface.types {
            lines += comment(interface.typeComments[name]) + ["type \(name) \(text(of: shape))"]
        }
        for (name, fields) in interface.errors { lines.append("error \(name) \(text(of: .record(fields)))") }
        for method in interface.methods {
            lines += comment(method.comment)
            lines.append(
                "method \(method.name) \(text(of: .record(method.parameters))) -> \(text(of: .record(method.results)))"
            )
        }
        return lines.joined(separator: "\n")
    }

    private static func text(of shape: Interface.Shape) -> String {
        switch shape {
        case .bool: "bool"
        case .int: "int"
        case .float: "float"
        case .string: "string"
        case .object: "object"
        case .choice(let names): "(\(names.joined(separator: ", ")))"
        case .record(let fields):
            "(\(fields.map { "\($0.name): \(text(of: $0.shape))" }.joined(separator: ", ")))"
        case .named(let name): name
        case .optional(let inner): "?" + text(of: inner)
        case .array(let inner): "[]" + text(of: inner)
        case .dictionary(let inner): "[string]" + text(of: inner)
        }
    }
}
