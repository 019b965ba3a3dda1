#define _GNU_SOURCE
#include "CLinux.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/mount.h>
#include <linux/openat2.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/inotify.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

int yun_openat(int directory, const char *path, int flags, mode_t mode) {
    return openat(directory, path, flags | O_CLOEXEC, mode);
}

enum { OPEN_TRIES_MAX = 128 };

int yun_openat_beneath(int directory, const char *path, int flags, mode_t mode) {
    struct open_how how = {
        .flags = (uint64_t)(flags | O_CLOEXEC),
        .mode = (flags & (O_CREAT | __O_TMPFILE)) ? mode : 0,
        .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
    };
    // EAGAIN: the kernel could not rule out a rename race; it asks for another try. Not for ever: whoever holds a lease on
    // the file makes an open that must not wait fail with it, too.
    int descriptor, tries = 0;
    do {
        descriptor = (int)syscall(SYS_openat2, directory, path, &how, sizeof how);
    } while (descriptor < 0 && errno == EAGAIN && ++tries < OPEN_TRIES_MAX);
    return descriptor;
}

int yun_view_without_programs(int directory) {
    struct mount_attr attributes = {
        .attr_set = MOUNT_ATTR_NOEXEC | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV,
        .propagation = 1 << 18 /* MS_PRIVATE; <sys/mount.h> collides with the kernel's header */};
    int view = (int)syscall(SYS_open_tree, directory, "", AT_EMPTY_PATH | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
    if (view < 0) return -1;
    if (syscall(SYS_mount_setattr, view, "", AT_EMPTY_PATH, &attributes, sizeof attributes) == 0) return view;
    int error = errno;
    close(view);
    errno = error;
    return -1;
}

int yun_rename_noreplace(int fromDirectory, const char *from, int toDirectory, const char *to) {
    return renameat2(fromDirectory, from, toDirectory, to, RENAME_NOREPLACE);
}

int yun_rename_exchange(int fromDirectory, const char *from, int toDirectory, const char *to) {
    return renameat2(fromDirectory, from, toDirectory, to, RENAME_EXCHANGE);
}

int yun_syncfs(int descriptor) { return syncfs(descriptor); }

int yun_start_writing(int descriptor, int64_t offset, int64_t count) {
    return sync_file_range(descriptor, offset, count, SYNC_FILE_RANGE_WRITE);
}

int yun_memfd_create(const char *name) { return memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING); }

int yun_fcntl_dupfd(int descriptor, int lowest) { return fcntl(descriptor, F_DUPFD_CLOEXEC, lowest); }

int yun_set_cloexec(int descriptor, int enabled) { return fcntl(descriptor, F_SETFD, enabled ? FD_CLOEXEC : 0); }

static int copy_by_hand(int from, int to) {
    static _Thread_local char buffer[64 << 10];
    for (;;) {
        ssize_t got = read(from, buffer, sizeof buffer);
        if (got == 0) return 0;
        if (got < 0) {
            if (errno == EINTR) continue;
            return -1;
        }
        for (ssize_t done = 0; done < got;) {
            ssize_t put = write(to, buffer + done, (size_t)(got - done));
            if (put < 0 && errno != EINTR) return -1;
            if (put > 0) done += put;
        }
    }
}

int yun_copy_contents(int from, int to) {
    if (ioctl(to, FICLONE, from) == 0) return 0;
    for (;;) {
        ssize_t copied = copy_file_range(from, NULL, to, NULL, 1 << 30, 0);
        if (copied == 0) return 0;
        if (copied < 0) {
            if (errno == EINTR) continue;
            if (errno == EXDEV || errno == EINVAL || errno == ENOSYS || errno == EOPNOTSUPP)
                return copy_by_hand(from, to);
            return -1;
        }
    }
}

int64_t yun_free_bytes(int descriptor) {
    struct statvfs status;
    if (fstatvfs(descriptor, &status) < 0) return -1;
    return (int64_t)status.f_bavail * (int64_t)status.f_frsize;
}

int yun_status_at(int directory, const char *path, struct yun_status *result) {
    struct stat status;
    if (fstatat(directory, path, &status, AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH) < 0) return -1;
    result->kind = S_ISREG(status.st_mode)   ? YUN_KIND_FILE
                   : S_ISDIR(status.st_mode) ? YUN_KIND_DIRECTORY
                   : S_ISLNK(status.st_mode) ? YUN_KIND_SYMLINK
                                             : YUN_KIND_OTHER;
    result->mode = status.st_mode & 07777;
    result->owner = status.st_uid;
    result->links = status.st_nlink;
    result->size_bytes = status.st_size;
    result->device = status.st_dev;
    result->inode = status.st_ino;
    result->modified_ms = (int64_t)status.st_mtim.tv_sec * 1000 + status.st_mtim.tv_nsec / 1000000;
    return 0;
}

int yun_wait_until_gone(int parent, const char *name) {
    char path[32];
    snprintf(path, sizeof path, "/proc/self/fd/%d", parent);
    int watch = inotify_init1(IN_CLOEXEC), result = -1;
    // The parent's word for it: a directory that somebody holds open says nothing of its own end.
    if (watch >= 0 && inotify_add_watch(watch, path, IN_DELETE | IN_MOVED_FROM | IN_ONLYDIR) >= 0) {
        union {
            struct inotify_event event;
            char bytes[sizeof(struct inotify_event) + 256];
        } buffer;
        // What happened before the watch was there is seen by looking.
        while ((result = faccessat(parent, name, F_OK, AT_SYMLINK_NOFOLLOW)) == 0) {
            ssize_t got = read(watch, &buffer, sizeof buffer);
            if (got < 0 && errno != EINTR) break;
        }
        result = result < 0 && errno == ENOENT ? 0 : -1;
    }
    int error = errno;
    if (watch >= 0) close(watch);
    errno = error;
    return result;
}

const char *yun_error_text(int error, char *buffer, size_t size_bytes) {
    return strerror_r(error, buffer, size_bytes);
}

/// Runs in the child, in the parent's memory: only async-signal-safe calls are allowed, since another thread of the
/// parent may hold any lock.
static void become(const struct yun_spawn *spawn) {
    if (spawn->death_signal != 0 && prctl(PR_SET_PDEATHSIG, spawn->death_signal) < 0) return;
    if ((spawn->new_session ? setsid() : setpgid(0, 0)) < 0) return;
    // First out of the way of the numbers to be filled, then into place.
    int count = spawn->descriptor_count, moved[64];
    for (int i = 0; i < count; i++) {
        moved[i] = spawn->descriptors[i];
        if (moved[i] >= 0 && (moved[i] = fcntl(moved[i], F_DUPFD_CLOEXEC, count)) < 0) return;
    }
    for (int i = 0; i < count; i++) {
        if (moved[i] < 0) close(i);
        else if (dup2(moved[i], i) < 0) return;
    }
    if (syscall(SYS_close_range, count, ~0U, 4 /* CLOSE_RANGE_CLOEXEC */) < 0) return;
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);
    execve(spawn->executable, spawn->arguments, spawn->environment);
}

int yun_wait_pidfd(int pidfd) {
    siginfo_t info;
    int result;
    do result = waitid(P_PIDFD, (id_t)pidfd, &info, WEXITED);
    while (result < 0 && errno == EINTR);
    if (result < 0) return -1;
    return info.si_code == CLD_EXITED ? info.si_status : 128 + info.si_status;
}

int yun_signal_pidfd(int pidfd, int signal) { return (int)syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0); }

pid_t yun_spawn_process(const struct yun_spawn *spawn, int *pidfd) {
    if (spawn->descriptor_count > 64) {
        errno = EMFILE;
        return -1;
    }
    // The child shares our memory until it executes: no handler of ours may run in it.
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    volatile int reported = 0;
    pid_t child = vfork();
    if (child == 0) {
        for (int number = 1; number < NSIG; number++) signal(number, SIG_DFL);
        become(spawn);
        reported = errno;
        _exit(127);
    }
    int error = child < 0 ? errno : reported;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    // Not reaped yet: the number is still the child's.
    if (child > 0 && error == 0 && (*pidfd = (int)syscall(SYS_pidfd_open, child, 0)) < 0) error = errno;
    if (error == 0) return child;
    if (child > 0) {
        kill(child, SIGKILL);
        while (waitpid(child, NULL, 0) < 0 && errno == EINTR) {}
    }
    errno = error;
    return -1;
}

enum { OPEN_DIRECTORIES_MAX = 64, PASSES_MAX = 1000 };

static int open_for_removal(int directory, const char *name) {
    int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
    int inner = openat(directory, name, flags);
    // Root needs no mode bits, and must not be tricked into changing those of what a symlink, laid in time, leads to.
    if (inner < 0 && errno == EACCES && geteuid() != 0 && fchmodat(directory, name, 0700, 0) == 0)
        inner = openat(directory, name, flags);
    return inner;
}

/// Takes over `directory`. What lies deeper than the limit is moved to `top` and has its turn there, so that no nesting
/// exhausts descriptors or stack.
static int empty_directory(int top, int directory, int depth, unsigned *moved) {
    DIR *stream = fdopendir(directory);
    if (stream == NULL) {
        close(directory);
        return -1;
    }
    int result = 0, found = 1;
    // Entries may be passed over while others are removed, and somebody may still be adding some.
    for (int pass = 0; result == 0 && found && pass < PASSES_MAX; pass++) {
        found = 0;
        rewinddir(stream);
        for (struct dirent *entry; result == 0 && (entry = readdir(stream)) != NULL;) {
            const char *name = entry->d_name;
            if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0) continue;
            found = 1;
            if (unlinkat(directory, name, 0) == 0 || errno == ENOENT) continue;
            if (errno != EISDIR && errno != EPERM) {
                result = -1;
            } else if (depth == OPEN_DIRECTORIES_MAX) {
                char place[32];
                do snprintf(place, sizeof place, ".moved-%u", ++*moved);
                while ((result = yun_rename_noreplace(directory, name, top, place)) < 0 && errno == EEXIST);
            } else {
                int inner = open_for_removal(directory, name);
                result = inner < 0 ? -1 : empty_directory(top, inner, depth + 1, moved);
                if (result == 0 && unlinkat(directory, name, AT_REMOVEDIR) < 0 && errno != ENOENT) result = -1;
            }
        }
    }
    int error = errno;
    closedir(stream);
    errno = error;
    return result;
}

int yun_remove_tree(int directory, const char *name) {
    if (unlinkat(directory, name, 0) == 0 || errno == ENOENT) return 0;
    if (errno != EISDIR && errno != EPERM) return -1;
    int top = open_for_removal(directory, name);
    if (top < 0) return -1;
    int inner = fcntl(top, F_DUPFD_CLOEXEC, 3);
    unsigned moved = 0;
    int result = inner < 0 ? -1 : empty_directory(top, inner, 0, &moved), error = errno;
    close(top);
    errno = error;
    return result < 0 ? -1 : unlinkat(directory, name, AT_REMOVEDIR);
}
