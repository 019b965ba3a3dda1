import Platform
import Testing
import YunCore

@testable import WebHost
@testable import WebHostContract

@Suite("What pages may not do", .serialized)
struct RefusalTests {
    /// A page that runs `script` as a module.
    private func scene(_ script: String, body: String = "") throws -> Scene {
        try Scene([
            "index.html": "<!doctype html><p>x\(body)<script type=module src=a.js></script>", "a.js": script,
        ])
    }

    @Test("No URI reaches a file outside the package (W-4)")
    func traversal() throws {
        let scene = try scene(
            """
            for (const path of ['../secret', '/../secret', '%2e%2e/secret', '..%2fsecret', '..%2Fsecret', 'link',
                'links/secret', 'a.js%00', 'nothing', 'folder', 'folder/', '//etc/passwd', '%5c..%5csecret', 'a.js/x']) {
              let answer;
              try {
                const response = await fetch(path);
                answer = response.status + ' ' + await response.text();
              } catch (error) { answer = error.name; }
              console.log('answer', path, answer.trim());
            }
            console.log('all answered');
            """)
        try scene.root.open("secret", .createNew(permissions: 0o644)).write(Array("SECRET".utf8))
        let package = try scene.root.directory("package")
        try package.createSymlink("link", target: "../secret")
        try package.createSymlink("links", target: "..")
        try package.createDirectory("folder")
        let answers = try scene.lines(until: "all answered").filter { $0.contains(": answer ") }
        #expect(answers.count == 14)
        for answer in answers {
            #expect(!answer.contains("SECRET") && !answer.contains("root:"), "\(answer)")
            #expect(
                answer.contains(" 404 ") || answer.contains(" 403 ") || answer.contains("TypeError"),
                "\(answer)")
        }
    }

    @Test(
        "What the policy keeps from a page is told with its place and what to do, and counts as thrown (W-5, W-12, W-13)",
        arguments: [
            (
                "https://example.com/a.png1\n<img src=https://example.com/a.png>",
                "index.html:3: the picture https://example.com/a.png is not"
            ),
            (
                "<img src=file:///etc/hostname>",
                "index.html:2:31: the file file:///etc/hostname is not loaded"
            ),
            (
                "<img src=page://other.example.com/a.png>",
                "index.html:2: the picture page://other.example.com/a"
            ),
            (
                "<script>console.log('ran inline')</script>",
                "index.html:2:1: a script inside the page does not run"
            ),
            ("<p onclick='console.log(1234)' id=a>", "a script inside the page does not run"),
            ("<p style='color:red'>", "index.html:2:1: a style inside the page is not used"),
            ("<style>p{color:red}</style>", "index.html:2:1: a style inside the page is not used"),
            (
                "<script src=http://example.com/a.js></script>",
                "index.html:2: the script http://example.com/a.js is"
            ),
            (
                "<link rel=stylesheet href=https://example.com>",
                "index.html:2: the style sheet https://example.com/ is"
            ),
            (
                "<link rel=stylesheet href=a.css>",
                "a.css:3: the picture https://example.com/bg.png is not loaded"
            ),
            (
                "<link rel=stylesheet href=a.css>",
                "a.css:2: the font https://example.com/f.woff2 is not loaded"
            ),
            ("<link rel=stylesheet href=a.css>", "a.css:1: the style sheet https://example.com/i.css is not"),
            (
                "<video src=https://example.com/v.mp4></video>",
                "index.html:2: the sound or video https://example.com/v"
            ),
            (
                "<iframe src=https://example.com/></iframe>",
                "index.html:2: the frame https://example.com/ is not shown"
            ),
            (
                "<object data=a.js></object>",
                "refused: page://app.example.com/a.js is not shown, for there are no"
            ),
            ("<a id=a href='javascript:console.log(1234)'>", "a script inside the page does not run"),
            ("<a id=a href=file:///etc/passwd>", "the file file:///etc/passwd is not loaded"),
            ("<base href=https://example.com/>", "index.html:2: the base https://example.com/ is not used"),
        ])
    func policy(markup: String, told: String) throws {
        let scene = try scene("document.getElementById('a')?.click()", body: "\n" + markup)
        try scene.add(
            "a.css",
            """
            @import "https://example.com/i.css";
            @font-face { font-family: x; src: url(https://example.com/f.woff2) }
            p { font-family: x; background: url(https://example.com/bg.png) }
            """)
        let result = try scene.photograph(delayMilliseconds: 200)
        #expect(result.lines("refused").contains { $0.contains(told) }, "\(result.lines)")
        #expect(
            !result.lines.contains {
                $0.contains("ran inline") || $0.contains("1234") || $0.contains("Policy")
            })
        #expect(result.exit == WebHostExit.pageThrew.rawValue)
        #expect(PNG(result.picture) != nil)
    }

    @Test(
        "Scripts cannot reach out either (W-5, W-12)",
        arguments: [
            (
                "fetch('https://example.com/x').catch(() => {})",
                "page://app.example.com/a.js:1: no connection to https://example.com/x, for pages have no network"
            ),
            (
                "try { new Worker('data:text/javascript,1') } catch {}",
                "the worker data:text/javascript,1 is not"
            ),
            (
                "const form = document.createElement('form'); form.action = 'https://example.com/f';"
                    + " document.body.append(form); form.submit()",
                "the form is not sent to https://example.com/f"
            ),
            ("fetch('file:///etc/passwd').catch(() => {})", "file:///etc/passwd"),
            ("fetch('page://other.example.com/x').catch(() => {})", "page://other.example.com/x"),
            ("location.href = 'https://example.com/leave'", "https://example.com/leave"),
            ("location.href = 'page://other.example.com/x.html'", "page://other.example.com/x.html"),
            ("location.href = 'data:text/html,x'", "data:text/html"),
            ("location.href = 'about:blank'", "about:blank: pages of app.example.com cannot leave their app"),
            ("window.open('https://example.com/w')", "https://example.com/w: pages cannot open windows"),
            ("window.open('index.html')", "index.html: pages cannot open windows"),
            (
                "const a = document.createElement('a'); a.href = 'a.js'; a.download = 'x'; a.click()",
                "a.js: pages cannot download files"
            ),
            (
                "navigator.geolocation.getCurrentPosition(() => {}, () => {})",
                "no permission for the location"
            ),
            ("print()", "pages cannot print"),
            ("alert(1)", "nobody answers a dialog"),
            ("fetch('a.js', { method: 'POST' }).catch(() => {})", "files can only be read"),
            (
                "setTimeout('1', 1)",
                "a.js:1:11: a text is not run as a script: write it as a function"
            ),
        ])
    func scripts(script: String, told: String) throws {
        let result = try scene(script).photograph(delayMilliseconds: 300)
        #expect(result.lines("refused").contains { $0.contains(told) }, "\(result.lines)")
        #expect(result.exit == 0, "\(result.lines)")
        #expect(PNG(result.picture) != nil)
    }

    @Test("What would need a device, another process or a network is not there (W-12)")
    func absent() throws {
        let result = try scene(
            """
            const names = ['RTCPeerConnection', 'WebSocket', 'PushManager'];
            console.log(names.map((name) => typeof window[name]).join(), document.createElement('canvas').getContext('webgl'));
            console.log(typeof navigator.serviceWorker, typeof navigator.mediaDevices, '[' + document.cookie + ']');
            """
        ).photograph()
        #expect(result.lines.count == 2)
        #expect(
            result.lines.first?.hasSuffix("undefined,undefined,undefined null") == true, "\(result.lines)")
        #expect(result.lines.last?.hasSuffix("undefined undefined []") == true, "\(result.lines)")
    }

    @Test("The same refusal is told once (W-12)")
    func once() throws {
        let result = try scene("for (let i = 0; i < 40; i++) window.open('https://example.com/w')")
            .photograph(delayMilliseconds: 300)
        #expect(result.lines("refused https://example.com/w").count == 1)
    }
}
