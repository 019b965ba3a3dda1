import Platform
import Support
import Testing
import YunCore

@testable import WebHost
@testable import WebHostContract

@Suite("Declarations for TypeScript", .serialized)
struct DeclarationTests {
    private static func declarations() throws -> String {
        let file = try OwnedDescriptor.open(Checkout.path + "/sdk/typescript/yun.d.ts", .read)
        return String(
            decoding: try file.readToEnd(limit: 1 << 20, describedAs: "declarations"), as: UTF8.self)
    }

    /// The names that an interface declares: those at the beginning of its lines.
    private static func members(of interface: String, in text: String) throws -> Set<String> {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let start = try #require(lines.firstIndex { $0.hasPrefix("interface \(interface) ") })
        let end = try #require(lines[start...].firstIndex { $0.hasPrefix("}") })
        return Set(
            lines[(start + 1)..<end].compactMap { line in
                line.firstMatch(of: /^  (?:readonly )?(\w+)[(:<?]/).map { String($0.1) }
            })
    }

    @Test("They have the names that pages find, no more and no fewer (W-16)")
    func names() throws {
        let said = try Scene.said(
            by: """
                const parts = { Yun: yun, YunPageMethods: yun.page, YunStorage: yun.storage, YunFiles: yun.files,
                  YunNotification: yun.notification, YunDevice: yun.device, YunPermission: yun.permission };
                for (const [name, part] of Object.entries(parts)) console.log(name, Object.keys(part).join());
                """)
        let text = try Self.declarations()
        #expect(said.count == 7)
        for line in said {
            let words = line.split(separator: " ")
            let names = Set(try #require(words.last).split(separator: ",").map(String.init))
            #expect(try Self.members(of: String(words[0]), in: text) == names, "\(words[0])")
        }
    }

    @Test("They declare every event that pages get (W-22)")
    func events() throws {
        let kinds = ["create", "start", "show", "hide", "stop", "destroy", "link", "trimmemory", "backkey"]
        #expect(try Self.members(of: "YunPageEvents", in: Self.declarations()) == Set(kinds))
    }

    @Test("Every method that pages may call is one of the page manager's interfaces, and is used (W-17)")
    func methods() throws {
        let script = Bridge.script(
            domain: try .init("a.example.com"), language: "en", instance: 1, hasBroker: true)
        for method in Broker.pageMethods.union(Broker.pageStreams) {
            let words = method.split(separator: ".")
            let interface = words.dropLast().joined(separator: ".")
            let file = try OwnedDescriptor.open("\(Checkout.path)/spec/varlink/\(interface).varlink", .read)
            let text = String(
                decoding: try file.readToEnd(limit: 1 << 20, describedAs: interface), as: UTF8.self)
            #expect(text.contains("\nmethod \(words[3])("), "\(method)")
            #expect(script.contains("\"\(words[2]).\(words[3])\""), "\(method)")
        }
    }
}
