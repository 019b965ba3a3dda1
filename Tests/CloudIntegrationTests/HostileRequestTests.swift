import Glibc
import Platform
import Support
import Testing
import YunCore

private let getHead = "GET /healthz HTTP/1.1\r\nHost: x\r\n"
private let putHead = "PUT /dav/f HTTP/1.1\r\nHost: x\r\nAuthorization: Basic CREDENTIALS\r\n"

/// Requests as no honest client sends them; another client is served meanwhile.
@Suite struct HostileRequestTests {
    private func isServed(_ cloud: CloudProcess) throws -> Bool {
        try Program("curl").run("-sS", "http://127.0.0.1:\(cloud.port)/healthz").output == "ok\n"
    }

    @Test(
        "Y-41: what two readers could understand differently is refused, and ends the connection",
        arguments: [
            "\(getHead)Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "\(getHead)Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
            "\(getHead)Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
            "\(getHead)Content-Length: 5, 5\r\n\r\nhello", "\(getHead)Content-Length: +5\r\n\r\nhello",
            "\(getHead)Content-Length: -1\r\n\r\n", "\(getHead)Content-Length: 99999999999999999999\r\n\r\n",
            "\(getHead)Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
            "\(getHead)Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
            "\(getHead)Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
            "\(getHead)Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "GET /healthz HTTP/1.1\nHost: x\n\n", "\(getHead)X: a\r\n b\r\n\r\n",
            "\(getHead)X: a\r\n\tb\r\n\r\n",
            "\(getHead)X : a\r\n\r\n", "\(getHead) X: a\r\n\r\n", "\(getHead)X\0: a\r\n\r\n",
            "\(getHead)X: a\0b\r\n\r\n",
            "\(getHead)X: a\rb\r\n\r\n", "\(getHead): a\r\n\r\n", "\(getHead)X\r\n\r\n",
            "\(getHead)Host: y\r\n\r\n",
            "GET /healthz HTTP/9.9\r\nHost: x\r\n\r\n", "GET /healthz\r\n\r\n", "\u{16}\u{3}\u{1}\r\n\r\n",
        ])
    func smuggling(request: String) throws {
        let cloud = try CloudProcess()
        let answer = try cloud.send(request + "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(answer.hasPrefix("HTTP/1.1 400 "), "\(answer)")
        #expect(answer.contains("urn:yun:problem:malformed"))
        // One answer: what follows was not taken for a request.
        #expect(!answer.contains("200 OK"))
        #expect(try isServed(cloud))
    }

    @Test(
        "Y-41: an upload whose chunks are wrong is not kept",
        arguments: [
            "zz\r\nhello\r\n0\r\n\r\n", "fffffffffffffffff\r\nhello\r\n0\r\n\r\n", "5\nhello\r\n0\r\n\r\n",
            "5\r\nhelloworld\r\n0\r\n\r\n", "-5\r\nhello\r\n0\r\n\r\n", "0x5\r\nhello\r\n0\r\n\r\n",
            "5 \r\nhello\r\n0\r\n\r\n", "\r\n5\r\nhello\r\n0\r\n\r\n",
        ])
    func chunks(body: String) throws {
        let cloud = try CloudProcess(["--stall-seconds", "2", "--idle-seconds", "2"])
        _ = try cloud.send(try authorizedHead(cloud) + "Transfer-Encoding: chunked\r\n\r\n" + body)
        #expect(try cloud.status("GET", "/f") == 404)
    }

    @Test(
        "Y-40: a head that is too large is refused",
        arguments: [
            "\(getHead)X: \(String(repeating: "a", count: 20_000))\r\n\r\n",
            getHead + (0..<10).map { "X\($0): \(String(repeating: "a", count: 4000))\r\n" }.joined() + "\r\n",
            getHead + (0..<101).map { "X\($0): a\r\n" }.joined() + "\r\n",
            "GET /\(String(repeating: "a", count: 20_000)) HTTP/1.1\r\nHost: x\r\n\r\n",
        ])
    func large(request: String) throws {
        let cloud = try CloudProcess()
        #expect(try cloud.send(request).hasPrefix("HTTP/1.1 400 "))
        #expect(try isServed(cloud))
    }

    @Test(
        "Y-40: who does not go on is not waited for",
        arguments: [
            "", "GET /heal", getHead, "\(getHead)Content-Length: 10\r\n\r\nabc", "\(getHead)\r\n",
            "\(putHead)Content-Length: 10\r\n\r\nabc",
            "\(putHead)Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
            "\(putHead)Expect: 100-continue\r\nContent-Length: 10\r\n\r\n",
        ])
    func stalled(request: String) throws {
        let cloud = try CloudProcess(["--head-seconds", "2", "--stall-seconds", "2", "--idle-seconds", "2"])
        let credentials = try self.credentials(cloud)
        let stalled = try cloud.sending(request.replacing("CREDENTIALS", with: credentials))
        #expect(try isServed(cloud))
        #expect(try stalled.wait() == 0)
        #expect(try cloud.status("GET", "/f") == 404)
    }

    @Test("Y-40: a body that nobody wants is not read to its end, nor one that is no upload kept in memory")
    func endless() throws {
        let cloud = try CloudProcess()
        for (method, path) in [("GET", "/healthz"), ("POST", "/elsewhere"), ("GET", "/dav/f")] {
            let endless = try Program("sh").run(
                "-c",
                "(printf '\(method) \(path) HTTP/1.1\\r\\nHost: x\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n'; while printf '1000\\r\\n%4096s\\r\\n' a 2>/dev/null; do :; done) | python3 -c '\(Self.pump)' \(cloud.port)"
            )
            #expect(endless.output.contains("ended"), "\(method) \(path): \(endless.errors)")
        }
        #expect(try cloud.status("PROPFIND", "/", input: [UInt8](repeating: 32, count: 1_100_000)) == 413)
        #expect(try isServed(cloud))
    }

    /// Sends what comes until the server ends the connection.
    private static let pump = """
        import socket, sys
        connection = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
        try:
            while (piece := sys.stdin.buffer.read(65536)): connection.sendall(piece)
        except OSError: print("ended")
        """

    @Test("Y-40: an address that has its share of connections gets no more, until one ends")
    func connections() throws {
        let cloud = try CloudProcess(["--connections-per-address", "2"])
        let first = try cloud.sending("GET /")
        let second = try cloud.sending("GET /")
        // Asked over HTTP, one of the two could be the one too many.
        let ss = try Program("ss")
        let open = ["-Htn", "state", "established", "dst", "127.0.0.1:\(cloud.port)"]
        while try ss.run(open).output.split(separator: "\n").count < 2 { usleep(10_000) }
        let curl = try Program("curl")
        #expect(try curl.run("-sS", "http://127.0.0.1:\(cloud.port)/healthz").status != 0)
        try first.signal(SIGKILL)
        _ = try first.wait()
        while try curl.run("-sS", "http://127.0.0.1:\(cloud.port)/healthz").status != 0 { usleep(10_000) }
        try second.signal(SIGKILL)
        _ = try second.wait()
    }

    @Test("Y-40: a client on a slow link gets all of a file, one that takes nothing of it is not waited for")
    func slowReaders() throws {
        let cloud = try CloudProcess(["--head-seconds", "1", "--stall-seconds", "1", "--idle-seconds", "1"])
        #expect(try cloud.status("PUT", "/f", input: [UInt8](repeating: 1, count: 2_500_000)) == 201)
        let request =
            "GET /dav/f HTTP/1.1\r\nHost: x\r\nAuthorization: Basic \(try credentials(cloud))\r\n\r\n"
        let slow = try Program("python3").run(
            "-c", Self.slowReader, "\(cloud.port)", input: Array(request.utf8))
        #expect(Int(slow.output.filter(\.isNumber)) ?? 0 > 2_500_000, "\(slow.output)\(slow.errors)")
        let never = try ChildProcess(
            [
                "/usr/bin/python3", "-c",
                "\(Self.narrow)connection.sendall(sys.argv[2].encode()); time.sleep(600)",
                "\(cloud.port)", request,
            ], descriptors: [-1, 2, 2])
        let metrics = "http://127.0.0.1:\(cloud.port)/metrics"
        // It has been served, and it has been let go.
        for line in ["method=\"GET\",route=\"/dav/**\",status=\"2xx\"} 2", "ycloud_http_connections 1"] {
            while try !Program("curl").run("-sS", metrics).output.contains(line) { usleep(50_000) }
        }
        try never.signal(SIGKILL)
        _ = try never.wait()
    }

    /// A connection whose buffers are small, so that the server has to wait.
    private static let narrow = """
        import socket, sys, time
        connection = socket.socket()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.connect(("127.0.0.1", int(sys.argv[1])))

        """

    private static let slowReader =
        narrow + """
            connection.sendall(sys.stdin.buffer.read())
            count = 0
            while (piece := connection.recv(65536)):
                count += len(piece)
                time.sleep(len(piece) / 400000)
            print(count)
            """

    private func credentials(_ cloud: CloudProcess) throws -> String {
        let text = try Program("base64").run("-w0", input: Array("\(cloud.name):\(cloud.password)".utf8))
            .output
        return text
    }

    private func authorizedHead(_ cloud: CloudProcess) throws -> String {
        putHead.replacing("CREDENTIALS", with: try credentials(cloud))
    }
}
