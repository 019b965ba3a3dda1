import Platform
import Support
import Testing
import YunCore

/// The built `ypkg`, used as a person uses it.
struct Tool {
    let directory: TemporaryDirectory
    let program: Program

    init() throws {
        directory = try TemporaryDirectory()
        program = try Program(Checkout.programs + "/ypkg")
    }

    func callAsFunction(_ arguments: String..., input: [UInt8] = []) throws -> Program.Result {
        try run(arguments, input: input)
    }

    func run(
        _ arguments: [String], input: [UInt8] = [], environment: [String: String] = [:]
    ) throws -> Program.Result {
        var all = ["YPKG_ROOT": directory.path("root"), "HOME": directory.path]
        all.merge(environment) { _, new in new }
        return try program.run(arguments, input: input, directory: directory.path, environment: all)
    }

    /// A key that is trusted.
    func trustKey() throws {
        guard try AnchoredDirectory.status(ofPath: directory.path("me.key")) == nil else { return }
        #expect(try self("key", "generate", "me", "--no-passphrase").status == 0)
        #expect(try self("trust", "add", "me.pub", "--class", "developer").status == 0)
    }

    /// A sample that is packed, and signed with the trusted key.
    func prepare(_ sample: String) throws {
        try trustKey()
        let source = "\(Checkout.path)/SamplePackages/\(sample)"
        #expect(try self("pack", source, "-o", "\(sample).ypkg", "--level", "3").errors.contains("packed"))
        #expect(try self("sign", "\(sample).ypkg", "--key", "me.key").status == 0)
    }
}

@Suite struct CommandLineTests {
    private let ypkg: Tool

    init() throws { ypkg = try Tool() }

    @Test("the way of a package: init, pack, sign, verify, install, list, info, remove")
    func wholeWay() throws {
        #expect(try ypkg("init", "myapp").status == 0)
        #expect(try ypkg("key", "generate", "me", "--no-passphrase").status == 0)
        #expect(try ypkg("pack", "myapp", "-o", "myapp.ypkg").status == 0)
        #expect(try ypkg("verify", "myapp.ypkg").status == 77)
        #expect(try ypkg("sign", "myapp.ypkg", "--key", "me.key").status == 0)
        #expect(try ypkg("verify", "myapp.ypkg").status == 77)
        #expect(try ypkg("verify", "myapp.ypkg", "--key", "me.pub").status == 0)
        #expect(try ypkg("trust", "add", "me.pub", "--class", "developer").status == 0)
        #expect(try ypkg("verify", "myapp.ypkg").status == 0)
        #expect(try ypkg("install", "myapp.ypkg").errors == "installed myapp.example.com 1.0.0\n")
        #expect(try ypkg("install", "myapp.ypkg").errors.contains("already installed"))
        #expect(try ypkg("list").output.hasPrefix("myapp.example.com  1.0.0"))
        #expect(try ypkg("info", "myapp").output.contains("page://myapp.example.com/main (web, main)"))
        #expect(try ypkg("remove", "myapp").status == 0)
        #expect(try ypkg("list").output == "")
        #expect(try ypkg("info", "myapp").status == 67)
        #expect(try ypkg("recover").errors == "nothing was left over\n")
    }

    @Test("bsdtar, minisign and jq agree with ypkg about a package")
    func othersAgree() throws {
        try ypkg.prepare("hello")
        let package = ypkg.directory.path("hello.ypkg")
        let members = try Program("bsdtar").run("-tf", package).output
        #expect(members == "ypkg-version\nmanifest.json\nindex\nindex.minisig\npayload.tar.zst\n")
        for member in ["index", "index.minisig", "manifest.json"] {
            try ypkg.directory.write(Program("bsdtar").run("-xOf", package, member).outputBytes, to: member)
        }
        let check = try Program("minisign").run(
            "-Vm", ypkg.directory.path("index"), "-p", ypkg.directory.path("me.pub"))
        #expect(check.status == 0)
        let json = try ypkg("inspect", "hello.ypkg", "--json").outputBytes
        let jq = try Program("jq")
        let domain = try jq.run(["-r", ".domain"], input: json).output
        let manifestDomain = try jq.run(["-r", ".domain.name"], input: ypkg.directory.read("manifest.json"))
            .output
        #expect(domain == "hello.example.com\n" && domain == manifestDomain)
        let digest = try Program("sha256sum").run(ypkg.directory.path("manifest.json")).output.prefix(64)
        #expect(try jq.run(["-r", ".manifestDigest"], input: json).output == digest + "\n")
        let files = try jq.run(["-r", ".entries[].path"], input: json).output
        let payload = try Program("bsdtar").run("-xOf", package, "payload.tar.zst").outputBytes
        #expect(try Program("bsdtar").run(["-tf", "-"], input: payload).output == files)
    }

    @Test("the hello sample is what init makes")
    func helloSample() throws {
        #expect(try ypkg("init", "hello").status == 0)
        for file in ["manifest.json", "index.html", "app.js", "style.css", "icon.svg"] {
            let sample = try OwnedDescriptor.open("\(Checkout.path)/SamplePackages/hello/\(file)", .read)
                .readToEnd(limit: 1 << 20, describedAs: file)
            #expect(try ypkg.directory.read("hello/\(file)") == sample, "\(file)")
        }
    }

    @Test(
        "a name with signs in it is the app's title as it is, in JSON, HTML and Swift",
        arguments: [false, true])
    func namedWithSigns(isNative: Bool) throws {
        let name = #"Tom's <b> & "C:\x\(1)" 笔记"#
        let made = try ypkg.run(
            ["init", name, "--domain", "tom.example.com"] + (isNative ? ["--native"] : []))
        #expect(made.status == 0, "\(made.errors)")
        let words = made.errors.split(separator: "ypkg pack ").last.map(String.init) ?? ""
        #expect(try Program("sh").run("-c", "printf %s \(words)").output == name)
        let manifest = try ypkg.directory.read("\(name)/manifest.json")
        let titles = try Program("jq").run(["-r", ".domain.title, .pages[0].title"], input: manifest).output
        #expect(titles == "\(name)\n\(name)\n")
        if isNative {
            let program = String(
                decoding: try ypkg.directory.read("\(name)/Sources/main.swift"), as: UTF8.self)
            #expect(program.contains(#"print("Tom's <b> & \"C:\\x\\(1)\" 笔记", "runs;"#))
            let makefile = String(decoding: try ypkg.directory.read("\(name)/Makefile"), as: UTF8.self)
            #expect(makefile.hasPrefix("bin/tom.example.com: "))
        } else {
            let page = String(decoding: try ypkg.directory.read("\(name)/index.html"), as: UTF8.self)
            let title = "Tom&#39;s &lt;b&gt; &amp; &quot;C:\\x\\(1)&quot; 笔记"
            #expect(page.contains("<title>\(title)</title>") && page.contains("<h1>\(title)</h1>"))
            #expect(try ypkg("pack", name, "-o", "tom.ypkg").status == 0)
        }
    }

    @Test(
        "usage errors end with 64 and point to the help",
        arguments: [
            ["frob"], ["pack"], ["run"], ["trust", "add", "x.pub", "--class", "friend"],
            ["init", "Bad Name"],
            ["run", "x", "--shell", "--screenshot", "y.png"],
            ["key", "generate", "x", "--no-passphrase", "--passphrase-file", "y"],
            ["verify", "x", "--threads", "0"], ["trust", "remove", "xyz"],
        ])
    func usage(_ arguments: [String]) throws {
        let result = try ypkg.run(arguments)
        #expect(result.status == 64, "\(result.errors)")
        #expect(!result.errors.isEmpty)
    }

    @Test("failures have a code in --json, one line of what and one of what next")
    func failures() throws {
        let result = try ypkg("install", "nothing.ypkg", "--json")
        #expect(result.status == 66)
        let code = try Program("jq").run(["-r", ".error.code"], input: result.outputBytes).output
        #expect(code == "input.unreadable\n")
        #expect(result.errors.split(separator: "\n").first?.hasPrefix("error: ") == true)
    }

    @Test("every mistake in a manifest is a line with its place")
    func manifestMistakes() throws {
        try ypkg.directory.write(
            Array("{ \"domain\": { \"name\": \"X\" }, \"pages\": [], \"files\": [] }".utf8),
            to: "bad/manifest.json")
        let result = try ypkg("pack", "bad")
        #expect(result.status == 65)
        let errors = result.errors.split(separator: "\n").filter {
            $0.hasPrefix("error: bad/manifest.json:1:")
        }
        #expect(errors.count >= 5, "\(result.errors)")
        #expect(result.errors.contains("hint: "))
    }

    @Test("a mistyped command is guessed, and a mistaken usage is an error of the same form, also in --json")
    func usageForms() throws {
        #expect(
            try ypkg("instal", "x").errors
                == "error: there is no command instal\nhint: did you mean: ypkg install\n")
        #expect(try ypkg("run", "notes", "add", "-").errors.contains("ypkg run APP -- ARGS"))
        let result = try ypkg("list", "--frob", "--json")
        #expect(
            result.errors.hasPrefix("error: Unknown option '--frob'")
                && result.errors.contains("\nhint: ypkg list "))
        #expect(try Program("jq").run(["-r", ".error.code"], input: result.outputBytes).output == "usage\n")
    }

    @Test(
        "names that no package can hold are refused where the manifest asks for them, and otherwise no matter"
    )
    func unpackableNames() throws {
        #expect(try ypkg("init", "app").status == 0)
        for (name, reason) in [
            ("a\\nb.js", "control"), ("\\377.js", "not UTF-8"), ("deep\\001/x.js", "control"),
        ] {
            let script = "mkdir -p \"$(dirname \"$(printf '\(name)')\")\"; touch \"$(printf '\(name)')\""
            #expect(try Program("sh").run(["-c", script], directory: ypkg.directory.path("app")).status == 0)
            #expect(try ypkg("pack", "app", "-o", "a.ypkg").status == 0)
            let manifest = String(decoding: try ypkg.directory.read("app/manifest.json"), as: UTF8.self)
            try ypkg.directory.write(
                manifest.replacing("\"app.js\"", with: "\"**\"").utf8, to: "app/manifest.json")
            let refused = try ypkg("pack", "app", "-o", "b.ypkg")
            #expect(refused.status == 65 && refused.errors.contains(reason), "\(refused.errors)")
            try ypkg.directory.write(manifest.utf8, to: "app/manifest.json")
            let clean = "rm -rf \"$(printf '\(name)' | cut -d/ -f1)\""
            #expect(try Program("sh").run(["-c", clean], directory: ypkg.directory.path("app")).status == 0)
        }
        #expect(try !ypkg.directory.tree("").contains("b.ypkg"))
    }

    @Test("init fills an empty directory, and names the app by it also where it is called '.'")
    func initHere() throws {
        let script = "mkdir shop && cd shop && $ypkg init . && $ypkg pack . -o ../shop.ypkg && $ypkg init ."
        let result = try Program("sh").run(
            ["-c", script], directory: ypkg.directory.path, environment: ["ypkg": Checkout.programs + "/ypkg"]
        )
        #expect(result.status == 73 && result.errors.contains("is not empty"), "\(result.errors)")
        #expect(try ypkg("inspect", "shop.ypkg").output.contains("shop.example.com"))
    }

    @Test("a package of a gigabyte of zeros is verified in little memory")
    func boundedMemory() throws {
        try ypkg.prepare("hello")
        let script = """
            cp -r \(Checkout.path)/SamplePackages/hello big && truncate -s 1G big/zeros &&
            sed -i 's/"app.js"/"app.js", "zeros"/' big/manifest.json &&
            $ypkg pack big -o big.ypkg --level 1 && $ypkg sign big.ypkg --key me.key && ulimit -d 131072 &&
            $ypkg verify big.ypkg && $ypkg verify - < big.ypkg && stat -c %s big.ypkg
            """
        let result = try Program("sh").run(
            ["-c", script], directory: ypkg.directory.path,
            environment: ["ypkg": Checkout.programs + "/ypkg", "YPKG_ROOT": ypkg.directory.path("root")])
        #expect(result.status == 0, "\(result.errors)")
        #expect(try #require(Int(result.output.dropLast())) < 2_000_000)
    }

    @Test("nothing is overwritten that exists, nor left of what failed")
    func nothingLost() throws {
        #expect(try ypkg("key", "generate", "me", "--no-passphrase").status == 0)
        let key = try ypkg.directory.read("me.key")
        #expect(try ypkg("key", "generate", "me", "--no-passphrase").status == 73)
        #expect(try ypkg.directory.read("me.key") == key)
        #expect(try ypkg("init", "app").status == 0)
        #expect(try ypkg("init", "app").status == 73)
        #expect(try Program("stat").run("-c", "%a", ypkg.directory.path("me.key")).output == "600\n")
    }

    @Test("K-5: a key is encrypted by default; without terminal and file there is no passphrase to be had")
    func passphrases() throws {
        let setsid = try Program("setsid")
        let asked = try setsid.run(
            ["-w", Checkout.programs + "/ypkg", "key", "generate", ypkg.directory.path("k")],
            environment: ["HOME": "/"])
        #expect(asked.status == 64 && asked.errors.contains("--passphrase-file"))
        try ypkg.directory.write(Array("correct horse\n".utf8), to: "pass")
        try ypkg.directory.write(Array("wrong\n".utf8), to: "wrong")
        #expect(try ypkg("key", "generate", "k", "--passphrase-file", "pass").status == 0)
        #expect(try ypkg("init", "app").status == 0 && ypkg("pack", "app", "-o", "a.ypkg").status == 0)
        #expect(try ypkg("sign", "a.ypkg", "--key", "k.key", "--passphrase-file", "wrong").status == 77)
        #expect(try ypkg("sign", "a.ypkg", "--key", "k.key", "--passphrase-file", "pass").status == 0)
        #expect(try ypkg("verify", "a.ypkg", "--key", "k.pub").status == 0)
    }

    @Test("K-9, K-11: a store's profile and a successor's lineage work from the command line")
    func profileAndLineage() throws {
        for name in ["old", "new", "store"] {
            #expect(try ypkg("key", "generate", name, "--no-passphrase").status == 0)
        }
        #expect(try ypkg("trust", "add", "store.pub", "--class", "store").status == 0)
        #expect(try ypkg("init", "app").status == 0 && ypkg("pack", "app", "-o", "a.ypkg").status == 0)
        let vouch = try ypkg(
            "trust", "vouch", "old.pub", "--domain", "*.example.com", "--until", "2099-01-01", "--key",
            "store.key",
            "-o", "old.profile")
        #expect(vouch.status == 0, "\(vouch.errors)")
        #expect(try ypkg("sign", "a.ypkg", "--key", "old.key", "--profile", "old.profile").status == 0)
        #expect(try ypkg("install", "a.ypkg").status == 0)
        #expect(try ypkg("key", "succeed", "new.pub", "--key", "old.key", "-o", "lineage").status == 0)
        let manifest = String(decoding: try ypkg.directory.read("app/manifest.json"), as: UTF8.self)
            .replacing("\"version_code\": 1", with: "\"version_code\": 2")
        try ypkg.directory.write(manifest.utf8, to: "app/manifest.json")
        #expect(try ypkg("pack", "app", "-o", "b.ypkg").status == 0)
        #expect(try ypkg("sign", "b.ypkg", "--key", "new.key", "--profile", "old.profile").status == 0)
        #expect(try ypkg("install", "b.ypkg").status == 77)
        let sign = try ypkg(
            "sign", "b.ypkg", "--key", "new.key", "--profile", "old.profile", "--lineage", "lineage")
        #expect(sign.status == 0)
        let install = try ypkg("install", "b.ypkg")
        #expect(install.errors.contains("updated"), "\(install.errors)")
    }

    @Test("T-5: a second ypkg waits for the first and says so, or fails at once")
    func waiting() throws {
        try ypkg.prepare("hello")
        let root = try AnchoredDirectory(at: ypkg.directory.path("root"))
        var lock = try root.lock("lock", waiting: false)
        #expect(lock != nil)
        #expect(try ypkg("install", "hello.ypkg", "--no-wait").status == 75)
        let script = try """
        \(Checkout.programs)/ypkg install hello.ypkg 2> log & \
        for i in $(seq 100); do grep -q waiting log && break; sleep 0.1; done; cat log; kill $!
        """
        let waited = try Program("/bin/sh").run(
            ["-c", script], directory: ypkg.directory.path,
            environment: ["YPKG_ROOT": ypkg.directory.path("root")])
        #expect(waited.output.contains("waiting for another ypkg"))
        lock = nil
        #expect(try ypkg("install", "hello.ypkg").status == 0)
    }

    /// Runs a script with a small disk at `small`, as a person in a namespace where nobody else is.
    private func onSmallDisk(ofBytes size: String, _ script: String) throws -> Program.Result {
        let script = try """
        ypkg=\(Checkout.programs)/ypkg; mkdir small && mount -t tmpfs -o size=\(size) tmpfs small && \
        cp -r root/trust small/ && exec unshare --user --map-user=1000 sh -c '\(script)' $ypkg
        """
        return try Program("unshare").run(
            ["--user", "--map-root-user", "--mount", "sh", "-c", script], directory: ypkg.directory.path)
    }

    @Test("T-10: a release that does not fit is refused before it is written")
    func noSpace() throws {
        try ypkg.prepare("notes")
        let result = try onSmallDisk(
            ofBytes: "3m", "$0 install notes.ypkg --root small; echo $?; ls small/staging small/apps")
        #expect(result.output == "74\nsmall/apps:\n\nsmall/staging:\n", "\(result.errors)")
        #expect(result.errors.contains("needs 10.7 MiB") && result.errors.contains("free some space"))
    }

    @Test("T-10: an update needs room for what is new only, a pipe also for what it brings")
    func spaceNeeded() throws {
        try ypkg.prepare("notes")
        let result = try onSmallDisk(
            ofBytes: "12m",
            """
            cp -r \(Checkout.path)/SamplePackages/notes n && sed -i "/version_code/s/1/2/" n/manifest.json
            $0 pack n -o next.ypkg --level 3 && $0 sign next.ypkg --key me.key || exit 1
            cat notes.ypkg | $0 install - --root small; echo $?
            $0 install notes.ypkg --root small; echo $?; $0 install next.ypkg --root small; echo $?
            """)
        #expect(result.output == "74\n0\n0\n", "\(result.errors)")
    }

    @Test("T-18: an install that just fits is not kept away by what the desktop shall see of it")
    func exportsWithoutSpace() throws {
        var app = AppFixture()
        app.icon = "icon.svg"
        app.files["icon.svg"] = Array("<svg/>".utf8) + [UInt8](repeating: 0x20, count: 400 << 10)
        try ypkg.trustKey()
        #expect(try ypkg("sign", app.pack(in: ypkg.directory, key: nil), "--key", "me.key").status == 0)
        let result = try onSmallDisk(
            ofBytes: "6m",
            """
            $0 install demo.ypkg --root small && $0 remove demo --root small || exit 1
            for free in $(seq 700 12 1000); do
                dd if=/dev/zero of=small/fill bs=4096 2> /dev/null; truncate -s -${free}K small/fill
                $0 install demo.ypkg --root small || echo $free
                rm small/fill; $0 recover --root small; ls small/exports/share/applications
                $0 remove demo --root small
            done
            """)
        let rounds = result.output.split(separator: "\n")
        #expect(result.status == 0 && rounds.count > 20, "\(result.errors)")
        #expect(rounds.allSatisfy { $0 == "ypkg.demo.example.com.desktop" }, "\(result.output)")
        #expect(result.errors.contains("renewed 1 desktop entry"))
    }

    /// All that is noted of an app at most, which goes with it.
    private static let fullLog = """
        .dbconfig no_ckpt_on_close on
        INSERT INTO permission_use SELECT domain, value, 'NOTIFICATION', 'com.yunos.notify.Show', 1
            FROM app, generate_series(1, 2000);
        INSERT INTO traffic SELECT domain, value, 'cellular', 1000000000, 1000000000
            FROM app, generate_series(1, 400);
        """

    @Test("T-15: an app can be removed when not one byte more fits on the disk")
    func removalOnFullDisk() throws {
        try ypkg.prepare("hello")
        try ypkg.directory.write(Self.fullLog.utf8, to: "log.sql")
        let result = try onSmallDisk(
            ofBytes: "6m",
            """
            $0 install hello.ypkg --root small || exit 1
            sqlite3 small/state.db < log.sql > log.out || exit 1
            dd if=/dev/zero of=small/fill bs=4096 2> /dev/null
            df --output=avail small | tail -1; $0 remove hello --root small; echo $?
            $0 list --root small; ls small/apps small/data; rm small/fill
            $0 install hello.ypkg --root small; stat -c %s small/spare
            """)
        let lines = result.output.split(separator: "\n").map { $0.drop { $0 == " " } }
        #expect(lines == ["0", "0", "small/apps:", "small/data:", "524288"], "\(result.errors)")
        #expect(!result.errors.contains("error:"), "\(result.errors)")
    }

    @Test("T-3: killed at any moment, an install is there as a whole or not at all")
    func killedInstalls() throws {
        try ypkg.prepare("notes")
        for delay in ["0.001", "0.005", "0.01", "0.02", "0.03", "0.04", "0.06", "0.1", "0.2"] {
            let killed = try Program("timeout").run(
                ["-s", "KILL", delay, Checkout.programs + "/ypkg", "install", "notes.ypkg"],
                directory: ypkg.directory.path, environment: ["YPKG_ROOT": ypkg.directory.path("root")])
            let list = try ypkg("list")
            #expect(list.status == 0)
            #expect(killed.status != 0 || list.output.contains("notes"))
            if list.output.contains("notes") {
                #expect(try ypkg("run", "notes", "--", "list").status == 0)
                #expect(try ypkg("remove", "notes").status == 0)
            }
            #expect(try ypkg("recover").status == 0)
            #expect(try ypkg.directory.tree("root/staging").isEmpty)
            #expect(try ypkg.directory.tree("root/apps").isEmpty)
        }
    }
}
