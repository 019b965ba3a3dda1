import PageManagerClient
import PageManagerInterface
import Platform
import Support
import Testing
import Varlink
import YunCore

@testable import generate_sdk

@Suite struct GeneratedTests {
    @Test("What programs and clients know of the interfaces is what the interface files say")
    func generated() throws {
        let files = try SDKFiles.made(in: Checkout.path)
        let there = try AnchoredDirectory(at: "\(Checkout.path)/\(SDKFiles.programs)").names()
        #expect(
            there.map { "\(SDKFiles.programs)/\($0)" }.sorted()
                == files.map(\.path).filter { $0.hasPrefix(SDKFiles.programs) }.sorted())
        for file in files {
            let path = "\(Checkout.path)/\(file.path)"
            let bytes = try OwnedDescriptor.open(path, .read).readToEnd(limit: 1 << 20, describedAs: path)
            #expect(String(decoding: bytes, as: UTF8.self) == file.text, "\(file.path): run make sdk")
        }
    }
    @Test(
        "A call that is written by hand says what its encoder would", arguments: [nil, "", "a\"\\\n\u{1}你"],
        [nil, true, false])
    func written(text: String?, isHeadless: Bool?) throws {
        var all = [Owner.OpenParameters(link: Link(uri: "page://a.example/b"))]
        all += [nil, text].map { data in
            let session = Owner.Session(wayland: data, locale: text, headless: isHeadless)
            return Owner.OpenParameters(
                link: Link(uri: text ?? "", event: text, data: data), session: session)
        }
        for parameters in all { #expect(parameters.text.bytes == (try json(parameters))) }
    }

    @Test(
        "What does not say what it is for, or has no form, is refused",
        arguments: [
            ("interface com.example.a", "com.example.a has no comment"),
            ("# a\ninterface com.example.a\ntype B (c: int)", "com.example.a.B has no comment"),
            ("# a\ninterface com.example.a\nmethod B() -> ()", "com.example.a.B has no comment"),
            ("# a\ninterface com.example.a\n# b\nmethod B(c: (d: int)) -> ()", "no form"),
            ("# a\ninterface com.example.a\n# b\ntype B (c: float)", "no form"),
        ])
    func refused(text: String, words: String) throws {
        let interface = try Interface(text)
        let failure = #expect(throws: Failure.self) { try InterfaceTypes.files([(interface, text: text)]) }
        #expect(failure?.message.contains(words) == true, "\(String(describing: failure))")
    }

    @Test("A type that interfaces declare alike is one type, one that differs is each one's own")
    func shared() throws {
        let texts = ["b", "c"].map { name in
            """
            # An interface.
            interface com.example.\(name)
            # The same.
            type Same (a_b: int)
            # Another.
            type Other (\(name): ?(x_y, z))
            # Does it.
            method Do(same: Same) -> (other: []Other)

            """
        }
        let files = try InterfaceTypes.files(texts.map { (try Interface($0), text: $0) })
        #expect(files.map(\.name) == ["Apps", "B", "C"])
        let declarations = files.map { file in
            file.text.split(separator: "\n").filter {
                $0.contains("struct ") || $0.contains("static let `do`")
            }
            .map { $0.drop { $0 == " " } }
        }
        #expect(declarations[0] == ["public struct Same: Codable, Sendable {"])
        #expect(
            declarations[1] == [
                "public struct Other: Codable, Sendable {",
                "public struct DoParameters: Decodable, Sendable {",
                "public struct DoReply: Codable, Sendable {",
                "public static let `do` = MethodSignature<DoParameters, DoReply>(\"com.example.b.Do\")",
            ] && declarations[2].count == 4)
        #expect(files[0].text.contains("case aB = \"a_b\""))
        #expect(files[1].text.contains("public enum B: String, Codable, Sendable { case xY = \"x_y\", z }"))
    }
}
