internal import CLinux
internal import Glibc
internal import Platform
internal import YunCore

/// The same plan for bubblewrap, to compare with. It has no Landlock, no control groups, no resource limits, no
/// `noexec` and no reports, and it maps the caller's own user even if that is root (`spec/sandbox.md`, Backends).
enum BwrapLaunch {
    static func start(_ plan: Plan, path: String, _ streams: LaunchStreams) throws(Failure)
        -> SandboxedProcess
    {
        var files: [SharedDescriptor] = []
        func add(_ bytes: [UInt8]) throws(Failure) -> Int {
            let file = try OwnedDescriptor.memoryFile("bwrap")
            try file.write(bytes)
            try file.seek(to: 0)
            files.append(SharedDescriptor(file))
            return streams.descriptors.count + files.count - 1
        }
        var contents: [Int] = []
        for case .file(_, let bytes, _) in plan.operations { contents.append(try add(bytes)) }
        let filter = try add(SeccompCompiler.bytes(.off))
        let arguments = arguments(for: plan, fileDescriptors: contents, filterDescriptor: filter)
        let list = streams.descriptors + files.map { $0.descriptor.number }
        let (link, reporter) = try SeedLink.pair()
        let child = try withExtendedLifetime(files) { () throws(Failure) in
            try KeptChild(path, ["bwrap"] + arguments, descriptors: list) { reporter.end($0) }
        }
        streams.ownTerminal?.closeProgramEnd()
        return SandboxedProcess(
            child.process, link: link, keeper: .child(child), group: AppGroup(), groups: nil,
            supervision: nil, terminal: streams.ownTerminal)
    }

    private final class SharedDescriptor: Sendable {
        let descriptor: OwnedDescriptor
        init(_ descriptor: consuming OwnedDescriptor) { self.descriptor = descriptor }
    }

    /// The command line. `fileDescriptors` hold the contents of the plan's made-up files, in order.
    static func arguments(for plan: Plan, fileDescriptors: [Int], filterDescriptor: Int) -> [String] {
        var arguments = [
            "--unshare-user", "--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts",
            "--unshare-cgroup",
            "--uid", "1000", "--gid", "1000", "--hostname", plan.page.domain.hostLabel, "--die-with-parent",
            "--cap-drop", "ALL", "--disable-userns", "--clearenv",
        ]
        if !plan.hasTerminal { arguments.append("--new-session") }
        for variable in plan.environment { arguments += ["--setenv", variable.name, variable.value] }
        var contents = fileDescriptors[...]
        for operation in plan.operations {
            arguments += self.arguments(for: operation, contents: &contents)
        }
        arguments += ["--remount-ro", "/", "--chdir", plan.directory, "--seccomp", String(filterDescriptor)]
        return arguments + ["--", plan.executable] + plan.arguments.dropFirst()
    }

    private static func arguments(for operation: Plan.Operation, contents: inout ArraySlice<Int>) -> [String]
    {
        func octal(_ permissions: UInt32) -> String { "0" + String(permissions, radix: 8) }
        switch operation {
        case .directory(let path, let permissions):
            return ["--perms", octal(permissions), "--dir", path]
        case .file(let path, _, let permissions):
            return ["--perms", octal(permissions), "--file", String(contents.popFirst() ?? -1), path]
        case .link(let path, let target):
            return ["--symlink", target, path]
        case .temporary(let path, let size, let permissions):
            return ["--perms", octal(permissions), "--size", String(size), "--tmpfs", path]
        case .mount(let source, at: let path, let access, isOwn: _):
            let verb =
                access.contains(.devices) ? "--dev-bind" : access.contains(.write) ? "--bind" : "--ro-bind"
            return [verb, source, path]
        case .processes(let path):
            return ["--proc", path]
        }
    }
}
