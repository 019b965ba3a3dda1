internal import CLibSodium
public import YunCore

/// Secret bytes in memory that is never swapped out or written to a core file, lies between guard pages and is
/// wiped when its owner goes (`sodium_malloc(3)`). It has no description that would print it.
@safe public final class LockedBytes: @unchecked Sendable, CustomStringConvertible, CustomReflectable {
    private let start: UnsafeMutableRawPointer
    /// How many bytes there are.
    public let count: Int

    /// `count` bytes of zeros.
    public init(count: Int) throws(Failure) {
        try Sodium.start()
        guard let start = unsafe sodium_malloc(max(1, count)) else {
            throw Failure(
                .unavailable, "cannot lock memory for a secret",
                hint: "raise the limit of locked memory: ulimit -l 1024")
        }
        unsafe self.start = start
        self.count = count
        unsafe sodium_memzero(start, count)
    }

    /// Takes the secret out of `bytes`, which are wiped.
    public convenience init(wiping bytes: inout [UInt8]) throws(Failure) {
        try self.init(count: bytes.count)
        unsafe withBytes { target in
            unsafe bytes.withUnsafeMutableBytes { source in
                unsafe target.copyMemory(from: UnsafeRawBufferPointer(source))
                unsafe sodium_memzero(source.baseAddress, source.count)
            }
        }
        bytes = []
    }

    deinit {
        unsafe sodium_free(start)
    }

    /// Lends the bytes for the length of `body`.
    public func withBytes<R>(_ body: (UnsafeMutableRawBufferPointer) -> R) -> R {
        unsafe body(UnsafeMutableRawBufferPointer(start: start, count: count))
    }

    /// Says only that there is a secret.
    public var description: String { "(secret)" }

    /// Shows no contents, also to `dump`.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}

enum Sodium {
    private static let status = sodium_init()

    /// Lets libsodium choose the fastest code for this processor; without it verifying works, but slower.
    static func chooseFastest() { _ = status }

    /// libsodium must be started before anything else of it is called.
    static func start() throws(Failure) {
        guard status >= 0 else { throw Failure(.unavailable, "cannot start libsodium") }
    }
}
