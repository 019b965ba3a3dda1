import CLinux
import Glibc
import Testing

@testable import Sandbox

@Suite("The system call filter")
struct SeccompTests {
    private let policy = SeccompPolicy.standard

    private func answer(_ name: String, _ arguments: [UInt64] = [], _ reporting: Reporting = .off) throws
        -> UInt32
    {
        let number = try #require(SeccompPolicy.numbers[name], "this machine has no \(name)")
        return filter(reporting).answer(
            number: number, architecture: yun_audit_architecture(), arguments: arguments)
    }

    private func filter(_ reporting: Reporting) -> FilterInterpreter {
        FilterInterpreter(instructions: SeccompCompiler(policy: policy, reporting: reporting).instructions)
    }

    private static func error(_ errno: Int32) -> UInt32 { SeccompCompiler.Answer.error | UInt32(errno) }

    @Test("decides every number as the table says (S-20)")
    func tableAndFilterAgree() {
        let filter = filter(.off)
        for number in 0...(SeccompPolicy.ceiling + 50) {
            let expected: UInt32 =
                switch policy.verdict(number: number, arguments: [0, 0, 0, 0, 0, 0]) {
                case .allow, .watchFiles, .watchNetwork: SeccompCompiler.Answer.allow
                case .deny(let error), .refuse(let error): Self.error(error)
                case .kill: SeccompCompiler.Answer.killProcess
                }
            #expect(
                filter.answer(number: number, architecture: yun_audit_architecture()) == expected, "\(number)"
            )
        }
    }

    @Test(
        "denies what could open a wall (S-20)",
        arguments: [
            "ptrace", "process_vm_readv", "process_vm_writev", "pidfd_getfd", "keyctl", "add_key",
            "request_key", "bpf",
            "perf_event_open", "userfaultfd", "mount", "umount2", "pivot_root", "chroot", "open_tree",
            "move_mount",
            "fsopen", "fsmount", "fsconfig", "fspick", "mount_setattr", "unshare", "setns", "kexec_load",
            "kexec_file_load", "init_module", "finit_module", "delete_module", "open_by_handle_at",
            "fanotify_init",
            "capset", "setgroups", "reboot", "swapon", "acct", "settimeofday", "clock_settime", "sethostname",
            "syslog",
            "quotactl", "vhangup", "setdomainname",
        ])
    func deniesDangerousCalls(name: String) throws {
        #expect(try answer(name) == Self.error(EPERM))
        #expect(try answer(name, [], .calls) == SeccompCompiler.Answer.notify)
    }

    @Test(
        "hides calls that programs probe for (S-21)",
        arguments: [
            "clone3", "io_uring_setup", "io_uring_enter", "io_uring_register", "shmget", "mbind",
        ])
    func hidesProbedCalls(name: String) throws {
        #expect(try answer(name) == Self.error(ENOSYS))
        #expect(try answer(name, [], .files) == Self.error(ENOSYS))
    }

    @Test(
        "compares the half of an argument that the kernel looks at (S-22)",
        arguments: [
            ("ioctl", [0, 0x5412], EPERM), ("ioctl", [0, 0x541C], EPERM),
            ("ioctl", [0, 0xFFFF_FFFF_0000_5412], EPERM),
            ("ioctl", [0, 0x5413], 0), ("clone", [0x11], 0), ("clone", [0x1000_0011], EPERM),
            ("clone", [0x0002_0011], EPERM), ("clone", [0x80 | 0x11], EPERM), ("clone", [0x3D_0F00], 0),
            ("clone", [0xFFFF_FFFF_1000_0011], EPERM), ("personality", [0], 0),
            ("personality", [0x0004_0000], EPERM),
            ("personality", [0xFFFF_FFFF], 0), ("prctl", [38], 0), ("prctl", [15], 0), ("prctl", [28], EPERM),
            ("prctl", [24], EPERM), ("prctl", [35], EPERM), ("seccomp", [1, 0], 0),
            ("seccomp", [1, 8], EPERM),
            ("mknodat", [0, 0, 0o020_666], EPERM), ("mknodat", [0, 0, 0o060_600], EPERM),
            ("mknodat", [0, 0, 0o010_600], 0), ("socketpair", [1], 0), ("socketpair", [2], EAFNOSUPPORT),
        ] as [(String, [UInt64], Int32)])
    func comparesArguments(name: String, arguments: [UInt64], errno: Int32) throws {
        #expect(
            try answer(name, arguments) == (errno == 0 ? SeccompCompiler.Answer.allow : Self.error(errno)))
    }

    @Test(
        "opens only sockets that lead nowhere or to a mounted path (S-23)",
        arguments: [
            ([1, 1, 0], 0), ([1, 5 | 0x80000, 0], 0), ([2, 1, 0], 0), ([2, 1 | 0x80800, 6], 0),
            ([10, 2, 17], 0),
            ([2, 3, 1], EPERM), ([2, 2, 1], EPERM), ([10, 3, 58], EPERM), ([2, 1, 262], EPERM),
            ([16, 3, 0], EAFNOSUPPORT), ([17, 3, 0], EAFNOSUPPORT), ([40, 1, 0], EAFNOSUPPORT),
            ([38, 5, 0], EAFNOSUPPORT), ([31, 3, 1], EAFNOSUPPORT), ([44, 3, 0], EAFNOSUPPORT),
        ] as [([UInt64], Int32)])
    func limitsSockets(arguments: [UInt64], errno: Int32) throws {
        #expect(
            try answer("socket", arguments) == (errno == 0 ? SeccompCompiler.Answer.allow : Self.error(errno))
        )
    }

    @Test("kills what comes through another architecture's entry (S-24)")
    func killsForeignArchitectures() {
        for architecture: UInt32 in [0x4000_0003, 0x4000_0028, 0] {
            #expect(
                filter(.off).answer(number: 1, architecture: architecture)
                    == SeccompCompiler.Answer.killProcess)
        }
    }

    @Test(
        "knows no call above its ceiling, x32's among them (S-21)",
        arguments: [
            UInt32(1000), 0x4000_0000, 0x4000_0027, 0x7FFF_FFFF, 0xFFFF_FFFF,
        ])
    func hasCeiling(number: UInt32) {
        for reporting in [Reporting.off, .calls, .files] {
            let answer = filter(reporting).answer(number: number, architecture: yun_audit_architecture())
            #expect(answer == Self.error(ENOSYS))
        }
    }

    @Test("asks the launcher only where reports are on (S-40)")
    func asksOnlyForReports() throws {
        let notify = SeccompCompiler.Answer.notify
        let allow = SeccompCompiler.Answer.allow
        #expect(try answer("connect") == allow)
        #expect(try answer("connect", [], .calls) == notify)
        #expect(try answer("openat") == allow)
        #expect(try answer("openat", [], .calls) == allow)
        #expect(try answer("openat", [], .files) == notify)
        #expect(try answer("sendto", [3, 1, 1, 0, 0, 0], .calls) == allow)
        #expect(try answer("sendto", [3, 1, 1, 0, 0x1_0000_0000, 16], .calls) == notify)
        #expect(try answer("read", [], .files) == allow)
    }

    @Test("fits the kernel's limit and never jumps out of itself")
    func isWellFormed() {
        for reporting in [Reporting.off, .calls, .files] {
            let code = SeccompCompiler(policy: policy, reporting: reporting).instructions
            #expect(code.count < 4096)
            for (index, instruction) in code.enumerated() where instruction.code != 0x06 {
                let far = instruction.code == 0x05 ? Int(instruction.value) : 0
                #expect(index + 1 + max(far, Int(instruction.ifTrue), Int(instruction.ifFalse)) < code.count)
            }
        }
    }

    @Test(
        "a process that only computes is ended by any other call (L-79)",
        arguments: [
            ("read", [0], true), ("read", [3], false), ("write", [1], true), ("write", [2], false),
            ("write", [3], false), ("brk", [0], true), ("exit_group", [0], true),
            ("futex", [0, 0x80], true), ("futex", [0, 0x189], true), ("futex", [0, 0x84], false),
            ("futex", [0, 0x8B], false), ("madvise", [0, 0, 4], true), ("madvise", [0, 0, 100], false),
            ("mmap", [0, 4096, 3, 0x22], true), ("mmap", [0, 4096, 7, 0x22], false),
            ("mmap", [0, 4096, 3, 0x21], false), ("mmap", [0, 4096, 1, 0x02], false),
            ("mmap", [0, 4096, 0xFFFF_FFFF_0000_0004, 0x22], false), ("mprotect", [0, 4096, 3], true),
            ("mprotect", [0, 4096, 5], false),
        ] + refusedToComputers.map { ($0, [], false) } as [(String, [UInt64], Bool)])
    func computes(name: String, arguments: [UInt64], isAllowed: Bool) throws {
        let filter = FilterInterpreter(
            instructions: SeccompCompiler(policy: .computing, reporting: .off).instructions)
        let answer = filter.answer(
            number: try #require(SeccompPolicy.numbers[name]), architecture: yun_audit_architecture(),
            arguments: arguments)
        let kill = SeccompCompiler.Answer.killProcess
        #expect(answer == (isAllowed ? SeccompCompiler.Answer.allow : kill))
        #expect(filter.answer(number: 1, architecture: 0x4000_0003) == kill)
    }

    private static let refusedToComputers = [
        "openat", "openat2", "socket", "socketpair", "connect", "execve", "execveat", "clone", "clone3",
        "unshare",
        "ptrace", "process_vm_readv", "kill", "tgkill", "prctl", "seccomp", "ioctl", "fcntl", "dup", "dup3",
        "recvmsg", "sendmsg", "pread64", "pwrite64", "readv", "writev", "memfd_create", "io_uring_setup",
        "pkey_mprotect", "remap_file_pages", "userfaultfd", "bpf", "mount", "setrlimit", "prlimit64", "statx",
        "newfstatat", "readlinkat", "getdents64", "rt_sigaction", "rt_sigqueueinfo", "pidfd_open", "pipe2",
    ]

    @Test("names every call that it lists")
    func listsExistingCalls() {
        // Names of other architectures may be missing here; most must exist, or the lists are misspelt.
        let listed = SystemCalls.allowed.union(SystemCalls.unsupported).union(SystemCalls.watchedForFiles)
            .union(SeccompPolicy.argumentRules.keys)
        let newer: Set = [
            "cachestat", "fchmodat2", "futex_requeue", "futex_wait", "futex_wake", "map_shadow_stack",
            "mseal",
            "_llseek",
        ]
        #expect(listed.subtracting(SeccompPolicy.numbers.keys).subtracting(newer).isEmpty)
    }
}
