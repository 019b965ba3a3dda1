internal import Platform
internal import YunCore

/// What the host has in the few directories where programs look around, read once for each sandbox. A report tells by it
/// what is kept from an app and what does not exist. The launcher never looks at a path that an app chose: the app could
/// make it wait for a dead file server, or mount something.
struct HostNames: Sendable {
    private let names: [String: Set<String>]

    /// Names as given, for tests; by directory.
    init(_ names: [String: Set<String>]) { self.names = names }

    /// Looks at the machine. Where it may not, nothing is known to exist.
    init() {
        var names: [String: Set<String>] = [:]
        for directory in ["/", "/dev", "/etc", "/run"] {
            do throws(Failure) {
                names[directory] = Set(try AnchoredDirectory(at: directory).names())
            } catch { names[directory] = [] }
        }
        self.names = names
    }

    /// Whether the host has the path, as far as the names tell: below them everything passes for there.
    func mayHave(_ path: String) -> Bool {
        var directory = "/"
        for component in path.pathComponents {
            guard let known = names[directory] else { return true }
            guard known.contains(String(component)) else { return false }
            directory += (directory == "/" ? "" : "/") + component
        }
        return true
    }
}
