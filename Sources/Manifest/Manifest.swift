public import YunCore

/// What an app says of itself (`spec/manifest.md`). A value of this type has passed every rule that can be
/// checked without the package's files.
public struct Manifest: Sendable, Equatable {
    /// The identity.
    public let domain: Domain
    /// The app's name for people.
    public let title: LocalizedText
    /// The release's name for people.
    public let version: VersionName
    /// What orders releases.
    public let versionCode: VersionCode
    /// The lowest platform level that the app runs on.
    public let useSDK: Int
    /// What the app asks for, in the order of the manifest.
    public let permissions: [PermissionRequest]
    /// The hosts that the app may reach through the broker.
    public let hosts: [HostPattern]
    /// At least one; the main page is among them unless all are services.
    public let pages: [Page]
    /// Which files of the source directory are packed.
    public let files: [FilePattern]
    /// Where the texts of `files`, `content_path` and `icon` stand.
    public let places: Places

    /// Where parts of the manifest stand that only its directory can prove wrong.
    public struct Places: Sendable, Equatable {
        /// Of `files`, in its order.
        public var files: [SourcePosition] = []
        /// Of each page's `content_path` and, where there is one, `icon`.
        public var pages: [(content: SourcePosition, icon: SourcePosition?)] = []

        /// The places of two copies of one manifest are the same; of others they do not matter.
        public static func == (left: Places, right: Places) -> Bool { left.files == right.files }
    }

    /// The platform level of this release of Yun.
    public static let currentSDK = 1
    /// The name of the member and of the source file.
    public static let fileName = "manifest.json"

    /// The page that opens when none is named.
    public var mainPage: Page? { pages.first(where: \.isMain) }

    /// The page of that name.
    public func page(named name: String) -> Page? { pages.first { $0.uri.name == name } }

    /// Every path of the package that a page needs.
    public var referencedPaths: [PackagePath] {
        pages.flatMap { [$0.contentPath] + [$0.icon].compactMap(\.self) }
    }
}

/// A permission and why the app wants it.
public struct PermissionRequest: Sendable, Equatable {
    /// What is asked for.
    public let permission: Permission
    /// The app's own words.
    public let reason: LocalizedText
}

/// One addressable part of an app.
public struct Page: Sendable, Equatable {
    /// What runs behind a page.
    public enum Kind: String, Sendable, CaseIterable {
        case web, native, service
    }

    /// How a page wants to be shown.
    public enum Orientation: String, Sendable, CaseIterable {
        case portrait, landscape, any
    }

    /// `page://DOMAIN/NAME`.
    public let uri: PageURI
    /// What runs behind it.
    public let kind: Kind
    /// The document or program.
    public let contentPath: PackagePath
    /// Whether it opens when no page is named.
    public let isMain: Bool
    /// The page's name for people.
    public let title: LocalizedText
    /// A picture for launchers.
    public let icon: PackagePath?
    /// How it wants to be shown.
    public let orientation: Orientation
    /// The link events that it takes.
    public let events: [String]
}

/// A host that an app may reach: an exact name, or `*.` before a name for everything below it.
public struct HostPattern: Sendable, Hashable, CustomStringConvertible {
    /// As the manifest spells it.
    public let text: String

    /// Checks the rules of host names; addresses are refused, since no certificate vouches for them.
    public init(_ text: String) throws(Failure) {
        let name = text.hasPrefix("*.") ? String(text.dropFirst(2)) : text
        _ = try Domain(name)
        self.text = text
    }

    /// The text.
    public var description: String { text }

    /// Whether a lower-case host name is meant.
    public func matches(_ host: String) -> Bool {
        text.hasPrefix("*.") ? host.hasSuffix(text.dropFirst(1)) : host == text
    }
}

/// Which files are packed: a path in which `*` stands for any part of one component and `**` for any number of
/// components. All is compared by bytes, as paths are.
public struct FilePattern: Sendable, Hashable, CustomStringConvertible {
    /// As the manifest spells it.
    public let text: String
    private let components: [ArraySlice<UInt8>]

    /// Checks that the pattern has the shape of a path inside the package.
    public init(_ text: String) throws(Failure) {
        _ = try PackagePath(text)
        self.text = text
        components = Self.components(of: text)
    }

    private static func components(of text: String) -> [ArraySlice<UInt8>] {
        Array(text.utf8).split(separator: UInt8(ascii: "/"))
    }

    /// The text.
    public var description: String { text }

    /// Whether a file at `path` is meant, be it a path that a package can hold or not.
    public func matches(_ path: String) -> Bool {
        let names = Self.components(of: path)
        // For each number of the path's first components, whether the pattern's first components match them.
        var reached = [true] + [Bool](repeating: false, count: names.count)
        for (place, pattern) in components.enumerated() {
            var following = [Bool](repeating: false, count: names.count + 1)
            if Self.isAnything(pattern) {
                // At the end it stands for everything below, so for one component at least.
                let isLast = place == components.count - 1
                for end in isLast ? 1..<names.count + 1 : 0..<names.count + 1 {
                    following[end] = reached[..<(isLast ? end : end + 1)].contains(true)
                }
            } else {
                for end in 1..<names.count + 1 where reached[end - 1] {
                    following[end] = Self.match(pattern, names[end - 1])
                }
            }
            reached = following
        }
        return reached[names.count]
    }

    /// Whether something below the directory `path` can be meant.
    public func mayMatch(below path: String) -> Bool {
        for (pattern, name) in zip(components, Self.components(of: path)) {
            if Self.isAnything(pattern) { return true }
            guard Self.match(pattern, name) else { return false }
        }
        return true
    }

    private static func isAnything(_ pattern: ArraySlice<UInt8>) -> Bool { pattern.elementsEqual("**".utf8) }

    private static func match(_ pattern: ArraySlice<UInt8>, _ name: ArraySlice<UInt8>) -> Bool {
        let pieces = pattern.split(separator: UInt8(ascii: "*"), omittingEmptySubsequences: false)
        guard pieces.count > 1, let head = pieces.first, let tail = pieces.last else {
            return pattern == name
        }
        guard name.starts(with: head), name.suffix(tail.count) == tail, name.count >= head.count + tail.count
        else { return false }
        var rest = name.dropFirst(head.count).dropLast(tail.count)
        for piece in pieces.dropFirst().dropLast() where !piece.isEmpty {
            guard let found = rest.firstRange(of: piece) else { return false }
            rest = rest[found.upperBound...]
        }
        return true
    }

    /// By the bytes of the text.
    public static func == (left: FilePattern, right: FilePattern) -> Bool {
        left.components == right.components
    }

    /// Agrees with `==`.
    public func hash(into hasher: inout Hasher) { hasher.combine(components) }
}
