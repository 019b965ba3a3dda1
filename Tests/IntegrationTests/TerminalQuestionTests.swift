import Support
import Testing
import YunCore

/// Questions on a terminal, as the owner sees and answers them. `script` of util-linux is the terminal.
@Suite struct TerminalQuestionTests {
    private static let camera = "CAMERA.permission.yunos.com"
    private let ypkg: Tool

    init() throws { ypkg = try Tool() }

    private func install(reason: String = "To see you") throws {
        var app = CallerApp()
        app.permissions = #"[{"name":"\#(Self.camera)","reason":{"en":"\#(reason)","zh":"看您"}}]"#
        try app.install(with: ypkg)
    }

    /// Runs a script beside `ypkg permissions --ask`, whose terminal is typed on with `type TEXT`. `watch N TEXT` waits
    /// until the terminal has shown TEXT N times, `ask` has the app ask once and prints the reply.
    private func terminal(_ script: String) throws -> String {
        let beginning = """
            call='{"method":"com.yunos.permission.Ask","parameters":{"name":"\(Self.camera)"}}'
            watch() {
                for i in $(seq 3000); do
                    [ "$(grep -ao "$2" log 2>/dev/null | wc -l)" -ge "$1" ] && return
                    sleep 0.02
                done
                echo "$2 is not shown"; exit 1
            }
            ask() { echo "$call" | $ypkg run caller -- calls; }
            type() { printf "$1" >&3; }
            # A shell starts what runs beside it without interrupts.
            mkfifo in
            script -qfec 'env --default-signal=INT $ypkg permissions --ask' log <in >/dev/null &
            asking=$!
            exec 3>in
            watch 1 'Ctrl-C ends it'

            """
        let environment = try [
            "ypkg": Checkout.programs + "/ypkg", "HOME": ypkg.directory.path, "TERM": "xterm",
            "YPKG_ROOT": ypkg.directory.path("root"), "camera": Self.camera,
        ]
        let result = try Program("sh").run(
            ["-c", beginning + script + "\nexec 3>&-; kill $asking 2>/dev/null; wait"],
            directory: ypkg.directory.path, environment: environment)
        return result.output + result.errors
    }

    private var shown: String {
        get throws { String(decoding: try ypkg.directory.read("log"), as: UTF8.self) }
    }

    @Test(
        "L-60: the answers are once, while in use, always and never, and each is kept as far as it says",
        arguments: [
            ("1", "granted", "asked at first use"), ("2", "granted", "granted (while-in-use)"),
            ("3", "granted", "granted (always)"), ("4", "denied", "denied (never)"),
            ("never", "denied", "denied (never)"),
        ])
    func answers(_ typed: String, _ state: String, _ kept: String) throws {
        try install()
        let output = try terminal("ask & watch 1 'Your answer'; type '\(typed)\\n'; wait $!")
        #expect(output.contains("{\"parameters\": {\"state\": \"\(state)\"}}"), "\(output)")
        #expect(try ypkg("permissions", "caller").output.contains(kept))
        let question = try shown
        let order = [
            "Caller (caller.example.com)", "From a developer", "Camera", "Take pictures", "To see you",
        ]
        .map { question.firstRange(of: $0)?.lowerBound }
        #expect(
            order.count { $0 != nil } == 5 && order.compactMap(\.self) == order.compactMap(\.self).sorted())
    }

    @Test("what is no answer is asked for again, and Enter alone is no yes (L-73)")
    func mistyped() throws {
        try install()
        let output = try terminal(
            """
            ask & watch 1 'Your answer'
            type '5\\n'; watch 1 'a number from 0 to 4'; type 'yes\\n'; watch 2 'a number from 0 to 4'
            type ' 11 \\n'; watch 3 'a number from 0 to 4'; type '\\033[A1\\n'; watch 4 'a number from 0 to 4'
            type '\\n'; wait $!
            """)
        #expect(output.contains("\"denied\""), "\(output)")
        #expect(try ypkg("permissions", "caller").output.contains("asked at first use"))
    }

    @Test("L-72: what was typed before a question came does not answer it")
    func typedBefore() throws {
        try install()
        let output = try terminal(
            "type '3\\n3\\n'; watch 2 3; ask & watch 1 'Your answer'; type '4\\n'; wait $!")
        #expect(output.contains("\"denied\""), "\(output)")
        #expect(try ypkg("permissions", "caller").output.contains("denied (never)"))
    }

    @Test("L-73: the end of input puts the question away, and this terminal is asked nothing more")
    func endOfFile() throws {
        try install()
        let output = try terminal(
            """
            ask & watch 1 'Your answer'; type '\\004'; wait $!; wait $asking; echo "ended $?"
            ask
            """)
        #expect(output.contains("ended 0"), "\(output)")
        #expect(output.split(separator: "\n").count { $0.contains("\"denied\"") } == 2, "\(output)")
        #expect(try shown.ranges(of: "Your answer").count == 1)
        #expect(try ypkg("logs", "caller").output.contains("nobody can ask the owner"))
    }

    @Test("L-62: Ctrl-C at a question ends the asking, and the app is told no")
    func interrupted() throws {
        try install()
        let output = try terminal(
            "ask & watch 1 'Your answer'; type '\\003'; wait $!; wait $asking; echo \"ended $?\"")
        #expect(output.contains("ended 130") && output.contains("\"denied\""), "\(output)")
        #expect(try ypkg("permissions", "caller").output.contains("asked at first use"))
    }

    @Test("L-71: what the app says stays one line of its own, marked as its words, whatever it is")
    func hostile() throws {
        let marks = String(repeating: "\u{301}", count: 10)
        let lie = "Trust me”   1  Deny   Your answer [0]: a\(marks) شكرا "
        try install(reason: lie + String(repeating: "x", count: 60))
        _ = try terminal("ask & watch 1 'Allow once'; type '4\\n'; wait $!")
        let lines = try shown.split(whereSeparator: \.isNewline)
        let said = try #require(lines.firstIndex { $0.contains("Trust me") })
        #expect(lines[said - 1] == "The app says:" && lines[said].hasPrefix("    “Trust me”"))
        #expect(lines[said + 1] == "  1  Allow once" && lines.count { $0.hasPrefix("  1  ") } == 1)
        #expect(lines[said].unicodeScalars.count { $0 == "\u{301}" } == 2)
        #expect(try ypkg("permissions", "caller").output.contains("denied (never)"))
    }

    @Test(
        "C-5: a reason that could move the cursor or turn text round is not even packed",
        arguments: [#"\u001b[2J"#, #"\u202e"#, #"\u2066"#, #"\r"#, #"\u009b31m"#, #"\u0007"#, #"\u200b"#])
    func invisible(_ characters: String) throws {
        var app = CallerApp()
        app.permissions = #"[{"name":"\#(Self.camera)","reason":{"en":"Trust \#(characters) me","zh":"看您"}}]"#
        try ypkg.directory.write(app.manifest.utf8, to: "app/manifest.json")
        try ypkg.directory.write(CallerApp.program.utf8, to: "app/bin/caller", permissions: 0o755)
        let packed = try ypkg("pack", "app", "-o", "app.ypkg")
        #expect(packed.status == 65)
        #expect(packed.errors.unicodeScalars.allSatisfy { $0 == "\n" || $0.value >= 32 && $0 != "\u{202E}" })
    }
}
