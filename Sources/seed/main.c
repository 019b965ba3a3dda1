/// The spawner: `seed`, with a socket as descriptor 0. Stays resident and answers each order with a fork, the builder,
/// which makes the sandbox's first process at once, waits until it is told what the sandbox is for, and ends when all is
/// done that must be done outside. Nothing of a launch ever comes to the resident process.
#define _GNU_SOURCE
#include "seed.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/sched.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

struct descriptors own = {.link = -1, .resident = -1, .builder = -1, .go = -1, .unified = -1, .tasks = {-1, -1}};
volatile int failed;

/// Where orders come from.
enum { CONTROL = 0 };

void report(enum seed_report_kind kind, int value, int descriptor, const char *step, const char *object) {
    struct seed_report report = {.kind = kind, .value = value};
    strncpy(report.step, step, sizeof report.step - 1);
    strncpy(report.object, object, sizeof report.object - 1);
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(sizeof(int))];
    } control = {.header = {CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS}};
    memcpy(CMSG_DATA(&control.header), &descriptor, sizeof descriptor);
    struct iovec content = {&report, sizeof report};
    struct msghdr message = {.msg_iov = &content, .msg_iovlen = 1};
    if (descriptor >= 0) {
        message.msg_control = &control;
        message.msg_controllen = sizeof control;
    }
    // A launcher that is gone takes us with it; there is nobody else to tell.
    (void)!sendmsg(own.link, &message, MSG_NOSIGNAL);
}

void fail(const char *step, const char *object) {
    failed = 1;
    report(SEED_FAILED, errno, -1, step, object);
    _exit(127);
}

void die_with_resident(void) {
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0) fail("die with the launcher", "prctl");
    // It may have died before.
    struct pollfd resident = {.fd = own.resident, .events = POLLIN};
    if (poll(&resident, 1, 0) != 0) _exit(127);
}

static void write_file(const char *step, int process, const char *name, const char *value) {
    int file = openat(process, name, O_WRONLY | O_CLOEXEC);
    if (file < 0 || write(file, value, strlen(value)) < 0) fail(step, name);
    close(file);
}

int open_process(pid_t process) {
    char path[32];
    snprintf(path, sizeof path, "/proc/%d", process);
    return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

void map_ids(int process, uint32_t user, uint32_t group) {
    char line[64];
    write_file("map ids", process, "setgroups", "deny");
    snprintf(line, sizeof line, "%u %u 1\n", group, spec->group);
    write_file("map ids", process, "gid_map", line);
    snprintf(line, sizeof line, "%u %u 1\n", user, spec->user);
    write_file("map ids", process, "uid_map", line);
}

/// Init is the resident process's child, since the builder does not stay. It has our descriptors: what comes later, the
/// app's and the mounts, is there for it too.
static pid_t start(int *pidfd) {
    struct clone_args arguments = {
        .flags = CLONE_PIDFD | CLONE_PARENT | CLONE_FILES | CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID |
                 CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWNET | CLONE_NEWCGROUP,
        .pidfd = (uint64_t)(uintptr_t)pidfd,
    };
    // Born in its cgroup: not one page or process is counted elsewhere.
    if (own.unified >= 0) {
        arguments.flags |= CLONE_INTO_CGROUP;
        arguments.cgroup = (uint64_t)own.unified;
    }
    pid_t process = (pid_t)syscall(SYS_clone3, &arguments, sizeof arguments);
    if (process == 0) inside();
    if (process < 0) fail("create the namespaces", "clone3");
    return process;
}

/// For a spare this takes as long as nobody needs it.
static void await_request(int init) {
    struct pollfd events[2] = {{.fd = init, .events = POLLIN}, {.fd = own.link, .events = POLLIN}};
    while (poll(events, 2, -1) < 0) {}
    // Killed, or it has said what failed. The launcher sees us end.
    if (events[0].revents != 0) _exit(127);
}

/// A caller without privileges may clone mounts only in a namespace that belongs to its own user namespace. It is a copy of
/// the host's as they are now, and vanishes with the builder.
static void copy_host_mounts(int init) {
    if (setns(init, CLONE_NEWUSER) < 0 || unshare(CLONE_NEWNS) < 0) fail("create the namespaces", "mounts");
}

static _Noreturn void build(void) {
    die_with_resident();
    // Where nothing else limits an app, the kernel ends apps before the rest of the phone. Inherited by all of them.
    int self = open_process(getpid());
    write_file("give way to the phone", self, "oom_score_adj", "1000");
    close(self);
    // Our own children keep their process ids until we have waited for them.
    signal(SIGCHLD, SIG_DFL);
    int asRoot = geteuid() == 0;
    // Groups are dropped where it can still be done: inside, setgroups is denied.
    if (asRoot && setgroups(0, NULL) < 0) fail("drop groups", "");
    own.builder = (int)syscall(SYS_pidfd_open, getpid(), 0);
    own.go = eventfd(0, EFD_CLOEXEC);
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (own.builder < 0 || own.go < 0 || shared == MAP_FAILED) fail("prepare", "");
    memset(shared->mounts, -1, sizeof shared->mounts);
    int init = -1;
    pid_t process = start(&init);
    // Init is not our child: if it were killed, its process id could be another's at once. It lives when we have this.
    int directory = open_process(process);
    await_request(init);
    // Given up. Init sees us end.
    if (!receive_spec()) _exit(0);
    if (asRoot ? spec->user == 0 || spec->group == 0 : spec->user != geteuid() || spec->group != getegid()) {
        errno = EINVAL;
        fail("spec", "user");
    }
    report(SEED_STARTED, process, init, "", "");
    // Before the first step inside: until then init is nobody and owns nothing. Nothing maps to host root, so no
    // process in there is root anywhere.
    map_ids(directory, SEED_USER_INSIDE, SEED_USER_INSIDE);
    // Outside, since init has nothing of the host's any more, and the app's user need not be able to reach the paths.
    if (!asRoot) copy_host_mounts(init);
    open_mounts();
    if (eventfd_write(own.go, 1) < 0) fail("start the sandbox", "");
    _exit(0);
}

/// One order with its descriptors. False at the end of all orders.
static int receive_order(struct seed_order *order, int descriptors[4], int *count) {
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(4 * sizeof(int))];
    } ancillary;
    struct iovec content = {order, sizeof *order};
    struct msghdr message = {
        .msg_iov = &content, .msg_iovlen = 1, .msg_control = &ancillary, .msg_controllen = sizeof ancillary};
    ssize_t got = recvmsg(CONTROL, &message, MSG_CMSG_CLOEXEC);
    if (got == 0 || (got < 0 && errno != EINTR)) return 0;
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    *count = 0;
    if (header != NULL && header->cmsg_type == SCM_RIGHTS) {
        *count = (int)((header->cmsg_len - CMSG_LEN(0)) / sizeof(int));
        memcpy(descriptors, CMSG_DATA(header), (size_t)*count * sizeof(int));
    }
    if (got != sizeof *order || order->version != SEED_VERSION) order->version = 0;
    return 1;
}

static void answer(const struct seed_order *order, const int *descriptors, int count) {
    // Who cannot be understood, perhaps another release's launcher, sees the link close.
    if (order->version == 0 || count < 1 + !!order->is_unified || count > 3 + !!order->is_unified) return;
    own.link = descriptors[0];
    pid_t process = fork();
    if (process < 0) report(SEED_FAILED, errno, -1, "create a process", "fork");
    if (process != 0) return;
    close(CONTROL);
    if (order->is_unified) own.unified = descriptors[1];
    for (int i = 1 + !!order->is_unified, j = 0; i < count; i++, j++) own.tasks[j] = descriptors[i];
    // The app's descriptors are going to be the lowest, and a program that cannot be started must be told of.
    own.link = fcntl(descriptors[0], F_DUPFD_CLOEXEC, SEED_DESCRIPTORS_MAX);
    if (own.link < 0) _exit(126);
    close(descriptors[0]);
    build();
}

int main(void) {
    // Before anything can be interrupted: what arrives during the launch is delivered to the app after it. Nothing but
    // SIGKILL and the end of the orders ends us.
    sigset_t signals;
    sigfillset(&signals);
    sigprocmask(SIG_SETMASK, &signals, NULL);
    // Whoever started us may ignore some, and apps shall not. Not by sigaction, which keeps two of them for itself.
    static const unsigned long standard[4];
    for (int number = 1; number <= 64; number++) syscall(SYS_rt_sigaction, number, standard, NULL, sizeof(uint64_t));
    // The launcher knows its sandboxes by pid descriptors and links; here they only have to be reaped.
    signal(SIGCHLD, SIG_IGN);
    own.resident = (int)syscall(SYS_pidfd_open, getpid(), 0);
    if (own.resident < 0) return 126;
    struct seed_order order;
    for (int descriptors[4], count; receive_order(&order, descriptors, &count);) {
        answer(&order, descriptors, count);
        for (int i = 0; i < count; i++) close(descriptors[i]);
    }
    return 0;
}
