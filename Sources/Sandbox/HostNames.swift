internal import Platform
internal import Synchronization
internal import YunCore

/// What the host has in the few directories where programs look around, read once for each sandbox, when something is
/// denied for the first time: most apps are denied nothing, and while they start there is other work. A report tells by it
/// what is kept from an app and what does not exist. The launcher never looks at a path that an app chose: the app could
/// make it wait for a dead file server, or mount something.
final class HostNames: Sendable {
    private let known: Mutex<[String: Set<String>]?>

    private var names: [String: Set<String>] {
        known.withLock { known in
            if let known { return known }
            let names = Self.look()
            known = names
            return names
        }
    }

    /// Names as given, for tests, by directory; or those of the machine.
    init(_ names: [String: Set<String>]? = nil) { known = Mutex(names) }

    /// Where it may not look, nothing is known to exist.
    private static func look() -> [String: Set<String>] {
        var names: [String: Set<String>] = [:]
        for directory in ["/", "/dev", "/etc", "/run"] {
            do throws(Failure) {
                names[directory] = Set(try AnchoredDirectory(at: directory).names())
            } catch { names[directory] = [] }
        }
        return names
    }

    /// Whether the host has the path, as far as the names tell: below them everything passes for there.
    func mayHave(_ path: String) -> Bool {
        let names = names
        var directory = "/"
        for component in path.pathComponents {
            guard let known = names[directory] else { return true }
            guard known.contains(String(component)) else { return false }
            directory += (directory == "/" ? "" : "/") + component
        }
        return true
    }
}
