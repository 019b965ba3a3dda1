import Glibc
import Platform
import Support
import Testing
import YunCore

/// Hidden apps: what keeps them awake, what freezes and thaws them, and what becomes of frozen ones.
@Suite(.enabled(if: CurrentProcess.isRoot)) struct BackgroundTests {
    private let ypkg: Tool

    init() throws { ypkg = try Tool() }

    /// Holds for what its links ask for, `?hold=REASON`, until `?release`, and counts as long as it is not frozen.
    private static let program = #"""
        #!/usr/bin/python3
        import json, os, socket, threading, time

        def connect():
            broker = socket.socket(socket.AF_UNIX)
            broker.connect(os.environ["YUN_BROKER"])
            return broker

        def call(broker, method, parameters={}, **more):
            broker.sendall(json.dumps(dict(method=method, parameters=parameters, **more)).encode() + b"\0")

        def replies(broker):
            buffer = b""
            while data := broker.recv(65536):
                buffer += data
                while b"\0" in buffer:
                    message, buffer = buffer.split(b"\0", 1)
                    yield json.loads(message)

        def count():
            number = 0
            while True:
                number += 1
                with open("/data/count", "w") as file:
                    file.write(str(number))
                time.sleep(0.02)

        threading.Thread(target=count, daemon=True).start()
        events, taken = connect(), connect()
        answers = replies(taken)
        held = {}
        call(events, "com.yunos.page.Watch", more=True)
        for reply in replies(events):
            event = reply["parameters"]
            query = ((event.get("link") or {}).get("uri", "") + "?").split("?")[1]
            if event["event"] == "link" and query.startswith("hold="):
                held[query] = connect()
                call(held[query], "com.yunos.page.Hold", {"instance": event["instance"], "reason": query[5:]}, more=True)
                answer = next(replies(held[query]))
                print(query, answer["parameters"].get("code", "held"), flush=True)
            if query == "release":
                held = {}
            call(taken, "com.yunos.page.Taken", {"instance": event["instance"], "number": event["number"]})
            next(answers)
            print("event", event["event"], query, flush=True)
        """#

    private func install(_ name: String, background: String = "") throws {
        var app = CallerApp()
        app.domain = "\(name).example.com"
        app.program = Self.program
        app.background = background
        try app.install(with: ypkg)
    }

    private func open(_ name: String, _ query: String = "") throws {
        #expect(try ypkg("open", "page://\(name).example.com/main" + query).status == 0)
        try ypkg.wait(for: "event show", in: "logs", name)
    }

    private func state(_ name: String) throws -> String {
        let pages = try ypkg("ps").output
        return pages.split(separator: "\n").first { $0.contains("//\(name).") }.map(String.init) ?? ""
    }

    private func count(_ name: String) throws -> [UInt8] {
        try ypkg.directory.read("root/data/\(name).example.com/files/count")
    }

    /// Whether it goes on counting; only a hang takes long.
    private func isAwake(_ name: String) throws -> Bool {
        let first = try count(name)
        for _ in 0..<50 where try count(name) == first { usleep(20_000) }
        return try count(name) != first
    }

    @Test(
        "L-40, L-41: a declared reason keeps a hidden app awake as long as it holds; one that is not declared does not"
    )
    func reasons() throws {
        try install("music", background: #", "background": ["playback"]"#)
        try install("sly")
        try install("front")
        let manager = try ypkg.startPageManager("--grace", "0")
        try open("music", "?hold=playback")
        try ypkg.wait(for: "hold=playback held", in: "logs", "music")
        try open("sly", "?hold=playback")
        try ypkg.wait(for: "hold=playback page.not-allowed", in: "logs", "sly")
        try open("front")
        try ypkg.wait(for: "frozen", in: "ps")
        #expect(try state("sly").contains("frozen"))
        #expect(try !isAwake("sly"))
        #expect(try state("music").contains("hidden for playback"))
        #expect(try isAwake("music"))
        // A reason more, of which the manifest says nothing, and then none.
        #expect(try ypkg("open", "page://music.example.com/main?hold=call").status == 0)
        try ypkg.wait(for: "hold=call page.not-allowed", in: "logs", "music")
        #expect(try ypkg("open", "page://music.example.com/main?release").status == 0)
        #expect(try ypkg("open", "page://front.example.com/main").status == 0)
        try wait(for: "the freezing of what holds no more") { try state("music").contains("frozen") }
        #expect(try !isAwake("music"))
        // A link comes to one that is awake again, and the first thing it hears is that it starts.
        try open("sly", "?again")
        try ypkg.wait(for: "event link again", in: "logs", "sly")
        #expect(try isAwake("sly"))
        #expect(try state("sly").contains("shown"))
        withExtendedLifetime(manager) {}
    }

    @Test(
        "D-4: of a page manager that is killed while an app is frozen nothing is left, and the next one begins anew"
    )
    func killed() throws {
        try install("music")
        try install("front")
        let manager = try ypkg.startPageManager("--grace", "0")
        try open("music")
        try open("front")
        try ypkg.wait(for: "frozen", in: "ps")
        let list = try Program("jq").run("-r", ".[].process", input: ypkg("ps", "--json").outputBytes)
        let processes = list.output.split(separator: "\n").compactMap { Int32($0) }
        #expect(processes.count == 2)
        try manager.signal(SIGKILL)
        _ = try manager.wait()
        let next = try ypkg.startPageManager("--grace", "0")
        for process in processes {
            try wait(for: "the end of \(process)") { kill(process, 0) != 0 }
        }
        #expect(try ypkg("ps").errors == "no page runs\n")
        #expect(try AnchoredDirectory(at: ypkg.directory.path("root/run/apps")).names().isEmpty)
        let log = try ypkg("logs").output
        #expect(log.contains("did not end in order; 2 sandboxes of it ended with it"), "\(log)")
        try open("music")
        #expect(try isAwake("music"))
        withExtendedLifetime(next) {}
    }
}
