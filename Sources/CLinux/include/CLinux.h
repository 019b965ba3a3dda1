/// System calls that Swift cannot reach by itself: variadic ones, those behind _GNU_SOURCE, those that libc does
/// not wrap. Each returns what the call returns; failures are -1 with errno.
#ifndef YUN_CLINUX_H
#define YUN_CLINUX_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/// open(2) and openat(2) are variadic in C. O_CLOEXEC is always added: a descriptor that an app inherits by
/// accident is a hole in its sandbox.
int yun_openat(int directory, const char *path, int flags, mode_t mode);

/// openat2(2) with RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS: a path can neither leave
/// `directory` nor be diverted by a symlink that someone lays in its way.
int yun_openat_beneath(int directory, const char *path, int flags, mode_t mode);

/// renameat2(2) with RENAME_NOREPLACE: what stands at the target is never overwritten.
int yun_rename_noreplace(int fromDirectory, const char *from, int toDirectory, const char *to);

/// renameat2(2) with RENAME_EXCHANGE: both names exist throughout.
int yun_rename_exchange(int fromDirectory, const char *from, int toDirectory, const char *to);

/// A directory once more, through a mount of its own on which no program runs; EPERM without the authority to mount.
int yun_view_without_programs(int directory);

int yun_syncfs(int descriptor);
/// Begins to write what was put into these bytes of a file to the disk, without waiting for it.
int yun_start_writing(int descriptor, int64_t offset, int64_t count);
int yun_memfd_create(const char *name);
int yun_fcntl_dupfd(int descriptor, int lowest);
int yun_set_cloexec(int descriptor, int enabled);

/// FICLONE where the file system shares extents, else copy_file_range, else read and write; -1 on error.
int yun_copy_contents(int from, int to);

/// Bytes that an unprivileged writer may still use on the descriptor's file system, or -1.
int64_t yun_free_bytes(int descriptor);

enum yun_file_kind { YUN_KIND_OTHER, YUN_KIND_FILE, YUN_KIND_DIRECTORY, YUN_KIND_SYMLINK };
struct yun_status {
    enum yun_file_kind kind;
    uint32_t mode;
    uint32_t owner;
    uint64_t links;
    int64_t size_bytes;
    uint64_t device;
    uint64_t inode;
    int64_t modified_ms;
};
/// fstatat(2) without following a last symlink; an empty path means the descriptor itself.
int yun_status_at(int directory, const char *path, struct yun_status *status);

/// Removes what lies at `name`, a whole tree where it is a directory. Names are bytes, depth and number of entries
/// unbounded: all of it may be an app's. Symlinks are removed, never followed.
int yun_remove_tree(int directory, const char *name);

/// Copies the tree at `from` with links, modes, owners, times and holes; symlinks are copied, never followed. Names are
/// bytes and all of it may be an app's, which may be running: what is not to be copied in bounds is an error (nesting
/// deeper than 200 ENAMETOOLONG, more than `budget_bytes` ENOSPC). `links` is an empty directory of the same file
/// system. `to` is left half-made on failure; nobody else may reach it.
int yun_copy_tree(int fromDirectory, const char *from, int toDirectory, const char *to, int links,
                  int64_t budget_bytes);

/// Waits until nothing lies at `name` in the directory `parent` any more; -1 where it cannot be watched.
int yun_wait_until_gone(int parent, const char *name);

/// Text of an errno value, safe between threads.
const char *yun_error_text(int error, char *buffer, size_t size_bytes);

/// A child process with exactly the descriptors it is given.
struct yun_spawn {
    const char *executable;
    char *const *arguments;
    char *const *environment;
    /// Descriptors of the parent; entry i becomes descriptor i of the child, -1 leaves it closed.
    const int *descriptors;
    int descriptor_count;
    /// What the child gets when the calling thread ends, or 0.
    int death_signal;
    /// Whether it begins a session without a terminal, and not only a process group.
    int new_session;
};
/// Spawns a child in a process group of its own and returns its id; `*pidfd` is its pid descriptor. On failure -1 with
/// the errno of the step that failed in the child, execve included. No page tables are copied, so that the cost does
/// not grow with the caller; the calling thread stands still until the child has executed its program.
pid_t yun_spawn_process(const struct yun_spawn *spawn, int *pidfd);

/// Waits for the child behind a pid descriptor. Returns its exit code, or 128 + signal; -1 on error.
int yun_wait_pidfd(int pidfd);
int yun_signal_pidfd(int pidfd, int signal);

/// Shows `title` where `ps` shows the program with its arguments, in whose memory it must find room: returns how many
/// bytes of it did. The arguments are gone then; what is to be kept of them was copied before.
size_t yun_set_process_title(const char *title);

#include "Sandboxing.h"
#include "SeedSpec.h"
#include "Sockets.h"
#include "Streams.h"

#endif
