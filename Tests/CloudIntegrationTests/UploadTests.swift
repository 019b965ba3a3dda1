import Support
import Testing
import YunCore

/// Uploads in parts, request by request.
@Suite struct UploadTests {
    let cloud: CloudProcess

    init() throws { cloud = try CloudProcess() }

    struct Answer {
        let status: Int
        let text: String

        init(_ text: String) {
            self.text = text
            status = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        }

        subscript(_ name: String) -> String? {
            text.split(separator: "\r\n").first { $0.lowercased().hasPrefix(name.lowercased() + ":") }
                .map { String($0.dropFirst(name.count + 2)) }
        }
    }

    static let bytes = "Content-Type: application/offset+octet-stream"
    static let version = "Tus-Resumable: 1.0.0"

    /// One request; a version of the protocol is said unless `headers` do.
    func send(
        _ method: String, _ place: String, _ headers: [String] = [], input: [UInt8]? = nil, port: Int? = nil,
        password: String? = nil
    ) throws -> Answer {
        var all = ["-sS", "-i", "--max-time", "60", "-u", "\(cloud.name):\(password ?? cloud.password)"]
        all += method == "HEAD" ? ["-I"] : ["-X", method]
        let says = headers.contains { $0.hasPrefix("Tus-Resumable") }
        all += (says ? headers : headers + [Self.version]).flatMap { ["-H", $0] }
        if input != nil { all += ["--data-binary", "@-", "-H", "Expect:"] }
        let result = try Program("curl").run(
            all + ["http://127.0.0.1:\(port ?? cloud.port)\(place)"], input: input ?? [])
        return Answer(result.output)
    }

    /// `Upload-Metadata` for a path.
    func metadata(_ path: String = "/f") throws -> String {
        "Upload-Metadata: path " + (try base64(Array(path.utf8)))
    }

    func base64(_ bytes: [UInt8]) throws -> String {
        String(try Program("base64").run("-w0", input: bytes).output)
    }

    func create(_ sizeBytes: Int, _ path: String = "/f", _ headers: [String] = []) throws -> String {
        let answer = try send(
            "POST", "/uploads", ["Upload-Length: \(sizeBytes)", metadata(path)] + headers)
        #expect(answer.status == 201, "\(answer.text)")
        return try #require(answer["Location"])
    }

    func patch(
        _ place: String, at offset: some CustomStringConvertible, _ bytes: [UInt8], _ headers: [String] = [],
        port: Int? = nil
    ) throws -> Answer {
        try send(
            "PATCH", place, ["Upload-Offset: \(offset)", Self.bytes] + headers, input: bytes, port: port)
    }

    func offset(_ place: String, port: Int? = nil) throws -> Int? {
        try send("HEAD", place, port: port)["Upload-Offset"].flatMap { Int($0) }
    }

    /// Changes a record as time or another server would.
    func change(_ statement: String) throws {
        let result = try Program("sqlite3").run(
            cloud.data + "/cloud.db", "PRAGMA busy_timeout = 10000; \(statement)")
        #expect(result.status == 0, "\(result.errors)")
    }

    @Test("an upload tells its way from the beginning to the end, and afterwards")
    func course() throws {
        let options = try send("OPTIONS", "/uploads/")
        #expect(options.status == 204)
        #expect(options["Tus-Version"] == "1.0.0")
        #expect(
            options["Tus-Extension"]
                == "creation,creation-with-upload,expiration,checksum,termination")
        #expect(options["Tus-Checksum-Algorithm"] == "sha1,sha256")
        #expect(options["Tus-Max-Size"] == "1099511627776")
        let place = try create(10)
        #expect(place.hasPrefix("/uploads/"))
        let fresh = try send("HEAD", place)
        #expect(fresh.status == 200)
        #expect(fresh["Upload-Offset"] == "0")
        #expect(fresh["Upload-Length"] == "10")
        #expect(fresh["Cache-Control"] == "no-store")
        #expect(fresh["Upload-Metadata"] == "path L2Y=")
        #expect(fresh["Upload-Expires"]?.hasSuffix("GMT") == true)
        #expect(fresh["Tus-Resumable"] == "1.0.0")
        let first = try patch(place, at: 0, Array("01234".utf8))
        #expect(first.status == 204)
        #expect(first["Upload-Offset"] == "5")
        #expect(first["Upload-Expires"]?.hasSuffix("GMT") == true)
        #expect(try offset(place) == 5)
        #expect(try cloud.status("GET", "/f") == 404)
        let last = try send(
            "POST", place,
            ["X-HTTP-Method-Override: PATCH", "Upload-Offset: 5", Self.bytes],
            input: Array("56789".utf8))
        #expect(last.status == 204)
        #expect(try cloud.curl("\(cloud.url)/f").output == "0123456789")
        #expect(try offset(place) == 10)
        #expect(try patch(place, at: 10, []).status == 204)
        #expect(try patch(place, at: 10, [1]).status == 413)
        #expect(try send("DELETE", place).status == 204)
        #expect(try send("HEAD", place).status == 404)
        #expect(try cloud.curl("\(cloud.url)/f").output == "0123456789")
    }

    @Test("an upload that brings its bytes with the first request is there at once; one that fails is none")
    func creationWithUpload() throws {
        func create(_ input: [UInt8], _ headers: [String]) throws -> Answer {
            try send("POST", "/uploads", [metadata(), Self.bytes] + headers, input: input)
        }
        let whole = try create([1, 2, 3], ["Upload-Length: 3"])
        #expect(whole.status == 201)
        #expect(whole["Upload-Offset"] == "3")
        #expect(try cloud.curl("\(cloud.url)/f").outputBytes == [1, 2, 3])
        let begun = try create([4, 5], ["Upload-Length: 3"])
        #expect(begun["Upload-Offset"] == "2")
        #expect(try patch(#require(begun["Location"]), at: 2, [6]).status == 204)
        #expect(try cloud.curl("\(cloud.url)/f").outputBytes == [4, 5, 6])
        #expect(try create([1, 2, 3, 4], ["Upload-Length: 3"]).status == 413)
        let wrong = try create(
            [7], ["Upload-Length: 1", "Upload-Checksum: sha1 " + base64([UInt8](repeating: 0, count: 20))])
        #expect(wrong.status == 460)
        #expect(try cloud.curl("\(cloud.url)/f").outputBytes == [4, 5, 6])
        let left = try Program("sqlite3").run(cloud.data + "/cloud.db", "SELECT COUNT(*) FROM upload")
        #expect(left.output == "2\n")
        #expect(try create([], ["Upload-Length: 0"]).status == 201)
        #expect(try cloud.curl("\(cloud.url)/f").outputBytes == [])
    }

    @Test("F-38: another version of the protocol, or none, is refused and told which one is spoken")
    func versions() throws {
        let place = try create(3)
        for version in ["Tus-Resumable: 0.2.2", "Tus-Resumable: 1.0.0, 1.0.0", "Tus-Resumable;"] {
            for (method, place) in [
                ("POST", "/uploads"), ("HEAD", place), ("PATCH", place), ("DELETE", place),
            ] {
                let answer = try send(
                    method, place,
                    [version, "Upload-Offset: 0", "Upload-Length: 3", metadata("/g"), Self.bytes],
                    input: method == "PATCH" ? [1, 2, 3] : nil)
                #expect(answer.status == 412, "\(method) \(version)")
                #expect(answer["Tus-Version"] == "1.0.0")
                #expect(answer["Tus-Resumable"] == "1.0.0")
            }
        }
        #expect(try offset(place) == 0)
        #expect(try send("OPTIONS", "/uploads", ["Tus-Resumable: 0.2.2"]).status == 204)
    }

    @Test(
        "F-37: an upload that is not rightly described is refused, and nothing is made",
        arguments: [
            "Upload-Length: -1", "Upload-Length: +1", "Upload-Length: 1.0", "Upload-Length: 0x10",
            "Upload-Length: ten", "Upload-Length;", "Upload-Length: 1 2", "Upload-Length: ١",
            "Upload-Length: 3, 3", "Upload-Defer-Length: 1", "X-None: 1",
        ])
    func lengths(header: String) throws {
        let answer = try send("POST", "/uploads", [header, metadata()])
        #expect(answer.status == 400, "\(answer.text)")
        #expect(answer.text.contains("urn:yun:problem:malformed"))
        #expect(answer["Tus-Resumable"] == "1.0.0")
        try expectNothing()
    }

    @Test("F-37: lengths that nobody has room for are refused")
    func hugeLengths() throws {
        for (length, status) in [
            ("99999999999999999999999999", 413), ("9223372036854775807", 413), ("1099511627777", 413),
            ("1099511627776", 507), ("100000000001", 507),
        ] {
            #expect(
                try send("POST", "/uploads", ["Upload-Length: \(length)", metadata()]).status == status,
                "\(length)")
        }
        #expect(
            try send("POST", "/uploads", ["Upload-Length: 3", "Upload-Length: 4", metadata()]).status == 400)
        #expect(
            try send("POST", "/uploads", ["Upload-Length: 3", "Upload-Concat: partial", metadata()]).status
                == 400)
        #expect(
            try send(
                "POST", "/uploads", ["Upload-Length: 3", "Content-Type: text/plain", metadata()], input: [1]
            ).status == 415)
        try expectNothing()
    }

    @Test(
        "F-37: metadata that is broken, says no path, or one that leads elsewhere, is refused",
        arguments: [
            "", "path", "path !", "path L2Y", "path L2Y= L2Y=", "path L2Y=,path L2c=", ",path L2Y=",
            "path L2Y=,,", "filename L2Y=", "path //8=", "Path L2Y=", "path L2Y=,mtime eA==",
            "path L2Y=,mtime LTE=", "path L2Y=,mtime bmFu", "path L2Y=,mtime aW5m", "path L2Y=,mtime 5pel",
        ])
    func metadata(text: String) throws {
        let header = text.isEmpty ? "Upload-Metadata;" : "Upload-Metadata: \(text)"
        let answer = try send("POST", "/uploads", ["Upload-Length: 3", header])
        // A path that is empty is the top, which is no file.
        #expect(answer.status == (text == "path" ? 405 : 400), "\(answer.text)")
        try expectNothing()
    }

    @Test(
        "F-37: no path of an upload leads out of the drive",
        arguments: [
            ("/../etc/passwd", 400), ("/%2e%2e/x", 400), ("/a%2fb", 400), ("/a%00", 400), ("/%ff", 400),
            ("/a\nb", 400), ("/%", 400), ("/", 405), ("/missing/f", 409),
            ("/" + String(repeating: "x", count: 256), 400), (String(repeating: "/x", count: 257), 400),
        ])
    func paths(path: String, status: Int) throws {
        let answer = try send("POST", "/uploads", ["Upload-Length: 3", metadata(path)])
        #expect(answer.status == status, "\(answer.text)")
        try expectNothing()
    }

    func expectNothing() throws {
        let left = try Program("sqlite3").run(
            cloud.data + "/cloud.db",
            "SELECT COUNT(*) FROM upload; SELECT COUNT(*) FROM node WHERE parent_id > 0")
        #expect(left.output == "0\n0\n")
        let objects = try Program("find").run(cloud.data + "/objects", "-type", "f")
        #expect(objects.output == "")
    }

    @Test("F-37: bytes that are not rightly announced are refused, and the upload stays as it is")
    func patches() throws {
        let place = try create(10)
        #expect(try patch(place, at: 0, [1, 2, 3]).status == 204)
        for offset in ["-3", "+3", "3.0", "three", "3, 3", "", "0x3"] {
            #expect(try patch(place, at: offset, [4]).status == 400, "\(offset)")
        }
        for offset in ["0", "2", "4", "10", "9223372036854775807", "99999999999999999999999"] {
            let answer = try patch(place, at: offset, [4])
            #expect(answer.status == 409, "\(offset)")
            #expect(answer.text.contains("urn:yun:problem:conflict"))
        }
        #expect(try patch(place, at: 3, [UInt8](repeating: 1, count: 8)).status == 413)
        let unannounced = try send(
            "PATCH", place, ["Upload-Offset: 3", Self.bytes, "Transfer-Encoding: chunked"],
            input: [UInt8](repeating: 1, count: 8))
        #expect(unannounced.status == 413)
        #expect(
            try send("PATCH", place, ["Upload-Offset: 3", "Content-Type: text/plain"], input: [4]).status
                == 415
        )
        #expect(try send("PATCH", place, [Self.bytes], input: [4]).status == 400)
        #expect(try send("GET", place).status == 405)
        #expect(try send("PUT", place, input: [1]).status == 405)
        #expect(try send("PATCH", "/uploads", ["Upload-Offset: 3", Self.bytes], input: [4]).status == 405)
        #expect(try offset(place) == 3)
        #expect(try patch(place, at: 3, [4, 5, 6, 7, 8, 9, 10]).status == 204)
        #expect(try cloud.curl("\(cloud.url)/f").outputBytes == [1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    }

    @Test("F-34: checksums are compared, and those that are none are refused")
    func checksums() throws {
        let place = try create(3)
        let wrong = try patch(
            place, at: 0, Array("abd".utf8), ["Upload-Checksum: sha1 qZk+NkcGgWq6PiVxeFDCbJzQ2J0="])
        #expect(wrong.text.hasPrefix("HTTP/1.1 460"))
        #expect(wrong.text.contains("urn:yun:problem:checksum-mismatch"))
        for header in [
            "md5 AAAA", "sha1", "sha1 !", "sha1 AAAA", "sha256 qZk+NkcGgWq6PiVxeFDCbJzQ2J0=",
            "sha1  qZk+NkcGgWq6PiVxeFDCbJzQ2J0=", "",
        ] {
            let text = header.isEmpty ? "Upload-Checksum;" : "Upload-Checksum: \(header)"
            #expect(try patch(place, at: 0, Array("abc".utf8), [text]).status == 400, "\(header)")
        }
        #expect(try offset(place) == 0)
        #expect(
            try patch(
                place, at: 0, Array("a".utf8),
                ["Upload-Checksum: sha256 ypeBEsobvcr6wjGzmiPcTaeG7/gUfE5yuYB3ha/uSLs="]
            )
            .status == 204)
        #expect(
            try patch(place, at: 1, Array("bc".utf8), ["Upload-Checksum: SHA1 WyUFA5rFr54Zf12tBBE5BqnPmio="])
                .status == 204)
        #expect(try cloud.curl("\(cloud.url)/f").output == "abc")
    }

    @Test("F-33: another account's uploads are as if they were not, and strangers are sent away")
    func strangers() throws {
        let place = try create(3)
        let ycloud = try CloudProcess.program()
        let created = try ycloud.run(
            "admin", "account", "create", "li@example.com", "--password-stdin", "--data", cloud.data,
            input: Array("correct horse\n".utf8))
        #expect(created.status == 0)
        let made = try ycloud.run(
            "admin", "app-password", "li@example.com", "--name", "test", "--data", cloud.data)
        let password = String(made.output.prefix { $0 != "\n" })
        for (user, status) in [("li@example.com:\(password)", 404), ("ming@example.com:\(password)", 401)] {
            for method in ["HEAD", "PATCH", "DELETE"] {
                let result = try Program("curl").run(
                    ["-sS", "-o", "/dev/null", "-w", "%{http_code}", "-u", user, "-H", Self.version]
                        + (method == "HEAD" ? ["-I"] : ["-X", method])
                        + ["-H", "Upload-Offset: 0", "-H", Self.bytes]
                        + ["http://127.0.0.1:\(cloud.port)\(place)"])
                #expect(result.output == "\(status)", "\(method)")
            }
        }
        for place in ["/uploads/0", "/uploads/..", "/uploads/%00", "/uploads/' OR 1=1", place + "x"] {
            let address = place.replacing(" ", with: "%20")
            #expect([400, 404].contains(try send("HEAD", address).status), "\(place)")
            #expect([400, 404].contains(try send("DELETE", address).status), "\(place)")
        }
        let nobody = try Program("curl").run(
            "-sS", "-o", "/dev/null", "-w", "%{http_code}", "-X", "POST", "-H", Self.version,
            "http://127.0.0.1:\(cloud.port)/uploads")
        #expect(nobody.output == "401")
        #expect(try offset(place) == 0)
    }

    @Test("F-31: what its creation expects of a file holds at the end")
    func conditions() throws {
        let place = try create(3, "/f", ["If-None-Match: *"])
        #expect(try cloud.status("PUT", "/f", input: [9]) == 201)
        #expect(try patch(place, at: 0, [1, 2, 3]).status == 412)
        #expect(try offset(place) == 2)
        #expect(try cloud.curl("\(cloud.url)/f").outputBytes == [9])
        let again = try send(
            "POST", "/uploads", ["Upload-Length: 3", metadata(), "If-None-Match: *"])
        #expect(again.status == 412)
        #expect(try cloud.status("DELETE", "/f") == 204)
        #expect(try patch(place, at: 2, [3]).status == 204)
        #expect(try cloud.curl("\(cloud.url)/f").outputBytes == [1, 2, 3])
    }
}
