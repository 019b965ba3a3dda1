import Glibc
import Synchronization
import Testing
import Yun

@Suite struct SwiftClientTests {
    @Test("Values are set, read, listed and removed; what was expected and is not is told")
    func values() throws {
        let broker = try FakeBroker()
        let connection = try Connection(path: broker.path)
        let text = "\u{8336} \"quoted\" \\ \n\u{1F375} a\0b"
        #expect(try connection.storage.get(key: "draft") == nil)
        let done = try connection.storage.commit(changes: [.init(key: "draft", value: text)])
        #expect(done == .init(done: true, version: 6))
        #expect(try connection.storage.get(key: "draft")?.value == text)
        #expect(broker.seen.values == ["draft": text])
        let list = try connection.storage.list(prefix: "d")
        #expect(list.complete && list.values == [.init(key: "draft", value: text, version: 5)])
        let conflict = try connection.storage.commit(changes: [.init(key: "draft", value: "x", expected: 99)])
        #expect(!conflict.done)
        _ = try connection.storage.commit(changes: [.init(key: "draft")])
        #expect(broker.seen.values.isEmpty)
    }

    @Test("A failure of the broker is thrown with its code, line and hint, and the connection goes on")
    func failure() throws {
        let broker = try FakeBroker()
        let connection = try Connection(path: broker.path)
        let wanted = Failure(
            code: "link.malformed", message: "http://x is no page", hint: "begin with page://")
        #expect(throws: wanted) { try connection.page.open(link: .init(uri: "http://x")) }
        #expect(throws: Failure.self) { try connection.storage.makeDirectory(path: "not implemented") }
        try connection.page.open(link: .init(uri: "page://mobile.taobao.com/home", data: "tea"))
        #expect(broker.seen.opened == ["page://mobile.taobao.com/home - tea"])
    }

    @Test("Descriptors travel beside calls and replies") func descriptors() throws {
        let broker = try FakeBroker()
        let connection = try Connection(path: broker.path)
        #expect(throws: Failure.self) { try connection.storage.writeFile(path: "note") }
        let size = try connection.storage.readFile(path: "note")
        let file = try #require(connection.taken())
        #expect(connection.taken() == nil)
        #expect(size == 15)
        try connection.attach(file)
        #expect(try connection.storage.writeFile(path: "copy") == 15)
        close(file)
        #expect(broker.seen.values["copy"] == "content of note")
    }

    @Test("A request gives head, body and end in this order") func request() throws {
        let broker = try FakeBroker()
        let connection = try Connection(path: broker.path)
        var replies: [Network.RequestReply] = []
        var body: [UInt8] = []
        try connection.network.request(
            method: "GET", url: "https://example.com/", headers: [.init(name: "accept", value: "*/*")],
            redirect: .manual
        ) { reply in
            if let pipe = connection.takeDescriptor() { body = try pipe.readToEnd(limit: 1000) }
            replies.append(reply)
            return true
        }
        #expect(replies.map(\.status) == [200, nil])
        #expect(replies[0].headers == [.init(name: "server", value: "fake")])
        #expect(replies[1].received == 10)
        #expect(String(decoding: body, as: UTF8.self) == "GET manual\naccept: */*\n")
        let refused = #expect(throws: Failure.self) {
            try connection.network.request(method: "GET", url: "http://x", headers: []) { _ in true }
        }
        #expect(refused?.code == "network.not-allowed")
    }

    @Test("The phone, permissions and notifications are one call each") func others() throws {
        let broker = try FakeBroker()
        let connection = try Connection(path: broker.path)
        #expect(try connection.device.get().network == .cellular)
        #expect(try connection.permission.list().map(\.state) == [.ask, .granted])
        #expect(try connection.permission.ask(name: "CAMERA.permission.yunos.com") == .denied)
        let number = try connection.notification.post(
            title: "Tea", text: "is ready", link: .init(uri: "page://notes.yunos.com/main"))
        #expect(number == 41)
        #expect(broker.seen.posted == ["Tea|is ready|-|page://notes.yunos.com/main - -"])
    }

    static let events = ["create", "start", "link", "show", "trim_memory", "back_key", "dance", "destroy"]

    @Test("A page's events come in order, each acknowledged when it was dealt with, until the last one")
    func watching() throws {
        let broker = try FakeBroker(events: Self.events)
        var seen: [Page.WatchReply] = []
        try Page.watchAndWait(path: broker.path) { event in
            #expect(broker.seen.taken.count == seen.count)
            seen.append(event)
            return false
        }
        #expect(
            seen.map(\.event)
                == [.create, .start, .link, .show, .trimMemory, .backKey, .unknown, .destroy])
        #expect(seen[0].content == "bin/app" && seen[4].level == .critical)
        #expect(seen[2].link?.uri == "page://notes.yunos.com/main?note=3")
        #expect(
            broker.seen.taken == ["7 1", "7 2", "7 3", "7 4", "7 5", "7 6 false", "7 7", "7 8"])
    }

    @Test("Tasks call over brokers of their own, and watch at the same time") func tasks() async throws {
        let broker = try FakeBroker(events: Self.events)
        let path = broker.path
        async let watched: Void = Page.watch(path: path) { event in
            await Task.yield()
            return event.event == .backKey
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<4 {
                group.addTask {
                    let broker = try Broker(path: path)
                    for round in 0..<10 {
                        let key = "\(number).\(round)"
                        try await broker.run { connection in
                            _ = try connection.storage.commit(changes: [.init(key: key, value: key)])
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        try await watched
        #expect(broker.seen.values.count == 40)
        #expect(broker.seen.taken.contains("7 6 true"))
    }

    @Test("Where nobody listens, that is said with what to do") func nobody() throws {
        let failure = #expect(throws: Failure.self) { try Connection(path: "/nonexistent/broker") }
        #expect(failure?.code == "platform.unavailable" && failure?.hint != nil)
        let long = #expect(throws: Failure.self) {
            try Connection(path: "/" + String(repeating: "a", count: 200))
        }
        #expect(long?.code == "usage")
    }

    @Test("A call that is too long, or has too many descriptors, is not sent, and the next one is")
    func limits() throws {
        let broker = try FakeBroker()
        let connection = try Connection(path: broker.path)
        let long = String(repeating: "a", count: 5 << 20)
        let failure = #expect(throws: Failure.self) {
            try connection.storage.commit(changes: [.init(key: "a", value: long)])
        }
        #expect(failure?.code == "usage")
        for _ in 0..<16 { try connection.attach(0) }
        #expect(throws: Failure.self) { try connection.attach(0) }
        #expect(try connection.device.get().model == "Ctyon A1")
    }
}
