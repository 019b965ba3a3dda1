/// What an app may ask for beyond its own files, `NAME.permission.yunos.com` (`spec/permissions.md`).
public enum Permission: String, Sendable, CaseIterable, Comparable {
    case network = "NETWORK"
    case audio = "AUDIO"
    case graphics = "GRAPHICS"
    case camera = "CAMERA"
    case location = "LOCATION"
    case notification = "NOTIFICATION"
    case account = "ACCOUNT"
    case storage = "STORAGE"
    case packages = "PACKAGES"

    /// The end of every permission's full name.
    public static let suffix = ".permission.yunos.com"

    /// The manifest's spelling.
    public var fullName: String { rawValue + Self.suffix }

    /// - Parameter fullName: the manifest's spelling, `NETWORK.permission.yunos.com`.
    public init?(fullName: String) {
        // By bytes: a string with a Kelvin sign equals one with a K.
        let known = Self.allCases.first { $0.fullName.utf8.elementsEqual(fullName.utf8) }
        guard let known else { return nil }
        self = known
    }

    /// By name.
    public static func < (left: Permission, right: Permission) -> Bool { left.rawValue < right.rawValue }
}
