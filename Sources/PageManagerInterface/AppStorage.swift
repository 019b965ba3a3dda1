extension App {
    /// Parameters of `com.yunos.storage.Get`.
    public struct Key: Codable, Sendable {
        /// 1 to 256 bytes.
        public var key: String
        /// All of it.
        public init(key: String) {
            self.key = key
        }
    }

    /// A value that is stored.
    public struct Value: Codable, Sendable {
        /// Its name.
        public var key: String
        /// Mostly JSON.
        public var value: String
        /// Of the change that stored it.
        public var version: Int
        /// All of it.
        public init(key: String, value: String, version: Int) {
            self.key = key
            self.value = value
            self.version = version
        }
    }

    /// Reply of `Get`.
    public struct MaybeValue: Codable, Sendable {
        /// If there is one.
        public var value: Value?
        /// All of it.
        public init(value: Value? = nil) {
            self.value = value
        }
    }

    /// One of the changes that are made together.
    public struct Change: Codable, Sendable {
        /// Of which value.
        public var key: String
        /// Nothing removes it.
        public var value: String?
        /// The version that must be there, 0 for none.
        public var expected: Int?
        /// All of it.
        public init(key: String, value: String? = nil, expected: Int? = nil) {
            self.key = key
            self.value = value
            self.expected = expected
        }
    }

    /// Parameters of `com.yunos.storage.Commit`.
    public struct Commit: Codable, Sendable {
        /// All or none are made.
        public var changes: [Change]
        /// All of it.
        public init(changes: [Change]) {
            self.changes = changes
        }
    }

    /// Reply of `Commit`.
    public struct Committed: Codable, Sendable {
        /// False where one did not find what it expected.
        public var done: Bool
        /// Of the change, or of the newest one.
        public var version: Int
        /// All of it.
        public init(done: Bool, version: Int) {
            self.done = done
            self.version = version
        }
    }

    /// Parameters of `com.yunos.storage.List`.
    public struct List: Codable, Sendable {
        /// How the keys begin.
        public var prefix: String
        /// Behind which key to go on.
        public var after: String?
        /// 1000 at most.
        public var limit: Int?
        /// All of it.
        public init(prefix: String, after: String? = nil, limit: Int? = nil) {
            self.prefix = prefix
            self.after = after
            self.limit = limit
        }
    }

    /// Reply of `List`.
    public struct Values: Codable, Sendable {
        /// By the bytes of their keys.
        public var values: [Value]
        /// Whether there are no more.
        public var complete: Bool
        /// All of it.
        public init(values: [Value], complete: Bool) {
            self.values = values
            self.complete = complete
        }
    }

    /// Parameters of `com.yunos.storage.Watch`.
    public struct Prefix: Codable, Sendable {
        /// How the keys begin.
        public var prefix: String
        /// All of it.
        public init(prefix: String) {
            self.prefix = prefix
        }
    }

    /// Replies of `com.yunos.storage.Watch`.
    public struct Changed: Codable, Sendable {
        /// Missing where all is to be read anew.
        public var key: String?
        /// Missing where it was removed.
        public var value: String?
        /// Of the change.
        public var version: Int
        /// All of it.
        public init(key: String? = nil, value: String? = nil, version: Int) {
            self.key = key
            self.value = value
            self.version = version
        }
    }

    /// Reply of `com.yunos.storage.Usage`, in bytes.
    public struct Usage: Codable, Sendable {
        /// What all values count.
        public var values: Int
        /// What they may.
        public var values_limit: Int
        /// What all files take.
        public var files: Int
        /// What they may.
        public var files_limit: Int
        /// All of it.
        public init(values: Int, values_limit: Int, files: Int, files_limit: Int) {
            self.values = values
            self.values_limit = values_limit
            self.files = files
            self.files_limit = files_limit
        }
    }

    /// Names a file or directory.
    public struct Path: Codable, Sendable {
        /// From the top of the app's files.
        public var path: String
        /// All of it.
        public init(path: String) {
            self.path = path
        }
    }

    /// Reply of methods that read or write a file.
    public struct Size: Codable, Sendable {
        /// Bytes.
        public var size: Int
        /// All of it.
        public init(size: Int) {
            self.size = size
        }
    }

    /// Parameters of `com.yunos.storage.WriteFile`.
    public struct WriteFile: Codable, Sendable {
        /// From the top of the app's files.
        public var path: String
        /// Else a descriptor comes beside the call.
        public var text: String?
        /// All of it.
        public init(path: String, text: String? = nil) {
            self.path = path
            self.text = text
        }
    }

    /// Parameters of `com.yunos.storage.ListFiles`.
    public struct ListFiles: Codable, Sendable {
        /// Empty for the top.
        public var path: String
        /// Behind which name to go on.
        public var after: String?
        /// 1000 at most.
        public var limit: Int?
        /// All of it.
        public init(path: String, after: String? = nil, limit: Int? = nil) {
            self.path = path
            self.after = after
            self.limit = limit
        }
    }

    /// Parameters of `com.yunos.storage.MoveFile`.
    public struct MoveFile: Codable, Sendable {
        /// From where.
        public var path: String
        /// To where.
        public var to: String
        /// Whether a file may be there.
        public var replace: Bool?
        /// All of it.
        public init(path: String, to: String, replace: Bool? = nil) {
            self.path = path
            self.to = to
            self.replace = replace
        }
    }

    /// Parameters of `com.yunos.storage.RemoveFile`.
    public struct RemoveFile: Codable, Sendable {
        /// What.
        public var path: String
        /// Whether with all that is in it.
        public var recursive: Bool?
        /// All of it.
        public init(path: String, recursive: Bool? = nil) {
            self.path = path
            self.recursive = recursive
        }
    }

    /// A file or directory of the app's.
    public struct File: Codable, Sendable {
        /// What it is.
        public enum Kind: String, Codable, Sendable {
            case file, directory
        }

        /// In its directory.
        public var name: String
        /// What it is.
        public var kind: Kind
        /// Bytes.
        public var size: Int
        /// Milliseconds since 1970.
        public var modified: Int
        /// All of it.
        public init(name: String, kind: Kind, size: Int, modified: Int) {
            self.name = name
            self.kind = kind
            self.size = size
            self.modified = modified
        }
    }

    /// Reply of `ListFiles`.
    public struct Files: Codable, Sendable {
        /// By the bytes of their names.
        public var files: [File]
        /// Whether there are no more.
        public var complete: Bool
        /// All of it.
        public init(files: [File], complete: Bool) {
            self.files = files
            self.complete = complete
        }
    }
}
