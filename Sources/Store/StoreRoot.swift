public import Platform
public import YunCore

/// A store on disk: `apps`, `data`, `cache`, `snapshots`, `staging`, `trust` and the registry, all on one file system
/// (`spec/store.md`).
public final class StoreRoot {
    /// The directory itself.
    public let directory: AnchoredDirectory
    /// Immutable releases, `DOMAIN/VERSIONCODE-DIGEST12`.
    public let apps: AnchoredDirectory
    /// What the apps keep: `DOMAIN/files` is theirs, and what else lies in `DOMAIN` no app can reach.
    public let data: AnchoredDirectory
    /// What the apps can make again, `DOMAIN`.
    public let cache: AnchoredDirectory
    /// Data as it was when its release was replaced, by names that the registry gives.
    public let snapshots: AnchoredDirectory
    /// What is not finished; emptied by recovery.
    public let staging: AnchoredDirectory
    /// Trusted keys.
    public let trust: AnchoredDirectory
    /// What is installed.
    public let registry: Registry

    /// Where the store lies unless `--root` or `YPKG_ROOT` say otherwise.
    public static func defaultPath(isRoot: Bool, environment: [String: String]) throws(Failure) -> String {
        if let path = environment["YPKG_ROOT"], !path.isEmpty { return path }
        if isRoot { return "/var/lib/ypkg" }
        if let path = environment["XDG_DATA_HOME"], path.hasPrefix("/") { return path + "/ypkg" }
        guard let home = environment["HOME"], home.hasPrefix("/") else {
            throw Failure(.usage, "cannot tell where the store is", hint: "set HOME, or give --root DIR")
        }
        return home + "/.local/share/ypkg"
    }

    /// Opens the store, made where missing.
    public init(path: String) throws(Failure) {
        _ = try AnchoredDirectory.make(at: path)
        // Programs that start elsewhere are told paths in here.
        directory = try AnchoredDirectory(at: AnchoredDirectory.resolvedPath(path))
        apps = try directory.makeDirectory("apps")
        data = try directory.makeDirectory("data")
        cache = try directory.makeDirectory("cache")
        snapshots = try directory.makeDirectory("snapshots", permissions: 0o700)
        staging = try directory.makeDirectory("staging", permissions: 0o700)
        trust = try directory.makeDirectory("trust")
        registry = try Registry(path: directory.path(of: "state.db"))
    }

    /// Waits until no other process changes the store.
    /// - Parameter announce: called once before waiting; `nil` fails at once instead.
    public func lock(announce: (() -> Void)?) throws(Failure) -> FileLock {
        if let lock = try directory.lock("lock", waiting: false) { return lock }
        guard let announce else {
            throw Failure(
                .storeBusy, "another ypkg is changing \(directory.path.escaped)", hint: "try again later")
        }
        announce()
        guard let lock = try directory.lock("lock", waiting: true) else {
            throw Failure(.storeBusy, "cannot lock \(directory.path.escaped)")
        }
        return lock
    }

    /// The directory below `data/DOMAIN` that is the app's `/data`.
    public static let filesName = "files"

    /// Where the files of an app lie that it can write itself.
    public func filesPath(of domain: Domain) -> String {
        data.path(of: "\(domain)/\(Self.filesName)")
    }

    /// The directory of an installed release.
    public func directory(of release: InstalledRelease) throws(Failure) -> AnchoredDirectory {
        try apps.directory(release.domain.name).directory(release.directoryName)
    }

    /// What apps leave of the free space when the broker writes for them: for updates, and for the owner's own.
    public static let reserveBytes = 32 << 20

    /// Room that is kept for the registry, so that an app can be removed when nothing else fits on the disk.
    private static let spare = (name: "spare", sizeBytes: 512 << 10)

    /// Keeps the room, as far as there is some.
    public func keepSpare() throws(Failure) {
        guard try directory.status(of: Self.spare.name)?.sizeBytes != Self.spare.sizeBytes else { return }
        try directory.remove(Self.spare.name)
        do throws(Failure) {
            try directory.open(Self.spare.name, .createNew(permissions: 0o600))
                .allocate(sizeBytes: Self.spare.sizeBytes)
        } catch  where error.code == .noSpace {
            try directory.remove(Self.spare.name)
        }
    }

    /// Runs a transaction that makes room, with the room that is kept where it does not fit otherwise.
    public func spendingSpare(_ body: () throws(Failure) -> Void) throws(Failure) {
        do throws(Failure) {
            try body()
        } catch  where error.code == .noSpace {
            try directory.remove(Self.spare.name)
            // What is freed may be used once its removal is on the disk.
            try directory.synchronize()
            try body()
        }
    }
}
