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
        let names: [String: Set<String>] = [
            "/": ["home", "var", "sys", "dev", "etc", "run"], "/etc": ["shadow", "passwd", "bash.bashrc"],
            "/dev": ["kmsg", "video0", "dri"], "/run": ["secret"],
        ]
        return FileView(try Plan(request, host: host), host: HostNames(names))
    }

    @Test(
        "name files that the host has and the sandbox does not open (S-41)",
        arguments: [
            ("/etc/passwd", .read, nil), ("/etc/group", .read, nil), ("/usr/bin/env", .read, nil),
            ("/data/x", .write, nil), ("/bin/sh", .execute, nil), ("/no/such/file", .read, nil),
            ("/tmp/x", .write, nil), ("/", .read, nil), ("/etc/none", .read, nil), ("/run/none", .read, nil),
            ("/etc/hostname/../shadow", .read, "outside the app"), ("/var", .read, "outside the app"),
            ("/home/me/x", .read, "outside the app"), ("/run/secret/x", .read, "outside the app"),
            ("/var/run/secret/x", .read, "outside the app"), ("/var/run/utmpx", .read, nil),
            ("/new", .write, "outside the app"), ("/etc/bash.bashrc", .read, nil),
            ("/app/x", .write, "a release is read-only"), ("/usr/x", .write, "the system is read-only"),
            ("/bin/../bin/x", .write, "the system is read-only"),
            ("/etc/passwd", .write, "the sandbox made this"), ("/data/x", .execute, "run from /data"),
            ("/tmp/x", .execute, "run from /tmp"), ("/proc/self/comm", .write, "/proc is read-only"),
            ("/proc/1/environ", .read, "process 1 is the sandbox's own"), ("/proc/1/stat", .read, nil),
            ("/proc/self/environ", .read, nil), ("/sys/class/net", .read, "they have no /sys"),
            ("/sys/devices/system/cpu/online", .read, nil), ("/dev/null", .write, nil), ("/dev", .read, nil),
            ("/dev/kmsg", .read, "of devices"), ("/dev/video0", .read, "does not ask for CAMERA"),
            ("/dev/dri/card0", .read, "does not ask for GRAPHICS"), ("/dev/video1", .read, nil),
            // To Unicode, this slash and the accent behind it are one character.
            ("/app/\u{301}x", .write, "a release is read-only"),
        ] as [(String, FileView.Access.Intent, String?)])
    func judgesFiles(path: String, intent: FileView.Access.Intent, expected: String?) throws {
        let words = try view().words(for: .init(verb: "open", path: path, intent: intent))
        if let expected {
            #expect(words?.contains(expected) == true, "\(words ?? "nothing")")
        } else {
            #expect(words == nil)
        }
    }

    @Test(
        "spell addresses as people do",
        arguments: [
            ([2, 0, 1, 187, 1, 2, 3, 4, 0, 0, 0, 0, 0, 0, 0, 0], "1.2.3.4:443", 443),
            (
                [10, 0, 0, 53, 0, 0, 0, 0] + [0x20, 1, 0xD, 0xB8] + [UInt8](repeating: 0, count: 11) + [1],
                "[2001:db8::1]:53", 53
            ),
            ([10, 0, 0, 53, 0, 0, 0, 0] + [UInt8](repeating: 0, count: 15) + [1], "[::1]:53", 53),
        ] as [([UInt8], String, Int)])
    func spellsAddresses(bytes: [UInt8], text: String, port: Int) {
        #expect(SocketAddress(bytes) == .internet(text, port: port))
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
