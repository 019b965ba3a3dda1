internal import CWebKitGTK
internal import Glibc
internal import Platform
internal import WebHostContract
internal import YunCore

/// Shows the web pages of one app in windows, or takes a page's picture (`spec/web-host.md`).
public enum WebHost {
    /// Runs the host to its end on the thread that called it, which must be the process's first.
    ///
    /// - Parameter arguments: as ``WebHostArguments`` encodes them, without the program's name.
    /// - Returns: the exit status, one of ``WebHostExit``.
    public static func run(_ arguments: [String]) -> Int32 {
        let reporter = Reporter(
            output: OwnedDescriptor(owning: dup3(2)), now: { monotonicMilliseconds() / 1000 })
        do throws(Failure) {
            let arguments = try WebHostArguments(decoding: arguments)
            return try run(arguments, reporter).rawValue
        } catch {
            reporter.report(error)
            return error.webHostExit.rawValue
        }
    }

    private static func run(_ arguments: WebHostArguments, _ reporter: Reporter) throws(Failure)
        -> WebHostExit
    {
        let directory = try AnchoredDirectory(at: arguments.package)
        if let page = arguments.page { try checkPage(page, arguments.domain) }
        // A broker that hangs up is an error where it is written to.
        CurrentProcess.ignoreBrokenPipes()
        let broker = try broker(arguments)
        for path in [arguments.data, arguments.cache] { _ = try AnchoredDirectory(at: path) }
        var picture: SharedDescriptor?
        if let request = arguments.screenshot {
            let inherited = OwnedDescriptor(owning: request.descriptor)
            // The copy closes on exec, so that no process of the engine inherits it.
            do throws(Failure) {
                picture = SharedDescriptor(try inherited.duplicate())
            } catch {
                throw Failure(.outputUnwritable, "cannot write the picture: \(error.message)")
            }
        }
        var console = Console(domain: arguments.domain)
        var host: PageHost?
        let pipe = try ConsolePipe.install { line in
            let verdict = console.take(line)
            if let host { host.take(verdict) } else { reporter.report(.engine, line) }
        }
        unsafe g_setenv(Bridge.loaderVariable, "1", 1)
        // Wayland's `app_id`, by which a desktop finds the app's entry and icon.
        unsafe g_set_prgname(arguments.domain.desktopName)
        guard gtk_init_check(nil, nil) != 0 else {
            pipe.drain()
            throw Failure(
                .unavailable, "there is no display to open a window on",
                hint: "set WAYLAND_DISPLAY, or DISPLAY for an X server of its own")
        }
        // The same for X11, after GTK has made a class of its own.
        unsafe gdk_set_program_class(arguments.domain.desktopName)
        pipe.watch()
        let opened = PageHost(
            arguments, directory: directory, broker: broker, reporter: reporter, console: pipe,
            pictureOutput: picture)
        host = opened
        return opened.run()
    }

    /// The way to the broker that the environment names.
    private static func broker(_ arguments: WebHostArguments) throws(Failure) -> Broker? {
        guard let path = CurrentProcess.environment[WebHostEnvironment.brokerVariable] else {
            guard arguments.page != nil else {
                throw Failure(
                    .usage, "--page is missing",
                    hint: "only a host with a broker can be told later what to show")
            }
            return nil
        }
        return try Broker(BrokerAddress(path: path))
    }

    /// The engine would take `..` out of the path by itself and show another file.
    private static func checkPage(_ page: String, _ domain: Domain) throws(Failure) {
        let location = pageLocation(domain: domain, path: page, fragment: nil)
        do throws(Failure) {
            if try PackagePath(uri: location, domain: domain).path == page { return }
        } catch {
            // Said below, in the words of the command line.
        }
        throw Failure(.usage, "\(page.escaped) is not the plain path of a file in a package")
    }

    /// A copy that closes on exec: the engine's processes must not hold the terminal.
    private static func dup3(_ number: Int32) -> Int32 { fcntl(number, F_DUPFD_CLOEXEC, 10) }
}

extension Failure {
    fileprivate var webHostExit: WebHostExit {
        switch code {
        case .usage, .manifestInvalid: .usage
        case .inputUnreadable: .directoryUnusable
        case .unavailable: .displayMissing
        case .outputUnwritable: .pictureUnwritable
        default: .crashed
        }
    }
}
