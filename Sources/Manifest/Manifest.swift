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
    /// Hosts of a developer's own network; they count only for a release that a developer's key vouches for.
    public let developmentHosts: [DevelopmentHost]
    /// What the app says is enough for it; the device's own limits hold besides.
    public let wishes: ResourceWishes
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

/// What an app says is enough for it, `nil` where it does not say (`domain.limits`, `domain.storage`).
public struct ResourceWishes: Sendable, Equatable {
    /// Memory of all its processes together.
    public var memoryMiB: Int?
    /// How many processes and threads.
    public var processes: Int?
    /// What it keeps in its storage.
    public var storageMiB: Int?

    /// What `memoryMiB` may be.
    public static let memoryMiBRange = 16...65_536
    /// What `processes` may be.
    public static let processesRange = 1...4096
    /// What `storageMiB` may be.
    public static let storageMiBRange = 1...65_536

    /// No wishes.
    public init() {}
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

    /// How many of a page may run at once.
    public enum Instances: String, Sendable, CaseIterable {
        case single, multiple
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
    /// Whether a link opens the page that runs already or another one.
    public let instances: Instances
    /// For what it may go on running while it is hidden, in the order of the manifest.
    public let background: [BackgroundReason]
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
