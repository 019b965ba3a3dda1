import Glibc
import Manifest
import Platform
import Support
import Synchronization
import Testing
import YunCore

@testable import AppNetwork

@Suite struct FairnessTests {
    private func other() throws -> Domain { try Domain("other.example.com") }

    @Test("N-14: an app whose lanes are all held up waits; another one does not")
    func isolation() throws {
        let server = try WebServer()
        let world = try World(server)
        let base = "http://a.test:\(server.port)"
        var held: [Transfer] = []
        var readers: [SharedDescriptor] = []
        for index in 0..<AppTraffic.lanesMax {
            // Half of them do not read, half wait for a server that says nothing.
            var pipe = try Pipe()
            held.append(
                try world.client.start(
                    NetworkRequest(url: "\(base)/\(index.isMultiple(of: 2) ? "endless" : "stall")"),
                    for: World.app,
                    under: world.policy, output: try pipe.takeWriter()))
            readers.append(SharedDescriptor(try pipe.takeReader()))
        }
        for transfer in held {
            guard case .head = transfer.next() else { throw Failure(.internalError, "no head") }
        }
        let waiting = try world.start(NetworkRequest(url: "\(base)/ok"))
        #expect(try world.fetch("\(base)/ok", for: other()).text == "hello")
        #expect(Readiness.wait([(waiting.transfer.readiness, POLLIN)], milliseconds: 0)[0] == 0)
        held[0].cancel()
        #expect(try waiting.finish().text == "hello")
        world.client.cancelAll(of: World.app)
        for transfer in held { #expect(Fetched.rest(of: transfer, body: []).code == .networkCancelled) }
        withExtendedLifetime(readers) {}
    }

    @Test("N-14: beyond those that may wait, requests are refused; a cancelled one gives its place away")
    func queue() throws {
        let server = try WebServer()
        let world = try World(server)
        let request = NetworkRequest(url: "http://a.test:\(server.port)/silent")
        var all: [Transfer] = []
        func start() throws {
            let output = try OwnedDescriptor.memoryFile("body")
            all.append(try world.client.start(request, for: World.app, under: world.policy, output: output))
        }
        for _ in 0..<(AppTraffic.lanesMax + AppTraffic.waitingMax) { try start() }
        #expect(throws: Failure.self) { try start() }
        all[all.count - 1].cancel()
        #expect(Fetched.rest(of: all[all.count - 1], body: []).code == .networkCancelled)
        try start()
        world.client.close()
        for transfer in all { #expect(Fetched.rest(of: transfer, body: []).code == .networkCancelled) }
        #expect(throws: Failure.self) { try start() }
    }

    @Test("N-11: an app's own connection is used again, another's and one of another policy never")
    func connections() throws {
        let server = try WebServer(.good)
        let world = try World(server)
        let url = "https://a.test:\(server.port)/ok"
        func connection(_ world: World, _ app: Domain = World.app) throws -> String {
            try #require(try world.fetch(url, for: app).head?.value(of: "x-connection"))
        }
        let first = try connection(world)
        #expect(try connection(world) == first)
        let others = try connection(world, try other())
        #expect(others != first)
        var changed = world
        changed.policy = RequestPolicy(
            hosts: [], developmentHosts: try ["*.test", "localhost"].map { try DevelopmentHost($0) })
        let later = try connection(changed)
        #expect(later != first && later != others)
        #expect(try connection(world) != first)
    }

    @Test("N-16: what may not use the network any more keeps no connection either")
    func cutOff() throws {
        let server = try WebServer()
        let world = try World(server)
        let url = "http://a.test:\(server.port)"
        let first = try world.fetch("\(url)/ok").head?.value(of: "x-connection")
        #expect(try world.fetch("\(url)/ok").head?.value(of: "x-connection") == first)
        let running = try world.start(NetworkRequest(url: "\(url)/stall"))
        world.client.cancelAll(of: World.app)
        #expect(try running.finish().code == .networkCancelled)
        let second = try world.fetch("\(url)/ok").head?.value(of: "x-connection")
        #expect(second != first)
        world.client.cancelAll(of: World.app)
        #expect(try world.fetch("\(url)/ok").head?.value(of: "x-connection") != second)
    }

    @Test("N-16, N-18: who counts may also end what costs too much")
    func cutOffByMeter() throws {
        let server = try WebServer()
        let client = Mutex<NetworkClient?>(nil)
        let world = try World(server) { app, _, _ in client.withLock { $0 }?.cancelAll(of: app) }
        client.withLock { $0 = world.client }
        #expect(try world.fetch("http://a.test:\(server.port)/endless").code == .networkCancelled)
        client.withLock { $0 = nil }
    }

    @Test("N-13: memory does not grow with bodies that nobody reads, nor with bombs")
    func memory() throws {
        let server = try WebServer()
        let base = "http://127.0.0.1:\(server.port)"
        let urls = (0..<AppTraffic.lanesMax).map {
            "\(base)/\($0.isMultiple(of: 2) ? "gzip-endless" : "endless")"
        }
        var pipe = try Pipe()
        let writer = try pipe.takeWriter()
        let reader = try pipe.takeReader()
        let process = try ChildProcess(
            ["\(Checkout.programs)/network-bench"] + urls, descriptors: [-1, writer.number, 2])
        _ = consume writer
        // More than it could hold.
        for _ in 0..<4096 { #expect(try reader.read(upTo: 1 << 18).count == 1 << 18) }
        let status = String(
            decoding: try OwnedDescriptor.open("/proc/\(process.number)/smaps_rollup", .read)
                .readToEnd(limit: 1 << 16, describedAs: "it"), as: UTF8.self)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("Private_Dirty:") })
        let kibibytes = try #require(line.split(separator: " ").compactMap { Int($0) }.first)
        try process.signal(SIGKILL)
        _ = try process.wait()
        #expect(kibibytes < AppTraffic.lanesMax * 512, "\(kibibytes) KiB")
    }
}

@Suite struct MeterTests {
    @Test("N-18: what an app's connections carry is reported while they do, and adds up to what the ends say")
    func metering() throws {
        struct Report { let (app, kind, more): (Domain, NetworkKind, WireBytes) }
        let reports = Mutex<[Report]>([])
        let server = try WebServer(.good)
        let world = try World(server) { app, kind, more in
            reports.withLock { $0.append(Report(app: app, kind: kind, more: more)) }
        }
        let url = "https://a.test:\(server.port)/bytes/8000000"
        let running = try world.start(NetworkRequest(url: url))
        #expect(try running.reader.read(upTo: 4_000_000).count == 4_000_000)
        let early = reports.withLock { $0.reduce(0) { $0 + $1.more.in } }
        #expect(early > 1 << 20 && early < 8_000_000)
        var total = WireBytes()
        total += try running.finish().end.wire
        total += try world.fetch("https://a.test:\(server.port)/mirror") { request in
            request.method = try RequestMethod("POST")
            request.body = .bytes([UInt8](repeating: 0, count: 2_000_000))
        }.end.wire
        world.client.close()
        reports.withLock { reports in
            #expect(reports.allSatisfy { $0.app == World.app && $0.kind == .loopback })
            let sum = reports.reduce(into: WireBytes()) { $0 += $1.more }
            #expect(total.in > 10_000_000 && total.out > 2_000_000)
            // What a connection says when it closes comes after the last end.
            #expect(sum.in >= total.in && sum.in < total.in + 1000, "\(sum) \(total)")
            #expect(sum.out >= total.out && sum.out < total.out + 1000, "\(sum) \(total)")
        }
    }

    @Test(
        "N-18: what an interface is, by what the kernel says of it",
        arguments: [
            ("wlan0", "1", "DEVTYPE=wlan\nINTERFACE=wlan0\n", [], NetworkKind.wifi),
            ("wlp2s0", "1", "", ["wireless"], .wifi),
            ("mlan0", "1", "", ["phy80211"], .wifi), ("wwan0", "1", "DEVTYPE=wwan\n", [], .cellular),
            ("wwp0s20", "1", "DEVTYPE=wwan\n", [], .cellular), ("rmnet_data0", "519", "", [], .cellular),
            ("rmnet0", "530", "", [], .cellular), ("ppp0", "512", "", [], .cellular),
            ("wwan0", "65534", "", [], .cellular),
            ("eth0", "1", "INTERFACE=eth0\n", [], .ethernet), ("enp1s0", "1", "", [], .ethernet),
            ("lo", "772", "", [], .loopback), ("tun0", "65534", "", [], .other),
            ("sit0", "776", "", [], .other),
            ("odd0", "no number", "", [], .other), ("odd1", "", "", [], .other),
        ] as [(String, String, String, [String], NetworkKind)])
    func kinds(_ name: String, _ type: String, _ events: String, _ more: [String], _ kind: NetworkKind) throws
    {
        let classes = try TemporaryDirectory()
        try classes.write("\(type)\n".utf8, to: "\(name)/type")
        try classes.write(events.utf8, to: "\(name)/uevent")
        for entry in more { try classes.write([], to: "\(name)/\(entry)/x") }
        #expect(NetworkKind(interface: name, classes: classes.path) == kind)
    }

    private static let header = "Iface Destination Gateway Flags RefCnt Use Metric Mask MTU Window IRTT\n"
    private static let zeros = String(repeating: "0", count: 32)

    @Test(
        "N-18: the kind of network that carries requests now is that of the best default route",
        arguments: [
            (
                "wlan0 00000000 0101A8C0 0003 0 0 600 00000000 0 0 0\nwwan0 00000000 00000000 0001 0 0 700 00000000 0 0 0\n",
                "", NetworkKind.wifi
            ),
            (
                "wlan0 00000000 0101A8C0 0003 0 0 800 00000000 0 0 0\nwwan0 00000000 00000000 0001 0 0 700 00000000 0 0 0\n",
                "", .cellular
            ),
            ("wlan0 0001A8C0 00000000 0001 0 0 600 00FFFFFF 0 0 0\n", "", nil),
            ("wlan0 00000000 0101A8C0 0203 0 0 600 00000000 0 0 0\n", "", nil),
            ("wlan0 00000000 0101A8C0 0002 0 0 600 00000000 0 0 0\n", "", nil), ("", "", nil),
            ("odd\n", "odd 00\n", nil),
            (
                "", "Z 00 Z 00 Z 00000400 1 0 00000003 wwan0\nZ 00 Z 00 Z ffffffff 1 0 00200200 lo\n",
                .cellular
            ),
            ("", "Z 00 Z 00 Z 00000400 1 0 00000203 wwan0\n", nil),
        ] as [(String, String, NetworkKind?)])
    func defaultRoute(_ four: String, _ six: String, _ kind: NetworkKind?) throws {
        let directory = try TemporaryDirectory()
        try directory.write((Self.header + four).utf8, to: "route")
        try directory.write(six.replacing("Z", with: Self.zeros).utf8, to: "ipv6_route")
        for (name, events) in [("wlan0", "DEVTYPE=wlan\n"), ("wwan0", "DEVTYPE=wwan\n")] {
            try directory.write("1\n".utf8, to: "\(name)/type")
            try directory.write(events.utf8, to: "\(name)/uevent")
        }
        #expect(NetworkKind.current(routes: directory.path, classes: directory.path) == kind)
        #expect(NetworkKind.current(routes: directory.path("wlan0"), classes: directory.path) == nil)
    }

    @Test("N-18: an interface that is gone, or a socket without one, is of no known kind")
    func unknown() {
        #expect(NetworkKind(interface: "gone0") == .other)
        #expect(NetworkKind(socket: -1) == .other)
        #expect(NetworkKind(interface: "lo") == .loopback)
    }
}
