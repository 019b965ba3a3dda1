#define _GNU_SOURCE
#include "CLinux.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { COPY_DEPTH_MAX = 200, COPY_PIECE_BYTES = 16 << 20, ENTRY_BYTES = 4096 };

struct copying {
    /// Where the first name of each file of several names is linked under its inode's number, to be found again without
    /// memory for as many files as an app likes to make.
    int links;
    int64_t budget_bytes;
};

static int spend(struct copying *copying, int64_t count) {
    copying->budget_bytes -= count;
    if (copying->budget_bytes >= 0) return 0;
    errno = ENOSPC;
    return -1;
}

/// Opens what the app cannot have exchanged for something else by then, a FIFO that would block not either. What the
/// owner made unreadable is opened up for the moment through a descriptor, so that no link is followed.
static int open_source(int directory, const char *name, int flags, const struct stat *expected) {
    int descriptor = openat(directory, name, flags | O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (descriptor < 0 && errno == EACCES && geteuid() != 0) {
        int place = openat(directory, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
        char path[32];
        snprintf(path, sizeof path, "/proc/self/fd/%d", place);
        if (place >= 0 && chmod(path, expected->st_mode | S_IRUSR | S_IXUSR) == 0) {
            descriptor = open(path, flags | O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
            if (!S_ISDIR(expected->st_mode)) chmod(path, expected->st_mode & 07777);
        }
        if (place >= 0) close(place);
    }
    struct stat status;
    if (descriptor >= 0 && (fstat(descriptor, &status) < 0 || status.st_ino != expected->st_ino
                            || (status.st_mode & S_IFMT) != (expected->st_mode & S_IFMT))) {
        close(descriptor);
        errno = ENOENT;
        return -1;
    }
    return descriptor;
}

static ssize_t copy_piece(int from, int to, off_t *place, size_t count) {
    off_t target = *place;
    ssize_t copied = copy_file_range(from, place, to, &target, count, 0);
    if (copied >= 0 || (errno != EXDEV && errno != EINVAL && errno != ENOSYS && errno != EOPNOTSUPP)) return copied;
    static _Thread_local char buffer[64 << 10];
    ssize_t got = pread(from, buffer, count < sizeof buffer ? count : sizeof buffer, *place);
    for (ssize_t done = 0; done < got;) {
        ssize_t put = pwrite(to, buffer + done, (size_t)(got - done), *place + done);
        if (put < 0 && errno != EINTR) return -1;
        if (put > 0) done += put;
    }
    if (got > 0) *place += got;
    return got;
}

/// Shares extents where the file system can, and copies what is no hole where not.
static int copy_contents(struct copying *copying, int from, int to, off_t size_bytes) {
    if (ioctl(to, FICLONE, from) == 0) return 0;
    if (ftruncate(to, size_bytes) < 0) return -1;
    for (off_t place = 0; place < size_bytes;) {
        off_t data = lseek(from, place, SEEK_DATA);
        if (data < 0 && errno == ENXIO) return 0;
        off_t end = data < 0 ? -1 : lseek(from, data, SEEK_HOLE);
        if (end < 0) data = place, end = size_bytes;
        if (end > size_bytes) end = size_bytes;
        while (data < end) {
            size_t count = end - data < COPY_PIECE_BYTES ? (size_t)(end - data) : COPY_PIECE_BYTES;
            ssize_t copied = copy_piece(from, to, &data, count);
            if (copied < 0 && errno == EINTR) continue;
            if (copied < 0 || spend(copying, copied) < 0) return -1;
            if (copied == 0) return 0;  // The file has become shorter.
        }
        place = end > place ? end : size_bytes;
    }
    return 0;
}

static int keep_attributes(int descriptor, const struct stat *status) {
    struct stat own;
    if (fstat(descriptor, &own) < 0) return -1;
    if ((own.st_uid != status->st_uid || own.st_gid != status->st_gid)
        && fchown(descriptor, status->st_uid, status->st_gid) < 0)
        return -1;
    struct timespec times[] = {status->st_atim, status->st_mtim};
    // After the owner, for a change of owner takes bits away.
    return fchmod(descriptor, status->st_mode & 07777) < 0 ? -1 : futimens(descriptor, times);
}

static int copy_file(struct copying *copying, int fromDirectory, const char *from, int toDirectory, const char *to,
                     const struct stat *status) {
    char link[32];
    snprintf(link, sizeof link, "%llu", (unsigned long long)status->st_ino);
    if (status->st_nlink > 1 && linkat(copying->links, link, toDirectory, to, 0) == 0) return 0;
    int source = open_source(fromDirectory, from, 0, status);
    if (source < 0) return -1;
    int target = openat(toDirectory, to, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    int result = target < 0 ? -1 : copy_contents(copying, source, target, status->st_size);
    if (result == 0) result = keep_attributes(target, status);
    int error = errno;
    if (target >= 0) close(target);
    close(source);
    // Where this fails, the next name becomes a file of its own: the contents are right all the same.
    if (result == 0 && status->st_nlink > 1) (void)linkat(toDirectory, to, copying->links, link, 0);
    errno = error;
    return result;
}

/// The copies lie in a directory that nobody else can reach, so their names may be trusted.
static int copy_special(int fromDirectory, const char *from, int toDirectory, const char *to,
                        const struct stat *status) {
    if (S_ISLNK(status->st_mode)) {
        char target[4096];
        ssize_t count = readlinkat(fromDirectory, from, target, sizeof target - 1);
        if (count < 0) return -1;
        target[count] = 0;
        if (symlinkat(target, toDirectory, to) < 0) return -1;
    } else if (mknodat(toDirectory, to, status->st_mode & (S_IFMT | 07777), 0) < 0) {
        return -1;
    }
    struct stat own;
    if (fstatat(toDirectory, to, &own, AT_SYMLINK_NOFOLLOW) < 0) return -1;
    if ((own.st_uid != status->st_uid || own.st_gid != status->st_gid)
        && fchownat(toDirectory, to, status->st_uid, status->st_gid, AT_SYMLINK_NOFOLLOW) < 0)
        return -1;
    if (!S_ISLNK(status->st_mode) && fchmodat(toDirectory, to, status->st_mode & 07777, 0) < 0) return -1;
    struct timespec times[] = {status->st_atim, status->st_mtim};
    return utimensat(toDirectory, to, times, AT_SYMLINK_NOFOLLOW);
}

static int copy_entry(struct copying *copying, int fromDirectory, const char *from, int toDirectory, const char *to,
                      int depth);

/// Takes over `source`.
static int copy_entries(struct copying *copying, int source, int target, int depth) {
    DIR *stream = fdopendir(source);
    if (stream == NULL) {
        close(source);
        return -1;
    }
    int result = 0;
    while (result == 0) {
        errno = 0;
        struct dirent *entry = readdir(stream);
        if (entry == NULL) {
            result = errno == 0 ? 0 : -1;
            break;
        }
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
        result = copy_entry(copying, source, entry->d_name, target, entry->d_name, depth);
        // Where the app runs meanwhile, names go and come.
        if (result < 0 && errno == ENOENT) result = 0;
    }
    int error = errno;
    closedir(stream);
    errno = error;
    return result;
}

static int copy_directory(struct copying *copying, int fromDirectory, const char *from, int toDirectory,
                          const char *to, const struct stat *status, int depth) {
    if (depth == COPY_DEPTH_MAX) {
        errno = ENAMETOOLONG;
        return -1;
    }
    int source = open_source(fromDirectory, from, O_DIRECTORY, status);
    if (source < 0) return -1;
    int target = mkdirat(toDirectory, to, 0700) < 0
                     ? -1
                     : openat(toDirectory, to, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    int shut = fcntl(source, F_DUPFD_CLOEXEC, 3);
    int result = -1;
    if (target >= 0 && shut >= 0) result = copy_entries(copying, source, target, depth + 1);
    else close(source);
    int error = errno;
    // It may have been opened up to be read.
    if (shut >= 0 && geteuid() != 0 && (status->st_mode & 0500) != 0500) fchmod(shut, status->st_mode & 07777);
    errno = error;
    if (result == 0) result = keep_attributes(target, status);
    error = errno;
    if (shut >= 0) close(shut);
    if (target >= 0) close(target);
    errno = error;
    return result;
}

static int copy_entry(struct copying *copying, int fromDirectory, const char *from, int toDirectory, const char *to,
                      int depth) {
    struct stat status;
    if (fstatat(fromDirectory, from, &status, AT_SYMLINK_NOFOLLOW) < 0) return -1;
    if (spend(copying, ENTRY_BYTES) < 0) return -1;
    switch (status.st_mode & S_IFMT) {
    case S_IFDIR: return copy_directory(copying, fromDirectory, from, toDirectory, to, &status, depth);
    case S_IFREG: return copy_file(copying, fromDirectory, from, toDirectory, to, &status);
    case S_IFLNK:
    case S_IFIFO:
    case S_IFSOCK: return copy_special(fromDirectory, from, toDirectory, to, &status);
    default: return 0;  // No app can make a device.
    }
}

int yun_copy_tree(int fromDirectory, const char *from, int toDirectory, const char *to, int links,
                  int64_t budget_bytes) {
    struct copying copying = {links, budget_bytes};
    return copy_entry(&copying, fromDirectory, from, toDirectory, to, 0);
}
