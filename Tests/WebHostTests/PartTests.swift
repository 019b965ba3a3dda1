import Platform
import Testing
import YunCore

@testable import WebHost
@testable import WebHostContract

@Suite("Parts of the web host that decide")
struct PartTests {
    private let domain: Domain

    init() throws { domain = try Domain("app.example.com") }

    @Test(
        "A page URI names one file (W-4)",
        arguments: [
            ("a.html", "a.html"), ("a/b.js?x=../y", "a/b.js"), ("a.html#/../b", "a.html"),
            ("a%20b.svg", "a b.svg"),
            ("%E4%BD%A0.html", "你.html"), ("a%2525.txt", "a%25.txt"), ("..a/b..", "..a/b.."),
            ("a%5Cb", "a\\b"), ("%3Fx", "?x"),
        ])
    func path(uri: String, path: String) throws {
        #expect(try PackagePath(uri: "page://app.example.com/" + uri, domain: domain).path == path)
    }

    @Test(
        "A URI that could mean another file is refused (W-4)",
        arguments: [
            "page://app.example.com/../x", "page://app.example.com/a/../../x",
            "page://app.example.com/%2e%2e/x",
            "page://app.example.com/a/%2E./x", "page://app.example.com/a%2fb", "page://app.example.com/a%2Fb",
            "page://app.example.com/..%2fx", "page://app.example.com/a%00", "page://app.example.com/a%0",
            "page://app.example.com/a%zz", "page://app.example.com/a%", "page://app.example.com/%ff",
            "page://app.example.com//etc/passwd", "page://app.example.com/", "page://app.example.com/a/",
            "page://app.example.com/./a", "page://app.example.com", "page://other.example.com/a",
            "page://app.example.com.evil.org/a", "page://app.example.com@evil/a", "file:///etc/passwd",
            "PAGE://app.example.com/a", "page://app.example.com/" + String(repeating: "a", count: 1025),
        ])
    func hostilePath(uri: String) {
        #expect(throws: Failure.self) { try PackagePath(uri: uri, domain: domain) }
    }

    @Test("A page's location is read back as the same path (W-4)")
    func location() throws {
        let path = "pages/你 好%?#.html"
        let location = pageLocation(domain: domain, path: path, fragment: "#/a?b")
        #expect(location.hasSuffix("#/a?b"))
        #expect(try PackagePath(uri: location, domain: domain).path == path)
    }

    @Test(
        "Files are typed by their names (W-6)",
        arguments: [
            ("a/main.js", "text/javascript; charset=utf-8"), ("a.mjs", "text/javascript; charset=utf-8"),
            ("ICON.SVG", "image/svg+xml"), ("a.json", "application/json"),
            ("a.css", "text/css; charset=utf-8"),
            ("a.woff2", "font/woff2"), ("a.wasm", "application/wasm"), ("a.mp3", "audio/mpeg"),
            ("a.mp4", "video/mp4"), ("a.webp", "image/webp"), ("a.png", "image/png"),
            ("a/\u{301}b.js", "text/javascript; charset=utf-8"),
            ("a.js/\u{301}b", "application/octet-stream"),
            ("LICENSE", "application/octet-stream"), ("a.js/b", "application/octet-stream"),
        ])
    func types(path: String, type: String) {
        #expect(mediaType(ofPath: path) == type)
    }

    @Test(
        "The engine's lines are taken apart (W-9)",
        arguments: [
            (
                "page://a.b/m.js:2:14: CONSOLE LOG hello CONSOLE ERROR x",
                ["log", nil, "page://a.b/m.js:2:14", "hello CONSOLE ERROR x"]
            ),
            ("CONSOLE JS ERROR Error: x", ["error", "JS", nil, "Error: x"]),
            (
                "page://a.b/n.js:2: CONSOLE JS ERROR SyntaxError: y",
                ["error", "JS", "page://a.b/n.js:2", "SyntaxError: y"]
            ),
            ("page://a.b/n.js:2:1: CONSOLE DIR {}", ["log", nil, "page://a.b/n.js:2:1", "{}"]),
            ("page://a.b/n.js:2:1: CONSOLE ASSERT ERROR no", ["error", nil, "page://a.b/n.js:2:1", "no"]),
            ("[native code]: CONSOLE LOG x", ["log", nil, nil, "x"]),
            ("CONSOLE SECURITY ERROR Refused", ["error", "SECURITY", nil, "Refused"]),
            ("CONSOLE LOG", ["log", nil, nil, ""]),
        ] as [(String, [String?])])
    func consoleLine(line: String, parts: [String?]) throws {
        let parsed = try #require(ConsoleLine(line))
        #expect([parsed.level, parsed.source, parsed.place, parsed.text] == parts)
    }

    @Test(
        "What no console wrote is no console line (W-9)",
        arguments: ["", "CONSOLE", "CONSOLE x", "a b: CONSOLE LOG x", "two", ": CONSOLE"])
    func noConsoleLine(line: String) {
        #expect(ConsoleLine(line) == nil)
    }

    @Test("A rejection takes the place that the page found for it, if it is the page's own (W-9)")
    func rejection() {
        var console = Console(domain: domain)
        let line = "CONSOLE JS ERROR Unhandled Promise Rejection: x"
        let own = "page://app.example.com/a.js:1:2"
        #expect(console.take("x: CONSOLE DEBUG \(Bridge.rejectionMark)\(own)") == .nothing)
        #expect(console.take(line) == .uncaught(place: own, text: "Unhandled Promise Rejection: x"))
        #expect(console.take(line) == .uncaught(place: nil, text: "Unhandled Promise Rejection: x"))
        #expect(console.take("x: CONSOLE DEBUG \(Bridge.rejectionMark)page://other.example.com/") == .nothing)
        #expect(console.take(line) == .uncaught(place: nil, text: "Unhandled Promise Rejection: x"))
    }

    @Test("Reports are cut, escaped, limited in rate and counted (W-10)")
    func reports() throws {
        let file = try OwnedDescriptor.memoryFile("reports")
        var second = 0
        let reporter = Reporter(output: try file.duplicate(), now: { second })
        reporter.report(.console, level: "log", at: "a\u{1b}[2J", String(repeating: "x", count: 5000))
        for index in 0..<1000 { reporter.report(.console, level: "log", "line \(index)") }
        second = 1
        reporter.reportOnce(.refused, "again")
        reporter.reportOnce(.refused, "again")
        reporter.flush()
        try file.seek(to: 0)
        let bytes = try file.readToEnd(limit: 1 << 20, describedAs: "reports")
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        #expect(lines.first?.hasPrefix("console log a\\u{1b}[2J: xxx") == true)
        #expect(lines.first?.count ?? 0 < 1100)
        #expect(lines.count == Reporter.linesPerSecondMax + 2)
        #expect(lines.dropLast().last == "engine: 801 more lines were left out")
        #expect(lines.last == "refused: again")
    }

    @Test("What a page throws counts until the picture, and the first break decides (W-3)")
    func load() {
        var load = PageLoad()
        load.pageThrew()
        #expect(load.finished() == .show)
        #expect(load.finished() == .nothing)
        #expect(load.exitAfterPicture == .pageThrew)
        #expect(load.exitAtClose == .closed)
        #expect(load.broke(.crashed) == .showError(.crashed))
        #expect(load.broke(.pageMissing) == .nothing)
        #expect(load.exitAtClose == .crashed)
        var late = PageLoad()
        #expect(late.finished() == .show)
        #expect(late.exitAfterPicture == .closed)
        late.pageThrew()
        #expect(late.exitAfterPicture == .pageThrew)
    }

    @Test("The bridge's texts cannot leave their quotes (W-11)")
    func bridge() {
        let script = Bridge.script(
            domain: domain, language: "\"</script>\\\n\u{2028}", instance: 3, hasBroker: false)
        #expect(script.contains(#"language: "\u0022\u003c/script>\u005c\u000a\u2028""#))
    }

    @Test("The error page shows a title as it is, and nothing in one is markup (W-14)")
    func errorPage() {
        let html = ErrorPage.html(.pageMissing, title: #"<b>Tom's & "C:\x" 笔记</b>"#, language: "zh-CN")
        let title = #"&lt;b&gt;Tom&#39;s &amp; &quot;C:\x&quot; 笔记&lt;/b&gt;"#
        #expect(html.contains("<title>\(title)</title>") && html.contains("<h1>\(title)</h1>"))
        #expect(html.contains(#"<html lang="zh-CN">"#) && html.contains("应用中缺少此页面"))
    }
}
