import Platform
import Support
import Testing
import YunCore

/// Plain `fetch()` in a web page of an installed app, through the page manager, to servers of ours.
@Suite struct WebFetchTests {
    private let ypkg: Tool

    init() throws { ypkg = try Tool() }

    private static let domain = "web.example.com"
    private static let script = """
        const tell = async (name, body) => {
          let words;
          try { words = await body(); } catch (error) { words = `${error.name} ${error.code ?? ""}`.trim(); }
          console.log(`TELL ${name}: ${words}.`);
        };
        const text = async (url) => { const answer = await fetch(url); return `${answer.status} ${await answer.text()}`; };
        const moved = (url) => `${API}/redirect/302?to=${encodeURIComponent(url)}`;
        await tell("text", () => text(`${API}/ok`));
        await tell("sent", async () => {
          const answer = await fetch(`${API}/mirror`, { method: "POST", body: new Uint8Array(3000000).fill(7) });
          return (await answer.arrayBuffer()).byteLength;
        });
        await tell("redirect", () => text(moved(`${API}/ok`)));
        await tell("undeclared", () => text(`${OTHER}/ok`));
        await tell("redirect away", () => text(moved(`${OTHER}/ok`)));
        await tell("files", () => text("file:///etc/passwd"));
        await tell("large", async () => {
          let count = 0;
          const reader = (await fetch(`${API}/bytes/67108864`)).body.getReader();
          for (let piece; !(piece = await reader.read()).done; ) count += piece.value.length;
          return count;
        });
        await tell("cut", async () => (await fetch(`${API}/cut`)).text());
        await tell("abort", async () => {
          const controller = new AbortController();
          const reader = (await fetch(`${API}/endless`, { signal: controller.signal })).body.getReader();
          for (let count = 0; count < 1 << 20; ) count += (await reader.read()).value.length;
          controller.abort();
          await reader.read();
        });
        await tell("after", () => text(`${API}/ok`));
        console.log("TELL done");
        """

    private func install(hosts: String, api: String, other: String) throws {
        let manifest = """
            { "domain": { "name": "\(Self.domain)", "title": "Web", "version": "1", "version_code": 1, "use_sdk": 1,
                "permission": { "use_permission": [
                  { "name": "NETWORK.permission.yunos.com", "reason": { "en": "To fetch", "zh": "获取" } }] },
                "network": { "hosts": ["img.example.com"], "development": { "hosts": [\(hosts)] } } },
              "pages": [{ "uri": "page://\(Self.domain)/main", "type": "web", "content_path": "index.html",
                "main": true, "title": "Web" }],
              "files": ["index.html", "main.js"] }
            """
        try ypkg.directory.write(manifest.utf8, to: "web/manifest.json")
        let page = "<!doctype html><title>web</title><script type=\"module\" src=\"main.js\"></script>"
        try ypkg.directory.write(page.utf8, to: "web/index.html")
        let script = "const API = \"\(api)\", OTHER = \"\(other)\";\n" + Self.script
        try ypkg.directory.write(script.utf8, to: "web/main.js")
        try ypkg.installApp(in: "web", as: "web.ypkg")
    }

    private func check() throws {
        #expect(try ypkg("open", Self.domain, "--headless").status == 0)
        let log = try ypkg.wait(for: "TELL done", in: "logs", Self.domain)
        let missing = [
            "text: 200 hello.", "sent: 3000000.", "redirect: 200 hello.",
            "undeclared: TypeError network.not-allowed.", "redirect away: TypeError network.not-allowed.",
            "files: TypeError.", "large: 67108864.", "cut: TypeError.", "abort: AbortError 20.",
            "after: 200 hello.",
        ].filter { !log.contains("TELL \($0)") }
        #expect(missing.isEmpty, "\(log)")
        let top = try ypkg("top", "--json").output
        let jq = try Program("jq")
        for (way, least) in [("received", 67_108_864 + 3_000_000), ("sent", 3_000_000)] {
            let shown = try jq.run("-r", ".[0].\(way)", input: Array(top.utf8)).output
            // What was aborted had not gone far.
            #expect((least..<least + (32 << 20)).contains(Int(shown.dropLast()) ?? 0), "\(way) \(shown)")
        }
        let rows = try Program("sqlite3").run(
            ypkg.directory.path("root/state.db"),
            "SELECT network, bytes_in > 70000000, bytes_out > 3000000 FROM traffic WHERE domain = '\(Self.domain)'"
        )
        #expect(rows.output == "loopback|1|1\n", "\(rows.errors)")
    }

    @Test("N-1, N-4, N-7, N-18, W-21: a page fetches from its developer's servers, and from no other")
    func plain() throws {
        let (server, other) = (try WebServer(), try WebServer())
        let address = "127.0.0.1:\(server.port)"
        try install(
            hosts: "\"\(address)\"", api: "http://\(address)", other: "http://127.0.0.1:\(other.port)")
        try check()
        withExtendedLifetime((server, other)) {}
    }

    @Test(
        "N-9, W-21: the same over TLS, with names and an authority of this test's",
        .enabled(if: CurrentProcess.isRoot))
    func secure() throws {
        let server = try WebServer(.good)
        let certificates = try Certificates()
        try ypkg.directory.write(
            OwnedDescriptor.open(certificates.authority, .read).readToEnd(limit: 1 << 16, describedAs: "ca"),
            to: "certificates/authority.crt")
        let directory = ypkg.directory.path("certificates")
        #expect(try Program("openssl").run("rehash", directory).status == 0)
        try ypkg.directory.write("127.0.0.1 localhost a.test c.test\n".utf8, to: "hosts")
        try install(
            hosts: "\"a.test:\(server.port)\"", api: "https://a.test:\(server.port)",
            other: "https://c.test:\(server.port)")
        // What the page manager takes for the system's.
        let mounts = """
            mount --bind \(directory) /etc/ssl/certs && mount --bind \(ypkg.directory.path("hosts")) /etc/hosts && exec "$@"
            """
        let manager = try ypkg.startPageManager(
            under: ["/usr/bin/unshare", "--mount", "/bin/sh", "-c", mounts, "sh"])
        try check()
        withExtendedLifetime((server, manager)) {}
    }
}
