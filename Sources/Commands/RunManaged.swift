internal import Glibc
internal import Launcher
internal import Lifecycle
internal import PageManagerClient
internal import PageManagerInterface
internal import Platform
internal import Sandbox
internal import Store
internal import Varlink
internal import WebHostContract
internal import YunCore

extension Run {
    /// Through the page manager, with this command's standard streams.
    func runManaged(_ picture: PublishedFile?) throws -> (status: Int32, signal: Int32?) {
        let root = try store.existing()
        let options = try managedOptions()
        let domain = try app.domain(in: root)
        let path = root.directory.path
        let client = try PageManagerClient.connect(root: path)
        // Threads inherit what is blocked here, so nothing else may have been started yet.
        SignalForwarding.begin()
        let terminal = shell && options.terminal ? try ProgramTerminal() : nil
        let forwarded = ForwardedSignal()
        try forwardSignals(root: path, forwarded, hasTerminal: terminal != nil)
        let end = terminal?.programEnd
        let streams = end.map { [$0, $0, $0] } ?? [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO]
        var status: Int32 = 0
        var proxy: Thread?
        try client.stream(
            Owner.run, .init(app: domain.name, page: page, options: options),
            descriptors: streams + (picture.map { [$0.number] } ?? [])
        ) { event, _ throws(Failure) in
            if let instance = event.instance {
                forwarded.begin(to: instance)
                proxy = try terminal.map { terminal throws(Failure) in try beginProxy(terminal) }
            }
            if let denied = event.denied, !quiet { Console.note(denied) }
            if let ended = event.status {
                status = Int32(clamping: ended)
                proxy?.join()
                explainEnd(status, signal: forwarded.number, memoryBytesMax: event.outOfMemory)
            }
            return true
        }
        return (status, forwarded.number)
    }

    private func beginProxy(_ terminal: ProgramTerminal) throws(Failure) -> Thread {
        terminal.closeProgramEnd()
        return try Thread {
            do throws(Failure) { try terminal.proxy() } catch { Console.report(error) }
        }
    }

    private func forwardSignals(root: String, _ forwarded: ForwardedSignal, hasTerminal: Bool) throws(Failure)
    {
        // The terminal's proxy watches the size of the window itself.
        try SignalForwarding.start(leaving: hasTerminal ? [SIGWINCH] : []) { signal in
            let last = forwarded.exchange(signal)
            // Nothing runs yet. That we hang up ends what is being started.
            guard let instance = forwarded.instance else { exit(128 + signal) }
            // Interactive shells ignore TERM; who sends it twice means it.
            let isMeant = hasTerminal && signal == SIGTERM && last == SIGTERM
            do throws(Failure) {
                try PageManagerClient.connectIfRunning(root: root)?.call(
                    Owner.signal, .init(instance: instance, signal: Int(isMeant ? SIGKILL : signal)))
            } catch { Console.report(error) }
        }
    }

    private func managedOptions() throws(Failure) -> Owner.Options {
        let size = try windowSize()
        return Owner.Options(
            arguments: arguments, fragment: fragment, width: size.width, height: size.height,
            picture: screenshot != nil, delay: delay, shell: shell,
            terminal: shell && CurrentProcess.isTerminal(STDIN_FILENO), locale: Locale.name,
            term: CurrentProcess.variable("TERM"), memory: memory.map { $0 << 20 }, reports: !quiet,
            wayland: WaylandSocket.path)
    }
}
