internal import YunCore

/// A plan for people and for JSON: what `ypkg run --explain` prints.
public struct PlanExplanation: Sendable, Equatable {
    /// One line of the root directory.
    public struct Mount: Sendable, Equatable {
        /// As the app sees it.
        public let path: String
        /// `host`, `memory`, `file`, `link`, `directory` or `processes`.
        public let kind: String
        /// The host's path or the link's text.
        public let source: String?
        /// Whether the app can write there.
        public let isWritable: Bool
        /// Whether programs can be run from there.
        public let isExecutable: Bool
    }

    /// A name and its value.
    public struct Setting: Sendable, Equatable {
        /// The name.
        public let name: String
        /// Its value.
        public let value: String
    }

    /// The page's URI.
    public let page: String
    /// As the app sees it.
    public let executable: String
    /// The first one is the process title.
    public let arguments: [String]
    /// User id outside.
    public let user: UInt32
    /// Group id outside.
    public let group: UInt32
    /// In the order of execution.
    public let mounts: [Mount]
    /// Sorted by name.
    public let environment: [Setting]
    /// Per process and for all together.
    public let limits: [Setting]
    /// Every permission, and what it opens; `isGranted` says which ones do.
    public let permissions: [(name: String, isGranted: Bool, opens: String)]
    /// How many system calls are allowed, watched or restricted, and how many denied.
    public let systemCalls: (allowed: Int, restricted: Int, denied: Int)

    /// Field by field.
    public static func == (left: PlanExplanation, right: PlanExplanation) -> Bool {
        left.lines == right.lines
    }

    /// The same as text.
    public var lines: [String] {
        var lines = [
            "\(page) runs \(executable) as user \(user), group \(group) (1000 inside)",
            "arguments: " + arguments.map(\.escaped).joined(separator: " "),
            "root directory:",
        ]
        lines += mounts.map { mount in
            let rights = "r" + (mount.isWritable ? "w" : "-") + (mount.isExecutable ? "x" : "-")
            let source = mount.source.map { " <- \($0.escaped)" } ?? ""
            return "  \(rights) \(mount.path.escaped) (\(mount.kind))\(source)"
        }
        lines.append("environment:")
        lines += environment.map { "  \($0.name)=\($0.value.escaped)" }
        lines.append("limits:")
        lines += limits.map { "  \($0.name) \($0.value)" }
        lines.append("permissions:")
        lines += permissions.map { "  \($0.name) \($0.isGranted ? "granted" : "not granted"): \($0.opens)" }
        lines.append(
            "system calls: \(systemCalls.allowed) allowed, \(systemCalls.restricted) by their arguments, "
                + "\(systemCalls.denied) denied")
        lines.append("namespaces: user, mounts, processes, IPC, host name, network (empty), cgroups")
        return lines
    }
}

extension Plan {
    /// The plan for people.
    public var explanation: PlanExplanation {
        PlanExplanation(
            page: page.description, executable: executable, arguments: arguments, user: user, group: group,
            mounts: operations.map(\.explanation),
            environment: environment.map { .init(name: $0.name, value: $0.value) },
            limits: limitSettings,
            permissions: Permission.allCases.sorted().map {
                (
                    name: $0.rawValue, isGranted: permissions.contains($0),
                    opens: $0.terms.opening.words
                )
            }, systemCalls: policy.counts)
    }

    private var limitSettings: [PlanExplanation.Setting] {
        var settings = limits.map { PlanExplanation.Setting(name: $0.name, value: String($0.value)) }
        if resources.memoryBytes == nil || cgroups.limitsMemory {
            let value = resources.memoryBytes.map { "\($0 >> 20) MiB" } ?? "not limited"
            settings.append(.init(name: "memory of all", value: value))
        }
        if cgroups.limitsProcesses, let count = resources.processes {
            settings.append(.init(name: "processes of all", value: String(count)))
        }
        return settings
    }
}

extension Plan.Operation {
    fileprivate var explanation: PlanExplanation.Mount {
        let (kind, source, access): (String, String?, Plan.Access) =
            switch self {
            case .directory: ("directory", nil, [])
            case .file: ("file", nil, [])
            case .link(_, let target): ("link", target, [])
            case .temporary: ("memory", nil, .write)
            case .mount(let source, at: _, let access, isOwn: _): ("host", source, access)
            case .processes: ("processes", nil, [])
            }
        return PlanExplanation.Mount(
            path: path, kind: kind, source: source, isWritable: access.contains(.write),
            isExecutable: access.contains(.execute))
    }
}

extension SeccompPolicy {
    fileprivate var counts: (allowed: Int, restricted: Int, denied: Int) {
        var counts = (allowed: 0, restricted: 0, denied: 0)
        for rule in rules.values {
            switch rule.otherwise {
            case _ where !rule.cases.isEmpty: counts.restricted += 1
            case .allow, .watchNetwork, .watchFiles: counts.allowed += 1
            case .deny, .refuse, .kill: counts.denied += 1
            }
        }
        return counts
    }
}
