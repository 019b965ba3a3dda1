internal import Glibc
internal import Launcher
internal import Lifecycle
internal import Manifest
internal import PageManagerInterface
internal import Platform
internal import Sandbox
internal import Store
internal import WebHostContract
internal import YunCore

/// A sandbox that runs, with all that lives as long as it.
struct RunningSandbox: Sendable {
    let domain: Domain
    let process: SandboxedProcess
    let endpoint: BrokerEndpoint
    let memoryBytesMax: Int?
}

/// Starts one sandbox and stays with it to its end, on a thread of its own: reading a manifest or mounting a tree may
/// take its time, and other apps must not wait for it.
struct SandboxLaunch: Sendable {
    let manager: PageManager
    let number: SandboxNumber
    let services: AppServices
    let group: AppGroup
    let content: AppSandbox.Content
    let session: Owner.Session
    let foreground: ForegroundRun?
    /// Of a guest, which is no page: which page's place it takes.
    let guestPage: PageURI?

    private var package: InstalledPackage { services.package }
    private var domain: Domain { package.app.domain }

    func begin() {
        do throws(Failure) {
            // Nobody joins it: the core hears of its end.
            try manager.launches.begin { run() }
        } catch { fail(error) }
    }

    private func fail(_ failure: Failure) {
        foreground?.fail(failure)
        manager.order { [number] core in core.sandboxFailed(number, failure) }
    }

    private func run() {
        do throws(Failure) {
            try launch()
        } catch { fail(error) }
    }

    private func launch() throws(Failure) {
        let endpoint = try BrokerEndpoint(
            number, of: services, userID: package.app.userID ?? geteuid(), manager: manager)
        var isStarted = false
        defer { if !isStarted { endpoint.close() } }
        let launch = try PageLaunch(package, pageName: pageName, options: options)
        let (display, server) = try display(for: launch)
        let plan = try plan(launch, display, endpoint)
        let output = try Pipe()
        let errors = try Pipe()
        let process = try start(plan, output.writing.number, errors.writing.number)
        // Not before, like all that the page's first moment does not need.
        try endpoint.start()
        let life = try Pipe()
        let lifeReading = try life.reading.duplicate()
        isStarted = true
        endpoint.monitor.keep(process.processID)
        foreground?.begin()
        let running = RunningSandbox(
            domain: domain, process: process, endpoint: endpoint, memoryBytesMax: plan.resources.memoryBytes)
        manager.order { [number] core in core.sandboxStarted(number, running) }
        manager.prepareForNext()
        let copies = copyOutput(
            output.closingWritingEnd(), errors.closingWritingEnd(), during: lifeReading)
        let status = Result { () throws(Failure) in try process.wait() }
        _ = life.closingWritingEnd()
        for copy in copies { copy.join() }
        finish(running, status)
        withExtendedLifetime(server) {}
    }

    private func start(_ plan: Plan, _ output: Int32, _ errors: Int32) throws(Failure) -> SandboxedProcess {
        let null = try OwnedDescriptor.open("/dev/null", .read)
        let held = foreground?.takeStreams()
        let streams = held?.map(\.number) ?? [null.number, output, errors]
        defer { withExtendedLifetime(held) {} }
        return try manager.spawner(for: package.app.userID).launch(
            plan, in: group, standardStreams: (streams[0], streams[1], streams[2]),
            terminal: foreground?.options.terminal == true ? streams[0] : nil,
            extraDescriptors: Array(streams.dropFirst(3)), reporting: reporting
        ) { [self] report in
            manager.log.add(.denied, report.message, app: domain.name)
            foreground?.tell(denied: report.message)
        }
    }

    private func finish(_ running: RunningSandbox, _ status: Result<Int32, Failure>) {
        let ranOutOfMemory = running.process.ranOutOfMemory
        let end: SandboxEnd =
            switch status {
            case .success where ranOutOfMemory: .outOfMemory
            case .success(let status) where status > 128: .killed(signal: Int(status) - 128)
            case .success(let status): .exited(status: Int(status))
            case .failure: .exited(status: 1)
            }
        running.endpoint.close()
        manager.order { [number, foreground] core in
            core.sandboxEnded(number, end)
            // Last: whoever waited for the end may open the page again at once.
            switch status {
            case .success(let status):
                foreground?.end(status, limitBytes: ranOutOfMemory ? running.memoryBytesMax : nil)
            case .failure(let failure): foreground?.fail(failure)
            }
        }
    }

    /// Into the log, line by line, as long as the sandbox lives. Not until the pipes' ends: an app can give those to
    /// anybody, and to us, who would wait for ourselves.
    private func copyOutput(
        _ output: consuming OwnedDescriptor, _ errors: consuming OwnedDescriptor,
        during life: consuming OwnedDescriptor
    ) -> [Thread] {
        let life = SharedDescriptor(life)
        var copies: [Thread] = []
        for (source, kind) in [
            (SharedDescriptor(output), Owner.LogLine.Kind.output), (SharedDescriptor(errors), .error),
        ] {
            do throws(Failure) {
                copies.append(try Thread { copy(source, during: life, as: kind) })
            } catch { manager.log.add(.manager, error.message, app: domain.name) }
        }
        return copies
    }

    private func copy(
        _ source: SharedDescriptor, during life: SharedDescriptor, as kind: Owner.LogLine.Kind
    ) {
        let (log, app) = (manager.log, domain.name)
        var cutter = LineCutter()
        do throws(Failure) {
            while true {
                let bytes = try source.descriptor.readSome(upTo: 16 << 10, during: life.number)
                guard !bytes.isEmpty else { break }
                for line in cutter.take(bytes) { log.add(kind, line, app: app) }
                // Whoever writes more is made to wait by its full pipe, and costs others no processor.
                services.output.spend(bytes.count)
            }
        } catch { log.add(.manager, error.message, app: app) }
        let rest = cutter.end()
        if !rest.isEmpty { log.add(kind, rest, app: app) }
    }
}

// MARK: What is launched

extension SandboxLaunch {
    private var pageName: String? {
        if let guestPage { return guestPage.name }
        switch content {
        case .webHost: return package.manifest.pages.first { $0.kind == .web }?.uri.name
        case .program(let uri): return uri.name
        }
    }

    private var options: PageLaunch.Options {
        var options = PageLaunch.Options()
        options.locale = session.locale
        options.isManaged = guestPage == nil
        if let run = foreground?.options {
            options.arguments = run.arguments
            options.fragment = run.fragment
            options.isShell = run.shell
            options.hasTerminal = run.terminal
            options.terminalType = run.term
            options.memoryBytes = run.memory
            if run.picture {
                options.screenshot = ScreenshotRequest(descriptor: 3, delayMilliseconds: run.delay)
            }
            if let size = WindowSize(width: run.width, height: run.height) { options.size = size }
        }
        return options
    }

    /// A developer sees every kind of denial. A web page's host is ours and reports what pages try by itself.
    private var reporting: Reporting {
        if foreground?.options.reports == false { return .off }
        let page = pageName.flatMap { package.manifest.page(named: $0) }
        if page?.kind == .web, foreground?.options.shell != true { return .off }
        return package.app.signingClass == "developer" ? .files : .calls
    }

    private func display(for launch: PageLaunch) throws(Failure) -> (LaunchRequest.Display, PrivateXServer?) {
        guard launch.needsDisplay else { return (.none, nil) }
        if foreground?.options.picture != true, session.headless != true {
            guard let socket = session.wayland ?? CurrentProcess.environment["WAYLAND_DISPLAY"] else {
                throw Failure.noDisplay(for: launch.page.uri)
            }
            return (.wayland(socket: socket), nil)
        }
        let server = try PrivateXServer(width: 1280, height: 1280, userID: package.app.userID)
        return (server.display, server)
    }

    private func plan(
        _ launch: PageLaunch, _ display: LaunchRequest.Display, _ endpoint: BrokerEndpoint
    ) throws(Failure) -> Plan {
        var request = try launch.request(
            data: try manager.withStore { [domain] root in root.filesPath(of: domain) },
            cache: try manager.withStore { [domain] root in root.cache.path(of: domain.name) },
            display: display, programs: manager.programs)
        request.broker = endpoint.path
        request.permissions = try manager.permissions(of: domain).openings
        return try Plan(request, host: manager.facts(request.permissions))
    }
}
