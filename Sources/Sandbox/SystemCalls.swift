/// The lists behind ``SeccompPolicy``, wide enough for WebKitGTK, the Swift runtime, bash and Python. A call that is
/// in none of them is denied.
enum SystemCalls {
    private static func names(_ text: String) -> [Substring] { text.split(whereSeparator: \.isWhitespace) }

    static let allowed = Set(groups.flatMap(names).map(String.init))

    private static let groups = [
        // Files by descriptor
        """
        read write readv writev pread64 pwrite64 preadv pwritev preadv2 pwritev2 close close_range lseek _llseek
        fstat statfs fstatfs getdents getdents64 fcntl flock
        fsync fdatasync sync_file_range ftruncate fallocate fadvise64 readahead copy_file_range sendfile
        splice tee vmsplice dup dup2 dup3 pipe pipe2 cachestat
        """,
        // Files by name; Landlock and the mounts decide which
        """
        fchmod fchown umask utime utimes utimensat futimesat getcwd fchdir getxattr lgetxattr fgetxattr listxattr
        llistxattr flistxattr
        inotify_init inotify_init1 inotify_add_watch inotify_rm_watch
        """,
        // Waiting
        """
        poll ppoll select pselect6 epoll_create epoll_create1 epoll_ctl epoll_wait epoll_pwait epoll_pwait2
        eventfd eventfd2 signalfd signalfd4 timerfd_create timerfd_settime timerfd_gettime pause nanosleep
        clock_nanosleep restart_syscall
        """,
        // Memory
        """
        brk mmap munmap mprotect mremap madvise mincore msync mlock mlock2 mlockall munlock munlockall
        memfd_create membarrier pkey_alloc pkey_free pkey_mprotect mseal map_shadow_stack
        """,
        // Threads and processes
        """
        fork vfork exit exit_group wait4 waitid kill tkill tgkill futex futex_waitv futex_wake futex_wait
        futex_requeue set_tid_address set_robust_list get_robust_list rseq arch_prctl gettid getpid getppid
        getpgid setpgid getpgrp getsid setsid pidfd_open pidfd_send_signal sched_yield sched_getaffinity
        sched_setaffinity sched_getparam sched_setparam sched_getscheduler sched_setscheduler sched_getattr
        sched_setattr sched_get_priority_max sched_get_priority_min sched_rr_get_interval getpriority setpriority
        ioprio_get ioprio_set getrlimit setrlimit prlimit64 getrusage times getcpu
        """,
        // Signals
        """
        rt_sigaction rt_sigprocmask rt_sigreturn rt_sigpending rt_sigtimedwait rt_sigsuspend rt_sigqueueinfo
        rt_tgsigqueueinfo sigaltstack alarm getitimer setitimer timer_create timer_settime timer_gettime
        timer_getoverrun timer_delete
        """,
        // Sockets that exist; creating and addressing them has rules of its own
        """
        accept accept4 listen shutdown getsockname getpeername getsockopt setsockopt sendmsg sendmmsg recvfrom
        recvmsg recvmmsg
        """,
        // Questions, and restrictions that an app puts on itself
        """
        uname sysinfo time gettimeofday clock_gettime clock_getres getrandom getuid geteuid getgid getegid
        getresuid getresgid getgroups setuid setgid setreuid setregid setresuid setresgid setfsuid setfsgid capget
        landlock_create_ruleset landlock_add_rule landlock_restrict_self
        """,
    ]

    /// What a call that takes paths does with them.
    struct PathUse {
        let verb: String
        /// `nil` where its flags say.
        let intent: FileView.Access.Intent?
        /// Which arguments.
        let paths: [Int]
    }

    /// The calls that take paths and may fail because of where one leads.
    static let pathUses: [String: PathUse] = {
        var uses: [String: PathUse] = [:]
        func add(_ verb: String, _ intent: FileView.Access.Intent?, _ calls: [(String, [Int])]) {
            for (name, paths) in calls { uses[name] = PathUse(verb: verb, intent: intent, paths: paths) }
        }
        add("open", nil, [("open", [0]), ("openat", [1]), ("openat2", [1])])
        add("execute", .execute, [("execve", [0]), ("execveat", [1])])
        add("enter", .read, [("chdir", [0])])
        let looks = [
            ("stat", [0]), ("lstat", [0]), ("newfstatat", [1]), ("statx", [1]), ("access", [0]),
            ("faccessat", [1]), ("faccessat2", [1]), ("readlink", [0]), ("readlinkat", [1]),
        ]
        add("look at", .read, looks)
        let makers = [
            ("creat", [0]), ("mkdir", [0]), ("mkdirat", [1]), ("symlink", [1]), ("symlinkat", [2]),
            ("link", [1]), ("linkat", [3]),
        ]
        add("create", .write, makers)
        add("remove", .write, [("unlink", [0]), ("unlinkat", [1]), ("rmdir", [0])])
        add("rename", .write, [("rename", [0, 1]), ("renameat", [1, 3]), ("renameat2", [1, 3])])
        let changers = [
            ("truncate", [0]), ("chmod", [0]), ("fchmodat", [1]), ("fchmodat2", [1]), ("chown", [0]),
            ("lchown", [0]), ("fchownat", [1]),
        ]
        add("change", .write, changers)
        return uses
    }()

    static let watchedForFiles = Set(pathUses.keys)

    /// Denied as if the kernel had never heard of them: programs probe for these and have another way.
    static let unsupported: Set<String> = [
        "io_setup", "io_submit", "io_getevents", "io_pgetevents", "io_cancel", "io_destroy", "io_uring_setup",
        "io_uring_enter", "io_uring_register", "memfd_secret", "shmget", "shmat", "shmctl", "shmdt", "semget",
        "semop", "semctl", "semtimedop", "msgget", "msgsnd", "msgrcv", "msgctl", "mq_open", "mq_unlink",
        "mq_timedsend", "mq_timedreceive", "mq_notify", "mq_getsetattr", "get_mempolicy", "set_mempolicy",
        "set_mempolicy_home_node", "mbind", "setxattr", "lsetxattr", "fsetxattr", "removexattr",
        "lremovexattr",
        "fremovexattr", "process_madvise", "process_mrelease", "sync", "syncfs", "name_to_handle_at",
        "adjtimex", "clock_adjtime", "kcmp", "sysfs", "ustat", "_sysctl", "remap_file_pages",
    ]

    /// What a denied call would have given, for the developer.
    static func reason(_ name: String) -> String {
        reasons.first { $0.names.contains(name) }?.words
            ?? "it is not in the list of calls that apps may make"
    }

    private static let reasons: [(names: Set<String>, words: String)] = [
        (["ptrace", "process_vm_readv", "process_vm_writev", "pidfd_getfd"], "apps may not trace processes"),
        (
            [
                "mount", "umount2", "pivot_root", "chroot", "open_tree", "move_mount", "fsopen", "fsconfig",
                "fsmount",
                "fspick", "mount_setattr",
            ], "apps may not change mounts"
        ),
        (["clone", "unshare", "setns"], "apps may not create or enter namespaces"),
        (["add_key", "keyctl", "request_key"], "apps have no access to the kernel's keyrings"),
        (["bpf", "perf_event_open", "userfaultfd"], "apps may not instrument the kernel"),
        (
            ["init_module", "finit_module", "delete_module", "kexec_load", "kexec_file_load", "reboot"],
            "apps may not change the kernel"
        ),
        (["socket", "socketpair"], "apps may only create Unix, TCP and UDP sockets"),
        (["ioctl"], "apps may not control the terminal of others"),
        (["prctl", "personality", "seccomp"], "this option could weaken the sandbox"),
        (["mknod", "mknodat"], "apps may not create devices"),
        (["capset", "setgroups"], "apps have no capabilities"),
    ]
}
