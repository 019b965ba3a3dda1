import DisplaySupport
import Glibc
import Platform
import Testing
import YunCore

@testable import WebHost
@testable import WebHostContract

@Suite("What pages keep", .serialized)
struct StorageTests {
    private static let page = "<!doctype html><p>x<script type=module src=a.js></script>"
    private static let counting = """
        const wait = (request) => new Promise((ok, no) => { request.onsuccess = () => ok(request.result);
          request.onerror = () => no(request.error); });
        const opening = indexedDB.open('d', 1);
        opening.onupgradeneeded = () => opening.result.createObjectStore('s');
        const database = await wait(opening);
        const number = Number(await wait(database.transaction('s').objectStore('s').get('n')) ?? 0);
        const change = database.transaction('s', 'readwrite');
        change.objectStore('s').put(number + 1, 'n');
        await new Promise((ok) => { change.oncomplete = ok; });
        const local = Number(localStorage.n ?? 0);
        localStorage.n = local + 1;
        console.log('found', local, number);
        """

    /// Runs until the page has written, then stops the host at once as a launcher would.
    private func found(_ scene: Scene) throws -> String {
        let host = try scene.start(scene.arguments().encoded)
        try host.waitForLine(containing: ": found ")
        host.child.signal(SIGTERM)
        let (exit, lines) = try host.finish()
        #expect(exit == 0)
        #expect(!host.hasEngineProcesses)
        return lines.first { $0.contains(": found ") }?.split(separator: ": found ").last.map(String.init)
            ?? ""
    }

    @Test("Local storage and IndexedDB survive SIGTERM right after a write, under data (W-15)")
    func survives() throws {
        let scene = try Scene(["index.html": Self.page, "a.js": Self.counting])
        #expect(try found(scene) == "0 0")
        #expect(try found(scene) == "1 1")
        #expect(try found(scene) == "2 2")
        #expect(try scene.root.directory("data").names().contains("localstorage"))
        #expect(try !scene.root.directory("cache").names().contains("localstorage"))
    }

    @Test("Two apps do not share storage, even in one directory (W-15)")
    func separate() throws {
        let scene = try Scene(["index.html": Self.page, "a.js": Self.counting])
        #expect(try found(scene) == "0 0")
        scene.domain = "other.example.com"
        #expect(try found(scene) == "0 0")
        scene.domain = "app.example.com"
        #expect(try found(scene) == "1 1")
    }

    @Test("The window's close button and window.close() end the host with success (W-3)")
    func closes() throws {
        let scene = try Scene(["index.html": Self.page, "a.js": "setTimeout(() => close(), 100);"])
        #expect(try scene.start(scene.arguments().encoded).finish().0 == 0)
    }
}
