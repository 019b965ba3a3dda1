import Foundation
import Platform
import Support
import Testing
import YunCore

/// What the authorization server says over HTTP.
@Suite struct OAuthEndpointTests {
    private let cloud: CloudProcess
    private var issuer: String { "http://127.0.0.1:\(cloud.port)" }

    init() throws { cloud = try CloudProcess() }

    private func ask(_ path: String, _ arguments: [String] = []) throws -> (
        status: Int, head: String, body: [String: Any]
    ) {
        let result = try Program("curl").run(
            ["-sS", "-i", "--max-time", "60", "-w", "\n%{http_code}", "\(issuer)\(path)"] + arguments)
        // A line's end is one character of Swift's.
        let parts = result.output.components(separatedBy: "\r\n\r\n")
        let lines = parts.last?.components(separatedBy: "\n") ?? []
        let body = lines.dropLast().joined(separator: "\n")
        let object = body.contains("{") ? try JSONSerialization.jsonObject(with: Data(body.utf8)) : [:]
        return (
            Int(lines.last ?? "") ?? 0, parts.first?.lowercased() ?? "", object as? [String: Any] ?? [:]
        )
    }

    private func post(_ path: String, _ form: String, _ arguments: [String] = []) throws -> (
        status: Int, head: String, body: [String: Any]
    ) {
        try ask(path, ["--data", form] + arguments)
    }

    private func admin(_ arguments: String...) throws -> Program.Result {
        try CloudProcess.program().run(["admin", "client"] + arguments + ["--data", cloud.data])
    }

    @Test("O-3: clients find all that there is below the issuer, whatever a request says of its host")
    func discovery() throws {
        for path in ["/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"] {
            let (status, head, body) = try ask(
                path, ["-H", "Host: evil.example.com", "-H", "X-Forwarded-Host: evil.cn"])
            #expect(status == 200)
            #expect(head.contains("cache-control: public"))
            #expect(body["issuer"] as? String == issuer)
            for (name, value) in body where name.hasSuffix("_endpoint") || name == "jwks_uri" {
                #expect((value as? String)?.hasPrefix(issuer + "/") == true, "\(name)")
            }
            #expect(body["code_challenge_methods_supported"] as? [String] == ["S256"])
            #expect(body["id_token_signing_alg_values_supported"] as? [String] == ["ES256"])
            #expect(body["authorization_response_iss_parameter_supported"] as? Bool == true)
        }
        let device = try post(
            "/device-authorization", "client_id=yun-phone&device_name=a&device_model=b",
            ["-H", "Host: evil.example.com"])
        #expect(device.body["verification_uri"] as? String == issuer + "/device")
        #expect(
            (device.body["verification_uri_complete"] as? String)?.hasPrefix(issuer + "/device?user_code=")
                == true)
    }

    @Test("O-3: the operator says under which address clients know the server")
    func publicURL() throws {
        try cloud.end(15)
        try cloud.start(["--public-url", "https://cloud.example.com"])
        let (_, _, body) = try ask("/.well-known/openid-configuration")
        #expect(body["issuer"] as? String == "https://cloud.example.com")
        #expect(body["token_endpoint"] as? String == "https://cloud.example.com/token")
        for wrong in [
            "cloud.example.com", "ftp://a.cn", "https://a.cn/", "https://a.cn/x", "https://",
            "https://a.cn?x",
            "https://u@a.cn", "https://A.cn",
        ] {
            let result = try CloudProcess.program().run("serve", "--data", cloud.data, "--public-url", wrong)
            #expect(result.status == 64, "\(wrong)")
            #expect(result.errors.contains("--public-url cannot be"), "\(result.errors)")
        }
    }

    @Test("O-5: the keys are published, two of them, and their private halves are nowhere")
    func keys() throws {
        let (status, head, body) = try ask("/jwks.json")
        #expect(status == 200)
        #expect(head.contains("content-type: application/json"))
        let keys = try #require(body["keys"] as? [[String: String]])
        #expect(keys.count == 2)
        for key in keys { #expect(Set(key.keys) == ["alg", "crv", "kid", "kty", "use", "x", "y"]) }
        let again = try ask("/jwks.json").body["keys"] as? [[String: String]]
        #expect(again == keys)
        #expect(try another { try ask("/jwks.json").body["keys"] as? [[String: String]] } == keys)
    }

    /// Asks a second server on the same data.
    private func another<Value>(_ body: () throws -> Value) throws -> Value {
        let (process, _) = try cloud.another()
        // A child that is not waited for keeps exit tests, which wait for any child, from seeing theirs.
        defer {
            do {
                try process.signal(9)
                _ = try process.wait()
            } catch { print("a second cloud does not end: \(error)") }
        }
        return try body()
    }

    @Test(
        "O-7: what is wrong is said as OAuth's clients read it, and as a problem document",
        arguments: [
            ("/token", "", 401, "invalid_client"),
            ("/token", "client_id=yun-phone", 400, "invalid_request"),
            ("/token", "client_id=yun-phone&grant_type=password", 400, "unsupported_grant_type"),
            ("/token", "client_id=nobody&grant_type=refresh_token&refresh_token=x", 400, "invalid_grant"),
            (
                "/token", "client_id=yun-phone&grant_type=refresh_token&refresh_token=x&x=1&x=2", 400,
                "invalid_request"
            ),
            ("/token", "client_id=%ff", 400, "invalid_request"),
            ("/revoke", "client_id=nobody&token=x", 401, "invalid_client"),
            ("/introspect", "client_id=yun-phone&token=x", 401, "invalid_client"),
            (
                "/device-authorization", "client_id=yun-phone&device_name=%3Cb%3E%0A&device_model=x", 400,
                "invalid_request"
            ),
            ("/userinfo", "x=1", 401, "invalid_token"),
        ])
    func problems(path: String, form: String, status: Int, error: String) throws {
        let answer = try post(path, form)
        #expect(answer.status == status)
        #expect(answer.body["error"] as? String == error)
        #expect(answer.head.contains("content-type: application/json"))
        #expect(answer.head.contains("cache-control: no-store"))
        #expect(answer.body["status"] as? Int == status)
        #expect((answer.body["type"] as? String)?.hasPrefix("urn:yun:problem:") == true)
        #expect((answer.body["title"] as? String)?.isEmpty == false)
        #expect((answer.body["detail"] as? String)?.isEmpty == false)
        let description = try #require(answer.body["error_description"] as? String)
        #expect(description.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x5C })
        #expect(answer.head.contains("www-authenticate:") == (status == 401))
    }

    @Test("a body that is no form, or too large, is refused")
    func bodies() throws {
        let json = try ask("/token", ["-H", "Content-Type: application/json", "--data", "{}"])
        #expect(json.status == 400)
        #expect(json.body["error"] as? String == "invalid_request")
        try cloud.directory.write([UInt8](repeating: 0x61, count: 70_000), to: "large")
        let large = try ask(
            "/token",
            [
                "-H", "Content-Type: application/x-www-form-urlencoded", "--data-binary",
                "@\(cloud.directory.path("large"))",
            ])
        #expect(large.body["error"] as? String == "invalid_request")
        #expect(try ask("/token").status == 404)
    }

    @Test("O-60: a drive says that it takes tokens and app passwords, each in a field of its own")
    func challenges() throws {
        for path in ["/dav/", "/api/drive/trash", "/uploads"] {
            let none = try ask(path)
            #expect(none.status == 401)
            #expect(none.head.contains("www-authenticate: basic realm=\"yun\", charset=\"utf-8\""))
            #expect(none.head.contains("www-authenticate: bearer realm=\"yun\""))
            let wrong = try ask(path, ["-H", "Authorization: Bearer yat_x"])
            #expect(wrong.status == 401)
            #expect(wrong.body["type"] as? String == "urn:yun:problem:invalid-token")
            #expect(wrong.head.contains("www-authenticate: bearer realm=\"yun\", error=\"invalid_token\""))
        }
    }

    @Test("O-1: no token is in the database, the log or a metric")
    func secrets() throws {
        let answer = try post("/device-authorization", "client_id=yun-phone&device_name=a&device_model=b")
        let code = try #require(answer.body["device_code"] as? String)
        _ = try post(
            "/token",
            "client_id=yun-phone&grant_type=urn:ietf:params:oauth:grant-type:device_code&device_code=\(code)")
        let made = try admin("create", "Notes", "--redirect-uri", "https://a.example.com/x", "--confidential")
        let secret = try #require(made.output.split(whereSeparator: \.isWhitespace).last.map(String.init))
        #expect(secret.hasPrefix("ycs_"))
        for text in [code, secret] {
            let found = try Program("grep").run("-rla", "--", text, cloud.data, cloud.directory.path("log"))
            #expect(found.output == "")
        }
        #expect(try Program("curl").run("-sS", "\(issuer)/metrics").output.contains("route=\"/token\""))
    }

    @Test("the operator makes clients, sees them and removes them while the server runs")
    func clients() throws {
        let made = try admin(
            "create", "Notes", "--redirect-uri", "https://notes.example.com/back", "--redirect-uri",
            "http://127.0.0.1/back", "--scope", "openid profile")
        #expect(made.status == 0, "\(made.errors)")
        let id = String(made.output.dropFirst("id ".count).prefix { $0 != "\n" })
        #expect(!made.output.contains("secret"))
        let listed = try admin("list").output
        #expect(
            listed.contains(
                "\(id)\tNotes\topenid profile\thttp://127.0.0.1/back https://notes.example.com/back\n"))
        #expect(listed.contains("yun-phone\tYun\t"))
        let known = try post("/revoke", "client_id=\(id)&token=x")
        #expect(known.status == 200)
        #expect(try admin("remove", id).status == 0)
        #expect(try post("/revoke", "client_id=\(id)&token=x").status == 401)
        #expect(try admin("remove", id).status == 67)
        #expect(try admin("remove", "yun-phone").status == 76)
        let wrong = try admin("create", "Notes", "--redirect-uri", "http://notes.example.com/")
        #expect(wrong.status == 65)
        #expect(wrong.errors.contains("is no redirect URI; write https://HOST/PATH"))
    }
}
