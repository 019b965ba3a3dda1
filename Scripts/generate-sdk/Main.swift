import Platform
import Varlink
import YunCore

/// Writes what our programs and the clients of `sdk` know of the interfaces: generate-sdk CHECKOUT
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
    static let programs = "Sources/PageManagerInterface"

    static func made(in checkout: String) throws -> [(path: String, text: String)] {
        let directory = "\(checkout)/spec/varlink"
        let interfaces = try AnchoredDirectory(at: directory).names().sorted().map { name in
            let text = try text(of: "\(directory)/\(name)")
            return (try Interface(text), text: text)
        }
        let forApps = interfaces.map(\.0).filter { !InterfaceTypes.isOwners($0) }
        let header = "sdk/c/yun.h"
        let clients = [
            (header, try CClient.written(into: text(of: "\(checkout)/\(header)"), forApps)),
            ("sdk/swift/Sources/Yun/Generated.swift", try SwiftClient.text(forApps)),
        ]
        return clients
            + (try InterfaceTypes.files(interfaces)).map {
                ("\(programs)/Generated\($0.name).swift", $0.text)
            }
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
