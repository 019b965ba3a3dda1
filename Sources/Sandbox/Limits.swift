internal import Glibc

extension Plan {
    /// What `setrlimit` does for each process, with or without cgroups.
    static func limits(_ request: ResourceLimits, cgroups: CgroupLayout) -> [Limit] {
        var limits = [
            // A core file would lay the app's memory into its data directory.
            Limit(name: "core", resource: UInt32(RLIMIT_CORE.rawValue), value: 0),
            Limit(
                name: "nofile", resource: UInt32(RLIMIT_NOFILE.rawValue),
                value: UInt64(max(0, request.openFiles))),
        ]
        // RLIMIT_NPROC, which Swift does not import. Counted for each user namespace of its own since Linux 5.14, so other sandboxes do not matter.
        if let processes = request.processes, !cgroups.limitsProcesses {
            limits.append(
                Limit(name: "nproc", resource: 6, value: UInt64(max(0, processes))))
        }
        // Not RLIMIT_AS: script engines reserve far more addresses than they ever use.
        if let memory = request.memoryBytes, !cgroups.limitsMemory {
            limits.append(
                Limit(name: "data", resource: UInt32(RLIMIT_DATA.rawValue), value: UInt64(max(0, memory))))
        }
        return limits
    }
}
