import CloudModel
import Testing
import WebDAV

@Suite struct ElementTests {
    private func parse(_ text: String) throws -> Element { try Element(parsing: Array(text.utf8)) }

    @Test("namespaces are resolved, whatever the prefixes")
    func namespaces() throws {
        for text in [
            "<propfind xmlns='DAV:'><prop/></propfind>", "<D:propfind xmlns:D='DAV:'><D:prop/></D:propfind>",
            "<?xml version='1.0' encoding='utf-8'?><x:propfind xmlns:x='DAV:'><prop xmlns='DAV:'/></x:propfind>",
        ] {
            let element = try parse(text)
            #expect(element.isDAV("propfind"))
            #expect(element.child("prop") != nil)
        }
    }

    @Test("an element stands for itself when it is written again")
    func writing() throws {
        let text =
            "<R:a xmlns:R='urn:r' xmlns:S='urn:s' S:x='1&quot;' xml:lang='zh'>手<S:b>&lt;&amp;</S:b>机<c/></R:a>"
        let element = try parse(text)
        let again = try parse(element.xml)
        #expect(again.xml == element.xml)
        #expect(again.namespace == "urn:r")
        #expect(again.text == "手机")
        #expect(again.children.map(\.namespace) == ["urn:s", ""])
        #expect(again.children.first?.text == "<&")
        #expect(again.attributes.map(\.value) == ["1\"", "zh"])
    }

    @Test(
        "F-17: what is broken, declares entities or hides in another encoding is refused",
        arguments: [
            "", "text", "<a", "<a></b>", "<a/><b/>", "<x:a/>", "<a x:b='1'/>", "<a xmlns:x=''/>",
            "<a b='1' b='2'/>",
            "<!DOCTYPE a [<!ENTITY e 'x'>]><a>&e;</a>",
            "<!DOCTYPE a [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><a>&e;</a>",
            "<!DOCTYPE a [<!ENTITY % p SYSTEM 'http://127.0.0.1:1/'>%p;]><a/>", "<a>&undefined;</a>",
            "<?xml version='1.0' encoding='UTF-16'?><a/>", "<?xml version='1.0' encoding='UTF-7'?><a/>",
            "<a>\u{0}</a>",
            String(repeating: "<a>", count: 200) + String(repeating: "</a>", count: 200),
            "<a>" + String(repeating: "<b/>", count: 10_001) + "</a>",
        ])
    func hostile(text: String) { #expect(throws: Problem.self) { try parse(text) } }

    @Test("F-17: bytes that are not UTF-8 are refused")
    func encoding() {
        for bytes: [UInt8] in [
            [0x3C, 0x61, 0xFF, 0x2F, 0x3E], [0xFE, 0xFF, 0, 0x3C, 0, 0x61, 0, 0x2F, 0, 0x3E],
        ] {
            #expect(throws: Problem.self) { try Element(parsing: bytes) }
        }
    }
}

@Suite struct HeaderTests {
    private func lists(_ text: String) throws -> [Preconditions.List] {
        try IfHeader.lists(text, requested: DrivePath(encoded: "/requested")) { (uri) throws(Problem) in
            uri.hasPrefix("http://here/") ? try DrivePath(encoded: uri.dropFirst(11)) : nil
        }
    }

    @Test("an If header is read as RFC 4918 writes it")
    func conditions() throws {
        let untagged = try lists("(<urn:a> [\"e\"]) (Not <DAV:no-lock>)")
        #expect(untagged.map { $0.path?.encoded } == ["/requested", "/requested"])
        #expect(untagged.map(\.conditions.count) == [2, 1])
        #expect(untagged[1].conditions[0].holds == false)
        let tagged = try lists("<http://here/x%20y>(<urn:a>)(not [\"e\"])<http://there/z> (<urn:b>)")
        #expect(tagged.map { $0.path?.encoded } == ["/x%20y", "/x%20y", nil])
        var conditions = Preconditions()
        conditions.lists = untagged
        #expect(conditions.tokens == ["urn:a"])
    }

    @Test(
        "anything else is malformed",
        arguments: [
            "", " ", "()", "(", "(<urn:a>", "(<urn:a)", "<http://here/x>",
            "<http://here/x> <http://here/y> (<a>)", "(x)", "<a>",
            "(Not)", "([\"e\")", "urn:a",
        ])
    func malformed(text: String) { #expect(throws: Problem.self) { try lists(text) } }

    @Test(
        "the first time limit that is understood holds, within the server's own",
        arguments: [
            (nil, LockTimeout.secondsDefault), ("Second-60", 60),
            ("Infinite, Second-60", LockTimeout.secondsMax),
            ("Extend-5, second-7", 7), ("Second-4100000000", LockTimeout.secondsMax), ("Second-0", 1),
            ("Second--1", LockTimeout.secondsDefault),
            ("Second-99999999999999999999", LockTimeout.secondsDefault),
        ] as [(String?, Int64)])
    func timeouts(header: String?, seconds: Int64) { #expect(LockTimeout.seconds(header) == seconds) }

    @Test("entity tags are read one by one")
    func entityTags() {
        guard case .any? = Preconditions.EntityTags(" * ") else { Issue.record("no star"); return }
        guard case .some(let tags)? = Preconditions.EntityTags("\"a\", W/\"b\"") else {
            Issue.record("no tags"); return
        }
        #expect(tags == ["\"a\"", "\"b\""])
        if Preconditions.EntityTags(nil) != nil { Issue.record("tags of nothing") }
    }
}
