internal import CLinux
internal import Glibc
internal import Platform
public import Sandbox
public import YunCore

/// An X server without a screen, for one app alone: whoever reaches an X server can watch and type into every window
/// on it, so two apps never share one. Only who knows the cookie may connect.
public final class PrivateXServer: Sendable {
    private static let program = "/usr/bin/Xvfb"

    /// What the sandbox is asked for.
    public let display: LaunchRequest.Display
    private let process: SpawnedProcess

    /// Starts a server with one screen.
    /// - Parameter userID: the app's own user, who the server runs as: it obeys the app, so it must not have more
    ///   rights. `nil` for the caller.
    public init(width: Int, height: Int, userID: UInt32?) throws(Failure) {
        guard try AnchoredDirectory.status(ofPath: Self.program) != nil else {
            throw Failure(
                .unavailable, "there is no display to show a web page on",
                hint: "run under Wayland, or install Xvfb (Debian: xvfb)")
        }
        let cookie = try Self.makeCookie()
        let cookieFile = try OwnedDescriptor.memoryFile("cookie")
        try cookieFile.write(cookie)
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe(&ends) == 0 else { throw .system("cannot create a pipe") }
        let reader = OwnedDescriptor(owning: ends[0])
        let writer = OwnedDescriptor(owning: ends[1])
        let null = try OwnedDescriptor.open("/dev/null", .replace(permissions: 0))
        // The abstract socket stays: by it the server notices that a display number is taken. The cookie guards it.
        // Without shared memory, for a client could name segments of the host's.
        let server = [
            Self.program, "-displayfd", "3", "-screen", "0", "\(width)x\(height)x24", "-nolisten", "tcp",
            "-noreset", "-extension", "MIT-SHM", "-extension", "GLX", "-auth", "/proc/self/fd/4",
        ]
        // TERM, so that it removes its socket and its lock also if this process is killed.
        process = try SpawnedProcess(
            Self.command(server, userID: userID), environment: ["PATH=/usr/bin:/bin"],
            descriptors: [null.number, null.number, null.number, writer.number, cookieFile.number],
            deathSignal: SIGTERM)
        // Else the end of the server would not end the reading.
        close(writer.release())
        let answer = String(decoding: try reader.read(upTo: 16).prefix { $0 != 10 }, as: UTF8.self)
        guard let number = Int(answer) else {
            throw Failure(.unavailable, "Xvfb does not start", hint: "try: Xvfb -displayfd 1")
        }
        display = .privateX11(socket: "/tmp/.X11-unix/X\(number)", cookie: cookie)
    }

    deinit {
        _ = yun_signal_pidfd(process.handle.number, SIGTERM)
        _ = yun_wait_pidfd(process.handle.number)
    }

    /// A change of user takes the wish to die with the parent away, so it is made anew.
    private static func command(_ server: [String], userID: UInt32?) -> [String] {
        guard let userID else { return server }
        return [
            "/usr/bin/setpriv", "--reuid", "\(userID)", "--regid", "\(userID)", "--clear-groups",
            "--no-new-privs",
            "--pdeathsig", "TERM", "--",
        ] + server
    }

    /// Xauthority's format: family, address, display and name, each with its length, then 16 random bytes.
    private static func makeCookie() throws(Failure) -> [UInt8] {
        var cookie = [UInt8](repeating: 0, count: 16)
        guard unsafe getentropy(&cookie, cookie.count) == 0 else { throw .system("cannot make a cookie") }
        func field(_ bytes: [UInt8]) -> [UInt8] {
            [UInt8(bytes.count >> 8), UInt8(bytes.count & 255)] + bytes
        }
        let anyFamily: [UInt8] = [0xFF, 0xFF]
        return anyFamily + field([]) + field([]) + field(Array("MIT-MAGIC-COOKIE-1".utf8)) + field(cookie)
    }
}
