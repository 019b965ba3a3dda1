import Platform
import Support
import Synchronization
import Varlink
import YunCore

/// A broker that keeps what it is told, and answers like the real one, over a real socket.
final class FakeBroker: Sendable {
    struct Seen: Equatable {
        var values: [String: String] = [:]
        var opened: [String] = []
        var taken: [String] = []
        var posted: [String] = []
    }

    struct Link: Codable {
        var uri: String
        var event: String?
        var data: String?

        var line: String { [uri, event ?? "-", data ?? "-"].joined(separator: " ") }
    }

    private let directory: TemporaryDirectory
    private let server: Server<FakeBroker.State>
    private let state: State

    final class State: Sendable {
        let seen = Mutex(Seen())
        let watched: Mutex<[String]>

        init(events: [String]) { watched = Mutex(events) }
    }

    var path: String { directory.path("broker") }
    var seen: Seen { state.seen.withLock { $0 } }

    /// - Parameter events: what a page is told, by name.
    init(events: [String] = []) throws {
        directory = try TemporaryDirectory()
        let state = State(events: events)
        self.state = state
        let interfaces = try ["device", "network", "notification", "page", "permission", "storage"].map {
            let path = "\(Checkout.path)/spec/varlink/com.yunos.\($0).varlink"
            return String(
                decoding: try OwnedDescriptor.open(path, .read).readToEnd(limit: 1 << 20, describedAs: path),
                as: UTF8.self)
        }
        let service = try Service<State>(
            .init(vendor: "Example", product: "Fake", version: "1", url: "https://example.com"),
            interfaces: interfaces,
            methods: Self.pageMethods + Self.storageMethods + Self.otherMethods + [Self.request])
        server = Server(
            try ListeningSocket("broker", in: AnchoredDirectory(at: directory.path)), service,
            places: [try Places(8)]
        ) { _ throws(Failure) in state }
        try server.start()
    }

    deinit { server.stop() }

    private typealias Call = Exchange<State>

    private struct Event: Codable {
        var number: Int
        var instance = 7
        var event: String
        var link: Link?
        var content: String?
        var level: String?
    }
    private struct Taken: Codable {
        let instance: Int
        let number: Int
        let handled: Bool?
    }
    private struct Opening: Codable { let link: Link }

    private static let pageMethods: [Method<State>] = [
        Method("com.yunos.page.Watch") { (_: Nothing, call: Call) throws(Failure) -> Nothing in
            guard call.wantsMore else { throw Failure(.usage, "events come one after the other") }
            for (index, name) in call.context.watched.withLock({ $0 }).enumerated() {
                var event = Event(number: index + 1, event: name)
                if name == "create" { event.content = "bin/app" }
                if name == "trim_memory" { event.level = "critical" }
                if name == "link" {
                    event.link = Link(
                        uri: "page://notes.yunos.com/main?note=3", event: "link", data: "\u{8336} \"x\"")
                }
                try call.reply(event, continues: true)
            }
            call.waitForHangup()
            throw Failure(.pageEnded, "the caller has hung up")
        },
        Method("com.yunos.page.Taken") { (taken: Taken, call: Call) throws(Failure) -> Nothing in
            let handled = taken.handled.map { " \($0)" } ?? ""
            call.context.seen.withLock { $0.taken.append("\(taken.instance) \(taken.number)\(handled)") }
            return Nothing()
        },
        Method("com.yunos.page.Open") { (opening: Opening, call: Call) throws(Failure) -> Nothing in
            guard opening.link.uri.hasPrefix("page://") else {
                throw Failure(.linkMalformed, "\(opening.link.uri) is no page", hint: "begin with page://")
            }
            call.context.seen.withLock { $0.opened.append(opening.link.line) }
            return Nothing()
        },
    ]

    private struct Key: Codable { let key: String }
    private struct Value: Codable {
        let key: String
        let value: String
        let version: Int
    }
    private struct Found: Codable { let value: Value? }
    private struct Listed: Codable {
        let values: [Value]
        let complete: Bool
    }
    private struct Prefix: Codable { let prefix: String }
    private struct Change: Codable {
        let key: String
        let value: String?
        let expected: Int?
    }
    private struct Changes: Codable { let changes: [Change] }
    private struct Committed: Codable {
        let done: Bool
        let version: Int
    }
    private struct Path: Codable {
        let path: String
        var text: String?
    }
    private struct Size: Codable { let size: Int }

    private static let storageMethods: [Method<State>] = [
        Method("com.yunos.storage.Get") { (wanted: Key, call: Call) throws(Failure) -> Found in
            let value = call.context.seen.withLock { $0.values[wanted.key] }
            return Found(value: value.map { Value(key: wanted.key, value: $0, version: 5) })
        },
        Method("com.yunos.storage.Commit") { (changes: Changes, call: Call) throws(Failure) -> Committed in
            let isConflict = changes.changes.contains { $0.expected == 99 }
            call.context.seen.withLock { seen in
                for change in changes.changes where !isConflict { seen.values[change.key] = change.value }
            }
            return Committed(done: !isConflict, version: 6)
        },
        Method("com.yunos.storage.List") { (wanted: Prefix, call: Call) throws(Failure) -> Listed in
            let values = call.context.seen.withLock { seen in
                seen.values.filter { $0.key.hasPrefix(wanted.prefix) }.sorted { $0.key < $1.key }
            }
            return Listed(
                values: values.map { Value(key: $0.key, value: $0.value, version: 5) }, complete: true)
        },
        Method("com.yunos.storage.ReadFile") { (file: Path, call: Call) throws(Failure) -> Size in
            let content = try OwnedDescriptor.memoryFile("content")
            try content.write(Array("content of \(file.path)".utf8))
            try content.seek(to: 0)
            try call.reply(Size(size: 11 + file.path.utf8.count), descriptors: [content.number])
            return Size(size: 0)
        },
        Method("com.yunos.storage.WriteFile") { (file: Path, call: Call) throws(Failure) -> Size in
            let bytes = try call.descriptor(0).descriptor.readToEnd(limit: 1000, describedAs: "file")
            call.context.seen.withLock { $0.values[file.path] = String(decoding: bytes, as: UTF8.self) }
            return Size(size: bytes.count)
        },
    ]

    private struct Posting: Codable {
        let title: String
        let text: String
        let tag: String?
        let link: Link?
    }
    private struct Number: Codable { let number: Int }
    private struct Name: Codable { let name: String }
    private struct Answer: Codable { let state: String }
    private struct Standing: Codable {
        let name: String
        let state: String
    }
    private struct Permissions: Codable { let permissions: [Standing] }
    private struct Device: Codable {
        var model = "Ctyon A1"
        var language = "zh-CN"
        var network = "cellular"
    }

    private static let otherMethods: [Method<State>] = [
        Method("com.yunos.device.Get") { (_: Nothing, _: Call) throws(Failure) in Device() },
        Method("com.yunos.notification.Post") { (posting: Posting, call: Call) throws(Failure) -> Number in
            let line = [posting.title, posting.text, posting.tag ?? "-", posting.link?.line ?? "-"]
            call.context.seen.withLock { $0.posted.append(line.joined(separator: "|")) }
            return Number(number: 41)
        },
        Method("com.yunos.permission.List") { (_: Nothing, _: Call) throws(Failure) in
            Permissions(permissions: [
                Standing(name: "CAMERA.permission.yunos.com", state: "ask"),
                Standing(name: "NETWORK.permission.yunos.com", state: "granted"),
            ])
        },
        Method("com.yunos.permission.Ask") { (asked: Name, _: Call) throws(Failure) -> Answer in
            Answer(state: asked.name.hasPrefix("CAMERA") ? "denied" : "granted")
        },
    ]

    private struct Header: Codable {
        let name: String
        let value: String
    }
    private struct Asked: Codable {
        let method: String
        let url: String
        let headers: [Header]
        let body: Bool?
        let redirect: String?
    }
    private struct Answered: Codable {
        var status: Int?
        var url: String?
        var headers: [Header]?
        var received: Int?
        var sent: Int?
    }

    /// What was asked comes back as the body.
    private static let request = Method("com.yunos.network.Request") {
        (asked: Asked, call: Call) throws(Failure) -> Answered in
        guard asked.url.hasPrefix("https://") else {
            throw Failure(.networkNotAllowed, "\(asked.url) is not declared", hint: "declare it")
        }
        let sent =
            asked.body == true
            ? try call.descriptor(0).descriptor.readToEnd(limit: 1000, describedAs: "body") : []
        let body = try OwnedDescriptor.memoryFile("body")
        let headers = asked.headers.map { "\($0.name): \($0.value)\n" }.joined()
        try body.write(Array("\(asked.method) \(asked.redirect ?? "-")\n\(headers)".utf8) + sent)
        try body.seek(to: 0)
        try call.reply(
            Answered(status: 200, url: asked.url, headers: [Header(name: "server", value: "fake")]),
            descriptors: [body.number], continues: true)
        return Answered(received: 10, sent: sent.count)
    }
}
