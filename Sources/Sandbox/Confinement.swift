internal import CLinux
internal import Glibc
internal import Platform
public import YunCore

/// Walls that a process puts up around itself before it reads what may be hostile. From then on it turns its standard input
/// into its standard output and reaches nothing else: whatever it is to use must have been loaded.
public enum Confinement {
    /// Binds the process for good, with all its threads; descriptors beyond the first three are closed.
    /// - Parameters:
    ///   - memoryBytesMax: what it may have of memory of its own, with what it has already.
    ///   - processorSecondsMax: after which it is killed, those counted that are past.
    public static func enter(memoryBytesMax: Int, processorSecondsMax: Int) throws(Failure) {
        let filter = SeccompCompiler(policy: .computing, reporting: .off).instructions
        let bytes = filter.flatMap(\.bytes)
        let result = unsafe bytes.withUnsafeBytes { bytes in
            unsafe yun_confine(
                bytes.baseAddress, filter.count, UInt64(memoryBytesMax), UInt64(processorSecondsMax))
        }
        guard result == 0 else { throw .system("cannot confine this process", code: .unavailable) }
    }
}

extension SeccompPolicy {
    /// Of a process that only computes: memory, threads that it has already, the end, and two descriptors. A program that
    /// tries anything else has got out of hand, and is ended before it does something about that.
    static let computing = SeccompPolicy { name in
        if let rule = computingRules[name] { return rule }
        return Rule(otherwise: computingCalls.contains(name) ? .allow : .kill)
    }

    private static let computingCalls: Set<String> = [
        "brk", "clock_gettime", "close", "exit", "exit_group", "getrandom", "mremap", "munmap",
        "restart_syscall",
        "rt_sigprocmask", "rt_sigreturn", "sched_yield",
    ]

    private static let computingRules: [String: Rule] = [
        "read": rule(Test(argument: 0, values: [UInt32(STDIN_FILENO)])),
        "write": rule(Test(argument: 0, values: [UInt32(STDOUT_FILENO)])),
        // Shared memory would not count as its own.
        "mmap": rule(notExecuted, Test(argument: 3, mask: 0x23, values: [UInt32(MAP_PRIVATE) | 0x20])),
        "mprotect": rule(notExecuted),
        // Root could take pages from the machine: DONTNEED and FREE give up one's own.
        "madvise": rule(Test(argument: 2, values: [4, 8])),
        // WAIT, WAKE and both with a set; what moves waiters and lends priorities has been a way into the kernel.
        "futex": rule(Test(argument: 1, mask: 0x7F, values: [0, 1, 9, 10])),
    ]

    private static let notExecuted = Test(argument: 2, mask: UInt32(PROT_EXEC), values: [0])

    private static func rule(_ tests: Test...) -> Rule {
        Rule(cases: [Case(tests: tests, verdict: .allow)], otherwise: .kill)
    }
}
