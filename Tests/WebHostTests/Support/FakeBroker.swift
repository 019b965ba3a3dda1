import CLinux
import Glibc
import PageManagerInterface
import Platform
import Support
import Synchronization
import Varlink
import YunCore

/// A broker that speaks the interfaces of `spec/varlink` as a page manager would, on a socket in a directory. It tells
/// what it was asked, in ``log``.
final class FakeBroker: Sendable {
    struct State {
        var log: [String] = []
        var values: [String: App.Storage.Value] = [:]
        var version = 0
        var files: [String: [UInt8]] = ["a/b.bin": Array(0...255), "note.txt": Array("你好\n".utf8)]
        var watchers: [Inbox<App.Storage.WatchReply?>] = []
        /// How many events each instance was sent.
        var eventCounts: [Int: Int] = [:]
        /// Of the bodies of `/huge`.
        var bodyBytes = 0
    }

    let state = Mutex(State())
    private let events: Inbox<App.Page.WatchReply?>
    private let server: Mutex<Server<Int32>?> = Mutex(nil)
    let path: String

    init(in directory: AnchoredDirectory) throws {
        // Pages let go of bodies that are being written.
        CurrentProcess.ignoreBrokenPipes()
        events = try Inbox()
        path = directory.path(of: "broker")
        let service = try Service<Int32>(
            .init(vendor: "Example", product: "Broker", version: "1", url: "https://example.com"),
            interfaces: App.texts,
            methods: pageMethods + storageMethods + fileMethods + phoneMethods + [request])
        let server = Server(
            try ListeningSocket("broker", in: directory), service, places: [try Places(64)]
        ) { socket throws(Failure) in try socket.peer().processID }
        try server.start()
        self.server.withLock { $0 = server }
    }

    /// Ends it as a crash would: every connection is gone.
    func stop() {
        events.send(nil)
        for watcher in state.withLock({ $0.watchers }) { watcher.send(nil) }
        server.withLock { server in
            server?.stop()
            server = nil
        }
    }

    func note(_ text: String) { state.withLock { $0.log.append(text) } }

    var log: [String] { state.withLock { $0.log } }

    /// Waits until something was asked for, ten seconds at most.
    func wait(for text: String) throws {
        for _ in 0..<1000 {
            if log.contains(text) { return }
            usleep(10_000)
        }
        throw Failure(.internalError, "nobody asked for \(text), but for \(log)")
    }

    /// Tells the host what becomes of a page.
    /// - Returns: the event's number.
    @discardableResult func send(
        _ event: App.Page.WatchReply.Event, _ instance: Int = 1, uri: String? = nil, name: String? = nil,
        data: String? = nil,
        content: String? = nil
    ) -> Int {
        let number = state.withLock { state in
            state.eventCounts[instance, default: 0] += 1
            return state.eventCounts[instance, default: 0]
        }
        events.send(
            App.Page.WatchReply(
                number: number, instance: instance, event: event,
                link: uri.map { Link(uri: $0, event: name, data: data) }, content: content,
                title: event == .create ? "A page" : nil, level: event == .trimMemory ? .low : nil))
        return number
    }

    /// Sends an event and waits until it was dealt with.
    func sendAndWait(
        _ event: App.Page.WatchReply.Event, _ instance: Int = 1, uri: String? = nil, name: String? = nil,
        data: String? = nil,
        content: String? = nil
    ) throws {
        let number = send(event, instance, uri: uri, name: name, data: data, content: content)
        try wait(for: "taken \(instance).\(number)")
    }

    /// Opens a page as far as it is shown.
    func open(_ content: String, _ instance: Int = 1, uri: String = "page://app.example.com/main") throws {
        try sendAndWait(.create, instance, uri: uri, content: content)
        try sendAndWait(.start, instance)
        try sendAndWait(.show, instance)
    }
}

// MARK: Pages

extension FakeBroker {
    fileprivate var pageMethods: [Method<Int32>] {
        [
            Method(App.Page.watch) { [self] _, exchange throws(Failure) in
                note("watch")
                while true {
                    for event in events.receive() {
                        guard let event else { throw Failure(.pageEnded, "the broker ends") }
                        try exchange.reply(event, continues: true)
                    }
                }
            },
            Method(App.Page.taken) { [self] taken, _ throws(Failure) in
                note("taken \(taken.instance).\(taken.number)")
                if taken.handled == false { note("unhandled \(taken.instance).\(taken.number)") }
                return Nothing()
            },
            Method(App.Page.open) { [self] open, _ throws(Failure) in
                guard open.link.uri.hasPrefix("page://") else {
                    throw Failure(.usage, "this is no page", hint: "write page://")
                }
                note("open \(open.link.uri) \(open.link.event ?? "-") \(open.link.data ?? "-")")
                return Nothing()
            },
            Method(App.Page.close) { [self] close, _ throws(Failure) in
                note("close \(close.instance)")
                return Nothing()
            },
            Method(App.Page.hold) { [self] hold, exchange throws(Failure) in
                guard hold.reason == "playback" else { throw Failure(.notAllowed, "this is not declared") }
                note("hold \(hold.instance)")
                try exchange.reply(Nothing(), continues: true)
                _ = yun_wait_readable(exchange.hangupDescriptor, -1)
                note("release \(hold.instance)")
                return Nothing()
            },
        ]
    }
}

// MARK: Storage

extension FakeBroker {
    fileprivate var storageMethods: [Method<Int32>] {
        [
            Method(App.Storage.get) { [self] get, _ throws(Failure) in
                guard get.key != "" else {
                    throw Failure(.usage, "a key is not empty", hint: "give it a name")
                }
                return .init(value: state.withLock { $0.values[get.key] })
            },
            Method(App.Storage.commit) { [self] commit, _ throws(Failure) in
                guard !commit.changes.contains(where: { $0.key == "full" }) else {
                    throw Failure(.noSpace, "there is no room", hint: "remove something")
                }
                return self.commit(commit.changes)
            },
            Method(App.Storage.list) { [self] list, _ throws(Failure) in
                let all = state.withLock { $0.values.values }
                    .filter { $0.key.hasPrefix(list.prefix) && $0.key > list.after ?? "" }
                    .sorted { $0.key < $1.key }
                let values = Array(all.prefix(list.limit ?? 100))
                return .init(values: values, complete: values.count == all.count)
            },
            Method(App.Storage.watch) { [self] watch, exchange throws(Failure) in
                let inbox = try Inbox<App.Storage.WatchReply?>()
                state.withLock { $0.watchers.append(inbox) }
                note("watching \(watch.prefix)")
                while true {
                    for change in inbox.receive() {
                        guard let change else { throw Failure(.pageEnded, "the broker ends") }
                        guard change.key?.hasPrefix(watch.prefix) == true else { continue }
                        try exchange.reply(change, continues: true)
                    }
                }
            },
            Method(App.Storage.usage) { _, _ throws(Failure) in
                .init(values: 1, valuesLimit: 2, files: 3, filesLimit: 4)
            },
        ]
    }

    private func commit(_ changes: [App.Storage.Change]) -> App.Storage.CommitReply {
        state.withLock { state in
            let isExpected = changes.allSatisfy { change in
                change.expected == nil || change.expected == state.values[change.key]?.version ?? 0
            }
            guard isExpected else { return .init(done: false, version: state.version) }
            state.version += 1
            for change in changes {
                state.values[change.key] = change.value.map {
                    App.Storage.Value(key: change.key, value: $0, version: state.version)
                }
                let told = App.Storage.WatchReply(
                    key: change.key, value: change.value, version: state.version)
                for watcher in state.watchers { watcher.send(told) }
            }
            return .init(done: true, version: state.version)
        }
    }
}

// MARK: Files

extension FakeBroker {
    fileprivate var fileMethods: [Method<Int32>] {
        [
            Method(App.Storage.readFile) { [self] read, exchange throws(Failure) in
                guard let bytes = state.withLock({ $0.files[read.path] }) else {
                    throw Failure(.fileUnknown, "there is no file \(read.path.escaped)")
                }
                let file = try OwnedDescriptor.memoryFile("file")
                try file.write(bytes)
                try file.seek(to: 0)
                let size = App.Storage.ReadFileReply(size: bytes.count)
                try exchange.reply(size, descriptors: [file.number])
                return size
            },
            Method(App.Storage.writeFile) { [self] write, exchange throws(Failure) in
                guard write.path != "full" else { throw Failure(.noSpace, "there is no room") }
                let bytes = try exchange.descriptor(0).descriptor.readToEnd(
                    limit: 64 << 20, describedAs: "body")
                state.withLock { $0.files[write.path] = bytes }
                return .init(size: bytes.count)
            },
            Method(App.Storage.listFiles) { [self] list, _ throws(Failure) in
                guard list.path != "gone" else { throw Failure(.fileUnknown, "there is no directory gone") }
                let all = state.withLock { $0.files }.sorted { $0.key < $1.key }.filter {
                    $0.key > list.after ?? ""
                }
                let files = all.prefix(list.limit ?? 100).map { path, bytes in
                    App.Storage.File(name: path, kind: .file, size: bytes.count, modified: 7)
                }
                return .init(files: files, complete: files.count == all.count)
            },
            Method(App.Storage.makeDirectory) { [self] path, _ throws(Failure) in
                guard path.path != "full" else { throw Failure(.noSpace, "there is no room") }
                note("make \(path.path)")
                return Nothing()
            },
            Method(App.Storage.moveFile) { [self] move, _ throws(Failure) in
                try state.withLock { state throws(Failure) in
                    guard move.replace == true || state.files[move.to] == nil else {
                        throw Failure(.outputExists, "there is such a file already")
                    }
                    guard let bytes = state.files.removeValue(forKey: move.path) else {
                        throw Failure(.fileUnknown, "there is no such file")
                    }
                    state.files[move.to] = bytes
                }
                return Nothing()
            },
            Method(App.Storage.removeFile) { [self] path, _ throws(Failure) in
                if path.recursive == true { note("remove all of \(path.path)") }
                guard state.withLock({ $0.files.removeValue(forKey: path.path) }) != nil else {
                    throw Failure(.fileUnknown, "there is no such file")
                }
                return Nothing()
            },
        ]
    }
}

// MARK: The phone

extension FakeBroker {
    fileprivate var phoneMethods: [Method<Int32>] {
        [
            Method(App.Notification.post) { [self] post, _ throws(Failure) in
                guard !post.title.isEmpty else { throw Failure(.usage, "a notification has a title") }
                note("post \(post.title) \(post.text) \(post.tag ?? "-") \(post.link?.uri ?? "-")")
                return .init(number: 7)
            },
            Method(App.Notification.withdraw) { [self] number, _ throws(Failure) in
                note("withdraw \(number.number)")
                return Nothing()
            },
            Method(App.Device.get) { _, _ throws(Failure) in
                .init(model: "Coolpad 8720", language: "zh-CN", network: .cellular)
            },
            Method(App.Permission.list) { _, _ throws(Failure) in
                .init(permissions: [.init(name: "NETWORK.permission.yunos.com", state: .granted)])
            },
            Method(App.Permission.ask) { [self] ask, exchange throws(Failure) in
                note("ask \(ask.name)")
                if ask.name == "SLOW" { _ = yun_wait_readable(exchange.hangupDescriptor, -1) }
                guard ask.name.hasSuffix("permission.yunos.com") else {
                    throw Failure(.usage, "the manifest does not ask for it")
                }
                return .init(state: ask.name.hasPrefix("NO") ? .denied : .granted)
            },
        ]
    }
}
