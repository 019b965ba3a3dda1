public import YunCore

/// What a permission opens in the sandbox itself. This table is the only place that says so (`spec/sandbox.md`,
/// Permissions); what is not in it is a service of the page manager's broker or does not exist.
public struct PermissionOpening: Sendable, Equatable {
    /// A socket of the user's session.
    public struct SessionSocket: Sendable, Equatable {
        /// Below `$XDG_RUNTIME_DIR`.
        public let name: String
        /// As the app sees it.
        public let path: String
        /// The variable that tells programs.
        public let variable: String
        /// What stands before the path in the variable.
        public let prefix: String

        func hostPath(in runtimeDirectory: String?) -> String? { runtimeDirectory.map { "\($0)/\(name)" } }
    }

    /// Device files or directories, at the same path inside.
    public let devices: [String]
    /// Sockets of the user's session.
    public let sockets: [SessionSocket]
    /// One line for people.
    public let words: String

    /// The table.
    public static func of(_ permission: Permission) -> PermissionOpening {
        switch permission {
        case .graphics:
            PermissionOpening(devices: ["/dev/dri"], sockets: [], words: "the graphics processor, /dev/dri")
        case .audio:
            PermissionOpening(
                devices: [],
                sockets: [
                    SessionSocket(
                        name: "pipewire-0", path: "/run/audio/pipewire-0", variable: "PIPEWIRE_REMOTE",
                        prefix: ""),
                    SessionSocket(
                        name: "pulse/native", path: "/run/audio/pulse", variable: "PULSE_SERVER",
                        prefix: "unix:"),
                ], words: "the sockets of the user's PipeWire and PulseAudio")
        case .camera:
            PermissionOpening(
                devices: (0..<16).map { "/dev/video\($0)" }, sockets: [], words: "cameras, /dev/video*")
        case .network:
            broker("requests to the declared hosts")
        case .location:
            broker("the phone's position")
        case .notification:
            broker("notifications")
        case .account:
            broker("tokens of the owner's account")
        case .storage:
            broker("the owner's files")
        }
    }

    private static func broker(_ what: String) -> PermissionOpening {
        PermissionOpening(devices: [], sockets: [], words: "nothing inside; the broker gives \(what)")
    }
}
