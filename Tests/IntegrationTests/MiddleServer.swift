import Glibc
import Platform
import Support
import Testing
import YunCore

/// Stands between a phone and its server: loses answers, or gives others, as the file `mode` says.
final class MiddleServer {
    let port: Int
    private let process: SpawnedProcess

    init(before other: Int, in directory: TemporaryDirectory) throws {
        try directory.write([], to: "mode")
        let output = try Pipe()
        process = try SpawnedProcess(
            ["/usr/bin/python3", "-u", "-c", Self.script, "\(other)", directory.path("")],
            environment: ["PATH=/usr/bin:/bin"], descriptors: [-1, output.writing.number, 2])
        let line = try output.closingWritingEnd().readSome(upTo: 100)
        port = try #require(Int(String(decoding: line.dropLast(), as: UTF8.self)))
    }

    deinit {
        do throws(Failure) {
            try process.signal(SIGKILL)
            _ = try process.wait()
        } catch { print("a test's server does not end: \(error)") }
    }

    private static let script = #"""
        import http.client, http.server, json, sys, urllib.parse
        other, directory = int(sys.argv[1]), sys.argv[2]
        lost, done = 0, set()
        code = {"device_code": "ydc_x", "user_code": "ABCD", "verification_uri": "https://a.example.com/d",
            "verification_uri_complete": "https://a.example.com/d?c=1", "expires_in": 60, "interval": 1}
        answers = {
            "text": b"hello", "html": b"<html>", "array": b"[[[[[]]]]]", "empty": b"", "large": b"[" * 5000000,
            "types": json.dumps(code | {"expires_in": "60"}).encode(),
            "control": json.dumps(code | {"user_code": "\x1b]0;x\x07"}).encode(),
            "script": json.dumps(code | {"verification_uri_complete": "javascript:alert(1)"}).encode(),
            "status": json.dumps({"error": "\x1b]0;x\x07", "error_description": "\x1b]0;x\x07"}).encode(),
        }

        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *words): pass
            def answer(self):
                global lost
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                for token in urllib.parse.parse_qs(body.decode()).get("refresh_token", []):
                    open(directory + "/shown", "a").write(token + "\n")
                what, _, which = open(directory + "/mode").read().partition(" ")
                if what == "answer":
                    self.send_response({"redirect": 307, "status": 400}.get(which, 200))
                    if which == "redirect": self.send_header("Location", f"http://127.0.0.1:{other}{self.path}")
                    self.send_header("Content-Length", str(len(answers.get(which, b""))))
                    self.end_headers()
                    try: self.wfile.write(answers.get(which, b""))
                    except OSError: pass
                    return
                connection = http.client.HTTPConnection("127.0.0.1", other)
                headers = {k: v for k, v in self.headers.items() if k.lower() in ("content-type", "authorization")}
                connection.request(self.command, self.path, body, headers)
                reply = connection.getresponse()
                content = reply.read()
                seen = self.path.encode() + body + content
                found = [word for word in which.split(" ") if word and word.encode() in seen]
                if what == "lose" and found or what == "once" and not done.issuperset(found):
                    done.update(found)
                    lost += 1
                    open(directory + "/lost", "w").write(str(lost))
                    self.close_connection = True
                    return
                self.send_response(reply.status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)
            do_GET = do_POST = answer

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        sys.stdout.write("%d\n" % server.server_address[1])
        server.serve_forever()
        """#
}
