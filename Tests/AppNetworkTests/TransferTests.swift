import CLinux
import Glibc
import Platform
import Support
import Testing
import YunCore

@testable import AppNetwork

@Suite struct TransferTests {
    @Test("a request over TLS brings head and body, and the end says what they cost (N-18)")
    func simple() throws {
        let server = try WebServer(.good)
        let world = try World(server)
        let fetched = try world.fetch("https://a.test:\(server.port)/ok")
        #expect(fetched.end.failure == nil, "\(String(describing: fetched.end.failure))")
        #expect(fetched.head?.status == 200 && fetched.head?.value(of: "content-type") == "text/plain")
        #expect(fetched.head?.url == "https://a.test:\(server.port)/ok")
        #expect(fetched.text == "hello" && fetched.end.bodyBytes == 5)
        // A handshake is more than the head and body.
        #expect(fetched.end.wire.in > 500 && fetched.end.wire.out > 300)
    }

    @Test("a head alone, nothing at all, and other statuses are responses too")
    func responses() throws {
        let server = try WebServer()
        let world = try World(server)
        let base = "http://a.test:\(server.port)"
        let head = try world.fetch("\(base)/ok") { $0.method = try RequestMethod("HEAD") }
        #expect(head.head?.status == 200 && head.body.isEmpty && head.end.failure == nil)
        for status in [204, 304, 404, 500, 599, 999] {
            let fetched = try world.fetch("\(base)/status/\(status)%20Text")
            #expect(fetched.head?.status == status && fetched.end.failure == nil, "\(status)")
        }
        let nowhere = try world.fetch("\(base)/nowhere")
        #expect(nowhere.head?.status == 302 && nowhere.text == "moved")
    }

    @Test("N-5, N-6, N-10: what the server gets is the request, and nothing of this machine's")
    func request() throws {
        let server = try WebServer()
        let world = try World(server)
        let fetched = try world.fetch("http://a.test:\(server.port)/echo?a=b%20c#d") { request in
            request.method = try RequestMethod("post")
            request.headers = [("X-One", "1"), ("x-empty", ""), ("X-Bytes", "\u{E9}"), ("Accept", "a/b")]
                .map { HeaderLine(name: $0.0, value: $0.1) }
            request.body = .bytes(Array("body".utf8))
        }
        let port = server.port
        for part in [
            "\"method\": \"POST\"", "\"target\": \"/echo?a=b%20c\"", "[\"x-one\", \"1\"]",
            "[\"x-empty\", \"\"]",
            "[\"x-bytes\", \"\\u00e9\"]", "[\"accept\", \"a/b\"]", "[\"Host\", \"a.test:\(port)\"]",
            "[\"Content-Length\", \"4\"]", "[\"Accept-Encoding\", \"gzip\"]", "[\"User-Agent\", \"Yun\"]",
            "\"length\": 4",
        ] {
            #expect(fetched.text.contains(part), "\(part): \(fetched.text)")
        }
        for part in ["Expect", "Cookie", "Authorization", "Referer", "*/*", "urlencoded"] {
            #expect(!fetched.text.contains(part), "\(part)")
        }
    }

    @Test("N-10: neither the environment nor the home directory steers a request")
    func surroundings() throws {
        let server = try WebServer()
        let home = try TemporaryDirectory()
        try home.write(
            "machine 127.0.0.1 login me password secret\ndefault login me password secret\n".utf8,
            to: ".netrc")
        try home.write("proxy = http://127.0.0.1:1\n".utf8, to: ".curlrc")
        let proxy = "http://127.0.0.1:1"
        let names = ["http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]
        var environment = Dictionary(uniqueKeysWithValues: names.map { ($0, proxy) })
        environment["HOME"] = home.path
        environment["CURL_HOME"] = home.path
        let result = try Program("\(Checkout.programs)/network-bench").run(
            "http://127.0.0.1:\(server.port)/echo", environment: environment)
        #expect(result.status == 0 && result.output.contains("\"/echo\""), "\(result.errors)")
        #expect(!result.output.lowercased().contains("authorization"))
    }

    @Test("N-10: what a server asked to be remembered is not")
    func memoryless() throws {
        let server = try WebServer(.good)
        let world = try World(server)
        let base = "https://a.test:\(server.port)"
        #expect(try world.fetch("\(base)/cookie").head?.value(of: "set-cookie") == "a=b; Path=/")
        let echoed = try world.fetch("\(base)/echo")
        #expect(echoed.end.failure == nil && !echoed.text.contains("a=b"))
    }

    @Test("N-13: a long body arrives whole, with and without a length, and packed")
    func long() throws {
        let server = try WebServer(.good)
        let world = try World(server)
        let base = "https://a.test:\(server.port)"
        let count = 5_000_000
        for path in ["bytes/\(count)", "gzip/\(count)"] {
            let fetched = try world.fetch("\(base)/\(path)")
            #expect(fetched.body == [UInt8](repeating: UInt8(ascii: "x"), count: count), "\(path)")
            #expect(fetched.end.bodyBytes == count && fetched.end.failure == nil)
        }
        #expect(try world.fetch("\(base)/chunks/50").body.count == 50 << 16)
        #expect(try world.fetch("\(base)/gzip/\(count)").end.wire.in < count / 10)
    }

    @Test("N-12: a part of a body is not asked for packed, and comes as it is")
    func range() throws {
        let server = try WebServer()
        let world = try World(server)
        let range = HeaderLine(name: "Range", value: "bytes=0-9")
        let echoed = try world.fetch("http://a.test:\(server.port)/echo") { $0.headers = [range] }
        #expect(!echoed.text.contains("Accept-Encoding"))
        let packed = try world.fetch("http://a.test:\(server.port)/gzip/10") { $0.headers = [range] }
        #expect(packed.body.starts(with: [0x1F, 0x8B]))
    }

    @Test("N-7: redirects are followed over hosts, and the last address is told")
    func redirects() throws {
        let server = try WebServer(.good)
        let world = try World(server)
        let port = server.port
        let chain = "https://a.test:\(port)/redirect/301?to=https://x.b.test:\(port)/redirect/307?to=/echo"
        let fetched = try world.fetch(chain) { request in
            request.headers = [
                HeaderLine(name: "authorization", value: "secret"), HeaderLine(name: "x-a", value: "b"),
            ]
        }
        #expect(fetched.head?.redirects == 2 && fetched.head?.url == "https://x.b.test:\(port)/echo")
        #expect(fetched.text.contains("x-a") && !fetched.text.contains("secret"))
        let shown = try world.fetch(chain) { $0.redirectsMax = 0 }
        #expect(shown.head?.status == 301 && shown.text == "moved" && shown.end.failure == nil)
        #expect(try world.fetch("https://a.test:\(port)/loop").code == .networkResponse)
        #expect(try world.fetch("https://a.test:\(port)/redirect-endless").text == "hello")
        for target in ["file:///etc/passwd", "gopher://a.test/", "https://evil.example/", "http://10.0.0.1/"]
        {
            let refused = try world.fetch("https://a.test:\(port)/redirect/302?to=\(target)")
            #expect(refused.head == nil && refused.body.isEmpty)
            #expect(refused.code == .networkRequest || refused.code == .networkNotAllowed, "\(target)")
        }
    }

    @Test("N-12: interim responses are skipped, and an old way to go on in a new line is read")
    func interim() throws {
        let server = try WebServer()
        let fetched = try World(server).fetch("http://a.test:\(server.port)/interim")
        #expect(fetched.head?.status == 200 && fetched.text == "hello")
        #expect(fetched.head?.value(of: "x-hint") == nil && fetched.head?.value(of: "x-final") == "late")
        #expect(fetched.head?.value(of: "x-folded") == "one two")
    }

    @Test(
        "N-12, N-15: a response that is none, or not whole, is an error and never a complete body",
        arguments: [
            "cut", "cut-chunk", "cut-head", "close", "endless-headers", "endless-header", "many-headers",
            "endless-interim", "endless-trailers", "switch", "coded?as=br", "coded?as=zstd",
            "coded?as=gzip,gzip",
            "coded?as=gzip%2C%20br", "coded?as=compress", "transfer-coded?as=gzip,chunked",
            "transfer-coded?as=br,chunked",
            "raw?bytes=hello%20world%0d%0a%0d%0a", "raw?bytes=%00%01%02",
            "raw?bytes=HTTP/9.9%20200%20OK%0d%0a%0d%0a",
            "raw?bytes=HTTP/1.1%20200%20OK%0d%0aA%3A%20%00%0d%0a%0d%0a",
            "raw?bytes=ICY%20200%20OK%0d%0a%0d%0a",
            "raw?bytes=HTTP/1.1%20099%20No%0d%0a%0d%0ahello",
            "raw?bytes=HTTP/1.1%20-20%20No%0d%0a%0d%0ahello",
            "raw?bytes=HTTP/1.1%20200%20OK%0d%0aContent-Length%3A%20-5%0d%0a%0d%0ahello",
            "raw?bytes=HTTP/1.1%20200%20OK%0d%0aContent-Length%3A%205%0d%0aContent-Length%3A%203%0d%0a%0d%0ahello",
            "raw?bytes=HTTP/1.1%20200%20OK%0d%0aContent-Length%3A%205%0d%0a%206%0d%0a%0d%0ahello",
            "raw?bytes=HTTP/1.1%20200%20OK%0d%0aContent-Encoding%3A%20gzip%0d%0a%20%2Cbr%0d%0a%0d%0ahello",
            "raw?bytes=HTTP/1.1%20200%20OK%0d%0aContent-Length%3A%20%2b5%0d%0a%0d%0ahello",
            "raw?bytes=HTTP/1.1%20200%20OK%0d%0aContent-Length%3A%2099999999999999999999%0d%0a%0d%0ahello",
            "raw?bytes=HTTP/1.1%20200%20OK%0d%0aTransfer-Encoding%3A%20chunked%0d%0a%0d%0afffffffffffffffff%0d%0ahello",
            "raw?bytes=HTTP/1.1%20200%20OK%0d%0aTransfer-Encoding%3A%20chunked%0d%0a%0d%0ahello",
            "raw?bytes=HTTP/1.1%20200%20OK%0d%0aContent-Encoding%3A%20gzip%0d%0aContent-Length%3A%205%0d%0a%0d%0ahello",
        ])
    func malformed(_ path: String) throws {
        let server = try WebServer()
        let fetched = try World(server).fetch("http://a.test:\(server.port)/\(path)")
        let code = fetched.code
        #expect(
            code == .networkResponse || code == .networkUnreachable,
            "\(String(describing: fetched.end.failure))")
        #expect(fetched.body.count <= 5)
    }

    @Test("N-13: what decodes to more than the request allows ends, packed or not")
    func bombs() throws {
        let server = try WebServer()
        let world = try World(server)
        for path in ["endless", "gzip-endless", "bytes/3000001", "gzip/3000001"] {
            let fetched = try world.fetch("http://a.test:\(server.port)/\(path)") {
                $0.limits.bodyBytesMax = 3_000_000
            }
            #expect(fetched.code == .networkTooLarge && fetched.body.count <= 3_000_000, "\(path)")
        }
        let fits = try world.fetch("http://a.test:\(server.port)/bytes/3000000") {
            $0.limits.bodyBytesMax = 3_000_000
        }
        #expect(fits.end.failure == nil && fits.body.count == 3_000_000)
    }

    @Test("N-17: a server that does not answer, or stops, is given up")
    func patience() throws {
        let server = try WebServer()
        let world = try World(server)
        for path in ["silent", "stall"] {
            let idle = try world.fetch("http://a.test:\(server.port)/\(path)") {
                $0.limits.idleMilliseconds = 50
            }
            #expect(idle.code == .networkTimeout && idle.body.count <= 5)
            let whole = try world.fetch("http://a.test:\(server.port)/\(path)") {
                $0.limits.wholeMilliseconds = 50
            }
            #expect(whole.code == .networkTimeout)
        }
        let endless = try world.fetch("http://a.test:\(server.port)/endless") {
            $0.limits.wholeMilliseconds = 50
        }
        #expect(endless.code == .networkTimeout)
    }

    @Test(
        "N-17, N-7: limits that make no sense are taken for the nearest that do",
        arguments: [Int.min, -1, 0, Int.max])
    func limits(_ number: Int) throws {
        let server = try WebServer()
        let world = try World(server)
        let base = "http://a.test:\(server.port)"
        for path in ["ok", "loop", "bytes/100000"] {
            let fetched = try world.fetch("\(base)/\(path)") { request in
                request.redirectsMax = number
                request.limits.connectMilliseconds = number
                request.limits.idleMilliseconds = number
                request.limits.wholeMilliseconds = number
                request.limits.bodyBytesMax = number
            }
            if number == .max {
                #expect(fetched.code == (path == "loop" ? .networkResponse : nil))
            } else {
                // Nothing is small enough, and a redirect is the response, if it comes within a millisecond.
                let isEnd = path == "loop" ? fetched.code == nil : fetched.code == .networkTooLarge
                #expect(isEnd || fetched.code == .networkTimeout)
            }
        }
    }

    @Test("N-17: nor is one waited for that does not speak TLS")
    func connecting() throws {
        // It accepts and says nothing: a listener whose queue nobody empties.
        let listener = try Listener()
        let world = try World(answers: ["a.test:\(listener.port):127.0.0.1"])
        let fetched = try world.fetch("https://a.test:\(listener.port)/") {
            $0.limits.connectMilliseconds = 50
        }
        #expect(fetched.code == .networkTimeout)
    }

    @Test("where nobody listens, or the connection breaks, it says so")
    func unreachable() throws {
        let port = try Listener().port
        let world = try World(answers: ["a.test:\(port):127.0.0.1"])
        let fetched = try world.fetch("http://a.test:\(port)/")
        #expect(fetched.code == .networkUnreachable)
        #expect(
            fetched.end.failure?.message.contains("refused") == true,
            "\(String(describing: fetched.end.failure))")
    }
}

/// A listening socket that never accepts; when it goes, nobody listens at its port.
struct Listener: ~Copyable {
    let descriptor: OwnedDescriptor
    let port: Int

    init() throws {
        let number = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        descriptor = OwnedDescriptor(owning: number)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe bind(number, pointer, size) + listen(number, 1) + getsockname(number, pointer, &size)
            }
        }
        guard result == 0 else { throw Failure.system("cannot listen") }
        port = Int(UInt16(bigEndian: address.sin_port))
    }
}
