import Platform
import Support
import Testing
import YunCore

@Suite struct PermissionTableTests {
    /// The rows of the tables in `spec/permissions.md` with so many columns, without the blanks around their cells.
    private static func rows(columns: Int) throws -> [[String]] {
        let text = String(
            decoding: try AnchoredDirectory(at: Checkout.path + "/spec")
                .contents(of: "permissions.md", limit: 1 << 20), as: UTF8.self)
        return text.split(separator: "\n").filter { $0.hasPrefix("| ") }.map { line in
            line.dropFirst().dropLast().split(separator: "|", omittingEmptySubsequences: false).map {
                String(String($0.drop { $0 == " " }).reversed().drop { $0 == " " }.reversed())
            }
        }.filter { $0.count == columns && Permission(rawValue: $0[0]) != nil }
    }

    private static func opened(_ opening: PermissionOpening) -> String {
        let devices =
            opening.devices.count > 1
            ? [opening.devices[0], opening.devices[opening.devices.count - 1]] : opening.devices
        let places = devices.map { "`\($0)`" }.joined(separator: " to ")
        let sockets = opening.sockets.map { "`$XDG_RUNTIME_DIR/\($0.name)` at `\($0.path)`" }
        let all = (devices.isEmpty ? [] : [places]) + sockets
        return all.isEmpty ? "nothing" : all.joined(separator: ", ")
    }

    @Test("the specification's table of rights is the code's")
    func rights() throws {
        let expected = Permission.allCases.map {
            [
                $0.rawValue, $0.terms.permissionClass.rawValue, Self.opened($0.terms.opening),
                $0.terms.methods.map { "`\($0)`" }.joined(separator: ", "),
            ]
        }
        #expect(try Self.rows(columns: 4) == expected)
    }

    @Test("the specification's table of words is the code's, in English and Chinese")
    func words() throws {
        let expected = Permission.allCases.map { permission in
            [permission.rawValue]
                + ["en_US.UTF-8", "zh_CN.UTF-8"].flatMap { locale in
                    [permission.terms.title, permission.terms.sentence].map { $0.text(forLocale: locale) }
                }
        }
        #expect(try Self.rows(columns: 5) == expected)
    }

    @Test("a class that is not in the specification does not exist")
    func classes() throws {
        let text = String(
            decoding: try AnchoredDirectory(at: Checkout.path + "/spec")
                .contents(of: "permissions.md", limit: 1 << 20), as: UTF8.self)
        for permissionClass in PermissionClass.allCases {
            #expect(text.contains("| `\(permissionClass.rawValue)` |"))
        }
    }

    @Test("what is not a permission's full name is none")
    func names() {
        #expect(Permission(fullName: "PACKAGES.permission.yunos.com") == .packages)
        for name in ["PACKAGES", "packages.permission.yunos.com", "NETWOR\u{212A}.permission.yunos.com", ""] {
            #expect(Permission(fullName: name) == nil)
        }
    }
}
