import Testing
import Yun

@Suite struct JSONTests {
    @Test(
        "What is JSON is read as what it means",
        arguments: [
            (" null ", JSON.null), ("true", .bool(true)), ("-0", .int(0)),
            ("9223372036854775807", .int(.max)), ("-9223372036854775808", .int(.min)),
            ("9223372036854775808", .number("9223372036854775808")), ("1.50e+3", .number("1.50e+3")),
            (
                #""a\"\\\/\b\f\n\r\t\u00e9\ud83c\udf75\u0000z""#,
                .string("a\"\\/\u{8}\u{c}\n\r\té\u{1F375}\0z")
            ),
            ("[ ]", .array([])), ("{ }", .object([:])),
            ("[1,[2,{\"a\":[]}]]", .array([.int(1), .array([.int(2), .object(["a": .array([])])])])),
            (
                #"{"a" : 1 , "b":{"a":"]}\"","c":[{}]},"a":2}"#,
                .object(["a": .int(1), "b": .object(["a": .string("]}\""), "c": .array([.object([:])])])])
            ),
        ])
    func read(text: String, meaning: JSON) { #expect(JSON(Array(text.utf8)) == meaning) }

    @Test(
        "What is no JSON is refused",
        arguments: [
            "", " ", "nul", "nulll", "tru e", "01", "-", "1.", ".5", "1e", "+1", "0x1", "NaN", "\"", "\"\\\"",
            "\"\\x\"", "\"\\u12\"", "\"\\ud800\"", "\"\\ud800x\"", "\"\\ud800\\u0041\"", "\"\\udc00\"",
            "\"a\nb\"",
            "[", "]", "[1", "[1,", "[1,]", "[,1]", "[1 2]", "{", "{a:1}", "{\"a\"}", "{\"a\":}", "{\"a\":1,}",
            "{\"a\" 1}", "{1:2}", "[1}", "{\"a\":1]", "1 2", "{}{}", "[\u{0}]", "//", "'a'", "\u{FEFF}1",
        ])
    func refused(text: String) { #expect(JSON(Array(text.utf8)) == nil) }

    @Test(
        "What is no UTF-8 is refused",
        arguments: [
            [0x80], [0xC0, 0x80], [0xC3], [0xC3, 0x28], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xE2, 0x82],
            [0xF0, 0x80, 0x80, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFF],
        ] as [[UInt8]])
    func broken(bytes: [UInt8]) { #expect(JSON([0x22] + bytes + [0x22]) == nil) }

    @Test("Depth is bounded") func depth() {
        func nested(_ depth: Int) -> [UInt8] {
            Array((String(repeating: "[", count: depth) + String(repeating: "]", count: depth)).utf8)
        }
        #expect(JSON(nested(32)) != nil)
        #expect(JSON(nested(33)) == nil)
        #expect(JSON([UInt8](repeating: 0x5B, count: 4 << 20)) == nil)
    }

    @Test(
        "What is written is read again as it was",
        arguments: [
            JSON.object(["a\0b": .int(1), "": .string("\0"), "\"\u{1F375}": .array([.null, .bool(false)])]),
            .string(String(repeating: "\u{1}\u{8336}", count: 10_000)), .array([]), .object([:]), .int(.min),
            .null,
        ])
    func written(json: JSON) throws { #expect(JSON(try #require(json.encoded)) == json) }
}
