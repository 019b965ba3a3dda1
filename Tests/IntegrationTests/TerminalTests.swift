import Platform
import Support
import Testing
import YunCore

/// What a person at a terminal sees. `script` of util-linux is the terminal.
@Suite struct TerminalTests {
    private let ypkg: Tool

    init() throws { ypkg = try Tool() }

    /// Runs a shell script in which `$ypkg` is the tool and `watch TEXT` waits until the terminal shows TEXT.
    private func shell(_ script: String, environment: [String: String] = [:]) throws -> Program.Result {
        let beginning = """
            watch() { until grep -qa "$1" log; do sleep 0.02; done; }
            terminal() { script -qfec "$1" log <"${2:-/dev/null}" >/dev/null; }

            """
        var all = try ["ypkg": Checkout.programs + "/ypkg", "HOME": ypkg.directory.path, "TERM": "xterm"]
        all["YPKG_ROOT"] = ypkg.directory.path("root")
        all.merge(environment) { _, new in new }
        return try Program("sh").run(
            ["-c", beginning + script], directory: ypkg.directory.path, environment: all)
    }

    @Test("errors are coloured on a terminal, and not with NO_COLOR, on a dumb one or in a pipe")
    func color() throws {
        let script = "terminal '$ypkg info nothing'; cat log"
        #expect(try shell(script).output.contains("\u{1B}[31;1merror:\u{1B}[0m there is no store in"))
        for plain in [["NO_COLOR": "1"], ["TERM": "dumb"]] {
            let output = try shell(script, environment: plain).output
            #expect(output.contains("error: there is no store in") && !output.contains("\u{1B}["))
        }
        #expect(try !ypkg("info", "nothing").errors.contains("\u{1B}["))
    }

    @Test("a sign-in shows on a terminal a picture that leads to where the phone is let in")
    func signInPicture() throws {
        let cloud = try CloudProcess()
        let script = """
            terminal '$ypkg account sign-in --server http://127.0.0.1:\(cloud.port)' &
            watch Waiting; kill $!; cat log
            """
        let output = try shell(script).output
        #expect(
            output.contains("/device?user_code=") && output.contains("\u{1B}[30;107m") && output.contains("▀")
        )
    }

    /// An app whose packing, if it is done well, takes seconds on any machine.
    private func makeBigApp() throws {
        #expect(try ypkg("init", "app").status == 0)
        let script = """
            sed -i 's/"app.js"/"app.js", "big"/' app/manifest.json
            head -c 9000000 /dev/urandom | base64 > app/big
            """
        #expect(try shell(script).status == 0)
    }

    @Test("an install that takes long shows how far it is")
    func installProgress() throws {
        try ypkg.prepare("notes")
        // Whoever sends slowly is as long as a large package.
        let script = """
            echo '{ head -c 1000000 notes.ypkg; sleep 1; tail -c +1000001 notes.ypkg; } | $ypkg install -' > session
            terminal 'sh session'; cat log
            """
        let output = try shell(script).output
        #expect(
            output.contains("installing notes.yunos.com █") && output.contains("installed notes.yunos.com"))
    }

    @Test("a terminal that opens for a package shows what it is, asks, and waits until its owner has read")
    func askedInstall() throws {
        try ypkg.prepare("notes")
        let script = """
            mkfifo in; terminal '$ypkg install --ask notes.ypkg' in & exec 3>in
            watch 'y or n'; cp log asked; echo "$1" >&3; watch 'Enter to close'; echo >&3; wait $!; echo "status $?"
            exec 3>&-; cat log; rm in log; $ypkg list
            """
        let refused = try shell("set -- ''; " + script).output
        #expect(refused.contains("status 0") && refused.contains("nothing was installed"), "\(refused)")
        #expect(!refused.contains("\nnotes.yunos.com  1"), "\(refused)")
        let taken = try shell("set -- y; " + script).output
        for words in [
            "Notes (notes.yunos.com 1.", "(developer)", "asks for", "status 0", "\nnotes.yunos.com  1.",
        ] {
            #expect(taken.contains(words), "\(words): \(taken)")
        }
        let failing = """
            mkfifo in; echo no > x.ypkg; terminal '$ypkg install --ask x.ypkg' in & exec 3>in
            watch 'Enter to close'; echo >&3; wait $!; echo "status $?"; cat log
            """
        let failed = try shell(failing).output
        #expect(
            failed.contains("status 65") && failed.contains("error:") && !failed.contains("y or n"),
            "\(failed)")
        #expect(try ypkg("install", "--ask", "notes.ypkg").status == 64)
        #expect(try ypkg("install", "--ask", "--json", "notes.ypkg").status == 64)
    }

    @Test("a long step shows how far it is, only on a terminal, and wipes the line at its end")
    func progress() throws {
        try makeBigApp()
        let output = try shell("terminal '$ypkg pack app -o a.ypkg --level 19 --threads 1'; cat log").output
        #expect(output.contains("packing app.example.com █") && output.contains(" %"))
        let lastLine = output.split(separator: "\r").last { $0.contains("packed") }
        #expect(lastLine?.contains("\u{1B}[Kpacked app.example.com 1.0.0") == true, "\(output.suffix(300))")
        #expect(
            try !ypkg("pack", "app", "-o", "a.ypkg", "--level", "19", "--threads", "1").errors.contains("█"))
    }

    @Test("K-5: a passphrase is asked for twice and not shown")
    func passphrase() throws {
        let script = """
            mkfifo in; terminal '$ypkg key generate k' in & exec 3>in
            watch 'for the new key: '; echo open sesame >&3; watch 'the same again: '; echo open sesame >&3
            wait $!; echo "status $?"; cat log; ls
            """
        let output = try shell(script).output
        #expect(output.contains("status 0") && output.contains("k.key\nk.pub"))
        #expect(!output.contains("sesame"))
    }

    @Test(
        "interrupted where it asks for a passphrase, it leaves a terminal that shows what is typed, and no key"
    )
    func interruptedPassphrase() throws {
        let script = #"""
            # A shell starts what runs beside it without interrupts.
            echo 'trap : INT; $ypkg key generate k; echo "status $?"; stty -a' > session
            mkfifo in; terminal 'env --default-signal=INT sh session' in & exec 3>in
            watch 'for the new key: '; printf '\003' >&3
            wait $!; cat log; ls
            """#
        let output = try shell(script).output
        #expect(output.contains("status 130") && output.contains(" echo "), "\(output)")
        #expect(!output.contains("k.key"))
    }

    @Test("killed while it packs, it leaves no half of a package")
    func killedPacking() throws {
        try makeBigApp()
        let script = """
            terminal 'echo $$ > pid; exec $ypkg pack app -o a.ypkg --level 19 --threads 1' & watch █
            kill -KILL $(cat pid); wait $!; ls -A
            """
        #expect(try shell(script).output.split(separator: "\n").sorted() == ["app", "log", "pid"])
    }
}
