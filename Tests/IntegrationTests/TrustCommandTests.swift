import Platform
import Support
import Testing
import YunCore

/// What the commands say and do about trust that ended, and about stores that are not there.
@Suite struct TrustCommandTests {
    private let ypkg: Tool

    init() throws {
        ypkg = try Tool()
        try ypkg.prepare("notes")
    }

    private func jq(_ filter: String, _ result: Program.Result) throws -> String {
        try Program("jq").run(["-r", filter], input: result.outputBytes).output
    }

    @Test(
        "K-13: what the owner revoked is not installed, run or verified, and says so, until that is taken back"
    )
    func owner() throws {
        #expect(try ypkg("install", "notes.ypkg").status == 0)
        #expect(try ypkg("trust", "revoke", "me.pub").status == 0)
        for arguments in [["run", "notes"], ["verify", "notes.ypkg"], ["install", "notes.ypkg"]] {
            let result = try ypkg.run(arguments)
            #expect(result.status == 77, "\(arguments)")
            #expect(result.errors.contains("was revoked by the owner of this device"), "\(result.errors)")
            #expect(result.errors.contains("--undo"))
        }
        #expect(try ypkg("info", "notes").output.contains("revoked "))
        #expect(try ypkg("trust", "list").output.contains("revoked by the owner of this device"))
        #expect(try ypkg("trust", "add", "me.pub", "--class", "developer", "--json").status == 76)
        #expect(
            try ypkg("trust", "revoke", "me.pub", "--undo", "--json").output.contains("\"isRevoked\" : false")
        )
        #expect(try ypkg("run", "notes", "--", "list").status == 0)
    }

    @Test("K-12, K-13: a store's statement stops a release that it vouched for")
    func store() throws {
        for name in ["author", "shop"] {
            #expect(try ypkg("key", "generate", name, "--no-passphrase").status == 0)
        }
        #expect(try ypkg("trust", "add", "shop.pub", "--class", "store").status == 0)
        let vouch = try ypkg(
            "trust", "vouch", "author.pub", "--domain", "notes.yunos.com", "--permission", "NOTIFICATION",
            "--until", "2099-01-01", "--key",
            "shop.key", "-o", "profile", "--json")
        #expect(try vouch.status == 0 && jq(".until", vouch) == "2099-01-01\n", "\(vouch.errors)")
        #expect(try ypkg("sign", "notes.ypkg", "--key", "author.key", "--profile", "profile").status == 0)
        #expect(try ypkg("install", "notes.ypkg").status == 0)
        let index = try jq(".indexDigest", ypkg("info", "notes", "--json")).dropLast()
        for (number, keys) in [("1", []), ("2", ["author.pub"])] {
            let disavow = try ypkg.run(
                ["trust", "disavow"] + keys + [
                    "--index", String(index), "--number", number, "--key", "shop.key", "-o", "gone",
                ])
            #expect(disavow.status == 0, "\(disavow.errors)")
            #expect(try jq(".isNew", ypkg("trust", "import", "gone", "--json")) == "true\n")
            let run = try ypkg("run", "notes", "--", "list")
            #expect(run.status == 77 && run.errors.contains("revoked by the key"), "\(run.errors)")
            #expect(try ypkg("verify", "notes.ypkg").status == 77)
        }
        #expect(try jq("map(select(.revokedBy != null)) | length", ypkg("trust", "list", "--json")) == "2\n")
        #expect(try ypkg("trust", "remove", "me", "--json").status == 64)
        let shop = try jq(
            "map(select(.signingClass == \"store\"))[0].key.id", ypkg("trust", "list", "--json"))
        #expect(try ypkg("trust", "remove", String(shop.dropLast()), "--json").status == 0)
        #expect(try ypkg("run", "notes", "--", "list").status == 77)
        #expect(try ypkg("trust", "add", "author.pub", "--class", "developer").status == 0)
        #expect(try ypkg("install", "notes.ypkg").status == 0)
        #expect(try ypkg("run", "notes", "--", "list").status == 0)
    }

    @Test("K-13: whoever stole a trusted key and named another with it is stopped with that key")
    func successor() throws {
        #expect(try ypkg("key", "generate", "thief", "--no-passphrase").status == 0)
        let succeed = try ypkg("key", "succeed", "thief.pub", "--key", "me.key", "-o", "lineage", "--json")
        #expect(try succeed.status == 0 && jq("length", succeed) == "2\n", "\(succeed.errors)")
        #expect(try ypkg("sign", "notes.ypkg", "--key", "thief.key", "--lineage", "lineage").status == 0)
        #expect(try ypkg("install", "notes.ypkg").status == 0)
        #expect(try ypkg("trust", "revoke", "me.pub").status == 0)
        #expect(try ypkg("run", "notes", "--", "list").status == 77)
        #expect(try ypkg("info", "notes").output.contains("revoked "))
        #expect(try ypkg("install", "notes.ypkg").status == 77)
        #expect(try ypkg("trust", "add", "thief.pub", "--class", "developer").status == 0)
        #expect(try ypkg("install", "notes.ypkg").status == 0)
        #expect(try ypkg("run", "notes", "--", "list").status == 0)
    }

    @Test("a key of another class is a conflict, with 76")
    func otherClass() throws {
        let result = try ypkg("trust", "add", "me.pub", "--class", "store", "--json")
        #expect(try result.status == 76 && jq(".error.code", result) == "trust.conflict\n")
    }

    @Test(
        "a mistyped --root is no store, and does not become one",
        arguments: [
            "list", "info notes", "run notes", "remove notes", "recover", "rollback notes",
            "trust remove 0123456789ABCDEF", "open page://notes.yunos.com/main", "open notes --prepare", "ps",
            "top", "notifications", "notifications --follow", "logs", "stop notes", "permissions notes",
            "permissions --log", "permissions --ask",
        ])
    func mistypedRoot(_ command: String) throws {
        let arguments = command.split(separator: " ").map(String.init)
        let result = try ypkg.run(arguments + ["--root", ypkg.directory.path("rooot")])
        #expect(result.status == 66 && result.errors.contains("there is no store in"), "\(result.errors)")
        #expect(try AnchoredDirectory.status(ofPath: ypkg.directory.path("rooot")) == nil)
    }

    @Test("who has installed nothing yet has an empty list")
    func newUser() throws {
        let script = "exec unshare --user --map-user=1000 sh -c '$0 list --json; $0 info notes' $0"
        let result = try Program("unshare").run(
            ["--user", "--map-root-user", "sh", "-c", script, Checkout.programs + "/ypkg"],
            environment: ["HOME": ypkg.directory.path("home")])
        #expect(result.output == "[\n\n]\n" && result.status == 67, "\(result.errors)")
    }

    @Test(
        "vouching for nothing is refused with words",
        arguments: [
            ("--permission NETWROK", "NETWORK, AUDIO, GRAPHICS"),
            ("--until 2020-02-29", "2020-02-29 is over"),
            ("--until 2021-02-29", "write YYYY-MM-DD"), ("--domain *.x..y", "x..y is not a domain"),
        ])
    func vouching(_ wrong: String, _ words: String) throws {
        let options = wrong.split(separator: " ").map(String.init)
        let other = options[0] == "--until" ? [] : ["--until", "2099-01-01"]
        let result = try ypkg.run(
            ["trust", "vouch", "me.pub", "--domain", "a.b", "--key", "me.key", "-o", "profile"] + options
                + other)
        #expect(result.status == 64 && result.errors.contains(words), "\(result.errors)")
        #expect(try AnchoredDirectory.status(ofPath: ypkg.directory.path("profile")) == nil)
    }

    @Test("kept data is listed, and an alias is enough to remove it")
    func keptData() throws {
        #expect(try ypkg("install", "notes.ypkg").status == 0)
        #expect(try jq(".dataKept", ypkg("remove", "notes", "--keep-data", "--json")) == "true\n")
        #expect(try ypkg("list").output.hasPrefix("notes.yunos.com  removed  data kept"))
        #expect(
            try jq("map([.domain, .isInstalled]) | tostring", ypkg("list", "--json"))
                == "[[\"notes.yunos.com\",false]]\n")
        #expect(try ypkg("run", "notes").status == 67)
        #expect(try ypkg("remove", "notes").status == 0)
        #expect(try ypkg("list").output == "")
    }

    @Test("info names the publisher by the key's id, and --json gives the key")
    func publisher() throws {
        #expect(try ypkg("install", "notes.ypkg").status == 0)
        let key = try jq(".publicKey", ypkg("key", "show", "me.pub", "--json"))
        let id = try jq(".id", ypkg("key", "show", "me.pub", "--json")).dropLast()
        #expect(try jq(".publisher.publicKey", ypkg("info", "notes", "--json")) == key)
        #expect(try ypkg("info", "notes").output.contains("\(id) (developer)"))
    }
}
