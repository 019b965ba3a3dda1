#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <termios.h>
#include <unistd.h>

#if defined(__x86_64__)
uint32_t yun_audit_architecture(void) { return AUDIT_ARCH_X86_64; }
#elif defined(__aarch64__)
uint32_t yun_audit_architecture(void) { return AUDIT_ARCH_AARCH64; }
#else
#error "no system call policy for this architecture"
#endif

#define CALL(name) {#name, __NR_##name},
static const struct {
    const char *name;
    uint32_t number;
} calls[] = {
    // What every 64-bit architecture has.
    CALL(accept) CALL(accept4) CALL(acct) CALL(add_key) CALL(adjtimex) CALL(bind) CALL(bpf) CALL(brk)
    CALL(capget) CALL(capset) CALL(chdir) CALL(chroot) CALL(clock_adjtime) CALL(clock_getres)
    CALL(clock_gettime) CALL(clock_nanosleep) CALL(clock_settime) CALL(clone) CALL(clone3) CALL(close)
    CALL(close_range) CALL(connect) CALL(copy_file_range) CALL(delete_module) CALL(dup) CALL(dup3)
    CALL(epoll_create1) CALL(epoll_ctl) CALL(epoll_pwait) CALL(epoll_pwait2) CALL(eventfd2) CALL(execve)
    CALL(execveat) CALL(exit) CALL(exit_group) CALL(faccessat) CALL(faccessat2) CALL(fadvise64)
    CALL(fallocate) CALL(fanotify_init) CALL(fanotify_mark) CALL(fchdir) CALL(fchmod) CALL(fchmodat)
    CALL(fchown) CALL(fchownat) CALL(fcntl) CALL(fdatasync) CALL(fgetxattr) CALL(finit_module)
    CALL(flistxattr) CALL(flock) CALL(fremovexattr) CALL(fsconfig) CALL(fsetxattr) CALL(fsmount)
    CALL(fsopen) CALL(fspick) CALL(fstat) CALL(fstatfs) CALL(fsync) CALL(ftruncate) CALL(futex)
    CALL(futex_waitv) CALL(get_mempolicy) CALL(get_robust_list) CALL(getcpu) CALL(getcwd) CALL(getdents64)
    CALL(getegid) CALL(geteuid) CALL(getgid) CALL(getgroups) CALL(getitimer) CALL(getpeername) CALL(getpgid)
    CALL(getpid) CALL(getppid) CALL(getpriority) CALL(getrandom) CALL(getresgid) CALL(getresuid)
    CALL(getrlimit) CALL(getrusage) CALL(getsid) CALL(getsockname) CALL(getsockopt) CALL(gettid)
    CALL(gettimeofday) CALL(getuid) CALL(getxattr) CALL(init_module) CALL(inotify_add_watch)
    CALL(inotify_init1) CALL(inotify_rm_watch) CALL(io_cancel) CALL(io_destroy) CALL(io_getevents)
    CALL(io_pgetevents) CALL(io_setup) CALL(io_submit) CALL(io_uring_enter) CALL(io_uring_register)
    CALL(io_uring_setup) CALL(ioctl) CALL(ioprio_get) CALL(ioprio_set) CALL(kcmp) CALL(kexec_file_load)
    CALL(kexec_load) CALL(keyctl) CALL(kill) CALL(landlock_add_rule) CALL(landlock_create_ruleset)
    CALL(landlock_restrict_self) CALL(lgetxattr) CALL(linkat) CALL(listen) CALL(listxattr) CALL(llistxattr)
    CALL(lookup_dcookie) CALL(lremovexattr) CALL(lseek) CALL(lsetxattr) CALL(lstat) CALL(madvise)
    CALL(mbind) CALL(membarrier) CALL(memfd_create) CALL(memfd_secret) CALL(migrate_pages) CALL(mincore)
    CALL(mkdirat) CALL(mknodat) CALL(mlock) CALL(mlock2) CALL(mlockall) CALL(mmap) CALL(mount)
    CALL(mount_setattr) CALL(move_mount) CALL(move_pages) CALL(mprotect) CALL(mq_getsetattr) CALL(mq_notify)
    CALL(mq_open) CALL(mq_timedreceive) CALL(mq_timedsend) CALL(mq_unlink) CALL(mremap) CALL(msgctl)
    CALL(msgget) CALL(msgrcv) CALL(msgsnd) CALL(msync) CALL(munlock) CALL(munlockall) CALL(munmap)
    CALL(name_to_handle_at) CALL(nanosleep) CALL(newfstatat) CALL(nfsservctl) CALL(open_by_handle_at)
    CALL(open_tree) CALL(openat) CALL(openat2) CALL(perf_event_open) CALL(personality) CALL(pidfd_getfd)
    CALL(pidfd_open) CALL(pidfd_send_signal) CALL(pipe2) CALL(pivot_root) CALL(pkey_alloc) CALL(pkey_free)
    CALL(pkey_mprotect) CALL(ppoll) CALL(prctl) CALL(pread64) CALL(preadv) CALL(preadv2) CALL(prlimit64)
    CALL(process_madvise) CALL(process_mrelease) CALL(process_vm_readv) CALL(process_vm_writev)
    CALL(pselect6) CALL(ptrace) CALL(pwrite64) CALL(pwritev) CALL(pwritev2) CALL(quotactl) CALL(quotactl_fd)
    CALL(read) CALL(readahead) CALL(readlinkat) CALL(readv) CALL(reboot) CALL(recvfrom) CALL(recvmmsg)
    CALL(recvmsg) CALL(remap_file_pages) CALL(removexattr) CALL(renameat) CALL(renameat2) CALL(request_key)
    CALL(restart_syscall) CALL(rseq) CALL(rt_sigaction) CALL(rt_sigpending) CALL(rt_sigprocmask)
    CALL(rt_sigqueueinfo) CALL(rt_sigreturn) CALL(rt_sigsuspend) CALL(rt_sigtimedwait)
    CALL(rt_tgsigqueueinfo) CALL(sched_get_priority_max) CALL(sched_get_priority_min)
    CALL(sched_getaffinity) CALL(sched_getattr) CALL(sched_getparam) CALL(sched_getscheduler)
    CALL(sched_rr_get_interval) CALL(sched_setaffinity) CALL(sched_setattr) CALL(sched_setparam)
    CALL(sched_setscheduler) CALL(sched_yield) CALL(seccomp) CALL(semctl) CALL(semget) CALL(semop)
    CALL(semtimedop) CALL(sendfile) CALL(sendmmsg) CALL(sendmsg) CALL(sendto) CALL(set_mempolicy)
    CALL(set_mempolicy_home_node) CALL(set_robust_list) CALL(set_tid_address) CALL(setdomainname)
    CALL(setfsgid) CALL(setfsuid) CALL(setgid) CALL(setgroups) CALL(sethostname) CALL(setitimer) CALL(setns)
    CALL(setpgid) CALL(setpriority) CALL(setregid) CALL(setresgid) CALL(setresuid) CALL(setreuid)
    CALL(setrlimit) CALL(setsid) CALL(setsockopt) CALL(settimeofday) CALL(setuid) CALL(setxattr) CALL(shmat)
    CALL(shmctl) CALL(shmdt) CALL(shmget) CALL(shutdown) CALL(sigaltstack) CALL(signalfd4) CALL(socket)
    CALL(socketpair) CALL(splice) CALL(stat) CALL(statfs) CALL(statx) CALL(swapoff) CALL(swapon)
    CALL(symlinkat) CALL(sync) CALL(sync_file_range) CALL(syncfs) CALL(sysinfo) CALL(syslog) CALL(tee)
    CALL(tgkill) CALL(timer_create) CALL(timer_delete) CALL(timer_getoverrun) CALL(timer_gettime)
    CALL(timer_settime) CALL(timerfd_create) CALL(timerfd_gettime) CALL(timerfd_settime) CALL(times)
    CALL(tkill) CALL(truncate) CALL(umask) CALL(umount2) CALL(uname) CALL(unlinkat) CALL(unshare)
    CALL(userfaultfd) CALL(utimensat) CALL(vhangup) CALL(vmsplice) CALL(wait4) CALL(waitid) CALL(write)
    CALL(writev)
#ifdef __x86_64__
    // Older forms that only this architecture still has.
    CALL(_sysctl) CALL(access) CALL(afs_syscall) CALL(alarm) CALL(arch_prctl) CALL(chmod) CALL(chown)
    CALL(creat) CALL(create_module) CALL(dup2) CALL(epoll_create) CALL(epoll_ctl_old) CALL(epoll_wait)
    CALL(epoll_wait_old) CALL(eventfd) CALL(fork) CALL(futimesat) CALL(get_kernel_syms)
    CALL(get_thread_area) CALL(getdents) CALL(getpgrp) CALL(getpmsg) CALL(inotify_init) CALL(ioperm)
    CALL(iopl) CALL(lchown) CALL(link) CALL(mkdir) CALL(mknod) CALL(modify_ldt) CALL(open) CALL(pause)
    CALL(pipe) CALL(poll) CALL(putpmsg) CALL(query_module) CALL(readlink) CALL(rename) CALL(rmdir)
    CALL(security) CALL(select) CALL(set_thread_area) CALL(signalfd) CALL(symlink) CALL(sysfs) CALL(time)
    CALL(tuxcall) CALL(unlink) CALL(uselib) CALL(ustat) CALL(utime) CALL(utimes) CALL(vfork) CALL(vserver)
#endif
};

size_t yun_system_call_count(void) { return sizeof calls / sizeof calls[0]; }
const char *yun_system_call_name(size_t index) { return calls[index].name; }
uint32_t yun_system_call_number(size_t index) { return calls[index].number; }

int yun_confine(const void *filter, size_t count, uint64_t data_bytes, uint64_t processor_seconds) {
    const struct {
        int resource;
        rlim_t most;
    } bounds[] = {{RLIMIT_CORE, 0}, {RLIMIT_FSIZE, 0}, {RLIMIT_NOFILE, 0}, {RLIMIT_NPROC, 0},
                  {RLIMIT_DATA, data_bytes}, {RLIMIT_CPU, processor_seconds}};
    for (size_t i = 0; i < sizeof bounds / sizeof bounds[0]; i++) {
        struct rlimit limit;
        if (getrlimit(bounds[i].resource, &limit) < 0) return -1;
        if (limit.rlim_max > bounds[i].most) limit.rlim_max = bounds[i].most;
        limit.rlim_cur = limit.rlim_max;
        if (setrlimit(bounds[i].resource, &limit) < 0) return -1;
    }
    if (syscall(SYS_close_range, 3, ~0U, 0) < 0) return -1;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) return -1;
    struct sock_fprog program = {.len = (unsigned short)count, .filter = (struct sock_filter *)filter};
    // In all threads or in none: one that a library has begun and that is left out would be the way around.
    long result = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program);
    if (result > 0) errno = ESRCH;
    return result == 0 ? 0 : -1;
}

int yun_landlock_abi(void) {
    return (int)syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
}

int yun_notification_receive(int listener, struct yun_notification *result) {
    // The kernel insists on zeros.
    struct seccomp_notif notification;
    memset(&notification, 0, sizeof notification);
    if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &notification) < 0) return -1;
    result->id = notification.id;
    result->process = notification.pid;
    result->number = (uint32_t)notification.data.nr;
    memcpy(result->arguments, notification.data.args, sizeof result->arguments);
    return 0;
}

int yun_notification_answer(int listener, uint64_t id, int error) {
    struct seccomp_notif_resp answer = {
        .id = id,
        .error = -error,
        .flags = error == 0 ? SECCOMP_USER_NOTIF_FLAG_CONTINUE : 0,
    };
    return ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &answer);
}

int yun_notification_is_valid(int listener, uint64_t id) {
    return ioctl(listener, SECCOMP_IOCTL_NOTIF_ID_VALID, &id) == 0;
}

ssize_t yun_process_read(pid_t process, uint64_t address, void *buffer, size_t size_bytes) {
    // Page by page: a vector that ends in an unmapped page fails whole otherwise.
    size_t done = 0;
    while (done < size_bytes) {
        size_t part = 4096 - (address + done) % 4096;
        if (part > size_bytes - done) part = size_bytes - done;
        struct iovec here = {(char *)buffer + done, part}, there = {(void *)(uintptr_t)(address + done), part};
        ssize_t got = process_vm_readv(process, &here, 1, &there, 1, 0);
        if (got <= 0) return done > 0 ? (ssize_t)done : -1;
        done += (size_t)got;
        if (memchr((char *)buffer + done - (size_t)got, 0, (size_t)got) != NULL) break;
    }
    return (ssize_t)done;
}

int yun_pipe(int pair[2]) { return pipe2(pair, O_CLOEXEC); }
int yun_socket_pair(int pair[2]) { return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair); }
enum { DESCRIPTORS_MAX = 64 };

int yun_send(int socket, const void *bytes, size_t size_bytes, const int *descriptors, size_t count) {
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(DESCRIPTORS_MAX * sizeof(int))];
    } control;
    if (count > DESCRIPTORS_MAX) {
        errno = EINVAL;
        return -1;
    }
    control.header = (struct cmsghdr){CMSG_LEN(count * sizeof(int)), SOL_SOCKET, SCM_RIGHTS};
    if (count > 0) memcpy(CMSG_DATA(&control.header), descriptors, count * sizeof(int));
    for (size_t done = 0; done < size_bytes;) {
        struct iovec content = {(char *)bytes + done, size_bytes - done};
        struct msghdr message = {.msg_iov = &content, .msg_iovlen = 1};
        if (done == 0 && count > 0) {
            message.msg_control = &control;
            message.msg_controllen = CMSG_SPACE(count * sizeof(int));
        }
        ssize_t put = sendmsg(socket, &message, MSG_NOSIGNAL);
        if (put < 0 && errno != EINTR) return -1;
        if (put > 0) done += (size_t)put;
    }
    return 0;
}

ssize_t yun_receive(int socket, void *buffer, size_t size_bytes, int *descriptor) {
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(sizeof(int))];
    } control;
    *descriptor = -1;
    size_t done = 0;
    while (done < size_bytes) {
        struct iovec content = {(char *)buffer + done, size_bytes - done};
        struct msghdr message = {
            .msg_iov = &content, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
        ssize_t got = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return -1;
        if (got == 0) break;
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        if (header != NULL && header->cmsg_type == SCM_RIGHTS && *descriptor < 0)
            memcpy(descriptor, CMSG_DATA(header), sizeof *descriptor);
        done += (size_t)got;
    }
    return (ssize_t)done;
}

int yun_wait_readable(int descriptor, int timeout_ms) {
    struct pollfd wait = {.fd = descriptor, .events = POLLIN};
    int count;
    do count = poll(&wait, 1, timeout_ms);
    while (count < 0 && errno == EINTR);
    if (count < 0) return -1;
    if (wait.revents & POLLIN) return 1;
    return wait.revents != 0 ? 2 : 0;
}

int yun_terminal_open(int pair[2]) {
    int control = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK), program = -1;
    if (control >= 0 && grantpt(control) == 0 && unlockpt(control) == 0)
        program = ioctl(control, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (program < 0) {
        int error = errno;
        if (control >= 0) close(control);
        errno = error;
        return -1;
    }
    pair[0] = control;
    pair[1] = program;
    return 0;
}

int yun_terminal_copy_size(int from, int to) {
    struct winsize size;
    if (ioctl(from, TIOCGWINSZ, &size) < 0) return -1;
    return ioctl(to, TIOCSWINSZ, &size);
}

_Static_assert(sizeof(struct termios) <= sizeof(struct yun_terminal_settings), "settings do not fit");

int yun_terminal_save(int terminal, struct yun_terminal_settings *settings) {
    struct termios current;
    if (tcgetattr(terminal, &current) < 0) return -1;
    memcpy(settings->bytes, &current, sizeof current);
    return 0;
}

int yun_terminal_restore(int terminal, const struct yun_terminal_settings *settings) {
    struct termios saved;
    memcpy(&saved, settings->bytes, sizeof saved);
    return tcsetattr(terminal, TCSADRAIN, &saved);
}

int yun_terminal_make_raw(int terminal) {
    struct termios raw;
    if (tcgetattr(terminal, &raw) < 0) return -1;
    cfmakeraw(&raw);
    return tcsetattr(terminal, TCSADRAIN, &raw);
}

int yun_signal_descriptor(const int *signals, size_t count) {
    sigset_t set;
    sigemptyset(&set);
    for (size_t i = 0; i < count; i++) sigaddset(&set, signals[i]);
    int error = pthread_sigmask(SIG_BLOCK, &set, NULL);
    if (error != 0) {
        errno = error;
        return -1;
    }
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

int yun_signal_next(int descriptor) {
    struct signalfd_siginfo info;
    ssize_t got;
    do got = read(descriptor, &info, sizeof info);
    while (got < 0 && errno == EINTR);
    return got == sizeof info ? (int)info.ssi_signo : -1;
}
