import DisplaySupport
import Glibc
import Platform
import Testing
import YunCore

@testable import WebHost
@testable import WebHostContract

private let orange = "<!doctype html><link rel=stylesheet href=s.css><p>hi</p>"
private let style = "body{margin:0;background:#ff5000;color:#fff}"

@Suite("Pages in the web host", .serialized)
struct PageTests {
    @Test("A page is shown at exactly the window's size, in its own colours, without a word (W-7)")
    func good() throws {
        let scene = try Scene([
            "pages/home.html": "<!doctype html><link rel=stylesheet href=../s.css><p>hi</p>"
        ])
        try scene.add("s.css", style)
        let result = try scene.photograph("pages/home.html")
        #expect(result.lines == [])
        #expect(result.exit == 0)
        let picture = try #require(PNG(result.picture))
        #expect(picture.width == 360 && picture.height == 640)
        #expect(picture.pixel(x: 5, y: 5) == 0xFF5000)
        #expect(picture.pixel(x: 359, y: 639) == 0xFF5000)
        #expect(picture.colorCount > 2)
    }

    @Test("Another size is kept as well (W-7)", arguments: [(200, 100), (480, 780)])
    func size(width: Int, height: Int) throws {
        let scene = try Scene(["index.html": orange, "s.css": style])
        let size = try #require(WindowSize(width: width, height: height))
        let picture = try #require(PNG(scene.photograph { $0.size = size }.picture))
        #expect(picture.width == width && picture.height == height)
    }

    @Test("What comes later than the page waits for the delay (W-7)")
    func delay() throws {
        let scene = try Scene([
            "index.html": orange + "<script src=a.js></script>", "s.css": style,
            "a.js": "setTimeout(() => { document.body.style.background = '#0000ff'; }, 400);",
        ])
        #expect(try #require(PNG(scene.photograph().picture)).pixel(x: 1, y: 300) == 0xFF5000)
        let late = try scene.photograph(delayMilliseconds: 900)
        #expect(try #require(PNG(late.picture)).pixel(x: 1, y: 300) == 0x0000FF)
    }

    @Test("An app that goes on drawing after it has loaded is waited for (W-7)")
    func rest() throws {
        let scene = try Scene([
            "index.html": orange + "<script type=module src=a.js></script>", "s.css": style,
            "a.js": """
            for (let i = 0; i < 8; i++) { await fetch('s.css'); await new Promise((go) => setTimeout(go, 40)); }
            document.body.style.background = '#0000ff';
            """,
        ])
        #expect(try #require(PNG(scene.photograph().picture)).pixel(x: 1, y: 300) == 0x0000FF)
    }

    @Test("A picture of one colour is no picture (W-7)")
    func blank() throws {
        let scene = try Scene([
            "index.html": "<!doctype html><link rel=stylesheet href=s.css>", "s.css": style,
        ])
        let result = try scene.photograph()
        #expect(result.exit == WebHostExit.pictureBlank.rawValue)
        #expect(result.picture == [])
        #expect(result.lines.contains { $0.contains("every pixel of the picture has the same colour") })
    }

    @Test("Pages know domain, language and fragment, and cannot change the bridge (W-11)")
    func bridge() throws {
        let scene = try Scene([
            "index.html": "<!doctype html><p>x<script type=module src=a.js></script>",
            "a.js": """
            try { yun.domain = 'x'; } catch (e) { console.log('frozen', e.name); }
            try { window.yun = {}; } catch (e) { console.log('fixed', e.name); }
            console.log(yun.version, yun.domain, yun.language, navigator.language, location.hash);
            console.log(origin, isSecureContext, typeof yun.addEventListener);
            yun.addEventListener('link', () => {});
            """,
        ])
        let result = try scene.photograph {
            $0.language = "zh_CN.UTF-8"
            $0.fragment = "#/item?id=42"
        }
        let texts = result.lines.map { $0.split(separator: ": ").last.map(String.init) ?? "" }
        #expect(
            texts == [
                "frozen TypeError", "fixed TypeError", "2 app.example.com zh-CN zh-CN #/item?id=42",
                "page://app.example.com true function",
            ])
        #expect(result.exit == 0)
    }

    @Test("Module scripts, workers, fetch and data images load from the package (W-5)")
    func loads() throws {
        let scene = try Scene([
            "index.html": "<!doctype html><meta charset=utf-8><p>x<script type=module src=a/a.js></script>",
            "a/a.js": """
            import { b } from './b.js';
            const worker = await new Promise((ok) => { new Worker(new URL('w.js', import.meta.url)).onmessage = (e) => ok(e.data); });
            const json = await (await fetch('../d.json')).json();
            const image = new Image();
            image.src = 'data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg" width="3" height="3"/>';
            await image.decode();
            console.log(b, worker, json.k, image.naturalWidth);
            """,
            "a/b.js": "export const b = '你';", "a/w.js": "postMessage('w');", "d.json": #"{"k": 1}"#,
        ])
        let lines = try scene.lines(until: ": 你 w 1 3")
        #expect(lines.count == 1)
    }

    @Test("A big file is streamed: the host's memory does not grow with it (W-8)")
    func bigFile() throws {
        let scene = try Scene([
            "index.html": "<!doctype html><p>x<script type=module src=a.js></script>",
            "a.js": """
            const reader = (await fetch('big.bin')).body.getReader();
            let size = 0;
            for (let piece; !(piece = await reader.read()).done;) size += piece.value.length;
            console.log('size', size);
            """,
        ])
        let size = 600 << 20
        try scene.add("big.bin", "")
        try #require(unsafe truncate(scene.root.path + "/package/big.bin", size) == 0)
        let host = try scene.start(scene.arguments().encoded)
        try host.waitForLine(containing: "size \(size)")
        let peak = try host.child.peakMemoryKilobytes()
        #expect(peak < size >> 10, "\(peak) kB")
    }
}
