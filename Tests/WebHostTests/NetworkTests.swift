import DisplaySupport
import Glibc
import Platform
import Synchronization
import Testing
import YunCore

@testable import WebHost
@testable import WebHostContract

@Suite("What pages fetch", .serialized)
struct NetworkTests {
    private static let origin = "const api = 'https://api.example.com';\n"

    private func said(by script: String) throws -> [String] { try Scene.said(by: Self.origin + script) }

    @Test("A plain fetch reaches the network through the page manager (W-21)")
    func text() throws {
        let said = try said(
            by: """
                const answer = await fetch(api + '/text');
                console.log(answer.status, answer.ok, answer.url, answer.redirected, answer.type, answer.headers.get('content-type'));
                console.log(await answer.clone().text(), answer.clone().url);
                console.log(await answer.text());
                const missing = await fetch(new URL(api + '/missing'));
                console.log(missing.status, missing.ok, await missing.text());
                const empty = await fetch(new Request(api + '/empty'));
                console.log(empty.status, (await empty.text()).length);
                const moved = await fetch(api + '/moved');
                console.log(moved.url, moved.redirected, moved.headers.get('yun-failure'), await moved.text());
                const own = await fetch('a.js');
                console.log(own.url, own.status);
                """)
        #expect(
            said == [
                "200 true https://api.example.com/text false basic text/plain",
                "你好, network https://api.example.com/text", "你好, network", "404 false nothing here", "204 0",
                "https://api.example.com/there true null there", "page://app.example.com/a.js 200",
            ])
    }

    @Test("Method, headers and body go as the page gave them (W-21)")
    func requests() throws {
        let said = try said(
            by: #"""
                const echo = async (init, path = '/echo') => (await fetch(api + path, init)).text();
                await tell('get', () => echo());
                await tell('put', () => echo({ method: 'put', body: '你好', headers: { 'X-A': 'b', Accept: 'c' }, redirect: 'error' }));
                await tell('bytes', () => echo({ method: 'POST', body: new Uint8Array(300000).fill(7) }));
                await tell('blob', () => echo({ method: 'POST', body: new Blob(['ab', 'c'], { type: 'x/y' }) }));
                await tell('form', () => echo({ method: 'POST', body: new URLSearchParams({ q: 'a b' }) }));
                await tell('request', async () => (await fetch(new Request(api + '/echo', { method: 'POST', body: 'r' }))).text());
                await tell('empty', () => echo({ method: 'DELETE' }));
                await tell('method', () => echo({ method: 'TRACE' }).catch((error) => error.name));
                await tell('with', () => echo({ method: 'GET', body: 'x' }).catch((error) => error.name));
                """#)
        let text = "text/plain;charset=UTF-8"
        #expect(
            said == [
                #"get "GET  follow 0 0""#,
                "put \"PUT accept=c&content-type=\(text)&x-a=b error 6 \(sum(Array("你好".utf8)))\"",
                "bytes \"POST  follow 300000 \(sum([UInt8](repeating: 7, count: 300_000)))\"",
                "blob \"POST content-type=x/y follow 3 \(sum(Array("abc".utf8)))\"",
                "form \"POST content-type=application/x-www-form-urlencoded;charset=UTF-8 follow 5 "
                    + "\(sum(Array("q=a+b".utf8)))\"",
                "request \"POST content-type=\(text) follow 1 \(sum([114]))\"",
                #"empty "DELETE  follow 0 0""#,
                #"method "TypeError""#, #"with "TypeError""#,
            ])
    }

    private func sum(_ bytes: [UInt8]) -> Int { bytes.reduce(0) { ($0 &* 31 &+ Int($1)) & 0xFFFF_FFFF } }

    @Test("Odd answers are answers: statuses, redirects that are not followed, headers twice, no body (W-21)")
    func odd() throws {
        let said = try said(
            by: """
                const odd = await fetch(api + '/odd');
                console.log(odd.status, odd.ok, odd.url, odd.headers.get('x-a'), odd.headers.get('x-injected'),
                  odd.headers.get('set-cookie'), odd.clone().url, await odd.text());
                const see = await fetch(api + '/see', { redirect: 'manual' });
                console.log(see.status, see.headers.get('location'), see.redirected);
                const head = await fetch(api + '/head', { method: 'HEAD' });
                console.log(head.status, head.headers.get('content-length'), (await head.text()).length);
                const digest = await crypto.subtle.digest('SHA-256', await (await fetch(api + '/text')).arrayBuffer());
                const integrity = 'sha256-' + btoa(String.fromCharCode(...new Uint8Array(digest)));
                await tell('whole', async () => (await fetch(api + '/text', { integrity })).text());
                await tell('other', async () => (await fetch(api + '/missing', { integrity })).text().catch((e) => e.name));
                await tell('rejected', () => fetch(api + '/missing', { integrity }).then(() => 'taken', (e) => e.name));
                """)
        let told = said.filter { !$0.contains("integrity") && !$0.contains("Integrity") }
        #expect(
            told.prefix(4) == [
                "999 false https://api.example.com/odd 1, 2 null null https://api.example.com/odd odd",
                "302 https://api.example.com/text false", "200 1000000 0", #"whole "你好, network""#,
            ])
        #expect(told.contains(#"rejected "TypeError""#))
    }

    @Test("What the page manager refuses, and what breaks on the way, is a TypeError with the reason (W-21)")
    func failures() throws {
        let said = try said(
            by: """
                await tell('host', () => fetch('https://other.example.com/'));
                await tell('plain', () => fetch('http://api.example.com/'));
                await tell('code', () => fetch('https://other.example.com/').catch((error) => error.hint));
                await tell('broken', async () => (await fetch(api + '/broken')).text().catch((error) => error.name));
                const reader = (await fetch(api + '/broken')).body.getReader();
                const all = async () => { while (!(await reader.read()).done); };
                await tell('pieces', () => all().then(() => 'a good end', (error) => error.name));
                await tell('other scheme', () => fetch('ftp://api.example.com/').catch((error) => error.name));
                await tell('no address', () => fetch('https://').catch((error) => error.name));
                """)
        let denied = "TypeError trust.not-allowed the manifest does not declare this host"
        #expect(
            said.filter { !$0.contains("no connection to") && !$0.contains("not load") } == [
                "host \(denied)", "plain \(denied)", #"code "declare it""#, #"broken "TypeError""#,

                #"pieces "TypeError""#, #"other scheme "TypeError""#, #"no address "TypeError""#,
            ])
    }

    @Test(
        "A large body arrives whole, and neither host nor page manager is ahead of the page by more than a little (W-21)"
    )
    func big() throws {
        let scene = try Scene([
            "index.html": Scene.page,
            "a.js": Self.origin + """
                const unread = await fetch(api + '/huge');
                const whole = new Uint8Array(await (await fetch(api + '/big')).arrayBuffer());
                console.log('whole', whole.length, whole.every((byte, at) => byte === (at >> 8 & 255)));
                const reader = (await fetch(api + '/huge')).body.getReader();
                let size = 0;
                for (let piece; !(piece = await reader.read()).done;) size += piece.value.length;
                console.log('size', size);
                """,
        ])
        let broker = try scene.startBroker()
        let host = try scene.start(scene.arguments().encoded)
        try host.waitForLine(containing: "whole \(FakeBroker.bigBytes) true")
        try host.waitForLine(containing: "size \(FakeBroker.hugeBytes)")
        // The second one was read to its end.
        let unreadBytes = broker.state.withLock { $0.bodyBytes } - FakeBroker.hugeBytes
        #expect(unreadBytes < 2 * Transfer.aheadBytesMax, "\(unreadBytes)")
        let peak = try host.child.peakMemoryKilobytes()
        try scene.add("a.js", "console.log('nothing')")
        let idle = try scene.start(scene.arguments().encoded)
        try idle.waitForLine(containing: "nothing")
        let growth = try peak - idle.child.peakMemoryKilobytes()
        #expect(growth < (FakeBroker.hugeBytes >> 10) / 4, "\(growth) kB")
    }

    @Test("A request that is given up ends at the page manager, before its answer and within (W-21)")
    func abort() throws {
        let scene = try Scene([
            "index.html": Scene.page,
            "a.js": Scene.telling + Self.origin + """
                const early = new AbortController();
                const asked = fetch(api + '/slow', { signal: early.signal });
                await fetch(api + '/text');
                setTimeout(() => early.abort(), 100);
                await tell('early', () => asked.catch((error) => error.name));
                const late = new AbortController();
                const answer = await fetch(api + '/endless', { signal: late.signal });
                const reader = answer.body.getReader();
                await reader.read();
                late.abort();
                await tell('late', () => (async () => { for (;;) await reader.read(); })().catch((error) => error.name));
                await tell('never', () => fetch(api + '/text', { signal: AbortSignal.abort() }).catch((error) => error.name));
                const reading = (await fetch(api + '/endless')).body.getReader();
                await reading.cancel();
                console.log('done');
                """,
        ])
        let broker = try scene.startBroker()
        let lines: [String]
        let host = try scene.start(scene.arguments().encoded)
        try host.waitForLine(containing: ": done")
        try broker.wait(for: "hung up /slow")
        for _ in 0..<1000 where broker.log.count(where: { $0 == "closed /endless" }) < 2 { usleep(10_000) }
        host.child.signal(SIGTERM)
        lines = try host.finish().1
        #expect(broker.log.count { $0 == "closed /endless" } == 2)
        #expect(
            lines.map(Scene.text) == [
                #"early "AbortError""#, #"late "AbortError""#, #"never "AbortError""#, "done",
            ])
        #expect(broker.log.count { $0.hasSuffix("/text") } == 1)
    }

    @Test("Storage does not wait behind requests that wait (W-21)")
    func besides() throws {
        let said = try said(
            by: """
                const slow = Array.from({ length: 8 }, () => fetch(api + "/slow"));
                await tell('stored', () => yun.storage.set('k', 1).then(() => yun.storage.get('k')));
                await tell('text', async () => (await fetch(api + '/text')).status);
                """)
        #expect(said == ["stored 1", "text 200"])
    }

    @Test("More requests than may wait are refused, and the page lives on (W-20)")
    func flood() throws {
        let said = try said(
            by: """
                const slow = Array.from({ length: 300 }, () => fetch(api + '/slow'));
                await tell('busy', () => Promise.race(slow).catch((error) => error.code));
                await tell('stored', () => yun.storage.set('k', 1));
                """)
        #expect(said == [#"busy "page.busy""#, "stored undefined"])
    }

    @Test("A page that goes to another document leaves no request behind (W-21)")
    func leaving() throws {
        let scene = try Scene([
            "index.html": Scene.page,
            "a.js": "fetch('https://api.example.com/slow'); fetch('https://api.example.com/endless');"
                + "setTimeout(() => { location.href = 'b.html'; }, 300);",
            "b.html": "<!doctype html><script src=b.js></script>", "b.js": "console.log('there')",
        ])
        let broker = try scene.startBroker()
        let host = try scene.start(scene.arguments().encoded)
        try host.waitForLine(containing: ": there")
        try broker.wait(for: "hung up /slow")
        try broker.wait(for: "closed /endless")
        host.child.signal(SIGTERM)
        #expect(try host.finish().0 == 0)
    }
}
