internal import CLinux
internal import Glibc
internal import Platform
public import YunCore

/// Tries the walls from inside, with an ordinary plan and the program `walls`.
struct SelfTest {
    /// As which the program runs; the directories are no app's, whatever is installed.
    static let page = "page://selftest.yunos.com/walls"
    private static let kinds = ["user", "mnt", "pid", "ipc", "uts", "net", "cgroup"]

    let plan: Plan

    /// A plan as given, for tests that leave a wall out.
    init(plan: Plan) { self.plan = plan }

    /// - Parameter directory: an empty one, in which the sandbox's own directories are made.
    init(program: String, directory: String, appUser: UInt32?) throws(Failure) {
        let place = try AnchoredDirectory(at: directory)
        for name in ["app", "data", "cache"] { try place.createDirectory(name) }
        var request = LaunchRequest(
            page: try PageURI(Self.page), release: directory + "/app", data: directory + "/data",
            cache: directory + "/cache", program: .carried(path: program))
        request.arguments = try Self.arguments()
        request.appUser = appUser
        plan = try Plan(request, host: HostFacts.gather(runtimeDirectory: nil))
    }

    /// What the walls are told of this process, to find it nowhere inside.
    static func arguments() throws(Failure) -> [String] {
        let namespaces = try AnchoredDirectory(at: "/proc/self/ns")
        var arguments: [String] = []
        for kind in kinds {
            let number = try namespaces.symlinkTarget(of: kind).filter(\.isNumber)
            arguments.append("\(kind)=\(number)")
        }
        let canForbid = try AnchoredDirectory.status(ofPath: "/proc/sys/vm/memfd_noexec") != nil
        return arguments + (geteuid() == 0 && canForbid ? ["memfd"] : [])
    }

    /// Launches and reads what is missing.
    func run(_ spawner: Spawner) throws(Failure) -> [String] {
        var pair: [Int32] = [-1, -1]
        guard unsafe yun_pipe(&pair) == 0 else { throw .system("cannot create a pipe") }
        let reading = OwnedDescriptor(owning: pair[0])
        let writing = OwnedDescriptor(owning: pair[1])
        let null = try OwnedDescriptor.open("/dev/null", .read)
        let process = try spawner.launch(plan, standardStreams: (null.number, writing.number, writing.number))
        close(writing.release())
        let output = try reading.readToEnd(limit: 1 << 16, describedAs: "what the walls say")
        let status = try process.wait()
        let lines = String(decoding: output, as: UTF8.self).split(separator: "\n").map(String.init)
        // Exactly this says that all was tried.
        return status == 0 && lines.isEmpty
            ? [] : lines.isEmpty ? ["the test itself: it ended with \(status)"] : lines
    }
}

extension Sandbox {
    /// Tries every wall once from inside, and fails where one is missing; no app should be started then.
    /// - Parameters:
    ///   - program: the path of `walls`, which lies beside `seed`.
    ///   - directory: of the launcher's own; nothing is left in it.
    ///   - appUser: any user id of an app's, where root launches.
    public static func selfTest(
        _ spawner: Spawner, program: String, in directory: String, appUser: UInt32?
    ) throws(Failure) {
        let parent = try AnchoredDirectory(at: directory)
        let name = "walls-\(getpid())"
        try parent.removeTree(name)
        try parent.createDirectory(name)
        let missing: [String]
        do throws(Failure) {
            missing = try SelfTest(program: program, directory: parent.path(of: name), appUser: appUser)
                .run(spawner)
            try parent.removeTree(name)
        } catch {
            // That it could not be tried matters more than what is left.
            do throws(Failure) { try parent.removeTree(name) } catch {}
            throw error
        }
        guard let first = missing.first else { return }
        let others = missing.count > 1 ? ", and \(missing.count - 1) more" : ""
        throw Failure(
            .sandboxFailed, "a wall of the sandbox is missing: \(first.escaped)\(others)",
            hint:
                "no app is started without it; check the kernel's configuration and that Yun is installed whole"
        )
    }
}
