import DisplaySupport
import Glibc
import Platform
import Testing
import YunCore

@testable import WebHost
@testable import WebHostContract

@Suite("What the web host tells about pages", .serialized)
struct ReportTests {
    private static let page = "<!doctype html><p>x<script type=module src=a.js></script>"

    @Test("Console messages arrive with level, file, line and column (W-9)")
    func console() throws {
        let scene = try Scene([
            "index.html": Self.page,
            "a.js":
                "\nconsole.log('l', 1);\n  console.warn('w');\nconsole.error('e'); console.info('i'); console.debug('d');",
        ])
        let lines = try scene.photograph().lines
        let file = "page://app.example.com/a.js"
        #expect(
            lines == [
                "console log \(file):2:12: l 1", "console warn \(file):3:15: w",
                "console error \(file):4:14: e",
                "console info \(file):4:33: i", "console debug \(file):4:53: d",
            ])
    }

    @Test(
        "An error that nothing catches is told with its place, and the picture is still taken (W-9, W-13)",
        arguments: [
            ("\n\n  nothing();", "uncaught page://app.example.com/a.js:3:10: ReferenceError"),
            ("let a = ;", "uncaught page://app.example.com/a.js:1: SyntaxError"),
            (
                "(async () => { await 1;\n throw new TypeError('late'); })()",
                "uncaught page://app.example.com/a.js:2:"
            ),
            (
                "import './missing.js'",
                "failed page://app.example.com/missing.js: this file is not in the package"
            ),
            ("await fetch('missing.json')", "failed page://app.example.com/missing.json: this file is not"),
            ("import { nothing } from './b.js'", "uncaught"),
            ("await 1;\n throw new Error('late')", "uncaught page://app.example.com/a.js:2:17: Error: late"),
            ("await Promise.reject(5)", "uncaught page://app.example.com/a.js: 5"),
            ("import './late.js'", "uncaught page://app.example.com/late.js:1:"),
            ("await fetch('https://example.com/x')", "uncaught page://app.example.com/a.js: TypeError"),
            ("import('./late.js')", "uncaught page://app.example.com/late.js:1:"),
        ])
    func throwing(script: String, told: String) throws {
        let scene = try Scene([
            "index.html": Self.page, "a.js": script, "b.js": "",
            "late.js": "await 1; throw new Error('late')",
        ])
        let result = try scene.photograph()
        #expect(result.lines.contains { $0.hasPrefix(told) }, "\(result.lines)")
        #expect(result.lines("uncaught").count <= 1, "\(result.lines)")
        #expect(result.exit == WebHostExit.pageThrew.rawValue)
        #expect(PNG(result.picture)?.width == 360)
    }

    @Test(
        "A page is told of what its modules throw, can catch what it imports, and holds no loader (W-9, W-11)"
    )
    func modules() throws {
        let scene = try Scene([
            "index.html":
                "<!doctype html><p>x<script src=first.js></script><script type=module src=a.js></script>",
            "first.js": """
            console.log('loader', typeof Loader, Object.keys(window).includes('Loader'));
            addEventListener('error', (event) => console.log('event', event.error?.message));
            """,
            "a.js": "import('./b.js').catch((error) => console.log('caught', error.message));\n"
                + "await 1; throw new Error('mine')",
            "b.js": "await 1; throw new Error('other')",
        ])
        let result = try scene.photograph()
        let logged = result.lines("console").compactMap { $0.split(separator: ": ").last.map(String.init) }
        #expect(Set(logged) == ["loader undefined false", "event mine", "caught other"], "\(result.lines)")
        #expect(result.lines("uncaught").count == 1)
        #expect(result.exit == WebHostExit.pageThrew.rawValue)
    }

    @Test("Hostile console text can neither drive a terminal nor forge a report of its own line (W-10)")
    func hostile() throws {
        let scene = try Scene([
            "index.html": Self.page,
            "a.js": #"""
            console.log('\u001b[2J\u001b]0;x\u0007\u202e\u0000\r');
            console.log('one\nrefused: forged\nerror: forged\nuncaught: forged');
            console.log('x'.repeat(1000000));
            console.log('\ud800 \\ 你好');
            """#,
        ])
        let result = try scene.photograph()
        #expect(result.exit == 0)
        for line in result.lines {
            #expect(line.hasPrefix("console log page://app.example.com/a.js:"), "\(line)")
            #expect(line.unicodeScalars.allSatisfy { !$0.isUnprintable })
            #expect(line.count < 1500)
        }
        #expect(result.lines.contains { $0.contains("\\u{1b}[2J") })
        #expect(result.lines.contains { $0.hasSuffix("你好") })
    }

    @Test("A flood of messages is cut, and the page is still shown (W-10)")
    func flood() throws {
        let scene = try Scene([
            "index.html": Self.page, "a.js": "for (let i = 0; i < 20000; i++) console.log('flood', i);",
        ])
        let result = try scene.photograph()
        #expect(result.exit == 0)
        #expect(result.lines.count < 20000)
        #expect(result.lines.contains { $0.hasSuffix("more lines were left out") })
    }

    @Test(
        "A page that is not there ends the picture with a status of its own (W-13)",
        arguments: ["nothing.html", "folder", "link.html"])
    func missing(page: String) throws {
        let scene = try Scene(["index.html": Self.page, "folder/a.html": "x"])
        try scene.root.directory("package").createSymlink("link.html", target: "index.html")
        let result = try scene.photograph(page)
        #expect(result.exit == WebHostExit.pageMissing.rawValue)
        #expect(result.picture == [])
        #expect(result.lines.contains { $0.hasPrefix("failed page://app.example.com/") }, "\(result.lines)")
    }

    @Test("A page that never finishes ends the picture in time (W-13)")
    func timeout() throws {
        let scene = try Scene(["index.html": Self.page, "a.js": "for (;;);"])
        let result = try scene.photograph { $0.loadTimeoutMilliseconds = 1500 }
        #expect(result.exit == WebHostExit.timedOut.rawValue)
        #expect(result.lines.contains { $0.hasSuffix("the page did not load in 1500 ms") })
    }

    @Test("When the page's process dies the picture fails (W-13)")
    func crash() throws {
        let scene = try Scene(["index.html": Self.page, "a.js": "console.log('up');"])
        var arguments = try scene.arguments()
        arguments.screenshot = ScreenshotRequest(descriptor: 2, delayMilliseconds: 20_000)
        arguments.screenshot?.descriptor = 3
        let host = try scene.start(arguments, picture: .memoryFile("picture"))
        try host.waitForLine(containing: "up")
        try host.killPageProcess()
        let (exit, lines) = try host.finish()
        #expect(exit == WebHostExit.crashed.rawValue)
        #expect(lines.contains { $0.hasSuffix("the process that shows the page ended: it crashed") })
    }

    @Test("In a window, a missing page is an error page instead of white (W-14)")
    func missingInWindow() throws {
        let scene = try Scene()
        let host = try scene.start(scene.arguments().encoded)
        try host.waitForLine(containing: "failed page://app.example.com/index.html")
        #expect(try scene.display.waitForPixel([0xF4, 0xF4, 0xF4], x: 30, y: 30))
        host.child.signal(SIGTERM)
        #expect(try host.finish().0 == WebHostExit.pageMissing.rawValue)
    }

    @Test("In a window, a crash is an error page instead of white (W-14)")
    func crashInWindow() throws {
        let scene = try Scene([
            "index.html": "<!doctype html><link rel=stylesheet href=s.css>", "s.css": "body{background:#00f}",
        ])
        let host = try scene.start(scene.arguments().encoded)
        #expect(try scene.display.waitForPixel([0, 0, 0xFF], x: 30, y: 30))
        try host.killPageProcess()
        try host.waitForLine(containing: "it crashed")
        #expect(try scene.display.waitForPixel([0xF4, 0xF4, 0xF4], x: 30, y: 30))
        host.child.signal(SIGTERM)
        #expect(try host.finish().0 == WebHostExit.crashed.rawValue)
    }

    @Test("A link to a page that is not there leaves the page where it is (W-14)")
    func missingLink() throws {
        let scene = try Scene([
            "index.html": "<!doctype html><link rel=stylesheet href=s.css><script src=a.js></script>",
            "s.css": "body{background:#00f}",
            "a.js": "setTimeout(() => { location.href = 'nothing.html'; }, 300);",
        ])
        let host = try scene.start(scene.arguments().encoded)
        try host.waitForLine(containing: "failed page://app.example.com/nothing.html")
        #expect(try scene.display.waitForPixel([0, 0, 0xFF], x: 30, y: 30))
        host.child.signal(SIGTERM)
        #expect(try host.finish().0 == 0)
    }

    @Test("Wrong arguments, directories and displays each have their status and one line (W-3)")
    func starts() throws {
        let scene = try Scene(["index.html": Self.page])
        func end(_ arguments: [String]) throws -> (Int32, [String]) { try scene.start(arguments).finish() }
        #expect(try end(["--nothing", "x"]).0 == WebHostExit.usage.rawValue)
        #expect(try end(scene.arguments("../package/index.html").encoded).0 == WebHostExit.usage.rawValue)
        var arguments = try scene.arguments()
        arguments.package += "/nothing"
        let (exit, lines) = try end(arguments.encoded)
        #expect(exit == WebHostExit.directoryUnusable.rawValue)
        #expect(lines.count == 1 && lines[0].hasPrefix("error: cannot open "))
        arguments = try scene.arguments()
        arguments.screenshot = ScreenshotRequest(descriptor: 77)
        #expect(try end(arguments.encoded).0 == WebHostExit.pictureUnwritable.rawValue)
        scene.display.stop()
        let (noDisplay, words) = try end(scene.arguments().encoded)
        #expect(noDisplay == WebHostExit.displayMissing.rawValue)
        #expect(words.contains("error: there is no display to open a window on"))
    }
}
