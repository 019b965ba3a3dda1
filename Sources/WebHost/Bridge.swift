internal import YunCore
internal import WebHostContract

/// `window.yun`: what a page can know of the system and ask of it. `bridge.js` runs in the page's own world before the
/// page's first script, holds nothing secret, and cannot be replaced or changed.
enum Bridge {
    static let version = "2"

    /// Begins a line that says where a promise was rejected: the engine reports a rejection that nothing handles
    /// without its place, right after this.
    static let rejectionMark = "yun-rejected-at "

    /// Begins the place of a message that the bridge's own calls caused.
    static let sourcePrefix = "user-script:"

    /// The name under which the script speaks to the host.
    static let door = "yun"

    /// Makes WebKit show its module loader to scripts. It drops the promise of a module that awaits at its top, so
    /// what such a module throws would be lost; the bridge takes the loader before the page's first script and
    /// reports that promise. Workers keep it: nothing of ours runs there.
    static let loaderVariable = "JSC_exposeInternalModuleLoader"

    /// - Parameter instance: the page's number with the page manager; `nil` for a page that it does not know.
    static func script(domain: Domain, language: String, instance: Int?, hasBroker: Bool) -> String {
        let config = [
            "version": literal(version), "domain": literal(domain.name), "language": literal(language),
            "instance": instance.map(String.init) ?? "null", "hasBroker": String(hasBroker),
            "rejectionMark": literal(rejectionMark),
        ]
        let members = config.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
        let function = String(decoding: PackageResources.bridge_js, as: UTF8.self)
        return "(\(function))({ \(members.joined(separator: ", ")) });"
    }

    /// The text as a JavaScript literal; what is not plain is written as `\\uXXXX`.
    private static func literal(_ text: String) -> String {
        let units = text.utf16.map { unit -> String in
            let isPlain = (32...126).contains(unit) && unit != 34 && unit != 92 && unit != 60
            guard !isPlain else { return String(decoding: [unit], as: UTF16.self) }
            let digits = String(unit, radix: 16)
            return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }
        return "\"" + units.joined() + "\""
    }
}
