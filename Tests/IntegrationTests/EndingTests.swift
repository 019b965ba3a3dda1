import Glibc
import Platform
import Support
import Testing
import YunCore

/// Ends that are not the app's own choice: Ctrl-C, and more memory than there is for it.
@Suite(.serialized) struct EndingTests {
    private let ypkg: Tool

    init() throws { ypkg = try Tool() }

    private func start(_ arguments: [String]) throws -> SpawnedProcess {
        let null = try OwnedDescriptor.open("/dev/null", .replace(permissions: 0))
        return try SpawnedProcess(
            ["\(Checkout.programs)/ypkg"] + arguments + ["--root", ypkg.directory.path("root")],
            environment: ["PATH=/usr/bin:/bin"], descriptors: [null.number, null.number, null.number])
    }

    @Test("Ctrl-C before the launch ends ypkg, whatever it waits for (S-17)")
    func interruptsBeforeLaunch() throws {
        try ypkg.prepare("probe")
        #expect(try ypkg("install", "probe.ypkg").status == 0)
        // Nobody writes into it: reading the manifest never ends.
        let releases = ypkg.directory.path("root/apps/probe.yunos.com")
        let release = try #require(try AnchoredDirectory(at: releases).names().first)
        let manifest = "\(releases)/\(release)/manifest.json"
        #expect(unsafe unlink(manifest) == 0 && mkfifo(manifest, 0o644) == 0)
        let process = try start(["run", "probe"])
        let state = "/proc/\(process.number)/wchan"
        // The page manager waits for a writer, and ypkg for the page manager.
        try wait {
            try Self.text(state) == "__skb_wait_for_more_packets" || Self.text(state).hasPrefix("unix_")
        }
        try process.signal(SIGINT)
        #expect(try process.wait() == 128 + SIGINT)
    }

    @Test("Ctrl-C while the display starts ends ypkg, and takes the display along (S-17)")
    func interruptsWithDisplay() throws {
        try ypkg.prepare("hello")
        #expect(try ypkg("install", "hello.ypkg").status == 0)
        let pageManager = try ypkg.startPageManager()
        let process = try start(["run", "hello", "--screenshot", ypkg.directory.path("x.png")])
        var found: Int32?
        try wait {
            found = try pageManager.child(named: "Xvfb")
            return found != nil
        }
        let serverID = try #require(found)
        try process.signal(SIGINT)
        #expect(try process.wait() == 128 + SIGINT)
        // The server hears of it from the kernel.
        try wait { try AnchoredDirectory.status(ofPath: "/proc/\(serverID)") == nil }
    }

    @Test("an app that wants more memory than it may is ended, and that is said in words (S-32)")
    func tellsOfMemory() throws {
        try ypkg.prepare("probe")
        #expect(try ypkg("install", "probe.ypkg").status == 0)
        let result = try ypkg.run(
            ["run", "probe", "--shell", "--memory", "48"], input: Array("exec tail /dev/zero\n".utf8))
        if CurrentProcess.isRoot {
            #expect(result.status == 137)
            #expect(
                result.errors.contains("probe was ended: it used more than the 48 MiB it may\n"),
                "\(result.errors)")
        } else {
            #expect(result.status == 1)
        }
        #expect(try ypkg("run", "probe", "--memory", "4").status == 64)
        let plan = try ypkg("run", "probe", "--explain", "--memory", "48").output
        #expect(plan.contains("  memory of all 48 MiB\n") || plan.contains("  data 50331648\n"), "\(plan)")
    }

    private func wait(until condition: () throws -> Bool) throws {
        // Only a hang takes so long.
        for _ in 0..<6000 {
            if try condition() { return }
            usleep(10_000)
        }
        throw Failure(.internalError, "what the test waits for does not happen")
    }

    private static func text(_ path: String) throws -> String {
        let bytes = try OwnedDescriptor.open(path, .read).readToEnd(limit: 4096, describedAs: path)
        return String(decoding: bytes, as: UTF8.self)
    }
}
