import Foundation
import Platform
import Support
import Testing

/// What browsers are made to send by others, and what nobody's browser sends.
@Suite struct FormTests {
    private let cloud: CloudProcess

    init() throws { cloud = try CloudProcess() }

    private var base: String { "http://127.0.0.1:\(cloud.port)" }
    private var jar: String { cloud.directory.path("jar") }

    private func curl(_ arguments: String...) throws -> Program.Result {
        try Program("curl").run(["-sS", "--max-time", "30", "-b", jar, "-c", jar] + arguments)
    }

    private func status(_ arguments: String...) throws -> String {
        try Program("curl").run(
            ["-sS", "--max-time", "30", "-b", jar, "-c", jar, "-o", "/dev/null", "-w", "%{http_code}"]
                + arguments
        ).output
    }

    /// What a form of a page has to show.
    private func token(of path: String) throws -> String {
        let page = try curl(base + path).output
        let match = try #require(page.firstMatch(of: /name="form" value="([0-9a-f]{64})"/))
        return String(match.1)
    }

    private func signIn() throws {
        let token = try token(of: "/sign-in")
        let answer = try curl(
            "-i", "-d", "form=\(token)&name=ming%40example.com&password=correct+horse", base + "/sign-in")
        #expect(answer.output.hasPrefix("HTTP/1.1 303"), "\(answer.output)")
    }

    @Test("CSRF: a form that another site makes a browser send does nothing")
    func forged() throws {
        try signIn()
        let token = try token(of: "/account")
        let deletion = ["-d", "password=correct+horse", base + "/account/delete"]
        #expect(try status(deletion[0], deletion[1], deletion[2]) == "403")
        #expect(
            try status(
                "-d", "form=" + String(repeating: "0", count: 64), deletion[0], deletion[1], deletion[2])
                == "403")
        #expect(
            try status(
                "-H", "Sec-Fetch-Site: cross-site", "-d", "form=\(token)", deletion[0], deletion[1],
                deletion[2]) == "403")
        #expect(
            try status(
                "-H", "Content-Type: text/plain", "-d", "form=\(token)", deletion[0], deletion[1], deletion[2]
            ) == "415")
        #expect(try !curl(base + "/account").output.contains("will be deleted"))
        #expect(try status("-d", "form=\(token)", deletion[0], deletion[1], deletion[2]) == "303")
    }

    @Test("CSRF: a form from before a sign-in, or of another browser, does nothing after it")
    func staleForm() throws {
        let before = try token(of: "/sign-in")
        try signIn()
        #expect(try status("-d", "form=\(before)", base + "/account/sessions/end-others") == "403")
        let other = try Program("curl").run("-sS", base + "/sign-in").output
        let foreign = try #require(other.firstMatch(of: /name="form" value="([0-9a-f]{64})"/)).1
        #expect(try status("-d", "form=\(foreign)", base + "/account/sessions/end-others") == "403")
        #expect(
            try status("-d", "form=\(token(of: "/account"))", base + "/account/sessions/end-others") == "303")
    }

    @Test("session fixation: a secret that was laid in the browser before is none afterwards")
    func fixation() throws {
        let laid = String(repeating: "a", count: 64)
        let page = try Program("curl").run(
            "-sS", "-i", "-H", "Cookie: yun-session=\(laid)", base + "/sign-in")
        let form = try #require(page.output.firstMatch(of: /yun-form=([0-9a-f]{64})/)).1
        let token = try #require(page.output.firstMatch(of: /name="form" value="([0-9a-f]{64})"/)).1
        let answer = try Program("curl").run(
            "-sS", "-i", "-H", "Cookie: yun-session=\(laid); yun-form=\(form)", "-d",
            "form=\(token)&name=ming%40example.com&password=correct+horse", base + "/sign-in"
        ).output
        #expect(answer.hasPrefix("HTTP/1.1 303"))
        let given = try #require(answer.firstMatch(of: /yun-session=([0-9a-f]{64}); (.*)/))
        #expect(given.1 != laid)
        #expect(
            given.2.contains("HttpOnly") && given.2.contains("SameSite=Lax") && given.2.contains("Path=/"))
        #expect(
            try Program("curl").run("-sS", "-i", "-b", "yun-session=\(laid)", base + "/account").output
                .contains("/sign-in"))
    }

    @Test(
        "open redirect: a sign-in leads to this server alone",
        arguments: [
            "https://evil.example/", "//evil.example/", "/\\evil.example", "\\\\evil.example",
            "javascript:alert(1)",
            "/%0d%0aLocation: https://evil.example", "http:/evil.example", " //evil.example", "",
        ])
    func redirect(next: String) throws {
        let token = try token(of: "/sign-in")
        let answer = try curl(
            "-i", "-d", "form=\(token)&name=ming%40example.com&password=correct+horse", "--data-urlencode",
            "next=\(next)", base + "/sign-in"
        ).output
        let location = try #require(answer.firstMatch(of: /Location: (.*)/)).1
        #expect(location == "/account" || location == "/%0d%0aLocation: https://evil.example", "\(location)")
        #expect(!answer.contains("\nLocation: https"))
    }

    @Test("pages tell browsers to run no script and to be in no frame, and are kept by nobody")
    func headers() throws {
        let head = try curl("-i", base + "/sign-in").output.lowercased()
        #expect(head.contains("content-security-policy: default-src 'none'; style-src 'self'"))
        #expect(head.contains("frame-ancestors 'none'") && head.contains("cache-control: no-store"))
        #expect(!head.contains("<script"))
        let style = try #require(head.firstMatch(of: /href="(\/assets\/[^"]+)"/)).1
        let answer = try curl("-i", base + style).output
        #expect(answer.contains("Content-Type: text/css") && answer.contains("immutable"))
    }

    @Test("what somebody types is shown as text")
    func escaping() throws {
        let token = try token(of: "/sign-in")
        let page = try curl(
            "-d", "form=\(token)", "--data-urlencode", "name=\"><script>alert(1)</script>", "-d",
            "password=x",
            base + "/sign-in"
        ).output
        #expect(!page.contains("<script>") && page.contains("&lt;script&gt;"))
    }

    @Test("pages that need a sign-in lead there and back, for whoever has no session or a wrong one")
    func strangers() throws {
        for path in [
            "/account", "/account/security", "/account/app-passwords", "/account/events", "/account/data",
        ] {
            for cookie in ["", "yun-session=", "yun-session=" + String(repeating: "f", count: 64)] {
                let answer = try Program("curl").run("-sS", "-i", "-b", cookie, base + path).output
                #expect(answer.hasPrefix("HTTP/1.1 303"))
                #expect(
                    answer.contains(
                        "Location: /sign-in?next=\(path.replacing("/", with: "%2F").replacing("-", with: "%2D"))"
                    ))
            }
        }
    }

    @Test(
        "forms that are no forms are refused",
        arguments: [("a=%", "400"), ("form=a&form=b", "400"), (String(repeating: "a", count: 70_000), "413")])
    func malformed(body: String, expected: String) throws {
        _ = try token(of: "/sign-in")
        let status = try Program("curl").run(
            [
                "-sS", "--max-time", "30", "-b", jar, "-o", "/dev/null", "-w", "%{http_code}",
                "--data-binary", "@-",
                base + "/sign-in",
            ], input: Array(body.utf8)
        ).output
        #expect(status == expected)
    }

    @Test("Y-84: an owner takes everything away as one archive, which tar unpacks")
    func export() throws {
        let long = String(repeating: "名", count: 60)
        let bytes = noise(3_000_000)
        #expect(try cloud.status("MKCOL", "/a%20b") == 201)
        #expect(
            try cloud.status(
                "PUT", "/a%20b/\(long.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "")",
                input: bytes) == 201)
        #expect(try cloud.status("PUT", "/empty", input: []) == 201)
        try signIn()
        #expect(try status("-d", "", base + "/account/export") == "403")
        let token = try token(of: "/account/data")
        let result = try curl(
            "-o", cloud.directory.path("yun.tar"), "-d", "form=\(token)", base + "/account/export")
        #expect(result.status == 0, "\(result.errors)")
        let unpacked = try Program("tar").run(
            "-xf", cloud.directory.path("yun.tar"), "-C", cloud.directory.path)
        #expect(unpacked.status == 0 && unpacked.errors.isEmpty, "\(unpacked.errors)")
        #expect(try cloud.directory.read("files/a b/\(long)") == bytes)
        #expect(try cloud.directory.read("files/empty").isEmpty)
        let record = try Program("jq").run(
            "-r", ".names[0], .activity[0].kind", cloud.directory.path("account.json"))
        #expect(record.output == "ming@example.com\nexported\n")
        let age = try Program("find").run(cloud.directory.path("files"), "-type", "f", "-mmin", "-60")
        #expect(age.output.split(separator: "\n").count == 2)
    }

    @Test("a server whose operator makes the accounts takes no sign-up")
    func closed() throws {
        let closed = try CloudProcess(["--sign-up", "closed"])
        let page = try Program("curl").run("-sS", "-i", "http://127.0.0.1:\(closed.port)/sign-up").output
        #expect(page.hasPrefix("HTTP/1.1 403") && page.contains("takes no new accounts"))
        #expect(
            try !Program("curl").run("-sS", "http://127.0.0.1:\(closed.port)/sign-in").output.contains(
                "/sign-up"))
    }

    @Test("Y-72: behind a proxy on this machine, the address that counts is the one that it says")
    func proxied() throws {
        for number in 0..<3 {
            let token = try token(of: "/sign-in")
            _ = try curl(
                "-H", "X-Forwarded-For: 10.0.0.1, 203.0.113.\(number)", "-d",
                "form=\(token)&name=ming%40example.com&password=wrong", base + "/sign-in")
        }
        try signIn()
        let events = try curl(base + "/account/events").output
        #expect(events.contains("203.0.113.2") && !events.contains("10.0.0.1"))
    }
}
