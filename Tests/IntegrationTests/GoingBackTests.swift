import Platform
import Support
import Testing
import YunCore

/// Updates and returns of the notes sample, killed at every step that changes the disk.
@Suite struct GoingBackTests {
    private let ypkg: Tool
    private static let notes = "root/data/notes.yunos.com/files/notes.txt"
    /// What makes, moves, removes or makes durable; the kernel kills instead of doing it.
    private static let steps = [
        "renameat2", "renameat", "write", "pwrite64", "ftruncate", "fdatasync", "fsync", "syncfs", "unlinkat",
        "mkdirat",
        "linkat", "symlinkat",
    ]

    init() throws {
        ypkg = try Tool()
        try ypkg.prepare("hello")
        #expect(try ypkg("install", "hello.ypkg").status == 0)
        try ypkg.prepare("notes")
        let manifest = "\(Checkout.path)/SamplePackages/notes/manifest.json"
        let script = """
            cp -r \(Checkout.path)/SamplePackages/notes later && sed 's/"version_code": *1\\b/"version_code": 2/' \(manifest) \
                > later/manifest.json
            """
        #expect(try Program("/bin/sh").run(["-c", script], directory: ypkg.directory.path).status == 0)
        #expect(try ypkg("pack", "later", "-o", "later.ypkg", "--level", "3").status == 0)
        #expect(try ypkg("sign", "later.ypkg", "--key", "me.key").status == 0)
        #expect(try ypkg("install", "notes.ypkg").status == 0)
        try ypkg.directory.write("first\n".utf8, to: Self.notes)
    }

    /// The release that runs and what it finds, as the app itself says.
    private var state: String {
        get throws {
            let run = try ypkg("run", "notes", "--", "list")
            #expect(run.status == 0, "\(run.errors)")
            let code = try Program("jq").run(
                [".versionCode"], input: ypkg("info", "notes", "--json").outputBytes)
            return String(code.output.dropLast() + run.output.dropLast())
        }
    }

    /// The next change, whichever it is, finishes or clears away what was interrupted, so that a look at everything finds
    /// nothing.
    private func recover() throws {
        #expect(try ypkg("install", "hello.ypkg").errors.contains("already installed"))
        #expect(try ypkg.directory.tree("root/staging").isEmpty)
        #expect(try ypkg("recover").errors == "nothing was left over\n")
    }

    /// T-18: what the desktop is told of the app is told of the release that runs, and of nothing that is gone.
    private func expectExported(_ versionCode: Character?) throws {
        let files = try ypkg.directory.tree("root/exports").filter { $0.contains("ypkg.notes.") }
        guard let versionCode else { return #expect(files.isEmpty, "\(files)") }
        #expect(files.count == 2, "\(files)")
        let entry = try ypkg.directory.read("root/exports/share/applications/ypkg.notes.yunos.com.desktop")
        #expect(String(decoding: entry, as: UTF8.self).contains("X-Yun-Release=\(versionCode)-"))
    }

    /// Kills at the first, second, ... step of each kind until the command gets to its end; calls `check` after each.
    private func killAtEveryStep(_ arguments: String, _ check: () throws -> Void) throws {
        var kills = 0
        for step in Self.steps {
            // Of several names strace would count each by itself, and what is called seldom would never be reached.
            for number in 1..<200 {
                let script = """
                    exec strace -f -o /dev/null -e trace=\(step) -e inject=\(step):signal=KILL:when=\(number) \
                        \(try Checkout.programs)/ypkg \(arguments)
                    """
                let result = try Program("/bin/sh").run(
                    ["-c", script], directory: ypkg.directory.path,
                    environment: ["YPKG_ROOT": ypkg.directory.path("root")])
                #expect([0, 137].contains(result.status), "\(result.errors)")
                try check()
                if result.status == 0 { break }
                kills += 1
            }
        }
        #expect(kills > 20)
    }

    @Test("T-3, T-12: killed at any step, a return has happened with its data or not at all")
    func killedReturns() throws {
        #expect(try ypkg("install", "later.ypkg").status == 0)
        try ypkg.directory.write("second\n".utf8, to: Self.notes)
        var seen: Set<String> = []
        try killAtEveryStep("rollback notes") {
            let state = try state
            seen.insert(state)
            #expect(["11  first", "21  second"].contains(state))
            try recover()
            try expectExported(state.first)
            if state.hasPrefix("1") {
                #expect(try ypkg("rollback", "notes").status == 0)
                #expect(try self.state == "21  second")
            }
        }
        #expect(seen.count == 2)
    }

    @Test("T-3, T-13: killed at any step, an update is there as a whole with a way back, or not at all")
    func killedUpdates() throws {
        try killAtEveryStep("install later.ypkg --threads 1") {
            let state = try state
            #expect(["11  first", "21  first"].contains(state))
            try recover()
            try expectExported(state.first)
            #expect(
                try ypkg.directory.tree("root/snapshots").filter { $0.hasSuffix(".txt") }.count
                    == (state.hasPrefix("2") ? 1 : 0))
            guard state.hasPrefix("2") else { return }
            let rollback = try ypkg("rollback", "notes")
            #expect(rollback.status == 0, "\(rollback.errors)")
            #expect(try ypkg("remove", "notes").status == 0 && ypkg("install", "notes.ypkg").status == 0)
            try ypkg.directory.write("first\n".utf8, to: Self.notes)
        }
    }

    @Test(
        "T-3, T-18: killed at any step, a removal has happened, and then no desktop sees the app, or not at all"
    )
    func killedRemovals() throws {
        try killAtEveryStep("remove notes") {
            let isThere = try ypkg("list").output.contains("notes.yunos.com")
            try recover()
            try expectExported(isThere ? "1" : nil)
            if !isThere { #expect(try ypkg("install", "notes.ypkg").status == 0) }
        }
    }

    @Test("T-3, T-18: killed at any step, a first install has happened as a whole or not at all")
    func killedInstalls() throws {
        #expect(try ypkg("remove", "notes").status == 0)
        try killAtEveryStep("install notes.ypkg --threads 1") {
            let isThere = try ypkg("list").output.contains("notes.yunos.com")
            try recover()
            try expectExported(isThere ? "1" : nil)
            guard isThere else { return }
            #expect(try state == "1")
            #expect(try ypkg("remove", "notes").status == 0)
        }
    }

    @Test("an alias, --json and words of a return; an app that runs is not returned")
    func words() throws {
        #expect(try ypkg("rollback", "notes").status == 67)
        #expect(try ypkg("install", "later.ypkg", "--json").output.contains("\"dataCopy\" : \"whole\""))
        let json = try ypkg("rollback", "notes", "--json").outputBytes
        #expect(try Program("jq").run([".versionCode"], input: json).output == "1\n")
        #expect(try ypkg("rollback", "notes").errors.hasPrefix("notes.yunos.com is back at "))
        #expect(try ypkg("rollback", "notes", "--with-current-data").status == 64)
    }
}
