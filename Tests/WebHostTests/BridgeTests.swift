import DisplaySupport
import Glibc
import Platform
import Support
import Synchronization
import Testing
import YunCore

@testable import WebHost
@testable import WebHostContract

@Suite("What pages ask the page manager", .serialized)
struct BridgeTests {
    @Test("Values come back as they went in, whatever characters they have (W-17)")
    func values() throws {
        let said = try Scene.said(
            by: #"""
                const odd = { 'a"\\\n\u0000\u2028\u{1f600}': [1.5, null, true, '你好', '</script>'], nested: { a: {} } };
                const { storage } = yun;
                await tell('missing', () => storage.get('k'));
                await tell('set', () => storage.set('k', odd));
                await tell('same', async () => JSON.stringify(await storage.get('k')) === JSON.stringify(odd));
                await tell('key', async () => { await storage.set('\u2028"你', 1); return storage.get('\u2028"你'); });
                await tell('null', async () => { await storage.set('n', null); return storage.get('n'); });
                await tell('remove', async () => { await storage.remove('n'); return typeof await storage.get('n'); });
                await tell('commit', () => storage.commit([{ key: 'k2', value: 2, expected: 0 }, { key: 'k3', value: 3 }]));
                await tell('conflict', () => storage.commit([{ key: 'k2', value: 5, expected: 77 }]));
                await tell('list', () => storage.list('k', { after: 'k', limit: 1 }));
                await tell('usage', () => storage.usage());
                """#)
        #expect(
            said == [
                "missing undefined", "set undefined", "same true", "key 1", "null null",
                #"remove "undefined""#,
                #"commit {"done":true,"version":5}"#, #"conflict {"done":false,"version":5}"#,
                #"list {"complete":false,"values":[{"key":"k2","value":2,"version":5}]}"#,
                #"usage {"files":3,"files_limit":4,"values":1,"values_limit":2}"#,
            ])
    }

    @Test("What does not work rejects with the page manager's code, message and hint (W-17)")
    func failures() throws {
        let said = try Scene.said(
            by: """
                await tell('get', () => yun.storage.get(''));
                await tell('hint', () => yun.storage.get('').catch((error) => error.hint));
                await tell('set', () => yun.storage.set('full', 1));
                await tell('remove', () => yun.storage.remove('full'));
                await tell('commit', () => yun.storage.commit([{ key: 'full', value: 1 }]));
                await tell('expected', () => yun.storage.commit([{ key: 'a', value: 1, expected: 'x' }]));
                await tell('list', () => yun.storage.list('', { limit: {} }));
                await tell('read', () => yun.files.read('nothing'));
                await tell('status', async () => (await fetch(yun.files.url('nothing'))).status);
                await tell('readText', () => yun.files.readText('nothing'));
                await tell('write', () => yun.files.write('full', 'x'));
                await tell('files', () => yun.files.list('gone'));
                await tell('make', () => yun.files.makeDirectory('full'));
                await tell('move', () => yun.files.move('nothing', 'b'));
                await tell('delete', () => yun.files.remove('nothing'));
                await tell('post', () => yun.notification.post({ title: '', text: '' }));
                await tell('withdraw', () => yun.notification.withdraw('x'));
                await tell('ask', () => yun.permission.ask('other'));
                await tell('open', () => yun.page.open('https://example.com/'));
                await tell('hold', () => yun.page.hold('playback'));
                """)
        let noFile = "Error file.unknown there is no such file"
        #expect(
            said == [
                "get Error usage a key is not empty", #"hint "give it a name""#,
                "set Error io.no-space there is no room", "remove Error io.no-space there is no room",
                "commit Error io.no-space there is no room",
                "expected Error usage the page manager does not take such a changes.0.expected",
                "list Error usage the page manager does not take such a limit",
                "read Error file.unknown there is no file nothing",
                "status 404",
                "readText Error file.unknown there is no file nothing",
                "write Error io.no-space there is no room",
                "files Error file.unknown there is no directory gone",
                "make Error io.no-space there is no room", "move \(noFile)", "delete \(noFile)",
                "post Error usage a notification has a title",
                "withdraw Error usage the page manager does not take such a number",
                "ask Error usage the manifest does not ask for it", "open Error usage this is no page",
                "hold Error usage the page manager does not take such a instance",
            ])
    }

    @Test("Files are read and written whatever their bytes, from texts, buffers and blobs (W-18)")
    func files() throws {
        let said = try Scene.said(
            by: #"""
                const { files } = yun;
                const all = Uint8Array.from({ length: 256 }, (_, index) => index);
                const bytes = async (path) => new Uint8Array(await (await files.read(path)).arrayBuffer());
                await tell('text', () => files.readText('note.txt'));
                await tell('bytes', async () => (await bytes('a/b.bin')).join() === all.join());
                await tell('write text', () => files.write('你 好%#?.txt', '\u0000你'));
                await tell('read text', () => files.readText('你 好%#?.txt'));
                for (const data of [all, all.buffer, new Blob([all, 'x']), new DataView(all.buffer, 3, 4), ''])
                  await tell('write', async () => [await files.write('w', data), (await bytes('w')).length]);
                await tell('blob', async () => (await (await files.read('a/b.bin')).blob()).size);
                await tell('move', async () => { await files.move('w', 'v'); return (await bytes('v')).length; });
                await tell('over', () => files.move('v', 'note.txt').catch((error) => error.code));
                await tell('replace', () => files.move('v', 'note.txt', { replace: true }));
                await tell('part', () => files.list('', { after: 'a', limit: 1 }));
                await tell('remove', () => files.remove('note.txt', { recursive: true }));
                await tell('list', async () => (await files.list()).files.map((file) => file.name).join());
                await tell('make', () => files.makeDirectory('d'));
                """#)
        #expect(
            said == [
                #"text "你好\u{5c}n""#, "bytes true", #"write text {"size":4}"#, #"read text "\u{5c}u0000你""#,
                #"write [{"size":256},256]"#, #"write [{"size":256},256]"#, #"write [{"size":257},257]"#,
                #"write [{"size":4},4]"#, #"write [{"size":0},0]"#, "blob 256", "move 0",
                #"over "output.exists""#, "replace undefined",
                #"part {"complete":false,"files":[{"kind":"file","modified":7,"name":"a/b.bin","size":256}]}"#,
                "remove undefined",
                #"list "a/b.bin,你 好%#?.txt""#, "make undefined",
            ])
    }

    @Test("A path that could mean another file is no path (W-18)")
    func hostilePaths() throws {
        let said = try Scene.said(
            by: """
                for (const path of ['', '/', '..', '../../a.js', 'a/../b', 'a//b', './a', '/etc/passwd', 'a/'])
                  await tell('read', () => yun.files.read(path).catch((error) => error.code));
                await tell('NUL', () => yun.files.read('a\\u0000').catch((error) => error.code));
                await tell('long', () => yun.files.write('a'.repeat(5000), 'x').catch((error) => error.code));
                await tell('lone', () => yun.files.read('\\ud800').catch((error) => error.name));
                """)
        #expect(Set(said.dropLast(3)) == [#"read "usage""#])
        #expect(
            said.suffix(3) == [
                #"NUL "trust.not-allowed""#, #"long "trust.not-allowed""#, #"lone "URIError""#,
            ])
    }

    @Test("A stored picture can be shown, and nothing stored or fetched runs or becomes a page (W-19)")
    func nothingRuns() throws {
        let said = try Scene.said(
            by: """
                const load = (name, properties) => new Promise((ok) => {
                  const element = Object.assign(document.createElement(name), properties);
                  element.onload = () => ok('loaded');
                  element.onerror = () => ok('not loaded');
                  document.body.append(element);
                });
                const url = yun.files.url;
                await tell('picture', () => load('img', { src: url('p.svg') }));
                await tell('script', () => load('script', { src: url('evil.js') }));
                await tell('module', () => load('script', { src: url('evil.js'), type: 'module' }));
                await tell('import', () => import(url('evil.js')).then(() => 'ran', () => 'not'));
                await tell('style', () => load('link', { rel: 'stylesheet', href: url('evil.css') }));
                await tell('worker', () => new Promise((ok) => {
                  try { new Worker(url('evil.js')).onerror = () => ok('not'); } catch { ok('not'); }
                }));
                await tell('fetched', () => load('script', { src: url('x').replace('file/x', 'fetch/1') }));
                location.href = url('evil.html');
                await new Promise((go) => setTimeout(go, 300));
                console.log(location.pathname, getComputedStyle(document.body).color);
                """
        ) { _, broker in
            broker.state.withLock { state in
                state.files["p.svg"] = Array(
                    "<svg xmlns='http://www.w3.org/2000/svg' width='3' height='3'/>".utf8)
                state.files["evil.js"] = Array("console.log('evil ran')".utf8)
                state.files["evil.css"] = Array("body { color: red }".utf8)
                state.files["evil.html"] = Array("<p>evil".utf8)
            }
        }
        let words = [
            #"picture "loaded""#, #"script "not loaded""#, #"module "not loaded""#, #"import "not""#,
            #"style "not loaded""#, #"worker "not""#, #"fetched "not loaded""#,
            "what an app has stored or fetched is not a page", "/index.html rgb(0, 0, 0)",
        ]
        for word in words { #expect(said.contains(word), "\(said)") }
        #expect(!said.contains { $0.contains("evil ran") })
    }

    @Test("Notifications, the device and permissions are the page manager's to answer (W-17)")
    func phone() throws {
        var log: () -> [String] = { [] }
        let said = try Scene.said(
            by: """
                await tell('post', () => yun.notification.post({
                  title: 'T', text: '你', tag: 't', link: { uri: 'page://app.example.com/main', event: 'e' } }));
                await tell('plain', () => yun.notification.post({ title: 'T', text: 'x' }));
                await tell('withdraw', () => yun.notification.withdraw(7));
                await tell('device', () => yun.device.get());
                await tell('list', () => yun.permission.list());
                await tell('ask', () => yun.permission.ask('NETWORK.permission.yunos.com'));
                await tell('denied', () => yun.permission.ask('NO.permission.yunos.com'));
                await tell('open', () => yun.page.open('page://other.example.com/x?y', { event: 'buy', data: '{}' }));
                """
        ) { _, broker in log = { broker.log } }
        #expect(
            said == [
                "post 7", "plain 7", "withdraw undefined",
                #"device {"language":"zh-CN","model":"Coolpad 8720","network":"cellular"}"#,
                #"list [{"name":"NETWORK.permission.yunos.com","state":"granted"}]"#, #"ask "granted""#,
                #"denied "denied""#, "open undefined",
            ])
        let asked = [
            "post T 你 t page://app.example.com/main", "post T x - -", "withdraw 7",
            "open page://other.example.com/x?y buy {}",
        ]
        for line in asked { #expect(log().contains(line)) }
    }

    @Test("A watch tells of changes until it is closed, also what other pages make (W-17)")
    func watch() throws {
        let said = try Scene.said(
            by: """
                const seen = [];
                const watch = await yun.storage.watch('w/', (change) => seen.push(change.key + '=' + change.value));
                const until = async (test) => { while (!test()) await new Promise((go) => setTimeout(go, 10)); };
                // The watch may begin a little later.
                while (seen.length === 0) { await yun.storage.set('w/first', 1); await new Promise((go) => setTimeout(go, 20)); }
                await yun.storage.set('other', 1);
                await yun.storage.commit([{ key: 'w/a', value: [2] }, { key: 'w/first' }]);
                await until(() => seen.includes('w/first=undefined'));
                await tell('seen', () => [...new Set(seen)]);
                watch.close();
                const count = seen.length;
                await yun.storage.set('w/late', 1);
                await tell('late', async () => { await yun.storage.get('x'); return seen.length - count; });
                """)
        #expect(said == [#"seen ["w/first=1","w/a=2","w/first=undefined"]"#, "late 0"])
    }

    @Test("Values that cannot be sent reject, and a page that asks without end is told to wait (W-20)")
    func hostileCalls() throws {
        let said = try Scene.said(
            by: #"""
                const cyclic = {}; cyclic.self = cyclic;
                for (const value of [cyclic, 1n, undefined, () => 1, Symbol('s')])
                  await tell('value', () => yun.storage.set('k', value).catch((error) => error.name));
                await tell('lone', () => yun.storage.set('\ud800', 1).catch((error) => error.code));
                await tell('huge', () => yun.storage.set('k', 'x'.repeat(6 << 20)).catch((error) => error.code));
                await tell('objects', () => yun.storage.get({ toString: () => 'k' }).then(() => 'fine'));
                await tell('throws', () => yun.storage.get({ toString() { throw new RangeError(); } }).catch((e) => e.name));
                const asked = Array.from({ length: 2000 }, () => yun.storage.get('k').then(() => 'fine', (e) => e.code));
                await tell('many', async () => [...new Set(await Promise.all(asked))].sort());
                const slow = Array.from({ length: 300 }, () => yun.permission.ask('SLOW').catch((e) => e.code));
                await tell('slow', () => Promise.race(slow));
                const holds = Array.from({ length: 20 }, () => yun.storage.watch('w', () => {}).then(() => 'fine', (e) => e.code));
                await tell('streams', async () => (await Promise.all(holds)).filter((code) => code === 'page.busy').length);
                """#)
        #expect(
            said == [
                #"value "TypeError""#, #"value "TypeError""#, #"value "TypeError""#, #"value "TypeError""#,
                #"value "TypeError""#, #"lone "usage""#, #"huge "usage""#, #"objects "fine""#,
                #"throws "RangeError""#, #"many ["fine","page.busy"]"#, #"slow "page.busy""#, "streams 12",
            ])
    }

    @Test("Words that the bridge would not say are answered with an error, and end nothing (W-20)")
    func hostileWords() throws {
        let said = try Scene.said(
            by: #"""
                const door = webkit.messageHandlers.yun;
                const words = ['', 'call', 'call com.yunos.storage.Get', 'call com.yunos.page.Watch\n{}', 'nothing here',
                  'call com.yunos.storage.Get\n{"key":"k"},"more":true,"x":{}', 'call com.yunos.storage.Get\n[]',
                  'call com.yunos.storage.Get\n' + '['.repeat(100000),
                  'open com.yunos.storage.Get\n{}', 'next 99', 'next x', 'end 99', 'cancel nothing', 'x'.repeat(1000000),
                  'call com.yunos.network.Request\n{}', 5, null, undefined, {}, [1], new Uint8Array(3), new Date(0)];
                for (const word of words) {
                  const answer = await door.postMessage(word).then((text) => JSON.parse(text).parameters?.code ?? 'fine', () => 'refused');
                  console.log(String(word).slice(0, 60).replaceAll('\n', ' '), answer);
                }
                const opened = JSON.parse(await door.postMessage('open com.yunos.storage.Watch\n{"prefix":""}')).stream;
                const asks = Array.from({ length: 1000 }, () => door.postMessage('next ' + opened));
                await tell('asks', () => Promise.race(asks.slice(1)).then((text) => JSON.parse(text).parameters.code));
                await tell('still', () => yun.storage.set('k', 1).then(() => yun.storage.get('k')));
                """#)
        #expect(said.last == "still 1", "\(said)")
        #expect(said.count == 24)
        #expect(said[22] == #"asks "page.busy""#)
        for line in said.prefix(22) where !line.hasPrefix("end") && !line.hasPrefix("cancel") {
            let isRefused = line.hasSuffix(" usage") || line.hasSuffix(" page.ended")
            #expect(isRefused, "\(line)")
        }
    }

    @Test("What a page changes in its globals changes nothing of the bridge (W-16)")
    func globals() throws {
        let said = try Scene.said(
            by: """
                JSON.parse = JSON.stringify = () => { throw new Error('mine'); };
                EventTarget.prototype.addEventListener = () => { throw new Error('mine'); };
                Object.assign = Object.freeze = () => { throw new Error('mine'); };
                window.Error = window.Request = window.URL = undefined;
                await yun.storage.set('a', 1);
                console.log('value', await yun.storage.get('a'));
                try { yun.storage.get = 1; } catch (error) { console.log('frozen'); }
                for (const name of ['page', 'storage', 'files', 'notification', 'device', 'permission'])
                  console.log(name, Object.isFrozen(yun[name]));
                console.log((await fetch('https://api.example.com/text')).status);
                """)
        #expect(said.prefix(2) == ["value 1", "frozen"])
        #expect(said.suffix(1) == ["200"])
        #expect(said.count { $0.hasSuffix(" true") } == 6)
    }

    @Test("Without a page manager each call says so, and nothing else is missing (W-16)")
    func noBroker() throws {
        let scene = try Scene([
            "index.html": Scene.page,
            "a.js": Scene.telling + """
                await tell('get', () => yun.storage.get('k'));
                await tell('read', () => yun.files.read('k'));
                await tell('watch', () => yun.storage.watch('k', () => {}));
                console.log('done');
                """,
        ])
        let said = try scene.lines(until: ": done").map(Scene.text)
        let text = "Error platform.unavailable there is no page manager here"
        #expect(said == ["get \(text)", "read \(text)", "watch \(text)", "done"])
    }

    @Test("A broker that dies fails what waits, and the page lives on (W-20)")
    func deadBroker() throws {
        let scene = try Scene([
            "index.html": Scene.page,
            "a.js": Scene.telling + """
                const asked = yun.permission.ask('SLOW');
                await tell('waits', () => asked);
                await tell('later', () => yun.storage.get('k'));
                console.log('done');
                """,
        ])
        let broker = try scene.startBroker()
        let host = try scene.start(scene.arguments().encoded)
        try broker.wait(for: "ask SLOW")
        broker.stop()
        try host.waitForLine(containing: ": done")
        host.child.signal(SIGTERM)
        let (exit, lines) = try host.finish()
        #expect(exit == 0)
        #expect(lines.count { $0.contains("Error platform.unavailable") } == 2, "\(lines)")
    }
}
