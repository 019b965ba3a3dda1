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
        "The content security policy refuses and the refusal is told (W-5, W-12)",
        arguments: [
            ("<img src=https://example.com/a.png>", "https://example.com/a.png"),
            ("<img src=file:///etc/hostname>", "file:///etc/hostname"),
            ("<img src=page://other.example.com/a.png>", "page://other.example.com/a.png"),
            ("<script>console.log('ran')</script>", "Refused to execute a script"),
            ("<p style='color:red'>", "Refused to apply a stylesheet"),
            ("<script src=http://example.com/a.js></script>", "http://example.com/a.js"),
            ("<iframe src=https://example.com/></iframe>", "https://example.com/"),
            ("<object data=a.js></object>", "a.js"),
            ("<a id=a href='javascript:console.log(1234)'>", "Refused to execute a script"),
            ("<base href=https://example.com/>", "example.com"),
        ])
    func policy(markup: String, told: String) throws {
        let scene = try scene("document.getElementById('a')?.click()", body: markup)
        let result = try scene.photograph(delayMilliseconds: 200)
        #expect(result.lines("refused").contains { $0.contains(told) }, "\(result.lines)")
        #expect(!result.lines.contains { $0.contains("ran") || $0.contains("1234") })
    }

    @Test(
        "Scripts cannot reach out either (W-5, W-12)",
        arguments: [
            ("fetch('https://example.com/x').catch(() => {})", "https://example.com/x"),
            ("fetch('file:///etc/passwd').catch(() => {})", "file:///etc/passwd"),
            ("fetch('page://other.example.com/x').catch(() => {})", "page://other.example.com/x"),
            ("location.href = 'https://example.com/leave'", "https://example.com/leave"),
            ("location.href = 'file:///etc/passwd'", "file:///etc/passwd"),
            ("location.href = 'page://other.example.com/x.html'", "page://other.example.com/x.html"),
            ("location.href = 'data:text/html,x'", "data:text/html"),
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
            ("try { eval('1') } catch {} new Image().src = 'http://[::1]/'", "http://[::1]/"),
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
            const names = ['RTCPeerConnection', 'WebSocket', 'SharedWorker', 'PushManager', 'WebGLRenderingContext'];
            console.log(names.map((name) => typeof window[name]).join());
            console.log(typeof navigator.serviceWorker, typeof navigator.mediaDevices, '[' + document.cookie + ']');
            """
        ).photograph()
        #expect(result.lines.count == 2)
        #expect(result.lines.last?.hasSuffix("undefined undefined []") == true, "\(result.lines)")
    }

    @Test("The same refusal is told once (W-12)")
    func once() throws {
        let result = try scene("for (let i = 0; i < 40; i++) window.open('https://example.com/w')")
            .photograph(delayMilliseconds: 300)
        #expect(result.lines("refused https://example.com/w").count == 1)
    }
}
