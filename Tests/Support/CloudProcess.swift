internal import Glibc
internal import Platform
internal import YunCore

/// A running `ycloud` on data of its own, with one account, until the object goes.
package final class CloudProcess {
    package let directory: TemporaryDirectory
    package private(set) var process: ChildProcess
    package private(set) var port: Int
    package let name = "ming@example.com"
    package let password: String
    /// Where the first account is made, where there is none.
    package let setupPath: String?

    package var url: String { "http://127.0.0.1:\(port)/dav" }
    package var data: String { directory.path("data") }

    /// What the server has logged.
    package var log: String { get throws { String(decoding: try directory.read("log"), as: UTF8.self) } }

    /// - Parameters:
    ///   - settings: flags of `ycloud serve`.
    ///   - hasAccount: whether somebody has an account, and an app password.
    package init(_ settings: [String] = [], hasAccount: Bool = true) throws {
        directory = try TemporaryDirectory()
        guard hasAccount else {
            password = ""
            (process, port, setupPath) = try Self.start([], settings, directory, hasAccount: false)
            return
        }
        let admin = try Self.program()
        let data = directory.path("data")
        let created = try admin.run(
            "admin", "account", "create", name, "--password-stdin", "--data", data,
            input: Array("correct horse\n".utf8))
        guard created.status == 0 else { throw Failure(.unavailable, created.errors) }
        let made = try admin.run("admin", "app-password", name, "--name", "test", "--data", data)
        password = String(made.output.prefix { $0 != "\n" })
        (process, port, setupPath) = try Self.start([], settings, directory)
    }

    package static func program() throws -> Program { try Program(try Checkout.programs + "/ycloud") }

    /// Starts the server, under another program where `wrapper` names one.
    private static func start(
        _ wrapper: [String], _ settings: [String], _ directory: TemporaryDirectory, log name: String = "log",
        hasAccount: Bool = true
    ) throws -> (ChildProcess, Int, String?) {
        let output = try Pipe()
        let command = [try Checkout.programs + "/ycloud", "serve", "--data", directory.path("data")]
        _ = try Program("rm").run("-f", directory.path(name))
        let log = try OwnedDescriptor.open(directory.path(name), .createNew(permissions: 0o600))
        let process = try ChildProcess(
            wrapper + command + ["--listen", "127.0.0.1:0"] + settings,
            descriptors: [-1, output.writing.number, log.number])
        let reader = output.closingWritingEnd()
        let first = try line(reader)
        guard let port = first.split(separator: ":").last.flatMap({ Int($0) }) else {
            throw Failure(.unavailable, "ycloud did not start: \(first)")
        }
        let setup =
            hasAccount ? nil : try line(reader).split(separator: " ").last.map { $0.drop { $0 != "?" } }
        return (process, port, setup.map { "/setup" + $0 })
    }

    private static func line(_ reader: borrowing OwnedDescriptor) throws -> String {
        var line: [UInt8] = []
        while let byte = try reader.read(upTo: 1).first, byte != UInt8(ascii: "\n") { line.append(byte) }
        return String(decoding: line, as: UTF8.self)
    }

    /// A second server on the same data.
    package func another() throws -> (process: ChildProcess, port: Int) {
        let (process, port, _) = try Self.start([], [], directory, log: "another.log")
        return (process, port)
    }

    /// Starts the server anew on the same data, once it has ended.
    package func start(under wrapper: [String] = [], _ settings: [String] = []) throws {
        (process, port, _) = try Self.start(wrapper, settings, directory)
    }

    /// Ends the server with a signal.
    package func end(_ signal: Int32) throws {
        try process.signal(signal)
        _ = try process.wait()
    }

    /// What curl says, with the account's credentials.
    package func curl(_ arguments: String..., input: [UInt8] = []) throws -> Program.Result {
        try Program("curl").run(
            ["-sS", "--max-time", "60", "-u", "\(name):\(password)"] + arguments, input: input)
    }

    /// Sends bytes as they are on a connection of its own, and gives back all that comes until the server ends it.
    package func send(_ bytes: String) throws -> String {
        try Program("python3").run("-c", Self.sender, "\(port)", input: Array(bytes.utf8)).output
    }

    /// A connection that sends bytes, and that the server has to end.
    package func sending(_ bytes: String) throws -> ChildProcess {
        try ChildProcess(
            [
                "/usr/bin/python3", "-c",
                Self.sender.replacing("sys.stdin.buffer.read()", with: "sys.argv[2].encode()"), "\(port)",
                bytes,
            ],
            descriptors: [-1, 2, 2])
    }

    private static let sender = """
        import socket, sys
        connection = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
        try:
            connection.sendall(sys.stdin.buffer.read())
            while (piece := connection.recv(65536)): sys.stdout.buffer.write(piece)
        except OSError: pass
        """

    /// The status alone.
    package func status(_ method: String, _ path: String, _ arguments: [String] = [], input: [UInt8]? = nil)
        throws
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
