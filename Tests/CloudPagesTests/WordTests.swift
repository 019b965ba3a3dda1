import CloudModel
@testable import CloudPages
import Foundation
import Testing

@Suite struct WordTests {
    @Test("every word has a text in both languages, and no text is of another language")
    func texts() {
        for word in Word.allCases {
            let english = Words(.english)[word]
            let chinese = Words(.chinese)[word]
            #expect(Words.texts[word] != nil, "\(word)")
            #expect(english.unicodeScalars.allSatisfy { $0.isASCII }, "\(word)")
            #expect(chinese.unicodeScalars.contains { $0.value > 0x2E80 }, "\(word)")
        }
    }

    @Test("templates name words that there are")
    func templates() throws {
        for (name, bytes) in Pages.templates {
            let text = String(decoding: bytes, as: UTF8.self)
            for match in text.matches(of: /words\.(\w+)/) {
                #expect(Word(rawValue: String(match.1)) != nil, "\(name): \(match.1)")
            }
        }
    }

    @Test("what is shown is escaped, in every place")
    func escaping() throws {
        let evil = "<i>\"'&"
        let page = Page(
            evil, intro: evil,
            sections: [
                Section(
                    evil, text: evil, secrets: [evil], meter: Meter(percent: 3, label: evil),
                    items: [
                        Item(evil, details: [evil], button: Button(evil, to: evil, name: evil, value: evil))
                    ],
                    forms: [
                        Form(
                            to: evil, submit: evil, kept: [evil: evil],
                            fields: [Field(.text, evil, evil, hint: evil, value: evil)])
                    ], links: [Link(evil, to: evil)])
            ])
        let html = try #require(
            try Pages().html(page, in: Frame(language: .english, form: evil, path: evil)))
        #expect(!html.contains("<i>") && !html.contains("\"'&\""))
        #expect(html.components(separatedBy: "&lt;i&gt;").count > 15)
    }

    @Test(
        "the language is the first that a browser asks for and that there is",
        arguments: [
            ("", Language.english), ("zh-CN,zh;q=0.9,en;q=0.8", .chinese), ("en;q=0.3, zh;q=0.4", .chinese),
            ("fr, en;q=0.5", .english), ("fr", .english), ("zh;q=0", .english), ("zh;q=x", .chinese),
            ("*", .english),
        ])
    func languages(field: String, language: Language) { #expect(Language(accepting: field) == language) }
}
