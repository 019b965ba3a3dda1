import Testing
import WebHostContract
import YunCore

@Suite("What launcher and web host agree on")
struct ContractTests {
    @Test("Arguments come back as they went in (W-1)")
    func roundTrip() throws {
        var arguments = WebHostArguments(
            package: "/app", domain: try Domain("mobile.taobao.com"), page: "pages/首页.html", data: "/data",
            cache: "/cache")
        #expect(try WebHostArguments(decoding: arguments.encoded) == arguments)
        arguments.title = "--title"
        arguments.fragment = "#/item?id=42"
        arguments.size = try #require(WindowSize(width: 720, height: 1280))
        arguments.language = "zh_CN"
        arguments.loadTimeoutMilliseconds = 5000
        arguments.screenshot = ScreenshotRequest(descriptor: 3, delayMilliseconds: 250)
        #expect(try WebHostArguments(decoding: arguments.encoded) == arguments)
    }

    private static let complete = [
        "--package", "/app", "--domain", "a.example.com", "--page", "x.html", "--data", "/d", "--cache", "/c",
    ]

    private static func without(_ option: String) -> [String] {
        let index = complete.firstIndex(of: option) ?? 0
        return Array(complete[..<index] + complete[(index + 2)...])
    }

    @Test("A host that is told later what to show has no page among its arguments (W-1)")
    func withoutPage() throws {
        #expect(try WebHostArguments(decoding: Self.without("--page")).page == nil)
    }

    @Test(
        "Arguments that do not fit are refused (W-1)",
        arguments: [
            ["--page", "x.html"], Array(complete.dropFirst(4)), without("--page") + ["--title", "x"],
            without("--page") + ["--fragment", "#x"], without("--page") + ["--screenshot-descriptor", "3"],
            complete + ["--size", "0x640"], complete + ["--size", "360"],
            complete + ["--size", "360x640x1"], complete + ["--screenshot-descriptor", "2"],
            complete + ["--delay-ms", "-1"], complete + ["--fragment", "x"], complete + ["--title"],
            complete + ["--file", "x"], complete + ["--page", "y.html"], complete + ["x"],
            ["--domain", "../a"] + complete.dropFirst(2),
        ])
    func faults(arguments: [String]) {
        #expect(throws: Failure.self) { try WebHostArguments(decoding: arguments) }
    }

    @Test("The environment is complete, sorted and names no bus (W-2)")
    func environment() {
        let variables = WebHostEnvironment.variables(
            display: .wayland("wayland-0"), cache: "/c", runtime: "/r")
        let names = variables.map(\.name)
        #expect(names == names.sorted())
        #expect(Set(names).count == names.count)
        let values = Dictionary(uniqueKeysWithValues: variables.map { ($0.name, $0.value) })
        #expect(values["WAYLAND_DISPLAY"] == "wayland-0")
        #expect(values["GDK_BACKEND"] == "wayland")
        #expect(values["DISPLAY"] == nil)
        #expect(values["DBUS_SESSION_BUS_ADDRESS"] == "disabled:")
        #expect(values["HOME"] == "/c")
    }

    @Test("Exit statuses are distinct and leave 128 and up to signals (W-3)")
    func exits() {
        let statuses = WebHostExit.allCases.map(\.rawValue)
        #expect(Set(statuses).count == statuses.count)
        #expect(statuses.allSatisfy { $0 == 0 || (64..<128).contains($0) })
    }

    @Test("A status that ypkg has too means the same there (W-3)")
    func sharedExits() {
        let shared: [WebHostExit: FailureCode] = [
            .usage: .usage, .directoryUnusable: .inputUnreadable, .pageMissing: .pageUnknown,
            .displayMissing: .unavailable, .pictureUnwritable: .outputUnwritable,
        ]
        for exit in WebHostExit.allCases where exit != .closed {
            let own = FailureCode.allCases.filter { $0.exitStatus == exit.rawValue }
            #expect(shared[exit].map(own.contains) ?? own.isEmpty, "\(exit)")
        }
    }
}
