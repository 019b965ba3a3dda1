internal import CWebKitGTK
internal import Glibc
internal import Platform
internal import WebHostContract
internal import YunCore

/// Shows one page of one app in a window, or takes its picture (`spec/web-host.md`).
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
        try checkPage(arguments)
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
        var window: PageWindow?
        let pipe = try ConsolePipe.install { line in
            let verdict = console.take(line)
            if let window { window.take(verdict) } else { reporter.report(.engine, line) }
        }
        unsafe g_setenv(Bridge.loaderVariable, "1", 1)
        guard gtk_init_check(nil, nil) != 0 else {
            pipe.drain()
            throw Failure(
                .unavailable, "there is no display to open a window on",
                hint: "set WAYLAND_DISPLAY, or DISPLAY for an X server of its own")
        }
        pipe.watch()
        let files = PackageFiles(directory: directory, domain: arguments.domain)
        let opened = PageWindow(
            arguments, files: files, reporter: reporter, console: pipe, pictureOutput: picture)
        window = opened
        return opened.run()
    }

    /// The engine would take `..` out of the path by itself and show another file.
    private static func checkPage(_ arguments: WebHostArguments) throws(Failure) {
        let location = pageLocation(domain: arguments.domain, path: arguments.page, fragment: nil)
        do throws(Failure) {
            if try PackagePath(uri: location, domain: arguments.domain).path == arguments.page { return }
        } catch {
            // Said below, in the words of the command line.
        }
        throw Failure(.usage, "\(arguments.page.escaped) is not the plain path of a file in a package")
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
