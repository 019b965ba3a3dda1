import Testing
import YunCore

@Suite struct NameTests {
    @Test("C-1: a domain has labels as the Domain Name System has them", arguments: [
        "mobile.taobao.com", "a.b", "x-1.example.com", "1.2.3.4x",
    ])
    func goodDomain(_ name: String) throws {
        #expect(try Domain(name).name == name)
    }

    @Test("C-1: anything else is no domain", arguments: [
        "", "com", ".com", "a..b", "a.", "A.com", "a_b.com", "-a.com", "a-.com", "a.1", "ä.com", "a.b/c", "a.b\0",
        "a.b.c.d.e.f.g.h.i", String(repeating: "a", count: 64) + ".com", "..", "a.b\n",
    ])
    func badDomain(_ name: String) {
        #expect(throws: Failure.self) { try Domain(name) }
    }

    @Test("C-2: a page URI names a domain and one name")
    func pageURI() throws {
        #expect(try PageURI("page://a.b/Main_1-x").description == "page://a.b/Main_1-x")
        for text in ["page://a.b", "page://a.b/", "page://a.b/x/y", "page://a.b/x?y", "http://a.b/x", "page://A.b/x", ""] {
            #expect(throws: Failure.self) { try PageURI(text) }
        }
    }

    @Test("C-3: version codes are positive 32-bit numbers")
    func versionCode() throws {
        #expect(try VersionCode(1) < VersionCode(Int(Int32.max)))
        for value in [0, -1, Int(Int32.max) + 1, Int.min] { #expect(throws: Failure.self) { try VersionCode(value) } }
        #expect(throws: Failure.self) { try VersionName("1 0") }
        #expect(try VersionName("1.0~rc1+x_y-z").text == "1.0~rc1+x_y-z")
    }

    @Test("C-4: a digest has one spelling")
    func digest() throws {
        let text = String(repeating: "0af9", count: 16)
        let digest = try #require(Digest(hexadecimal: text))
        #expect(digest.description == text)
        #expect(digest.short == "0af90af90af9")
        for bad in [text.uppercased(), String(text.dropLast()), text + "00", "g" + text.dropFirst(), ""] {
            #expect(Digest(hexadecimal: bad) == nil)
        }
    }

    @Test("C-5: what could move a cursor or reorder text is escaped")
    func escaping() {
        #expect("a\u{1B}[31m".escaped == "a\\u{1b}[31m")
        #expect("x\u{202E}gnp.exe".escaped == "x\\u{202e}gnp.exe")
        #expect("手机 \u{1F600}".escaped == "手机 \u{1F600}")
        #expect("line\nbreak\u{2028}".escaped == "line\\u{a}break\\u{2028}")
        #expect("zero\u{200B}width".escaped == "zero\\u{200b}width")
    }

    @Test("aliases are the labels before the last")
    func aliases() throws {
        #expect(try Domain("mobile.taobao.com").aliases == ["mobile", "taobao"])
    }

    @Test("a text is chosen by language, then English")
    func localizedText() throws {
        let text = try #require(LocalizedText(["en": "Notes", "zh": "笔记", "zh-TW": "筆記"]))
        #expect(text.text(forLocale: "zh_CN.UTF-8") == "笔记")
        #expect(text.text(forLocale: "zh_TW") == "筆記")
        #expect(text.text(forLocale: "C") == "Notes")
        #expect(LocalizedText(["zh": "a", "de": "b"]) == nil)
    }
}

@Suite struct PackagePathTests {
    @Test("P-10: a path stays inside and means one thing", arguments: [
        "", "/a", "a/", "a//b", "./a", "a/..", "..", "a/../b", "a\0b", "a\nb", "a\u{202E}b", "a\u{200B}b", "\u{7F}",
        String(repeating: "a", count: 256), Array(repeating: "a", count: 33).joined(separator: "/"),
        Array(repeating: String(repeating: "b", count: 200), count: 6).joined(separator: "/"),
    ])
    func badPath(_ text: String) {
        #expect(throws: Failure.self) { try PackagePath(text) }
    }

    @Test("P-10: everything else may be a path", arguments: [
        "a", "a b/c", "...", "a/.hidden", "手机/图.svg", "-rf", "a\\b", "'\"$(x)",
    ])
    func goodPath(_ text: String) throws {
        #expect(try PackagePath(text).text == text)
    }

    @Test("P-8: a directory comes before its contents, and these before its neighbours")
    func order() throws {
        let paths = try ["a", "a/b", "a/b/c", "a-b", "a.b", "b"].map { text in try PackagePath(text) }
        #expect(paths.shuffled().sorted() == paths)
    }

    @Test("P-11: names that a file system may confuse have one key")
    func collisions() throws {
        func key(_ text: String) throws -> String { try PackagePath(text).collisionKey }
        #expect(try key("README") == key("readme"))
        #expect(try key("caf\u{E9}") == key("cafe\u{301}"))
        #expect(try key("Straße") == key("STRASSE"))
        #expect(try key("a") != key("b"))
        #expect(try PackagePath("caf\u{E9}") != PackagePath("cafe\u{301}"))
    }

    @Test("P-12: a symlink leads to a place inside or nowhere")
    func symlinks() throws {
        let link = try PackagePath("a/b/link")
        #expect(link.resolving(target: "../c")?.text == "a/c")
        #expect(link.resolving(target: "c/d")?.text == "a/b/c/d")
        for target in ["/etc/passwd", "../../../x", "../../..", ".", "a//b", "", "x/", "../.."] {
            #expect(link.resolving(target: target) == nil)
        }
    }
}
