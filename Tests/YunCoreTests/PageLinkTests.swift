import Testing
import YunCore

@Suite struct PageLinkTests {
    @Test(
        "L-1: a link is a page's URI with a query and a fragment, and is written as it came",
        arguments: [
            ("page://a.b/x", nil, nil), ("page://a.b/x?", "", nil), ("page://a.b/x#", nil, ""),
            ("page://mobile.taobao.com/item?id=42&q=%E9%9E%8B#top", "id=42&q=%E9%9E%8B", "top"),
            ("page://a.b/x#f?not-a-query", nil, "f?not-a-query"),
            ("page://a.b/x?a?b/c:@!$'()*+,;=-._~", "a?b/c:@!$'()*+,;=-._~", nil),
            ("page://a.b/x?line=%0A", "line=%0A", nil), ("page://a.b/x?page://c.d/y", "page://c.d/y", nil),
        ] as [(String, String?, String?)])
    func good(_ uri: String, _ query: String?, _ fragment: String?) throws {
        let link = try PageLink(uri)
        #expect(link.query == query && link.fragment == fragment && link.uri == uri)
        #expect(link.event == "link" && link.data.isEmpty)
    }

    @Test(
        "L-1, L-2: anything else is refused",
        arguments: [
            "", "page:", "page://a.b", "page://a.b/", "http://a.b/x", "PAGE://a.b/x", "page://A.b/x",
            "page://a.b/x/y",
            "page://a.b:1/x", "page://me@a.b/x", "page://a.b//x", "page://a.b/%78", "page://a.b/../x",
            " page://a.b/x",
            "page://a.b/x ", "page://a.b/x\n", "page://a.b/x?a b", "page://a.b/x?a\nb", "page://a.b/x?a\tb",
            "page://a.b/x?\u{0}", "page://a.b/x?é", "page://a.b/x?\u{202E}", "page://a.b/x?<script>",
            "page://a.b/x?a\"b", "page://a.b/x?a\\b", "page://a.b/x?{a}", "page://a.b/x?a|b",
            "page://a.b/x?[a]",
            "page://a.b/x?%", "page://a.b/x?%4", "page://a.b/x?%4g", "page://a.b/x?%g4", "page://a.b/x?%-1",
            "page://a.b/x?%00", "page://a.b/x?%FF", "page://a.b/x?%C0%80", "page://a.b/x?%ED%A0%80",
            "page://a.b/x?%F4%90%80%80", "page://a.b/x?%E9%9E", "page://a.b/x#a#b", "page://a.b/x#%00",
            "page://a.b/x#é",
            "page://a.b/x?\u{301}", "page://a.b/x\u{301}?y", "page://a.b/x?a\u{FF15}",
            "page://a.b/x?%\u{FF15}1",
        ])
    func bad(_ uri: String) {
        #expect { try PageLink(uri) } throws: { ($0 as? Failure)?.code == .linkMalformed }
    }

    @Test("L-1, L-3: URI, event and data have limits, to the byte")
    func limits() throws {
        let start = "page://a.b/x?"
        let longest = start + String(repeating: "q", count: PageLink.uriBytesMax - start.utf8.count)
        #expect(try PageLink(longest).uri.utf8.count == 4096)
        #expect(throws: Failure.self) { try PageLink(longest + "q") }
        let data = String(repeating: "é", count: PageLink.dataBytesMax / 2)
        #expect(try PageLink("page://a.b/x", data: data).data == data)
        #expect(throws: Failure.self) { try PageLink("page://a.b/x", data: data + "x") }
        #expect(throws: Failure.self) { try PageLink("page://a.b/x", data: "a\0b") }
        #expect(try PageLink("page://a.b/x", data: "two\nlines").data == "two\nlines")
    }

    @Test("L-3: an event is a word", arguments: ["a", "Share2", String(repeating: "e", count: 32)])
    func goodEvent(_ event: String) throws {
        #expect(try PageLink("page://a.b/x", event: event).event == event)
    }

    @Test(
        "L-3: anything else is no event",
        arguments: ["", "a b", "a-b", "é", "a\n", "\u{FF21}", String(repeating: "e", count: 33), "a\u{301}"])
    func badEvent(_ event: String) {
        #expect(throws: Failure.self) { try PageLink("page://a.b/x", event: event) }
    }

    @Test("links are equal by their bytes")
    func equality() throws {
        let composed = try PageLink("page://a.b/x", data: "\u{E9}")
        let decomposed = try PageLink("page://a.b/x", data: "e\u{301}")
        #expect(composed != decomposed)
        #expect(try composed == PageLink("page://a.b/x", data: "\u{E9}"))
    }

    @Test("a malformed link is shown without what it hides")
    func message() {
        let failure = #expect(throws: Failure.self) { try PageLink("page://a.b/\u{1B}[31m") }
        #expect(failure?.message.contains("\u{1B}") == false)
    }
}
