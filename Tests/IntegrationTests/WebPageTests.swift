import Platform
import Support
import Testing
import YunCore

/// A web page as its owner opens it, through the page manager and the real web host.
@Suite struct WebPageTests {
    private let ypkg: Tool

    init() throws { ypkg = try Tool() }

    @Test(
        "a web page hears of its life and its links as yun.page events, also of those that come later (L-10, W-22)"
    )
    func life() throws {
        let script = """
            for (const name of ["create", "start", "show", "hide", "stop", "destroy", "link"])
              yun.page.addEventListener(name, (event) =>
                console.log(`HEARD ${name} ${event.uri ?? ""} ${event.event ?? ""} ${event.data ?? ""}`.trim()));
            """
        let manifest = """
            { "domain": { "name": "life.example.com", "title": "Life", "version": "1", "version_code": 1, "use_sdk": 1 },
              "pages": [{ "uri": "page://life.example.com/main", "type": "web", "content_path": "index.html",
                "main": true, "title": "Life", "events": ["share"] }],
              "files": ["index.html", "main.js"] }
            """
        let page = "<!doctype html><title>life</title><script type=\"module\" src=\"main.js\"></script>"
        try ypkg.directory.write(manifest.utf8, to: "life/manifest.json")
        try ypkg.directory.write(page.utf8, to: "life/index.html")
        try ypkg.directory.write(script.utf8, to: "life/main.js")
        try ypkg.installApp(in: "life", as: "life.ypkg")
        #expect(try ypkg("open", "page://life.example.com/main?id=1", "--headless").status == 0)
        try ypkg.wait(for: "HEARD show", in: "logs", "life")
        let share = ["open", "page://life.example.com/main?id=2", "--event", "share", "--data", "a text"]
        #expect(try ypkg.run(share).status == 0)
        try ypkg.wait(for: "id=2", in: "logs", "life")
        let pages = try ypkg("ps").output
        #expect(pages.split(separator: "\n").count == 1, "\(pages)")
        #expect(try ypkg("stop", "life").status == 0)
        let log = try ypkg("logs", "life").output
        let heard = log.split(separator: "\n").compactMap { line in
            line.firstRange(of: "HEARD ").map { String(line[$0.upperBound...]) }
        }
        #expect(
            heard == [
                "create page://life.example.com/main?id=1", "start",
                "link page://life.example.com/main?id=1 link", "show",
                "link page://life.example.com/main?id=2 share a text", "hide", "stop", "destroy",
            ], "\(log)")
    }
}
