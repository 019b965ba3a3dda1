/// An app's identity: a DNS-style name such as `mobile.taobao.com`. It also names the app's directories, so the
/// grammar leaves no room for separators, dots at the edge or case (`spec/conventions.md`, C-1).
public struct Domain: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// As the manifest spells it, which is the only spelling.
    public let name: String

    /// - Parameter name: 2 to 8 labels of `[a-z0-9-]`, each 1 to 63 bytes, no `-` at a label's edge, the last
    ///   label not all digits; 253 bytes in all.
    public init(_ name: String) throws(Failure) {
        guard let reason = Self.fault(of: name) else {
            self.name = name
            return
        }
        throw Failure(
            .manifestInvalid, "\(name.escaped) is not a domain: \(reason)",
            hint: "use a name such as notes.example.com")
    }

    /// Before the domain in the names that a desktop knows an app by: of its entry, its icon and its windows. No other
    /// desktop's begin so: whatever domain an app takes, it stands for nothing that was not installed with us.
    public static let desktopPrefix = "ypkg."

    /// What a desktop knows the app by.
    public var desktopName: String { Self.desktopPrefix + name }

    /// Whether `name` can be a domain.
    public static func isName(_ name: String) -> Bool { fault(of: name) == nil }

    private static func fault(of name: String) -> String? {
        guard name.utf8.count <= 253 else { return "it is longer than 253 bytes" }
        let labels = name.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard (2...8).contains(labels.count) else { return "it needs 2 to 8 labels with dots between them" }
        for label in labels {
            guard (1...63).contains(label.count) else { return "a label needs 1 to 63 characters" }
            guard label.allSatisfy(\.isDomainByte) else { return "only a-z, 0-9 and - are allowed" }
            guard label.first != UInt8(ascii: "-"), label.last != UInt8(ascii: "-") else {
                return "a label cannot begin or end with -"
            }
        }
        guard labels.last?.allSatisfy(\.isDigit) == false else { return "the last label cannot be a number" }
        return nil
    }

    /// The labels that may stand for this app on a command line, `mobile` and `taobao` of `mobile.taobao.com`.
    public var aliases: [String] { name.split(separator: ".").dropLast().map(String.init) }

    /// The name.
    public var description: String { name }

    /// By the bytes of the name.
    public static func < (left: Domain, right: Domain) -> Bool { left.name < right.name }
}

extension UInt8 {
    package var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
    package var isLowercaseLetter: Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self) }
    package var isUppercaseLetter: Bool { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self) }
    package var isDomainByte: Bool { isDigit || isLowercaseLetter || self == UInt8(ascii: "-") }
}
