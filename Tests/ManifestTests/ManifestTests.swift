import Manifest
import Support
import Testing
import YunCore

@Suite struct ManifestTests {
    private func diagnostics(_ text: String) -> [Diagnostic] { Manifest.decode(Array(text.utf8)).diagnostics }

    @Test("M-3: all mistakes come at once, each with its place and a remedy")
    func severalMistakes() throws {
        let found = diagnostics(
            """
            { "domain": { "name": "Demo", "title": "", "version": "1 0", "version_code": 0, "use_sdk": 9,
                "colour": 1 },
              "pages": [ { "uri": "page://other.app/x", "type": "webb", "content_path": "../x" } ],
              "files": [] }
            """)
        let places = found.map { "\($0.position.line):\($0.position.column)" }
        #expect(found.count == 11, "\(found.map { $0.text(file: "m") })")
        #expect(places.contains("1:23"))
        #expect(places.contains("2:5"))
        #expect(found.allSatisfy { !$0.remedy.isEmpty && !$0.message.isEmpty })
        #expect(found.map(\.position) == found.map(\.position).sorted())
    }

    @Test(
        "M-1: broken JSON is reported where it breaks",
        arguments: [
            ("{\n  \"domain\" {}\n}", "2:12"), ("", "1:1"), ("{} x", "1:4"), ("{\"a\": 01}", "1:7"),
            ("{\"a\": \"\u{1}\"}", "1:8"), ("{\"a\": \"\\ud800\"}", "1:8"),
            ("[1,]", "1:4"), ("{\"手机\": tru}", "1:8"), ("\u{FEFF}{}", "1:1"),
            (String(repeating: "[", count: 40), "1:17"),
        ])
    func syntax(_ text: String, _ place: String) {
        let found = diagnostics(text)
        #expect(found.count == 1)
        #expect(found.first.map { "\($0.position.line):\($0.position.column)" } == place)
    }

    @Test("M-1: a key that stands twice is reported, and the search goes on")
    func duplicateKeys() {
        let text = AppFixture().manifest
            .replacing("\"use_sdk\": 1", with: "\"use_sdk\": 1, \"use_sdk\": 2")
            .replacing("\"web\"", with: "\"webb\"")
        #expect(diagnostics(text).count == 2)
    }

    @Test("M-1: bytes that are not UTF-8 are refused")
    func encoding() {
        #expect(Manifest.decode([0x7B, 0xFF, 0x7D]).diagnostics.count == 1)
    }

    @Test("M-2: an unknown key is an error with a guess, an x- key is not")
    func unknownKeys() {
        var app = AppFixture().manifest.replacing(
            "\"title\": \"Demo\",", with: "\"title\": \"Demo\", \"x-mine\": [1],")
        #expect(diagnostics(app).isEmpty)
        app = app.replacing("\"content_path\"", with: "\"content-path\"")
        let found = diagnostics(app)
        #expect(
            found.contains { $0.message.contains("content-path") && $0.remedy.contains("\"content_path\"") })
    }

    @Test(
        "M-4: a text needs English and visible characters",
        arguments: [
            ("{ \"zh\": \"笔记\" }", false), ("{ \"en\": \"Notes\", \"zh-TW\": \"筆記\" }", true),
            ("\"\"", false),
            ("\"a\\u202eb\"", false), ("3", false), ("{ \"english\": \"x\", \"en\": \"y\" }", false),
            ("\"" + String(repeating: "x", count: 201) + "\"", false),
        ])
    func texts(_ text: String, _ isGood: Bool) {
        let manifest = AppFixture().manifest.replacing(
            "\"title\": \"Demo\", \"version\"", with: "\"title\": \(text), \"version\"")
        #expect(diagnostics(manifest).isEmpty == isGood)
    }

    @Test("M-5: hosts need the NETWORK permission and are names")
    func hosts() {
        func manifest(_ permissions: String, _ host: String) -> String {
            AppFixture().manifest.replacing(
                "\"permission\": { \"use_permission\": [] }",
                with:
                    "\"permission\": { \"use_permission\": [\(permissions)] }, \"network\": { \"hosts\": [\"\(host)\"] }"
            )
        }
        let network = "{ \"name\": \"NETWORK.permission.yunos.com\", \"reason\": \"to shop\" }"
        #expect(diagnostics(manifest(network, "*.example.com")).isEmpty)
        #expect(diagnostics(manifest("", "a.example.com")).count == 1)
        for host in ["10.0.0.1", "*", "a.*.com", "EXAMPLE.com", "https://a.b"] {
            #expect(diagnostics(manifest(network, host)).count == 1, "\(host)")
        }
        #expect(diagnostics(manifest(network + "," + network, "a.b")).count == 1)
    }

    @Test("hosts match whole labels only")
    func hostMatching() throws {
        let pattern = try HostPattern("*.example.com")
        #expect(pattern.matches("a.example.com") && pattern.matches("a.b.example.com"))
        #expect(!pattern.matches("example.com") && !pattern.matches("badexample.com"))
        #expect(try HostPattern("a.b").matches("a.b") && !HostPattern("a.b").matches("x.a.b"))
    }

    @Test("M-8: a developer's hosts match whole labels, and a port only where one is named")
    func developmentHosts() throws {
        let any = try DevelopmentHost("*.test")
        #expect(any.matches("a.test", port: 80) && any.matches("a.b.test", port: 8080))
        #expect(!any.matches("test", port: 80) && !any.matches("atest", port: 80))
        let one = try DevelopmentHost("127.0.0.1:8080")
        #expect(one.matches("127.0.0.1", port: 8080))
        #expect(!one.matches("127.0.0.1", port: 80) && !one.matches("127.0.0.10", port: 8080))
    }

    @Test("M-2, M-7: what an app wishes for and how its pages run is read, and nothing is assumed")
    func wishes() throws {
        let plain = try Manifest(Array(AppFixture().manifest.utf8), describedAs: "m")
        #expect(plain.wishes == ResourceWishes() && plain.developmentHosts.isEmpty)
        #expect(plain.mainPage?.instances == .single && plain.mainPage?.background == [])
        let text = AppFixture().manifest
            .replacing(
                "\"permission\": { \"use_permission\": [] }",
                with: """
                    "permission": { "use_permission": [
                      { "name": "NETWORK.permission.yunos.com", "reason": "to try" } ] },
                    "network": { "hosts": ["a.example"], "development": { "hosts": ["localhost:8080"] } },
                    "limits": { "memory_mib": 64, "processes": 8 }, "storage": { "quota_mib": 5 }
                    """
            )
            .replacing(
                "\"main\": true",
                with: """
                    "main": true, "instances": "multiple", "background": ["call", "transfer"]
                    """)
        let manifest = try Manifest(Array(text.utf8), describedAs: "m")
        #expect(manifest.hosts == [try HostPattern("a.example")])
        #expect(manifest.developmentHosts == [try DevelopmentHost("localhost:8080")])
        #expect(manifest.wishes.memoryMiB == 64 && manifest.wishes.processes == 8)
        #expect(manifest.wishes.storageMiB == 5)
        #expect(manifest.mainPage?.instances == .multiple)
        #expect(manifest.mainPage?.background == [.call, .transfer])
    }

    @Test(
        "file patterns",
        arguments: [
            ("app/**", "app/a", true), ("app/**", "app/a/b", true), ("app/**", "app", false),
            ("app/*", "app/a/b", false),
            ("*.js", "a.js", true), ("*.js", "a/b.js", false), ("**/*.js", "a/b.js", true),
            ("**/*.js", "b.js", true),
            ("a*c*e", "abcde", true), ("a*c*e", "ace", true), ("a*c*e", "ae", false), ("**", "x/y", true),
            ("a*a", "a", false),
        ])
    func patterns(_ pattern: String, _ path: String, _ matches: Bool) throws {
        #expect(try FilePattern(pattern).matches(path) == matches)
    }

    @Test("exactly one page is the main one, unless all are services")
    func mainPage() {
        let good = AppFixture().manifest
        #expect(diagnostics(good.replacing("\"main\": true", with: "\"main\": false")).count == 1)
        let service = good.replacing("\"web\"", with: "\"service\"").replacing(
            "\"main\": true", with: "\"main\": false")
        #expect(diagnostics(service).isEmpty)
    }
}
