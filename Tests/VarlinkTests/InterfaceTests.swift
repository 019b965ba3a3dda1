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
            type Colour (red, green)
            type Box (name: string, inside: ?[]Colour, sizes: [string]int, anything: object)
            # Opens a box.
            # Slowly.
            method Open(box: Box, how: (fast, slow)) -> (done: bool, took: float)
            method Nothing() -> ()
            error Broken (why: string)
            """
        let interface = try Interface(text)
        #expect(interface.name == "com.example.thing")
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
