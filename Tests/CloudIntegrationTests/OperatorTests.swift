import Glibc
import Platform
import Support
import Testing
import YunCore

/// What whoever runs a server sees of it.
@Suite struct OperatorTests {
    private func get(_ path: String, _ cloud: CloudProcess, _ arguments: String...) throws -> (
        status: Int, body: String
    ) {
        let result = try Program("curl").run(
            ["-sS", "--max-time", "60", "-w", "\n%{http_code}"] + arguments
                + ["http://127.0.0.1:\(cloud.port)\(path)"])
        let lines = result.output.split(separator: "\n", omittingEmptySubsequences: false)
        return (Int(lines.last ?? "") ?? 0, lines.dropLast().joined(separator: "\n"))
    }

    @Test("Y-30: a server is ready as long as its stores take and give what they should")
    func ready() throws {
        let cloud = try CloudProcess()
        #expect(try get("/healthz", cloud) == (200, "ok\n"))
        #expect(try get("/readyz", cloud) == (200, "ready\n"))
        _ = try Program("mv").run(cloud.data + "/objects", cloud.data + "/gone")
        try until { try get("/readyz", cloud).status == 503 }
        #expect(try get("/readyz", cloud).body.contains("urn:yun:problem:unavailable"))
        #expect(try get("/healthz", cloud).status == 200)
        _ = try Program("mv").run(cloud.data + "/gone", cloud.data + "/objects")
        try until { try get("/readyz", cloud).status == 200 }
        let dropped = try Program("sqlite3").run(cloud.data + "/cloud.db", "DELETE FROM migration")
        #expect(dropped.status == 0, "\(dropped.errors)")
        try until { try get("/readyz", cloud).status == 503 }
    }

    @Test("Y-31: a server that is told to stop is no longer ready, and serves until it ends")
    func draining() throws {
        let cloud = try CloudProcess(["--drain-seconds", "3600"])
        try until { try get("/readyz", cloud).status == 200 }
        try cloud.process.signal(SIGTERM)
        try until { try get("/readyz", cloud).status == 503 }
        #expect(try cloud.status("PUT", "/f", input: [1]) == 201)
        #expect(try get("/healthz", cloud).status == 200)
    }

    @Test("Y-32: metrics are Prometheus' text, count what was done, and name nobody")
    func metrics() throws {
        let cloud = try CloudProcess()
        #expect(try cloud.status("PUT", "/secret-file", input: Array("hello".utf8)) == 201)
        #expect(try cloud.curl("\(cloud.url)/secret-file").output == "hello")
        #expect(try cloud.status("PURGE", "/secret-file") == 404)
        #expect(try get("/secret-place", cloud).status == 404)
        let text = try get("/metrics", cloud).body
        for line in [
            "ycloud_http_requests_total{method=\"PUT\",route=\"/dav/**\",status=\"2xx\"} 1",
            "ycloud_http_requests_total{method=\"OTHER\",route=\"none\",status=\"4xx\"} 1",
            "ycloud_http_requests_total{method=\"GET\",route=\"none\",status=\"4xx\"} 1",
            "ycloud_http_request_duration_seconds_bucket{method=\"PUT\",route=\"/dav/**\",status=\"2xx\",le=\"+Inf\"} 1",
            "ycloud_http_received_bytes_total 5", "ycloud_http_connections 1",
        ] {
            #expect(text.split(separator: "\n").contains { $0 == line }, "\(line)\n\(text)")
        }
        #expect(text.contains(/ycloud_database_writes_total [1-9]/))
        #expect(!text.contains("secret") && !text.contains("ming"))
        let checked = try Program("promtool").run("check", "metrics", input: Array(text.utf8))
        #expect(checked.status == 0, "\(checked.output)\(checked.errors)")
    }

    @Test("Y-33: others than this machine read metrics only where a setting says so")
    func metricsOfOthers() throws {
        let cloud = try CloudProcess()
        for header in ["X-Forwarded-For: 192.0.2.1", "Forwarded: for=192.0.2.1", "Via: 1.1 proxy"] {
            #expect(try get("/metrics", cloud, "-H", header).status == 403, "\(header)")
        }
        try cloud.end(SIGKILL)
        try cloud.start(["--metrics", "all"])
        #expect(try get("/metrics", cloud, "-H", "Via: 1.1 proxy").status == 200)
    }

    @Test("Y-34: a log is JSON by lines, and has none of the secrets and names that requests bring")
    func log() throws {
        let cloud = try CloudProcess(["--log-level", "debug"])
        let answer = try cloud.curl("-i", "-T", "-", "\(cloud.url)/hidden-file?hidden-query=1", input: [1])
        let id = try #require(answer.output.firstMatch(of: /[Xx]-[Rr]equest-[Ii][Dd]: ([0-9a-f]+)/)?.1)
        _ = try cloud.curl("\(cloud.url)/hidden-file")
        _ = try cloud.curl("-H", "Range: bytes=99-", "\(cloud.url)/hidden-file")
        _ = try cloud.curl("\(cloud.url)/hidden-missing/hidden-deep?x=hidden-query")
        for arguments in [
            ["-u", "hidden-name@example.com:hidden-password"], ["-H", "Authorization: Bearer hidden-token"],
            ["-H", "Cookie: hidden-cookie"], ["-H", "X-Request-ID: hidden-id"], ["-X", "HIDDENMETHOD"],
            ["-H", "Authorization: hidden-scheme"], ["-A", "hidden-agent"],
            ["-e", "http://hidden-referrer/"],
            ["-H", "Host: hidden-host"], ["--data", "hidden-body"],
        ] { _ = try Program("curl").run(["-sS"] + arguments + ["\(cloud.url)/hidden-place"]) }
        _ = try cloud.send("GET /hidden HTTP/1.1\r\nhidden\r\n\r\n")
        try cloud.end(SIGTERM)
        let log = try cloud.log
        for secret in ["idden", cloud.password, "ming@", "HIDDEN", "Basic"] {
            #expect(!log.contains(secret), "\(secret): \(log)")
        }
        let parsed = try Program("jq").run(
            "-e", "-s", "map(.time and .level and .message) | all", input: Array(log.utf8))
        #expect(parsed.status == 0, "\(parsed.errors)")
        let found = try Program("jq").run(
            "-r", "select(.request == \"\(id)\") | [.method, .route, .status, .account] | @csv",
            input: Array(log.utf8))
        #expect(found.output == "\"PUT\",\"/dav/**\",201,\"1\"\n")
        try cloud.start()
    }

    @Test("Y-35: every answer has the headers that keep browsers from acting on it")
    func headers() throws {
        let cloud = try CloudProcess()
        #expect(try cloud.status("PUT", "/page.html", ["-H", "Content-Type: text/html"], input: [1]) == 201)
        for path in ["/dav/page.html", "/dav/missing", "/healthz", "/elsewhere"] {
            let answer = try cloud.curl("-i", "http://127.0.0.1:\(cloud.port)\(path)").output.lowercased()
            for line in [
                "x-content-type-options: nosniff", "server: ycloud\r\n", "referrer-policy: no-referrer",
                "content-security-policy: default-src 'none'; frame-ancestors 'none'; sandbox",
                "cache-control: ",
            ] { #expect(answer.contains(line), "\(path): \(line)") }
            #expect(!answer.contains("strict-transport-security"))
        }
    }

    /// Waits for something that comes soon.
    private func until(_ body: () throws -> Bool) throws {
        while try !body() { usleep(50_000) }
    }
}
