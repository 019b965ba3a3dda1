import DisplaySupport
import Glibc
import Platform
import Support
import Testing
import YunCore

/// Questions in a window that the page manager opens, on a real compositor, with a finger on it.
@Suite(.serialized) struct PromptWindowTests {
    private static let camera = "CAMERA.permission.yunos.com"
    private let ypkg: Tool
    private let screen: Screen
    private let manager: RunningPageManager

    init() throws {
        ypkg = try Tool()
        screen = try Screen(ypkg.directory)
        try Self.app.install(with: ypkg)
        manager = try ypkg.startPageManager(environment: screen.environment)
    }

    private static var app: CallerApp {
        var app = CallerApp()
        app.permissions = #"[{"name":"\#(camera)","reason":{"en":"To see you","zh":"看您"}}]"#
        return app
    }

    /// An app that asks once, while the test does something with the window.
    private func ask(_ act: (_ app: ChildProcess) throws -> Void) throws -> String {
        let call = #"{"method":"com.yunos.permission.Ask","parameters":{"name":"\#(Self.camera)"}}"#
        let input = try OwnedDescriptor.memoryFile("calls")
        try input.write(Array((call + "\n").utf8))
        try input.seek(to: 0)
        let output = try OwnedDescriptor.memoryFile("replies")
        let process = try ChildProcess(
            [
                "\(Checkout.programs)/ypkg", "run", "caller", "--root", ypkg.directory.path("root"), "--",
                "calls",
            ], environment: ["PATH=/usr/bin:/bin"], descriptors: [input.number, output.number, 2])
        try act(process)
        _ = try process.wait()
        try output.seek(to: 0)
        return String(
            decoding: try output.readToEnd(limit: 1 << 16, describedAs: "replies"), as: UTF8.self)
    }

    /// Taps on a button, counted from the last one up, until the window is gone: it takes no answer in its first moment.
    private func tap(button number: Int) throws {
        let prompt = try prompt()
        let bottom = try screen.bottomOfWindow()
        while try isThere(prompt) {
            screen.hand.tap(x: 250, y: bottom - 38 - number * 48)
            usleep(50_000)
        }
    }

    private func prompt() throws -> Int32 {
        var found: Int32?
        try wait(for: "a window") {
            found = try manager.child(named: "yprompt")
            return found != nil
        }
        return try #require(found)
    }

    private func isThere(_ process: Int32) throws -> Bool {
        try AnchoredDirectory.status(ofPath: "/proc/\(process)") != nil
    }

    @Test("an answer in the window is the app's, and is kept as far as it says (L-60)")
    func answers() throws {
        for (button, state, shown) in [
            (4, "granted", "asked at first use"), (3, "granted", "granted (while-in-use)"),
            (2, "granted", "granted (always)"), (1, "denied", "denied (never)"),
        ] {
            #expect(try ypkg("permissions", "caller", "reset").status == 0)
            let reply = try ask { _ in try tap(button: button) }
            #expect(reply == "{\"parameters\": {\"state\": \"\(state)\"}}\n", "\(button)")
            let stands = try ypkg("permissions", "caller").output
            #expect(stands.contains(shown), "\(stands)")
        }
    }

    @Test(
        "the window shows the picture of the release that runs, and a letter where there is none (L-74, L-78)"
    )
    func icon() throws {
        let colors: [[UInt8]] = [[0x12, 0xAB, 0x34], [0x56, 0x12, 0xCD]]
        #expect(try colorsShown(of: colors) == [])
        for (number, color) in colors.enumerated() {
            var app = Self.app
            app.versionCode = number + 2
            let fill = "rgb(\(color.map { String($0) }.joined(separator: ",")))"
            app.icon =
                "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9'><path fill='\(fill)' d='M0 0h9v9H0z'/></svg>"
            try app.install(with: ypkg)
            #expect(try colorsShown(of: colors) == [color])
        }
    }

    /// Which colours there are in a window that asks.
    private func colorsShown(of colors: [[UInt8]]) throws -> [[UInt8]] {
        var shown: [[UInt8]] = []
        _ = try ask { _ in
            _ = try screen.bottomOfWindow()
            shown = try colors.filter { try screen.shows($0) }
            try tap(button: 0)
        }
        return shown
    }

    @Test(
        "a window that is put away, with a button or Escape, or whose program is killed, is a no that is not kept (L-60, L-73)"
    )
    func noAnswers() throws {
        let replies = [
            try ask { _ in try tap(button: 0) },
            try ask { _ in
                let prompt = try prompt()
                _ = try screen.bottomOfWindow()
                kill(prompt, SIGKILL)
            },
            try ask { _ in
                let prompt = try prompt()
                _ = try screen.bottomOfWindow()
                while try isThere(prompt) {
                    screen.hand.press("Escape")
                    usleep(50_000)
                }
            },
        ]
        #expect(replies == [String](repeating: "{\"parameters\": {\"state\": \"denied\"}}\n", count: 3))
        #expect(try ypkg("permissions", "caller").output.contains("asked at first use"))
        #expect(try manager.child(named: "yprompt") == nil)
    }

    @Test(
        "an app that ends while it asks takes its window along, and is not waited for (L-62)",
        arguments: ["ended", "killed"])
    func gone(_ how: String) throws {
        let reply = try ask { app in
            let prompt = try prompt()
            _ = try screen.bottomOfWindow()
            if how == "ended" {
                try app.signal(SIGTERM)
            } else {
                let list = try Program("jq").run(
                    "-r", ".[0].process", input: ypkg("ps", "--json").outputBytes)
                kill(try #require(Int32(list.output.dropLast())), SIGKILL)
            }
            try wait(for: "the end of the window") { try !isThere(prompt) }
        }
        // Whether it still heard the no is its own luck.
        #expect(!reply.contains("granted"))
        try wait(for: "the end of the app") { try ypkg("ps").errors == "no page runs\n" }
        let again = try ask { _ in try tap(button: 2) }
        #expect(again.contains("granted"), "\(again)")
    }

    @Test("a question that a terminal was showing when it left is shown in the window (L-62)")
    func takesOver() throws {
        let terminal = try ChildProcess(
            [
                "/usr/bin/script", "-qfec",
                "\(Checkout.programs)/ypkg permissions --ask --root \(ypkg.directory.path("root"))",
                ypkg.directory.path("terminal"),
            ], environment: ["PATH=/usr/bin:/bin", "TERM=xterm"],
            descriptors: [screen.silence.reading.number, 2, 2])
        func shows(_ text: String) throws -> Bool {
            guard try AnchoredDirectory.status(ofPath: ypkg.directory.path("terminal")) != nil else {
                return false
            }
            return String(decoding: try ypkg.directory.read("terminal"), as: UTF8.self).contains(text)
        }
        try wait(for: "the terminal") { try shows("waiting for questions") }
        let reply = try ask { _ in
            try wait(for: "the question") { try shows("Your answer") }
            #expect(try manager.child(named: "yprompt") == nil)
            try terminal.signal(SIGTERM)
            try tap(button: 4)
        }
        #expect(reply.contains("granted"))
        _ = try terminal.wait()
    }
}

/// A compositor of one test's own, on an X server of its own.
private final class Screen {
    let hand: Hand
    let environment: [String]
    /// Its end to read from says nothing.
    let silence: Pipe
    private let display: Display
    private let weston: Child

    init(_ directory: TemporaryDirectory) throws {
        let root = try AnchoredDirectory(at: directory.path)
        try root.createDirectory("screen")
        let runtime = try root.makeDirectory("runtime", permissions: 0o700)
        display = try Display(scratch: root.directory("screen"))
        weston = try Child.start(
            "/usr/bin/weston",
            [
                "--backend=x11-backend.so", "--no-config", "--width=500", "--height=800", "--use-pixman",
                "--socket=wayland-test", "--idle-time=0", "--shell=kiosk-shell.so",
            ],
            environment: ["DISPLAY": display.name, "XDG_RUNTIME_DIR": runtime.path, "HOME": directory.path],
            descriptors: [-1, -1, -1])
        environment = [
            "XDG_RUNTIME_DIR=\(runtime.path)", "WAYLAND_DISPLAY=wayland-test", "LANG=C.UTF-8",
        ]
        hand = try #require(Hand(display: display.name))
        silence = try Pipe()
        try wait(for: "the compositor") { try runtime.status(of: "wayland-test") != nil }
    }

    deinit {
        hand.leave()
        weston.end()
        display.stop()
    }

    /// Whether some place of the screen has a colour.
    func shows(_ color: [UInt8]) throws -> Bool {
        for x in stride(from: 0, to: 500, by: 15) where try display.column(x: x).contains(color) {
            return true
        }
        return false
    }

    /// Where the window ends, once its last button has the focus and with it a blue frame.
    func bottomOfWindow() throws -> Int {
        var bottom: Int?
        try wait(for: "the window's picture") {
            bottom = try display.column(x: 250).lastIndex(of: [0x27, 0x50, 0x9B]).map { $0 + 15 }
            return bottom != nil
        }
        return try #require(bottom)
    }
}

/// Waits for something; only a hang takes long.
func wait(for what: String, until condition: () throws -> Bool) throws {
    for _ in 0..<3000 {
        if try condition() { return }
        usleep(20_000)
    }
    throw Failure(.internalError, "\(what) does not come")
}
