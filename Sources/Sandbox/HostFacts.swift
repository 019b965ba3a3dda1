internal import CLinux
internal import Glibc
internal import Platform
public import YunCore

/// What the plan must know of this machine. Gathered in one place, so that the plan itself is a pure function and
/// tests can plan for machines that they do not have.
public struct HostFacts: Sendable {
    /// What lies at a path of the host.
    public enum Entry: Sendable, Equatable {
        case file
        case directory
        /// A link with its text.
        case symlink(String)
        /// A device or a socket.
        case special
    }

    /// The caller's effective ids.
    public var user: UInt32
    /// The caller's effective group.
    public var group: UInt32
    /// Those of ``candidates`` and of the devices and sockets in ``PermissionTerms`` that exist.
    public var entries: [String: Entry]
    /// `$XDG_RUNTIME_DIR`, where the user's audio sockets lie.
    public var runtimeDirectory: String?
    /// How processes can be grouped here.
    public var cgroups: CgroupLayout
    /// All memory of the machine; `nil` where nobody knows.
    public var memoryBytes: Int?

    /// Facts as given, for tests.
    public init(
        user: UInt32, group: UInt32, entries: [String: Entry], runtimeDirectory: String? = nil,
        cgroups: CgroupLayout = .none, memoryBytes: Int? = nil
    ) {
        self.user = user
        self.group = group
        self.entries = entries
        self.runtimeDirectory = runtimeDirectory
        self.cgroups = cgroups
        self.memoryBytes = memoryBytes
    }

    /// Looks at the machine.
    /// - Parameters:
    ///   - cgroups: where they are known already; finding them takes half of the time.
    ///   - permissions: those whose devices and sockets are of interest.
    public static func gather(
        runtimeDirectory: String?, cgroups: CgroupLayout? = nil,
        permissions: some Collection<Permission> = Permission.allCases
    ) throws(Failure) -> HostFacts {
        let layout = if let cgroups { cgroups } else { try CgroupLayout.find() }
        var facts = HostFacts(
            user: geteuid(), group: getegid(), entries: [:], runtimeDirectory: runtimeDirectory,
            cgroups: layout, memoryBytes: MachineMemory.totalBytes)
        var paths = candidates
        for permission in permissions {
            let opening = permission.terms.opening
            paths += opening.devices + opening.sockets.compactMap { $0.hostPath(in: runtimeDirectory) }
        }
        for path in paths {
            if let entry = try entry(at: path) { facts.entries[path] = entry }
        }
        return facts
    }

    private static func entry(at path: String) throws(Failure) -> Entry? {
        var status = yun_status()
        guard unsafe yun_status_at(AT_FDCWD, path, &status) == 0 else {
            // What cannot be reached cannot be mounted either.
            guard [ENOENT, ENOTDIR, EACCES].contains(errno) else {
                throw .system("cannot examine \(path.escaped)", code: .unavailable)
            }
            return nil
        }
        switch status.kind {
        case YUN_KIND_FILE: return .file
        case YUN_KIND_DIRECTORY: return .directory
        case YUN_KIND_SYMLINK: return .symlink(try linkText(path))
        default: return .special
        }
    }

    private static func linkText(_ path: String) throws(Failure) -> String {
        var count = -1
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: 4096) { buffer, initialized in
            unsafe buffer.withMemoryRebound(to: CChar.self) { text in
                if let start = text.baseAddress { count = unsafe readlink(path, start, text.count) }
            }
            initialized = max(0, count)
        }
        guard count >= 0 else { throw .system("cannot read the link \(path.escaped)", code: .unavailable) }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Host paths that every app may read where they exist: the system's programs and libraries, and the few
    /// files of `/etc` that they need. Nothing that tells about the owner, such as which authorities he trusts, and no
    /// secrets. TLS is the broker's.
    public static let candidates = [
        "/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32",
        "/etc/alternatives", "/etc/fonts", "/etc/gtk-3.0", "/etc/ld.so.cache", "/etc/localtime",
        "/etc/mime.types",
    ]
}
