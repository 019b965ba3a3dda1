internal import CLinux
internal import Glibc
internal import Platform
internal import YunCore

/// A launch through `seed`: writes its spec, hands over the descriptors, and hears which step failed if one did.
enum SeedLaunch {
    static func start(
        _ plan: Plan, path: String, descriptors: [Int32], reporting: Reporting,
        report: @escaping @Sendable (DenialReport) -> Void, terminal: Terminal?
    ) throws(Failure) -> SandboxedProcess {
        let groups =
            plan.cgroups == .none ? nil : try LaunchGroups(plan.cgroups, limits: plan.resources)
        do throws(Failure) {
            let supervision =
                reporting == .off ? nil : try Supervision(plan, reporting: reporting, report: report)
            return try start(
                plan, path: path, descriptors: descriptors, groups: groups, supervision: supervision,
                reporting: reporting, terminal: terminal)
        } catch {
            groups?.remove()
            throw error
        }
    }

    private static func start(
        _ plan: Plan, path: String, descriptors: [Int32], groups: LaunchGroups?, supervision: Supervision?,
        reporting: Reporting, terminal: Terminal?
    ) throws(Failure) -> SandboxedProcess {
        var list = descriptors
        func add(_ number: Int32) -> Int32 {
            list.append(number)
            return Int32(list.count - 1)
        }
        let spec = try OwnedDescriptor.memoryFile("seed-spec")
        let errors = try Pipe()
        let specNumber = add(spec.number)
        // `seed` looks for the error pipe right behind the spec.
        _ = add(errors.writing.number)
        var wiring = SeedSpec.Wiring(
            parent: getpid(), descriptorCount: descriptors.count,
            filter: SeccompCompiler.bytes(reporting))
        if let supervision { wiring.reports = add(supervision.programEnd) }
        if let groups {
            if let number = groups.unifiedDescriptor { wiring.cgroup = add(number) }
            let members = groups.memberDescriptors.map(add)
            wiring.cgroupTasks = (members.first ?? -1, members.count > 1 ? members[1] : -1)
        }
        try spec.write(SeedSpec.encode(plan, wiring))
        let command = SpawnCommand(
            executable: path, arguments: ["seed", String(specNumber)], descriptors: list)
        try supervision?.start()
        // Only seed may hold the other ends then: that the pipe closes means the program's exec, or seed's death.
        defer { supervision?.closeProgramEnd() }
        let process = try SandboxedProcess.start(
            command, groups: groups, supervision: supervision, terminal: terminal)
        supervision?.closeProgramEnd()
        try check(errors.closingWritingEnd(), process, plan)
        return process
    }

    private static func check(
        _ errors: borrowing OwnedDescriptor, _ process: SandboxedProcess, _ plan: Plan
    ) throws(Failure) {
        let bytes = try errors.read(upTo: MemoryLayout<seed_failure>.size)
        if bytes.isEmpty { return }
        _ = try process.wait()
        guard bytes.count == MemoryLayout<seed_failure>.size else {
            throw Failure(.sandboxFailed, "cannot start the sandbox of \(plan.page.domain)")
        }
        let error = bytes[..<4].reversed().reduce(Int32(0)) { $0 << 8 | Int32($1) }
        func text(_ bytes: ArraySlice<UInt8>) -> String {
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        let (step, object) = (text(bytes[4..<32]), text(bytes[32...]))
        errno = error
        let what = object.isEmpty ? step : "\(step) (\(object.escaped))"
        let failure = Failure.system(
            "cannot start the sandbox of \(plan.page.domain): \(what)", code: .sandboxFailed)
        throw Failure(failure.code, failure.message, hint: hint(step, error) ?? failure.hint)
    }
}

extension SeedLaunch {
    /// What can be done about a step that fails because of the machine.
    private static func hint(_ step: String, _ error: Int32) -> String? {
        switch step {
        case "create the namespaces":
            "this user may not create user namespaces; see user.max_user_namespaces and "
                + "kernel.apparmor_restrict_unprivileged_userns"
        case "restrict files" where error == ENOSYS || error == EOPNOTSUPP:
            "apps need Linux 6.7 or later with Landlock in its lsm= list"
        case "create a file system" where error == EPERM:
            "a container that hides parts of /proc cannot start apps"
        case "start the program" where error == ENOENT:
            "the file, or the interpreter or loader that it names, is missing"
        case "start the program" where error == EACCES: "the file is not executable"
        case "start the program" where error == ENOEXEC:
            "it is no program, or one for another processor: build it for this machine, and begin scripts with #!"
        default: nil
        }
    }
}
