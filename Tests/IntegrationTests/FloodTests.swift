import Platform
import Support
import Testing
import YunCore

/// A hostile app beside one that works: the other's calls are answered, and the hostile one is told what is too much.
@Suite(.serialized) struct FloodTests {
    private let ypkg: Tool
    private let manager: RunningPageManager

    init() throws {
        ypkg = try Tool()
        try CallerApp().install(with: ypkg)
        try FloodApp.install(with: ypkg)
        try ypkg.directory.write("* CAMERA not-now\n".utf8, to: "answers")
        // Nothing is frozen before the test is over.
        manager = try ypkg.startPageManager(
            "--grace", "3600000", "--answers", ypkg.directory.path("answers"))
        #expect(try ypkg("permissions", FloodApp.domain, "grant", "NOTIFICATION").status == 0)
    }

    /// What the other app does meanwhile, in order, each call after the reply to the one before.
    private func work() throws {
        let calls = (0..<20).flatMap { number in
            [
                #"{"method":"com.yunos.storage.Commit","parameters":{"changes":[{"key":"k","value":"\#(number)"}]}}"#,
                #"{"method":"com.yunos.storage.Get","parameters":{"key":"k"}}"#,
                #"{"method":"com.yunos.permission.List"}"#,
            ]
        }
        let replies = try ypkg.calls("caller", calls)
        #expect(replies.count == calls.count)
        for number in 0..<20 where replies.count == calls.count {
            #expect(replies[number * 3].contains(#""done": true"#), "\(replies[number * 3])")
            #expect(replies[number * 3 + 1].contains(#""value": "\#(number)""#))
        }
        #expect(try ypkg("ps").output.contains("page://flood.example.com/main"))
    }

    /// A line of the page manager's `/proc/PID/status`, its number.
    private func status(_ name: String) throws -> Int {
        let text = try OwnedDescriptor.open("/proc/\(manager.number)/status", .read)
            .readToEnd(limit: 1 << 16, describedAs: "status")
        let line = String(decoding: text, as: UTF8.self).split(separator: "\n").first {
            $0.hasPrefix(name + ":")
        }
        return try #require(
            line?.split(whereSeparator: { " \t".contains($0) }).dropFirst().first.flatMap { Int($0) })
    }

    private func descriptorCount() throws -> Int {
        try AnchoredDirectory(at: "/proc/\(manager.number)/fd").names().count
    }

    private func flood(_ mode: String, _ check: ([String: Int]) throws -> Void) throws {
        let flood = try Flood(mode, with: ypkg)
        try work()
        #expect(try status("Threads") < 100, "\(mode)")
        #expect(try descriptorCount() < 1000, "\(mode)")
        let counts = try flood.end()
        // Memory of all that it asked for at once, and of nothing that it was not answered yet.
        #expect(try status("VmHWM") < 200 << 10, "\(mode) \(counts)")
        try check(counts)
    }

    @Test("values written without end on many connections are written, and keep nobody else waiting (D-12)")
    func storage() throws {
        try flood("storage") { counts in
            #expect(counts["done", default: 0] > 100 && counts["closed", default: 0] > 0, "\(counts)")
        }
    }

    @Test("pages opened without end are refused after some (D-14)")
    func pages() throws {
        try flood("open") { counts in
            #expect(counts["done", default: 0] >= 1 && counts["call.too-many", default: 0] > 0, "\(counts)")
        }
    }

    @Test("notifications without end are refused after some (D-14)")
    func notifications() throws {
        try flood("notify") { counts in
            #expect(counts["done", default: 0] >= 20 && counts["call.too-many", default: 0] > 0, "\(counts)")
            let shown = try ypkg("notifications").output
            #expect(shown.split(separator: "\n").count == 20)
        }
    }

    @Test("a question that is asked without end is shown twice (L-63)")
    func questions() throws {
        try flood("ask") { counts in #expect(Array(counts.keys) == ["done"]) }
        let log = try ypkg("logs", FloodApp.domain).output
        #expect(log.contains("the owner put the question away"))
    }

    @Test(
        "calls without replies, replies that are not read, descriptors without a message and halves of messages hold up nobody (D-10, D-13)",
        arguments: ["taken", "mute", "descriptors", "half"])
    func unfinished(mode: String) throws {
        try flood(mode) { counts in #expect(counts["sent", default: 0] > 0) }
    }

    @Test("of 200 connections of a sandbox, 32 are answered, and the others told why they are not (D-12)")
    func connections() throws {
        try flood("connections") { counts in
            #expect(counts["done"] == 32, "\(counts)")
            #expect(counts["call.too-many", default: 0] > 0, "\(counts)")
            #expect(counts.values.reduce(0, +) == 200, "\(counts)")
        }
    }

    @Test("what is written without end is kept to its last 256 KiB")
    func output() throws {
        #expect(try ypkg("open", FloodApp.domain).status == 0)
        try ypkg.wait(for: "2000 xxx", in: "logs", FloodApp.domain)
        try work()
        let first = try ypkg("logs", FloodApp.domain).output
        #expect(first.utf8.count < 512 << 10 && !first.contains("output  0 xxx"))
        #expect(try ypkg("logs", FloodApp.domain).output != first)
        #expect(try status("VmHWM") < 200 << 10)
    }
}
