/// What the launcher tells `seed`, and what it hears. All of it has a fixed layout, so that the only code between clone
/// and exec needs no parser.
///
/// An order asks the resident `seed` for a sandbox of which nothing is known yet but its control groups. The spec follows
/// over the link that came with the order, at once or much later, with the app's descriptors, and then the end of the
/// stream. Reports come back over the link.
#ifndef YUN_SEED_SPEC_H
#define YUN_SEED_SPEC_H

#include <stdint.h>

enum {
    SEED_MAGIC = 0x64656573,
    SEED_VERSION = 2,
    SEED_SPEC_BYTES_MAX = 256 << 10,
    SEED_OPERATIONS_MAX = 256,
    /// The program's name among them.
    SEED_ARGUMENTS_MAX = 4095,
    /// The app's and one for the listener. What `seed` keeps for itself has higher numbers.
    SEED_DESCRIPTORS_MAX = 64,
    /// The app's only user and group inside the sandbox.
    SEED_USER_INSIDE = 1000,
};

/// What is sent over the socket that `seed` has as descriptor 0, in one message with descriptors: our end of the link, a
/// stream socket; the directory of the fresh cgroup v2, if there is one; `tasks` of fresh v1 cgroups, two at most.
struct seed_order {
    uint32_t version;
    uint32_t is_unified;
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
    SEED_REPORTS = 2,   ///< The last descriptor, not the app's, is a socket that the filter's listener is sent over.
};

/// Offsets count from the start of the block. The block ends with a NUL byte, so a text that begins inside it ends
/// inside it.
struct seed_spec {
    uint32_t magic;
    uint32_t version;
    uint32_t size_bytes;
    uint32_t flags;
    /// The app's ids outside, when `seed` is started by root; the caller's own otherwise.
    uint32_t user;
    uint32_t group;
    /// The first of the descriptors that came with the spec; they are the app's 0, 1, 2, ...
    uint32_t descriptors;
    uint32_t hostname;
    uint32_t directory;
    uint32_t executable;
    struct seed_range operations;   ///< struct seed_operation
    struct seed_range rules;        ///< struct seed_rule
    struct seed_range limits;       ///< struct seed_limit
    struct seed_range filter;       ///< struct sock_filter, 8 bytes each
    struct seed_range arguments;    ///< uint32_t offsets of texts
    struct seed_range environment;  ///< uint32_t offsets of texts
};

enum seed_report_kind {
    SEED_STARTED = 1,  ///< Init is there: `value` is its process id, and its pid descriptor comes along.
    SEED_RUNNING,      ///< The program runs, and every wall stands.
    SEED_FAILED,       ///< A step of the launch failed: `value` is the error. Nothing follows.
    SEED_ENDED,        ///< The program ended: `value` is its status. The rest of the sandbox is about to.
};

struct seed_report {
    uint32_t kind;
    int32_t value;
    char step[28];
    char object[220];
};

#endif
