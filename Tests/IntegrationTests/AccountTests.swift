import Glibc
import Platform
import Support
import Testing
import YunCore

/// The phone's side of the account, with the built programs of both sides.
@Suite struct AccountTests {
    private let ypkg: Tool
    private let cloud: CloudProcess

    init() throws {
        ypkg = try Tool()
        cloud = try CloudProcess()
    }

    private var address: String { "http://127.0.0.1:\(cloud.port)" }

    private static let asksForAccount =
        #"[{"name":"ACCOUNT.permission.yunos.com","reason":{"en":"To know you","zh":"认识您"}}]"#

    private func token(_ scope: String, _ more: String = "") -> String {
        #"{"method":"com.yunos.account.Token","parameters":{"scope":"\#(scope)"\#(more)}}"#
    }

    private func installCaller(_ domain: String = "caller.example.com") throws {
        var app = CallerApp()
        app.domain = domain
        app.permissions = Self.asksForAccount
        try app.install(with: ypkg)
    }

    /// A page manager that lets every app use the account.
    private func startPageManager() throws -> RunningPageManager {
        try ypkg.directory.write("* ACCOUNT always\n".utf8, to: "answers")
        return try ypkg.startPageManager("--answers", ypkg.directory.path("answers"))
    }

    private func end(_ manager: RunningPageManager) throws {
        try manager.signal(SIGTERM)
        _ = try manager.wait()
    }

    /// Runs `ypkg account sign-in` until its owner has decided.
    private func signIn(
        to server: String? = nil, as name: String? = nil, decision: String = "allow"
    ) throws -> (status: Int32, errors: String) {
        let errors = "sign-in.log"
        let log = try OwnedDescriptor.open(ypkg.directory.path(errors), .replace(permissions: 0o600))
        let process = try ChildProcess(
            [
                Checkout.programs + "/ypkg", "account", "sign-in", "--server", server ?? address, "--name",
                "小明的手机", "--root", ypkg.directory.path("root"),
            ], environment: ["PATH=/usr/bin:/bin", "HOME=\(ypkg.directory.path)"],
            descriptors: [-1, -1, log.number])
        func text() throws -> String { String(decoding: try ypkg.directory.read(errors), as: UTF8.self) }
        var link: String?
        for _ in 0..<1200 where link == nil {
            let lines = try text()
            link = lines.split(separator: "\n").first { $0.contains("/device?user_code=") }.map(String.init)
            if lines.contains("error:") { break }
            usleep(50_000)
        }
        if let link {
            try OwnerBrowser(name ?? cloud.name, password: "correct horse").decide(decision, at: link)
        }
        return (try process.wait(), try text())
    }

    private func value(_ name: String, of reply: String?) throws -> String {
        let path = ".parameters.\(name)"
        return String(
            try Program("jq").run("-r", path, input: Array((reply ?? "").utf8)).output.dropLast())
    }

    private func userInfo(_ token: String) throws -> String {
        try Program("curl").run(
            "-sS", "-w", "%{http_code}", "-H", "Authorization: Bearer \(token)", address + "/userinfo"
        ).output
    }

    @Test("A-1, A-10: a phone signs in with a code, says who it is, shares that with an app, and signs out")
    func story() throws {
        try installCaller()
        let manager = try startPageManager()
        #expect(try ypkg("account", "status").output == "nobody is signed in\n")
        let before = try ypkg.calls("caller", token("openid"))
        #expect(before.first?.contains("account.signed-out") == true, "\(before)")
        let signedIn = try signIn()
        #expect(signedIn.status == 0, "\(signedIn.errors)")
        #expect(signedIn.errors.contains("signed in as ming@example.com at \(address)"))
        #expect(try ypkg("account", "status").output.contains("signed in as ming@example.com"))
        let second = try ypkg("account", "sign-in", "--server", address)
        #expect(second.status == 76 && second.errors.contains("ypkg account sign-out"), "\(second.errors)")
        let reply = try ypkg.calls("caller", token("openid profile")).first
        let text = try value("token", of: reply)
        let subject = try value("subject", of: reply)
        #expect(text.hasPrefix("yat_") && !subject.isEmpty, "\(String(describing: reply))")
        #expect(try value("server", of: reply) == address)
        let info = try userInfo(text)
        #expect(info.contains(subject) && info.contains("ming@example.com") && info.hasSuffix("200"))
        let out = try ypkg("account", "sign-out")
        #expect(out.status == 0 && out.errors == "this phone is signed out\n", "\(out.errors)")
        #expect(try userInfo(text).hasSuffix("401"))
        let after = try ypkg.calls("caller", token("openid"))
        #expect(after.first?.contains("account.signed-out") == true, "\(after)")
        #expect(
            try ypkg("account", "status").output.hasPrefix(
                "nobody is signed in; what apps keep for ming@example.com"))
        #expect(try ypkg("account", "sign-out").status == 67)
        try end(manager)
    }

    @Test("A-2: a phone that its owner does not let in is not signed in")
    func refused() throws {
        let manager = try startPageManager()
        let signedIn = try signIn(decision: "deny")
        #expect(signedIn.status == 77, "\(signedIn.errors)")
        #expect(try ypkg("account", "status").output == "nobody is signed in\n")
        try end(manager)
    }

    @Test("A-11: a token is for the app that the kernel names, whatever the call says")
    func anotherName() throws {
        try installCaller()
        try installCaller("other.example.com")
        let manager = try startPageManager()
        #expect(try signIn().status == 0)
        let own = try value("subject", of: ypkg.calls("caller.example.com", token("openid")).first)
        let others = try value("subject", of: ypkg.calls("other.example.com", token("openid")).first)
        #expect(!own.isEmpty && own != others)
        let claim =
            #","audience":"other.example.com","app":"other.example.com","domain":"other.example.com","client_id":"x""#
        let claimed = try ypkg.calls("caller.example.com", token("openid", claim)).first
        let text = try value("token", of: claimed)
        #expect(try userInfo(text).contains(own) && !userInfo(text).contains(others))
        try end(manager)
    }

    @Test(
        "A-12: scope widening: an app gets no scope that is not an app's, however it asks",
        arguments: [
            "storage", "offline_access", "openid storage", "openid\\toffline_access", "openid&scope=storage",
            "openid%20storage", "", "\u{5B58}", "openid\\u0000storage",
        ])
    func widerScope(scope: String) throws {
        try installCaller()
        let manager = try startPageManager()
        #expect(try signIn().status == 0)
        let reply = try ypkg.calls("caller", token(scope)).first ?? ""
        #expect(reply.contains("account.refused") && !reply.contains("yat_"), "\(reply)")
        // What it has is no phone's either.
        let text = try value("token", of: ypkg.calls("caller", token("openid storage.app")).first)
        let drive = try Program("curl").run(
            "-sS", "-o", "/dev/null", "-w", "%{http_code}", "-X", "PROPFIND", "-H",
            "Authorization: Bearer \(text)", cloud.url + "/")
        #expect(drive.output == "403")
        try end(manager)
    }

    @Test(
        "A-10: an app is asked about once, gets nothing without its permission, and is asked about anew after a sign-out (A-21)"
    )
    func consent() throws {
        try installCaller()
        try CallerApp(domain: "silent.example.com").install(with: ypkg)
        let manager = try startPageManager()
        #expect(try signIn().status == 0)
        let silent = try ypkg.calls("silent.example.com", token("openid")).first ?? ""
        #expect(silent.contains("permission.denied"), "\(silent)")
        #expect(try ypkg.calls("caller.example.com", token("openid")).first?.contains("yat_") == true)
        try ypkg.directory.write([], to: "answers")
        #expect(try ypkg.calls("caller.example.com", token("openid")).first?.contains("yat_") == true)
        #expect(try ypkg("account", "sign-out").status == 0)
        #expect(try ypkg("permissions", "caller.example.com").output.contains("asked at first use"))
        #expect(try signIn().status == 0)
        let unasked = try ypkg.calls("caller.example.com", token("openid")).first ?? ""
        #expect(unasked.contains("permission.denied"), "\(unasked)")
        try end(manager)
    }

    @Test(
        "A-7: no token lies in the store, a log, an argument or an environment; and a backup without the key has none"
    )
    func secrets() throws {
        try installCaller()
        let manager = try startPageManager()
        let signedIn = try signIn()
        #expect(signedIn.status == 0)
        let text = try value("token", of: ypkg.calls("caller", token("openid")).first)
        #expect(text.hasPrefix("yat_") && !signedIn.errors.contains("ydc_"))
        #expect(try ypkg("open", "caller").status == 0)
        let root = ypkg.directory.path("root")
        let grep = try Program("grep").run(
            "-rlaE", "(yat|yrt|ydc)_", root, ypkg.directory.path("pagemanagerd.log"),
            ypkg.directory.path("sign-in.log"), "/proc/\(manager.number)/cmdline",
            "/proc/\(manager.number)/environ")
        #expect(grep.output.isEmpty, "\(grep.output)")
        #expect(try !ypkg("logs").output.contains("yrt_"))
        for (path, mode) in [
            ("keys", "700"), ("keys/device", "600"), ("account", "700"), ("account/sign-in", "600"),
        ] {
            #expect(try Program("stat").run("-c", "%a", "\(root)/\(path)").output == mode + "\n", "\(path)")
        }
        try end(manager)
    }

    @Test(
        "A-5: where the key is lost, or another phone's, the phone says that it is to be signed in again",
        arguments: [false, true])
    func lostKey(isAnothers: Bool) throws {
        try installCaller()
        let manager = try startPageManager()
        #expect(try signIn().status == 0)
        #expect(try ypkg.calls("caller", token("openid")).first?.contains("yat_") == true)
        try end(manager)
        if isAnothers {
            try ypkg.directory.write(
                [UInt8](repeating: 7, count: 32), to: "root/keys/device", permissions: 0o600)
        } else {
            #expect(try Program("rm").run("-r", ypkg.directory.path("root/keys")).status == 0)
        }
        let next = try startPageManager()
        #expect(try ypkg("account", "status").output.contains("sign in again as ming@example.com"))
        let reply = try ypkg.calls("caller", token("openid")).first ?? ""
        #expect(reply.contains("account.signed-out") && reply.contains("sign in again"), "\(reply)")
        #expect(try signIn().status == 0)
        #expect(try ypkg.calls("caller", token("openid")).first?.contains("yat_") == true)
        try end(next)
    }

    @Test("A-3: whoever changes the address in the file has no token sent there")
    func changedAddress() throws {
        try installCaller()
        let stranger = try MiddleServer(before: cloud.port, in: ypkg.directory)
        let manager = try startPageManager()
        #expect(try signIn().status == 0)
        try end(manager)
        let path = "root/account/sign-in"
        let file = String(decoding: try ypkg.directory.read(path), as: UTF8.self)
        let changed = file.replacing(":\(cloud.port)", with: ":\(stranger.port)")
        #expect(changed != file)
        try ypkg.directory.write(changed.utf8, to: path)
        // It would lose each answer, and say how many.
        try ypkg.directory.write("lose client_id".utf8, to: "mode")
        let next = try startPageManager()
        #expect(try ypkg.calls("caller", token("openid")).first?.contains("yat_") == true)
        #expect(try AnchoredDirectory.status(ofPath: ypkg.directory.path("lost")) == nil)
        try end(next)
    }

    @Test("A-22: another account is not let in while data of the first is there, and finds none of it")
    func switching() throws {
        try installCaller()
        let other = "lan@example.com"
        let made = try CloudProcess.program().run(
            "admin", "account", "create", other, "--password-stdin", "--data", cloud.data,
            input: Array("correct horse\n".utf8))
        #expect(made.status == 0, "\(made.errors)")
        let manager = try startPageManager()
        #expect(try signIn().status == 0)
        let keep =
            #"{"method":"com.yunos.storage.Commit","parameters":{"changes":[{"key":"secret","value":"of ming"}]}}"#
        let look = #"{"method":"com.yunos.storage.Get","parameters":{"key":"secret"}}"#
        let write =
            #"{"method":"com.yunos.storage.WriteFile","parameters":{"path":"secret.txt","text":"of ming"}}"#
        let replies = try ypkg.calls("caller", token("openid"), keep, write)
        #expect(replies.first?.contains("yat_") == true, "\(replies)")
        #expect(try ypkg("account", "sign-out", "--keep-data").status == 0)
        let refused = try signIn(as: other)
        #expect(refused.status == 76 && refused.errors.contains("--remove-data"), "\(refused.errors)")
        #expect(try ypkg("account", "status").output.hasPrefix("nobody is signed in; what apps keep"))
        // The same one finds it again.
        #expect(try signIn().status == 0)
        #expect(try ypkg.calls("caller", look).first?.contains("of ming") == true)
        #expect(try ypkg("open", "caller").status == 0)
        let removed = try ypkg("account", "sign-out", "--remove-data")
        #expect(removed.status == 0, "\(removed.errors)")
        #expect(try ypkg("ps").output.contains("caller.example.com") == false)
        let left = try Program("grep").run("-rla", "of ming", ypkg.directory.path("root"))
        #expect(left.output.isEmpty, "\(left.output)")
        #expect(try signIn(as: other).status == 0)
        #expect(try ypkg("account", "status").output.contains(other))
        #expect(try ypkg.calls("caller", look).first == #"{"parameters": {}}"#)
        try end(manager)
    }

    @Test(
        "A-20: who signs out without a network is signed out, and the server hears of it later, also after a restart"
    )
    func signOutOffline() throws {
        try installCaller()
        let manager = try startPageManager()
        #expect(try signIn().status == 0)
        let text = try value("token", of: ypkg.calls("caller", token("openid")).first)
        let port = cloud.port
        try cloud.end(SIGKILL)
        let out = try ypkg("account", "sign-out")
        #expect(out.status == 0 && out.errors.contains("told as soon as"), "\(out.errors)")
        let reply = try ypkg.calls("caller", token("openid")).first ?? ""
        #expect(reply.contains("account.signed-out"), "\(reply)")
        #expect(try ypkg("account", "status").errors.contains("1 sign-out still to be told"))
        try end(manager)
        try cloud.start(["--listen", "127.0.0.1:\(port)"])
        #expect(cloud.port == port)
        #expect(try userInfo(text).hasSuffix("200"))
        let next = try startPageManager()
        for _ in 0..<1200 where try userInfo(text).hasSuffix("200") { usleep(50_000) }
        #expect(try userInfo(text).hasSuffix("401"))
        try end(next)
    }

    @Test("A-23: a phone that its owner has signed out elsewhere says so")
    func endedElsewhere() throws {
        try installCaller()
        let manager = try startPageManager()
        #expect(try signIn().status == 0)
        #expect(try ypkg.calls("caller", token("openid")).first?.contains("yat_") == true)
        let removed = try Program("sqlite3").run(
            cloud.data + "/cloud.db", "PRAGMA foreign_keys = 1; DELETE FROM device")
        #expect(removed.status == 0, "\(removed.errors)")
        let reply = try ypkg.calls("caller", token("openid")).first ?? ""
        #expect(reply.contains("account.signed-out") && reply.contains("has ended"), "\(reply)")
        #expect(try ypkg("account", "status").output.contains("sign in again as ming@example.com"))
        try end(manager)
    }

    @Test("A-2: answers that are lost while a phone signs in only make it take longer")
    func lostAtSignIn() throws {
        let proxy = try MiddleServer(before: cloud.port, in: ypkg.directory)
        try ypkg.directory.write("once access_token /userinfo".utf8, to: "mode")
        let manager = try startPageManager()
        let signedIn = try signIn(to: "http://127.0.0.1:\(proxy.port)")
        #expect(signedIn.status == 0, "\(signedIn.errors)")
        #expect(try String(decoding: ypkg.directory.read("lost"), as: UTF8.self) == "2")
        try end(manager)
    }

    @Test("A-6: an answer with a new token that is lost signs nobody out")
    func lostAnswer() throws {
        try installCaller()
        let proxy = try MiddleServer(before: cloud.port, in: ypkg.directory)
        let manager = try startPageManager()
        #expect(try signIn(to: "http://127.0.0.1:\(proxy.port)").status == 0)
        #expect(try ypkg.calls("caller", token("openid")).first?.contains("yat_") == true)
        try end(manager)
        // The one after it has to renew its token, for those for use are in no file.
        let next = try startPageManager()
        try ypkg.directory.write("lose grant_type=refresh_token".utf8, to: "mode")
        for _ in 0..<3 {
            let lost = try ypkg.calls("caller", token("openid")).first ?? ""
            #expect(lost.contains("network."), "\(lost)")
        }
        try ypkg.directory.write([], to: "mode")
        let reply = try ypkg.calls("caller", token("openid")).first ?? ""
        #expect(reply.contains("yat_"), "\(reply)")
        #expect(try String(decoding: ypkg.directory.read("lost"), as: UTF8.self) == "3")
        try end(next)
        // Each start shows the token that the one before has got.
        for _ in 0..<2 {
            let later = try startPageManager()
            #expect(try ypkg.calls("caller", token("openid")).first?.contains("yat_") == true)
            try end(later)
        }
        let shown = String(decoding: try ypkg.directory.read("shown"), as: UTF8.self).split(separator: "\n")
        #expect(shown.count == 6 && Set(shown[..<4]).count == 1 && Set(shown[3...]).count == 3)
    }

    @Test(
        "A-3, A-4: a server that answers nonsense, redirects or never ends is not believed",
        arguments: [
            "text", "html", "array", "redirect", "large", "types", "control", "script", "empty", "status",
        ])
    func nonsense(mode: String) throws {
        let proxy = try MiddleServer(before: cloud.port, in: ypkg.directory)
        try ypkg.directory.write("answer \(mode)".utf8, to: "mode")
        let manager = try startPageManager()
        let result = try ypkg("account", "sign-in", "--server", "http://127.0.0.1:\(proxy.port)")
        #expect([65, 69, 77].contains(result.status), "\(result.errors)")
        #expect(!result.errors.contains("\u{1B}]") && !result.errors.contains("javascript:"))
        #expect(try ypkg("account", "status").output == "nobody is signed in\n")
        try end(manager)
    }

    @Test("A-4: a server without a certificate that is trusted, and one without TLS elsewhere, get nothing")
    func untrusted() throws {
        let manager = try startPageManager()
        try cloud.end(SIGKILL)
        try cloud.start(["--self-signed"])
        let result = try ypkg("account", "sign-in", "--server", "https://127.0.0.1:\(cloud.port)")
        #expect(result.status == 77 && result.errors.contains("cannot trust"), "\(result.errors)")
        for (address, status) in [
            ("http://cloud.example.com", Int32(77)), ("http://127.0.0.1.example.com", 77),
            ("https://u@cloud.example.com", 64), ("https://cloud.example.com/path", 64),
            ("https://cloud.example.com?x", 64), ("https://cloud.example.com#x", 64),
            ("ftp://cloud.example.com", 64), ("cloud.example.com", 64), ("", 64), ("file:///etc/passwd", 64),
        ] {
            let result = try ypkg("account", "sign-in", "--server", address)
            #expect(result.status == status, "\(address): \(result.errors)")
        }
        try end(manager)
    }

    @Test("A-13: an app that asks without end is held back, and another app is not")
    func flood() throws {
        try installCaller()
        try installCaller("other.example.com")
        let manager = try startPageManager()
        #expect(try signIn().status == 0)
        let replies = try ypkg.calls("caller.example.com", Array(repeating: token("openid"), count: 60))
        #expect(replies.contains { $0.contains("call.too-many") } && replies[0].contains("yat_"))
        #expect(try ypkg.calls("other.example.com", token("openid")).first?.contains("yat_") == true)
        try end(manager)
    }
}
