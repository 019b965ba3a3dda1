internal import YunCore
internal import WebHostContract

/// `window.yun`: what a page can know of the system. It runs in the page's own world before the page's first
/// script, holds nothing secret, and cannot be replaced or changed.
enum Bridge {
    static let version = "1"

    /// Begins a line that says where a promise was rejected: the engine reports a rejection that nothing handles
    /// without its place, right after this.
    static let rejectionMark = "yun-rejected-at "

    /// Begins the place of a message that the bridge's own calls caused.
    static let sourcePrefix = "user-script:"

    /// Makes WebKit show its module loader to scripts. It drops the promise of a module that awaits at its top, so
    /// what such a module throws would be lost; the bridge takes the loader before the page's first script and
    /// reports that promise. Workers keep it: nothing of ours runs there.
    static let loaderVariable = "JSC_exposeInternalModuleLoader"

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
          const tellPlace = (error, other) => {
            const place = stackOf(error).match(/page:\\/\\/[^\\s]+:\\d+:\\d+/)?.[0] ?? other;
            if (place) debug(\(literal(rejectionMark)) + place);
          };
          addEventListener.call(window, "unhandledrejection", (event) => tellPlace(event.reason));
          const loader = window.Loader;
          delete window.Loader;
          if (!loader) return;
          const report = reportError;
          const fail = (error, file) => { tellPlace(error, file); report(error); };
          const settle = async (end, file) => { try { await end; } catch (error) { fail(error, file); } };
          const evaluate = loader.linkAndEvaluateModule;
          loader.linkAndEvaluateModule = function (file, fetcher) {
            const end = evaluate.call(this, file, fetcher);
            // A module that import() loads has a fetcher, and a promise that the page itself holds.
            if (fetcher === undefined) settle(end, file);
            return end;
          };
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
