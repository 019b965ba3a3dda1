import CloudModel
import Testing

@Suite struct DrivePathTests {
    @Test(
        "a path is read from its encoding, and written in one way",
        arguments: [
            ("", ""), ("/", ""), ("/a/b", "/a/b"), ("//a///b/", "/a/b"), ("/%61", "/a"), ("/a%20b", "/a%20b"),
            ("/%E6%89%8B%E6%9C%BA", "/%E6%89%8B%E6%9C%BA"), ("/a+b", "/a%2Bb"), ("/100%25", "/100%25"),
        ])
    func encoding(text: String, written: String) throws {
        #expect(try DrivePath(encoded: text).encoded == written)
    }

    @Test(
        "F-10: what no file system can keep is refused, however it is encoded",
        arguments: [
            "/..", "/a/../b", "/%2e%2e", "/.", "/%2E", "/a%2Fb", "/a%00b", "/a%0Ab", "/%7F", "/%", "/%4",
            "/%zz", "/%FF",
            "/%C0%AF", "/" + String(repeating: "a", count: 256), String(repeating: "/a", count: 257),
        ])
    func hostile(text: String) {
        #expect(throws: Problem.self) { try DrivePath(encoded: text) }
    }

    @Test("a place contains itself and what is below it, byte for byte")
    func containing() throws {
        let path = try DrivePath(encoded: "/a/b")
        #expect(path.contains(try DrivePath(encoded: "/a/b")))
        #expect(path.contains(try DrivePath(encoded: "/a/b/c")))
        #expect(!path.contains(try DrivePath(encoded: "/a/bc")))
        #expect(!path.contains(try DrivePath(encoded: "/a")))
        // Swift takes these two for equal, file systems do not.
        #expect(try !DrivePath(encoded: "/%C3%A9").contains(DrivePath(encoded: "/e%CC%81")))
    }
}

@Suite struct CivilTimeTests {
    @Test(
        "instants are written as HTTP and RFC 3339 write them",
        arguments: [
            (0, "Thu, 01 Jan 1970 00:00:00 GMT", "1970-01-01T00:00:00Z"),
            (784_111_777_999, "Sun, 06 Nov 1994 08:49:37 GMT", "1994-11-06T08:49:37Z"),
            (951_782_400_000, "Tue, 29 Feb 2000 00:00:00 GMT", "2000-02-29T00:00:00Z"),
            (4_107_542_399_000, "Sun, 28 Feb 2100 23:59:59 GMT", "2100-02-28T23:59:59Z"),
            (-1, "Wed, 31 Dec 1969 23:59:59 GMT", "1969-12-31T23:59:59Z"),
        ])
    func writing(milliseconds: Int64, http: String, rfc3339: String) {
        let time = CivilTime(Instant(milliseconds: milliseconds))
        #expect(time.http == http)
        #expect(time.rfc3339 == rfc3339)
    }

    @Test("what is written is read back")
    func reading() {
        for day in stride(from: Int64(-200_000), to: 200_000, by: 13) {
            let instant = Instant(milliseconds: (day * 86_400 + 4711) * 1000)
            guard instant.milliseconds > -62_135_596_800_000 else { continue }
            #expect(CivilTime.instant(http: CivilTime(instant).http) == instant)
        }
    }

    @Test(
        "anything else is no time",
        arguments: [
            "", "yesterday", "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 06 Nov 1994 24:00:00 GMT",
            "Sun, 06 Foo 1994 08:49:37 GMT",
            "Sunday, 06-Nov-94 08:49:37 GMT", "Sun, 99 Nov 1994 08:49:37 GMT",
            "Sun, 06 Nov 99999999999999999999 08:49:37 GMT",
        ])
    func nonsense(text: String) { #expect(CivilTime.instant(http: text) == nil) }
}

@Suite struct LoginNameTests {
    @Test(
        "Y-12: two spellings of a name are one",
        arguments: [
            (" Ming@Example.COM ", "ming@example.com"), ("+86 138 0013 8000", "+8613800138000"),
            ("+1 (555) 010-9999", "+15550109999"), ("小明@例子.公司", "小明@例子.公司"),
        ])
    func spelling(text: String, name: String) throws {
        #expect(try LoginName(text).description == name)
    }

    @Test(
        "what reaches nobody is refused with how to write it",
        arguments: [
            "", "@", "ming", "ming@", "@example.com", "ming@example", "ming@.com", "a@b@c.com", "13800138000",
            "+86", "+86x",
            "+1234567890123456", "ming\u{0}@example.com", "a>,<b@example.com", "a,b@example.com",
            "\"a b\"@example.com",
            "a@b>.com", "a@exam_ple.com", "ming\u{202E}@example.com", "ming\u{200B}@example.com",
            "a..b@example.com", String(repeating: "a", count: 250) + "@b.com",
        ])
    func nonsense(text: String) { #expect(throws: Problem.self) { try LoginName(text) } }
}

@Suite struct ProblemTests {
    @Test("every kind has an error's status and words of its own")
    func kinds() {
        for code in ProblemCode.allCases { #expect((400...599).contains(code.status)) }
        #expect(Set(ProblemCode.allCases.map(\.title)).count == ProblemCode.allCases.count)
    }
}
