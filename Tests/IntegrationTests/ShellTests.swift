import CLinux
import Glibc
import Platform
import Support
import Testing
import YunCore

/// What a person sees of an app who sits at a terminal: a real one, which `ypkg run` controls as in a window.
@Suite(.serialized) struct ShellTests {
    private let ypkg: Tool

    init() throws {
        ypkg = try Tool()
        try ypkg.prepare("probe")
        try #require(try ypkg("install", "probe.ypkg").status == 0)
    }

    private func shell() throws -> Window {
        try Window([
            "\(Checkout.programs)/ypkg", "run", "probe", "--shell", "--root", ypkg.directory.path("root"),
        ])
    }

    @Test("a megabyte that is pasted while the shell prints another one arrives (S-15)")
    func pastes() throws {
        let window = try shell()
        // Put together by the shell, so that its echo of the command is not taken for its doing.
        let command = """
            stty raw -echo; printf 're%s' ady; head -c 1000000 /dev/zero | tr '\\0' x; head -c 1048576 | wc -c; \
            stty sane; exit 5

            """
        try window.type(Array(command.utf8), until: "ready")
        try window.type([UInt8](repeating: UInt8(ascii: "p"), count: 1 << 20), until: "1048576")
        #expect(try window.wait() == 5)
        #expect(window.seen.count { $0 == UInt8(ascii: "x") } >= 1_000_000)
    }

    @Test("every change of the window's size reaches the app (S-15)")
    func resizes() throws {
        let window = try shell()
        let watch = """
            until [ "$s" = '30 109' ]; do s=$(stty size); [ "$s" = "$l" ] || echo "size: $s."; l=$s; sleep 0.01; done

            """
        try window.resize(rows: 24, columns: 80)
        try window.type(Array(watch.utf8), until: "size: 24 80.")
        for columns in 90..<110 {
            try window.resize(rows: 30, columns: UInt16(columns))
            try window.type([], until: "size: 30 \(columns).")
        }
        try window.type(Array("exit 6\n".utf8), until: nil)
        #expect(try window.wait() == 6)
    }

    @Test("a second TERM ends a shell that stays after the first, and the terminal is as it was (S-15)")
    func endsAndRestores() throws {
        let window = try shell()
        let before = window.settings
        let script = "trap 'echo st''ays' TERM; echo re''ady; while :; do sleep 0.01; done\n"
        try window.type(Array(script.utf8), until: "\nready")
        #expect(window.settings != before)
        try window.signal(SIGTERM)
        // Two that come at once are one.
        try window.type([], until: "stays")
        try window.signal(SIGTERM)
        #expect(try window.wait() == 137)
        #expect(window.settings == before)
    }

    @Test("a shell says nothing about what it looks for itself")
    func startsQuietly() throws {
        let window = try shell()
        try window.type(Array("echo re''ady; exit 0\n".utf8), until: nil)
        #expect(try window.wait() == 0)
        let text = String(decoding: window.seen, as: UTF8.self)
        #expect(!text.contains("denied"), "\(text)")
    }
}

/// A window with a terminal in it, whose program is the terminal's session.
private final class Window {
    private let control: OwnedDescriptor
    private let program: OwnedDescriptor
    private let process: SpawnedProcess
    private(set) var seen: [UInt8] = []
    private var searched = 0

    init(_ command: [String]) throws {
        var pair: [Int32] = [-1, -1]
        guard unsafe yun_terminal_open(&pair) == 0 else { throw Failure.system("cannot open a terminal") }
        control = OwnedDescriptor(owning: pair[0])
        program = OwnedDescriptor(owning: pair[1])
        process = try SpawnedProcess(
            ["/usr/bin/setsid", "--ctty", "--wait"] + command,
            environment: ["PATH=/usr/bin:/bin", "TERM=dumb"], descriptors: [pair[1], pair[1], pair[1]])
    }

    deinit { _ = yun_signal_pidfd(process.handle.number, SIGKILL) }

    var settings: [UInt8] {
        var settings = yun_terminal_settings()
        guard unsafe yun_terminal_save(program.number, &settings) == 0 else { return [] }
        // Flags, discipline and characters; what is behind them has no meaning.
        return unsafe withUnsafeBytes(of: settings) { unsafe Array($0.prefix(49)) }
    }

    func resize(rows: UInt16, columns: UInt16) throws {
        var size = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
        try #require(unsafe ioctl(control.number, UInt(TIOCSWINSZ), &size) == 0)
    }

    /// To `ypkg` itself, which `setsid` has started.
    func signal(_ number: Int32) throws {
        let list = try OwnedDescriptor.open("/proc/\(process.number)/task/\(process.number)/children", .read)
            .readToEnd(limit: 64, describedAs: "children")
        let child = try #require(pid_t(String(decoding: list, as: UTF8.self).filter(\.isNumber)))
        try #require(kill(child, number) == 0)
    }

    /// Types the keys, and reads meanwhile, until all are typed and the text was seen behind what was looked for before.
    func type(_ keys: [UInt8], until text: String?) throws {
        var rest = keys[...]
        while true {
            let found = text.map { find(Array($0.utf8)) } ?? true
            if rest.isEmpty, found { return }
            let events = POLLIN | (rest.isEmpty ? 0 : POLLOUT)
            var polls = [pollfd(fd: control.number, events: Int16(events), revents: 0)]
            // Only a hang takes so long.
            guard unsafe poll(&polls, 1, 60_000) > 0 else {
                throw Failure(
                    .internalError, "\(rest.count) keys are not taken, or \(text ?? "nothing") not shown")
            }
            if !rest.isEmpty {
                let count = unsafe rest.withUnsafeBytes {
                    unsafe write(control.number, $0.baseAddress, $0.count)
                }
                rest = rest.dropFirst(max(0, count))
            }
            take()
        }
    }

    func wait() throws -> Int32 {
        // The program may be writing its last lines.
        var end = [pollfd(fd: process.handle.number, events: Int16(POLLIN), revents: 0)]
        // Only a hang takes so long.
        for _ in 0..<6000 where unsafe poll(&end, 1, 10) == 0 { take() }
        take()
        guard end[0].revents != 0 else {
            let text = String(decoding: seen.suffix(1000), as: UTF8.self)
            throw Failure(.internalError, "the program does not end: \(text)")
        }
        return try process.wait()
    }

    private func take() {
        var count = 0
        repeat {
            seen += unsafe [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, initialized in
                count = unsafe read(control.number, buffer.baseAddress, buffer.count)
                initialized = max(0, count)
            }
        } while count > 0
    }

    private func find(_ text: [UInt8]) -> Bool {
        guard seen.count - searched >= text.count else { return false }
        for start in searched...(seen.count - text.count) where seen[start...].starts(with: text) {
            searched = start + text.count
            return true
        }
        searched = seen.count - text.count + 1
        return false
    }
}
