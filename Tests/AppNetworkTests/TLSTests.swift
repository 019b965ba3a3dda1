import Glibc
import Platform
import Support
import Testing
import YunCore

@testable import AppNetwork

@Suite struct TLSTests {
    @Test(
        "N-9: a server that does not prove its name is not spoken to, and it says why",
        arguments: [
            (Certificates.Name.expired, "a.test", "expired"), (.selfSigned, "a.test", "self-signed"),
            (.other, "a.test", "issuer"), (.good, "wrong.test", "subject name"),
        ])
    func untrusted(_ certificate: Certificates.Name, _ host: String, _ word: String) throws {
        let server = try WebServer(certificate)
        let fetched = try World(server).fetch("https://\(host):\(server.port)/ok")
        #expect(fetched.code == .networkUntrusted && fetched.head == nil && fetched.body.isEmpty)
        #expect(
            fetched.end.failure?.message.contains(word) == true, "\(String(describing: fetched.end.failure))")
    }

    @Test("N-9: a certificate for everything below a name is good for that, and one of several names too")
    func names() throws {
        let server = try WebServer(.good)
        let world = try World(server)
        for host in ["a.test", "c.test", "x.b.test"] {
            #expect(try world.fetch("https://\(host):\(server.port)/ok").text == "hello", "\(host)")
        }
    }

    @Test("N-9: our own authority is nothing to the system's")
    func system() throws {
        let server = try WebServer(.good)
        let fetched = try World(server, trust: .system).fetch("https://a.test:\(server.port)/ok")
        #expect(fetched.code == .networkUntrusted)
    }

    @Test("N-9: neither plain HTTP in the place of TLS nor an old TLS is taken")
    func noTLS() throws {
        let plain = try WebServer(arguments: ["--greeting"])
        #expect(try World(plain).fetch("https://a.test:\(plain.port)/ok").code == .networkUntrusted)
        let old = try WebServer(.good, arguments: ["--old"])
        #expect(try World(old).fetch("https://a.test:\(old.port)/ok").code == .networkUntrusted)
    }

    @Test("N-9, N-18: a handshake that fails is paid for all the same")
    func failedHandshake() throws {
        let server = try WebServer(.expired)
        let fetched = try World(server).fetch("https://a.test:\(server.port)/ok")
        #expect(fetched.code == .networkUntrusted && fetched.end.wire.in > 300 && fetched.end.wire.out > 100)
    }

    @Test("a TLS server speaks HTTP/2 where it can, and large bodies go both ways")
    func http2() throws {
        let made = try Certificates()
        let root = try TemporaryDirectory()
        try root.write([UInt8](repeating: 7, count: 3_000_000), to: "large")
        let port = try Listener().port
        let log = try OwnedDescriptor.memoryFile("log")
        let server = try ChildProcess(
            ["/usr/sbin/nghttpd", "-d", root.path, "\(port)", made.key, made.certificate(.good)],
            descriptors: [-1, log.number, log.number])
        defer {
            withExtendedLifetime(made) {}
            do throws(Failure) {
                try server.signal(SIGKILL)
                _ = try server.wait()
            } catch { Issue.record("\(error)") }
        }
        let world = try World(answers: ["a.test:\(port):127.0.0.1"])
        var fetched = try world.fetch("https://a.test:\(port)/large")
        while fetched.code == .networkUnreachable {
            fetched = try world.fetch("https://a.test:\(port)/large")
        }
        #expect(fetched.head?.status == 200 && fetched.body == [UInt8](repeating: 7, count: 3_000_000))
        #expect(fetched.head?.value(of: "server")?.hasPrefix("nghttpd") == true)
        let sent = try world.fetch("https://a.test:\(port)/large") { request in
            request.method = try RequestMethod("POST")
            request.body = .bytes([UInt8](repeating: 1, count: 1_000_000))
        }
        #expect(
            sent.end.failure == nil && sent.end.wire.out > 1_000_000,
            "\(String(describing: sent.end.failure))")
    }
}
