internal import Glibc
internal import Launcher
internal import Manifest
internal import Platform
internal import Sandbox
internal import Store
internal import WebHostContract
internal import YunCore

/// Without the page manager: under bubblewrap, for comparison, and for what is only explained.
extension Run {
    /// Starts the program itself and stays with it.
    func runDirectly(_ picture: PublishedFile?) throws -> (status: Int32, signal: Int32?) {
        let direct = try directPlan(display: nil)
        SignalForwarding.begin()
        let process = try Sandbox.launch(
            direct.plan, backend: try backend.backend(ProgramDirectory()),
            extraDescriptors: picture.map { [$0.number] } ?? [])
        let forwarded = ForwardedSignal()
        try SignalForwarding.start(leaving: direct.plan.hasTerminal ? [SIGWINCH] : []) { signal in
            let last = forwarded.exchange(signal)
            do throws(Failure) {
                let isMeant = direct.plan.hasTerminal && signal == SIGTERM && last == SIGTERM
                try isMeant ? process.kill() : process.signal(signal)
            } catch { Console.report(error) }
        }
        try process.terminal?.proxy()
        let status = try process.wait()
        explainEnd(
            status, signal: forwarded.number,
            memoryBytesMax: process.ranOutOfMemory ? direct.plan.resources.memoryBytes : nil)
        withExtendedLifetime(direct) {}
        return (status, forwarded.number)
    }

    /// A plan with what must live as long as its sandbox.
    struct DirectPlan: Sendable {
        let plan: Plan
        let server: PrivateXServer?
        let use: AppUse?
    }

    /// - Parameter display: `nil` for the one that the page needs.
    func directPlan(display given: LaunchRequest.Display?) throws(Failure) -> DirectPlan {
        let root = try store.existing()
        let package = try InstalledPackage(try app.domain(in: root), in: root, forRunning: given == nil)
        let launch = try PageLaunch(package, pageName: page, options: directOptions())
        var needed: (display: LaunchRequest.Display, server: PrivateXServer?) = (.none, nil)
        if let given { needed.display = given } else { needed = try display(for: launch, package) }
        var request = try launch.request(
            data: root.filesPath(of: package.app.domain),
            cache: root.cache.path(of: package.app.domain.name),
            display: needed.display, programs: ProgramDirectory())
        request.permissions = try root.registry.permissions(of: package.app.domain)?.openings ?? []
        let host = try HostFacts.gather(runtimeDirectory: CurrentProcess.variable("XDG_RUNTIME_DIR"))
        return DirectPlan(plan: try Plan(request, host: host), server: needed.server, use: package.use)
    }

    private func directOptions() throws(Failure) -> PageLaunch.Options {
        var options = PageLaunch.Options()
        options.arguments = arguments
        options.fragment = fragment
        options.size = try windowSize()
        options.isShell = shell
        options.hasTerminal = CurrentProcess.isTerminal(STDIN_FILENO)
        options.locale = Locale.name
        options.terminalType = CurrentProcess.variable("TERM")
        options.memoryBytes = memory.map { $0 << 20 }
        if screenshot != nil {
            options.screenshot = ScreenshotRequest(descriptor: 3, delayMilliseconds: delay)
        }
        return options
    }

    private func display(
        for launch: PageLaunch, _ package: InstalledPackage
    ) throws(Failure) -> (LaunchRequest.Display, PrivateXServer?) {
        guard launch.needsDisplay else { return (.none, nil) }
        if screenshot == nil {
            guard let socket = WaylandSocket.path else {
                throw Failure.noDisplay(for: launch.page.uri)
            }
            return (.wayland(socket: socket), nil)
        }
        let server = try PrivateXServer(width: 1280, height: 1280, userID: package.app.userID)
        return (server.display, server)
    }
}
