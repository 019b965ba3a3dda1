/// The root directory of the sandbox: a tmpfs of its own into which exactly the plan's mounts are moved.
#define _GNU_SOURCE
#include "seed.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

// Not <sys/mount.h>: its names collide with those of <linux/mount.h> in some libc releases.
extern int mount(const char *, const char *, const char *, unsigned long, const void *);
extern int umount2(const char *, int);

enum { DETACH = 2, PRIVATE = 1 << 18, PRIVATE_ALL = 1 << 18 | 1 << 14, RECURSIVE = 0x8000 };

static int set_attributes(int mount, uint64_t attributes) {
    // Detached trees keep the propagation of what they were cloned from; without this a later mount of the host's
    // would appear inside, with the host's rights.
    struct mount_attr attr = {.attr_set = attributes, .propagation = PRIVATE};
    return (int)syscall(SYS_mount_setattr, mount, "", AT_EMPTY_PATH | RECURSIVE, &attr, sizeof attr);
}

/// A user namespace in which whoever owns the mount's root is the app's user. A process is needed to make one; the
/// descriptor keeps it.
static int owner_namespace(int tree) {
    struct stat status;
    int life[2];
    if (fstatat(tree, "", &status, AT_EMPTY_PATH) < 0 || pipe2(life, O_CLOEXEC) < 0) return -1;
    struct clone_args arguments = {.flags = CLONE_NEWUSER, .exit_signal = SIGCHLD};
    pid_t process = (pid_t)syscall(SYS_clone3, &arguments, sizeof arguments);
    if (process == 0) {
        // Until our end of the pipe closes, by our hand or our death.
        char byte;
        close(life[1]);
        _exit(read(life[0], &byte, 1) < 0);
    }
    if (process < 0) return -1;
    int directory = open_process(process);
    map_ids(directory, status.st_uid, status.st_gid);
    int namespace = openat(directory, "ns/user", O_RDONLY | O_CLOEXEC);
    close(directory);
    close(life[0]);
    close(life[1]);
    waitpid(process, NULL, 0);
    return namespace;
}

/// The app's user passes for the owner through this mount alone; outside, the owner stays who it is.
static void show_as_own(int tree, const char *source) {
    int namespace = owner_namespace(tree);
    struct mount_attr attr = {.attr_set = MOUNT_ATTR_IDMAP, .userns_fd = (uint64_t)namespace};
    if (namespace < 0 || syscall(SYS_mount_setattr, tree, "", AT_EMPTY_PATH, &attr, sizeof attr) < 0)
        fail("let the app be the owner", source);
    close(namespace);
}

static int clone_mount(const struct seed_operation *operation) {
    const char *source = text(operation->source);
    unsigned int flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | RECURSIVE;
    if (operation->flags & SEED_NO_FOLLOW) flags |= AT_SYMLINK_NOFOLLOW;
    int tree = (int)syscall(SYS_open_tree, AT_FDCWD, source, flags);
    if (tree < 0) fail("open a mount", source);
    uint64_t attributes = MOUNT_ATTR_NOSUID;
    if (operation->flags & SEED_READ_ONLY) attributes |= MOUNT_ATTR_RDONLY;
    if (operation->flags & SEED_NO_EXEC) attributes |= MOUNT_ATTR_NOEXEC;
    if (!(operation->flags & SEED_DEVICES)) attributes |= MOUNT_ATTR_NODEV;
    // While it is attached nowhere: there is no moment in which it can be written.
    if (set_attributes(tree, attributes) < 0) fail("restrict a mount", source);
    // Any other caller is the owner's own user.
    if ((operation->flags & SEED_AS_OWNER) && geteuid() == 0) show_as_own(tree, source);
    return tree;
}

void open_mounts(void) {
    const struct seed_operation *operations = records(spec->operations);
    for (uint32_t i = 0; i < spec->operations.count; i++)
        if (operations[i].kind == SEED_BIND) shared->mounts[i] = clone_mount(&operations[i]);
}

static int new_mount(const char *type, const char *const options[][2], unsigned int attributes) {
    int context = (int)syscall(SYS_fsopen, type, FSOPEN_CLOEXEC);
    if (context < 0) fail("create a file system", type);
    for (; options != NULL && (*options)[0] != NULL; options++)
        if (syscall(SYS_fsconfig, context, FSCONFIG_SET_STRING, (*options)[0], (*options)[1], 0) < 0)
            fail("create a file system", (*options)[0]);
    if (syscall(SYS_fsconfig, context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0) fail("create a file system", type);
    int tree = (int)syscall(SYS_fsmount, context, FSMOUNT_CLOEXEC, attributes);
    if (tree < 0) fail("create a file system", type);
    close(context);
    return tree;
}

static int new_tmpfs(uint32_t mode, uint64_t size_bytes) {
    char modeText[16], size[24], inodes[24];
    snprintf(modeText, sizeof modeText, "%o", mode);
    snprintf(size, sizeof size, "%llu", (unsigned long long)size_bytes);
    // Empty files cost memory too.
    snprintf(inodes, sizeof inodes, "%llu", (unsigned long long)size_bytes / 4096 + 64);
    const char *const options[][2] = {{"mode", modeText}, {"size", size}, {"nr_inodes", inodes}, {NULL, NULL}};
    return new_mount("tmpfs", options, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
}

static void attach(int tree, int root, const char *target) {
    if (syscall(SYS_move_mount, tree, "", root, target, MOVE_MOUNT_F_EMPTY_PATH) < 0) fail("mount", target);
    close(tree);
}

static void make_directory(int root, const char *target, uint32_t mode) {
    if (mkdirat(root, target, mode) < 0) fail("create a directory", target);
}

static void make_file(int root, const char *target, uint32_t mode, const char *bytes, size_t count) {
    int file = openat(root, target, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
    if (file < 0 || (count > 0 && write(file, bytes, count) != (ssize_t)count)) fail("create a file", target);
    close(file);
}

/// A mount point of the same kind as what is mounted on it.
static void attach_bind(int tree, int root, const struct seed_operation *operation) {
    const char *target = text(operation->target);
    struct stat status;
    if (fstatat(tree, "", &status, AT_EMPTY_PATH) < 0) fail("mount", target);
    if (S_ISLNK(status.st_mode)) {
        errno = ELOOP;
        fail("mount", text(operation->source));
    }
    if (S_ISDIR(status.st_mode)) make_directory(root, target, 0755);
    else make_file(root, target, 0644, "", 0);
    attach(tree, root, target);
}

static void write_text(int directory, const char *name, const char *value) {
    int file = openat(directory, name, O_WRONLY | O_CLOEXEC);
    if (file < 0 || write(file, value, strlen(value)) < 0) fail("forbid namespaces", name);
    close(file);
}

static int processes = -1;

static void attach_proc(int root, const char *target) {
    int system = dup(processes);
    make_directory(root, target, 0755);
    attach(processes, root, target);
    int copy = (int)syscall(SYS_open_tree, system, "sys", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | RECURSIVE);
    if (system < 0 || copy < 0) fail("open a mount", "proc/sys");
    if (set_attributes(copy, MOUNT_ATTR_RDONLY) < 0) fail("restrict a mount", "proc/sys");
    attach(copy, system, "sys");
    close(system);
}

static void execute(int root, const struct seed_operation *operation, int tree) {
    const char *target = text(operation->target), *source = text(operation->source);
    switch (operation->kind) {
    case SEED_DIRECTORY: make_directory(root, target, operation->mode); break;
    case SEED_FILE: make_file(root, target, operation->mode, source, operation->source_bytes); break;
    case SEED_SYMLINK:
        if (symlinkat(source, root, target) < 0) fail("create a link", target);
        break;
    case SEED_TMPFS:
        make_directory(root, target, 0755);
        attach(new_tmpfs(operation->mode, operation->size_bytes), root, target);
        break;
    case SEED_BIND: attach_bind(tree, root, operation); break;
    case SEED_PROC: attach_proc(root, target); break;
    }
}

/// On top of what is there, of which there is always something.
static void cover_root(int tree) {
    if (syscall(SYS_move_mount, tree, "", AT_FDCWD, "/", MOVE_MOUNT_F_EMPTY_PATH) < 0) fail("mount", "/");
    if (fchdir(tree) < 0) fail("change the root", "fchdir");
}

void leave_host(void) {
    // Nothing that is mounted or unmounted in here shows up outside, nor the other way round.
    if (mount(NULL, "/", NULL, PRIVATE_ALL, NULL) < 0) fail("separate the mounts", "/");
    // The /proc of the new process namespace. Only a caller that still sees the old one whole may make one.
    processes = new_mount("proc", NULL, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
    // Counted in our own user namespace, whose capabilities are still there; nobody inside can raise it again.
    write_text(processes, "sys/user/max_user_namespaces", "0");
    int empty = new_mount(
        "tmpfs", NULL, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
    cover_root(empty);
    // The old root lands on top of the new one and is taken off: no path and no descriptor leads to it any more. Here
    // and not in the way of a launch, since the kernel waits for all processors afterwards.
    if (syscall(SYS_pivot_root, ".", ".") < 0) fail("change the root", "pivot_root");
    if (umount2(".", DETACH) < 0 || chdir("/") < 0) fail("leave the old root", "umount");
    close(empty);
}

void build_root(void) {
    int root = new_tmpfs(0755, 1 << 20);
    // Attached before it is filled: older kernels mount nothing into a detached tree.
    cover_root(root);
    const struct seed_operation *operations = records(spec->operations);
    for (uint32_t i = 0; i < spec->operations.count; i++) execute(root, &operations[i], shared->mounts[i]);
    // What is below is empty and read-only: who got out of this root would have won nothing.
    if (chroot(".") < 0) fail("change the root", "chroot");
    // Last, since everything above wrote into it; not recursive, each mount has its own flags.
    struct mount_attr readOnly = {.attr_set = MOUNT_ATTR_RDONLY};
    if (syscall(SYS_mount_setattr, root, "", AT_EMPTY_PATH, &readOnly, sizeof readOnly) < 0)
        fail("restrict a mount", "/");
    close(root);
}
