public import YunCore

/// What an interface file says (varlink.org, Interface Definition).
public struct Interface: Sendable, Equatable {
    /// The shape of a value.
    public indirect enum Shape: Sendable, Equatable {
        case bool
        case int
        case float
        case string
        /// Any JSON.
        case object
        /// One of these names.
        case choice([String])
        case record([Field])
        /// A type of the same interface.
        case named(String)
        case optional(Shape)
        case array(Shape)
        case dictionary(Shape)
    }

    /// One value of a record.
    public struct Field: Sendable, Equatable {
        /// Unique in its record.
        public let name: String
        /// What it holds.
        public let shape: Shape
    }

    /// What can be called.
    public struct Method: Sendable, Equatable {
        /// Without its interface.
        public let name: String
        /// What is asked.
        public let parameters: [Field]
        /// What is answered.
        public let results: [Field]
        /// The comment that stands before it, line by line.
        public let comment: [String]
    }

    /// A name of several labels, `com.yunos.page`.
    public let name: String
    /// The comment that stands before it, line by line.
    public let comment: [String]
    /// In the order of the file.
    public let methods: [Method]
    /// Records and choices that have a name.
    public let types: [String: Shape]
    /// The comments that stand before them, line by line.
    public let typeComments: [String: [String]]
    /// What an error carries.
    public let errors: [String: [Field]]

    /// Reads an interface file.
    public init(_ text: String) throws(Failure) {
        var parser = InterfaceParser(text)
        self = try parser.interface()
    }

    fileprivate init(
        name: String, comment: [String], methods: [Method], types: [String: Shape],
        typeComments: [String: [String]], errors: [String: [Field]]
    ) {
        self.name = name
        self.comment = comment
        self.methods = methods
        self.types = types
        self.typeComments = typeComments
        self.errors = errors
    }
}

/// Reads an interface file word by word.
struct InterfaceParser {
    private let lines: [Substring]
    private var words: [(text: Substring, line: Int)] = []
    private var comments: [Int: String] = [:]
    private var place = 0
    private var depth = 0

    init(_ text: String) {
        lines = text.split(omittingEmptySubsequences: false) {
            "\n\u{2028}\u{2029}".contains($0) || $0 == "\r\n"
        }
        for (number, line) in lines.enumerated() { read(line, number) }
    }

    private mutating func read(_ line: Substring, _ number: Int) {
        var rest = line
        while let first = rest.first {
            if first == "#" {
                var comment = rest.dropFirst()
                while comment.last == " " || comment.last == "\r" { comment.removeLast() }
                comments[number] = String(comment.first == " " ? comment.dropFirst() : comment)
                return
            }
            if first == " " || first == "\t" {
                rest = rest.dropFirst()
                continue
            }
            let count: Int
            if rest.hasPrefix("->") || rest.hasPrefix("[]") {
                count = 2
            } else if rest.hasPrefix("[string]") {
                count = 8
            } else {
                count = max(
                    1, rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) }.count)
            }
            words.append((rest.prefix(count), number))
            rest = rest.dropFirst(count)
        }
    }

    private var next: Substring? { place < words.count ? words[place].text : nil }

    private func failure(_ expected: String) -> Failure {
        let line = place < words.count ? words[place].line + 1 : lines.count
        return Failure(
            .usage,
            "line \(line) of the interface: \(expected) is missing before \(String(next ?? "the end").abbreviated(to: 100).escaped)"
        )
    }

    private mutating func take(_ word: String) throws(Failure) {
        guard next == Substring(word) else { throw failure(word) }
        place += 1
    }

    private mutating func takeIf(_ word: String) -> Bool {
        guard next == Substring(word) else { return false }
        place += 1
        return true
    }

    private mutating func name(_ what: String, where isAllowed: (Substring) -> Bool) throws(Failure) -> String
    {
        guard let word = next, isAllowed(word) else { throw failure(what) }
        place += 1
        return String(word)
    }

    private mutating func member() throws(Failure) -> String {
        try name("a name that begins with a capital") { word in
            word.first?.isUppercase == true && word.allSatisfy(\.isNamePart)
        }
    }

    private mutating func interfaceName() throws(Failure) -> String {
        try name("a name with dots") { word in
            let labels = word.split(separator: ".", omittingEmptySubsequences: false)
            return labels.count > 1
                && labels.allSatisfy { label in
                    label.first?.isNamePart == true && label.last?.isNamePart == true
                        && label.allSatisfy { $0.isNamePart || $0 == "-" }
                }
        }
    }

    mutating func interface() throws(Failure) -> Interface {
        try take("interface")
        let comment = commentBefore(words[0].line)
        let name = try interfaceName()
        var methods: [Interface.Method] = []
        var types: [String: Interface.Shape] = [:]
        var typeComments: [String: [String]] = [:]
        var errors: [String: [Interface.Field]] = [:]
        while next != nil {
            let comment = commentBefore(words[place].line)
            let place = place
            var isNew = true
            if takeIf("type") {
                let name = try member()
                isNew = types.updateValue(try braced(), forKey: name) == nil
                typeComments[name] = comment
            } else if takeIf("error") {
                let name = try member()
                isNew = errors.updateValue(try fields(), forKey: name) == nil
            } else {
                try take("method")
                let name = try member()
                isNew = !methods.contains { $0.name == name }
                let parameters = try fields()
                try take("->")
                methods.append(
                    Interface.Method(
                        name: name, parameters: parameters, results: try fields(), comment: comment))
            }
            if !isNew {
                self.place = place
                throw failure("another name")
            }
        }
        let interface = Interface(
            name: name, comment: comment, methods: methods, types: types, typeComments: typeComments,
            errors: errors)
        try checkNames(interface)
        return interface
    }

    private mutating func fields() throws(Failure) -> [Interface.Field] {
        guard case .record(let fields) = try braced() else { throw failure("a record") }
        return fields
    }

    private func commentBefore(_ line: Int) -> [String] {
        var first = line
        while comments[first - 1] != nil { first -= 1 }
        return (first..<line).compactMap { comments[$0] }
    }

    /// A record, or a choice where its first name has no type.
    private mutating func braced() throws(Failure) -> Interface.Shape {
        try take("(")
        if takeIf(")") { return .record([]) }
        let first = try fieldName()
        guard next == ":" else {
            var names = [first]
            while takeIf(",") { names.append(try fieldName()) }
            try take(")")
            return .choice(try unique(names))
        }
        var fields: [Interface.Field] = []
        var name = first
        while true {
            try take(":")
            fields.append(Interface.Field(name: name, shape: try shape()))
            if takeIf(")") { break }
            try take(",")
            name = try fieldName()
        }
        _ = try unique(fields.map(\.name))
        return .record(fields)
    }

    private func unique(_ names: [String]) throws(Failure) -> [String] {
        guard Set(names).count == names.count else { throw failure("another name") }
        return names
    }

    private mutating func fieldName() throws(Failure) -> String {
        try name("a name") { word in
            word.first?.isLetter == true && word.last != "_" && !word.contains("__")
                && word.allSatisfy { $0.isNamePart || $0 == "_" }
        }
    }

    /// Bounded, for each level takes from the stack, here and wherever a shape is gone through.
    private mutating func shape() throws(Failure) -> Interface.Shape {
        guard depth < 16 else { throw failure("less depth") }
        depth += 1
        defer { depth -= 1 }
        if takeIf("?") {
            let shape = try shape()
            guard case .optional = shape else { return .optional(shape) }
            throw failure("one question mark only")
        }
        if takeIf("[]") { return .array(try shape()) }
        if takeIf("[string]") { return .dictionary(try shape()) }
        if next == "(" { return try braced() }
        let plain: [Substring: Interface.Shape] = [
            "bool": .bool, "int": .int, "float": .float, "string": .string, "object": .object,
        ]
        if let word = next, let shape = plain[word] {
            place += 1
            return shape
        }
        return .named(try member())
    }

    /// Every type that is named exists.
    private func checkNames(_ interface: Interface) throws(Failure) {
        func check(_ shape: Interface.Shape) throws(Failure) {
            switch shape {
            case .named(let name):
                guard interface.types[name] != nil else {
                    throw Failure(.usage, "the interface \(interface.name) has no type \(name)")
                }
            case .optional(let inner), .array(let inner), .dictionary(let inner): try check(inner)
            case .record(let fields): for field in fields { try check(field.shape) }
            case .bool, .int, .float, .string, .object, .choice: break
            }
        }
        for shape in interface.types.values { try check(shape) }
        for fields in interface.errors.values { try check(.record(fields)) }
        for method in interface.methods {
            try check(.record(method.parameters))
            try check(.record(method.results))
        }
    }
}

extension Character {
    /// What names are made of, beside signs that only some have.
    fileprivate var isNamePart: Bool { isASCII && (isLetter || isNumber) }
}
