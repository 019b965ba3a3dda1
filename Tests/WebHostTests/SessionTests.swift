import DisplaySupport
import Glibc
import PageManagerInterface
import Platform
import Support
import Synchronization
import Testing
import YunCore

@testable import WebHost
@testable import WebHostContract

@Suite("Pages that the page manager opens", .serialized)
struct SessionTests {
    private static let listening = """
        const names = ['create', 'start', 'show', 'hide', 'stop', 'destroy', 'trimmemory', 'backkey', 'link'];
        for (const name of names) yun.page.addEventListener(name, (event) =>
          console.log(document.title, name, event.uri ?? '-', event.event ?? event.level ?? '-', event.data || '-'));
        """

    private static func markup(_ title: String, _ color: String) -> String {
        "<!doctype html><title>\(title)</title><link rel=stylesheet href=\(color).css>"
            + "<script type=module src=a.js></script>"
    }

    private func scene(_ script: String = listening) throws -> (Scene, FakeBroker) {
        let scene = try Scene([
            "a.html": Self.markup("A", "blue"), "b.html": Self.markup("B", "red"), "a.js": script,
            "blue.css": "body{background:#00f}", "red.css": "body{background:#f00}",
        ])
        return (scene, try scene.startBroker())
    }

    private func end(_ host: RunningHost) throws -> [String] {
        host.child.signal(SIGTERM)
        let (exit, lines) = try host.finish()
        #expect(exit == 0)
        return lines.map(Scene.text)
    }

    @Test("A page lives through its events in their order, each dealt with before it is taken (W-22, W-25)")
    func lifecycle() throws {
        let (scene, broker) = try scene()
        let host = try scene.startEmpty()
        try broker.sendAndWait(.create, uri: "page://app.example.com/main?q=1#/top", content: "a.html")
        try broker.sendAndWait(.start)
        try broker.sendAndWait(.show)
        #expect(try scene.display.waitForPixel([0, 0, 0xFF], x: 30, y: 30))
        let windows = try Program("xwininfo").run(
            ["-root", "-tree"], environment: ["DISPLAY": scene.display.name])
        #expect(
            windows.output.contains(#"("ypkg.app.example.com" "ypkg.app.example.com")"#), "\(windows.output)")
        try broker.sendAndWait(.link, uri: "page://app.example.com/main?id=2", name: "buy", data: "{}")
        try broker.sendAndWait(.trimMemory)
        try broker.sendAndWait(.hide)
        #expect(try scene.display.waitForPixel([0, 0, 0], x: 30, y: 30))
        try broker.sendAndWait(.stop)
        try broker.sendAndWait(.destroy)
        let lines = try end(host)
        #expect(
            lines == [
                "A create page://app.example.com/main?q=1#/top - -", "A start - - -", "A show - - -",
                "A link page://app.example.com/main?id=2 buy {}", "A trimmemory - low -", "A hide - - -",
                "A stop - - -",
                "A destroy - - -",
            ])
    }

    @Test("A page has its size before it is shown, and is not visible until then (W-22)")
    func size() throws {
        let (scene, broker) = try scene(
            """
            const tell = (name) => console.log(name, innerWidth, innerHeight, document.visibilityState);
            tell('script');
            yun.page.addEventListener('show', () => requestAnimationFrame(() => tell('frame')));
            addEventListener('resize', () => tell('resize'));
            """)
        let host = try scene.startEmpty()
        try broker.sendAndWait(.create, uri: "page://app.example.com/main", content: "a.html")
        #expect(host.lines.isEmpty)
        try broker.sendAndWait(.show)
        try host.waitForLine(containing: "frame")
        #expect(try end(host) == ["script 360 640 hidden", "frame 360 640 visible"])
    }

    @Test("An event is taken when the promises that handlers gave have settled (W-22)")
    func waiting() throws {
        let (scene, broker) = try scene(
            """
            yun.page.addEventListener('stop', (event) => event.waitUntil(yun.storage.set('draft', 'saved')));
            yun.page.addEventListener('hide', (event) => { event.waitUntil(Promise.reject(1)); throw new Error('x'); });
            """)
        let host = try scene.startEmpty()
        try broker.open("a.html")
        try broker.sendAndWait(.hide)
        try broker.sendAndWait(.stop)
        #expect(broker.state.withLock { $0.values["draft"]?.value } == #""saved""#)
        #expect(try end(host) == ["Error: x"])
    }

    @Test("A page that does not come to an end with an event does not hold up what follows (W-22)")
    func stuck() throws {
        let (scene, broker) = try scene("yun.page.addEventListener('hide', () => { for (;;); });")
        let host = try scene.startEmpty()
        try broker.open("a.html")
        let first = broker.send(.hide)
        let second = broker.send(.stop)
        try broker.wait(for: "taken 1.\(first)")
        try broker.wait(for: "taken 1.\(second)")
        host.child.kill()
    }

    @Test("Links that come before the page listens are kept for it (W-22)")
    func earlyLinks() throws {
        let (scene, broker) = try scene(
            """
            addEventListener('click', () => {});
            setTimeout(() => yun.addEventListener('link', (event) => console.log(event.uri, event.event, event.data)), 300);
            """)
        let host = try scene.startEmpty()
        broker.send(.create, uri: "page://app.example.com/main", content: "a.html")
        broker.send(.link, uri: "page://app.example.com/main?1")
        try broker.sendAndWait(.link, uri: "page://app.example.com/main?2", name: "e", data: "d")
        try host.waitForLine(containing: "main?2 e d")
        #expect(
            try end(host) == ["page://app.example.com/main?1 link ", "page://app.example.com/main?2 e d"])
    }

    @Test("Two pages of an app live in one host, each with its own window and events (W-22)")
    func twoPages() throws {
        let (scene, broker) = try scene()
        let host = try scene.startEmpty()
        try broker.open("a.html", 1)
        #expect(try scene.display.waitForPixel([0, 0, 0xFF], x: 30, y: 30))
        try broker.open("b.html", 2, uri: "page://app.example.com/other")
        #expect(try scene.display.waitForPixel([0xFF, 0, 0], x: 30, y: 30))
        try broker.sendAndWait(.hide, 2)
        #expect(try scene.display.waitForPixel([0, 0, 0xFF], x: 30, y: 30))
        try broker.sendAndWait(.link, 2, uri: "page://app.example.com/other?x")
        try broker.sendAndWait(.destroy, 2)
        try broker.sendAndWait(.link, 1, uri: "page://app.example.com/main?x")
        let lines = try end(host)
        #expect(lines.contains { $0.hasPrefix("B link page://app.example.com/other?x") })
        #expect(lines.contains { $0.hasPrefix("A link page://app.example.com/main?x") })
        #expect(
            !lines.contains { $0.hasPrefix("A hide") || $0.hasPrefix("B link page://app.example.com/main") })
    }

    @Test("The way back is the page's, then its history's, then out of it (W-22)")
    func back() throws {
        let (scene, broker) = try scene(
            """
            let held = true;
            yun.page.addEventListener('backkey', (event) => { if (held) event.preventDefault(); held = false; });
            addEventListener('hashchange', () => console.log('at', location.hash || 'top'));
            addEventListener('load', () => setTimeout(() => { location.hash = '#deep'; }));
            """)
        let host = try scene.startEmpty()
        try broker.open("a.html")
        try host.waitForLine(containing: "at #deep")
        try broker.sendAndWait(.backKey)
        #expect(!broker.log.contains { $0.hasPrefix("unhandled") })
        try broker.sendAndWait(.backKey)
        try host.waitForLine(containing: "at top")
        #expect(!broker.log.contains { $0.hasPrefix("unhandled") })
        let last = broker.send(.backKey)
        try broker.wait(for: "unhandled 1.\(last)")
        #expect(try end(host) == ["at #deep", "at top"])
    }

    @Test("A page closes itself, opens others and holds on for a reason (W-17, W-22)")
    func wishes() throws {
        let (scene, broker) = try scene(
            Scene.telling + """
                await tell('hold', () => yun.page.hold('nothing'));
                const hold = await yun.page.hold('playback');
                setTimeout(() => { hold.release(); yun.page.close(); }, 100);
                """)
        let host = try scene.startEmpty()
        try broker.open("a.html", 5)
        try broker.wait(for: "hold 5")
        try broker.wait(for: "release 5")
        try broker.wait(for: "close 5")
        #expect(try end(host) == ["hold Error trust.not-allowed this is not declared"])
    }

    @Test("A hold and a watch end with the document and with the page that has them (W-22)")
    func holdsEnd() throws {
        let (scene, broker) = try scene("await yun.page.hold('playback');")
        let host = try scene.startEmpty()
        try broker.open("a.html", 5)
        try broker.wait(for: "hold 5")
        try broker.sendAndWait(.destroy, 5)
        try broker.wait(for: "release 5")
        _ = try end(host)
    }

    @Test("Events go on in another document of the page, and to an error page (W-22)")
    func documents() throws {
        let (scene, broker) = try scene(
            "if (document.title === 'A') location.href = 'b.html'; else { \(Self.listening) console.log('there'); }"
        )
        let host = try scene.startEmpty()
        broker.send(.create, uri: "page://app.example.com/main", content: "a.html")
        try host.waitForLine(containing: "there")
        try broker.sendAndWait(.start)
        try broker.sendAndWait(.create, 2, uri: "page://app.example.com/gone", content: "gone.html")
        try broker.sendAndWait(.show, 2)
        #expect(try scene.display.waitForPixel([0xF4, 0xF4, 0xF4], x: 30, y: 30))
        let back = broker.send(.backKey, 2)
        try broker.wait(for: "unhandled 2.\(back)")
        let lines = try end(host)
        #expect(lines.contains { $0.hasPrefix("B start") })
        #expect(lines.contains { $0.contains("the page is not in the package") })
    }

    @Test("Events that fit nothing are taken, and harm nothing (W-20, W-22)")
    func hostileEvents() throws {
        let (scene, broker) = try scene()
        let host = try scene.startEmpty()
        try broker.sendAndWait(.show, 77)
        try broker.sendAndWait(.create, 78)
        try broker.sendAndWait(.create, 79, uri: "page://app.example.com/x", content: "../../etc/passwd")
        try broker.sendAndWait(.destroy, 79)
        try broker.open("a.html")
        try broker.sendAndWait(.create, uri: "page://app.example.com/main", content: "b.html")
        #expect(try scene.display.waitForPixel([0, 0, 0xFF], x: 30, y: 30))
        _ = try end(host)
    }

    @Test("The host ends in order when the page manager is gone (W-22)")
    func gone() throws {
        let (scene, broker) = try scene()
        let host = try scene.startEmpty()
        try broker.open("a.html")
        broker.stop()
        #expect(try host.finish().0 == 0)
        #expect(!host.hasEngineProcesses)
    }

    @Test("Without a page and without a broker there is nothing to do (W-1)")
    func nothing() throws {
        let scene = try Scene()
        var arguments = try scene.arguments()
        arguments.page = nil
        let (exit, lines) = try scene.start(arguments.encoded).finish()
        #expect(exit == WebHostExit.usage.rawValue)
        #expect(lines.first == "error: --page is missing")
    }

    @Test("The process is called by the address of the page that is shown (W-23)")
    func title() throws {
        let (scene, broker) = try scene()
        let host = try scene.startEmpty()
        try broker.open("a.html", 1, uri: "page://app.example.com/main?id=1")
        let line = try OwnedDescriptor.open("/proc/\(host.child.number)/cmdline", .read)
            .readToEnd(limit: 1 << 16, describedAs: "cmdline")
        #expect(String(decoding: line.prefix { $0 != 0 }, as: UTF8.self) == "page://app.example.com/main")
        #expect(line.drop { $0 != 0 }.allSatisfy { $0 == 0 })
        let long = "page://app.example.com/" + String(repeating: "x", count: 100_000)
        try broker.open("a.html", 2, uri: long)
        let cut = try OwnedDescriptor.open("/proc/\(host.child.number)/cmdline", .read)
            .readToEnd(limit: 1 << 16, describedAs: "cmdline")
        #expect(cut.count == line.count)
        _ = try end(host)
    }

    @Test("The shop opens an item by its link, follows another one, and its pages share the cart (W-22)")
    func shop() throws {
        let scene = try Scene()
        scene.domain = "mobile.taobao.com"
        let package = scene.root.path + "/package"
        try #require(
            try Program("cp").run("-rT", "\(Checkout.path)/SamplePackages/taobao", package).status == 0)
        for page in ["home", "item"] {
            let markup = try Program("cat").run("\(package)/pages/\(page).html").output
            try scene.add(
                "pages/\(page).html",
                markup.replacing("</body>", with: "<script src=../watch.js></script></body>"))
        }
        try scene.add(
            "watch.js",
            """
            const told = () => [location.pathname, location.hash, document.documentElement.dataset.ready,
              document.querySelector('#cart-count')?.textContent].join(' ');
            let last;
            setInterval(() => { if (told() !== last) console.log(last = told()); }, 20);
            addEventListener('keydown', () => {});
            yun.page.addEventListener('trimmemory', () => document.querySelector('#add-to-cart').click());
            """)
        let broker = try scene.startBroker()
        let host = try scene.startEmpty()
        try broker.open("pages/home.html", 1, uri: "page://mobile.taobao.com/home")
        try host.waitForLine(containing: ": /pages/home.html  home")
        try broker.sendAndWait(.create, 2, uri: "page://mobile.taobao.com/item", content: "pages/item.html")
        try broker.sendAndWait(.start, 2)
        try broker.sendAndWait(.link, 2, uri: "page://mobile.taobao.com/item?id=42")
        try broker.sendAndWait(.show, 2)
        try host.waitForLine(containing: ": /pages/item.html #/item?id=42 item")
        try broker.sendAndWait(.link, 2, uri: "page://mobile.taobao.com/item?id=2")
        try host.waitForLine(containing: ": /pages/item.html #/item?id=2 item")
        // Back to the item that opened the page, and from there out of it.
        try broker.sendAndWait(.backKey, 2)
        let back = broker.send(.backKey, 2)
        try broker.wait(for: "unhandled 2.\(back)")
        try broker.sendAndWait(.trimMemory, 2)
        try host.waitForLine(containing: ": /pages/home.html  home 1")
        _ = try end(host)
    }
}
