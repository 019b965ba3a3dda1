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
            Method("com.yunos.storage.Get", get), Method("com.yunos.storage.Commit", commit),
            Method("com.yunos.storage.List", list), Method("com.yunos.storage.Watch", watch),
            Method("com.yunos.storage.Usage", usage), Method("com.yunos.storage.ReadFile", readFile),
            Method("com.yunos.storage.WriteFile", writeFile),
            Method("com.yunos.storage.ListFiles", listFiles),
            Method("com.yunos.storage.MakeDirectory", makeDirectory),
            Method("com.yunos.storage.MoveFile", moveFile),
            Method("com.yunos.storage.RemoveFile", removeFile),
        ]
    }

    // MARK: Values

    private static func get(_ key: App.Key, _ call: Call) throws(Failure) -> App.MaybeValue {
        App.MaybeValue(
            value: try call.context.services.values.value(of: ValueKey(key.key)).map(App.Value.init))
    }

    private static func commit(_ commit: App.Commit, _ call: Call) throws(Failure) -> App.Committed {
        let changes = try commit.changes.map { change throws(Failure) in
            ValueChange(
                try ValueKey(change.key), change.value.map { .set($0) } ?? .remove,
                expecting: change.expected.map { .version($0) } ?? .anything)
        }
        let values = try call.context.services.values
        do throws(Failure) {
            return App.Committed(done: true, version: try values.write(changes))
        } catch  where error.code == .storageConflict {
            return App.Committed(done: false, version: try values.state().newest)
        }
    }

    private static func list(_ list: App.List, _ call: Call) throws(Failure) -> App.Values {
        let (values, hasMore) = try call.context.services.values.values(
            prefix: list.prefix, after: list.after.map { text throws(Failure) in try ValueKey(text) },
            limit: max(1, min(list.limit ?? 1000, 1000)))
        return App.Values(values: values.map(App.Value.init), complete: !hasMore)
    }

    private static func watch(_ watch: App.Prefix, _ call: Call) throws(Failure) -> App.Changed {
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
                    if changes.mustReadAll { try call.reply(App.Changed(version: last), continues: true) }
                    for row in changes.rows where row.key.text.utf8.starts(with: watch.prefix.utf8) {
                        let value = try values.value(of: row.key)
                        try call.reply(
                            App.Changed(key: row.key.text, value: value?.text, version: row.number),
                            continues: true)
                    }
                } while try values.state().newest > last
            }
        }
        throw Failure(.pageEnded, "the caller has hung up")
    }

    private static func usage(_: Nothing, _ call: Call) throws(Failure) -> App.Usage {
        let services = call.context.services
        return App.Usage(
            values: try services.values.state().sizeBytes, values_limit: services.quotaBytes,
            files: try services.files.usedBytes(), files_limit: try services.files.limits.sizeBytesMax)
    }

    // MARK: Files

    private static func readFile(_ path: App.Path, _ call: Call) throws(Failure) -> App.Size {
        let files = try call.context.services.files
        let file = try files.read(path.path)
        let size = App.Size(size: try file.status().sizeBytes)
        try call.reply(size, descriptors: [file.number])
        return size
    }

    private static func writeFile(_ write: App.WriteFile, _ call: Call) throws(Failure) -> App.Size {
        let files = try call.context.services.files
        if let text = write.text {
            try files.write(Array(text.utf8), to: write.path)
        } else {
            let source = try call.descriptor(0)
            try files.write(from: source.descriptor, to: write.path, unless: call.hangupDescriptor)
        }
        return App.Size(size: try files.status(of: write.path)?.sizeBytes ?? 0)
    }

    private static func listFiles(_ list: App.ListFiles, _ call: Call) throws(Failure) -> App.Files {
        let (entries, hasMore) = try call.context.services.files.list(
            list.path, after: list.after, limit: max(1, min(list.limit ?? 1000, 1000)))
        return App.Files(
            files: entries.map { entry in
                App.File(
                    name: entry.name, kind: entry.isDirectory ? .directory : .file, size: entry.sizeBytes,
                    modified: entry.modifiedMilliseconds)
            }, complete: !hasMore)
    }

    private static func makeDirectory(_ path: App.Path, _ call: Call) throws(Failure) -> Nothing {
        try call.context.services.files.makeDirectory(path.path)
        return Nothing()
    }

    private static func moveFile(_ move: App.MoveFile, _ call: Call) throws(Failure) -> Nothing {
        try call.context.services.files.move(move.path, to: move.to, replacing: move.replace ?? false)
        return Nothing()
    }

    private static func removeFile(_ path: App.RemoveFile, _ call: Call) throws(Failure) -> Nothing {
        try call.context.services.files.remove(path.path, recursively: path.recursive ?? false)
        return Nothing()
    }
}

extension App.Value {
    init(_ value: StoredValue) { self.init(key: value.key.text, value: value.text, version: value.version) }
}
