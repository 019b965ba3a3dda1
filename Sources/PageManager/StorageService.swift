internal import PageManagerInterface
internal import Platform
internal import Store
internal import Varlink
internal import YunCore

/// `com.yunos.storage`.
enum StorageService {
    private typealias Call = Exchange<AppCaller>

    static var methods: [Method<AppCaller>] {
        [
            Method(App.Storage.get, get), Method(App.Storage.commit, commit),
            Method(App.Storage.list, list), Method(App.Storage.watch, watch),
            Method(App.Storage.usage, usage), Method(App.Storage.readFile, readFile),
            Method(App.Storage.writeFile, writeFile),
            Method(App.Storage.listFiles, listFiles),
            Method(App.Storage.makeDirectory, makeDirectory),
            Method(App.Storage.moveFile, moveFile),
            Method(App.Storage.removeFile, removeFile),
        ]
    }

    // MARK: Values

    private static func get(_ key: App.Storage.GetParameters, _ call: Call) throws(Failure)
        -> App.Storage.GetReply
    {
        App.Storage.GetReply(
            value: try call.context.services.values.value(of: ValueKey(key.key)).map(App.Storage.Value.init))
    }

    private static func commit(_ commit: App.Storage.CommitParameters, _ call: Call) throws(Failure)
        -> App.Storage.CommitReply
    {
        let changes = try commit.changes.map { change throws(Failure) in
            ValueChange(
                try ValueKey(change.key), change.value.map { .set($0) } ?? .remove,
                expecting: change.expected.map { .version($0) } ?? .anything)
        }
        let values = try call.context.services.values
        do throws(Failure) {
            return App.Storage.CommitReply(done: true, version: try values.write(changes))
        } catch  where error.code == .storageConflict {
            return App.Storage.CommitReply(done: false, version: try values.state().newest)
        }
    }

    private static func list(_ list: App.Storage.ListParameters, _ call: Call) throws(Failure)
        -> App.Storage.ListReply
    {
        let (values, hasMore) = try call.context.services.values.values(
            prefix: list.prefix, after: list.after.map { text throws(Failure) in try ValueKey(text) },
            limit: max(1, min(list.limit ?? 1000, 1000)))
        return App.Storage.ListReply(values: values.map(App.Storage.Value.init), complete: !hasMore)
    }

    private static func watch(_ watch: App.Storage.WatchParameters, _ call: Call) throws(Failure)
        -> App.Storage.WatchReply
    {
        guard call.wantsMore else {
            throw Failure(.usage, "changes come one after the other", hint: "call Watch with more")
        }
        let values = try call.context.services.values
        try call.context.services.watching { inbox throws(Failure) in
            var last = try values.state().newest
            while inbox.receive(unless: call.hangupDescriptor) != nil {
                repeat {
                    let changes = try values.changes(since: last, limit: 100)
                    last = changes.last
                    if changes.mustReadAll {
                        try call.reply(App.Storage.WatchReply(version: last), continues: true)
                    }
                    for row in changes.rows where row.key.text.utf8.starts(with: watch.prefix.utf8) {
                        let value = try values.value(of: row.key)
                        try call.reply(
                            App.Storage.WatchReply(
                                key: row.key.text, value: value?.text, version: row.number),
                            continues: true)
                    }
                } while try values.state().newest > last
            }
        }
        throw Failure(.pageEnded, "the caller has hung up")
    }

    private static func usage(_: Nothing, _ call: Call) throws(Failure) -> App.Storage.UsageReply {
        let services = call.context.services
        return App.Storage.UsageReply(
            values: try services.values.state().sizeBytes, valuesLimit: services.quotaBytes,
            files: try services.files.usedBytes(), filesLimit: try services.files.limits.sizeBytesMax)
    }

    // MARK: Files

    private static func readFile(_ path: App.Storage.ReadFileParameters, _ call: Call) throws(Failure)
        -> App.Storage.ReadFileReply
    {
        let files = try call.context.services.files
        let file = try files.read(path.path)
        let size = App.Storage.ReadFileReply(size: try file.status().sizeBytes)
        try call.reply(size, descriptors: [file.number])
        return size
    }

    private static func writeFile(_ write: App.Storage.WriteFileParameters, _ call: Call) throws(Failure)
        -> App.Storage.WriteFileReply
    {
        let files = try call.context.services.files
        if let text = write.text {
            try files.write(Array(text.utf8), to: write.path)
        } else {
            let source = try call.descriptor(0)
            try files.write(from: source.descriptor, to: write.path, unless: call.hangupDescriptor)
        }
        return App.Storage.WriteFileReply(size: try files.status(of: write.path)?.sizeBytes ?? 0)
    }

    private static func listFiles(_ list: App.Storage.ListFilesParameters, _ call: Call) throws(Failure)
        -> App.Storage.ListFilesReply
    {
        let (entries, hasMore) = try call.context.services.files.list(
            list.path, after: list.after, limit: max(1, min(list.limit ?? 1000, 1000)))
        return App.Storage.ListFilesReply(
            files: entries.map { entry in
                App.Storage.File(
                    name: entry.name, kind: entry.isDirectory ? .directory : .file, size: entry.sizeBytes,
                    modified: entry.modifiedMilliseconds)
            }, complete: !hasMore)
    }

    private static func makeDirectory(_ path: App.Storage.MakeDirectoryParameters, _ call: Call)
        throws(Failure) -> Nothing
    {
        try call.context.services.files.makeDirectory(path.path)
        return Nothing()
    }

    private static func moveFile(_ move: App.Storage.MoveFileParameters, _ call: Call) throws(Failure)
        -> Nothing
    {
        try call.context.services.files.move(move.path, to: move.to, replacing: move.replace ?? false)
        return Nothing()
    }

    private static func removeFile(_ path: App.Storage.RemoveFileParameters, _ call: Call) throws(Failure)
        -> Nothing
    {
        try call.context.services.files.remove(path.path, recursively: path.recursive ?? false)
        return Nothing()
    }
}

extension App.Storage.Value {
    init(_ value: StoredValue) { self.init(key: value.key.text, value: value.text, version: value.version) }
}
