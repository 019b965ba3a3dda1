import Glibc
import Platform
import Support
import YunCore

/// A running `ycloud` on data of its own, with one account, until the object goes.
final class CloudProcess {
    let directory: TemporaryDirectory
    private(set) var process: ChildProcess
    private(set) var port: Int
    let name = "ming@example.com"
    let password: String

    var url: String { "http://127.0.0.1:\(port)/dav" }
    var data: String { directory.path("data") }

    init() throws {
        directory = try TemporaryDirectory()
        let admin = try Self.program()
        let data = directory.path("data")
        let created = try admin.run(
            "admin", "account", "create", name, "--password-stdin", "--data", data,
            input: Array("correct horse\n".utf8))
        guard created.status == 0 else { throw Failure(.unavailable, created.errors) }
        let made = try admin.run("admin", "app-password", name, "--name", "test", "--data", data)
        password = String(made.output.prefix { $0 != "\n" })
        (process, port) = try Self.start([], data: data)
    }

    static func program() throws -> Program { try Program(try Checkout.programs + "/ycloud") }

    /// Starts the server, under another program where `wrapper` names one.
    private static func start(_ wrapper: [String], data: String) throws -> (ChildProcess, Int) {
        let output = try Pipe()
        let arguments =
            wrapper + [try Checkout.programs + "/ycloud", "serve", "--data", data, "--listen", "127.0.0.1:0"]
        let process = try ChildProcess(arguments, descriptors: [-1, output.writing.number, 2])
        let reader = output.closingWritingEnd()
        var line: [UInt8] = []
        while let byte = try reader.read(upTo: 1).first, byte != UInt8(ascii: "\n") { line.append(byte) }
        let text = String(decoding: line, as: UTF8.self)
        guard let port = text.split(separator: ":").last.flatMap({ Int($0) }) else {
            throw Failure(.unavailable, "ycloud did not start: \(text)")
        }
        return (process, port)
    }

    /// A second server on the same data.
    func another() throws -> (process: ChildProcess, port: Int) { try Self.start([], data: data) }

    /// Starts the server anew on the same data, once it has ended.
    func start(under wrapper: [String] = []) throws {
        (process, port) = try Self.start(wrapper, data: data)
    }

    /// Ends the server with a signal.
    func end(_ signal: Int32) throws {
        try process.signal(signal)
        _ = try process.wait()
    }

    /// What curl says, with the account's credentials.
    func curl(_ arguments: String..., input: [UInt8] = []) throws -> Program.Result {
        try Program("curl").run(
            ["-sS", "--max-time", "60", "-u", "\(name):\(password)"] + arguments, input: input)
    }

    /// The status alone.
    func status(_ method: String, _ path: String, _ arguments: [String] = [], input: [UInt8]? = nil) throws
        -> Int
    {
        var all = ["-sS", "--max-time", "60", "-o", "/dev/null", "-w", "%{http_code}", "-X", method]
        all += ["-u", "\(name):\(password)", "--path-as-is"] + arguments
        if input != nil { all += ["--data-binary", "@-"] }
        let result = try Program("curl").run(all + [url + path], input: input ?? [])
        return Int(result.output) ?? 0
    }

    deinit {
        do { try end(SIGKILL) } catch { print("a test's cloud does not end: \(error)") }
    }
}
