import CLinux
import Glibc
import Platform
import Support
import Testing
import YunCore

@testable import AppNetwork

@Suite struct UploadTests {
    private func post(_ world: World, _ url: String, _ body: RequestBody) throws -> Fetched {
        try world.fetch(url) { request in
            request.method = try RequestMethod("POST")
            request.body = body
        }
    }

    private func file(_ bytes: [UInt8]) throws -> OwnedDescriptor {
        let file = try OwnedDescriptor.memoryFile("body")
        try file.write(bytes)
        try file.seek(to: 0)
        return file
    }

    private let large = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }

    @Test("bytes and a file are sent whole, from where the file stands, and empty ones too")
    func known() throws {
        let server = try WebServer(.good)
        let world = try World(server)
        let url = "https://a.test:\(server.port)/mirror"
        #expect(try post(world, url, .bytes(large)).body == large)
        let file = try file(large)
        try file.seek(to: 1000)
        #expect(try post(world, url, .stream(SharedDescriptor(file))).body == Array(large.dropFirst(1000)))
        for body in [RequestBody.bytes([]), .none, .stream(SharedDescriptor(try self.file([])))] {
            let echoed = try post(world, "https://a.test:\(server.port)/echo", body)
            #expect(
                echoed.text.contains("[\"Content-Length\", \"0\"]") && echoed.text.contains("\"length\": 0"))
        }
    }

    @Test("a pipe is sent as it comes, however slowly, to its end")
    func pipe() throws {
        let server = try WebServer(.good)
        let world = try World(server)
        var pipe = try Pipe()
        var request = NetworkRequest(url: "https://a.test:\(server.port)/mirror")
        request.method = try RequestMethod("PUT")
        request.body = .stream(SharedDescriptor(try pipe.takeReader()))
        let running = try world.start(request)
        let writer = try pipe.takeWriter()
        for part in [large.prefix(10), large.dropFirst(10).prefix(100_000), large.dropFirst(100_010)] {
            try writer.write(Array(part))
        }
        _ = consume writer
        #expect(try running.finish().body == large)
    }

    @Test("N-7: what can be sent again is, where a redirect leads; a pipe cannot")
    func again() throws {
        let server = try WebServer(.good)
        let world = try World(server)
        let url = "https://a.test:\(server.port)/redirect/307?to=/mirror"
        #expect(try post(world, url, .bytes(large)).body == large)
        #expect(try post(world, url, .stream(SharedDescriptor(try file(large)))).body == large)
        var pipe = try Pipe()
        try pipe.takeWriter().write([1, 2, 3])
        #expect(
            try post(world, url, .stream(SharedDescriptor(try pipe.takeReader()))).code == .networkRequest)
    }

    @Test("a file that becomes shorter or longer while it is sent is not sent as something else")
    func changed() throws {
        let directory = try TemporaryDirectory()
        try directory.write([UInt8](repeating: 1, count: 50), to: "f")
        let short = SharedDescriptor(try OwnedDescriptor.open(directory.path("f"), .read))
        guard var input = try BodyInput(.stream(short)) else { throw Failure(.internalError, "no body") }
        #expect(input.length == 50)
        #expect(unsafe truncate(directory.path("f"), 20) == 0)
        var buffer = [UInt8](repeating: 0, count: 100)
        #expect(unsafe buffer.withUnsafeMutableBytes { unsafe input.read(into: $0) }.count == 20)
        #expect(
            unsafe buffer.withUnsafeMutableBytes { unsafe input.read(into: $0) }.count == nil
                && !input.isComplete)
        #expect(unsafe truncate(directory.path("f"), 80) == 0)
        #expect(
            unsafe buffer.withUnsafeMutableBytes { unsafe input.read(into: $0) }.count == 30
                && input.isComplete)
    }

    @Test("an answer that comes before the body is sent, and a connection that breaks meanwhile, are told")
    func early() throws {
        let server = try WebServer()
        let world = try World(server)
        let early = try post(world, "http://a.test:\(server.port)/early", .bytes(large))
        #expect(early.head?.status == 413 || early.code == .networkUnreachable)
        let cut = try post(world, "http://a.test:\(server.port)/cut-while-sending", .bytes(large))
        #expect(cut.code == .networkUnreachable && cut.head == nil)
    }
}

extension StreamStep {
    fileprivate var count: Int? { if case .moved(let count) = self { count } else { nil } }
}

@Suite struct DescriptorTests {
    private func run(_ world: World, _ url: String, output: consuming OwnedDescriptor) throws -> Fetched {
        let transfer = try world.client.start(
            NetworkRequest(url: url), for: World.app, under: world.policy, output: output)
        return Fetched.rest(of: transfer, body: [])
    }

    @Test("N-19: a body can go to a file and to a socket")
    func kinds() throws {
        let server = try WebServer()
        let world = try World(server)
        let file = try OwnedDescriptor.memoryFile("body")
        let url = "http://a.test:\(server.port)/bytes/1000000"
        #expect(try run(world, url, output: try file.duplicate()).end.failure == nil)
        try file.seek(to: 0)
        #expect(try file.readToEnd(limit: 1 << 21, describedAs: "it").count == 1_000_000)

        var pair: [Int32] = [-1, -1]
        #expect(unsafe socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &pair) == 0)
        let reader = OwnedDescriptor(owning: pair[0])
        let transfer = try world.client.start(
            NetworkRequest(url: url), for: World.app, under: world.policy,
            output: OwnedDescriptor(owning: pair[1]))
        #expect(try reader.readToEnd(limit: 1 << 21, describedAs: "it").count == 1_000_000)
        #expect(Fetched.rest(of: transfer, body: []).end.failure == nil)
    }

    @Test("N-19: other descriptors are refused, and those open the other way")
    func refused() throws {
        let server = try WebServer()
        let world = try World(server)
        let directory = try TemporaryDirectory()
        try directory.write([1], to: "f")
        var pipe = try Pipe()
        let url = "http://a.test:\(server.port)/ok"
        let outputs = [
            unsafe open("/dev/null", O_WRONLY), unsafe open("/dev/null", O_RDWR),
            unsafe open(directory.path("f"), O_RDONLY),
            unsafe open(directory.path, O_RDONLY), unsafe open(directory.path("f"), 0o10_000_000 | O_RDWR),
            try pipe.takeReader().release(), yun_event_counter(), -1,
        ]
        for number in outputs {
            let fetched = try run(world, url, output: OwnedDescriptor(owning: number))
            #expect(fetched.code == .networkRequest && fetched.end.wire == WireBytes(), "\(number)")
        }
        for number in [
            try pipe.takeWriter().release(), unsafe open("/dev/zero", O_RDONLY),
            unsafe open(directory.path, O_RDONLY),
        ] {
            let fetched = try world.fetch(url) { request in
                request.method = try RequestMethod("POST")
                request.body = .stream(SharedDescriptor(OwnedDescriptor(owning: number)))
            }
            #expect(fetched.code == .networkRequest, "\(number)")
        }
        #expect(try directory.read("f") == [1])
    }

    @Test("N-19: nobody writes or sends with our rights into what is no plain file, or to a service's socket")
    func borrowedRights() throws {
        let server = try WebServer()
        let world = try World(server)
        let url = "http://a.test:\(server.port)/ok"
        let directory = try TemporaryDirectory()
        let listening = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        let service = OwnedDescriptor(owning: listening)
        let client = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { path in
            unsafe path.copyBytes(from: directory.path("service").utf8)
        }
        let size = socklen_t(MemoryLayout<sockaddr_un>.size)
        let result = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe bind(listening, pointer, size) + listen(listening, 1) + connect(client, pointer, size)
            }
        }
        #expect(result == 0)
        let accepted = accept(listening, nil, nil)
        let name = try OwnedDescriptor.open("/proc/self/comm", .read).readToEnd(limit: 100, describedAs: "it")
        for number in [
            unsafe open("/proc/self/comm", O_RDWR), unsafe open("/proc/self/mem", O_RDWR), client, accepted,
            socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0), socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0),
        ] {
            #expect(number >= 0)
            let copy = OwnedDescriptor(owning: yun_fcntl_dupfd(number, 3))
            #expect(
                try run(world, url, output: OwnedDescriptor(owning: number)).code == .networkRequest,
                "\(number)")
            let sent = try world.fetch(url) { request in
                request.method = try RequestMethod("POST")
                request.body = .stream(SharedDescriptor(try copy.duplicate()))
            }
            #expect(sent.code == .networkRequest, "\(number)")
        }
        _ = consume service
        #expect(
            try OwnedDescriptor.open("/proc/self/comm", .read).readToEnd(limit: 100, describedAs: "it")
                == name)
    }

    @Test("N-19: a file that takes no more is told")
    func unwritable() throws {
        let server = try WebServer()
        let world = try World(server)
        let file = try OwnedDescriptor.memoryFile("body")
        // No file is longer.
        _ = lseek(file.number, Int(Int64.max) - 1, SEEK_SET)
        let fetched = try run(world, "http://a.test:\(server.port)/bytes/100000", output: file)
        #expect(fetched.code == .outputUnwritable, "\(String(describing: fetched.end.failure))")
    }

    @Test("N-16: whoever closes the reading end ends the transfer, whether or not something arrives")
    func closing() throws {
        let server = try WebServer()
        let world = try World(server)
        for path in ["endless", "stall", "silent"] {
            let running = try world.start(NetworkRequest(url: "http://a.test:\(server.port)/\(path)"))
            if path != "silent" { #expect(try running.reader.read(upTo: 5).count == 5) }
            let transfer = running.transfer
            _ = consume running
            #expect(Fetched.rest(of: transfer, body: []).code == .networkCancelled, "\(path)")
        }
    }

    @Test(
        "N-16: cancelling ends it in every state: waiting, connecting, sending, receiving, with a full pipe")
    func cancelling() throws {
        let server = try WebServer()
        let world = try World(server)
        for path in ["silent", "stall", "endless"] {
            let running = try world.start(NetworkRequest(url: "http://a.test:\(server.port)/\(path)"))
            if path != "silent" { #expect(try running.reader.read(upTo: 5).count == 5) }
            running.transfer.cancel()
            running.transfer.cancel()
            #expect(Fetched.rest(of: running.transfer, body: []).code == .networkCancelled, "\(path)")
        }
        var pipe = try Pipe()
        var request = NetworkRequest(url: "http://a.test:\(server.port)/mirror")
        request.method = try RequestMethod("POST")
        request.body = .stream(SharedDescriptor(try pipe.takeReader()))
        let sending = try world.start(request)
        try pipe.writer?.write([1, 2, 3])
        sending.transfer.cancel()
        #expect(try sending.finish().code == .networkCancelled)

        let listener = try Listener()
        let slow = try World(answers: ["a.test:\(listener.port):127.0.0.1"])
        let connecting = try slow.start(NetworkRequest(url: "https://a.test:\(listener.port)/"))
        connecting.transfer.cancel()
        #expect(try connecting.finish().code == .networkCancelled)
    }

    @Test("the end stays the end, and the descriptor readable")
    func events() throws {
        let server = try WebServer()
        let world = try World(server)
        let running = try world.start(NetworkRequest(url: "http://a.test:\(server.port)/ok"))
        let (transfer, text) = (running.transfer, try running.finish().text)
        #expect(text == "hello")
        for _ in 0..<3 {
            guard case .end = transfer.next() else {
                Issue.record("no end")
                return
            }
            #expect(Readiness.wait([(transfer.readiness, POLLIN)], milliseconds: 0)[0] & POLLIN != 0)
        }
    }

    @Test("N-19: a socket that waits when it is full does not make us wait")
    func blockingSocket() throws {
        let server = try WebServer()
        let world = try World(server)
        var pair: [Int32] = [-1, -1]
        #expect(unsafe socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &pair) == 0)
        let reader = OwnedDescriptor(owning: pair[0])
        let transfer = try world.client.start(
            NetworkRequest(url: "http://a.test:\(server.port)/endless"), for: World.app, under: world.policy,
            output: OwnedDescriptor(owning: pair[1]))
        #expect(try reader.read(upTo: 2_000_000).count == 2_000_000)
        transfer.cancel()
        #expect(Fetched.rest(of: transfer, body: []).code == .networkCancelled)
    }
}
