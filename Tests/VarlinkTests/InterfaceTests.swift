import Platform
import Support
import Testing
import Varlink
import YunCore

@Suite struct InterfaceTests {
    @Test("The grammar's shapes are read") func shapes() throws {
        let text = """
            # What it is for
            interface com.example.thing
            # What is seen
            type Colour (red, green)
            type Box (name: string, inside: ?[]Colour, sizes: [string]int, anything: object)
            # Opens a box.
            # Slowly.
            method Open(box: Box, how: (fast, slow)) -> (done: bool, took: float)
            method Nothing() -> ()
            error Broken (why: string)
            """
        let interface = try Interface(text)
        #expect(interface.name == "com.example.thing" && interface.comment == ["What it is for"])
        #expect(interface.typeComments == ["Colour": ["What is seen"], "Box": []])
        #expect(interface.methods.map(\.name) == ["Open", "Nothing"])
        #expect(interface.methods[0].comment == ["Opens a box.", "Slowly."])
        #expect(interface.methods[0].parameters[1].shape == .choice(["fast", "slow"]))
        #expect(interface.types["Colour"] == .choice(["red", "green"]))
        guard case .record(let fields) = interface.types["Box"] else { return #expect(Bool(false)) }
        #expect(fields[1].shape == .optional(.array(.named("Colour"))))
        #expect(fields[2].shape == .dictionary(.int))
        #expect(interface.errors["Broken"]?.map(\.name) == ["why"])
    }

    @Test(
        "What is no interface is refused with its line",
        arguments: [
            ("", "line 1"), ("interface", "line 1"), ("interface com", "line 1"),
            ("interface com.example-", "line 1"), ("interface com.example.a b", "line 1"),
            ("interface com.example.a\nmethod open() -> ()", "line 2"),
            ("interface com.example.a\nmethod Open() -> (a: Missing)", "no type Missing"),
            ("interface com.example.a\nmethod Open(a: int, a: int) -> ()", "line 2"),
            ("interface com.example.a\nmethod Open(a) -> ()", "a record"),
            ("interface com.example.a\nmethod Open(a: ??int) -> ()", "line 2"),
            ("interface com.example.a\nmethod Open(a: int", "the end"),
            ("interface com.example.a\nmethod A() -> ()\nmethod A() -> ()", "line 3"),
            ("interface com.example.a\ntype A (b, b)", "line 2"),
            ("interface com.example.a\ntype A (_b: int)", "line 2"),
        ])
    func refused(text: String, words: String) {
        let failure = #expect(throws: Failure.self) { try Interface(text) }
        #expect(failure?.message.contains(words) == true, "\(String(describing: failure))")
    }

    @Test(
        "Names are of ASCII, and begin with a letter",
        arguments: [
            "interface com.example.\u{E9}", "interface com.example.a\ntype \u{C9} (a: int)",
            "interface com.example.a\ntype A (\u{E9}: int)",
            "interface com.example.a\ntype A (a\u{301}: int)",
            "interface com.example.a\ntype A (.: int)", "interface com.example.a\ntype A. (a: int)",
            "interface com.example.a\nmethod A-b() -> ()", "interface com.example\u{301}.a",
        ])
    func names(text: String) { #expect(throws: Failure.self) { try Interface(text) } }

    @Test("A message about a file is short and can be printed, whatever stands there")
    func longNames() {
        for word in [
            String(repeating: "a", count: 100_000), "\u{301}" + String(repeating: "\u{301}", count: 5000),
        ] {
            for text in [
                word, "interface com.example.a\ntype A (a: \(word))", "interface com.example.a\n\(word)",
            ] {
                let failure = #expect(throws: Failure.self) { try Interface(text) }
                #expect((failure?.message.utf8.count ?? .max) < 4096)
            }
        }
    }

    @Test("Lines may end as on other systems") func carriageReturns() throws {
        let text = "# a\r\ninterface com.example.a\r\n# b\r\nmethod A() -> ()\r\n"
        #expect(try Interface(text).methods.first?.comment == ["b"])
    }

    @Test(
        "What is nested deeper than 16 is refused before it fills the stack",
        arguments: ["[]", "[string]", "?[]", "(a: "])
    func depth(piece: String) throws {
        func text(_ count: Int) -> String {
            let closing = piece == "(a: " ? String(repeating: ")", count: count) : ""
            return
                "interface com.example.a\ntype A (a: \(String(repeating: piece, count: count))int\(closing))"
        }
        #expect(throws: Never.self) { try Interface(text(7)) }
        #expect(throws: Failure.self) { try Interface(text(17)) }
        #expect(throws: Failure.self) { try Interface(text(100_000)) }
    }

    @Test("Every interface file of the specification is one") func specification() throws {
        let directory = try AnchoredDirectory(at: Checkout.path + "/spec/varlink")
        let names = try directory.names().filter { $0.hasSuffix(".varlink") }
        #expect(names.count > 3)
        for name in names {
            let text = String(decoding: try directory.contents(of: name, limit: 1 << 20), as: UTF8.self)
            let interface = try Interface(text)
            #expect(interface.name + ".varlink" == name)
            #expect(interface.errors.keys.sorted() == ["Failed"])
            for method in interface.methods { #expect(!method.name.isEmpty) }
        }
    }
}
