import Glibc
import Platform
import Support
import Testing
import YunCore

/// Clients that others wrote.
@Suite struct ClientTests {
    private let cloud: CloudProcess

    init() throws { cloud = try CloudProcess() }

    @Test("litmus passes whole, as docs/conformance says")
    func litmus() throws {
        let result = try Program("litmus").run(
            "\(cloud.url)/", cloud.name, cloud.password, directory: cloud.directory.path)
        // A test's line is written over while it runs.
        let text = result.output.split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.split(separator: "\r").last.map(String.init) ?? "" }.joined(separator: "\n")
        let path = "\(Checkout.path)/docs/conformance/litmus.txt"
        if CurrentProcess.environment["YUN_WRITE_CONFORMANCE"] == "1" {
            let file = try PublishedFile(path: path)
            try file.withDescriptor { (descriptor) throws(Failure) in try descriptor.write(Array(text.utf8)) }
            try file.publish()
        }
        #expect(result.status == 0)
        let passed = text.matches(of: /of (\d+) tests run: (\d+) passed, 0 failed/).map { Int($0.2) ?? 0 }
        #expect(passed.reduce(0, +) == 104)
        let kept = try OwnedDescriptor.open(path, .read).readToEnd(limit: 1 << 20, describedAs: path)
        #expect(text == String(decoding: kept, as: UTF8.self))
    }

    /// rclone with a remote `yun:` of its own.
    private func rclone(_ arguments: String...) throws -> Program.Result {
        // It makes directories in whatever is called home.
        let home = ["HOME": cloud.directory.path]
        let obscured = try Program("rclone").run("obscure", cloud.password, environment: home).output
        let environment = [
            "HOME": cloud.directory.path,
            "RCLONE_CONFIG": "/dev/null", "RCLONE_CONFIG_YUN_TYPE": "webdav",
            "RCLONE_CONFIG_YUN_URL": cloud.url,
            "RCLONE_CONFIG_YUN_VENDOR": "owncloud", "RCLONE_CONFIG_YUN_USER": cloud.name,
            "RCLONE_CONFIG_YUN_PASS": String(obscured.prefix { $0 != "\n" }),
        ]
        return try Program("rclone").run(
            arguments, environment: environment)
    }

    @Test("rclone copies, syncs and checks a tree with times, names of any script, and empty files")
    func rcloneTree() throws {
        let names = ["a.txt", "手机 50%.txt", "empty", "e\u{301}+&'\"#?.bin", "deep/er/still/f", "large"]
        for (number, name) in names.enumerated() {
            let path = cloud.directory.path("tree/" + name)
            _ = try AnchoredDirectory.make(at: String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)]))
            let size = name == "large" ? 3_000_000 : name == "empty" ? 0 : number + 1
            try cloud.directory.write([UInt8](repeating: UInt8(number), count: size), to: "tree/" + name)
        }
        let tree = cloud.directory.path("tree")
        let copied = try rclone("copy", tree, "yun:backup")
        #expect(copied.status == 0, "\(copied.errors)")
        let checked = try rclone("check", "--download", tree, "yun:backup")
        #expect(checked.status == 0, "\(checked.errors)")
        #expect(checked.errors.contains("0 differences found"))
        try cloud.directory.write([9, 9], to: "tree/a.txt")
        _ = try Program("rm").run(cloud.directory.path("tree/empty"))
        let synced = try rclone("sync", tree, "yun:backup", "-v")
        #expect(synced.status == 0, "\(synced.errors)")
        // Times are kept, so what did not change is not sent again.
        #expect(synced.errors.contains("Transferred:            1 / 1"), "\(synced.errors)")
        #expect(try rclone("check", "--download", tree, "yun:backup").status == 0)
        let back = try rclone("copy", "yun:backup", cloud.directory.path("back"))
        #expect(back.status == 0, "\(back.errors)")
        #expect(try Program("diff").run("-r", tree, cloud.directory.path("back")).status == 0)
        let used = try rclone("about", "yun:", "--json")
        #expect(used.output.contains("\"used\""), "\(used.output)\(used.errors)")
    }

    @Test("cadaver makes folders, uploads, moves, locks and lists")
    func cadaver() throws {
        try cloud.directory.write(
            Array("machine 127.0.0.1\nlogin \(cloud.name)\npassword \(cloud.password)\n".utf8), to: ".netrc",
            permissions: 0o600)
        try cloud.directory.write(Array("hello".utf8), to: "hello.txt")
        let script = """
            open \(cloud.url)/
            mkcol folder
            put \(cloud.directory.path("hello.txt")) folder/hello.txt
            lock folder/hello.txt
            unlock folder/hello.txt
            move folder/hello.txt folder/moved.txt
            copy folder/moved.txt folder/copy.txt
            propset folder/copy.txt colour red
            propget folder/copy.txt colour
            ls folder
            get folder/copy.txt \(cloud.directory.path("back.txt"))
            quit

            """
        let result = try Program("cadaver").run(
            input: Array(script.utf8), environment: ["HOME": cloud.directory.path])
        #expect(result.output.contains("moved.txt"), "\(result.output)")
        #expect(result.output.contains("red"), "\(result.output)")
        #expect(!result.output.contains("failed"), "\(result.output)")
        #expect(try cloud.directory.read("back.txt") == Array("hello".utf8))
    }
}

/// What single requests are answered.
@Suite struct RequestTests {
    private let cloud: CloudProcess

    init() throws { cloud = try CloudProcess() }

    @Test("F-15: one range is a part, several are the whole, and one beyond the end is told")
    func ranges() throws {
        #expect(try cloud.status("PUT", "/f", input: Array("0123456789".utf8)) == 201)
        for (range, status, body) in [
            ("bytes=2-4", 206, "234"), ("bytes=7-", 206, "789"), ("bytes=-3", 206, "789"),
            ("bytes=5-99", 206, "56789"),
            ("bytes=-99", 206, "0123456789"), ("bytes=0-0,2-2", 200, "0123456789"),
            ("bytes=4-2", 200, "0123456789"),
            ("lines=1-2", 200, "0123456789"), ("bytes=9-9223372036854775807", 206, "9"),
        ] {
            let result = try cloud.curl("-H", "Range: \(range)", "-w", "%{http_code}", "\(cloud.url)/f")
            #expect(result.output == "\(body)\(status)", "\(range)")
        }
        for range in ["bytes=10-", "bytes=-0", "bytes=99-100"] {
            #expect(try cloud.status("GET", "/f", ["-H", "Range: \(range)"]) == 416, "\(range)")
        }
    }

    @Test("F-14: what a client has already is not sent again, and a part only of what it has")
    func conditions() throws {
        #expect(try cloud.status("PUT", "/f", input: Array("0123456789".utf8)) == 201)
        let head = try cloud.curl("-I", "\(cloud.url)/f").output
        let tag = try #require(
            head.split(separator: "\r\n").first { $0.lowercased().hasPrefix("etag:") }?.dropFirst(6))
        let time = try #require(
            head.split(separator: "\r\n").first { $0.lowercased().hasPrefix("last-modified:") }?.dropFirst(15)
        )
        #expect(head.lowercased().contains("content-length: 10"))
        #expect(try cloud.status("GET", "/f", ["-H", "If-None-Match: \(tag)"]) == 304)
        #expect(try cloud.status("GET", "/f", ["-H", "If-None-Match: \"x\", \(tag)"]) == 304)
        #expect(try cloud.status("GET", "/f", ["-H", "If-None-Match: \"x\""]) == 200)
        #expect(try cloud.status("GET", "/f", ["-H", "If-Modified-Since: \(time)"]) == 304)
        #expect(try cloud.status("GET", "/f", ["-H", "If-Match: \"x\""]) == 412)
        let range = ["-H", "Range: bytes=1-2"]
        #expect(try cloud.status("GET", "/f", range + ["-H", "If-Range: \(tag)"]) == 206)
        #expect(try cloud.status("GET", "/f", range + ["-H", "If-Range: \"x\""]) == 200)
        #expect(try cloud.status("PUT", "/f", ["-H", "If-Match: \"x\""], input: [1]) == 412)
        #expect(try cloud.status("PUT", "/f", ["-H", "If-None-Match: *"], input: [1]) == 412)
        #expect(try cloud.status("DELETE", "/f", ["-H", "If-Match: \"x\""]) == 412)
        #expect(try cloud.curl("\(cloud.url)/f").output == "0123456789")
    }

    @Test(
        "F-10: no path leads elsewhere",
        arguments: [
            "/../etc/passwd", "/%2e%2e/x", "/a%2fb", "/a%00", "/%ff", "/a/%2e%2e/%2e%2e/x", "/%", "/a%0d%0ab",
        ])
    func paths(path: String) throws {
        for method in ["GET", "PUT", "DELETE", "MKCOL", "PROPFIND"] {
            let status = try cloud.status(method, path, input: method == "PUT" ? [1] : nil)
            #expect([400, 404].contains(status), "\(method) \(path): \(status)")
        }
        #expect(try cloud.status("DELETE", "/", ["--request-target", "/dav/x#y"]) == 400)
        #expect(
            try cloud.curl("-X", "PROPFIND", "-H", "Depth: 1", "\(cloud.url)/").output.matches(of: /<D:href>/)
                .count == 1)
    }

    @Test(
        "a copy or move goes nowhere but into the drive",
        arguments: [
            ("http://example.com/dav/g", 502), ("/other/g", 502), ("/davother/g", 502), ("/dav/../g", 400),
            ("/dav/missing/g", 409),
            ("", 400),
        ])
    func destinations(destination: String, status: Int) throws {
        #expect(try cloud.status("PUT", "/f", input: [1]) == 201)
        for method in ["COPY", "MOVE"] {
            #expect(
                try cloud.status(method, "/f", ["-H", "Destination: \(destination)"]) == status, "\(method)")
        }
        #expect(
            try cloud.status("COPY", "/f", ["-H", "Destination: \(cloud.url)/g", "-H", "Overwrite: X"]) == 400
        )
        #expect(try cloud.status("GET", "/f") == 200)
    }

    @Test("Y-10: nobody gets in without the right name and password, and all are told the same")
    func strangers() throws {
        let curl = try Program("curl")
        var answers: Set<String> = []
        for credentials in [
            "ming@example.com:wrong", "li@example.com:\(cloud.password)", "ming@example.com:correct horse",
            ":",
        ] {
            let result = try curl.run("-sS", "-i", "-u", credentials, "-X", "PROPFIND", "\(cloud.url)/")
            #expect(result.output.hasPrefix("HTTP/1.1 401"))
            #expect(result.output.lowercased().contains("www-authenticate: basic"))
            answers.insert(String(result.output.split(separator: "\r\n\r\n").last ?? ""))
        }
        #expect(answers.count == 1)
        for header in [
            "Basic !", "Basic", "Bearer x", "Basic \(String(repeating: "QUFB", count: 3000))",
            "Digest username=x",
        ] {
            let result = try curl.run(
                "-sS", "-o", "/dev/null", "-w", "%{http_code}", "-H", "Authorization: \(header)",
                "\(cloud.url)/")
            #expect(result.output == "401", "\(header.prefix(20))")
        }
        #expect(try curl.run("-sS", "-o", "/dev/null", "-w", "%{http_code}", "\(cloud.url)/").output == "401")
    }

    @Test("Y-20: errors are problem documents")
    func problems() throws {
        for (method, path, status, code) in [
            ("GET", "/missing", 404, "not-found"), ("GET", "/", 405, "method-not-allowed"),
            ("MKCOL", "/a/b", 409, "conflict"),
        ] {
            let result = try cloud.curl("-i", "-X", method, "\(cloud.url)\(path)")
            #expect(result.output.hasPrefix("HTTP/1.1 \(status)"))
            #expect(result.output.lowercased().contains("content-type: application/problem+json"))
            #expect(result.output.contains("\"type\":\"urn:yun:problem:\(code)\""), "\(result.output)")
        }
        let elsewhere = try Program("curl").run("-sS", "-i", "http://127.0.0.1:\(cloud.port)/elsewhere")
        #expect(elsewhere.output.contains("urn:yun:problem:not-found"))
    }

    @Test("F-16: a client that is refused sends nothing, one that may sends at once")
    func expecting() throws {
        let bytes = [UInt8](repeating: 1, count: 2_000_000)
        let refused = try Program("curl").run(
            "-sS", "-v", "-u", "x@example.com:y", "-H", "Expect: 100-continue", "-T", "-", "-o", "/dev/null",
            "-w",
            "%{http_code} %{size_upload}", "\(cloud.url)/f", input: bytes)
        #expect(refused.output == "401 0", "\(refused.errors)")
        let taken = try cloud.curl(
            "-v", "-H", "Expect: 100-continue", "--expect100-timeout", "30", "-T", "-", "-w", "%{http_code}",
            "\(cloud.url)/f",
            input: bytes)
        #expect(taken.output == "201")
        #expect(taken.errors.contains("HTTP/1.1 100 Continue"))
    }

    @Test(
        "F-11: an upload that breaks off replaces nothing",
        arguments: ["close()", "shutdown(socket.SHUT_WR)"],
        [
            "Content-Length: 10\r\n\r\nabc", "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
            "Content-Length: 10\r\n\r\n",
        ])
    func brokenOff(ending: String, body: String) throws {
        #expect(try cloud.status("PUT", "/f", input: Array("before".utf8)) == 201)
        let script = """
            import base64, socket, sys
            connection = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
            credentials = base64.b64encode(sys.argv[2].encode()).decode()
            head = "PUT /dav/f HTTP/1.1\\r\\nHost: x\\r\\nAuthorization: Basic " + credentials + "\\r\\n"
            connection.sendall(head.encode() + sys.stdin.buffer.read())
            connection.\(ending)
            """
        _ = try Program("python3").run(
            "-c", script, "\(cloud.port)", "\(cloud.name):\(cloud.password)", input: Array(body.utf8))
        // A server that is told to stop has finished what has begun.
        try cloud.end(SIGTERM)
        try cloud.start()
        #expect(try cloud.curl("\(cloud.url)/f").output == "before")
        #expect(try Program("find").run(cloud.data + "/objects", "-type", "f").output == "")
    }

    @Test("F-17: hostile XML is refused, and nothing is done")
    func xml() throws {
        let bodies = [
            "<", "<a/>",
            "<!DOCTYPE a [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><D:propfind xmlns:D='DAV:'><D:prop><a>&e;</a></D:prop></D:propfind>",
        ]
        for body in bodies {
            for method in ["PROPFIND", "PROPPATCH", "LOCK"] {
                let status = try cloud.status(method, "/", input: Array(body.utf8))
                #expect(status == 400, "\(method) \(body)")
            }
        }
        let long = [UInt8](repeating: UInt8(ascii: " "), count: 1_100_000)
        #expect(try cloud.status("PROPFIND", "/", input: long) == 413)
    }

    @Test("a whole tree is not listed at once, and a part of a file is not put")
    func refused() throws {
        let answer = try cloud.curl("-X", "PROPFIND", "\(cloud.url)/")
        #expect(answer.output.contains("propfind-finite-depth"))
        #expect(try cloud.status("PUT", "/f", ["-H", "Content-Range: bytes 0-0/2"], input: [1]) == 400)
        #expect(try cloud.status("MKCOL", "/d", input: [1]) == 415)
        #expect(try cloud.status("PATCH", "/f", input: [1]) == 404)
    }
}

/// What WebDAV has no words for.
@Suite struct DriveAPITests {
    private let cloud: CloudProcess

    init() throws { cloud = try CloudProcess() }

    private func api(_ method: String, _ path: String, _ body: String? = nil) throws -> (
        status: Int, body: String
    ) {
        var arguments = [
            "-X", method, "-w", "\n%{http_code}", "http://127.0.0.1:\(cloud.port)/api/drive/\(path)",
        ]
        if body != nil { arguments += ["-H", "Content-Type: application/json", "--data-binary", "@-"] }
        let result = try Program("curl").run(
            ["-sS", "--max-time", "60", "-u", "\(cloud.name):\(cloud.password)"] + arguments,
            input: Array((body ?? "").utf8))
        let lines = result.output.split(separator: "\n", omittingEmptySubsequences: false)
        return (Int(lines.last ?? "") ?? 0, lines.dropLast().joined(separator: "\n"))
    }

    private func value(_ json: String, _ filter: String) throws -> String {
        String(try Program("jq").run("-r", filter, input: Array(json.utf8)).output.dropLast())
    }

    @Test("versions and the trash are listed and restored")
    func restoring() throws {
        for text in ["one", "two"] {
            #expect([201, 204].contains(try cloud.status("PUT", "/%E6%89%8B", input: Array(text.utf8))))
        }
        let versions = try api("GET", "versions?path=/%E6%89%8B").body
        #expect(try value(versions, ".versions | length") == "2")
        let id = try value(versions, ".versions[1].id")
        #expect(try api("POST", "versions/restore", #"{"path": "/手", "id": "\#(id)"}"#).status == 204)
        #expect(try cloud.curl("\(cloud.url)/%E6%89%8B").output == "one")
        #expect(try cloud.status("DELETE", "/%E6%89%8B") == 204)
        let trash = try api("GET", "trash").body
        #expect(try value(trash, ".items[0].path") == "/手")
        let item = try value(trash, ".items[0].id")
        let restored = try api("POST", "trash/restore", #"{"id": "\#(item)", "path": "/back"}"#)
        #expect(try value(restored.body, ".path") == "/back")
        #expect(try cloud.curl("\(cloud.url)/back").output == "one")
        #expect(try cloud.status("DELETE", "/back") == 204)
        #expect(try api("DELETE", "trash/\(item)").status == 204)
        #expect(try api("DELETE", "trash/\(item)").status == 404)
    }

    @Test("whoever waits for a change is told when there is one")
    func waiting() throws {
        let pipe = try Pipe()
        let waiting = try ChildProcess(
            [
                "/usr/bin/curl", "-sS", "-u", "\(cloud.name):\(cloud.password)",
                "http://127.0.0.1:\(cloud.port)/api/drive/changes?after=0&wait=60",
            ], descriptors: [-1, pipe.writing.number, 2])
        let reader = pipe.closingWritingEnd()
        #expect(try cloud.status("MKCOL", "/d") == 201)
        let told = String(decoding: try reader.readToEnd(limit: 1 << 16, describedAs: "curl"), as: UTF8.self)
        #expect(try waiting.wait() == 0)
        #expect(try value(told, ".changes[0].path") == "/d")
        #expect(try value(told, ".cursor") == "1")
    }

    @Test(
        "what is not understood is refused, and strangers learn nothing",
        arguments: [
            ("GET", "versions?path=/missing", nil, 404), ("GET", "versions?path=/../x", nil, 400),
            ("GET", "changes?after=x", nil, 400),
            ("GET", "changes?after=-1", nil, 400), ("GET", "changes?wait=61", nil, 400),
            ("POST", "versions/restore", "{}", 400),
            ("POST", "versions/restore", "[", 400), ("POST", "trash/restore", #"{"id": 7}"#, 400),
            ("POST", "trash/restore", #"{"id": "7"}"#, 404), ("POST", "trash/restore", #"{"id": "'"}"#, 404),
            ("DELETE", "trash/x", nil, 404),
            ("DELETE", "trash/9223372036854775808", nil, 404), ("GET", "elsewhere", nil, 404),
            ("PUT", "trash", nil, 404),
        ] as [(String, String, String?, Int)])
    func nonsense(method: String, path: String, body: String?, status: Int) throws {
        #expect(try api(method, path, body).status == status)
        guard path != "elsewhere", method != "PUT" else { return }
        let stranger = try Program("curl").run(
            "-sS", "-o", "/dev/null", "-w", "%{http_code}", "-u", "x@example.com:y", "-X", method,
            "http://127.0.0.1:\(cloud.port)/api/drive/\(path)")
        #expect(stranger.output == "401")
    }
}
