/// What the launcher tells `seed`: one block of bytes of fixed layout, so that the only code between clone and exec
/// needs no parser. Offsets count from the start of the block. The block ends with a NUL byte, so a text that begins
/// inside it ends inside it.
#ifndef YUN_SEED_SPEC_H
#define YUN_SEED_SPEC_H

#include <stdint.h>

enum {
    SEED_MAGIC = 0x64656573,
    SEED_VERSION = 1,
    SEED_SPEC_BYTES_MAX = 256 << 10,
    SEED_OPERATIONS_MAX = 256,
    /// The program's name among them.
    SEED_ARGUMENTS_MAX = 4095,
    /// The app's only user and group inside the sandbox.
    SEED_USER_INSIDE = 1000,
};

/// `count` records (or bytes) from `offset` on.
struct seed_range {
    uint32_t offset;
    uint32_t count;
};

enum seed_operation_kind {
    SEED_DIRECTORY = 1,  ///< Makes `target` with `mode`.
    SEED_FILE,           ///< Makes `target` with `mode` from `source_bytes` bytes at `source`.
    SEED_SYMLINK,        ///< Makes `target` point to the text `source`.
    SEED_TMPFS,          ///< Mounts a tmpfs of at most `size_bytes` with `mode` on `target`.
    SEED_BIND,           ///< Mounts the host's `source` on `target`.
    SEED_PROC,           ///< Mounts a new /proc on `target`, its `sys` read-only.
};

enum seed_operation_flag {
    SEED_READ_ONLY = 1,
    SEED_NO_EXEC = 2,
    SEED_DEVICES = 4,    ///< Device nodes work below this mount, and only there.
    SEED_NO_FOLLOW = 8,  ///< The last component of `source` must not be a symlink.
    SEED_AS_OWNER = 16,  ///< Under root: who owns `source` is, in this mount, the app's user.
};

/// `target` is relative to the new root and has neither `..` nor symlinks; its parent was made by an earlier
/// operation. The mount point itself is made by the operation.
struct seed_operation {
    uint32_t kind;
    uint32_t flags;
    uint32_t mode;
    uint32_t target;
    uint32_t source;
    uint32_t source_bytes;
    uint64_t size_bytes;
};

/// Landlock rights (LANDLOCK_ACCESS_FS_*) below the path at `path`, a path of the new root.
struct seed_rule {
    uint32_t path;
    uint32_t reserved;
    uint64_t rights;
};

struct seed_limit {
    uint32_t resource;
    uint32_t reserved;
    uint64_t value;
};

enum seed_flag {
    SEED_TERMINAL = 1,  ///< Descriptor 0 becomes the controlling terminal.
};

struct seed_spec {
    uint32_t magic;
    uint32_t version;
    uint32_t size_bytes;
    uint32_t flags;
    /// The launcher's process id: who else is the parent of `seed` means that the launcher has died.
    uint32_t parent;
    /// The app's ids outside, when `seed` is started by root; the caller's own otherwise.
    uint32_t user;
    uint32_t group;
    /// The app gets the descriptors 0 to `descriptors` - 1 as they are.
    uint32_t descriptors;
    /// Socket that the seccomp listener is sent over, or -1 for no reports.
    int32_t reports;
    /// Directory of the fresh cgroup v2, or -1.
    int32_t cgroup;
    /// `tasks` of fresh v1 cgroups, or -1.
    int32_t cgroup_tasks[2];
    uint32_t hostname;
    uint32_t directory;
    uint32_t executable;
    uint32_t reserved;
    struct seed_range operations;   ///< struct seed_operation
    struct seed_range rules;        ///< struct seed_rule
    struct seed_range limits;       ///< struct seed_limit
    struct seed_range filter;       ///< struct sock_filter, 8 bytes each
    struct seed_range arguments;    ///< uint32_t offsets of texts
    struct seed_range environment;  ///< uint32_t offsets of texts
};

/// What `seed` writes to descriptor SPECFD + 1 when a step fails. The pipe closes without it when the app runs.
struct seed_failure {
    int32_t error;
    char step[28];
    char object[224];
};

#endif
