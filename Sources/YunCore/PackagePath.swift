@_spi(_Unicode) internal import Swift

/// A path inside a package: relative, `/` between its components, and nothing in it that could leave the package,
/// hide what it is, or mean two things on two file systems (`spec/package.md`, section Paths).
public struct PackagePath: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// As it stands in the index.
    public let text: String

    /// Checks the rules of a path; the error names the first that is broken.
    public init(_ text: String) throws(Failure) {
        if let reason = Self.fault(of: text) {
            throw Failure(
                .bundleEntry, "the path \(text.escaped.abbreviated(to: 120)) is not allowed: \(reason)",
                hint: "rename it and pack again")
        }
        self.text = text
    }

    private static func fault(of text: String) -> String? {
        guard !text.isEmpty else { return "it is empty" }
        guard text.utf8.count <= Limits.pathBytesMax else {
            return "it is longer than \(Limits.pathBytesMax) bytes"
        }
        guard text.utf8.first != slash else { return "it is absolute" }
        var depth = 0
        var rest: Substring.UTF8View? = text.utf8[...]
        while let path = rest {
            let component = path.prefix { $0 != slash }
            rest = component.endIndex < path.endIndex ? path[component.endIndex...].dropFirst() : nil
            depth += 1
            guard depth <= Limits.pathDepthMax else {
                return "it is deeper than \(Limits.pathDepthMax) directories"
            }
            guard !component.isEmpty else { return "a component is empty" }
            guard !component.elementsEqual(".".utf8), !component.elementsEqual("..".utf8) else {
                return "'.' and '..' cannot be components"
            }
            guard component.count <= Limits.pathComponentBytesMax else {
                return "a component is longer than \(Limits.pathComponentBytesMax) bytes"
            }
        }
        let isPlain = text.utf8.allSatisfy { (0x20..<0x7F).contains($0) }
        guard isPlain || !text.unicodeScalars.contains(where: \.isUnprintable) else {
            return "it has a control, bidirectional or invisible character"
        }
        return nil
    }

    /// The directory that the path lies in, or `nil` at the top.
    public var parent: PackagePath? {
        guard let end = text.utf8.lastIndex(of: slash) else { return nil }
        return PackagePath(unchecked: String(text[..<end]))
    }

    /// The last component.
    public var name: String {
        guard let end = text.utf8.lastIndex(of: slash) else { return text }
        return String(text[text.utf8.index(after: end)...])
    }

    private init(unchecked text: String) { self.text = text }

    /// Where a symlink at this path leads, or `nil` where that is outside the package or its top.
    ///
    /// `..` may only stand before all else: behind a name it would be taken from wherever that name leads, which may
    /// be a symlink to somewhere else.
    public func resolving(target: String) -> PackagePath? {
        // By bytes: to Swift, a slash before a combining mark is another character.
        var components = text.utf8.split(separator: slash).dropLast()
        var isClimbing = true
        for component in target.utf8.split(separator: slash, omittingEmptySubsequences: false) {
            if component.elementsEqual("..".utf8) {
                guard isClimbing, components.popLast() != nil else { return nil }
            } else {
                guard !component.isEmpty, !component.elementsEqual(".".utf8) else { return nil }
                isClimbing = false
                components.append(component)
            }
        }
        let resolved = components.map { String(Substring($0)) }.joined(separator: "/")
        return Self.fault(of: resolved) == nil ? PackagePath(unchecked: resolved) : nil
    }

    /// Equal for paths that a file system without case or with normalised names would take for one: strings are
    /// equal where their canonical decompositions are.
    public var collisionKey: String {
        guard text.utf8.allSatisfy({ $0 < 0x80 }) else {
            // Folding makes a letter of the iota below; so what stands around it must be in order before.
            return String(text._nfd.map(\.caseFolded).joined())
        }
        guard text.utf8.contains(where: \.isUppercaseLetter) else { return text }
        return text.lowercased()
    }

    /// The text; print it through ``Swift/StringProtocol/escaped``.
    public var description: String { text }

    /// Component by component, each by its bytes, so that a directory comes before what is in it and all of that
    /// before anything else.
    public static func < (left: PackagePath, right: PackagePath) -> Bool {
        left.text.utf8.lexicographicallyPrecedes(right.text.utf8) { first, second in
            (first == slash ? 0 : first) < (second == slash ? 0 : second)
        }
    }

    /// By bytes: names that only look or fold alike are two.
    public static func == (left: PackagePath, right: PackagePath) -> Bool {
        left.text.utf8.count == right.text.utf8.count && left.text.utf8.elementsEqual(right.text.utf8)
    }

    /// Agrees with `==`.
    public func hash(into hasher: inout Hasher) {
        for byte in text.utf8 { hasher.combine(byte) }
    }
}

private let slash = UInt8(ascii: "/")

extension Unicode.Scalar {
    /// The scalar's full case folding, or what folds to the same and to nothing else. Down first: the capital sharp s
    /// has no upper case but a lower one, whose upper case is SS. The dotless i is no other letter's fold.
    fileprivate var caseFolded: String {
        guard value != 0x131 else { return String(self) }
        return properties.lowercaseMapping.uppercased().lowercased()
    }
}
