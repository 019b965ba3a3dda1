import Support

/// Pictures that apps bring, good and hostile.
enum Pictures {
    /// A PNG of one red.
    static func red(side: Int = 20) throws -> [UInt8] {
        let row = [0] + [[UInt8]](repeating: [0xD0, 0x20, 0x10], count: side).flatMap(\.self)
        let rows = [[UInt8]](repeating: row, count: side).flatMap(\.self)
        return try png(width: side, height: side, rows: compressed(rows))
    }

    /// A drawing of 64 by 64.
    static func svg(_ content: String, before: String = "") -> [UInt8] {
        Array(
            "\(before)<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 64 64\">\(content)</svg>".utf8)
    }

    static let square = ##"<rect width="64" height="64" fill="#d02010"/>"##

    static func blurred(_ filter: String, times: Int = 1) -> [UInt8] {
        let shape = "<rect id=\"a\" width=\"64\" height=\"64\" fill=\"#d02010\" filter=\"url(#f)\"/>"
        let others = String(repeating: "<use href=\"#a\"/>", count: times - 1)
        return svg(
            "<filter id=\"f\" color-interpolation-filters=\"sRGB\">\(filter)</filter>\(square)\(shape)\(others)"
        )
    }

    static func base64(_ bytes: [UInt8]) throws -> String {
        try Program("base64").run("-w0", input: bytes).output
    }

    /// As a PNG's chunks hold bytes.
    static func compressed(_ bytes: [UInt8]) throws -> [UInt8] {
        try python("sys.stdout.buffer.write(zlib.compress(sys.stdin.buffer.read()))", bytes)
    }

    /// So many zeros, as a PNG's chunks hold bytes.
    static func compressedZeros(_ count: Int) throws -> [UInt8] {
        try python("sys.stdout.buffer.write(zlib.compress(bytes(\(count)), 9))", [])
    }

    /// A PNG of red, green and blue.
    static func png(width: Int, height: Int, rows: [UInt8], extra: [UInt8] = []) throws -> [UInt8] {
        [0x89, 0x50, 0x4E, 0x47, 13, 10, 26, 10]
            + chunk("IHDR", number(width) + number(height) + [8, 2, 0, 0, 0]) + extra
            + chunk("IDAT", rows) + chunk("IEND", [])
    }

    static func chunk(_ name: String, _ content: [UInt8]) -> [UInt8] {
        let body = Array(name.utf8) + content
        return number(content.count) + body + number(checksum(body))
    }

    private static func number(_ value: Int) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(value >> $0 & 0xFF) }
    }

    private static func checksum(_ bytes: [UInt8]) -> Int {
        var sum: UInt32 = .max
        for byte in bytes {
            sum ^= UInt32(byte)
            for _ in 0..<8 { sum = sum & 1 == 0 ? sum >> 1 : sum >> 1 ^ 0xEDB8_8320 }
        }
        return Int(~sum)
    }

    private static func python(_ line: String, _ input: [UInt8]) throws -> [UInt8] {
        try Program("python3").run("-c", "import sys, zlib; \(line)", input: input).outputBytes
    }

    /// What must not become a picture, by name.
    static func hostile() throws -> [(name: String, picture: [UInt8])] {
        let red = try red()
        let nested = (1..<10).map { level in
            "<g id=\"a\(level)\">" + String(repeating: "<use href=\"#a\(level - 1)\"/>", count: 10) + "</g>"
        }
        let entities = "bcdefghij".unicodeScalars.map { name in
            let inner = Unicode.Scalar(name.value - 1).map(String.init) ?? ""
            return "<!ENTITY \(name) \"\(String(repeating: "&\(inner);", count: 10))\">"
        }
        let gif = "R0lGODlhAQABAIAAAAAA/////yH5BAAAAAAALAAAAAABAAEAAAICRAEAOw=="
        return [
            ("nothing", []), ("no picture", Array("hello\n".utf8)), ("cut off", red.dropLast(30)),
            ("gzip", [0x1F, 0x8B, 8, 0]),
            ("vast", try png(width: 100_000, height: 100_000, rows: compressedZeros(100))),
            ("bomb", try png(width: 20_000, height: 20_000, rows: compressedZeros(60_001 * 5000))),
            ("other format", Array("GIF89a".utf8) + [1, 0, 1, 0, 0, 0, 0, 0x3B]),
            ("open", Array("<svg".utf8)),
            ("large", svg(square + String(repeating: " ", count: 600 << 10))), ("blank", svg("")),
            ("no size", Array("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"0\" height=\"0\"/>".utf8)),
            ("deep", svg(String(repeating: "<g>", count: 60_000) + String(repeating: "</g>", count: 60_000))),
            ("deep and open", Array("<svg>".utf8) + Array(String(repeating: "<g>", count: 150_000).utf8)),
            (
                "laughs",
                svg("<text>&j;</text>", before: "<!DOCTYPE svg [<!ENTITY a \"aaa\">\(entities.joined())]>")
            ),
            (
                "foreign entity",
                svg(
                    "\(square)<text>&a;</text>",
                    before: "<!DOCTYPE svg [<!ENTITY a SYSTEM \"file:///etc/passwd\">]>")
            ),
            // Each of these wants something of the system: a thread and fonts, a module, more memory.
            ("text", svg("\(square)<text x=\"9\" y=\"40\">A</text>")),
            (
                "foreign format",
                svg("<image href=\"data:image/gif;base64,\(gif)\" width=\"64\" height=\"64\"/>")
            ),
            (
                "memory",
                svg("<image href=\"data:image/png;base64,\(try base64(wide()))\" width=\"9\" height=\"9\"/>")
            ),
            // And these only time.
            ("doubling", svg("<g id=\"a0\">\(square)</g>\(nested.joined())<use href=\"#a9\"/>")),
            ("filters", blurred("<feMorphology operator=\"dilate\" radius=\"60\"/>", times: 20_000)),
        ]
    }

    private static func wide() throws -> [UInt8] {
        try png(width: 9000, height: 9000, rows: compressedZeros(27_001 * 9000))
    }
}
