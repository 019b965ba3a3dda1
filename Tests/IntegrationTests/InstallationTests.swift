import Platform
import Support
import Testing
import YunCore

/// What `make docs` and `make install` leave.
@Suite struct InstallationTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
        for script in [
            ["generate-docs", try Checkout.programs, directory.path("docs")],
            ["install", try Checkout.programs, directory.path("docs"), directory.path("usr")],
        ] {
            let arguments = ["Scripts/\(script[0])"] + script.dropFirst()
            let made = try Program("bash").run(arguments, directory: Checkout.path)
            #expect(made.status == 0, "\(made.errors)")
        }
    }

    @Test("an installed ypkg finds the programs beside it and runs apps")
    func installed() throws {
        let script = """
            ypkg key generate me --no-passphrase && ypkg trust add me.pub --class developer &&
            ypkg pack \(Checkout.path)/SamplePackages/notes -o n.ypkg && ypkg sign n.ypkg --key me.key &&
            ypkg install n.ypkg && echo hi | ypkg run notes -- add - && ypkg run notes -- list
            """
        let result = try Program("sh").run(
            ["-c", script], directory: directory.path,
            environment: [
                "PATH": directory.path("usr/bin") + ":/usr/bin:/bin", "YPKG_ROOT": directory.path("root"),
                "HOME": directory.path,
            ])
        #expect(result.status == 0 && result.output.contains("hi"), "\(result.errors)")
    }

    @Test("the program that asks the owner is installed beside the others, and runs")
    func prompt() throws {
        let result = try Program(directory.path("usr/libexec/yun/yprompt")).run(input: Array("{}".utf8))
        #expect(result.status == 66 && result.output.isEmpty)
        #expect(result.errors.hasPrefix("error: the question is not one"), "\(result.errors)")
    }

    @Test("every command has a manual page, and every page its sections")
    func manuals() throws {
        let pages = try directory.tree("usr/share/man/man1")
        for command in [
            "init", "pack", "key-generate", "sign", "verify", "inspect", "list", "info", "install", "remove",
            "run",
            "trust-add",
        ].map({ "ypkg-\($0)" }) + ["ycloud-serve", "ycloud-check", "ycloud-admin-account-create"] {
            let page = "\(command).1"
            #expect(pages.contains { $0.hasSuffix(page) }, "\(page)")
            let text = String(decoding: try directory.read("usr/share/man/man1/\(page)"), as: UTF8.self)
            for part in [".TH", ".SH NAME", ".SH SYNOPSIS", ".SH OPTIONS"] {
                #expect(text.contains(part), "\(page)")
            }
        }
    }

    @Test("bash completes commands, options and files from the installed script")
    func completions() throws {
        let script = """
            source usr/share/bash-completion/completions/ypkg
            complete() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_LINE="$*"; COMP_POINT=${#COMP_LINE}; COMPREPLY=()
              _ypkg "$1" "${@: -1}" "${@: -2:1}"; echo "${COMPREPLY[@]}"; }
            complete ypkg ins; complete ypkg run --scr; touch some.ypkg; complete ypkg install so
            """
        let result = try Program("bash").run(
            ["-c", script], directory: directory.path,
            environment: ["PATH": directory.path("usr/bin") + ":/usr/bin:/bin"])
        #expect(result.output == "inspect install\n--screenshot\nsome.ypkg\n", "\(result.errors)")
    }

    /// A desktop's programs as they see what is installed here and in the store of `ypkg`.
    private func desktop(_ ypkg: Tool, _ program: String, _ arguments: String...) throws -> Program.Result {
        try Program(program).run(
            arguments, directory: ypkg.directory.path,
            environment: [
                "PATH": directory.path("usr/bin") + ":/usr/bin:/bin", "HOME": ypkg.directory.path,
                "YPKG_ROOT": ypkg.directory.path("root"),
                "XDG_DATA_DIRS": ypkg.directory.path("root/exports/share") + ":"
                    + directory.path("usr/share"),
            ])
    }

    @Test("a desktop opens page links and exported apps with the page manager")
    func desktops() throws {
        let ypkg = try Tool()
        try CallerApp().install(with: ypkg)
        let handlers = try desktop(ypkg, "gio", "mime", "x-scheme-handler/page").output
        #expect(handlers.contains("com.yunos.open.desktop"), "\(handlers)")
        let entry = "root/exports/share/applications/ypkg.caller.example.com.desktop"
        #expect(try Program("desktop-file-validate").run(ypkg.directory.path(entry)).status == 0)
        let opened = try desktop(ypkg, "gio", "launch", entry)
        #expect(opened.status == 0, "\(opened.errors)")
        try ypkg.wait(for: "event link page://caller.example.com/main\n", in: "logs", "caller")
        let link = "page://caller.example.com/main?id=1&x=%25%27#a"
        #expect(try desktop(ypkg, "gio", "open", link).status == 0)
        try ypkg.wait(for: "event link \(link)\n", in: "logs", "caller")
        #expect(try ypkg("ps").output.split(separator: "\n").count == 1)
        #expect(try ypkg("remove", "caller").status == 0)
        #expect(try AnchoredDirectory.status(ofPath: ypkg.directory.path(entry)) == nil)
    }

    @Test("a desktop knows a package by its name and by its bytes, and what installs it")
    func packages() throws {
        let ypkg = try Tool()
        try ypkg.prepare("hello")
        let script =
            "mv hello.ypkg whatever; cp whatever named.ypkg; echo > a; tar cf plain a; echo > empty.ypkg"
        #expect(try desktop(ypkg, "sh", "-c", script).status == 0)
        let types = [
            ("whatever", "vnd.yunos.ypkg"), ("named.ypkg", "vnd.yunos.ypkg"),
            ("empty.ypkg", "vnd.yunos.ypkg"),
            ("plain", "x-tar"),
        ]
        for (file, type) in types {
            let told = try Program("gio").run(
                ["info", "-a", "standard::content-type", ypkg.directory.path(file)],
                environment: ["XDG_DATA_DIRS": directory.path("usr/share") + ":/usr/share"])
            #expect(told.output.contains("standard::content-type: application/\(type)\n"), "\(told.output)")
        }
        let handlers = try desktop(ypkg, "gio", "mime", "application/vnd.yunos.ypkg").output
        #expect(handlers.contains("com.yunos.install.desktop"), "\(handlers)")
    }

    @Test("what a distribution ships is as desktops and systemd want it")
    func shipped() throws {
        let entries = try directory.tree("usr/share/applications").filter { $0.hasSuffix(".desktop") }
        #expect(entries == ["com.yunos.install.desktop", "com.yunos.open.desktop"])
        for entry in entries {
            let result = try Program("desktop-file-validate").run(
                directory.path("usr/share/applications/\(entry)"))
            #expect(result.status == 0 && result.output.isEmpty, "\(result.output)")
        }
        let unit = directory.path("usr/lib/systemd/user/pagemanagerd.service")
        let verified = try Program("systemd-analyze").run(
            "verify", "--user", "--man=no", unit,
            environment: ["XDG_RUNTIME_DIR": directory.path, "HOME": directory.path])
        #expect(verified.status == 0 && verified.errors.isEmpty, "\(verified.errors)")
        let cloud = try Program("systemd-analyze").run(
            "verify", "--man=no", directory.path("usr/lib/systemd/system/ycloud.service"))
        #expect(cloud.status == 0 && cloud.errors.isEmpty, "\(cloud.errors)")
        try directory.write(
            directory.read("usr/lib/environment.d/60-yun.conf"), to: ".config/environment.d/60-yun.conf")
        let generator = "/usr/lib/systemd/user-environment-generators/30-systemd-environment-d-generator"
        let plain = try Program(generator).run(environment: ["HOME": directory.path]).output
        #expect(
            plain.contains(
                "XDG_DATA_DIRS=\(directory.path)/.local/share/ypkg/exports/share:/usr/local/share:/usr/share\n"
            ))
        let set = try Program(generator).run(
            environment: ["HOME": directory.path, "XDG_DATA_HOME": "/x", "XDG_DATA_DIRS": "/a:/b"]).output
        #expect(set.contains("XDG_DATA_DIRS=/x/ypkg/exports/share:/a:/b\n"))
        let header = "#include <yun.h>\nint main(void) { return 0; }\n"
        let compiled = try Program("gcc").run(
            "-I", directory.path("usr/include"), "-fsyntax-only", "-xc", "-", input: Array(header.utf8))
        #expect(compiled.status == 0, "\(compiled.errors)")
    }

    @Test("the page manager runs as systemd's unit says, and ypkg goes to it")
    func unit() throws {
        let ypkg = try Tool()
        try CallerApp().install(with: ypkg)
        // systemd in short: no privileges, a socket for news, TERM to the first process alone.
        let script = """
            import os, signal, socket, subprocess, sys
            unit, ypkg = sys.argv[1:]
            lines = open(unit).read().splitlines()
            command = [line[10:] for line in lines if line.startswith("ExecStart=")][0].split()
            assert "Type=notify" in lines and "NoNewPrivileges=yes" in lines
            news = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            news.bind("notify")
            environment = dict(os.environ, NOTIFY_SOCKET=os.path.abspath("notify"))
            manager = subprocess.Popen(["setpriv", "--no-new-privs"] + command, env=environment)
            news.settimeout(60)
            assert news.recv(100) == b"READY=1", "not ready"
            subprocess.run([ypkg, "open", "caller"], check=True)
            assert b"page://caller.example.com/main" in subprocess.run([ypkg, "ps"], check=True, capture_output=True).stdout
            assert subprocess.run(command, env=environment).returncode == 0, "a second one does not give way"
            assert subprocess.run(["pgrep", "-P", str(manager.pid), "seed"]).returncode == 0, "another page manager"
            manager.send_signal(signal.SIGTERM)
            assert manager.wait() == 0
            """
        let result = try desktop(
            ypkg, "python3", "-c", script, directory.path("usr/lib/systemd/user/pagemanagerd.service"),
            directory.path("usr/bin/ypkg"))
        #expect(result.status == 0, "\(result.errors)")
    }

    @Test("for a package, everything lies below DESTDIR and speaks of PREFIX")
    func staged() throws {
        let made = try Program("bash").run(
            [
                "Scripts/install", try Checkout.programs, directory.path("docs"), "/usr",
                directory.path("stage"),
            ],
            directory: Checkout.path)
        #expect(made.status == 0, "\(made.errors)")
        let unit = String(
            decoding: try directory.read("stage/usr/lib/systemd/user/pagemanagerd.service"), as: UTF8.self)
        #expect(unit.contains("\nExecStart=/usr/libexec/yun/pagemanagerd\n"))
        // A package with these would take them from all others.
        let files = try directory.tree("stage")
        #expect(files.contains("usr/share/applications/com.yunos.open.desktop"))
        #expect(!files.contains { $0.hasSuffix("mimeinfo.cache") || $0.hasSuffix("mime.cache") })
    }
}
