import Platform
import Varlink
import YunCore

/// Writes what the clients of `sdk` know of the interfaces: generate-sdk CHECKOUT
@main struct GenerateSDK {
    static func main() throws {
        let checkout = CommandLine.arguments.dropFirst().first ?? "."
        for file in try SDKFiles.made(in: checkout) {
            try OwnedDescriptor.open("\(checkout)/\(file.path)", .replace(permissions: 0o644))
                .write(Array(file.text.utf8))
        }
    }
}

/// What is made from `spec/varlink`.
enum SDKFiles {
    /// The interfaces that apps can call; the page manager's own is for the owner's programs.
    static let interfaces = ["device", "network", "notification", "page", "permission", "storage"]

    static func made(in checkout: String) throws -> [(path: String, text: String)] {
        let interfaces = try interfaces.map { name in
            try Interface(text(of: "\(checkout)/spec/varlink/com.yunos.\(name).varlink"))
        }
        let header = "sdk/c/yun.h"
        return [
            (header, try CClient.written(into: text(of: "\(checkout)/\(header)"), interfaces)),
            ("sdk/swift/Sources/Yun/Generated.swift", try SwiftClient.text(interfaces)),
        ]
    }

    private static func text(of path: String) throws -> String {
        String(
            decoding: try OwnedDescriptor.open(path, .read).readToEnd(limit: 1 << 20, describedAs: path),
            as: UTF8.self)
    }
}

extension Interface {
    /// `page` of `com.yunos.page`.
    var label: String { name.split(separator: ".").last.map(String.init) ?? name }

    /// The named types, each behind those that it is made of.
    var orderedTypes: [(name: String, shape: Shape)] {
        var ordered: [(name: String, shape: Shape)] = []
        func visit(_ name: String, _ path: [String]) {
            guard let shape = types[name], !path.contains(name), !ordered.contains(where: { $0.name == name })
            else { return }
            for used in shape.usedNames { visit(used, path + [name]) }
            ordered.append((name, shape))
        }
        for name in types.keys.sorted() { visit(name, []) }
        return ordered
    }
}

extension Interface.Shape {
    /// The types that it names.
    var usedNames: [String] {
        switch self {
        case .named(let name): [name]
        case .optional(let inner), .array(let inner), .dictionary(let inner): inner.usedNames
        case .record(let fields): fields.flatMap(\.shape.usedNames)
        case .bool, .int, .float, .string, .object, .choice: []
        }
    }

    /// What it holds if anything, and whether it may hold nothing.
    var unwrapped: (shape: Interface.Shape, isOptional: Bool) {
        if case .optional(let inner) = self { (inner, true) } else { (self, false) }
    }
}

/// What the clients have no form for yet.
func unsupported(_ shape: Interface.Shape, _ place: String) -> Failure {
    Failure(.usage, "\(place) is \(shape), which the clients have no form for", hint: "teach it to them")
}
