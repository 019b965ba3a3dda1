public import YunCore

/// The bounds of what an app keeps by keys (`spec/storage.md`).
public enum ValueLimits {
    /// A key, in bytes of UTF-8.
    public static let keyBytesMax = 256
    /// A value, in bytes of UTF-8.
    public static let valueBytesMax = 1 << 20
    /// The keys that one batch may touch.
    public static let batchChangesMax = 1000
    /// All values of one batch together.
    public static let batchBytesMax = 4 << 20
    /// The values of one part of a list.
    public static let listBytesMax = 1 << 20
    /// What every entry counts beside its key and its value, so that many small ones do not fill the disk either.
    public static let entryBytes = 32
    /// All entries of an app, where nothing else is said.
    public static let quotaBytes = 64 << 20
    /// Removed keys that are remembered for watchers.
    public static let removalsMax = 1000
}

/// The name of a value. Names are ordered and told apart by their bytes.
public struct ValueKey: Sendable, Hashable, Comparable {
    let bytes: [UInt8]

    /// - Parameter text: 1 to 256 bytes.
    public init(_ text: String) throws(Failure) {
        bytes = Array(text.utf8)
        guard (1...ValueLimits.keyBytesMax).contains(bytes.count) else {
            throw Failure(
                .storageInvalid, "a key of \(bytes.count) bytes is not possible",
                hint: "use 1 to \(ValueLimits.keyBytesMax) bytes")
        }
    }

    /// One that was stored.
    init(stored bytes: [UInt8]) { self.bytes = bytes }

    /// The name.
    public var text: String { String(decoding: bytes, as: UTF8.self) }

    /// By bytes.
    public static func < (left: ValueKey, right: ValueKey) -> Bool {
        left.bytes.lexicographicallyPrecedes(right.bytes)
    }
}

/// A value that is stored.
public struct StoredValue: Sendable, Equatable {
    /// Its name.
    public let key: ValueKey
    /// What was stored, mostly JSON; nobody reads it here.
    public let text: String
    /// The number of the change that stored it.
    public let version: Int
}

/// One of the changes that are made together.
public struct ValueChange: Sendable {
    /// What becomes of the value.
    public enum Action: Sendable {
        case set(String)
        case remove
        /// Nothing: the change only expects something.
        case keep
    }

    /// What must be there, or nothing of the batch is done.
    public enum Expectation: Sendable {
        case anything
        /// The value that this change stored; 0 for none.
        case version(Int)
        /// A value of these bytes; `nil` for none.
        case value(String?)
    }

    /// Of which value.
    public let key: ValueKey
    /// What becomes of it.
    public let action: Action
    /// What must be there before.
    public let expectation: Expectation

    /// A change of one value.
    public init(_ key: ValueKey, _ action: Action, expecting expectation: Expectation = .anything) {
        self.key = key
        self.action = action
        self.expectation = expectation
    }
}

/// What has changed since some moment.
public struct ValueChanges: Sendable, Equatable {
    /// One value that is another one now, or gone.
    public struct Row: Sendable, Equatable {
        /// Which.
        public let key: ValueKey
        /// The number of the change.
        public let number: Int
        /// Whether the value is gone.
        public let isRemoval: Bool
    }

    /// Each value once with its last change, the oldest change first.
    public let rows: [Row]
    /// From where to ask on; when all is told, the newest change.
    public let last: Int
    /// Whether so much has changed since, or the data is another one's, that only reading all anew tells.
    public let mustReadAll: Bool
}
