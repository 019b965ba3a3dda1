import FoundationEssentials
import Platform
import Support
import Testing
import YunCore

/// What a native sample's EXPECT.json says.
private struct NativeExpectation: Decodable {
    struct Run: Decodable {
        let arguments: [String]
        let input: String?
        let output: String
        let status: Int32
    }

    let runs: [Run]
}

@Suite struct SampleTests {
    private let ypkg: Tool

    init() throws { ypkg = try Tool() }

    private func expectation<T: Decodable>(_ type: T.Type, of sample: String) throws -> T {
        let bytes = try OwnedDescriptor.open("\(Checkout.path)/SamplePackages/\(sample)/EXPECT.json", .read)
            .readToEnd(limit: 1 << 20, describedAs: sample)
        return try JSONDecoder().decode(type, from: Data(bytes))
    }

    @Test("every sample packs, verifies and installs", arguments: ["hello", "notes", "probe", "taobao"])
    func installs(_ sample: String) throws {
        try ypkg.prepare(sample)
        #expect(try ypkg("verify", "\(sample).ypkg").status == 0)
        #expect(try ypkg("install", "\(sample).ypkg").status == 0)
        #expect(try ypkg("install", "\(sample).ypkg", "--json").output.contains("\"unchanged\""))
    }

    @Test("notes: arguments, input, output and exit status pass through, and the data stays")
    func notes() throws {
        try ypkg.prepare("notes")
        #expect(try ypkg("install", "notes.ypkg").status == 0)
        for run in try expectation(NativeExpectation.self, of: "notes").runs {
            let result = try ypkg.run(
                ["run", "notes", "--"] + run.arguments, input: Array((run.input ?? "").utf8))
            #expect(result.output == run.output, "\(run.arguments): \(result.errors)")
            #expect(result.status == run.status, "\(run.arguments)")
        }
        #expect(
            try ypkg.directory.read("root/data/notes.yunos.com/files/notes.txt")
                == Array("from a pipe\n".utf8))
    }

    @Test("signals pass through, and a program that a signal ends gives 128 and its number")
    func signals() throws {
        try ypkg.prepare("notes")
        #expect(try ypkg("install", "notes.ypkg").status == 0)
        let script = try """
        mkfifo pipe; \(Checkout.programs)/ypkg run notes -- add - < pipe & app=$!; exec 3> pipe; sleep 1; \
        kill -TERM $app; wait $app; echo status $?
        """
        let result = try Program("/bin/sh").run(
            ["-c", script], directory: ypkg.directory.path,
            environment: ["YPKG_ROOT": ypkg.directory.path("root")])
        #expect(result.output == "status 143\n", "\(result.errors)")
    }

    @Test("D-7: an app that is removed while it runs is told to end first, and its files go")
    func removedWhileRunning() throws {
        try ypkg.prepare("notes")
        #expect(try ypkg("install", "notes.ypkg").status == 0)
        let script = try """
        mkfifo pipe; \(Checkout.programs)/ypkg run notes -- add - < pipe & app=$!; exec 3> pipe
        until \(Checkout.programs)/ypkg ps | grep -q shown; do :; done
        \(Checkout.programs)/ypkg remove notes; wait $app; echo status $?
        ls root/data root/apps
        """
        let result = try Program("/bin/sh").run(
            ["-c", script], directory: ypkg.directory.path,
            environment: ["YPKG_ROOT": ypkg.directory.path("root")])
        #expect(
            result.output == "status 143\nroot/apps:\n\nroot/data:\n", "\(result.errors)")
        #expect(!result.errors.contains("still runs"), "\(result.errors)")
    }

    @Test("hello and the shop show a picture of the size of a phone", arguments: ["hello", "taobao"])
    func pictures(_ sample: String) throws {
        try ypkg.prepare(sample)
        #expect(try ypkg("install", "\(sample).ypkg").status == 0)
        let run = try ypkg("run", sample, "--screenshot", "shop.png")
        #expect(run.status == 0, "\(run.errors)")
        let picture = try ypkg.directory.read("shop.png")
        #expect(picture.starts(with: [0x89, 0x50, 0x4E, 0x47]))
        let size = picture[16..<24].map { Int($0) }
        #expect([size[2] << 8 | size[3], size[6] << 8 | size[7]] == [360, 640])
    }

    @Test(
        "web pages without a display, pages and fragments that do not fit are refused in words",
        arguments: [
            (["run", "hello"], 69), (["run", "hello", "--page", "none"], 67), (["run", "nobody"], 67),
            (["run", "hello", "--", "argument"], 64),
            (["run", "hello", "--screenshot", "x.png", "--size", "big"], 64),
        ])
    func refusals(_ arguments: [String], _ status: Int) throws {
        try ypkg.prepare("hello")
        #expect(try ypkg("install", "hello.ypkg").status == 0)
        let result = try ypkg.run(arguments)
        #expect(Int(result.status) == status, "\(result.errors)")
        #expect(result.errors.contains("error: "))
    }

    @Test("--page opens another page than the main one")
    func otherPage() throws {
        #expect(try ypkg("init", "hello", "--domain", "hello.example.com").status == 0)
        let script = #"""
            cp -r hello other && cd other && sed 's/app.js/second.js/' index.html > second.html
            echo 'console.log("the second page")' > second.js
            page='{"uri": "page://hello.example.com/second", "type": "web", "content_path": "second.html", "title": "2"}'
            sed -i "s|\"pages\": \\[|\"pages\": [$page,|; s|\"app.js\"|\"app.js\", \"second.*\"|" manifest.json
            """#
        let made = try Program("sh").run(["-c", script], directory: ypkg.directory.path)
        #expect(made.status == 0, "\(made.errors)")
        #expect(try ypkg("key", "generate", "me", "--no-passphrase").status == 0)
        #expect(try ypkg("trust", "add", "me.pub", "--class", "developer").status == 0)
        #expect(try ypkg("pack", "other", "-o", "o.ypkg").status == 0)
        #expect(try ypkg("sign", "o.ypkg", "--key", "me.key").status == 0)
        #expect(try ypkg("install", "o.ypkg").status == 0)
        for (arguments, isSecond) in [([], false), (["--page", "second"], true)] {
            let run = try ypkg.run(["run", "hello", "--screenshot", "p.png"] + arguments)
            #expect(run.status == 0 && run.errors.contains("the second page") == isSecond, "\(run.errors)")
        }
    }

    @Test("--explain prints the plan and runs nothing")
    func explain() throws {
        try ypkg.prepare("notes")
        #expect(try ypkg("install", "notes.ypkg").status == 0)
        let text = try ypkg("run", "notes", "--explain")
        #expect(text.output.contains("/app (host)") && text.status == 0)
        let json = try ypkg("run", "notes", "--explain", "--json").outputBytes
        #expect(
            try Program("jq").run(["-r", ".page"], input: json).output == "page://notes.yunos.com/main\n")
        #expect(try ypkg.directory.tree("root/data/notes.yunos.com/files").isEmpty)
    }
}
