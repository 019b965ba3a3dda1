import Support
import Testing
import YunCore

/// Updates that ask for more, or for less, while the app runs.
@Suite struct UpdatePermissionTests {
    private let ypkg: Tool
    private let manager: RunningPageManager

    init() throws {
        ypkg = try Tool()
        try ypkg.directory.write([], to: "answers")
        manager = try ypkg.startPageManager("--answers", ypkg.directory.path("answers"))
    }

    private func install(_ versionCode: Int, asking permissions: String...) throws {
        var app = CallerApp()
        app.versionCode = versionCode
        if permissions.contains("NETWORK") { app.network = #","network":{"hosts":["img.example.com"]}"# }
        let asked = permissions.map {
            #"{"name":"\#($0).permission.yunos.com","reason":{"en":"To work","zh":"工作"}}"#
        }
        app.permissions = "[\(asked.joined(separator: ","))]"
        try app.install(with: ypkg)
    }

    private func state(_ permission: String) throws -> String {
        let lines = try ypkg("permissions", "caller").output.split(separator: "\n")
        return lines.first { $0.hasPrefix(permission) }.map(String.init) ?? "not asked for"
    }

    private static let post =
        #"{"method":"com.yunos.notification.Post","parameters":{"title":"Hello","text":"there"}}"#
    private static let request =
        #"{"method":"com.yunos.network.Request","more":true,"parameters":{"method":"GET","url":"https://elsewhere.example.com/","headers":[]}}"#

    @Test(
        "G-3: what an update asks for anew is asked, also of the class install, and not granted silently to what runs"
    )
    func more() throws {
        try install(1, asking: "NOTIFICATION")
        #expect(try ypkg("permissions", "caller", "grant", "NOTIFICATION").status == 0)
        #expect(try ypkg("open", "caller").status == 0)
        try ypkg.wait(for: "event show", in: "logs", "caller")
        try install(2, asking: "NOTIFICATION", "NETWORK", "CAMERA")
        #expect(try state("NOTIFICATION").contains("granted (always)"))
        for permission in ["NETWORK", "CAMERA"] {
            #expect(try state(permission).contains("asked at first use"), "\(permission)")
        }
        #expect(try ypkg("stop", "caller").status == 0)
        let refused = try ypkg.calls("caller", Self.request, Self.post)
        #expect(refused[0].contains("permission.denied") && refused[1].contains("number"), "\(refused)")
        // The same request where the owner says yes: it gets as far as the host, which is not declared.
        try ypkg.directory.write("caller.example.com NETWORK always\n".utf8, to: "answers")
        #expect(try ypkg.calls("caller", Self.request)[0].contains("network.not-allowed"))
    }

    @Test("G-4: an update leaves denied what was denied, also while the app runs")
    func denied() throws {
        try install(1, asking: "NOTIFICATION", "NETWORK")
        for permission in ["NOTIFICATION", "NETWORK"] {
            #expect(try ypkg("permissions", "caller", "revoke", permission).status == 0)
        }
        #expect(try ypkg("open", "caller").status == 0)
        try install(2, asking: "NOTIFICATION", "NETWORK", "CAMERA")
        #expect(try ypkg("stop", "caller").status == 0)
        try ypkg.directory.write("* * always\n".utf8, to: "answers")
        let refused = try ypkg.calls("caller", Self.post, Self.request)
        #expect(refused.allSatisfy { $0.contains("the owner has denied") }, "\(refused)")
        #expect(try state("NETWORK").contains("denied (never)"))
    }

    @Test(
        "G-1, G-3: what an update no longer asks for is denied at once, and does not come back with the one after it"
    )
    func removed() throws {
        try install(1, asking: "NOTIFICATION", "NETWORK")
        #expect(try ypkg("permissions", "caller", "grant", "NOTIFICATION").status == 0)
        #expect(try ypkg.calls("caller", Self.post, Self.request)[1].contains("network.not-allowed"))
        try install(2)
        let without = try ypkg.calls("caller", Self.post, Self.request)
        #expect(without.allSatisfy { $0.contains("permission.denied") }, "\(without)")
        try install(3, asking: "NOTIFICATION", "NETWORK")
        for permission in ["NOTIFICATION", "NETWORK"] {
            #expect(try state(permission).contains("asked at first use"), "\(permission)")
        }
        let asked = try ypkg.calls("caller", Self.post, Self.request)
        #expect(asked.allSatisfy { $0.contains("permission.denied") }, "\(asked)")
    }
}
