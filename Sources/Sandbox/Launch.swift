internal import Glibc
internal import Platform
public import YunCore

/// Starts programs in sandboxes.
public enum Sandbox {
    /// Who carries out the plan.
    public enum Backend: Sendable, Equatable {
        /// Our own spawner, at its path.
        case seed(path: String)
        /// bubblewrap, at its path: for comparison. What it cannot do is listed in `spec/sandbox.md`.
        case bwrap(path: String)
    }

    /// Starts the plan's program and returns when it runs: every wall stands by then.
    ///
    /// The sandbox dies with this process, and any step of the launch that fails ends the launch.
    /// - Parameters:
    ///   - standardStreams: the caller's descriptors that become 0, 1 and 2, where the plan has no terminal.
    ///   - extraDescriptors: further ones, which become 3, 4 and so on.
    ///   - reporting: how much of what is denied is told to `report`, which is called on another thread.
    public static func launch(
        _ plan: Plan, backend: Backend, standardStreams: (Int32, Int32, Int32) = (0, 1, 2),
        extraDescriptors: [Int32] = [], reporting: Reporting = .off,
        report: @escaping @Sendable (DenialReport) -> Void = { _ in }
    ) throws(Failure) -> SandboxedProcess {
        guard extraDescriptors.count <= 32 else {
            throw Failure(.usage, "cannot pass more than 32 descriptors to an app")
        }
        let terminal = plan.hasTerminal ? try Terminal() : nil
        let streams =
            terminal.map { [$0.programEnd, $0.programEnd, $0.programEnd] }
            ?? [standardStreams.0, standardStreams.1, standardStreams.2]
        let descriptors = streams + extraDescriptors
        // Under bubblewrap root stays root, and its own directories its own.
        if case .seed = backend { try takeOwnDirectories(plan) }
        let process =
            switch backend {
            case .seed(let path):
                try SeedLaunch.start(
                    plan, path: path, descriptors: descriptors, reporting: reporting, report: report,
                    terminal: terminal)
            case .bwrap(let path):
                try BwrapLaunch.start(plan, path: path, descriptors: descriptors, terminal: terminal)
            }
        terminal?.closeProgramEnd()
        return process
    }

    /// Root prepares the directories that the app's user writes. One that belongs to a third user is another app's.
    private static func takeOwnDirectories(_ plan: Plan) throws(Failure) {
        guard geteuid() == 0 else { return }
        for case .mount(let source, at: _, let access, isOwn: true) in plan.operations
        where access.contains(.write) {
            // Never through a link: root would give away what it points to.
            let components = source.pathComponents
            let parent = try AnchoredDirectory(at: "/" + components.dropLast().joined(separator: "/"))
            let directory = try parent.directory(components.last.map(String.init) ?? "")
            guard let owner = try directory.status(of: ".")?.owner, owner != plan.user else { continue }
            guard owner == 0 else {
                throw Failure(
                    .sandboxFailed, "cannot give \(source.escaped) to \(plan.page.domain)",
                    hint: "it belongs to user \(owner), the app is user \(plan.user)")
            }
            guard fchown(directory.number, plan.user, plan.group) == 0 else {
                throw .system("cannot give \(source.escaped) to user \(plan.user)", code: .sandboxFailed)
            }
        }
    }
}

/// What is spawned by the thread that then waits for it.
struct SpawnCommand: Sendable {
    let executable: String
    let arguments: [String]
    let descriptors: [Int32]

    /// Spawns; the child dies when the calling thread ends.
    func spawn() throws(Failure) -> SpawnedProcess {
        do throws(Failure) {
            return try SpawnedProcess(
                arguments, executable: executable, descriptors: descriptors, deathSignal: SIGKILL)
        } catch { throw Failure(.sandboxFailed, error.message, hint: error.hint) }
    }
}
