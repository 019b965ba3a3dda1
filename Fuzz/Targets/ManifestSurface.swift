internal import Manifest
internal import YunCore

/// `manifest.json`.
enum ManifestSurface {
    static func run(_ bytes: [UInt8]) throws(Violation) -> Bool {
        let (manifest, diagnostics) = Manifest.decode(bytes)
        try require((manifest == nil) != diagnostics.isEmpty, "neither a manifest nor a mistake, or both")
        try checkPlaces(diagnostics, bytes)
        try require(StrictJSON.accepts(bytes) || diagnostics.count == 1, "this is not JSON")
        try require(Manifest.decode(bytes).diagnostics == diagnostics, "read again, the mistakes are others")
        let again = try attempt([.manifestInvalid]) { () throws(Failure) in
            try Manifest(bytes, describedAs: "manifest.json")
        }
        try require(again == manifest, "read again, the manifest is another")
        guard let manifest else { return false }
        try checkContents(manifest, bytes)
        return true
    }

    /// M-3: in order, and somewhere in the text.
    private static func checkPlaces(_ diagnostics: [Diagnostic], _ bytes: [UInt8]) throws(Violation) {
        let lines = bytes.pieces("\n")
        var previous = SourcePosition?.none
        for diagnostic in diagnostics {
            let position = diagnostic.position
            try checkPrintable(diagnostic.message)
            try checkPrintable(diagnostic.remedy)
            try require(previous.map { $0 <= position } ?? true, "the mistakes are not in order")
            previous = position
            try require((1...lines.count).contains(position.line), "line \(position.line) is not there")
            let columns = 1...lines[position.line - 1].text.unicodeScalars.count + 1
            try require(columns.contains(position.column), "column \(position.column) is not there")
        }
    }

    private static func checkContents(_ manifest: Manifest, _ bytes: [UInt8]) throws(Violation) {
        try require((1...Limits.pagesMax).contains(manifest.pages.count), "the number of pages")
        try require(manifest.hosts.count <= Limits.hostsMax, "the number of hosts")
        try require(!manifest.files.isEmpty, "there are no files")
        let mains = manifest.pages.count { $0.isMain }
        try require(
            mains == 1 || mains == 0 && manifest.pages.allSatisfy { $0.kind == .service }, "main pages")
        try require(Set(manifest.pages.map(\.uri)).count == manifest.pages.count, "a page stands twice")
        try require(manifest.pages.allSatisfy { $0.uri.domain == manifest.domain }, "another domain's page")
        let permissions = manifest.permissions.map(\.permission)
        try require(Set(permissions).count == permissions.count, "a permission stands twice")
        try require(manifest.hosts.isEmpty || permissions.contains(.network), "hosts without the network")
        try require(
            manifest.developmentHosts.isEmpty || permissions.contains(.network),
            "a developer's hosts without the network")
        let follows = manifest.pages.contains { $0.background.contains(.location) }
        try require(!follows || permissions.contains(.location), "a page follows the location without asking")
        try require(
            manifest.pages.allSatisfy { Set($0.background).count == $0.background.count },
            "a reason stands twice")
        for permission in permissions where !bytes.contains(UInt8(ascii: "\\")) {
            try require(bytes.contains(permission.fullName.utf8), "\(permission) is not in the text")
        }
        let deep = try attempt([]) { () throws(Failure) in
            try PackagePath([String](repeating: "a", count: Limits.pathDepthMax).joined(separator: "/"))
        }
        for pattern in manifest.files {
            for path in manifest.referencedPaths + [deep].compactMap(\.self) {
                let matches = pattern.matches(path.text)
                let mayMatch = path.parent.map { pattern.mayMatch(below: $0.text) } ?? true
                try require(mayMatch || !matches, "\(pattern.text.escaped) matches where it may not")
            }
        }
    }
}

/// RFC 8259 and nothing else, apart from the parser that is tried: whether a text is JSON, to a depth of 64.
struct StrictJSON {
    private var rest: ArraySlice<UInt8>

    static func accepts(_ bytes: [UInt8]) -> Bool {
        guard String(validating: bytes, as: UTF8.self) != nil else { return false }
        var json = StrictJSON(rest: bytes[...])
        guard json.value(depth: 0) else { return false }
        return json.rest.isEmpty
    }

    private mutating func take(_ byte: Unicode.Scalar) -> Bool {
        guard let first = rest.first, UInt32(first) == byte.value else { return false }
        rest = rest.dropFirst()
        return true
    }

    private mutating func take(_ word: String) -> Bool {
        guard rest.starts(with: word.utf8) else { return false }
        rest = rest.dropFirst(word.utf8.count)
        return true
    }

    private mutating func space() {
        rest = rest.drop { " \t\r\n".utf8.contains($0) }
    }

    private mutating func value(depth: Int) -> Bool {
        guard depth <= 64 else { return false }
        space()
        defer { space() }
        switch rest.first.map({ Unicode.Scalar($0) }) {
        case "{":
            return list("{", "}") { json in
                json.space()
                guard json.string() else { return false }
                json.space()
                return json.take(":") && json.value(depth: depth + 1)
            }
        case "[": return list("[", "]") { $0.value(depth: depth + 1) }
        case "\"": return string()
        case "t": return take("true")
        case "f": return take("false")
        case "n": return take("null")
        default: return number()
        }
    }

    private mutating func list(
        _ open: Unicode.Scalar, _ close: Unicode.Scalar, _ element: (inout StrictJSON) -> Bool
    ) -> Bool {
        guard take(open) else { return false }
        space()
        if take(close) { return true }
        repeat {
            guard element(&self) else { return false }
            space()
        } while take(",")
        return take(close)
    }

    private mutating func string() -> Bool {
        guard take("\"") else { return false }
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "\""): return true
            case UInt8(ascii: "\\"):
                guard let escape = rest.popFirst() else { return false }
                if escape == UInt8(ascii: "u") {
                    guard rest.count >= 4,
                        rest.prefix(4).allSatisfy({ Unicode.Scalar($0).properties.isASCIIHexDigit })
                    else { return false }
                    rest = rest.dropFirst(4)
                } else if !"\"\\/bfnrt".utf8.contains(escape) {
                    return false
                }
            case ..<0x20: return false
            default: break
            }
        }
        return false
    }

    private mutating func digits() -> Int {
        let count = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }.count
        rest = rest.dropFirst(count)
        return count
    }

    private mutating func number() -> Bool {
        _ = take("-")
        let startsWithZero = rest.first == UInt8(ascii: "0")
        let whole = digits()
        guard whole == 1 || whole > 1 && !startsWithZero else { return false }
        if take("."), digits() == 0 { return false }
        guard take("e") || take("E") else { return true }
        if !take("+") { _ = take("-") }
        return digits() > 0
    }
}
