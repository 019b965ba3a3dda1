import QRCode
import Support
import Foundation
import Testing

/// Read by a reader that others wrote, as phones do.
@Suite struct QRCodeTests {
    private func read(_ code: QRCode) throws -> String {
        let directory = try TemporaryDirectory()
        let zoom = 4
        let edge = (code.size + 8) * zoom
        var picture = "P1\n\(edge) \(edge)\n"
        for y in 0..<edge {
            for x in 0..<edge { picture += code[x / zoom - 4, y / zoom - 4] ? "1" : "0" }
            picture += "\n"
        }
        try directory.write(picture.utf8, to: "code.pbm")
        let result = try Program("zbarimg").run("--quiet", "--raw", "-Sbinary", directory.path("code.pbm"))
        #expect(result.status == 0, "\(result.errors)")
        return result.output
    }

    @Test(
        "what is written is read",
        arguments: [
            "a", "page://mobile.taobao.com/item?id=42", "扫码登录",
            "otpauth://totp/Yun:ming%40example.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Yun",
        ])
    func texts(text: String) throws {
        #expect(try read(#require(QRCode(text))) == text)
    }

    /// What each size holds at most (table 7 of the standard, bytes at level M).
    private static let capacities = [
        14, 26, 42, 62, 84, 106, 122, 152, 180, 213, 251, 287, 331, 362, 412, 450, 504, 560, 624, 666,
    ]

    @Test("every size is read, full to the last byte", arguments: 1...20)
    func sizes(version: Int) throws {
        let letters = Array("abcdefghijklmnopqrstuvwxyz0123456789/:.?=&%-")
        let text = String(
            (0..<Self.capacities[version - 1]).map { letters[($0 * 7 + version) % letters.count] })
        let code = try #require(QRCode(text))
        #expect(code.size == version * 4 + 17)
        #expect(try read(code) == text)
    }

    @Test("damage to a twentieth of the picture is repaired")
    func damage() throws {
        let text = String(repeating: "https://127.0.0.1:8443/device?code=BCDF-GHJK ", count: 4)
        let code = try #require(QRCode(text))
        let directory = try TemporaryDirectory()
        let zoom = 4
        let edge = (code.size + 8) * zoom
        var picture = "P1\n\(edge) \(edge)\n"
        for y in 0..<edge {
            for x in 0..<edge {
                let isStain =
                    (y / zoom - 4 - code.size / 2).magnitude < 4
                    && (x / zoom - 4 - code.size / 2).magnitude < 4
                picture += isStain || code[x / zoom - 4, y / zoom - 4] ? "1" : "0"
            }
            picture += "\n"
        }
        try directory.write(picture.utf8, to: "code.pbm")
        #expect(
            try Program("zbarimg").run("--quiet", "--raw", "-Sbinary", directory.path("code.pbm")).output
                == text)
    }

    @Test("a text that no size holds is refused")
    func long() {
        #expect(QRCode(String(repeating: "x", count: 666)) != nil)
        #expect(QRCode(String(repeating: "x", count: 667)) == nil)
    }

    @Test("the terminal's picture has the modules of the page's")
    func terminal() throws {
        let code = try #require(QRCode("hello"))
        let lines = code.terminalText.split(separator: "\n")
        #expect(lines.count == (code.size + 9) / 2)
        #expect(lines.allSatisfy { $0.hasPrefix("\u{1B}[30;107m") && $0.hasSuffix("\u{1B}[0m") })
        let dark = lines.joined().reduce(0) { $0 + ($1 == "█" ? 2 : $1 == "▀" || $1 == "▄" ? 1 : 0) }
        #expect(code.svg.components(separatedBy: "h1v1h-1z").count - 1 == dark)
    }
}
