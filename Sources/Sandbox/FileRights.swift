/// Landlock's file rights, with the kernel's numbers (`linux/landlock.h`).
public struct FileRights: OptionSet, Sendable, Hashable {
    /// LANDLOCK_ACCESS_FS_* bits.
    public let rawValue: UInt64

    /// Bits as the kernel counts them.
    public init(rawValue: UInt64) { self.rawValue = rawValue }

    static let execute = FileRights(rawValue: 1 << 0)
    static let writeFile = FileRights(rawValue: 1 << 1)
    static let readFile = FileRights(rawValue: 1 << 2)
    static let readDirectory = FileRights(rawValue: 1 << 3)
    static let removeDirectory = FileRights(rawValue: 1 << 4)
    static let removeFile = FileRights(rawValue: 1 << 5)
    static let makeDirectory = FileRights(rawValue: 1 << 7)
    static let makeFile = FileRights(rawValue: 1 << 8)
    static let makeSocket = FileRights(rawValue: 1 << 9)
    static let makeFIFO = FileRights(rawValue: 1 << 10)
    static let makeSymlink = FileRights(rawValue: 1 << 12)
    static let rename = FileRights(rawValue: 1 << 13)
    static let truncate = FileRights(rawValue: 1 << 14)
    static let controlDevice = FileRights(rawValue: 1 << 15)

    static let read: FileRights = [.readFile, .readDirectory]
    /// Everything that can be done to own files, apart from running them and making devices.
    static let own: FileRights = [
        .read, .writeFile, .removeDirectory, .removeFile, .makeDirectory, .makeFile, .makeSocket, .makeFIFO,
        .makeSymlink, .rename, .truncate,
    ]
    static let device: FileRights = [.read, .writeFile, .controlDevice]
}

/// Rights below one path of the sandbox.
public struct FileRule: Sendable, Equatable {
    /// Absolute, as the app sees it.
    public let path: String
    /// What may be done there, and below.
    public let rights: FileRights
}
