import Glibc
import Platform
import Support
import Testing
import YunCore

/// What the first owner of a phone does with it, from the first install to the first question.
@Suite struct StoryTests {
    private let ypkg: Tool

    init() throws { ypkg = try Tool() }

    private func install(_ names: String...) throws {
        for name in names {
            try ypkg.prepare(name)
            #expect(try ypkg("install", "\(name).ypkg").status == 0)
        }
    }

    @Test(
        "two apps are opened, one leads into the other, one question is asked, and a third one's denials are read"
    )
    func firstDay() throws {
        try install("taobao", "notes", "probe")
        try ypkg.directory.write("notes.yunos.com NOTIFICATION always\n".utf8, to: "answers")
        let manager = try ypkg.startPageManager("--grace", "0", "--answers", ypkg.directory.path("answers"))
        #expect(try ypkg("open", "taobao", "--headless").status == 0)
        #expect(try ypkg("open", "notes").status == 0)
        try ypkg.wait(for: "shown   page://notes.yunos.com/main", in: "ps")
        #expect(try ypkg("ps").output.contains("page://mobile.taobao.com/home"))

        // Beside the page that is open, and asked once for good.
        #expect(try ypkg("run", "notes", "--", "add", "buy tea").output == "1  buy tea\n")
        for _ in 0..<2 {
            #expect(try ypkg("run", "notes", "--", "remind", "1").output == "notifications are granted\n")
        }
        let notifications = try ypkg("notifications").output
        #expect(notifications.contains("buy tea"), "\(notifications)")
        let standing = try ypkg("permissions", "notes").output
        #expect(standing.contains("always"), "\(standing)")

        // Into the shop; what is hidden then comes to rest.
        #expect(try ypkg("run", "notes", "--", "shop").status == 0)
        try ypkg.wait(for: "shown   page://mobile.taobao.com/home", in: "ps")
        if CurrentProcess.isRoot {
            try ypkg.wait(for: "frozen  page://notes.yunos.com/main", in: "ps")
            // A frozen app's files can be used all the same.
            #expect(try ypkg("run", "notes", "--", "list").output == "1  buy tea\n")
        }
        let behind = try ypkg("run", "notes", "--", "shop")
        #expect(behind.status != 0 && behind.errors.contains("while it is hidden"), "\(behind.errors)")

        #expect(try ypkg("open", "probe").status == 0)
        let log = try ypkg.wait(for: "denied", in: "logs", "probe")
        #expect(log.contains("outside the app"), "\(log)")
        let uses = try ypkg("permissions", "--log").output
        #expect(uses.contains("com.yunos.notification.Post"), "\(uses)")
        try manager.signal(SIGTERM)
        #expect(try manager.wait() == 0)
    }
}
