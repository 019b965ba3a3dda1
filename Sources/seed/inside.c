/// The first process of the sandbox. Raises the walls in the order in which each still can be raised, starts the
/// app, and stays as its init.
#define _GNU_SOURCE
#include "seed.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/// Landlock as of ABI 6; the kernel headers at hand may be older than the kernel.
struct ruleset {
    uint64_t files, network, scoped;
};
enum {
    LANDLOCK_ABI_MIN = 4,
    FILES_ABI_4 = (1 << 15) - 1,
    FILES_IOCTL = 1 << 15,
    /// The rights that a rule for something other than a directory may have.
    FILES_NOT_DIRECTORY = 1 << 0 | 1 << 1 | 1 << 2 | 1 << 14 | 1 << 15,
    TCP_BIND_CONNECT = 3,
    SCOPE_ABSTRACT_SOCKETS_AND_SIGNALS = 3,
};

/// Version 1 has no way to be born in a group. Each writes itself into `tasks`, before it allocates anything: moving
/// another process, or by way of `cgroup.procs`, takes a lock that costs milliseconds and holds up every fork.
static void enter_cgroups(void) {
    for (int i = 0; i < 2; i++)
        if (own.tasks[i] >= 0 && write(own.tasks[i], "0", 1) != 1) fail("enter the cgroup", "v1");
}

/// For the builder to have done its part.
static void wait_for_go(void) {
    struct pollfd events[2] = {{.fd = own.go, .events = POLLIN}, {.fd = own.builder, .events = POLLIN}};
    while (poll(events, 2, -1) < 0) {}
    // The builder ends after that, or because it failed or was given up, and with it the launch.
    if (events[0].revents == 0) _exit(127);
}

/// Files in memory lie on no mount that could say noexec. The kernel can refuse executable ones for the whole process
/// namespace, if root outside asks for it, which is what we still are when root launches. Not a step that can fail:
/// kernels before 6.6 and other callers cannot have it (spec/sandbox.md, S-11).
static void forbid_executable_memory_files(void) {
    int setting = open("/proc/sys/vm/memfd_noexec", O_WRONLY | O_CLOEXEC);
    if (setting < 0) return;
    (void)!write(setting, "2", 1);
    close(setting);
}

static void become_the_user(void) {
    // Root outside has no name in here until now: these calls are what leaves host root behind. They come before
    // the first file is made, or it would have an owner that does not exist.
    if (setresgid(SEED_USER_INSIDE, SEED_USER_INSIDE, SEED_USER_INSIDE) < 0) fail("change the user", "group");
    if (setresuid(SEED_USER_INSIDE, SEED_USER_INSIDE, SEED_USER_INSIDE) < 0) fail("change the user", "user");
}

static void limit_resources(void) {
    const struct seed_limit *limits = records(spec->limits);
    for (uint32_t i = 0; i < spec->limits.count; i++) {
        struct rlimit limit;
        if (getrlimit((int)limits[i].resource, &limit) < 0) fail("limit resources", "getrlimit");
        if (limit.rlim_max > limits[i].value) limit.rlim_max = limits[i].value;
        limit.rlim_cur = limit.rlim_max;
        if (setrlimit((int)limits[i].resource, &limit) < 0) fail("limit resources", "setrlimit");
    }
}

static void empty_bounding_set(void) {
    for (int capability = 0; capability < 64; capability++)
        if (prctl(PR_CAPBSET_DROP, capability) < 0) {
            if (errno == EINVAL && capability > CAP_AUDIT_READ) break;
            fail("drop capabilities", "bounding set");
        }
}

static void drop_capabilities(void) {
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct none[2] = {0};
    if (syscall(SYS_capset, &header, none) < 0) fail("drop capabilities", "capset");
    // What Landlock and seccomp ask of a caller without capabilities, and what ends setuid programs.
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) fail("drop capabilities", "no_new_privs");
}

static void add_rule(int ruleset, int object, uint64_t rights, const char *name) {
    struct stat status;
    if (fstat(object, &status) < 0) fail("restrict files", name);
    if (!S_ISDIR(status.st_mode)) rights &= FILES_NOT_DIRECTORY;
    struct landlock_path_beneath_attr rule = {.allowed_access = rights, .parent_fd = object};
    if (rights != 0 && syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) < 0)
        fail("restrict files", name);
}

/// A file that the launcher hands in as a descriptor can be opened again by way of /dev/stdin and its like, with
/// the access that the descriptor has and no more.
static void add_descriptor_rule(int ruleset, int descriptor) {
    struct stat status;
    int flags = fcntl(descriptor, F_GETFL);
    if (flags < 0 || fstat(descriptor, &status) < 0) return;
    if ((flags & O_PATH) || !(S_ISREG(status.st_mode) || S_ISCHR(status.st_mode))) return;
    int mode = flags & O_ACCMODE;
    uint64_t rights = (mode != O_WRONLY ? LANDLOCK_ACCESS_FS_READ_FILE : 0) |
                      (mode != O_RDONLY ? LANDLOCK_ACCESS_FS_WRITE_FILE : 0);
    struct landlock_path_beneath_attr rule = {.allowed_access = rights, .parent_fd = descriptor};
    // Files without a place in any mount, such as memory files, have no rules and need none.
    if (syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) < 0 && errno != EBADFD)
        fail("restrict files", "descriptor");
}

static void restrict_with_landlock(void) {
    long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    if (abi >= 0 && abi < LANDLOCK_ABI_MIN) errno = ENOTSUP;
    if (abi < LANDLOCK_ABI_MIN) fail("restrict files", "Landlock ABI 4 or later");
    struct ruleset attributes = {.files = FILES_ABI_4, .network = TCP_BIND_CONNECT};
    if (abi >= 5) attributes.files |= FILES_IOCTL;
    if (abi >= 6) attributes.scoped = SCOPE_ABSTRACT_SOCKETS_AND_SIGNALS;
    size_t size = abi >= 6 ? sizeof attributes : offsetof(struct ruleset, scoped);
    int ruleset = (int)syscall(SYS_landlock_create_ruleset, &attributes, size, 0);
    if (ruleset < 0) fail("restrict files", "create a ruleset");
    const struct seed_rule *rules = records(spec->rules);
    for (uint32_t i = 0; i < spec->rules.count; i++) {
        const char *path = text(rules[i].path);
        int object = open(path, O_PATH | O_CLOEXEC);
        if (object < 0) fail("restrict files", path);
        add_rule(ruleset, object, rules[i].rights & attributes.files, path);
        close(object);
    }
    for (uint32_t i = 0; i < spec->descriptors; i++) add_descriptor_rule(ruleset, shared->descriptors[i]);
    if (syscall(SYS_landlock_restrict_self, ruleset, 0) < 0) fail("restrict files", "restrict");
    close(ruleset);
}

static void send_listener(int listener, int socket) {
    char byte = 0;
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(sizeof(int))];
    } control = {.header = {CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS}};
    memcpy(CMSG_DATA(&control.header), &listener, sizeof listener);
    struct iovec content = {&byte, 1};
    struct msghdr message = {
        .msg_iov = &content, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    if (sendmsg(socket, &message, MSG_NOSIGNAL) != 1) fail("filter system calls", "send the listener");
    close(listener);
    close(socket);
}

static void filter_system_calls(void) {
    struct sock_fprog program = {
        .len = (unsigned short)spec->filter.count,
        .filter = (struct sock_filter *)(uintptr_t)records(spec->filter),
    };
    unsigned long flags = 0;
    // A notified call must not be restarted by each signal, or a busy program would never get through it.
    if (spec->flags & SEED_REPORTS) flags = SECCOMP_FILTER_FLAG_NEW_LISTENER | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV;
    long listener = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
    if (listener < 0) fail("filter system calls", "seccomp");
    // It came behind the app's own.
    if (spec->flags & SEED_REPORTS) send_listener((int)listener, shared->descriptors[spec->descriptors]);
}

static void texts(struct seed_range range, const char **list) {
    const uint32_t *offsets = records(range);
    for (uint32_t i = 0; i < range.count; i++) list[i] = text(offsets[i]);
    list[range.count] = NULL;
}

/// They become 0, 1, 2, ... First out of the way of the numbers to be filled, then into place.
static void place_descriptors(void) {
    int count = (int)spec->descriptors, moved[SEED_DESCRIPTORS_MAX];
    for (int i = 0; i < count; i++)
        if ((moved[i] = fcntl(shared->descriptors[i], F_DUPFD, SEED_DESCRIPTORS_MAX)) < 0) fail("place descriptors", "");
    for (int i = 0; i < count; i++)
        if (dup2(moved[i], i) < 0) fail("place descriptors", "");
    // On exec, not now: the link must still be there if exec fails.
    if (syscall(SYS_close_range, count, ~0U, 4 /* CLOSE_RANGE_CLOEXEC */) < 0) fail("close descriptors", "close_range");
}

/// The child that becomes the app. Everything it calls is in the filter's allow list.
static _Noreturn void become_the_app(void) {
    static const char *arguments[SEED_ARGUMENTS_MAX + 1], *environment[SEED_ARGUMENTS_MAX + 1];
    place_descriptors();
    // Its own session has no controlling terminal: nothing can be typed into the caller's.
    if (setsid() < 0) fail("start a session", "setsid");
    if ((spec->flags & SEED_TERMINAL) && ioctl(0, TIOCSCTTY, 0) < 0) fail("start a session", "terminal");
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    texts(spec->arguments, arguments);
    texts(spec->environment, environment);
    execve(text(spec->executable), (char *const *)(uintptr_t)arguments, (char *const *)(uintptr_t)environment);
    fail("start the program", text(spec->executable));
}

/// What a terminal sends to all of a foreground group goes to the app's group; the rest to the app alone.
static void forward(pid_t app, int signal) {
    int toGroup = signal == SIGINT || signal == SIGQUIT || signal == SIGHUP || signal == SIGWINCH;
    kill(toGroup ? -app : app, signal);
}

/// Reaps orphans, passes signals on, and ends with the app: the kernel then kills whatever it left behind.
static _Noreturn void serve_as_init(pid_t app, const sigset_t *signals) {
    for (;;) {
        int signal = sigwaitinfo(signals, NULL), status;
        if (signal > 0 && signal != SIGCHLD) forward(app, signal);
        for (pid_t ended; (ended = waitpid(-1, &status, WNOHANG)) > 0;)
            if (ended == app) {
                int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
                report(SEED_ENDED, code, -1, "", "");
                _exit(code);
            }
    }
}

void inside(void) {
    enter_cgroups();
    die_with_resident();
    // What is the same for every app. Here a spare waits.
    forbid_executable_memory_files();
    leave_host();
    empty_bounding_set();
    wait_for_go();
    become_the_user();
    // Again: the change of user cleared it.
    die_with_resident();
    if (sethostname(text(spec->hostname), strlen(text(spec->hostname))) < 0) fail("name the host", "sethostname");
    build_root();
    if (chdir(text(spec->directory)) < 0) fail("enter the directory", text(spec->directory));
    // Mounts and the host name needed capabilities; nothing below does.
    limit_resources();
    drop_capabilities();
    // Landlock forbids every change of mounts, so it follows them; it opens files, so it precedes the filter.
    restrict_with_landlock();
    // Init holds nothing of the app's, but it runs our code with the app's user: nobody inside may look into it.
    if (prctl(PR_SET_DUMPABLE, 0) < 0) fail("protect init", "prctl");
    // Last of the walls: it denies most of the calls above. Init lives behind it as well.
    filter_system_calls();
    // Without a copy of init, which waits until the program is there.
    pid_t app = vfork();
    if (app < 0) fail("start the program", "vfork");
    if (app == 0) become_the_app();
    if (failed) _exit(127);
    // The app's descriptors are the app's alone, or nobody would see it close them.
    syscall(SYS_close_range, 0, own.link - 1, 0);
    syscall(SYS_close_range, own.link + 1, ~0U, 0);
    report(SEED_RUNNING, 0, -1, "", "");
    sigset_t signals;
    sigfillset(&signals);
    serve_as_init(app, &signals);
}
