import Platform
import Support
import Testing
import YunCore

/// Tries every wall from inside on the built programs, and holds what was seen against `spec/walls.md`.
@Suite(.serialized) struct WallTests {
    private static let file = "spec/walls.md"

    private static let introduction = """
        # Walls

        What apps can reach, as probes have seen it from inside on the built programs: this file is written by a test
        (`make walls`) and never by hand. `SamplePackages/probe` tries, its `EXPECT.json` says what is expected and why, and the
        test fails where one of the three differs. A row is a try by its name; **bold** is what differs from the row's rule.
        `-` is not tried: there is nothing of the kind there, or no limit.


        """

    @Test("stand as spec/walls.md has them (S-4, S-11, S-50, S-60, W-24)")
    func walls() throws {
        let path = "\(Checkout.path)/\(Self.file)"
        let known = try AnchoredDirectory.status(ofPath: path) != nil
        let text =
            try known
            ? String(
                decoding: OwnedDescriptor.open(path, .read).readToEnd(limit: 1 << 20, describedAs: path),
                as: UTF8.self) : ""
        let expectations = try WallExpectations.load()
        #expect(expectations.walls.count >= 120 && expectations.web_walls.count >= 80)
        for wall in expectations.walls + expectations.web_walls {
            #expect(wall.except == nil || wall.why != nil, "\(wall.name) differs without a reason")
            #expect(wall.expect == "denied" || wall.why != nil, "\(wall.name) is open without a reason")
        }
        var native = WallTable(
            "From a program",
            columns: [
                ("page-root", "native page, root"), ("page-user", "native page, user"),
                ("web-root", "in a web page's place, root"), ("web-user", "in a web page's place, user"),
                ("seed-root", "seed, root"), ("seed-user", "seed, user"), ("bwrap-root", "bwrap, root"),
                ("bwrap-user", "bwrap, user"),
            ], walls: expectations.walls, from: text)
        var web = WallTable(
            "From a web page", columns: [("root", "root"), ("user", "user")],
            walls: expectations.web_walls, from: text)
        for caller in CurrentProcess.isRoot ? [WallScene.Caller.root, .user] : [.user] {
            try Self.probe(caller, &native, &web)
        }
        let now = Self.introduction + native.text + "\n" + web.text
        if CurrentProcess.environment["YUN_WRITE_WALLS"] != nil {
            #expect(CurrentProcess.isRoot, "only root sees all columns")
            try OwnedDescriptor.open(path, .replace(permissions: 0o644)).write(Array(now.utf8))
        } else if now != text {
            let lines = Set(text.split(separator: "\n"))
            let news = now.split(separator: "\n").filter { !lines.contains($0) }
            Issue.record(
                "\(Self.file) is not what was seen: \(news.joined(separator: "\n")); see: make walls")
        }
    }

    private static func probe(
        _ caller: WallScene.Caller, _ native: inout WallTable, _ web: inout WallTable
    ) throws {
        let role = caller.rawValue
        let scene = try WallScene(caller)
        try native.take(scene.nativePage(), column: "page-\(role)")
        try web.take(scene.webPage(), column: role)
        for backend in ["seed", "bwrap"] {
            try native.take(scene.launched(by: backend), column: "\(backend)-\(role)")
        }
        try native.take(WallScene(caller, standIn: true).standIn(), column: "web-\(role)")
    }
}
