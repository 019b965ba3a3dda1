import Manifest
import Support
import Testing
import YunCore

@testable import AppNetwork

@Suite struct PolicyTests {
    private static let app = Result {
        RequestPolicy(
            hosts: try ["shop.example.com", "*.cdn.example.com", "xn--fiq228c.example.com"].map {
                try HostPattern($0)
            })
    }
    private static let developers = Result {
        RequestPolicy(
            hosts: [try HostPattern("shop.example.com")],
            developmentHosts: try ["localhost:8080", "127.0.0.1:8080", "*.test"].map {
                try DevelopmentHost($0)
            })
    }

    private func code(_ url: String, _ policy: RequestPolicy) -> FailureCode? {
        do throws(Failure) {
            _ = try policy.admit(RequestURL(url))
            return nil
        } catch {
            return error.code
        }
    }

    @Test(
        "N-1, N-3: declared hosts are let through, however they are written",
        arguments: [
            "https://shop.example.com/", "https://shop.example.com", "https://SHOP.example.COM/a?b=c#d",
            "https://shop.example.com:443/", "https://shop.example.com:8443/",
            "https://shop.example.com:1024/",
            "https://a.cdn.example.com/", "https://a.b.c.cdn.example.com/", "https://a_b.cdn.example.com/",
            "HTTPS://shop.example.com/", "https://sh%6Fp.example.com/", "https://xn--fiq228c.example.com/",
            "https://shop.example.com/%0d%0aHost:%20evil", "https://shop.example.com/?u=http://10.0.0.1/",
        ])
    func admitted(_ url: String) throws {
        #expect(code(url, try Self.app.get()) == nil)
    }

    @Test(
        "N-1, N-3: others are not",
        arguments: [
            "https://example.com/", "https://evil.com/", "https://shop.example.com.evil.com/",
            "https://evilshop.example.com/", "https://cdn.example.com/", "https://evilcdn.example.com/",
            "https://.cdn.example.com/", "https://a..cdn.example.com/", "https://shop.example.com./",
            "https://a.cdn.example.com./", "https://*.cdn.example.com/", "https://%2e.cdn.example.com/",
            "http://shop.example.com/", "http://shop.example.com:443/", "https://shop.example.com:80/",
            "https://shop.example.com:22/", "https://shop.example.com:1023/", "https://localhost/",
            "https://127.0.0.1/", "https://2130706433/", "https://0x7f.1/", "https://0177.0.0.1/",
            "https://127.1/",
            "https://[::1]/", "https://[::ffff:127.0.0.1]/", "https://[fe80::1%25eth0]/", "https://0/",
            "https://10.0.0.1.cdn.example.com.evil.org/", "https://a!b.cdn.example.com/",
            "https://" + String(repeating: "a.", count: 130) + "cdn.example.com/",
        ])
    func refused(_ url: String) throws {
        let code = code(url, try Self.app.get())
        #expect(code == .networkNotAllowed || code == .networkRequest)
    }

    @Test(
        "N-2: what is no address, or could be read in two ways, is not sent",
        arguments: [
            "", "shop.example.com", "//shop.example.com/", "/path", "https://", "https:///", "https://?a",
            "https://user@shop.example.com/", "https://user:word@shop.example.com/",
            "https://@shop.example.com/",
            "https://shop.example.com@evil.com/", "https://shop.example.com\\@evil.com/",
            "https://evil.com\\.shop.example.com/", "https://shop.example.com:99999/",
            "https://shop.example.com:-1/",
            "https://shop.example.com:443x/", "https://shop example.com/", "https://shop.example.com/a b",
            "https://shop.example.com/\r\nHost: evil.com", "https://shop.example.com/\u{0}",
            "https://shop.example.com/\u{7F}",
            " https://shop.example.com/", "https://shop.example.com/\n", "https://中文.example.com/",
            "https://shop。example.com/", "https://ｓhop.example.com/", "https://shop.example.com/路",
            "file:///etc/passwd", "gopher://shop.example.com/", "ftp://shop.example.com/",
            "ws://shop.example.com/",
            "wss://shop.example.com/", "dict://shop.example.com/", "javascript:alert(1)", "data:,a",
            "blob:https://a/b",
            "page://shop.example.com/home", "smb://shop.example.com/", "tftp://shop.example.com/",
            "https://shop.example.com/" + String(repeating: "a", count: 8200),
            "https://shop.exa\u{0}mple.com/", "https://[::1/", "https://shop.example.com%00.evil.com/",
            "https://shop.example.com%2f.evil.com/", "https://shop.example.com%20/",
        ])
    func malformed(_ url: String) throws {
        let code = code(url, try Self.app.get())
        #expect(
            code == .networkRequest || url.hasPrefix("https:///") && code == .networkNotAllowed,
            "\(url.escaped)")
    }

    @Test("N-2: an address is normalized, without its fragment")
    func normalized() throws {
        let url = try RequestURL("HTTPS://Shop.Example.com/a/../b/./c?d=E#f")
        #expect(url.text == "https://shop.example.com/b/c?d=E")
        #expect(url.host == "shop.example.com" && url.port == 443 && url.scheme == .https)
        #expect(try RequestURL("http://0x7f.1:8080/").host == "127.0.0.1")
    }

    @Test("N-4: a developer's hosts may do without TLS and have any port, where one is not named")
    func development() throws {
        let policy = try Self.developers.get()
        for url in [
            "http://localhost:8080/", "https://localhost:8080/", "http://127.0.0.1:8080/",
            "http://0x7f.0.0.1:8080/",
            "http://a.test/", "https://a.test:22/", "http://LOCALHOST:8080/",
        ] {
            #expect(try policy.admit(RequestURL(url)) == .development, "\(url)")
        }
        #expect(try policy.admit(RequestURL("https://shop.example.com/")) == .world)
        for url in [
            "http://localhost/", "http://localhost:80/", "http://127.0.0.1/", "http://127.0.0.2:8080/",
            "http://shop.example.com/", "http://test/", "http://[::1]:8080/", "http://localhost.:8080/",
        ] {
            #expect(code(url, policy) == .networkNotAllowed, "\(url)")
        }
    }

    @Test("N-4: in a release that no developer signed, they count for nothing")
    func otherClass() throws {
        let text = AppFixture().manifest.replacing(
            "\"permission\": { \"use_permission\": [] }",
            with: """
                "permission": { "use_permission": [
                  { "name": "NETWORK.permission.yunos.com", "reason": "to try" } ] },
                "network": { "hosts": ["a.example"], "development": { "hosts": ["localhost"] } }
                """)
        let manifest = try Manifest(Array(text.utf8), describedAs: "m")
        #expect(code("http://localhost/", RequestPolicy(manifest, isDevelopers: true)) == nil)
        #expect(code("http://localhost/", RequestPolicy(manifest, isDevelopers: false)) == .networkNotAllowed)
        #expect(code("https://a.example/", RequestPolicy(manifest, isDevelopers: false)) == nil)
    }

    @Test(
        "N-5: methods",
        arguments: [
            ("get", "GET"), ("Post", "POST"), ("PATCH", "PATCH"), ("patch", "patch"),
            ("PROPFIND", "PROPFIND"),
            ("M-SEARCH", "M-SEARCH"), ("", nil), ("connect", nil), ("TRACE", nil), ("Track", nil),
            ("GET ", nil),
            ("GET\r\nHost: a", nil), ("G\u{0}T", nil), ("ＧET", nil), ("a/b", nil),
            (String(repeating: "A", count: 33), nil),
        ])
    func methods(_ text: String, _ sent: String?) {
        let method = try? RequestMethod(text)
        #expect(method?.text == sent)
    }

    @Test(
        "N-6: headers that an app may send",
        arguments: [
            ("Content-Type", "text/plain"), ("x-y", ""), ("Authorization", "Bearer a"), ("Cookie", "a=b"),
            ("X!#$%&'*+-.^_`|~", "a\tb"), ("a", "\u{E9}\u{FF}\u{80}"), ("Origin", "null"),
            ("Range", "bytes=0-"),
        ])
    func goodHeaders(_ name: String, _ value: String) throws {
        #expect(try HeaderLine.checked([HeaderLine(name: name, value: value)]).first?.value == value)
    }

    @Test(
        "N-6: and those that it may not",
        arguments: [
            ("", "a"), ("a b", "c"), ("a:", "b"), ("a\r\nb", "c"), ("a", "b\r\nHost: evil"), ("a", "b\nc"),
            ("a", "b\rc"),
            ("a", "b\u{0}"), ("a", "\u{7F}"), ("a", "\u{1F}"), ("a", "笔记"), ("a", "\u{100}"), ("名", "a"),
            ("Host", "a"),
            ("hOsT", "a"), ("Connection", "close"), ("Content-Length", "0"), ("Transfer-Encoding", "chunked"),
            ("Expect", "100-continue"), ("TE", "trailers"), ("Trailer", "a"), ("Upgrade", "h2c"),
            ("Via", "a"),
            ("HTTP2-Settings", "a"), ("Keep-Alive", "a"), ("Accept-Encoding", "br"),
            ("Proxy-Authorization", "a"),
            ("PROXY-CONNECTION", "a"), ("Sec-Fetch-Site", "a"), ("sec-", "a"), ("Host ", "a"), (" Host", "a"),
            ("Host\t", "a"), (":authority", "a"), ("alt-used", "a"),
        ])
    func badHeaders(_ name: String, _ value: String) {
        #expect(throws: Failure.self) { try HeaderLine.checked([HeaderLine(name: name, value: value)]) }
    }

    @Test("N-6: there is an end to them")
    func headerBounds() throws {
        let line = HeaderLine(name: "a", value: "b")
        #expect(try HeaderLine.checked(Array(repeating: line, count: 128)).count == 128)
        #expect(throws: Failure.self) { try HeaderLine.checked(Array(repeating: line, count: 129)) }
        let long = HeaderLine(name: "a", value: String(repeating: "b", count: 32 << 10))
        #expect(throws: Failure.self) { try HeaderLine.checked([long]) }
    }
}

@Suite struct RedirectTests {
    private func hop(
        _ method: String = "GET", _ url: String = "https://a.example/x", _ headers: [(String, String)] = [],
        body: RequestBody = .none
    ) throws -> Hop {
        var request = NetworkRequest(url: url)
        request.method = try RequestMethod(method)
        request.headers = headers.map { HeaderLine(name: $0.0, value: $0.1) }
        request.body = body
        return try Hop(request, try policy())
    }

    private func policy() throws -> RequestPolicy {
        RequestPolicy(hosts: try ["a.example", "b.example"].map { try HostPattern($0) })
    }

    @Test(
        "N-7: what becomes of the method",
        arguments: [
            (301, "POST", "GET"), (302, "POST", "GET"), (303, "POST", "GET"), (303, "PUT", "GET"),
            (303, "HEAD", "HEAD"),
            (301, "PUT", "PUT"), (307, "POST", "POST"), (308, "PUT", "PUT"), (302, "HEAD", "HEAD"),
            (303, "GET", "GET"),
        ])
    func methods(_ status: Int, _ method: String, _ next: String) throws {
        let first = try hop(
            method, headers, body: ["GET", "HEAD"].contains(method) ? .none : .bytes([1]))
        let second = try #require(
            try first.following(status, location: "y", redirectsMax: 20, try policy()))
        #expect(
            second.method.text == next && second.url.text == "https://a.example/y" && second.redirects == 1)
        let keepsBody = first.sendsBody && next == method
        #expect(second.sendsBody == keepsBody)
        #expect(second.headers.contains { $0.name == "content-type" } == (method == next))
        #expect(second.headers.contains { $0.name == "authorization" })
    }

    private let headers = [
        ("Content-Type", "a/b"), ("Authorization", "secret"), ("Cookie", "c=d"), ("X-Y", "z"),
    ]

    private func hop(_ method: String, _ headers: [(String, String)], body: RequestBody) throws -> Hop {
        try hop(method, "https://a.example/x", headers, body: body)
    }

    @Test(
        "N-7: what proves who the user is stays with its origin",
        arguments: [
            ("https://a.example/y", true), ("//a.example:443/y", true), ("?q", true),
            ("https://A.EXAMPLE/y", true),
            ("https://b.example/y", false), ("https://a.example:8443/y", false),
        ])
    func credentials(_ location: String, _ stays: Bool) throws {
        let next = try #require(
            try hop("GET", "https://a.example/x", headers).following(
                302, location: location, redirectsMax: 20, try policy()))
        #expect(next.headers.contains { $0.name == "authorization" } == stays)
        #expect(next.headers.contains { $0.name == "cookie" } == stays)
        #expect(next.headers.contains { $0.name == "x-y" })
    }

    @Test(
        "N-7: a redirect leads nowhere that a request may not go",
        arguments: [
            "http://a.example/", "https://c.example/", "file:///etc/passwd", "gopher://a.example/",
            "https://10.0.0.1/",
            "https://user@b.example/", "https://b.example:22/", "javascript:0", "https://a.example./",
            "https://[::1]/",
            "//c.example/", "https:\\\\c.example/", "ftp://a.example/", "data:,a",
            "https://a.example\u{0}.evil/",
        ])
    func refused(_ location: String) throws {
        let first = try hop()
        #expect(throws: Failure.self) {
            try first.following(302, location: location, redirectsMax: 20, try policy())
        }
    }

    @Test("N-7: what should have been escaped is")
    func lenient() throws {
        let next = try hop().following(302, location: "/a b/路", redirectsMax: 20, try policy())
        #expect(next?.url.text == "https://a.example/a%20b/%e8%b7%af")
    }

    @Test("N-2: what grows beyond an address's length when it is escaped is none")
    func growing() throws {
        let first = try hop()
        let location = "/" + String(repeating: "路", count: 2000)
        #expect(throws: Failure.self) {
            try first.following(302, location: location, redirectsMax: 20, try policy())
        }
    }

    @Test("N-7: what is no redirect, or leads nowhere, is the response")
    func responses() throws {
        let first = try hop()
        for status in [200, 300, 304, 305, 306, 309, 404] {
            #expect(try first.following(status, location: "y", redirectsMax: 20, try policy()) == nil)
        }
        #expect(try first.following(302, location: nil, redirectsMax: 20, try policy()) == nil)
        #expect(try first.following(302, location: "y", redirectsMax: 0, try policy()) == nil)
        let second = try first.following(302, location: "y", redirectsMax: 1, try policy())
        #expect(throws: Failure.self) {
            try second?.following(302, location: "y", redirectsMax: 1, try policy())
        }
    }

    @Test("N-5: a request to fetch has no body")
    func bodies() {
        #expect(throws: Failure.self) { try hop("GET", body: .bytes([])) }
        #expect(throws: Failure.self) { try hop("head", body: .bytes([1])) }
        #expect(throws: Never.self) { try hop("DELETE", body: .bytes([1])) }
    }
}
