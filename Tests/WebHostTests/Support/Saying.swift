import Platform
import YunCore

extension Scene {
    static let page = "<!doctype html><p>x<script type=module src=a.js></script>"

    /// `tell(name, action)` logs what becomes of something asynchronous: JSON with sorted keys, or the error.
    static let telling = """
        const sorted = (_, value) => value && Object.getPrototypeOf(value) === Object.prototype
          ? Object.fromEntries(Object.entries(value).sort()) : value;
        const tell = async (name, action) => {
          try { console.log(name, JSON.stringify(await action(), sorted)); }
          catch (error) { console.log(name, error.name, error.code ?? '-', error.message); }
        };

        """

    /// What a page with `script` says, each line without its place, until it says `done`.
    static func said(
        by script: String, _ prepare: (Scene, FakeBroker) throws -> Void = { _, _ in }
    ) throws -> [String] {
        let scene = try Scene(["index.html": page, "a.js": telling + script + "\nconsole.log('done');"])
        try prepare(scene, scene.startBroker())
        return try scene.lines(until: ": done").dropLast().map(text)
    }

    /// A line without its kind and place.
    static func text(_ line: String) -> String {
        line.firstRange(of: ": ").map { String(line[$0.upperBound...]) } ?? line
    }
}
