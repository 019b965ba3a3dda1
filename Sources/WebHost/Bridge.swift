internal import YunCore
internal import WebHostContract

/// `window.yun`: what a page can know of the system. It runs in the page's own world before the page's first
/// script, holds nothing secret, and cannot be replaced or changed.
enum Bridge {
    static let version = "1"

    /// Begins a line that says where a promise was rejected: the engine reports a rejection that nothing handles
    /// without its place, right after this.
    static let rejectionMark = "yun-rejected-at "

    static func script(domain: Domain, language: String) -> String {
        """
        (() => {
          "use strict";
          const links = new EventTarget();
          const { addEventListener, removeEventListener } = EventTarget.prototype;
          const debug = console.debug.bind(console);
          const stackOf = (value) => value instanceof Error ? String(value.stack) : "";
          const yun = Object.freeze({
            version: \(literal(version)),
            domain: \(literal(domain.name)),
            language: \(literal(language)),
            addEventListener: (...rest) => addEventListener.apply(links, rest),
            removeEventListener: (...rest) => removeEventListener.apply(links, rest),
          });
          Object.defineProperty(window, "yun", { value: yun, enumerable: true });
          addEventListener.call(window, "unhandledrejection", (event) => {
            const place = stackOf(event.reason).match(/page:\\/\\/[^\\s]+:\\d+:\\d+/);
            if (place) debug(\(literal(rejectionMark)) + place[0]);
          });
        })();
        """
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
