import Glibc
import Platform
import Support
import Testing
import YunCore

/// A store with the probe and another app in it, and things of the host's that an app must not reach, all of one caller.
final class WallScene {
    enum Caller: String {
        case root, user

        /// `nobody`, where root plays a user.
        static let userID: UInt32 = 65534
    }

    static let page = "probe.yunos.com"
    let caller: Caller
    let directory: TemporaryDirectory
    private let bait: ChildProcess
    private let baitOutput: OwnedDescriptor
    private let manager: RunningPageManager
    /// What the probe is told that it may find.
    private(set) var arguments: [String] = []
    private var port = ""

    /// - Parameter standIn: whether the probe runs where the web host would: with all that the sandbox of a web page has,
    ///   as the engine would that a page has taken over.
    init(_ caller: Caller, standIn: Bool = false) throws {
        self.caller = caller
        directory = try TemporaryDirectory()
        let change = Self.change(to: caller)
        if !change.isEmpty { _ = unsafe chown(directory.path, Caller.userID, Caller.userID) }
        let output = try Pipe()
        let null = try OwnedDescriptor.open("/dev/null", .replace(permissions: 0))
        bait = try ChildProcess(
            change + ["/usr/bin/python3", "-u", "-c", Self.baitProgram, directory.path],
            environment: ["PATH=/usr/bin:/bin"], descriptors: [null.number, output.writing.number, 2])
        baitOutput = output.closingWritingEnd()
        let told = String(decoding: try baitOutput.readSome(upTo: 1000), as: UTF8.self)
        let programs = try standIn ? Self.programsWithStandIn(in: directory) : Checkout.programs
        manager = try Self.startPageManager(change, programs, directory)
        let lines = told.split(separator: "\n").map(String.init)
        port = String(lines.first?.split(separator: "=").last ?? "")
        arguments =
            lines + [
                "secret=\(directory.path)/secret", "neighbour=\(directory.path)/root/data/hello.example.com",
                "socket=\(directory.path)/socket", "manager=\(directory.path)/root/run/pagemanager",
                "brokers=\(directory.path)/root/run/apps", "path=\(directory.path)",
                "name=\(try Self.hostName())", "processes=512",
            ]
        try install()
    }

    deinit {
        do throws(Failure) {
            try bait.signal(SIGKILL)
            _ = try bait.wait()
            try manager.signal(SIGTERM)
            _ = try manager.wait()
        } catch { print("a scene of walls does not end: \(error)") }
    }

    private static func change(to caller: Caller) -> [String] {
        guard caller == .user, CurrentProcess.isRoot else { return [] }
        let user = "\(Caller.userID)"
        return ["/usr/bin/setpriv", "--reuid", user, "--regid", user, "--clear-groups"]
    }

    private static func hostName() throws -> String {
        let path = "/proc/sys/kernel/hostname"
        let bytes = try OwnedDescriptor.open(path, .read).readToEnd(limit: 256, describedAs: path)
        return String(decoding: bytes.dropLast(), as: UTF8.self)
    }

    /// The page manager's programs with the probe in the place of the web host.
    private static func programsWithStandIn(in directory: TemporaryDirectory) throws -> String {
        for name in ["pagemanagerd", "seed", "walls"] {
            let bytes = try OwnedDescriptor.open("\(Checkout.programs)/\(name)", .read)
                .readToEnd(limit: 1 << 28, describedAs: name)
            try directory.write(bytes, to: "programs/\(name)", permissions: 0o755)
        }
        let probe = "\(Checkout.path)/SamplePackages/probe/bin/probe"
        let bytes = try OwnedDescriptor.open(probe, .read).readToEnd(limit: 1 << 28, describedAs: probe)
        try directory.write(bytes, to: "programs/ywebhost", permissions: 0o755)
        return directory.path("programs")
    }

    private static func startPageManager(
        _ change: [String], _ programs: String, _ directory: TemporaryDirectory
    ) throws -> RunningPageManager {
        let null = try OwnedDescriptor.open("/dev/null", .read)
        let ready = try Pipe()
        let process = try ChildProcess(
            change + [
                "\(programs)/pagemanagerd", "--root", directory.path("root"), "--ready-descriptor", "3",
            ], environment: ["PATH=/usr/bin:/bin", "HOME=\(directory.path)"],
            descriptors: [null.number, 2, 2, ready.writing.number])
        let answer = try ready.closingWritingEnd().readSome(upTo: 4096)
        #expect(String(decoding: answer, as: UTF8.self) == "ready\n")
        return RunningPageManager(process)
    }

    /// A file, sockets with and without a path, a process, and a server that writes down what it is asked for.
    private static let baitProgram = #"""
        import os, socket, sys, threading
        directory = sys.argv[1]
        os.umask(0)
        with open(directory + "/secret", "w") as file:
            file.write("secret")
        name = "yun-bait-%d" % os.getpid()
        plain, hidden = socket.socket(socket.AF_UNIX), socket.socket(socket.AF_UNIX)
        plain.bind(directory + "/socket")
        hidden.bind("\0" + name)
        server = socket.socket()
        server.bind(("127.0.0.1", 0))
        for listener in (plain, hidden, server):
            listener.listen(100)
        sys.stdout.write("port=%d\nabstract=%s\npid=%d\n" % (server.getsockname()[1], name, os.getpid()))
        seen = open(directory + "/seen", "a")
        def answer(connection):
            words = connection.recv(65536).split(b" ")
            seen.write((words[1].decode()[1:] if len(words) > 1 else "preconnect") + "\n")
            seen.flush()
            connection.sendall(b"HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            connection.close()
        while True:
            threading.Thread(target=answer, args=(server.accept()[0],), daemon=True).start()
        """#

    /// Runs `ypkg` as the caller.
    func ypkg(_ arguments: String...) throws -> Program.Result {
        try run([Checkout.programs + "/ypkg"] + arguments)
    }

    /// Runs a program of any kind as the caller.
    func run(_ command: [String]) throws -> Program.Result {
        let all = Self.change(to: caller) + command
        return try Program(all[0]).run(
            Array(all.dropFirst()), directory: directory.path,
            environment: [
                "YPKG_ROOT": directory.path("root"), "HOME": directory.path, "FOREIGN": "1",
            ])
    }

    private func install() throws {
        #expect(try ypkg("key", "generate", "me", "--no-passphrase").status == 0)
        #expect(try ypkg("trust", "add", "me.pub", "--class", "developer").status == 0)
        for sample in ["probe", "hello"] {
            let package = "\(sample).ypkg"
            let source = "\(Checkout.path)/SamplePackages/\(sample)"
            #expect(try ypkg("pack", source, "-o", package, "--level", "1").status == 0)
            #expect(try ypkg("sign", package, "--key", "me.key").status == 0)
            let installed = try ypkg("install", package)
            #expect(installed.status == 0, "\(installed.errors)")
        }
    }

    // MARK: What is seen

    private static func walls(_ text: String, after marker: String = "") -> [String: WallTable.Wall] {
        var walls: [String: WallTable.Wall] = [:]
        for line in text.split(separator: "\n") {
            guard let start = marker.isEmpty ? line.startIndex : line.firstRange(of: marker)?.upperBound
            else {
                continue
            }
            let words = line[start...].split(separator: " ", maxSplits: 2).map(String.init)
            guard words.count > 1, ["allowed", "denied"].contains(words[1]) else { continue }
            walls[words[0]] = WallTable.Wall(result: words[1], detail: words.count > 2 ? words[2] : "")
        }
        return walls
    }

    /// What a native page sees.
    func nativePage() throws -> [String: WallTable.Wall] {
        let result = try run(
            [
                Checkout.programs + "/ypkg", "run", "probe", "--quiet", "--memory", "64", "--",
                "memory=67108864",
            ] + arguments)
        #expect(result.status == 0, "\(result.errors)")
        return Self.walls(result.output)
    }

    /// What a program sees that has taken the web host's place.
    func standIn() throws -> [String: WallTable.Wall] {
        // As the app would have written it itself.
        let files = "root/data/\(Self.page)/files"
        try directory.write(
            (arguments.joined(separator: "\n") + "\n").utf8, to: files + "/arguments", permissions: 0o644)
        // Whatever the page manager says of a web host that does not answer it.
        _ = try ypkg("open", "--headless", "page://\(Self.page)/web")
        let log = try logs(until: "everything tried")
        // Behind the time of the day.
        let lines = log.split(separator: "\n").map { line in
            line.split(separator: " ", maxSplits: 2).last.map(String.init) ?? ""
        }
        return Self.walls(lines.joined(separator: "\n"))
    }

    /// What the script of a web page sees.
    func webPage() throws -> [String: WallTable.Wall] {
        let opened = try ypkg(
            "open", "--headless", "page://\(Self.page)/web?port=\(port)&neighbour=hello.example.com")
        #expect(opened.status == 0, "\(opened.errors)")
        var walls = Self.walls(try logs(until: "everything tried"), after: ": wall ")
        // What does not answer the page is told by the server.
        let seen = try String(decoding: directory.read("seen"), as: UTF8.self)
        for path in Set(seen.split(separator: "\n").map { $0.prefix { $0 != "?" } }) {
            walls[String(path)] = WallTable.Wall(result: "allowed", detail: "it reached the server")
        }
        return walls
    }

    private func logs(until text: String) throws -> String {
        var output = ""
        // Only a hang takes long.
        for _ in 0..<1200 {
            output = try ypkg("logs", Self.page).output
            if output.contains(text) { return output }
            usleep(100_000)
        }
        Issue.record("the probe does not come to its end: \(output.suffix(2000))")
        return output
    }

    /// What a program sees that a backend launches without a page manager.
    func launched(by backend: String) throws -> [String: WallTable.Wall] {
        // Each in directories of its own, which seed gives to the app's user.
        let place = directory.path(backend)
        for name in ["tree/bin", "data", "cache"] {
            #expect(try run(["/bin/mkdir", "-p", "\(place)/\(name)"]).status == 0)
        }
        let sample = "\(Checkout.path)/SamplePackages/probe"
        #expect(try run(["/bin/cp", sample + "/bin/probe", place + "/tree/bin"]).status == 0)
        #expect(try run(["/bin/cp", sample + "/icon.svg", place + "/tree"]).status == 0)
        let limits = backend == "seed" ? ["memory=67108864", "processes=64"] : []
        let programs = try Checkout.programs
        let result = try run(
            [
                programs + "/launch-bench", "run", "--backend", backend, "--seed", programs + "/seed",
                "--tree", place + "/tree", "--data", place + "/data", "--cache", place + "/cache",
                "--user", "100077", "--memory", "67108864", "--processes", "64",
                "--reports", "off", "bin/probe",
            ] + arguments.filter { !$0.hasPrefix("processes=") } + limits)
        #expect(result.status == 0, "\(result.errors)")
        return Self.walls(result.output)
    }
}
