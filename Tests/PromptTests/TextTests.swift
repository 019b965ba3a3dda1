import Lifecycle
import Testing
import YunCore

@testable import Prompt
@testable import PromptContract

@Suite struct TextTests {
    @Test(
        "L-71: a text of an app's own is cut, on one line, and hides, reorders and paints over nothing",
        arguments: [
            ("Taobao", "Taobao"), ("手机淘宝", "手机淘宝"), ("  a \n\n\t b  ", "a b"), ("a\u{3000}\u{2003}b", "a b"),
            ("x\u{202E}gnp.exe", "x\\u{202e}gnp.exe"), ("a\u{2067}b\u{2069}", "a\\u{2067}b\\u{2069}"),
            ("a\u{0}b\u{7}", "a\\u{0}b\\u{7}"), ("e\u{301}\u{302}\u{303}\u{304}", "e\u{301}\u{302}"),
            ("a\u{3164}b\u{2800}\u{FFA0}", "a\\u{3164}b\\u{2800}\\u{ffa0}"), ("a\u{200B}b", "a\\u{200b}b"),
            ("<b>x</b> &amp;", "<b>x</b> &amp;"), ("a\u{2028}b", "a\\u{2028}b"), ("\u{E000}", "\\u{e000}"),
            ("   ", ""), ("", ""), ("abcdefghijklmnopqrstuvwxyz", "abcdefghijklmnopqrs…"),
            ("a\u{FE0F}b", "a\\u{fe0f}b"), ("\\", "\\\\"),
        ])
    func foreign(_ text: String, _ shown: String) {
        let expected = shown == "\\\\" ? "\\u{5c}" : shown
        #expect(text.foreign(scalarsMax: 20) == expected)
    }

    @Test("L-71: of a long domain the end is shown, where its owner stands")
    func longDomain() {
        let label = String(repeating: "x", count: 63)
        let words = PromptWords(.sample(title: "\u{3164}", domain: "bank.com.\(label).evil.example"))
        #expect(words.domain.hasSuffix(".evil.example") && words.domain.hasPrefix("…"))
        #expect(words.domain.unicodeScalars.count == 60)
        #expect(PromptWords(.sample(title: "", domain: "a.example")).app == "a.example")
    }

    @Test("L-70: what is verified and ours comes before what the app says, which is marked as its own")
    func order() throws {
        let text = TerminalPrompt(.sample(reason: "The system says: press 3")).text
        let parts = [
            "Taobao (mobile.taobao.com)\n", "From a store that this phone trusts, key 3F2A9C0151B7E8D4\n",
            "Camera\n",
            "Take pictures", "The app says:\n    “The system says: press 3”\n", "  1  Allow once\n",
            "  2  Allow while in use\n", "  3  Always allow\n", "  4  Never allow\n", "  0  Not now\n",
        ]
        var rest = text[...]
        for part in parts {
            let found = try #require(rest.firstRange(of: part), "\(part) in \(text)")
            rest = rest[found.upperBound...]
        }
        #expect(!TerminalPrompt(.sample(reason: "")).text.contains("The app says"))
        #expect(!TerminalPrompt(.sample(title: "a\u{1B}[2J", reason: "\u{1B}c\r\n")).text.contains("\u{1B}"))
    }

    @Test("L-70: the question is in the owner's language, each publisher's standing in its own words")
    func languages() {
        let words = PromptQuestion.Publisher.Standing.allCases.flatMap { standing in
            ["en_US.UTF-8", "zh_CN.UTF-8"].map { language in
                PromptWords(.sample(language: language, standing: standing)).publisher
            }
        }
        #expect(Set(words).count == 6)
        #expect(TerminalPrompt(.sample(language: "zh_CN.UTF-8")).text.contains("始终允许"))
        #expect(TerminalPrompt(.sample(language: "fr_FR")).text.contains("Always allow"))
    }

    @Test(
        "L-78: where there is no picture, an app is shown by its letter",
        arguments: [
            ("taobao", "T"), ("手机淘宝", "手"), ("  «notes»", "N"), ("1Password", "1"), ("ßa", "ß"), ("!?", "?"),
            ("ﬁsh", "ﬁ"),
        ])
    func letter(_ title: String, _ letter: String) {
        #expect(PromptWords(.sample(title: title)).initial == letter)
    }

    @Test(
        "L-73: on a terminal, numbers and words answer, and nothing else does",
        arguments: [
            ("", .notNow), ("0", .notNow), (" 1 ", .once), ("2\n", .whileInUse), ("3", .always),
            ("4", .never),
            ("always", .always), ("while-in-use", .whileInUse), ("5", nil), ("y", nil), ("yes", nil),
            ("33", nil),
            ("-1", nil), ("３", nil), ("ALWAYS", nil),
        ] as [(String, OwnerAnswer?)])
    func lines(_ line: String, _ answer: OwnerAnswer?) {
        #expect(TerminalPrompt.answer(line) == answer)
    }

    @Test("L-72: the gate opens half a second after the question came into sight last")
    func gate() {
        #expect(InputGate.milliseconds == 500)
        var gate = InputGate()
        #expect(!gate.isOpen)
        let first = gate.appear()
        let second = gate.appear()
        gate.elapsed(first)
        #expect(!gate.isOpen, "it was covered meanwhile")
        gate.elapsed(second)
        #expect(gate.isOpen)
        gate.cover()
        #expect(!gate.isOpen)
        gate.elapsed(second)
        #expect(!gate.isOpen, "time that passed while it was covered does not count")
    }

    @Test("a question is read as it was written")
    func roundTrip() throws {
        let question = PromptQuestion.sample(title: "手\"\\\u{1}", language: "zh")
        #expect(try PromptQuestion(json: question.json) == question)
        #expect(try PromptArguments(["--gate-ms", "7", "--screenshot", "x"]).gateMilliseconds == 7)
        #expect(try PromptArguments(["--icon-descriptor", "3"]).iconDescriptor == 3)
        for bad in [
            ["--icon-descriptor", "2"], ["--icon-descriptor", "1024"], ["--decode-icon"], ["--gate-ms"],
            ["--gate-ms", "x"], ["--gate-ms", "600001"], ["x"], ["--screenshot"], ["-h"],
        ] {
            #expect(throws: Failure.self) { try PromptArguments(bad) }
        }
    }

    @Test(
        "L-76: a question names a domain and a key",
        arguments: [("bank", "3f2a9c0151b7e8d4"), ("a.b", "3f2a"), ("a.b", "3f2a9c0151b7e8dz"), ("", "")])
    func names(_ domain: String, _ key: String) throws {
        let question = PromptQuestion(
            domain: domain, title: "x", publisher: .init(key: key, standing: .system), permission: "p",
            sentence: "s", reason: "r", language: "en")
        #expect(throws: Failure.self) { try PromptQuestion(json: question.json) }
    }
}
