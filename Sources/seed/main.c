/// The spawner: `seed SPECFD`. Runs outside the sandbox, starts its first process, then passes signals in and the
/// exit status out.
#define _GNU_SOURCE
#include "seed.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

const struct seed_spec *spec;
int errors = -1;
int mounts[SEED_OPERATIONS_MAX];

static union {
    struct seed_spec spec;
    char bytes[SEED_SPEC_BYTES_MAX];
} block;

void fail(const char *step, const char *object) {
    struct seed_failure failure = {.error = errno};
    strncpy(failure.step, step, sizeof failure.step - 1);
    strncpy(failure.object, object, sizeof failure.object - 1);
    if (errors >= 0) (void)!write(errors, &failure, sizeof failure);
    _exit(127);
}

const char *text(uint32_t offset) { return block.bytes + offset; }
const void *records(struct seed_range range) { return block.bytes + range.offset; }

static void refuse_unless(int good, const char *what) {
    if (good) return;
    errno = EINVAL;
    fail("spec", what);
}

static void check_text(uint32_t offset) { refuse_unless(offset < spec->size_bytes, "text"); }

static void check_descriptor(int32_t number) { refuse_unless(number >= -1 && number < 64, "descriptor"); }

static void check_range(struct seed_range range, uint32_t unit, uint32_t alignment, const char *what) {
    uint32_t size = spec->size_bytes;
    refuse_unless(range.offset <= size && range.offset % alignment == 0, what);
    refuse_unless(range.count <= (size - range.offset) / unit, what);
}

static void check_texts(struct seed_range range, const char *what) {
    check_range(range, sizeof(uint32_t), sizeof(uint32_t), what);
    const uint32_t *offsets = records(range);
    for (uint32_t i = 0; i < range.count; i++) check_text(offsets[i]);
}

/// A target must stay below the new root, whatever the launcher wrote.
static void check_target(const char *target) {
    refuse_unless(target[0] != 0 && target[0] != '/', "target");
    for (const char *part = target; part != NULL; part = strchr(part, '/')) {
        if (*part == '/') part++;
        size_t length = strcspn(part, "/");
        refuse_unless(length != 0 && !(length == 2 && part[0] == '.' && part[1] == '.'), "target");
    }
}

static void check_operations(void) {
    check_range(spec->operations, sizeof(struct seed_operation), 8, "operations");
    refuse_unless(spec->operations.count <= SEED_OPERATIONS_MAX, "operations");
    const struct seed_operation *operations = records(spec->operations);
    for (uint32_t i = 0; i < spec->operations.count; i++) {
        const struct seed_operation *operation = &operations[i];
        refuse_unless(operation->kind >= SEED_DIRECTORY && operation->kind <= SEED_PROC, "operation");
        check_text(operation->target);
        check_target(text(operation->target));
        check_text(operation->source);
        if (operation->kind == SEED_FILE)
            check_range((struct seed_range){operation->source, operation->source_bytes}, 1, 1, "file");
    }
}

/// Reads the whole spec before looking at any of it: the launcher's descriptor could change under us.
static void load(const char *argument) {
    char *end;
    long descriptor = strtol(argument, &end, 10);
    if (*end != 0 || descriptor < 0 || descriptor > 1024) _exit(126);
    // The error pipe has a fixed place beside the spec, or a spec that cannot be read could not be reported.
    errors = (int)descriptor + 1;
    if (fcntl(errors, F_SETFD, FD_CLOEXEC) < 0) _exit(126);
    size_t size = 0;
    for (ssize_t got = 1; got != 0 && size < sizeof block; size += (size_t)got) {
        got = pread((int)descriptor, block.bytes + size, sizeof block - size, (off_t)size);
        if (got < 0) fail("spec", "read");
    }
    spec = &block.spec;
    refuse_unless(size >= sizeof *spec && spec->magic == SEED_MAGIC, "magic");
    refuse_unless(spec->version == SEED_VERSION, "version");
    refuse_unless(spec->size_bytes == size && block.bytes[size - 1] == 0, "size");
    refuse_unless((spec->flags & ~(uint32_t)SEED_TERMINAL) == 0 && spec->reserved == 0, "flags");
    check_descriptor(spec->reports);
    check_descriptor(spec->cgroup);
    for (int i = 0; i < 2; i++) check_descriptor(spec->cgroup_tasks[i]);
    check_text(spec->hostname);
    check_text(spec->directory);
    check_text(spec->executable);
    check_operations();
    check_range(spec->rules, sizeof(struct seed_rule), 8, "rules");
    for (uint32_t i = 0; i < spec->rules.count; i++) check_text(((const struct seed_rule *)records(spec->rules))[i].path);
    check_range(spec->limits, sizeof(struct seed_limit), 8, "limits");
    check_range(spec->filter, 8, 8, "filter");
    refuse_unless(spec->filter.count > 0 && spec->filter.count <= 4096, "filter");
    check_texts(spec->arguments, "arguments");
    check_texts(spec->environment, "environment");
    refuse_unless(spec->arguments.count <= SEED_ARGUMENTS_MAX, "arguments");
    refuse_unless(spec->environment.count <= SEED_ARGUMENTS_MAX, "environment");
    refuse_unless(spec->descriptors >= 3 && spec->descriptors <= (uint32_t)descriptor, "descriptors");
}

/// From here on the sandbox cannot outlive the launcher. The launcher may have died before prctl: then somebody
/// else is our parent by now.
static void die_with_launcher(void) {
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0) fail("die with the launcher", "prctl");
    if ((uint32_t)getppid() != spec->parent) fail("die with the launcher", "parent");
}

static void write_file(const char *step, int process, const char *name, const char *value) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/%s", process, name);
    int file = open(path, O_WRONLY | O_CLOEXEC);
    if (file < 0 || write(file, value, strlen(value)) < 0) fail(step, path);
    close(file);
}

void map_ids(pid_t process, uint32_t user, uint32_t group) {
    char line[64];
    write_file("map ids", process, "setgroups", "deny");
    snprintf(line, sizeof line, "%u %u 1\n", group, spec->group);
    write_file("map ids", process, "gid_map", line);
    snprintf(line, sizeof line, "%u %u 1\n", user, spec->user);
    write_file("map ids", process, "uid_map", line);
}

static pid_t start(int *pidfd) {
    struct clone_args arguments = {
        .flags = CLONE_PIDFD | CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS |
                 CLONE_NEWNET | CLONE_NEWCGROUP,
        .pidfd = (uint64_t)(uintptr_t)pidfd,
        .exit_signal = SIGCHLD,
    };
    // Born in its cgroup: not one page or process is counted elsewhere.
    if (spec->cgroup >= 0) {
        arguments.flags |= CLONE_INTO_CGROUP;
        arguments.cgroup = (uint64_t)spec->cgroup;
    }
    return (pid_t)syscall(SYS_clone3, &arguments, sizeof arguments);
}

/// The monitor needs no authority any more, only the right to signal the app's user, and two descriptors: the
/// process, and the end of `go` whose closing tells the child that we died.
static void let_go(int pidfd, int life, int asRoot) {
    if (asRoot) {
        if (setresgid(spec->group, spec->group, spec->group) < 0) fail("let go of root", "group");
        if (setresuid(spec->user, spec->user, spec->user) < 0) fail("let go of root", "user");
        // A change of user clears it.
        die_with_launcher();
    }
    pidfd = fcntl(pidfd, F_DUPFD, 8);
    life = fcntl(life, F_DUPFD, 8);
    if (pidfd < 0 || life < 0 || dup2(pidfd, 0) < 0 || dup2(life, 1) < 0) fail("let go of descriptors", "");
    syscall(SYS_close_range, 2, ~0U, 0);
}

/// Signals go in, the status comes out. All signals are blocked, so none is lost between two waits.
static int watch(int pidfd, const sigset_t *signals) {
    for (;;) {
        int signal = sigwaitinfo(signals, NULL);
        siginfo_t info = {0};
        if (waitid(P_PIDFD, (id_t)pidfd, &info, WEXITED | WNOHANG) < 0) return 127;
        if (info.si_pid != 0) return info.si_code == CLD_EXITED ? info.si_status : 128 + info.si_status;
        if (signal > 0 && signal != SIGCHLD) syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0);
    }
}

int main(int argc, char **argv) {
    // Before anything can be interrupted: what arrives during the launch is delivered to the app after it.
    sigset_t signals;
    sigfillset(&signals);
    sigprocmask(SIG_SETMASK, &signals, NULL);
    if (argc != 2) return 126;
    load(argv[1]);
    die_with_launcher();
    // Where nothing else limits an app, the kernel ends apps before the rest of the phone. Inherited by all of them.
    write_file("give way to the phone", getpid(), "oom_score_adj", "1000");
    memset(mounts, -1, sizeof mounts);
    int asRoot = geteuid() == 0;
    refuse_unless(asRoot ? spec->user != 0 && spec->group != 0 : spec->user == geteuid() && spec->group == getegid(),
                  "user");
    if (asRoot) {
        // Groups are dropped where it can still be done: inside, setgroups is denied.
        if (setgroups(0, NULL) < 0) fail("drop groups", "");
        // Root clones the mounts before it creates the namespaces: the app's user need not be able to reach their
        // paths. An unprivileged caller may clone mounts only inside its new namespaces.
        open_mounts();
    }
    int go[2], pidfd = -1;
    if (pipe2(go, O_CLOEXEC) < 0) fail("create a pipe", "");
    pid_t process = start(&pidfd);
    if (process < 0) fail("create the namespaces", "clone3");
    if (process == 0) {
        close(go[1]);
        inside(go[0]);
    }
    // Before the first step inside: until then the child is nobody and owns nothing. Nothing maps to host root, so no
    // process in there is root anywhere.
    map_ids(process, SEED_USER_INSIDE, SEED_USER_INSIDE);
    if (write(go[1], "", 1) != 1) fail("start the sandbox", "");
    let_go(pidfd, go[1], asRoot);
    return watch(0, &signals);
}
