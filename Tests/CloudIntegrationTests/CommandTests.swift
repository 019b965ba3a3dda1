import Glibc
import Platform
import Support
import Testing
import YunCore

@Suite struct CommandTests {
    private let directory: TemporaryDirectory
    private let ycloud: Program

    init() throws {
        directory = try TemporaryDirectory()
        ycloud = try CloudProcess.program()
    }

    @Test("a mistyped directory is no cloud, and does not become one")
    func mistyped() throws {
        let path = directory.path("mistyped")
        let result = try ycloud.run("admin", "app-password", "a@b.cd", "--name", "x", "--data", path)
        #expect(result.status == 66)
        #expect(result.errors.contains("hint: look at --data"))
        #expect(try AnchoredDirectory.status(ofPath: path) == nil)
        #expect(try ycloud.run("serve").errors.contains("hint: say --data DIR"))
        let listening = try ycloud.run("serve", "--data", path, "--listen", "nowhere")
        #expect(listening.status == 64)
        #expect(try AnchoredDirectory.status(ofPath: path) == nil)
    }

    @Test("Y-1: only the owner reads what is kept")
    func permissions() throws {
        let cloud = try CloudProcess()
        #expect(try cloud.status("PUT", "/f", input: [UInt8](repeating: 1, count: 100_000)) == 201)
        let found = try Program("find").run(cloud.data, "-perm", "/077")
        #expect(found.output == "")
    }

    @Test(
        "Y-4: an account that is made beside a running server is there at once, its password gone when it is removed"
    )
    func beside() throws {
        let cloud = try CloudProcess()
        let made = try ycloud.run(
            "admin", "account", "create", "+86 138 0013 8000", "--password-stdin", "--data", cloud.data,
            input: Array("correct horse\n".utf8))
        #expect(made.status == 0, "\(made.errors)")
        let again = try ycloud.run(
            "admin", "account", "create", "+8613800138000", "--password-stdin", "--data", cloud.data,
            input: Array("correct horse\n".utf8))
        #expect(again.status == 76)
        #expect(again.errors.contains("there is an account of +8613800138000"))
        let weak = try ycloud.run(
            "admin", "account", "create", "li@example.com", "--password-stdin", "--data", cloud.data,
            input: Array("12345678\n".utf8))
        #expect(weak.status == 65)
        let removed = try ycloud.run(
            "admin", "app-password", cloud.name, "--name", "test", "--remove", "--data", cloud.data)
        #expect(removed.status == 0)
        #expect(try cloud.status("GET", "/f") == 401)
        let missing = try ycloud.run(
            "admin", "app-password", cloud.name, "--name", "test", "--remove", "--data", cloud.data)
        #expect(missing.status == 67)
    }

    @Test("a server that is told to stop finishes what has begun, and takes nothing new")
    func draining() throws {
        let cloud = try CloudProcess()
        let bytes = [UInt8](repeating: 7, count: 300_000)
        try cloud.directory.write(bytes, to: "upload")
        let path = cloud.directory.path("upload")
        let trace = try Pipe()
        let upload = try ChildProcess(
            [
                "/usr/bin/curl", "-sS", "-u", "\(cloud.name):\(cloud.password)", "--limit-rate", "200K", "-T",
                path,
                "-w", "%{http_code}", "--trace-ascii", "/dev/stderr", "\(cloud.url)/f",
            ], descriptors: [-1, 2, trace.writing.number])
        let reader = trace.closingWritingEnd()
        // Some of the body has gone.
        var seen = ""
        while !seen.contains("Send data") {
            seen += String(decoding: try reader.readSome(upTo: 4096), as: UTF8.self)
        }
        try cloud.process.signal(SIGTERM)
        while true {
            let piece = try reader.readSome(upTo: 65536)
            if piece.isEmpty { break }
        }
        #expect(try upload.wait() == 0)
        #expect(try cloud.process.wait() == 0)
        try cloud.start()
        #expect(try cloud.curl("\(cloud.url)/f").outputBytes == bytes)
    }
}
