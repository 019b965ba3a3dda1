import Foundation
import Testing
import YunCore

@testable import Sandbox

/// An app's directories in a temporary place, with the probe in its release; removed whatever happens. One at a time:
/// tests look at what this process has launched and left.
final class Scene {
    /// Who launches.
    enum Caller: String, CaseIterable {
        case root, user
    }

    /// `nobody`, when root plays a user.
    static let userID: UInt32 = 65534
    /// The app's user when root launches.
    static let appID: UInt32 = 100_077
    static var isRoot: Bool { geteuid() == 0 }
    /// Where the build put its executables.
    static let products = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().path
    static var seed: String { products + "/seed" }

    let path: String
    let caller: Caller
    private let turn = Turn()

    /// Signals when it goes, also where a scene fails half-way.
    private final class Turn {
        private static let free = DispatchSemaphore(value: 1)
        init() { Self.free.wait() }
        deinit { Self.free.signal() }
    }

    init(_ caller: Caller = isRoot ? .root : .user) throws {
        self.caller = caller
        path = "/tmp/yun-sandbox-test-\(UUID().uuidString.prefix(8))"
        for name in ["tree/bin", "data", "cache", "other"] {
            try FileManager.default.createDirectory(
                atPath: "\(path)/\(name)", withIntermediateDirectories: true)
        }
        try "secret".write(toFile: path + "/secret", atomically: false, encoding: .utf8)
        try "x".write(toFile: path + "/tree/icon.svg", atomically: false, encoding: .utf8)
        guard caller == .user, Self.isRoot else { return }
        for name in ["", "/data", "/cache", "/other"] {
            _ = unsafe chown(path + name, Self.userID, Self.userID)
        }
    }

    deinit { _ = try? Self.run(["/bin/rm", "-rf", path]) }

    /// Puts the probe into the release, compiled once for all.
    func addProbe() throws {
        try FileManager.default.copyItem(atPath: try Self.probe.get(), toPath: path + "/tree/bin/probe")
    }

    private static let probePath = "/tmp/yun-probe-under-test-\(getpid())"
    private static let probe = Result { () throws -> String in
        let source = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("SamplePackages/probe").path
        let target = probePath
        atexit { unsafe unlink(Scene.probePath) }
        let files = try FileManager.default.contentsOfDirectory(atPath: source + "/src").filter {
            $0.hasSuffix(".c")
        }
        let result = try run(
            ["/usr/bin/cc", "-O2", "-static", "-o", target] + files.sorted().map { "\(source)/src/\($0)" })
        try #require(result.status == 0, "\(result.errors)")
        return target
    }

    /// Puts a program written in C into the release.
    func addProgram(_ name: String, _ code: String) throws {
        let source = "\(path)/\(name).c"
        try code.write(toFile: source, atomically: false, encoding: .utf8)
        let result = try Self.run(["/usr/bin/cc", "-static", "-o", "\(path)/tree/bin/\(name)", source])
        try #require(result.status == 0, "\(result.errors)")
    }

    func request(_ program: LaunchRequest.Program) throws -> LaunchRequest {
        var request = LaunchRequest(
            page: try PageURI("page://probe.yunos.com/main"), release: path + "/tree", data: path + "/data",
            cache: path + "/cache", program: program)
        request.appUser = Self.appID
        return request
    }

    /// A bash script, planned for this machine.
    func plan(script: String) throws -> Plan {
        var request = try request(.host(path: "/bin/bash", resources: []))
        request.arguments = ["-c", script]
        return try Plan(request, host: HostFacts.gather(runtimeDirectory: nil))
    }

    /// Launches in this process, and waits.
    func launch(
        _ plan: Plan, input: String = "", reporting: Reporting = .off,
        report: @escaping @Sendable (DenialReport) -> Void = { _ in }
    ) throws -> Outcome {
        let files = try Streams(path, input: input)
        let process = try Sandbox.launch(
            plan, backend: .seed(path: Self.seed), standardStreams: files.numbers, reporting: reporting,
            report: report)
        let status = try process.wait()
        return try files.outcome(status)
    }

    /// The command line that launches through the helper, as the scene's caller.
    func command(_ backend: String, _ arguments: [String]) -> [String] {
        let helper = [
            Self.products + "/launch-bench", "run", "--backend", backend, "--seed", Self.seed, "--tree",
            path + "/tree", "--data", path + "/data", "--cache", path + "/cache", "--user",
            String(Self.appID),
        ]
        let user = String(Self.userID)
        let change =
            caller == .user && Self.isRoot
            ? ["/usr/bin/setpriv", "--reuid", user, "--regid", user, "--clear-groups"] : []
        return change + helper + arguments
    }

    struct Outcome {
        var status: Int32
        var output: String
        var errors: String
    }

    /// Runs a program outside of any sandbox.
    static func run(_ command: [String], environment: [String: String]? = nil) throws -> Outcome {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: command[0])
        process.arguments = Array(command.dropFirst())
        if let environment { process.environment = environment }
        let (output, errors) = (Foundation.Pipe(), Foundation.Pipe())
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        let errorText = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        let status =
            process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus
        return Outcome(status: status, output: text, errors: errorText)
    }
}

/// Standard streams that are files.
final class Streams {
    private let path: String
    private let handles: [FileHandle]

    init(_ directory: String, input: String = "") throws {
        path = "\(directory)/stream-\(UUID().uuidString.prefix(8))"
        try input.write(toFile: path + ".in", atomically: false, encoding: .utf8)
        for end in ["out", "err"] {
            try "".write(toFile: "\(path).\(end)", atomically: false, encoding: .utf8)
        }
        handles = [
            try #require(FileHandle(forReadingAtPath: path + ".in")),
            try #require(FileHandle(forWritingAtPath: path + ".out")),
            try #require(FileHandle(forWritingAtPath: path + ".err")),
        ]
    }

    var numbers: (Int32, Int32, Int32) {
        (handles[0].fileDescriptor, handles[1].fileDescriptor, handles[2].fileDescriptor)
    }

    func outcome(_ status: Int32) throws -> Scene.Outcome {
        Scene.Outcome(
            status: status, output: try String(contentsOfFile: path + ".out", encoding: .utf8),
            errors: try String(contentsOfFile: path + ".err", encoding: .utf8))
    }
}
