import Testing
import YunCore

@testable import Sandbox

@Suite("Reports")
struct ReportTests {
    private func view() throws -> FileView {
        let request = LaunchRequest(
            page: try PageURI("page://a.example.com/main"), release: "/r", data: "/d", cache: "/c",
            program: .app("bin/a"))
        let host = HostFacts(
            user: 1, group: 1,
            entries: ["/usr": .directory, "/bin": .symlink("usr/bin"), "/etc/fonts": .directory])
        return FileView(try Plan(request, host: host))
    }

    @Test(
        "name files that the host has and the sandbox does not open (S-41)",
        arguments: [
            ("/etc/passwd", false, nil), ("/etc/group", false, nil), ("/usr/bin/env", false, nil),
            ("/data/x", true, nil),
            ("/bin/sh", false, nil), ("/no/such/file", false, nil), ("/tmp/x", true, nil), ("/", false, nil),
            ("/etc/hostname/../shadow", false, "outside the app"), ("/var", false, "outside the app"),
            ("/app/x", true, "a release is read-only"), ("/usr/x", true, "the system is read-only"),
            ("/bin/../bin/x", true, "the system is read-only"),
            ("/etc/passwd", true, "the sandbox made this file"),
            ("/proc/self/comm", true, "/proc is read-only"), ("/sys/kernel", false, nil),
            ("/dev/null", true, nil),
            ("/dev", false, nil), ("/dev/kmsg", false, "outside the app"),
        ] as [(String, Bool, String?)])
    func judgesFiles(path: String, writes: Bool, expected: String?) throws {
        let words = try view().words(for: .init(verb: "open", path: path, writes: writes), in: 1)
        if let expected {
            #expect(words?.contains(expected) == true, "\(words ?? "nothing")")
        } else {
            #expect(words == nil)
        }
    }

    @Test(
        "spell addresses as people do",
        arguments: [
            ([2, 0, 1, 187, 1, 2, 3, 4, 0, 0, 0, 0, 0, 0, 0, 0], "1.2.3.4:443"),
            (
                [10, 0, 0, 53, 0, 0, 0, 0] + [0x20, 1, 0xD, 0xB8] + [UInt8](repeating: 0, count: 11) + [1],
                "[2001:db8::1]:53"
            ),
            ([10, 0, 0, 53, 0, 0, 0, 0] + [UInt8](repeating: 0, count: 15) + [1], "[::1]:53"),
        ] as [([UInt8], String)])
    func spellsAddresses(bytes: [UInt8], text: String) {
        #expect(SocketAddress(bytes) == .internet(text))
    }

    @Test(
        "take nothing for granted about what an app points to",
        arguments: [
            [], [2], [2, 0], [2, 0, 1, 187], [10, 0, 1, 187, 0, 0, 0, 0], [77, 0, 1, 2, 3, 4],
        ] as [[UInt8]])
    func survivesShortAddresses(bytes: [UInt8]) {
        #expect(SocketAddress(bytes) == nil)
    }

    @Test("come once each and in a limited number (S-42)")
    func areBounded() {
        var filter = ReportFilter()
        var admitted: [DenialReport] = []
        for number in 0..<10_000 {
            for _ in 0..<2 {
                let report = DenialReport(kind: .file, call: "open", message: "\(number)", process: 1)
                if let report = filter.admit(report) { admitted.append(report) }
            }
        }
        #expect(admitted.count == ReportFilter.messagesMax)
        #expect(admitted.last?.kind == .limit)
        #expect(Set(admitted.map(\.message)).count == admitted.count)
    }
}
