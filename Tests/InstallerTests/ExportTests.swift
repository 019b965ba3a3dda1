import Bundle
import Glibc
import Platform
import Signing
import Store
import Support
import Testing
import YunCore

@testable import Installer

/// What desktops see of installed apps.
@Suite struct ExportTests {
    private let device: Device
    private var app = AppFixture()
    private static let share = "root/exports/share"
    private static let entries = "\(share)/applications"
    private static let theme = "\(share)/icons/hicolor"
    private static let entry = "\(entries)/ypkg.demo.example.com.desktop"
    private static let svg = Array(#"<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"/>"#.utf8)

    init() throws { device = try Device() }

    /// The beginning of a picture of so many pixels, which is all that is looked at.
    private static func png(_ width: Int, _ height: Int) -> [UInt8] {
        let sides = [width, height].flatMap { side in [24, 16, 8, 0].map { UInt8(side >> $0 & 0xFF) } }
        return [0x89, 0x50, 0x4E, 0x47, 13, 10, 26, 10, 0, 0, 0, 13] + Array("IHDR".utf8) + sides
            + [8, 6, 0, 0, 0]
    }

    private func text(_ path: String = entry) throws -> String {
        String(decoding: try device.directory.read(path), as: UTF8.self)
    }

    /// All files that are exported, by their paths in `share`.
    private func exported() throws -> [String] {
        try device.directory.tree(Self.share).filter {
            $0.hasSuffix(".desktop") || $0.contains(".example.com")
        }
    }

    private func expectValid(_ path: String = entry) throws {
        let result = try Program("desktop-file-validate").run(device.directory.path(path))
        #expect(result.status == 0 && result.output.isEmpty, "\(result.output)")
    }

    private func app(withIcon icon: [UInt8], named name: String = "icon.svg") -> AppFixture {
        var app = app
        app.icon = name
        app.files[name] = icon
        return app
    }

    @Test("T-18: an app has an entry and its icon, and takes both along, and nothing of others")
    func comesAndGoes() throws {
        var other = app(withIcon: Self.svg)
        other.domain = "other.example.com"
        try device.install(other, as: "other")
        let before = try device.directory.tree("root/exports")
        try device.install(app(withIcon: Self.svg))
        try expectValid()
        let release = try #require(try device.root.registry.app(Domain(app.domain))?.current)
        #expect(
            try text() == """
                [Desktop Entry]
                Type=Application
                X-Yun-Release=\(release.directoryName)
                Icon=ypkg.demo.example.com
                Exec=ypkg open --root "\(device.directory.path("root"))" demo.example.com
                Name=Demo

                """)
        #expect(
            try device.directory.read("\(Self.theme)/scalable/apps/ypkg.demo.example.com.svg") == Self.svg)
        try device.directory.write("not ours".utf8, to: "\(Self.entries)/mimeinfo.cache")
        try device.directory.write("not ours".utf8, to: "\(Self.entries)/demo.example.com.desktop")
        try device.installer.remove(Domain(app.domain), keepsData: true)
        #expect(
            try device.directory.tree("root/exports").filter { !before.contains($0) }
                == ["share/applications/demo.example.com.desktop", "share/applications/mimeinfo.cache"])
        try device.expectConsistent()
    }

    @Test("T-18: an update and a return bring the entry and the icon of their release")
    func follows() throws {
        var app = app(withIcon: Self.svg)
        try device.install(app)
        let first = try exported()
        let firstText = try text()
        app.versionCode = 2
        app.title = "\"Later\""
        app.icon = "icon.png"
        app.files["icon.png"] = Self.png(60, 64)
        try device.install(app, as: "later")
        #expect(try text().contains("\nName=Later\nComment=Demo\n"))
        #expect(
            try exported() == [
                "applications/ypkg.demo.example.com.desktop",
                "icons/hicolor/64x64/apps/ypkg.demo.example.com.png",
            ])
        _ = try device.installer.goBack(Domain(app.domain), withCurrentData: false)
        #expect(try exported() == first)
        #expect(try text() == firstText)
        app.versionCode = 3
        app.icon = nil
        try device.install(app, as: "plain")
        #expect(try exported() == ["applications/ypkg.demo.example.com.desktop"])
        try expectValid()
        try device.expectConsistent()
    }

    @Test("T-18: the entry speaks the app's languages and is found by the names of its pages")
    func languages() throws {
        var app = app
        app.title = #"{ "en": "Shop", "zh": "商店", "zh-TW": "商店街" }"#
        app.pageTitle = #"{ "en": "Start", "zh": "首页" }"#
        app.morePages = ["Item; one", "Basket"].enumerated().map { number, title in
            """
            , { "uri": "page://\(app.domain)/page\(number)", "type": "web", "content_path": "index.html",
                "title": { "en": "\(title)", "zh": "商品\(number)" } }
            """
        }.joined()
        try device.install(app)
        try expectValid()
        #expect(
            try text().hasSuffix(
                #"""
                Name=Shop
                Name[zh]=商店
                Name[zh_TW]=商店街
                Comment=Start
                Comment[zh]=首页
                Keywords=Item\; one;Basket;
                Keywords[zh]=商品0;商品1;

                """#))
    }

    @Test(
        "T-19: an app's words stay words, whatever signs are in them",
        arguments: [
            #"%f %U %% 100%"#, #"a\\nExec=sh -c x\\\\"#, #" leading; and ; \"quoted\" `$(x)`"#,
            "[Desktop Action x]",
            "Exec=sh", String(repeating: "手", count: 200),
        ])
    func words(_ title: String) throws {
        var app = app
        app.title = "\"\(title)\""
        app.morePages = """
            , { "uri": "page://\(app.domain)/item", "type": "web", "content_path": "index.html",
                "title": "\(title)" }
            """
        try device.install(app)
        try expectValid()
        let lines = try text().split(separator: "\n")
        #expect(lines.filter { $0.hasPrefix("Exec") }.count == 1)
        #expect(lines.filter { $0.hasPrefix("[") } == ["[Desktop Entry]"])
        #expect(lines.filter { $0.hasPrefix("Name=") }.count == 1 && lines.count == 7, "\(lines)")
    }

    @Test(
        "T-19: what would end a line, name a field or be cut off is spelled out",
        arguments: [
            ("a\nExec=b", #"a\nExec=b"#), ("\r\t\\", #"\r\t\\"#), ("  a", #"\s a"#), ("%", "%"), ("", ""),
        ])
    func spelling(_ text: String, _ value: String) {
        #expect(DesktopEntry.value(text) == value)
    }

    @Test(
        "T-19: a desktop starts ypkg with the store's path as it is",
        arguments: [
            "plain", "a b", "100% %f %u", #"q"uote's"#, "$HOME $(id) `id`", #"back\slash\n"#, "手机",
            "two\nlines", "tab\t",
        ])
    func storePath(_ name: String) throws {
        let directory = try TemporaryDirectory()
        let root = try StoreRoot(path: directory.path(name))
        let package = try app.pack(in: device.directory, key: device.key)
        let verified = try VerifiedBundle(
            UntrustedBundle(path: package), policy: developerPolicy(device.key.publicKey))
        _ = try Installer(root: root, threads: 1, announceWaiting: nil).install(verified) { _ in }
        let words = directory.path("words")
        // What is told last is in its place whole.
        let script = "#!/bin/sh\nprintf '%s\\0' \"$@\" >'\(words).new' && mv '\(words).new' '\(words)'\n"
        try directory.write(script.utf8, to: "bin/ypkg", permissions: 0o755)
        let launched = try Program("gio").run(
            ["launch", root.directory.path + "/exports/share/applications/ypkg.demo.example.com.desktop"],
            environment: ["PATH": directory.path("bin") + ":/usr/bin:/bin", "HOME": directory.path])
        #expect(launched.status == 0, "\(launched.errors)")
        // Only a hang takes so long.
        for _ in 0..<600 where try AnchoredDirectory.status(ofPath: words) == nil { usleep(50_000) }
        let told = String(decoding: try directory.read("words"), as: UTF8.self).split(separator: "\0")
        #expect(told.map(String.init) == ["open", "--root", root.directory.path, "demo.example.com"])
    }

    private static let foreign: [String: [UInt8]] = [
        "nothing": [], "page": Array("<!doctype html><p>hello".utf8), "program": Array("\u{7F}ELF".utf8),
        "beginning": [0x89, 0x50, 0x4E, 0x47], "no width": png(0, 64), "high": png(64, 65_535),
        "wide": png(1 << 31, 1), "cut off": Array(png(64, 64).prefix(23)),
        "entities": Array(#"<!DOCTYPE x [<!ENTITY a "aaaa">]><svg>&a;</svg>"#.utf8), "NUL": svg + [0],
        "no text": svg + [0xFF], "late": [UInt8](repeating: 0x20, count: 8192) + svg,
        "large": svg + [UInt8](repeating: 0x20, count: 512 << 10),
    ]

    @Test(
        "T-20: what is no picture by its first bytes, or bursts memory, is not given to desktops",
        arguments: foreign.keys.sorted())
    func foreignPictures(_ name: String) throws {
        try device.install(app(withIcon: #require(Self.foreign[name])))
        #expect(try exported() == ["applications/ypkg.demo.example.com.desktop"])
        #expect(try !text().contains("Icon="))
        try expectValid()
        try device.expectConsistent()
    }

    @Test("T-20: a picture is copied as it is, to where its size belongs, whatever its name says")
    func pictures() throws {
        let cases = [
            (Self.png(1, 1), "48x48"), (Self.png(48, 32), "48x48"), (Self.png(100, 130), "256x256"),
            (Self.png(1024, 1024), "512x512"), (Self.svg, "scalable"),
            (Array("<?xml?>".utf8) + Self.svg, "scalable"),
        ]
        for (number, (icon, place)) in cases.enumerated() {
            var app = app(withIcon: icon, named: "picture.txt")
            app.versionCode = number + 1
            try device.install(app, as: "app\(number)")
            let suffix = place == "scalable" ? "svg" : "png"
            let path = "icons/hicolor/\(place)/apps/ypkg.demo.example.com.\(suffix)"
            #expect(try exported() == ["applications/ypkg.demo.example.com.desktop", path])
            #expect(try device.directory.read("\(Self.share)/\(path)") == icon)
        }
    }

    @Test(
        "T-18: what is lost, cut off, left over or laid down by a change that was interrupted is put right by the next"
    )
    func renewed() throws {
        try device.install(app(withIcon: Self.svg))
        let (files, text) = try (exported(), text())
        let places = [Self.entry, "\(Self.theme)/scalable/apps/ypkg.demo.example.com.svg"]
        let harms: [(String, (String) throws -> Void)] = [
            ("all is gone", { _ in try device.root.directory.removeTree("exports") }),
            ("a file is gone", { try device.root.directory.removeTree(String($0.dropFirst("root/".count))) }),
            ("an entry is cut off", { _ in try device.directory.write("[Desktop".utf8, to: Self.entry) }),
            (
                "a directory is in the place",
                {
                    try device.root.directory.removeTree(String($0.dropFirst("root/".count)))
                    try device.directory.write([], to: $0 + "/file")
                }
            ),
            (
                "a removed app has stayed",
                { _ in
                    try device.directory.write([], to: "\(Self.entries)/ypkg.gone.example.com.desktop")
                    try device.directory.write([], to: "\(Self.theme)/64x64/apps/ypkg.gone.example.com.png")
                }
            ),
            (
                "the icon is there twice",
                { _ in
                    try device.directory.write([], to: "\(Self.theme)/64x64/apps/ypkg.demo.example.com.png")
                }
            ),
        ]
        for place in places {
            for (name, harm) in harms {
                try harm(place)
                #expect(try device.root.recover().isEmpty)
                try device.interrupt()
                #expect(try device.root.recover() != RecoveryReport(), "\(name)")
                #expect(try exported() == files && self.text() == text, "\(name)")
                #expect(try device.directory.read(places[1]) == Self.svg, "\(name)")
                try device.expectConsistent()
            }
        }
    }

    @Test("T-18: 'ypkg recover' compares every byte, and follows no link out of the directory")
    func thorough() throws {
        try device.install(app(withIcon: Self.svg))
        let text = try text()
        let places = [Self.entry, "\(Self.theme)/scalable/apps/ypkg.demo.example.com.svg"]
        for place in places {
            try device.directory.write((text + "Actions=x;\n").utf8, to: place)
            #expect(try device.installer.recover().renewedExports == 1)
            try device.directory.write("mine".utf8, to: "mine")
            let name = String(place.dropFirst("root/".count))
            try device.root.directory.remove(name)
            try device.root.directory.createSymlink(name, target: device.directory.path("mine"))
            #expect(try device.installer.recover().renewedExports == 1)
            #expect(try device.directory.read("mine") == Array("mine".utf8))
            #expect(try device.root.directory.status(of: name)?.kind == .file)
        }
        #expect(try self.text() == text && device.directory.read(places[1]) == Self.svg)
        #expect(try device.installer.recover().isEmpty)
    }

    @Test(
        "T-18: where nothing can be exported, apps are installed and removed all the same, and that is said")
    func inTheWay() throws {
        try device.root.directory.removeTree("exports")
        try device.directory.write([], to: "root/exports")
        #expect(try device.install(app) == .installed)
        let report = try device.installer.recover()
        #expect(report.unexported.count == 1 && report.renewedExports == 0)
        try device.root.directory.remove("exports")
        var other = app
        other.domain = "other.example.com"
        try device.install(other, as: "other")
        try expectValid()
        #expect(try device.installer.recover().isEmpty)
    }

    @Test("T-18, T-21: what a power cut takes back is there again after the first change of the next start")
    func powerCut() throws {
        let app = app(withIcon: Self.svg)
        try device.install(app)
        let former = try device.directory.read(Self.entry)
        var next = app
        next.versionCode = 2
        next.icon = "icon.png"
        next.files["icon.png"] = Self.png(48, 48)
        try device.install(next, as: "next")
        let (files, text) = try (exported(), text())
        try device.directory.write(former, to: Self.entry)
        try device.root.directory.removeTree("exports/share/icons")
        try device.directory.write(Self.svg, to: "\(Self.theme)/scalable/apps/ypkg.demo.example.com.svg")
        // Another app that the registry does not name any more, and a link of the start before.
        try device.directory.write([1], to: "root/apps/gone.example.com/1-abcdefabcdef/index")
        try device.root.directory.remove("in-order")
        try device.root.directory.createSymlink("in-order", target: "0b0a0d1c-0000-4000-8000-000000000000")
        var other = app
        other.domain = "other.example.com"
        try device.install(other, as: "other")
        try device.installer.remove(Domain(other.domain), keepsData: false)
        #expect(try exported() == files && self.text() == text)
        try device.expectConsistent()
    }

    @Test(
        "T-21: a change that was refused or changed nothing leaves nothing to look for, one that broke off does"
    )
    func order() throws {
        try device.install(app)
        let link = try device.root.directory.symlinkTarget(of: "in-order")
        #expect(try link == CurrentProcess.bootID())
        #expect(try device.install(app, as: "again") == .unchanged)
        #expect(throws: Failure.self) { try device.installer.remove(Domain("no.one"), keepsData: false) }
        var other = app
        other.files["app/main.js"] = Array("other".utf8)
        #expect(throws: Failure.self) { try device.install(other, as: "other") }
        #expect(try device.root.directory.symlinkTarget(of: "in-order") == link)
        try device.root.data.removeTree(app.domain)
        try device.directory.write([], to: "root/data/\(app.domain)")
        other.versionCode = 2
        #expect(throws: Failure.self) { try device.install(other, as: "next") }
        #expect(try device.root.directory.status(of: "in-order") == nil)
        #expect(try device.root.recover().deletedReleases == 1)
        #expect(try device.root.directory.symlinkTarget(of: "in-order") == link)
    }

    @Test("T-19: an app that is named as a program of the system does not stand in its place")
    func names() throws {
        var app = app(withIcon: Self.svg)
        app.domain = "org.kde.konsole"
        try device.install(app)
        let files = try device.directory.tree(Self.share).filter { $0.contains("konsole") }
        #expect(
            files == [
                "applications/ypkg.org.kde.konsole.desktop",
                "icons/hicolor/scalable/apps/ypkg.org.kde.konsole.svg",
            ])
    }
}
