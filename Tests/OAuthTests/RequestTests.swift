import CloudModel
import Foundation
import OAuth
import Testing

private let limit = Scopes.client
private let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"

private let asked = [
    "client_id": "notes", "redirect_uri": "https://notes.example.com/back", "response_type": "code",
    "scope": "openid storage", "state": "s&t=1", "code_challenge": challenge,
    "code_challenge_method": "S256",
]

private func request(_ changes: [String: String?]) throws(Problem) -> AuthorizationRequest {
    var all = asked
    for (name, value) in changes { all[name] = value }
    let parameters = RequestParameters(all)
    return try AuthorizationRequest(
        parameters, target: AuthorizationRequest.Target(parameters), limit: limit)
}

private func code(_ body: () throws(Problem) -> Void) -> ProblemCode? {
    do throws(Problem) {
        try body()
        return nil
    } catch { return error.code }
}

@Suite struct RequestParametersTests {
    @Test("parameters are read as forms write them")
    func forms() throws {
        let parameters = try RequestParameters(Array("a=1+2%2B3&b=&c&%E6%89%8B=%e6%9c%ba&=x".utf8))
        #expect(try parameters.value("a") == "1 2+3")
        #expect(try parameters.value("b") == nil)
        #expect(try parameters.value("c") == nil)
        #expect(try parameters.value("手") == "机")
        #expect(try RequestParameters([]).value("a") == nil)
        #expect(code { () throws(Problem) in _ = try parameters.required("b") } == .malformed)
    }

    @Test("O-10: a parameter that is there twice is refused, also where nobody asks for it")
    func duplicates() throws {
        let parameters = try RequestParameters(Array("a=1&b=2&a=1".utf8))
        #expect(try parameters.value("b") == "2")
        #expect(code { () throws(Problem) in _ = try parameters.value("a") } == .malformed)
        #expect(code { () throws(Problem) in try parameters.requireOnce() } == .malformed)
        let encoded = try RequestParameters(Array("a=1&%61=2".utf8))
        #expect(code { () throws(Problem) in _ = try encoded.value("a") } == .malformed)
        let empty = try RequestParameters(Array("a=&a=2".utf8))
        #expect(code { () throws(Problem) in _ = try empty.value("a") } == .malformed)
    }

    @Test(
        "what is no form is refused",
        arguments: [
            "a=%", "a=%4", "a=%zz", "a=%ff", "a=%00", "%c3=1",
            String(repeating: "a=1&", count: 101),
        ])
    func malformed(text: String) {
        #expect(
            code { () throws(Problem) in _ = try RequestParameters(Array(text.utf8)) } == .malformed)
    }

    @Test("what is put behind an address stays one value")
    func addresses() {
        #expect(
            Address.adding([("a", "x&b=1 #/é"), ("c", nil)], to: "https://x.cn/p")
                == "https://x.cn/p?a=x%26b%3D1%20%23%2F%C3%A9")
        #expect(Address.adding([("a", "1")], to: "https://x.cn/p?q=1") == "https://x.cn/p?q=1&a=1")
        #expect(Address.adding([], to: "https://x.cn/p") == "https://x.cn/p")
    }
}

@Suite struct RedirectTests {
    @Test(
        "addresses that can be registered",
        arguments: [
            ("https://notes.example.com/back", "notes.example.com", "https://notes.example.com"),
            ("https://a.cn", "a.cn", "https://a.cn"),
            ("https://a.cn:8443/x?y=1;z", "a.cn", "https://a.cn:8443"),
            ("http://127.0.0.1/cb", "127.0.0.1", "http://127.0.0.1"),
            ("http://[::1]:80/cb", "[::1]", "http:"),
            ("http://localhost:1234/cb", "localhost", "http://localhost:1234"),
            ("com.example.notes:/back", "com.example.notes", "com.example.notes:"),
        ])
    func good(text: String, host: String, formTarget: String) throws {
        let uri = try RedirectURI(text)
        #expect(uri.description == text)
        #expect(uri.host == host)
        #expect(uri.formTarget == formTarget)
        #expect(uri.accepts(uri))
    }

    @Test(
        "open redirect: an address that leads elsewhere than it looks is none",
        arguments: [
            "", "https://", "https:///x", "https:x", "//a.cn/x", "/x", "http://a.cn/x", "http://127.0.0.2/x",
            "http://127.0.0.1.a.cn/x", "javascript:alert(1)", "data:text/html,x", "myapp:/x", "file:///x",
            "https://a.cn/x#y", "https://a.cn@evil.cn/x", "https://u:p@a.cn/", "https://a.cn\\@evil.cn/",
            "https://a.cn/x y", "https://a.cn/\n", "https://a.cn/é", "https://A.cn/", "https://a.cn:0/",
            "https://a.cn:99999/", "https://a.cn:+443/", "https://a.cn/%", "https://a.cn/%4x",
            "https://a.cn/[x]",
            "com.example.a://x", "https://a.cn:/", "https://a.cn:1x/", "https://[::1/", "https://[x]/",
            "https://[::1]x/", "com.example:x", "Com.example:/x", "com..example:/x", "com.1x:/x",
            "https://" + String(repeating: "a", count: 2048),
        ])
    func bad(text: String) {
        #expect(code { () throws(Problem) in _ = try RedirectURI(text) } == .malformed)
    }

    @Test(
        "open redirect: a request may choose the port of its own machine and nothing else",
        arguments: [
            ("https://a.cn/x", "https://a.cn/x", true), ("https://a.cn/x", "https://a.cn/x/", false),
            ("https://a.cn/x", "https://a.cn/X", false), ("https://a.cn/x", "https://a.cn/x?a=1", false),
            ("https://a.cn/x", "https://a.cn:8443/x", false), ("https://a.cn/", "https://a.cn", false),
            ("https://a.cn/x", "https://b.a.cn/x", false), ("https://a.cn/x", "https://a.cn/y/../x", false),
            ("https://a.cn/x", "https://a.cn/%78", false),
            ("http://127.0.0.1/cb", "http://127.0.0.1:51234/cb", true),
            ("http://127.0.0.1:80/cb", "http://127.0.0.1:51234/cb", true),
            ("http://[::1]/cb", "http://[::1]:5/cb", true),
            ("http://127.0.0.1/cb", "http://127.0.0.1:5/other", false),
            ("http://127.0.0.1/cb", "http://[::1]:5/cb", false),
            ("http://127.0.0.1/cb", "http://localhost:5/cb", false),
            ("http://127.0.0.1/cb", "https://127.0.0.1:5/cb", false),
            ("http://localhost:1/cb", "http://localhost:2/cb", false),
            ("com.example.a:/x", "com.example.a:/y", false),
        ])
    func comparison(registered: String, requested: String, isAccepted: Bool) throws {
        #expect(try RedirectURI(registered).accepts(RedirectURI(requested)) == isAccepted)
    }
}

@Suite struct RedirectReadingTests {
    /// Other signs than letters make most of what confuses readers.
    private static let signs = Array(
        "/:@?#[]\\.%&;=-_~!*'(),+ \t\n<>\"`{}|^09azA1\u{E9}\u{3002}\u{FF0F}".unicodeScalars)

    @Test(
        "open redirect: what is taken leads where another reader says that it leads, whatever is done to it",
        arguments: 1...4)
    func agreement(seed: UInt64) throws {
        let seeds = [
            "https://notes.example.com/back", "http://127.0.0.1:8080/cb", "http://[::1]:1/cb",
            "https://a.cn:8443/x?y=1",
            "com.example.notes:/back",
        ]
        var state = seed &* 0x9E37_79B9_7F4A_7C15
        func random(_ count: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(count))
        }
        var taken = 0
        for _ in 0..<3000 {
            let original = seeds[random(seeds.count)]
            var scalars = Array(original.unicodeScalars)
            for _ in 0...random(3) {
                let place = random(scalars.count)
                switch random(3) {
                case 0: scalars.remove(at: place)
                case 1: scalars.insert(Self.signs[random(Self.signs.count)], at: place)
                default: scalars[place] = Self.signs[random(Self.signs.count)]
                }
            }
            var text = ""
            text.unicodeScalars.append(contentsOf: scalars)
            let uri: RedirectURI
            do throws(Problem) { uri = try RedirectURI(text) } catch { continue }
            taken += 1
            let parts = try #require(URLComponents(string: text), "\(text)")
            #expect(parts.user == nil && parts.password == nil && parts.fragment == nil, "\(text)")
            let isWeb = parts.scheme == "https" || parts.scheme == "http"
            #expect((isWeb ? parts.host : parts.scheme) == uri.host, "\(text)")
            let registered = try RedirectURI(original)
            guard registered.accepts(uri), text != original else { continue }
            #expect(parts.scheme == "http" && ["127.0.0.1", "[::1]"].contains(parts.host), "\(text)")
            #expect(parts.path == URLComponents(string: original)?.path, "\(text)")
        }
        #expect(taken > 200)
    }
}

@Suite struct AuthorizationRequestTests {
    @Test("a request is read")
    func whole() throws {
        let read = try request(["prompt": "login consent", "max_age": "60", "nonce": "n"])
        #expect(read.clientID == "notes")
        #expect(read.scopes == Scopes([.openid, .storage]))
        #expect(read.state == "s&t=1")
        #expect(read.nonce == "n")
        #expect(read.prompts == [.login, .consent])
        #expect(read.ageSecondsMax == 60)
        #expect(read.challenge.text == challenge)
    }

    @Test(
        "O-11, O-12: what a request may not be",
        arguments: [
            ("response_type", "token", ProblemCode.unsupportedResponseType),
            ("response_type", "code id_token", .unsupportedResponseType), ("response_type", nil, .malformed),
            ("response_mode", "fragment", .malformed), ("request", "x", .malformed),
            ("request_uri", "x", .malformed), ("scope", "email", .invalidScope),
            ("scope", nil, .invalidScope),
            ("scope", "openid storage.app", .invalidScope), ("scope", "openid \"", .invalidScope),
            ("code_challenge", nil, .malformed), ("code_challenge", "short", .malformed),
            ("code_challenge", challenge + "A", .malformed), ("code_challenge_method", "plain", .malformed),
            ("code_challenge_method", nil, .malformed), ("prompt", "none login", .malformed),
            ("prompt", "other", .malformed), ("max_age", "-1", .malformed), ("max_age", "x", .malformed),
            ("nonce", String(repeating: "n", count: 2049), .malformed),
        ] as [(String, String?, ProblemCode)])
    func refused(name: String, value: String?, expected: ProblemCode) {
        #expect(code { () throws(Problem) in _ = try request([name: value]) } == expected)
    }

    @Test("a scope that is not known is left out")
    func unknownScopes() throws {
        #expect(try request(["scope": "openid email storage"]).scopes == Scopes([.openid, .storage]))
    }

    @Test("O-13: mix-up: an answer says who gives it, and what the client said stays one value")
    func answers() throws {
        let target = try AuthorizationRequest.Target(RequestParameters(asked))
        #expect(
            target.answer([("code", "c")], issuer: "https://yun.cn")
                == "https://notes.example.com/back?code=c&state=s%26t%3D1&iss=https%3A%2F%2Fyun.cn")
        let problem = Problem(.accessDenied, "it says \"no\" to 手机")
        #expect(
            target.answer(problem, issuer: "https://yun.cn")
                == "https://notes.example.com/back?error=access_denied&error_description=it%20says%20%27no%27%20to%20%3F%3F"
                + "&state=s%26t%3D1&iss=https%3A%2F%2Fyun.cn")
    }

    @Test("every problem has a name that OAuth's clients take")
    func codes() {
        for code in ProblemCode.allCases {
            let name = Problem(code, "").oauthCode
            #expect(name.utf8.allSatisfy { $0 == UInt8(ascii: "_") || (0x61...0x7A).contains($0) }, "\(name)")
        }
        #expect(Problem(.invalidGrant, "").oauthCode == "invalid_grant")
        #expect(Problem(.malformed, "").oauthCode == "invalid_request")
        #expect(Problem(.authorizationPending, "").oauthCode == "authorization_pending")
    }
}

@Suite struct ClientCredentialsTests {
    private func credentials(_ header: String?, _ form: [String: String] = [:]) throws(Problem)
        -> ClientCredentials
    {
        try ClientCredentials(authorization: header, RequestParameters(form))
    }

    @Test("a client says who it is in its header or in its form")
    func ways() throws {
        let basic = try credentials("Basic bm90ZXM6c2VjcmV0", ["client_id": "notes"])
        #expect(basic.id == "notes")
        #expect(basic.secret == "secret")
        let form = try credentials(nil, ["client_id": "notes", "client_secret": "secret"])
        #expect(form.secret == "secret")
        #expect(try credentials(nil, ["client_id": "notes"]).secret == nil)
    }

    @Test("a client that says it in two ways is refused")
    func bothWays() {
        for form in [["client_secret": "secret"], ["client_id": "other"]] {
            #expect(
                code { () throws(Problem) in _ = try credentials("Basic bm90ZXM6c2VjcmV0", form) }
                    == .malformed)
        }
        for header in ["Basic", "Basic !", "Basic bm90ZXM=", "Bearer x", ""] {
            #expect(code { () throws(Problem) in _ = try credentials(header) } == .invalidClient)
        }
        #expect(code { () throws(Problem) in _ = try credentials(nil) } == .invalidClient)
    }
}
