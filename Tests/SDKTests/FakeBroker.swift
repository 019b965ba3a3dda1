import PageManagerInterface
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
        let service = try Service<State>(
            .init(vendor: "Example", product: "Fake", version: "1", url: "https://example.com"),
            interfaces: App.texts,
            methods: Self.pageMethods + Self.storageMethods + Self.otherMethods + [Self.request])
        server = Server(
            try ListeningSocket("broker", in: AnchoredDirectory(at: directory.path)), service,
            places: [try Places(8)]
        ) { _ throws(Failure) in state }
        try server.start()
    }

    deinit { server.stop() }

    /// As ``App/Page/WatchReply``, with events of a newer page manager, too.
    private struct Event: Encodable {
        let number: Int
        let instance = 7
        let event: String
        var link: Link?
        var content: String?
        var level: String?
    }

    private static let pageMethods: [Method<State>] = [
        Method(App.Page.watch) { _, call throws(Failure) in
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
        Method(App.Page.taken) { taken, call throws(Failure) in
            let handled = taken.handled.map { " \($0)" } ?? ""
            call.context.seen.withLock { $0.taken.append("\(taken.instance) \(taken.number)\(handled)") }
            return Nothing()
        },
        Method(App.Page.open) { opening, call throws(Failure) in
            guard opening.link.uri.hasPrefix("page://") else {
                throw Failure(.linkMalformed, "\(opening.link.uri) is no page", hint: "begin with page://")
            }
            call.context.seen.withLock { $0.opened.append(opening.link.line) }
            return Nothing()
        },
    ]

    private static let storageMethods: [Method<State>] = [
        Method(App.Storage.get) { wanted, call throws(Failure) in
            let value = call.context.seen.withLock { $0.values[wanted.key] }
            return .init(value: value.map { .init(key: wanted.key, value: $0, version: 5) })
        },
        Method(App.Storage.commit) { changes, call throws(Failure) in
            let isConflict = changes.changes.contains { $0.expected == 99 }
            call.context.seen.withLock { seen in
                for change in changes.changes where !isConflict { seen.values[change.key] = change.value }
            }
            return .init(done: !isConflict, version: 6)
        },
        Method(App.Storage.list) { wanted, call throws(Failure) in
            let values = call.context.seen.withLock { seen in
                seen.values.filter { $0.key.hasPrefix(wanted.prefix) }.sorted { $0.key < $1.key }
            }
            return .init(
                values: values.map { .init(key: $0.key, value: $0.value, version: 5) }, complete: true)
        },
        Method(App.Storage.readFile) { file, call throws(Failure) in
            let content = try OwnedDescriptor.memoryFile("content")
            try content.write(Array("content of \(file.path)".utf8))
            try content.seek(to: 0)
            try call.reply(
                App.Storage.ReadFileReply(size: 11 + file.path.utf8.count), descriptors: [content.number])
            return .init(size: 0)
        },
        Method(App.Storage.writeFile) { file, call throws(Failure) in
            let bytes = try call.descriptor(0).descriptor.readToEnd(limit: 1000, describedAs: "file")
            call.context.seen.withLock { $0.values[file.path] = String(decoding: bytes, as: UTF8.self) }
            return .init(size: bytes.count)
        },
    ]

    private static let otherMethods: [Method<State>] = [
        Method(App.Device.get) { _, _ throws(Failure) in
            .init(model: "Ctyon A1", language: "zh-CN", network: .cellular)
        },
        Method(App.Notification.post) { posting, call throws(Failure) in
            let line = [posting.title, posting.text, posting.tag ?? "-", posting.link?.line ?? "-"]
            call.context.seen.withLock { $0.posted.append(line.joined(separator: "|")) }
            return .init(number: 41)
        },
        Method(App.Permission.list) { _, _ throws(Failure) in
            .init(permissions: [
                .init(name: "CAMERA.permission.yunos.com", state: .ask),
                .init(name: "NETWORK.permission.yunos.com", state: .granted),
            ])
        },
        Method(App.Permission.ask) { asked, _ throws(Failure) in
            .init(state: asked.name.hasPrefix("CAMERA") ? .denied : .granted)
        },
    ]

    /// What was asked comes back as the body.
    private static let request = Method<State>(App.Network.request) { asked, call throws(Failure) in
        guard asked.url.hasPrefix("https://") else {
            throw Failure(.networkNotAllowed, "\(asked.url) is not declared", hint: "declare it")
        }
        let sent =
            asked.body == true
            ? try call.descriptor(0).descriptor.readToEnd(limit: 1000, describedAs: "body") : []
        let body = try OwnedDescriptor.memoryFile("body")
        let headers = asked.headers.map { "\($0.name): \($0.value)\n" }.joined()
        try body.write(Array("\(asked.method) \(asked.redirect?.rawValue ?? "-")\n\(headers)".utf8) + sent)
        try body.seek(to: 0)
        try call.reply(
            App.Network.RequestReply(
                status: 200, url: asked.url, headers: [.init(name: "server", value: "fake")]),
            descriptors: [body.number], continues: true)
        return .init(received: 10, sent: sent.count)
    }
}

extension Link {
    fileprivate var line: String { [uri, event ?? "-", data ?? "-"].joined(separator: " ") }
}
