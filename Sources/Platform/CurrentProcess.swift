internal import CLinux
internal import Glibc
public import YunCore

/// Facts about this process and the moment, asked for in one place so that decisions can be given them as values.
public enum CurrentProcess {
    /// Whether the process may act for every user.
    public static var isRoot: Bool { geteuid() == 0 }

    /// Unix time in seconds.
    public static var now: Int { time(nil) }

    /// Unix time in milliseconds.
    public static var nowMilliseconds: Int {
        var moment = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &moment)
        return moment.tv_sec * 1000 + moment.tv_nsec / 1_000_000
    }

    /// Nanoseconds of a clock that only goes forward.
    public static var monotonicNanoseconds: Int {
        var moment = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &moment)
        return moment.tv_sec * 1_000_000_000 + moment.tv_nsec
    }

    /// What tells this start of the machine from every other.
    public static func bootID() throws(Failure) -> String {
        let path = "/proc/sys/kernel/random/boot_id"
        let bytes = try OwnedDescriptor.open(path, .read).readToEnd(limit: 64, describedAs: path)
        return String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    }

    /// The environment, as the process began; of a name that stands twice, the first.
    public static let environment: [String: String] = {
        var variables: [String: String] = [:]
        var place = unsafe environ
        while let entry = unsafe place.pointee {
            // By bytes, for there may be many: characters have no borders before all of them were looked at.
            let text = unsafe String(cString: entry)
            if let mark = text.utf8.firstIndex(of: UInt8(ascii: "=")) {
                let name = String(text[..<mark])
                if variables[name] == nil {
                    variables[name] = String(text[text.utf8.index(after: mark)...])
                }
            }
            unsafe place += 1
        }
        return variables
    }()

    /// One variable of the environment, for who needs no more of it.
    public static func variable(_ name: String) -> String? {
        unsafe getenv(name).map { unsafe String(cString: $0) }
    }

    /// What the program was started with, its own name first. Where a program does little else, the standard library's
    /// way to them is a good part of what it does.
    public static var arguments: [String] {
        var arguments: [String] = []
        var place = unsafe CommandLine.unsafeArgv
        while let argument = unsafe place.pointee {
            arguments.append(unsafe String(cString: argument))
            unsafe place += 1
        }
        return arguments
    }

    /// Whether a descriptor is a terminal.
    public static func isTerminal(_ number: Int32) -> Bool { isatty(number) == 1 }

    /// Files are made with exactly the permissions that the code names, whatever the caller's mask.
    /// - Parameter isPrivate: whether nobody else reads them either, whatever a library names.
    public static func setFileCreationMask(isPrivate: Bool = false) {
        umask(isPrivate ? 0o077 : 0o022)
    }

    /// A reader that went away is an error of the write, not the end of this process and of the app that it runs.
    public static func ignoreBrokenPipes() {
        signal(SIGPIPE, SIG_IGN)
    }

    /// Lets this process hold as many descriptors as it may.
    public static func raiseDescriptorLimit() {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        // What cannot be raised stays as it is.
        _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }

    /// Says on standard error why the process ends.
    public static func complain(_ failure: Failure) {
        let bytes = Array("error: \(failure.message)\n\(failure.hint.map { "hint: \($0)\n" } ?? "")".utf8)
        // Where this cannot be said, nothing can.
        _ = unsafe write(STDERR_FILENO, bytes, bytes.count)
    }

    /// What `ps` shows instead of the program and its arguments, cut to the room that those had.
    public static func setTitle(_ title: String) {
        _ = unsafe yun_set_process_title(title)
    }

    /// The path of the running program.
    public static func executablePath() throws(Failure) -> String {
        try AnchoredDirectory(at: "/proc/self").symlinkTarget(of: "exe")
    }
}
