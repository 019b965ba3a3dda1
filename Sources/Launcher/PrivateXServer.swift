internal import CLinux
internal import Glibc
public import Platform
public import YunCore

/// An X server without a screen, for one app alone: whoever reaches an X server can watch and type into every window
/// on it, so two apps never share one. Only who knows the cookie may connect.
public final class PrivateXServer: Sendable {
    static let cookieName = ".Xauthority"
    private static let program = "/usr/bin/Xvfb"

    /// The path of its socket.
    public let socket: String
    private let process: OwnedDescriptor

    /// Starts a server with one screen, and lays its cookie into the app's cache.
    /// - Parameter cache: the app's cache directory.
    public init(width: Int, height: Int, cache: AnchoredDirectory) throws(Failure) {
        guard try AnchoredDirectory.status(ofPath: Self.program) != nil else {
            throw Failure(
                .unavailable, "there is no display to show a web page on",
                hint: "run under Wayland, or install Xvfb (Debian: xvfb)")
        }
        try Self.layCookie(in: cache)
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe(&ends) == 0 else { throw .system("cannot create a pipe") }
        let reader = OwnedDescriptor(owning: ends[0])
        let writer = OwnedDescriptor(owning: ends[1])
        let null = try OwnedDescriptor.open("/dev/null", .replace(permissions: 0))
        // The abstract socket stays: by it the server notices that a display number is taken. The cookie guards it.
        let arguments = [
            Self.program, "-displayfd", "3", "-screen", "0", "\(width)x\(height)x24", "-nolisten", "tcp",
            "-noreset", "-auth", cache.path(of: Self.cookieName),
        ]
        process = try Spawner.spawn(
            arguments, environment: ["PATH=/usr/bin:/bin"],
            descriptors: [null.number, null.number, null.number, writer.number],
            diesWithThread: true)
        // Else the end of the server would not end the reading.
        close(writer.release())
        let answer = String(decoding: try reader.read(upTo: 16).prefix { $0 != 10 }, as: UTF8.self)
        guard let display = Int(answer) else {
            throw Failure(.unavailable, "Xvfb does not start", hint: "try: Xvfb -displayfd 1")
        }
        socket = "/tmp/.X11-unix/X\(display)"
    }

    deinit {
        _ = yun_signal_pidfd(process.number, SIGTERM)
        _ = yun_wait_pidfd(process.number)
    }

    /// Xauthority's format: family, address, display and name, each with its length, then 16 random bytes.
    private static func layCookie(in cache: AnchoredDirectory) throws(Failure) {
        var cookie = [UInt8](repeating: 0, count: 16)
        guard unsafe getentropy(&cookie, cookie.count) == 0 else { throw .system("cannot make a cookie") }
        func field(_ bytes: [UInt8]) -> [UInt8] {
            [UInt8(bytes.count >> 8), UInt8(bytes.count & 255)] + bytes
        }
        let anyFamily: [UInt8] = [0xFF, 0xFF]
        let entry =
            anyFamily + field([]) + field([]) + field(Array("MIT-MAGIC-COOKIE-1".utf8)) + field(cookie)
        let owner = try cache.status(of: ".")?.owner
        try cache.remove(cookieName)
        let file = try cache.open(cookieName, .createNew(permissions: 0o600))
        try file.write(entry)
        if let owner, CurrentProcess.isRoot { try file.setOwner(owner) }
    }
}
