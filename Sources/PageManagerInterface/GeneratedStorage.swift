// Made by `make sdk` from spec/varlink; change it there.
// swift-format-ignore-file

public import Varlink

extension App {
    /// An app's own values and files. What was acknowledged is on the disk. Needs no permission (spec/storage.md).
    public enum Storage {
        /// Sets a value, or removes it where there is none. With `expected`, only if the key's version is that, 0 for no value.
        public struct Change: Codable, Sendable {
            public var key: String
            public var value: String?
            public var expected: Int?

            public init(key: String, value: String? = nil, expected: Int? = nil) {
                self.key = key
                self.value = value
                self.expected = expected
            }
        }

        /// `modified` is in milliseconds since 1970.
        public struct File: Codable, Sendable {
            public enum Kind: String, Codable, Sendable { case file, directory }

            public var name: String
            public var kind: Kind
            public var size: Int
            public var modified: Int

            public init(name: String, kind: Kind, size: Int, modified: Int) {
                self.name = name
                self.kind = kind
                self.size = size
                self.modified = modified
            }
        }

        /// `version` is the number of the change that stored it; the numbers of an app's changes grow.
        public struct Value: Codable, Sendable {
            public var key: String
            public var value: String
            public var version: Int

            public init(key: String, value: String, version: Int) {
                self.key = key
                self.value = value
                self.version = version
            }
        }

        /// The parameters of `Get`.
        public struct GetParameters: Decodable, Sendable {
            public let key: String
        }

        /// A reply of `Get`.
        public struct GetReply: Codable, Sendable {
            public var value: Value?

            public init(value: Value? = nil) {
                self.value = value
            }
        }

        /// The value of a key of 1 to 256 bytes, if there is one.
        public static let get = MethodSignature<GetParameters, GetReply>("com.yunos.storage.Get")

        /// The parameters of `Commit`.
        public struct CommitParameters: Decodable, Sendable {
            public let changes: [Change]
        }

        /// A reply of `Commit`.
        public struct CommitReply: Codable, Sendable {
            public var done: Bool
            public var version: Int

            public init(done: Bool, version: Int) {
                self.done = done
                self.version = version
            }
        }

        /// Makes all changes or none. `done` is false where one did not find what it expected.
        public static let commit = MethodSignature<CommitParameters, CommitReply>("com.yunos.storage.Commit")

        /// The parameters of `List`.
        public struct ListParameters: Decodable, Sendable {
            public let prefix: String
            public let after: String?
            public let limit: Int?
        }

        /// A reply of `List`.
        public struct ListReply: Codable, Sendable {
            public var values: [Value]
            public var complete: Bool

            public init(values: [Value], complete: Bool) {
                self.values = values
                self.complete = complete
            }
        }

        /// The values whose keys begin with `prefix`, in the order of their bytes, behind the key `after`. No more
        /// than 1000 come at once.
        public static let list = MethodSignature<ListParameters, ListReply>("com.yunos.storage.List")

        /// The parameters of `Watch`.
        public struct WatchParameters: Decodable, Sendable {
            public let prefix: String
        }

        /// A reply of `Watch`.
        public struct WatchReply: Codable, Sendable {
            public var key: String?
            public var value: String?
            public var version: Int

            public init(key: String? = nil, value: String? = nil, version: Int) {
                self.key = key
                self.value = value
                self.version = version
            }
        }

        /// Changes of keys that begin with `prefix`, as they are made; called with `more`. Without `key` so much has changed at
        /// once that all is to be read anew.
        public static let watch = MethodSignature<WatchParameters, WatchReply>("com.yunos.storage.Watch")

        /// A reply of `Usage`.
        public struct UsageReply: Codable, Sendable {
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

            private enum CodingKeys: String, CodingKey { case values, valuesLimit = "values_limit", files, filesLimit = "files_limit" }
        }

        /// How many bytes values and files take, and may take.
        public static let usage = MethodSignature<Nothing, UsageReply>("com.yunos.storage.Usage")

        /// The parameters of `ReadFile`.
        public struct ReadFileParameters: Decodable, Sendable {
            public let path: String
        }

        /// A reply of `ReadFile`.
        public struct ReadFileReply: Codable, Sendable {
            public var size: Int

            public init(size: Int) {
                self.size = size
            }
        }

        /// Opens a file to be read: the descriptor comes beside the reply.
        public static let readFile = MethodSignature<ReadFileParameters, ReadFileReply>("com.yunos.storage.ReadFile")

        /// The parameters of `WriteFile`.
        public struct WriteFileParameters: Decodable, Sendable {
            public let path: String
            public let text: String?
        }

        /// A reply of `WriteFile`.
        public struct WriteFileReply: Codable, Sendable {
            public var size: Int

            public init(size: Int) {
                self.size = size
            }
        }

        /// Replaces or makes a file as a whole, of `text` or of what the descriptor beside the call gives until its end.
        public static let writeFile = MethodSignature<WriteFileParameters, WriteFileReply>("com.yunos.storage.WriteFile")

        /// The parameters of `ListFiles`.
        public struct ListFilesParameters: Decodable, Sendable {
            public let path: String
            public let after: String?
            public let limit: Int?
        }

        /// A reply of `ListFiles`.
        public struct ListFilesReply: Codable, Sendable {
            public var files: [File]
            public var complete: Bool

            public init(files: [File], complete: Bool) {
                self.files = files
                self.complete = complete
            }
        }

        /// What lies in a directory, the top one where `path` is empty, behind the name `after`. No more than
        /// 1000 come at once.
        public static let listFiles = MethodSignature<ListFilesParameters, ListFilesReply>("com.yunos.storage.ListFiles")

        /// The parameters of `MakeDirectory`.
        public struct MakeDirectoryParameters: Decodable, Sendable {
            public let path: String
        }

        /// Makes a directory.
        public static let makeDirectory = MethodSignature<MakeDirectoryParameters, Nothing>("com.yunos.storage.MakeDirectory")

        /// The parameters of `MoveFile`.
        public struct MoveFileParameters: Decodable, Sendable {
            public let path: String
            public let to: String
            public let replace: Bool?
        }

        /// Gives a file or directory another name; with `replace` also that of a file which is there.
        public static let moveFile = MethodSignature<MoveFileParameters, Nothing>("com.yunos.storage.MoveFile")

        /// The parameters of `RemoveFile`.
        public struct RemoveFileParameters: Decodable, Sendable {
            public let path: String
            public let recursive: Bool?
        }

        /// Removes a file or an empty directory; with `recursive` all that is in it.
        public static let removeFile = MethodSignature<RemoveFileParameters, Nothing>("com.yunos.storage.RemoveFile")

        /// The interface file.
        public static let text = #"""
            # An app's own values and files. What was acknowledged is on the disk. Needs no permission (spec/storage.md).
            interface com.yunos.storage

            # `version` is the number of the change that stored it; the numbers of an app's changes grow.
            type Value (key: string, value: string, version: int)

            # Sets a value, or removes it where there is none. With `expected`, only if the key's version is that, 0 for no value.
            type Change (key: string, value: ?string, expected: ?int)

            # `modified` is in milliseconds since 1970.
            type File (name: string, kind: (file, directory), size: int, modified: int)

            # The value of a key of 1 to 256 bytes, if there is one.
            method Get(key: string) -> (value: ?Value)

            # Makes all changes or none. `done` is false where one did not find what it expected.
            method Commit(changes: []Change) -> (done: bool, version: int)

            # The values whose keys begin with `prefix`, in the order of their bytes, behind the key `after`. No more
            # than 1000 come at once.
            method List(prefix: string, after: ?string, limit: ?int) -> (values: []Value, complete: bool)

            # Changes of keys that begin with `prefix`, as they are made; called with `more`. Without `key` so much has changed at
            # once that all is to be read anew.
            method Watch(prefix: string) -> (key: ?string, value: ?string, version: int)

            # How many bytes values and files take, and may take.
            method Usage() -> (values: int, values_limit: int, files: int, files_limit: int)

            # Opens a file to be read: the descriptor comes beside the reply.
            method ReadFile(path: string) -> (size: int)

            # Replaces or makes a file as a whole, of `text` or of what the descriptor beside the call gives until its end.
            method WriteFile(path: string, text: ?string) -> (size: int)

            # What lies in a directory, the top one where `path` is empty, behind the name `after`. No more than
            # 1000 come at once.
            method ListFiles(path: string, after: ?string, limit: ?int) -> (files: []File, complete: bool)

            # Makes a directory.
            method MakeDirectory(path: string) -> ()

            # Gives a file or directory another name; with `replace` also that of a file which is there.
            method MoveFile(path: string, to: string, replace: ?bool) -> ()

            # Removes a file or an empty directory; with `recursive` all that is in it.
            method RemoveFile(path: string, recursive: ?bool) -> ()

            error Failed (code: string, message: string, hint: ?string)

            """#
    }
}
