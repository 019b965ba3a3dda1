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

    /// One launch with a spawner of its own, or under bubblewrap: ``Spawner/launch`` says what it takes.
    public static func launch(
        _ plan: Plan, backend: Backend, standardStreams: (Int32, Int32, Int32) = (0, 1, 2),
        extraDescriptors: [Int32] = [], reporting: Reporting = .off,
        report: @escaping @Sendable (DenialReport) -> Void = { _ in }
    ) throws(Failure) -> SandboxedProcess {
        switch backend {
        case .seed(let path):
            return try Spawner(seedPath: path).launch(
                plan, standardStreams: standardStreams, extraDescriptors: extraDescriptors,
                reporting: reporting, report: report)
        case .bwrap(let path):
            // Under bubblewrap root stays root, and its own directories its own.
            let streams = try LaunchStreams(
                plan, standardStreams, terminal: nil, extraDescriptors: extraDescriptors)
            return try BwrapLaunch.start(plan, path: path, streams)
        }
    }

    /// Root prepares the directories that the app's user writes. One that belongs to a third user is another app's.
    static func takeOwnDirectories(_ plan: Plan) throws(Failure) {
        guard geteuid() == 0 else { return }
        for case .mount(let source, at: _, let access, isOwn: true) in plan.operations
        where access.contains(.write) {
            // As it is from the second launch on. A link does not pass for a directory here.
            let found = try AnchoredDirectory.status(ofPath: source)
            if let found, found.kind == .directory, found.owner == plan.user { continue }
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

/// The descriptors that a program gets.
struct LaunchStreams {
    let descriptors: [Int32]
    /// Whether the first one is a terminal, to be the program's own.
    let isTerminal: Bool
    /// One that was made because the plan wants it and the caller has none.
    let ownTerminal: ProgramTerminal?

    init(
        _ plan: Plan, _ streams: (Int32, Int32, Int32), terminal: Int32?, extraDescriptors: [Int32]
    ) throws(Failure) {
        guard extraDescriptors.count <= 32 else {
            throw Failure(.usage, "cannot pass more than 32 descriptors to an app")
        }
        ownTerminal = plan.hasTerminal && terminal == nil ? try ProgramTerminal() : nil
        let end = terminal ?? ownTerminal?.programEnd
        isTerminal = end != nil
        descriptors = (end.map { [$0, $0, $0] } ?? [streams.0, streams.1, streams.2]) + extraDescriptors
    }
}
