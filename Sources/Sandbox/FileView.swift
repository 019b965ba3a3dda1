internal import YunCore

/// What the app's files look like from inside, to tell a path that the sandbox keeps away from one that is not there.
/// Decided from the plan and from names that were read before: no path of the app's is ever looked at.
struct FileView: Sendable {
    /// Something that an app wants with a path.
    struct Access {
        enum Intent { case read, write, execute }

        var verb: String
        var path: String
        var intent = Intent.read
    }

    private let operations: [String: Plan.Operation]
    private let permissions: Set<Permission>
    private let host: HostNames

    init(_ plan: Plan, host: HostNames) {
        operations = Dictionary(plan.operations.map { ($0.path, $0) }) { _, last in last }
        permissions = plan.permissions
        self.host = host
    }

    /// What runtime libraries and shells look for in every program; nobody learns from reading it.
    private static let quiet = [
        "/dev/pts", "/dev/tty", "/etc/bash.bashrc", "/etc/gai.conf", "/etc/host.conf", "/etc/inputrc",
        "/etc/ld.so.preload", "/etc/machine-id", "/etc/profile", "/etc/resolv.conf", "/etc/selinux",
        "/etc/services", "/etc/terminfo", "/run/nscd", "/run/systemd", "/run/utmp", "/sys/devices/system",
        "/sys/fs/cgroup", "/sys/fs/selinux", "/sys/kernel/mm", "/var/lib/dbus/machine-id", "/var/mail",
        "/var/spool/mail",
    ]

    /// What the kernel shows of a process only to those who may look into it.
    private static let guarded: Set<Substring> = [
        "auxv", "cwd", "environ", "exe", "fd", "fdinfo", "io", "map_files", "maps", "mem", "ns", "pagemap",
        "root", "smaps", "smaps_rollup", "stack", "syscall",
    ]

    /// One line about an access that will fail, or `nil` where it will not, or where nothing is there.
    func words(for access: Access) -> String? {
        guard let path = resolve(access.path), let reason = reason(access.intent, path) else { return nil }
        let purpose = access.verb == "open" && access.intent == .write ? " for writing" : ""
        return "\(access.verb) \(access.path.abbreviated(to: 200).escaped)\(purpose) denied: \(reason)"
    }

    private func reason(_ intent: Access.Intent, _ path: String) -> String? {
        guard let (owner, operation) = holder(of: path) else { return outside(intent, path) }
        switch (operation, intent) {
        case (.mount(_, at: _, let rights, let isOwn), .write) where !rights.contains(.write):
            return isOwn ? "a release is read-only" : "the system is read-only"
        case (.mount(_, at: _, let rights, isOwn: _), .execute) where !rights.contains(.execute):
            return "nothing can be run from \(owner)"
        case (.temporary, .execute): return "nothing can be run from \(owner)"
        case (.processes, .write): return "/proc is read-only for apps"
        case (.processes, .read):
            let components = path.pathComponents
            guard components.count > 2, components[1] == "1", Self.guarded.contains(components[2]) else {
                return nil
            }
            return "process 1 is the sandbox's own"
        case (.directory, .write), (.file, .write), (.link, .write): return "the sandbox made this"
        default: return nil
        }
    }

    /// Why something is not in the sandbox at all.
    private func outside(_ intent: Access.Intent, _ path: String) -> String? {
        // A link on every host, and many programs know it by its old name alone.
        let path = path.isAt(orBelow: "/var/run") ? String(path.dropFirst("/var".count)) : path
        guard !Self.quiet.contains(where: path.isAt(orBelow:)), intent == .write || host.mayHave(path) else {
            return nil
        }
        if path.isAt(orBelow: "/sys") { return "apps do not see the hardware; they have no /sys" }
        if path.isAt(orBelow: "/dev") {
            let missing = Permission.allCases.first { permission in
                !permissions.contains(permission)
                    && permission.terms.opening.devices.contains(where: path.isAt(orBelow:))
            }
            return missing.map { "the manifest does not ask for \($0.rawValue)" }
                ?? "of devices, apps have null, zero, full, random and urandom"
        }
        return "outside the app, which has its release in /app and its own files in /data and /cache"
    }

    /// The operation that made what lies at `path`; `nil` where nothing of the plan lies there.
    private func holder(of path: String) -> (String, Plan.Operation)? {
        var components = path.pathComponents[...]
        while true {
            let prefix = "/" + components.joined(separator: "/")
            if let operation = operations[prefix] {
                if case .directory = operation, prefix != path, !prefix.isAt(orBelow: "/tmp") { return nil }
                return (prefix, operation)
            }
            guard components.popLast() != nil else {
                return path == "/" ? ("/", .directory("/", permissions: 0o755)) : nil
            }
        }
    }

    /// The path without `.` and `..` and without the plan's links; `nil` where links go in circles.
    private func resolve(_ path: String) -> String? {
        var rest = path.pathComponents[...]
        var resolved: [Substring] = []
        var linksLeft = 8
        while let component = rest.popFirst() {
            if component == "." { continue }
            if component == ".." {
                _ = resolved.popLast()
                continue
            }
            let here = "/" + (resolved + [component]).joined(separator: "/")
            guard case .link(_, let target)? = operations[here] else {
                resolved.append(component)
                continue
            }
            linksLeft -= 1
            if linksLeft == 0 { return nil }
            if target.hasPrefix("/") { resolved = [] }
            rest = target.pathComponents + rest
        }
        return "/" + resolved.joined(separator: "/")
    }
}
