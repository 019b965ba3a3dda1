internal import Glibc
public import Platform
internal import Sandbox
internal import Store
public import YunCore

extension PageManager {
    /// Is the page manager of a store until it is told to end, by a signal or a call.
    /// - Parameters:
    ///   - path: of the store; `nil` for the user's own.
    ///   - readiness: told `ready` once calls are taken, or why they will not be: code, message and hint, a line each.
    public static func run(
        root path: String?, settings: Settings, readiness: SharedDescriptor?
    ) throws(Failure) {
        do throws(Failure) {
            let path =
                if let path { path } else {
                    try StoreRoot.defaultPath(
                        isRoot: CurrentProcess.isRoot, environment: CurrentProcess.environment)
                }
            SignalForwarding.begin()
            if CurrentProcess.environment["NOTIFY_SOCKET"] != nil { settle() }
            // An app with many requests makes us hold some hundred.
            CurrentProcess.raiseDescriptorLimit()
            // A place that stays: the caller's directory may be on something that is to be unmounted.
            guard unsafe chdir("/") == 0 else { throw .system("cannot leave the working directory") }
            guard let manager = try PageManager(root: path, settings: settings) else {
                try awaitOther(path)
                return try announce("ready", readiness)
            }
            try SignalForwarding.start { signal in
                if [SIGTERM, SIGINT, SIGHUP].contains(signal) { manager.shutDown() }
            }
            try manager.serve { () throws(Failure) in try announce("ready", readiness) }
        } catch {
            try announce("\(error.code.rawValue)\n\(error.message)\n\(error.hint ?? "")", readiness)
            throw error
        }
    }

    /// In a service manager's group; where there is no room to be made, apps are limited as without one.
    private static func settle() {
        do throws(Failure) { try CgroupLayout.settle() } catch { CurrentProcess.complain(error) }
    }

    /// Whoever started us, and the service manager where there is one.
    private static func announce(_ text: String, _ readiness: SharedDescriptor?) throws(Failure) {
        do throws(Failure) {
            try readiness?.descriptor.write(Array((text + "\n").utf8))
        } catch {
            // Whoever asked has gone; others will come.
        }
        guard text == "ready", let path = CurrentProcess.environment["NOTIFY_SOCKET"] else { return }
        try ServiceManager.notify("READY=1", at: path)
    }

    /// Another one is starting: it holds the lock and does not listen yet.
    private static func awaitOther(_ path: String) throws(Failure) {
        let run = try AnchoredDirectory(at: path).directory(directoryName)
        for _ in 0..<500 {
            if try StreamSocket.connect(to: socketName, in: run) != nil { return }
            usleep(10_000)
        }
        throw Failure(
            .storeBusy, "another page manager holds \(path.escaped) and does not answer", hint: "end it first"
        )
    }
}
