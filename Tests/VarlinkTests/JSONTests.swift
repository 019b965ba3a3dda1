import Testing

@testable import Varlink

@Suite struct JSONTests {
    private struct Everything: Codable, Equatable {
        enum Word: String, Codable { case one, two }
        struct Inner: Codable, Equatable { let number: Int }

        var text = "a"
        var missing: String?
        var flag = true
        var word = Word.two
        var small: UInt8 = 255
        var large = Int.min
        var share = -0.5
        var list = [Inner(number: 1), Inner(number: -2)]
        var lists: [[String]] = [[], ["x"]]
        var map = ["k\"ey": "value", "": ""]
        var gaps: [String?] = [nil, "y"]
        var nothing = Inner?.none
    }

    private func read<Value: Decodable>(_ type: Value.Type, _ text: String) throws -> Value {
        try Wire.decode(type, Array(text.utf8))
    }

    private func text(of value: some Encodable) throws -> String {
        String(decoding: try Wire.encode(value), as: UTF8.self)
    }

    @Test("What is written is read again") func roundTrip() throws {
        let value = Everything()
        #expect(try read(Everything.self, text(of: value)) == value)
    }

    @Test("Values are written in their order, on one line")
    func form() throws {
        struct Pair: Encodable {
            let b: [Int]
            let a: String?
            let c: Nothing
            let d: [[String: Bool]]
        }
        #expect(
            try text(of: Pair(b: [1, 2], a: nil, c: Nothing(), d: [[:], ["e": false]]))
                == #"{"b":[1,2],"c":{},"d":[{},{"e":false}]}"#)
        #expect(try text(of: Nothing()) == "{}")
        #expect(try text(of: [Int]()) == "[]")
    }

    /// A type that writes by hand, in a way that compilers do not.
    private struct Nested: Encodable {
        enum Key: CodingKey { case list, object, last }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Key.self)
            var list = container.nestedUnkeyedContainer(forKey: .list)
            try list.encode(1)
            var inner = list.nestedContainer(keyedBy: Key.self)
            try inner.encodeNil(forKey: .last)
            try list.encode(2)
            _ = container.nestedContainer(keyedBy: Key.self, forKey: .object)
            try container.encode(3, forKey: .last)
        }
    }

    @Test("A container ends where the next value stands beside it") func nested() throws {
        #expect(try text(of: Nested()) == #"{"list":[1,{"last":null},2],"object":{},"last":3}"#)
    }

    @Test(
        "Every character comes back, and no message has one that ends it or its line",
        arguments: [
            "", "\0", "\u{1}\u{1F}", "\n\r\t\u{8}\u{C}", "\"\\/", "\u{7F}\u{80}\u{2028}", "é e\u{301} 你好 👩‍👧",
            "\u{FEFF}\u{FFFF}\u{10FFFF}",
        ])
    func characters(_ text: String) throws {
        let written = try Wire.encode([text])
        #expect(!written.contains { $0 < 0x20 })
        let back = try #require(Wire.decode([String].self, written).first)
        #expect(back.utf8.elementsEqual(text.utf8))
    }

    @Test("Escapes mean what they stand for, also in keys") func escapes() throws {
        let all = try read([String].self, #"["\"\\\/\b\f\n\r\t", "\u4f60\uD83D\udc69\u0000\u00e9"]"#)
        #expect(all == ["\"\\/\u{8}\u{C}\n\r\t", "你👩\0é"])
        #expect(try read([String: Int].self, #"{"\u0061\"":1}"#) == ["a\"": 1])
    }

    @Test("A letter that looks like another one is another key") func lookalikes() throws {
        struct Kelvin: Decodable { let K: Int? }
        #expect(try read(Kelvin.self, #"{"\u212a":1}"#).K == nil)
        #expect(try read(Kelvin.self, "{\"\u{212A}\":1}").K == nil)
    }

    @Test("Of a key that stands twice, the first counts, for every reader") func twice() throws {
        #expect(try read([String: Int].self, #"{"a":1,"a":2,"\u0061":3}"#) == ["a": 1])
    }

    @Test(
        "What is not JSON is not read",
        arguments: [
            "", " ", "{", "}", "[", "[1,]", "[,1]", "[1 2]", "[1]]", "{}{}", "{} x", "{a:1}", "{\"a\"}",
            "{\"a\":}",
            "{\"a\":1,}", "{\"a\":1 \"b\":2}", "{1:2}", "{,}", "'a'", "\"", "\"\\\"", "\"\\x\"", "\"\\u12\"",
            "\"\\u12g4\"", "\"\\u\"", "\"a\nb\"", "\"\u{1}\"", "tru", "truex", "True", "nul", "NaN",
            "Infinity", "-",
            "+1", "01", "-01", "1.", ".5", "1e", "1e+", "0x1", "1_000", "--1", "1.e5", "\u{FEFF}{}",
            "// x\n{}", "{}\0",
            "{\u{A0}}",
        ])
    func malformed(_ text: String) throws {
        struct Anything: Decodable { init(from decoder: any Decoder) {} }
        #expect(throws: UnreadableParameter.self) { try read(Anything.self, text) }
        #expect(throws: UnreadableParameter.self) { try read([Anything].self, "[\(text),0]") }
    }

    @Test("Other encodings than UTF-8 are not read")
    func encodings() throws {
        for bytes: [UInt8] in [
            [0x22, 0xFF, 0x22], [0x22, 0xC0, 0x80, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22], [0x22, 0xC3, 0x22],
            [0x7B, 0, 0x7D, 0], [0, 0x7B, 0, 0x7D],
        ] {
            #expect(throws: UnreadableParameter.self) { try Wire.decode(String.self, bytes) }
        }
    }

    @Test("Half of a pair of escapes is no text") func halves() throws {
        for text in [
            #""\ud83d""#, #""\udc69""#, #""\ud83dx""#, #""\ud83d\n""#, #""\ud83d\ud83d""#, #""\ud83d\u0041""#,
        ] {
            #expect(throws: UnreadableParameter.self) { try read(String.self, text) }
        }
    }

    @Test("Numbers are those of the type, and nothing is cut off") func numbers() throws {
        #expect(
            try read([Int].self, "[0, -0, 9223372036854775807 ,-9223372036854775808]") == [0, 0, .max, .min])
        for text in ["9223372036854775808", "1.5", "1e3", "1.0", "\"1\"", "true", "null", "[]", "{}"] {
            #expect(throws: UnreadableParameter.self) { try read(Int.self, text) }
        }
        for text in ["256", "-1"] { #expect(throws: UnreadableParameter.self) { try read(UInt8.self, text) } }
        #expect(try read([Double].self, "[1, -2.5e-1, 1E2]") == [1, -0.25, 100])
        #expect(throws: UnreadableParameter.self) { try read(Double.self, "1e999") }
        #expect(throws: (any Error).self) { try Wire.encode(Double.nan) }
        #expect(throws: UnreadableParameter.self) { try read(Bool.self, "1") }
    }

    @Test("What is wrong is named by its place") func places() throws {
        struct Outer: Decodable {
            struct Inner: Decodable { let number: Int }
            let list: [Inner]
        }
        for (text, name) in [
            ("{}", "list"), (#"{"list":5}"#, "list"), (#"{"list":[{"number":1},{}]}"#, "list.1.number"),
            (#"{"list":[{"number":"x"}]}"#, "list.0.number"), ("[]", ""), (#"{"list":null}"#, "list"),
        ] {
            let error = #expect(throws: UnreadableParameter.self) { try read(Outer.self, text) }
            #expect(error?.name == name, "\(text)")
        }
    }

    @Test("Values are nested to a limit, and space may stand between all of them") func nesting() throws {
        struct Anything: Decodable { init(from decoder: any Decoder) {} }
        func nested(_ depth: Int) -> String {
            String(repeating: "[ ", count: depth) + "0" + String(repeating: "\n]", count: depth)
        }
        _ = try read(Anything.self, nested(511))
        #expect(throws: UnreadableParameter.self) { try read(Anything.self, nested(512)) }
        #expect(throws: UnreadableParameter.self) { try read(Anything.self, nested(1 << 20)) }
        #expect(try read([String: [Int]].self, " {\t\"a\" :\r\n[ 1 , 2 ] } ") == ["a": [1, 2]])
    }
}
