// Made by `make sdk` from spec/varlink; change it there.
// swift-format-ignore-file

extension Connection {
    /// `com.yunos.account`.
    public var account: Account { Account(connection: self) }
    /// `com.yunos.device`.
    public var device: Device { Device(connection: self) }
    /// `com.yunos.network`.
    public var network: Network { Network(connection: self) }
    /// `com.yunos.notification`.
    public var notification: Notification { Notification(connection: self) }
    /// `com.yunos.page`.
    public var page: Page { Page(connection: self) }
    /// `com.yunos.permission`.
    public var permission: Permission { Permission(connection: self) }
    /// `com.yunos.storage`.
    public var storage: Storage { Storage(connection: self) }
}

/// `com.yunos.account`; `spec/varlink` says more.
public struct Account {
    let connection: Connection

    /// What `Token` replies.
    public struct TokenReply: WireRecord {
        public var token: String
        public var scope: String
        public var subject: String
        public var server: String
        public var seconds: Int

        public init(token: String, scope: String, subject: String, server: String, seconds: Int) {
            self.token = token
            self.scope = scope
            self.subject = subject
            self.server = server
            self.seconds = seconds
        }

        public init(_ json: JSON) throws(Failure) {
            token = try json.member("token")
            scope = try json.member("scope")
            subject = try json.member("subject")
            server = try json.member("server")
            seconds = try json.member("seconds")
        }

        public var json: JSON {
            .object(["token": token.json, "scope": scope.json, "subject": subject.json, "server": server.json, "seconds": seconds.json])
        }
    }

    /// A token for the calling app alone. `scope` has names with blanks between them: `openid` to know the owner by `subject`,
    /// a text that no other app has for the same owner, `profile` to read the name, `storage.app` to use the app's own folder;
    /// the reply says what was given. The token is good for `seconds` at `server`, and ends when the owner signs out.
    public func token(scope: String) throws(Failure) -> TokenReply {
        let reply = try connection.call("com.yunos.account.Token", .object(["scope": scope.json]))
        return try TokenReply(reply)
    }
}

/// `com.yunos.device`; `spec/varlink` says more.
public struct Device {
    let connection: Connection

    /// `unknown` is what a newer page manager says.
    public enum GetNetwork: String, WireChoice {
        case none, wifi, cellular, ethernet, other, unknown
    }

    /// What `Get` replies.
    public struct GetReply: WireRecord {
        public var model: String
        public var language: String
        public var network: GetNetwork

        public init(model: String, language: String, network: GetNetwork) {
            self.model = model
            self.language = language
            self.network = network
        }

        public init(_ json: JSON) throws(Failure) {
            model = try json.member("model")
            language = try json.member("language")
            network = try json.member("network")
        }

        public var json: JSON {
            .object(["model": model.json, "language": language.json, "network": network.json])
        }
    }

    /// `network` is the kind of network that requests would go over now, `language` a tag such as zh-CN.
    public func get() throws(Failure) -> GetReply {
        let reply = try connection.call("com.yunos.device.Get", .object([:]))
        return try GetReply(reply)
    }
}

/// `com.yunos.network`; `spec/varlink` says more.
public struct Network {
    let connection: Connection

    /// A line of a head: `name` in any case, `value` without line ends.
    public struct Header: WireRecord {
        public var name: String
        public var value: String

        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }

        public init(_ json: JSON) throws(Failure) {
            name = try json.member("name")
            value = try json.member("value")
        }

        public var json: JSON {
            .object(["name": name.json, "value": value.json])
        }
    }

    /// `unknown` is what a newer page manager says.
    public enum RequestRedirect: String, WireChoice {
        case follow, error, manual, unknown
    }

    /// What `Request` replies.
    public struct RequestReply: WireRecord {
        public var status: Int?
        public var url: String?
        public var headers: [Header]?
        public var redirected: Bool?
        public var received: Int?
        public var sent: Int?

        public init(status: Int? = nil, url: String? = nil, headers: [Header]? = nil, redirected: Bool? = nil, received: Int? = nil, sent: Int? = nil) {
            self.status = status
            self.url = url
            self.headers = headers
            self.redirected = redirected
            self.received = received
            self.sent = sent
        }

        public init(_ json: JSON) throws(Failure) {
            status = try json.member("status")
            url = try json.member("url")
            headers = try json.member("headers")
            redirected = try json.member("redirected")
            received = try json.member("received")
            sent = try json.member("sent")
        }

        public var json: JSON {
            .object(["status": status.json, "url": url.json, "headers": headers.json, "redirected": redirected.json, "received": received.json, "sent": sent.json])
        }
    }

    /// Sends a request. The first reply has the answer's head and beside it the descriptor of a pipe with the body; the last
    /// one comes at its end and says how many bytes went over the network. Closing the pipe cancels. `body` says that a
    /// descriptor beside the call gives the request's body until its end. `limit` bounds the answer's body in bytes,
    /// `timeout` the whole in milliseconds. `redirect` is what to do about redirections: follow is the default.
    /// - Parameter onReply: is given each reply; false hangs up.
    public func request(method: String, url: String, headers: [Header], body: Bool? = nil, limit: Int? = nil, timeout: Int? = nil, redirect: RequestRedirect? = nil, _ onReply: (RequestReply) throws -> Bool) throws {
        try connection.stream("com.yunos.network.Request", .object(["method": method.json, "url": url.json, "headers": headers.json, "body": body.json, "limit": limit.json, "timeout": timeout.json, "redirect": redirect.json])) { reply in try onReply(try RequestReply(reply)) }
    }
}

/// `com.yunos.notification`; `spec/varlink` says more.
public struct Notification {
    let connection: Connection

    /// What opens a page: `page://DOMAIN/NAME`, with a query and a fragment where there are any, the name of an event
    /// (`link` if none is given) and a text for it.
    public struct Link: WireRecord {
        public var uri: String
        public var event: String?
        public var data: String?

        public init(uri: String, event: String? = nil, data: String? = nil) {
            self.uri = uri
            self.event = event
            self.data = data
        }

        public init(_ json: JSON) throws(Failure) {
            uri = try json.member("uri")
            event = try json.member("event")
            data = try json.member("data")
        }

        public var json: JSON {
            .object(["uri": uri.json, "event": event.json, "data": data.json])
        }
    }

    /// Shows a notification, with a title of 1 to 200 characters and a text of at most 2000. One with the same tag is
    /// replaced. `link` opens a page of the app when the owner takes the notification up.
    public func post(title: String, text: String, tag: String? = nil, link: Link? = nil) throws(Failure) -> Int {
        let reply = try connection.call("com.yunos.notification.Post", .object(["title": title.json, "text": text.json, "tag": tag.json, "link": link.json]))
        return try reply.member("number")
    }

    /// Takes a notification away.
    public func withdraw(number: Int) throws(Failure) {
        _ = try connection.call("com.yunos.notification.Withdraw", .object(["number": number.json]))
    }
}

/// `com.yunos.page`; `spec/varlink` says more.
public struct Page {
    let connection: Connection

    /// What opens a page: `page://DOMAIN/NAME`, with a query and a fragment where there are any, the name of an event
    /// (`link` if none is given) and a text for it.
    public struct Link: WireRecord {
        public var uri: String
        public var event: String?
        public var data: String?

        public init(uri: String, event: String? = nil, data: String? = nil) {
            self.uri = uri
            self.event = event
            self.data = data
        }

        public init(_ json: JSON) throws(Failure) {
            uri = try json.member("uri")
            event = try json.member("event")
            data = try json.member("data")
        }

        public var json: JSON {
            .object(["uri": uri.json, "event": event.json, "data": data.json])
        }
    }

    /// `unknown` is what a newer page manager says.
    public enum WatchEvent: String, WireChoice {
        case create, start, show, hide, stop, destroy, link, trimMemory = "trim_memory", backKey = "back_key", unknown
    }

    /// `unknown` is what a newer page manager says.
    public enum WatchLevel: String, WireChoice {
        case moderate, low, critical, unknown
    }

    /// What `Watch` replies.
    public struct WatchReply: WireRecord {
        public var number: Int
        public var instance: Int
        public var event: WatchEvent
        public var link: Link?
        public var content: String?
        public var title: String?
        public var level: WatchLevel?

        public init(number: Int, instance: Int, event: WatchEvent, link: Link? = nil, content: String? = nil, title: String? = nil, level: WatchLevel? = nil) {
            self.number = number
            self.instance = instance
            self.event = event
            self.link = link
            self.content = content
            self.title = title
            self.level = level
        }

        public init(_ json: JSON) throws(Failure) {
            number = try json.member("number")
            instance = try json.member("instance")
            event = try json.member("event")
            link = try json.member("link")
            content = try json.member("content")
            title = try json.member("title")
            level = try json.member("level")
        }

        public var json: JSON {
            .object(["number": number.json, "instance": instance.json, "event": event.json, "link": link.json, "content": content.json, "title": title.json, "level": level.json])
        }
    }

    /// The events of the caller's pages as they come: of the one page of a native program, of all web pages of a web host.
    /// `number` counts the events of one instance. Each is to be answered with Taken when it has been dealt with; an app that
    /// does not watch is not waited for. Only one connection of a program can watch, once, with `more`.
    /// With create come `content`, the page's file or program in the package, `title`, and the `link` for which the page is,
    /// which comes by itself when it has started; with link comes `link`; with trim_memory comes `level`.
    /// - Parameter onReply: is given each reply; false hangs up.
    public func watch(_ onReply: (WatchReply) throws -> Bool) throws {
        try connection.stream("com.yunos.page.Watch", .object([:])) { reply in try onReply(try WatchReply(reply)) }
    }

    /// The events of an instance up to this number have been dealt with. `handled` is false for a back_key that the page has
    /// no use for: the page manager closes the page then.
    public func taken(instance: Int, number: Int, handled: Bool? = nil) throws(Failure) {
        _ = try connection.call("com.yunos.page.Taken", .object(["instance": instance.json, "number": number.json, "handled": handled.json]))
    }

    /// Opens a page of this app, or of another one while a page of this app is shown.
    public func open(link: Link) throws(Failure) {
        _ = try connection.call("com.yunos.page.Open", .object(["link": link.json]))
    }

    /// Closes one of the caller's pages.
    public func close(instance: Int) throws(Failure) {
        _ = try connection.call("com.yunos.page.Close", .object(["instance": instance.json]))
    }

    /// Goes on while hidden, for a reason that the manifest declares for the page. Called with `more`: one reply when it holds,
    /// and it holds as long as the connection.
    /// - Parameter onReply: is given each reply; false hangs up.
    public func hold(instance: Int, reason: String, _ onReply: () throws -> Bool) throws {
        try connection.stream("com.yunos.page.Hold", .object(["instance": instance.json, "reason": reason.json])) { _ in try onReply() }
    }
}

/// `com.yunos.permission`; `spec/varlink` says more.
public struct Permission {
    let connection: Connection

    /// `unknown` is what a newer page manager says.
    public enum PermissionState: String, WireChoice {
        case granted, ask, denied, unknown
    }

    /// How the app stands with the permission of that full name.
    public struct Permission: WireRecord {
        public var name: String
        public var state: PermissionState

        public init(name: String, state: PermissionState) {
            self.name = name
            self.state = state
        }

        public init(_ json: JSON) throws(Failure) {
            name = try json.member("name")
            state = try json.member("state")
        }

        public var json: JSON {
            .object(["name": name.json, "state": state.json])
        }
    }

    /// The permissions of the manifest.
    public func list() throws(Failure) -> [Permission] {
        let reply = try connection.call("com.yunos.permission.List", .object([:]))
        return try reply.member("permissions")
    }

    /// `unknown` is what a newer page manager says.
    public enum AskState: String, WireChoice {
        case granted, denied, unknown
    }

    /// Asks the owner for a permission, where he was not asked before. Waits for the answer.
    public func ask(name: String) throws(Failure) -> AskState {
        let reply = try connection.call("com.yunos.permission.Ask", .object(["name": name.json]))
        return try reply.member("state")
    }
}

/// `com.yunos.storage`; `spec/varlink` says more.
public struct Storage {
    let connection: Connection

    /// Sets a value, or removes it where there is none. With `expected`, only if the key's version is that, 0 for no value.
    public struct Change: WireRecord {
        public var key: String
        public var value: String?
        public var expected: Int?

        public init(key: String, value: String? = nil, expected: Int? = nil) {
            self.key = key
            self.value = value
            self.expected = expected
        }

        public init(_ json: JSON) throws(Failure) {
            key = try json.member("key")
            value = try json.member("value")
            expected = try json.member("expected")
        }

        public var json: JSON {
            .object(["key": key.json, "value": value.json, "expected": expected.json])
        }
    }

    /// `unknown` is what a newer page manager says.
    public enum FileKind: String, WireChoice {
        case file, directory, unknown
    }

    /// `modified` is in milliseconds since 1970.
    public struct File: WireRecord {
        public var name: String
        public var kind: FileKind
        public var size: Int
        public var modified: Int

        public init(name: String, kind: FileKind, size: Int, modified: Int) {
            self.name = name
            self.kind = kind
            self.size = size
            self.modified = modified
        }

        public init(_ json: JSON) throws(Failure) {
            name = try json.member("name")
            kind = try json.member("kind")
            size = try json.member("size")
            modified = try json.member("modified")
        }

        public var json: JSON {
            .object(["name": name.json, "kind": kind.json, "size": size.json, "modified": modified.json])
        }
    }

    /// `version` is the number of the change that stored it; the numbers of an app's changes grow.
    public struct Value: WireRecord {
        public var key: String
        public var value: String
        public var version: Int

        public init(key: String, value: String, version: Int) {
            self.key = key
            self.value = value
            self.version = version
        }

        public init(_ json: JSON) throws(Failure) {
            key = try json.member("key")
            value = try json.member("value")
            version = try json.member("version")
        }

        public var json: JSON {
            .object(["key": key.json, "value": value.json, "version": version.json])
        }
    }

    /// The value of a key of 1 to 256 bytes, if there is one.
    public func get(key: String) throws(Failure) -> Value? {
        let reply = try connection.call("com.yunos.storage.Get", .object(["key": key.json]))
        return try reply.member("value")
    }

    /// What `Commit` replies.
    public struct CommitReply: WireRecord {
        public var done: Bool
        public var version: Int

        public init(done: Bool, version: Int) {
            self.done = done
            self.version = version
        }

        public init(_ json: JSON) throws(Failure) {
            done = try json.member("done")
            version = try json.member("version")
        }

        public var json: JSON {
            .object(["done": done.json, "version": version.json])
        }
    }

    /// Makes all changes or none. `done` is false where one did not find what it expected.
    public func commit(changes: [Change]) throws(Failure) -> CommitReply {
        let reply = try connection.call("com.yunos.storage.Commit", .object(["changes": changes.json]))
        return try CommitReply(reply)
    }

    /// What `List` replies.
    public struct ListReply: WireRecord {
        public var values: [Value]
        public var complete: Bool

        public init(values: [Value], complete: Bool) {
            self.values = values
            self.complete = complete
        }

        public init(_ json: JSON) throws(Failure) {
            values = try json.member("values")
            complete = try json.member("complete")
        }

        public var json: JSON {
            .object(["values": values.json, "complete": complete.json])
        }
    }

    /// The values whose keys begin with `prefix`, in the order of their bytes, behind the key `after`. No more
    /// than 1000 come at once.
    public func list(prefix: String, after: String? = nil, limit: Int? = nil) throws(Failure) -> ListReply {
        let reply = try connection.call("com.yunos.storage.List", .object(["prefix": prefix.json, "after": after.json, "limit": limit.json]))
        return try ListReply(reply)
    }

    /// What `Watch` replies.
    public struct WatchReply: WireRecord {
        public var key: String?
        public var value: String?
        public var version: Int

        public init(key: String? = nil, value: String? = nil, version: Int) {
            self.key = key
            self.value = value
            self.version = version
        }

        public init(_ json: JSON) throws(Failure) {
            key = try json.member("key")
            value = try json.member("value")
            version = try json.member("version")
        }

        public var json: JSON {
            .object(["key": key.json, "value": value.json, "version": version.json])
        }
    }

    /// Changes of keys that begin with `prefix`, as they are made; called with `more`. Without `key` so much has changed at
    /// once that all is to be read anew.
    /// - Parameter onReply: is given each reply; false hangs up.
    public func watch(prefix: String, _ onReply: (WatchReply) throws -> Bool) throws {
        try connection.stream("com.yunos.storage.Watch", .object(["prefix": prefix.json])) { reply in try onReply(try WatchReply(reply)) }
    }

    /// What `Usage` replies.
    public struct UsageReply: WireRecord {
        public var values: Int
        public var valuesLimit: Int
        public var files: Int
        public var filesLimit: Int

        public init(values: Int, valuesLimit: Int, files: Int, filesLimit: Int) {
            self.values = values
            self.valuesLimit = valuesLimit
            self.files = files
            self.filesLimit = filesLimit
        }

        public init(_ json: JSON) throws(Failure) {
            values = try json.member("values")
            valuesLimit = try json.member("values_limit")
            files = try json.member("files")
            filesLimit = try json.member("files_limit")
        }

        public var json: JSON {
            .object(["values": values.json, "values_limit": valuesLimit.json, "files": files.json, "files_limit": filesLimit.json])
        }
    }

    /// How many bytes values and files take, and may take.
    public func usage() throws(Failure) -> UsageReply {
        let reply = try connection.call("com.yunos.storage.Usage", .object([:]))
        return try UsageReply(reply)
    }

    /// Opens a file to be read: the descriptor comes beside the reply.
    public func readFile(path: String) throws(Failure) -> Int {
        let reply = try connection.call("com.yunos.storage.ReadFile", .object(["path": path.json]))
        return try reply.member("size")
    }

    /// Replaces or makes a file as a whole, of `text` or of what the descriptor beside the call gives until its end.
    public func writeFile(path: String, text: String? = nil) throws(Failure) -> Int {
        let reply = try connection.call("com.yunos.storage.WriteFile", .object(["path": path.json, "text": text.json]))
        return try reply.member("size")
    }

    /// What `ListFiles` replies.
    public struct ListFilesReply: WireRecord {
        public var files: [File]
        public var complete: Bool

        public init(files: [File], complete: Bool) {
            self.files = files
            self.complete = complete
        }

        public init(_ json: JSON) throws(Failure) {
            files = try json.member("files")
            complete = try json.member("complete")
        }

        public var json: JSON {
            .object(["files": files.json, "complete": complete.json])
        }
    }

    /// What lies in a directory, the top one where `path` is empty, behind the name `after`. No more than
    /// 1000 come at once.
    public func listFiles(path: String, after: String? = nil, limit: Int? = nil) throws(Failure) -> ListFilesReply {
        let reply = try connection.call("com.yunos.storage.ListFiles", .object(["path": path.json, "after": after.json, "limit": limit.json]))
        return try ListFilesReply(reply)
    }

    /// Makes a directory.
    public func makeDirectory(path: String) throws(Failure) {
        _ = try connection.call("com.yunos.storage.MakeDirectory", .object(["path": path.json]))
    }

    /// Gives a file or directory another name; with `replace` also that of a file which is there.
    public func moveFile(path: String, to: String, replace: Bool? = nil) throws(Failure) {
        _ = try connection.call("com.yunos.storage.MoveFile", .object(["path": path.json, "to": to.json, "replace": replace.json]))
    }

    /// Removes a file or an empty directory; with `recursive` all that is in it.
    public func removeFile(path: String, recursive: Bool? = nil) throws(Failure) {
        _ = try connection.call("com.yunos.storage.RemoveFile", .object(["path": path.json, "recursive": recursive.json]))
    }
}
