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

    /// The environment; of a name that stands twice, the first.
    public static var environment: [String: String] {
        var variables: [String: String] = [:]
        var place = unsafe environ
        while let entry = unsafe place.pointee {
            let text = unsafe String(cString: entry)
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2 {
                variables[String(parts[0])] = variables[String(parts[0])] ?? String(parts[1])
            }
            unsafe place += 1
        }
        return variables
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
