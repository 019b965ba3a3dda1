import Platform
import Support
import Testing
import YunCore

@testable import AppNetwork

@Suite struct ServerClientTests {
    @Test(
        "A-4: a server is named by scheme, host and port, and without TLS it is this machine",
        arguments: [
            ("https://cloud.example.com", "https://cloud.example.com"),
            ("https://cloud.example.com/", "https://cloud.example.com"),
            ("https://cloud.example.com:8443", "https://cloud.example.com:8443"),
            ("https://192.168.1.2:8443/", "https://192.168.1.2:8443"), ("https://nas", "https://nas"),
            ("http://127.0.0.1:80", nil), ("http://127.0.0.1:8443", "http://127.0.0.1:8443"),
            ("http://localhost:1", "http://localhost:1"), ("http://nas", nil), ("http://127.0.0.2", nil),
            ("http://localhost.example.com", nil), ("http://0x7f.1", nil), ("https://a@b.example.com", nil),
            ("https://cloud.example.com/a", nil), ("https://cloud.example.com?a", nil),
            ("https://cloud.example.com/#a", nil), ("https://cloud.example.com\r\nHost: b", nil),
            ("https://", nil), ("", nil), ("cloud.example.com", nil), ("file:///etc/passwd", nil),
            ("https://\u{4E91}.example.com", nil), ("https://cloud.example.com\\@b", nil),
        ])
    func addresses(text: String, expected: String?) {
        do throws(Failure) {
            #expect(try ServerAddress(text).description == expected)
        } catch {
            #expect(expected == nil && [.usage, .networkNotAllowed].contains(error.code), "\(error)")
        }
    }

    @Test("A-4: a certificate is verified, and one that nobody trusts ends the request")
    func certificates() throws {
        let server = try WebServer(.good)
        let address = try ServerAddress("https://a.test:\(server.port)")
        let trusted = try World(server)
        let answer = try ServerClient(trusted.client).get("/ok", at: address, token: "t")
        #expect(answer.status == 200 && answer.body == Array("hello".utf8))
        let untrusted = try World(server, trust: .system)
        let client = try ServerClient(untrusted.client)
        let failure = #expect(throws: Failure.self) {
            try client.post([("a", "b")], to: "/ok", at: address)
        }
        #expect(failure?.code == .networkUntrusted)
        withExtendedLifetime((trusted, untrusted)) {}
    }
}
