internal import Glibc

/// The calls whose arguments decide. Only ever the half of an argument that the kernel itself looks at is compared:
/// a filter that compares all 64 bits of an `int` can be passed by by setting a bit that the kernel drops.
extension SeccompPolicy {
    static let argumentRules: [String: Rule] = [
        // A new namespace is a way to new authority. The flags of clone3 lie in memory that a filter cannot see:
        // it does not exist, and libc falls back to clone.
        "clone": Rule(
            cases: [
                Case(tests: [Test(argument: 0, mask: CloneFlag.namespaces, values: [0])], verdict: .allow)
            ],
            otherwise: .deny(EPERM)),
        "clone3": Rule(otherwise: .refuse(ENOSYS)),
        // Keystrokes and selections forced into the caller's terminal, line disciplines, console output.
        "ioctl": Rule(
            cases: [Case(tests: [Test(argument: 1, values: TerminalControl.denied)], verdict: .deny(EPERM))],
            otherwise: .allow),
        "socket": socketRule,
        "socketpair": Rule(
            cases: [Case(tests: [Test(argument: 0, values: [UInt32(AF_UNIX)])], verdict: .allow)],
            otherwise: .deny(EAFNOSUPPORT)),
        "connect": Rule(otherwise: .watchNetwork),
        "bind": Rule(otherwise: .watchNetwork),
        "sendto": Rule(
            cases: [
                Case(
                    tests: [
                        Test(argument: 4, values: [0]), Test(argument: 4, isHighHalf: true, values: [0]),
                    ], verdict: .allow)
            ], otherwise: .watchNetwork),
        "prctl": Rule(
            cases: [Case(tests: [Test(argument: 0, values: ProcessControl.allowed)], verdict: .allow)],
            otherwise: .deny(EPERM)),
        // 0 is Linux, all ones asks; the others weaken address space layout or change what calls mean.
        "personality": Rule(
            cases: [Case(tests: [Test(argument: 0, values: [0, .max])], verdict: .allow)],
            otherwise: .deny(EPERM)),
        // An app may tie its own hands further, but not get hold of its children's calls.
        "seccomp": Rule(
            cases: [Case(tests: [Test(argument: 1, mask: 1 << 3, values: [0])], verdict: .allow)],
            otherwise: .deny(EPERM)),
        // Without a path they look at a descriptor, which every reader of a file does.
        "newfstatat": pathRule(flagsArgument: 3),
        "statx": pathRule(flagsArgument: 2),
        "mknod": deviceRule(modeArgument: 1),
        "mknodat": deviceRule(modeArgument: 2),
    ]

    /// Unix sockets, and internet stream and datagram sockets: those lead nowhere in here, but a program that
    /// creates one gets as far as an address that can be reported. Netlink is what libraries probe for first.
    private static var socketRule: Rule {
        // SOCK_STREAM and SOCK_DGRAM, whatever their flags.
        let kinds = Test(argument: 1, mask: 0xF, values: [1, 2])
        let internet = Test(argument: 0, values: [UInt32(AF_INET), UInt32(AF_INET6)])
        return Rule(
            cases: [
                Case(tests: [Test(argument: 0, values: [UInt32(AF_UNIX)])], verdict: .allow),
                Case(tests: [internet, kinds, Test(argument: 2, values: [0, 6, 17])], verdict: .allow),
                Case(tests: [internet], verdict: .deny(EPERM)),
                Case(
                    tests: [Test(argument: 0, values: [UInt32(AF_NETLINK)])], verdict: .refuse(EAFNOSUPPORT)),
            ], otherwise: .deny(EAFNOSUPPORT))
    }

    private static func pathRule(flagsArgument: Int) -> Rule {
        let isDescriptor = Test(argument: flagsArgument, mask: 0x1000 /* AT_EMPTY_PATH */, values: [0x1000])
        return Rule(cases: [Case(tests: [isDescriptor], verdict: .allow)], otherwise: .watchFiles)
    }

    private static func deviceRule(modeArgument: Int) -> Rule {
        let devices = Test(argument: modeArgument, mask: S_IFMT, values: [S_IFCHR, S_IFBLK])
        return Rule(cases: [Case(tests: [devices], verdict: .deny(EPERM))], otherwise: .allow)
    }
}

/// `clone(2)`'s flags. Written out: the headers have them behind _GNU_SOURCE or as macros that Swift does not see.
enum CloneFlag {
    /// NEWTIME NEWNS NEWCGROUP NEWUTS NEWIPC NEWUSER NEWPID NEWNET.
    static let namespaces: UInt32 =
        0x80 | 0x20000 | 0x0200_0000 | 0x0400_0000 | 0x0800_0000 | 0x1000_0000 | 0x2000_0000 | 0x4000_0000
}

enum TerminalControl {
    /// TIOCSTI, TIOCLINUX, TIOCCONS, TIOCSETD.
    static let denied: [UInt32] = [0x5412, 0x541C, 0x541D, 0x5423]
}

/// `prctl(2)`'s options.
enum ProcessControl {
    /// What concerns only the process itself and gives it nothing: names, death signal, dumpable, timer slack,
    /// subreaper, huge pages, no_new_privs, own filters, mitigations, memory names, vector lengths, and questions.
    static let allowed: [UInt32] =
        [
            1, 2, 3, 4, 7, 15, 16, 21, 22, 23, 25, 26, 27, 29, 30, 36, 37, 38, 39, 40, 41, 42, 50, 51, 52, 53,
            54, 55,
        ]
        + [56, 61, 65, 66, 0x4155_5856, 0x5356_4D41, 0x5961_6D61]
}
