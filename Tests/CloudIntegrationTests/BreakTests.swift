import Glibc
import Platform
import Support
import Testing
import YunCore

/// Connections that break, servers that die, and time that is over.
extension UploadTests {
    @Test("F-30: a request that breaks off is no failure of the server's, and what came of it is kept")
    func halves() throws {
        let place = try create(100)
        let credentials = try base64(Array("\(cloud.name):\(cloud.password)".utf8))
        for request in ["PATCH \(place)", "PUT /dav/g"] {
            let script = """
                import socket
                connection = socket.create_connection(("127.0.0.1", \(cloud.port)))
                connection.sendall(b"\(request) HTTP/1.1\\r\\nHost: x\\r\\nAuthorization: Basic \(credentials)\\r\\n"
                    b"Content-Length: 100\\r\\n\(Self.version)\\r\\n\(Self.bytes)\\r\\nUpload-Offset: 0\\r\\n\\r\\n" + b"x" * 60)
                connection.shutdown(socket.SHUT_WR)
                print(connection.recv(1000).decode())
                """
            let result = try Program("python3").run("-c", script)
            #expect(result.status == 0, "\(result.errors)")
            #expect(!result.output.contains("HTTP/1.1 2"), "\(result.output)")
        }
        #expect(try !cloud.log.contains("internal"))
        #expect(try offset(place) == 60)
        #expect(try cloud.status("GET", "/g") == 404)
    }

    @Test("F-36: an upload whose time is over leaves no bytes on the disk")
    func expiry() throws {
        let place = try create(1_000_000)
        #expect(try patch(place, at: 0, noise(300_000)).status == 204)
        #expect(try Program("find").run(cloud.data + "/objects", "-type", "f").output != "")
        try change("UPDATE upload SET expires_at = 1")
        #expect(try send("HEAD", place).status == 404)
        #expect(try patch(place, at: 300_000, [1]).status == 404)
        // Upkeep comes with the start, and then every ten seconds.
        try cloud.end(SIGTERM)
        try cloud.start()
        while try Program("find").run(cloud.data + "/objects", "-type", "f").output != "" { usleep(50_000) }
        try expectNothing()
    }

    @Test(
        "F-30: a server that is killed at any point has nothing in the file that was not sent",
        arguments: 0..<2)
    func kills(seed: UInt8) throws {
        let bytes = noise(14_000_000, seed &+ 5)
        try cloud.directory.write(bytes, to: "whole")
        let place = try create(bytes.count)
        var known = 0
        for pieces in noise(5, seed &+ 50).map({ 1 + Int($0) / 6 }) {
            try cloud.directory.write(bytes[known...], to: "rest")
            try killAmidst(place, at: known, pieces: pieces)
            try cloud.start()
            let found = try #require(try offset(place))
            #expect(found >= known && found < bytes.count)
            known = found
            // As if the dead server's time were over; that it ends by itself shows another test.
            try change("UPDATE upload SET leased_until = 0")
        }
        #expect(try cloud.status("GET", "/f") == 404)
        #expect(try patch(place, at: known, Array(bytes[known...])).status == 204)
        #expect(try cloud.curl("\(cloud.url)/f").outputBytes == bytes)
    }

    /// Sends `rest`, and kills the server when so many pieces of it have gone.
    private func killAmidst(_ place: String, at offset: Int, pieces: Int) throws {
        let trace = try Pipe()
        let curl = try ChildProcess(
            [
                "/usr/bin/curl", "-sS", "-u", "\(cloud.name):\(cloud.password)", "-X", "PATCH", "-T",
                cloud.directory.path("rest"), "-H", Self.version, "-H", Self.bytes, "-H",
                "Upload-Offset: \(offset)", "--trace-ascii", "/dev/stderr",
                "http://127.0.0.1:\(cloud.port)\(place)",
            ], descriptors: [-1, -1, trace.writing.number])
        let reader = trace.closingWritingEnd()
        var seen = 0
        while seen < pieces {
            let piece = String(decoding: try reader.readSome(upTo: 65_536), as: UTF8.self)
            if piece.isEmpty { break }
            seen += piece.matches(of: /=> Send data/).count
        }
        try cloud.end(SIGKILL)
        while try !reader.readSome(upTo: 65_536).isEmpty {}
        _ = try curl.wait()
    }

    @Test("F-32: of two servers on the same data one writes at a time, and a dead one holds nothing for long")
    func servers() throws {
        let bytes = noise(6_000_000)
        let place = try create(bytes.count)
        let other = try cloud.another()
        let input = try Pipe()
        let curl = try ChildProcess(
            [
                "/usr/bin/curl", "-sS", "-u", "\(cloud.name):\(cloud.password)", "-X", "PATCH", "-T", "-",
                "-H",
                Self.version, "-H", Self.bytes, "-H", "Upload-Offset: 0",
                "http://127.0.0.1:\(other.port)\(place)",
            ], descriptors: [input.reading.number, -1, 2])
        let writer = input.closingReadingEnd()
        try writer.write(Array(bytes[..<5_000_000]))
        var known = 0
        while known == 0 { known = try offset(place) ?? 0 }
        // However slow this machine is, the time must not run out here.
        try change("UPDATE upload SET leased_until = leased_until + 1000000")
        #expect(try patch(place, at: known, [1]).status == 423)
        #expect(try send("DELETE", place).status == 423)
        try change("UPDATE upload SET leased_until = leased_until - 1000000")
        try other.process.signal(SIGKILL)
        #expect(try other.process.wait() == 137)
        let rest = Array(bytes[known...])
        var answer = try patch(place, at: known, rest)
        while answer.status == 423 {
            usleep(200_000)
            answer = try patch(place, at: known, rest)
        }
        #expect(answer.status == 204)
        #expect(try cloud.curl("\(cloud.url)/f").outputBytes == bytes)
        _ = consume writer
        _ = try curl.wait()
    }
}
