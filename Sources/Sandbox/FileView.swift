internal import Glibc
internal import YunCore

/// What the app's files look like from inside, to tell a path that the sandbox keeps away from one that is not there.
struct FileView: Sendable {
    /// Something that an app wants with a path.
    struct Access {
        var verb: String
        var path: String
        var writes = false
        var executes = false
    }

    private let operations: [String: Plan.Operation]

    init(_ plan: Plan) {
        operations = Dictionary(plan.operations.map { ($0.path, $0) }) { _, last in last }
    }

    /// What runtime libraries look for in every program; nobody learns from reading it.
    private static let quiet = [
        "/sys", "/etc/ld.so.preload", "/dev/tty", "/etc/resolv.conf", "/etc/host.conf", "/etc/gai.conf",
        "/run/systemd", "/proc", "/etc/terminfo", "/etc/inputrc", "/etc/services", "/etc/machine-id",
        "/var/lib/dbus/machine-id",
    ]

    /// One line about an access that will fail, or `nil` where it will not, or where nothing is there.
    func words(for access: Access, in process: Int32) -> String? {
        guard let path = resolve(access.path) else { return nil }
        let shown = access.path.abbreviated(to: 200).escaped
        guard let (owner, operation) = holder(of: path) else {
            guard !Self.quiet.contains(where: path.isAt(orBelow:)), isOnHost(path) else { return nil }
            return
                "\(access.verb) \(shown) denied: outside the app, which has its release in /app and its own "
                + "files in /data and /cache"
        }
        switch operation {
        case .mount(_, at: _, let rights, let isOwn):
            if access.writes, !rights.contains(.write) {
                let what = isOwn ? "a release is read-only" : "the system is read-only"
                return "\(access.verb) \(shown) for writing denied: \(what)"
            }
            if access.executes, !rights.contains(.execute) { return execution(access, owner, process, path) }
        case .temporary:
            if access.executes { return execution(access, owner, process, path) }
        case .processes:
            if access.writes {
                return "\(access.verb) \(shown) for writing denied: /proc is read-only for apps"
            }
        case .directory, .file, .link:
            if access.writes {
                return "\(access.verb) \(shown) for writing denied: the sandbox made this file"
            }
        }
        return nil
    }

    private func execution(_ access: Access, _ owner: String, _ process: Int32, _ path: String) -> String? {
        // Shells try every directory of PATH.
        guard isOnHost("/proc/\(process)/root\(path)") else { return nil }
        return
            "\(access.verb) \(access.path.abbreviated(to: 200).escaped) denied: nothing can be run from \(owner)"
    }

    /// The operation that made what lies at `path`; `nil` where nothing of the plan lies there.
    private func holder(of path: String) -> (String, Plan.Operation)? {
        var prefix = path
        while !prefix.isEmpty {
            if let operation = operations[prefix] {
                if case .directory = operation, prefix != path, !prefix.isAt(orBelow: "/tmp") { return nil }
                return (prefix, operation)
            }
            guard let slash = prefix.lastIndex(of: "/") else { return nil }
            prefix = String(prefix[..<slash])
        }
        return path == "/" ? ("/", .directory("/", permissions: 0o755)) : nil
    }

    /// The path without `.` and `..` and without the plan's links; `nil` where links go in circles.
    private func resolve(_ path: String) -> String? {
        var rest = path.split(separator: "/").map(String.init)[...]
        var resolved: [String] = []
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
            rest = target.split(separator: "/").map(String.init) + rest
        }
        return "/" + resolved.joined(separator: "/")
    }

    /// Whether the launcher finds something there, or is kept from looking itself.
    private func isOnHost(_ path: String) -> Bool {
        unsafe faccessat(AT_FDCWD, path, F_OK, 0x100) == 0 || errno == EACCES  // AT_SYMLINK_NOFOLLOW
    }
}
