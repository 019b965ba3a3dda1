import CLinux
import Glibc
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
        var values: [String: FakeValue] = [:]
        var version = 0
        var files: [String: [UInt8]] = ["a/b.bin": Array(0...255), "note.txt": Array("你好\n".utf8)]
        var watchers: [Inbox<FakeChange?>] = []
        /// How many events each instance was sent.
        var eventCounts: [Int: Int] = [:]
        /// Of the bodies of `/huge`.
        var bodyBytes = 0
    }

    let state = Mutex(State())
    private let events: Inbox<FakeEvent?>
    private let server: Mutex<Server<Int32>?> = Mutex(nil)
    let path: String

    init(in directory: AnchoredDirectory) throws {
        // Pages let go of bodies that are being written.
        CurrentProcess.ignoreBrokenPipes()
        events = try Inbox()
        path = directory.path(of: "broker")
        let texts = try ["device", "network", "notification", "page", "permission", "storage"].map { name in
            let bytes = try OwnedDescriptor.open(
                "\(Checkout.path)/spec/varlink/com.yunos.\(name).varlink", .read
            )
            .readToEnd(limit: 1 << 20, describedAs: name)
            return String(decoding: bytes, as: UTF8.self)
        }
        let service = try Service<Int32>(
            .init(vendor: "Example", product: "Broker", version: "1", url: "https://example.com"),
            interfaces: texts,
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
        _ event: String, _ instance: Int = 1, uri: String? = nil, name: String? = nil, data: String? = nil,
        content: String? = nil
    ) -> Int {
        let number = state.withLock { state in
            state.eventCounts[instance, default: 0] += 1
            return state.eventCounts[instance, default: 0]
        }
        events.send(
            FakeEvent(
                number: number, instance: instance, event: event,
                link: uri.map { FakeLink(uri: $0, event: name, data: data) }, content: content,
                title: event == "create" ? "A page" : nil, level: event == "trim_memory" ? "low" : nil))
        return number
    }

    /// Sends an event and waits until it was dealt with.
    func sendAndWait(
        _ event: String, _ instance: Int = 1, uri: String? = nil, name: String? = nil, data: String? = nil,
        content: String? = nil
    ) throws {
        let number = send(event, instance, uri: uri, name: name, data: data, content: content)
        try wait(for: "taken \(instance).\(number)")
    }

    /// Opens a page as far as it is shown.
    func open(_ content: String, _ instance: Int = 1, uri: String = "page://app.example.com/main") throws {
        try sendAndWait("create", instance, uri: uri, content: content)
        try sendAndWait("start", instance)
        try sendAndWait("show", instance)
    }
}

struct FakeLink: Codable, Sendable {
    let uri: String
    let event: String?
    let data: String?
}

struct FakeEvent: Codable, Sendable {
    let number: Int
    let instance: Int
    let event: String
    let link: FakeLink?
    let content: String?
    let title: String?
    let level: String?
}

struct FakeValue: Codable, Sendable {
    let key: String
    let value: String
    let version: Int
}

struct FakeChange: Codable, Sendable {
    let key: String
    let value: String?
    let version: Int
}

private struct Number: Codable { let number: Int }
private struct Taken: Codable {
    let instance: Int
    let number: Int
    let handled: Bool?
}
private struct Instance: Codable { let instance: Int }
private struct Hold: Codable {
    let instance: Int
    let reason: String
}
private struct Open: Codable { let link: FakeLink }

// MARK: Pages

extension FakeBroker {
    fileprivate var pageMethods: [Method<Int32>] {
        [
            Method("com.yunos.page.Watch") { [self] (_: Nothing, exchange) throws(Failure) -> Nothing in
                note("watch")
                while true {
                    for event in events.receive() {
                        guard let event else { return Nothing() }
                        try exchange.reply(event, continues: true)
                    }
                }
            },
            Method("com.yunos.page.Taken") { [self] (taken: Taken, _) throws(Failure) in
                note("taken \(taken.instance).\(taken.number)")
                if taken.handled == false { note("unhandled \(taken.instance).\(taken.number)") }
                return Nothing()
            },
            Method("com.yunos.page.Open") { [self] (open: Open, _) throws(Failure) in
                guard open.link.uri.hasPrefix("page://") else {
                    throw Failure(.usage, "this is no page", hint: "write page://")
                }
                note("open \(open.link.uri) \(open.link.event ?? "-") \(open.link.data ?? "-")")
                return Nothing()
            },
            Method("com.yunos.page.Close") { [self] (close: Instance, _) throws(Failure) in
                note("close \(close.instance)")
                return Nothing()
            },
            Method("com.yunos.page.Hold") { [self] (hold: Hold, exchange) throws(Failure) in
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

private struct Key: Codable { let key: String }
private struct Prefix: Codable {
    let prefix: String
    let after: String?
    let limit: Int?
}
private struct Found: Codable { let value: FakeValue? }
private struct Listing: Codable {
    let values: [FakeValue]
    let complete: Bool
}
private struct Change: Codable {
    let key: String
    let value: String?
    let expected: Int?
}
private struct Changes: Codable { let changes: [Change] }
private struct Commit: Codable {
    let done: Bool
    let version: Int
}
private struct Usage: Codable {
    let values: Int
    let values_limit: Int
    let files: Int
    let files_limit: Int
}

extension FakeBroker {
    fileprivate var storageMethods: [Method<Int32>] {
        [
            Method("com.yunos.storage.Get") { [self] (get: Key, _) throws(Failure) in
                guard get.key != "" else {
                    throw Failure(.usage, "a key is not empty", hint: "give it a name")
                }
                return Found(value: state.withLock { $0.values[get.key] })
            },
            Method("com.yunos.storage.Commit") { [self] (commit: Changes, _) throws(Failure) in
                guard !commit.changes.contains(where: { $0.key == "full" }) else {
                    throw Failure(.noSpace, "there is no room", hint: "remove something")
                }
                return self.commit(commit.changes)
            },
            Method("com.yunos.storage.List") { [self] (list: Prefix, _) throws(Failure) in
                let all = state.withLock { $0.values.values }
                    .filter { $0.key.hasPrefix(list.prefix) && $0.key > list.after ?? "" }
                    .sorted { $0.key < $1.key }
                let values = Array(all.prefix(list.limit ?? 100))
                return Listing(values: values, complete: values.count == all.count)
            },
            Method("com.yunos.storage.Watch") { [self] (watch: Prefix, exchange) throws(Failure) -> Nothing in
                let inbox = try Inbox<FakeChange?>()
                state.withLock { $0.watchers.append(inbox) }
                note("watching \(watch.prefix)")
                while true {
                    for change in inbox.receive() {
                        guard let change else { return Nothing() }
                        guard change.key.hasPrefix(watch.prefix) else { continue }
                        try exchange.reply(change, continues: true)
                    }
                }
            },
            Method("com.yunos.storage.Usage") { (_: Nothing, _) throws(Failure) in
                Usage(values: 1, values_limit: 2, files: 3, files_limit: 4)
            },
        ]
    }

    private func commit(_ changes: [Change]) -> Commit {
        state.withLock { state in
            let isExpected = changes.allSatisfy { change in
                change.expected == nil || change.expected == state.values[change.key]?.version ?? 0
            }
            guard isExpected else { return Commit(done: false, version: state.version) }
            state.version += 1
            for change in changes {
                state.values[change.key] = change.value.map {
                    FakeValue(key: change.key, value: $0, version: state.version)
                }
                let told = FakeChange(key: change.key, value: change.value, version: state.version)
                for watcher in state.watchers { watcher.send(told) }
            }
            return Commit(done: true, version: state.version)
        }
    }
}

// MARK: Files

private struct Path: Codable { let path: String }
private struct Move: Codable {
    let path: String
    let to: String
    let replace: Bool?
}
private struct Remove: Codable {
    let path: String
    let recursive: Bool?
}
private struct Size: Codable { let size: Int }
private struct File: Codable {
    let name: String
    let kind: String
    let size: Int
    let modified: Int
}
private struct Files: Codable {
    let files: [File]
    let complete: Bool
}
private struct Listed: Codable {
    let path: String
    let after: String?
    let limit: Int?
}

extension FakeBroker {
    fileprivate var fileMethods: [Method<Int32>] {
        [
            Method("com.yunos.storage.ReadFile") { [self] (read: Path, exchange) throws(Failure) in
                guard let bytes = state.withLock({ $0.files[read.path] }) else {
                    throw Failure(.fileUnknown, "there is no file \(read.path.escaped)")
                }
                let file = try OwnedDescriptor.memoryFile("file")
                try file.write(bytes)
                try file.seek(to: 0)
                let size = Size(size: bytes.count)
                try exchange.reply(size, descriptors: [file.number])
                return size
            },
            Method("com.yunos.storage.WriteFile") { [self] (write: Path, exchange) throws(Failure) in
                guard write.path != "full" else { throw Failure(.noSpace, "there is no room") }
                let bytes = try exchange.descriptor(0).descriptor.readToEnd(
                    limit: 64 << 20, describedAs: "body")
                state.withLock { $0.files[write.path] = bytes }
                return Size(size: bytes.count)
            },
            Method("com.yunos.storage.ListFiles") { [self] (list: Listed, _) throws(Failure) in
                guard list.path != "gone" else { throw Failure(.fileUnknown, "there is no directory gone") }
                let all = state.withLock { $0.files }.sorted { $0.key < $1.key }.filter {
                    $0.key > list.after ?? ""
                }
                let files = all.prefix(list.limit ?? 100).map { path, bytes in
                    File(name: path, kind: "file", size: bytes.count, modified: 7)
                }
                return Files(files: files, complete: files.count == all.count)
            },
            Method("com.yunos.storage.MakeDirectory") { [self] (path: Path, _) throws(Failure) in
                guard path.path != "full" else { throw Failure(.noSpace, "there is no room") }
                note("make \(path.path)")
                return Nothing()
            },
            Method("com.yunos.storage.MoveFile") { [self] (move: Move, _) throws(Failure) in
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
            Method("com.yunos.storage.RemoveFile") { [self] (path: Remove, _) throws(Failure) in
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

private struct Post: Codable {
    let title: String
    let text: String
    let tag: String?
    let link: FakeLink?
}
private struct Device: Codable {
    let model: String
    let language: String
    let network: String
}
private struct Permission: Codable {
    let name: String
    let state: String
}
private struct Permissions: Codable { let permissions: [Permission] }
private struct PermissionName: Codable { let name: String }
private struct PermissionState: Codable { let state: String }

extension FakeBroker {
    fileprivate var phoneMethods: [Method<Int32>] {
        [
            Method("com.yunos.notification.Post") { [self] (post: Post, _) throws(Failure) in
                guard !post.title.isEmpty else { throw Failure(.usage, "a notification has a title") }
                note("post \(post.title) \(post.text) \(post.tag ?? "-") \(post.link?.uri ?? "-")")
                return Number(number: 7)
            },
            Method("com.yunos.notification.Withdraw") { [self] (number: Number, _) throws(Failure) in
                note("withdraw \(number.number)")
                return Nothing()
            },
            Method("com.yunos.device.Get") { (_: Nothing, _) throws(Failure) in
                Device(model: "Coolpad 8720", language: "zh-CN", network: "cellular")
            },
            Method("com.yunos.permission.List") { (_: Nothing, _) throws(Failure) in
                Permissions(permissions: [Permission(name: "NETWORK.permission.yunos.com", state: "granted")])
            },
            Method("com.yunos.permission.Ask") { [self] (ask: PermissionName, exchange) throws(Failure) in
                note("ask \(ask.name)")
                if ask.name == "SLOW" { _ = yun_wait_readable(exchange.hangupDescriptor, -1) }
                guard ask.name.hasSuffix("permission.yunos.com") else {
                    throw Failure(.usage, "the manifest does not ask for it")
                }
                return PermissionState(state: ask.name.hasPrefix("NO") ? "denied" : "granted")
            },
        ]
    }
}
