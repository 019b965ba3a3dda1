public import Platform
internal import YunCore
internal import Glibc

/// Runs a real program and keeps what it printed.
public struct Program {
    /// How a run ended.
    public struct Result: Sendable {
        /// Exit status, or 128 + signal.
        public let status: Int32
        /// Standard output.
        public let output: String
        /// Standard error.
        public let errors: String
        /// Standard output as it came.
        public let outputBytes: [UInt8]
    }

    /// Where programs are looked for by name.
    private static let searchPath = ["/usr/bin", "/bin", "/usr/sbin", "/usr/local/bin"]

    private let path: String

    /// - Parameter path: an absolute path, or a name that Debian installs.
    public init(_ path: String) throws {
        guard !path.hasPrefix("/") else {
            self.path = path
            return
        }
        for directory in Self.searchPath
        where try AnchoredDirectory.status(ofPath: "\(directory)/\(path)") != nil {
            self.path = "\(directory)/\(path)"
            return
        }
        throw Failure(.unavailable, "\(path) is not installed", hint: "run the tests with: make test")
    }

    /// Python with the packages that `Scripts/install-packages` brings.
    public static func python() throws -> Program {
        try Program(CurrentProcess.environment["YUN_PYTHON"] ?? Checkout.path + "/.build/python/bin/python3")
    }

    /// Runs to the end.
    public func run(
        _ arguments: String..., input: [UInt8] = [], directory: String? = nil,
        environment: [String: String] = [:]
    ) throws -> Result {
        try run(arguments, input: input, directory: directory, environment: environment)
    }

    /// Runs to the end.
    public func run(
        _ arguments: [String], input: [UInt8] = [], directory: String? = nil,
        environment: [String: String] = [:]
    ) throws -> Result {
        let input = try Self.file(holding: input)
        let output = try OwnedDescriptor.memoryFile("output")
        let errors = try OwnedDescriptor.memoryFile("errors")
        var all = [
            "PATH": Self.searchPath.joined(separator: ":"), "LC_ALL": "C.UTF-8", "HOME": "/nonexistent",
        ]
        all.merge(environment) { _, new in new }
        // A working directory is the only thing that spawning does not set; a shell does it.
        let command = directory.map { ["/bin/sh", "-c", "cd \"$0\" && exec \"$@\"", $0, path] + arguments }
        let status = try Self.spawn(
            command ?? [path] + arguments, all.map { "\($0)=\($1)" },
            [input.number, output.number, errors.number])
        let outputBytes = try Self.contents(of: output)
        return Result(
            status: status, output: String(decoding: outputBytes, as: UTF8.self),
            errors: String(decoding: try Self.contents(of: errors), as: UTF8.self), outputBytes: outputBytes)
    }

    private static func file(holding bytes: [UInt8]) throws -> OwnedDescriptor {
        let file = try OwnedDescriptor.memoryFile("input")
        try file.write(bytes)
        try file.seek(to: 0)
        return file
    }

    private static func contents(of file: borrowing OwnedDescriptor) throws -> [UInt8] {
        try file.seek(to: 0)
        return try file.readToEnd(limit: 1 << 28, describedAs: "output")
    }

    private static func spawn(_ arguments: [String], _ environment: [String], _ descriptors: [Int32]) throws
        -> Int32
    {
        let process = try ChildProcess(arguments, environment: environment, descriptors: descriptors)
        return try process.wait()
    }
}

/// A child that runs beside the test.
public typealias ChildProcess = SpawnedProcess
