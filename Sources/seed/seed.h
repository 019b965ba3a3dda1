/// `seed` in four files: main.c stays resident and answers each order with a fork, the builder; spec.c reads and
/// checks what the builder is told; root.c builds the root directory; inside.c raises the other walls and becomes init.
/// A step that fails ends the launch: nothing here goes on after an error.
#ifndef SEED_H
#define SEED_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "SeedSpec.h"

/// Builder and init have one table of descriptors and this memory in common until the builder has ended.
struct shared {
    union {
        struct seed_spec spec;
        char bytes[SEED_SPEC_BYTES_MAX];
    } block;
    /// What came with the spec.
    int descriptors[SEED_DESCRIPTORS_MAX];
    /// Detached mounts by operation, -1 where none is open.
    int mounts[SEED_OPERATIONS_MAX];
};
extern struct shared *shared;
/// The spec in there; its bounds are checked before init looks at it.
#define spec ((const struct seed_spec *)&shared->block.spec)

/// Descriptors of builder and init.
extern struct descriptors {
    /// To the launcher. Its number is above the app's.
    int link;
    /// The resident process, and the builder, as pid descriptors.
    int resident, builder;
    /// Says that everything outside is done.
    int go;
    /// The fresh groups; -1 for none.
    int unified, tasks[2];
} own;

/// Tells the launcher; a descriptor of -1 is none.
void report(enum seed_report_kind kind, int value, int descriptor, const char *step, const char *object);
/// Tells the launcher which step failed with errno on which object, and ends.
_Noreturn void fail(const char *step, const char *object);
/// Whether fail was called, also by a child in the same memory.
extern volatile int failed;
/// From here on this process cannot outlive the resident one, and with it the launcher.
void die_with_resident(void);

/// Reads the whole spec and all descriptors from the link, then checks them. False if there is none to come.
int receive_spec(void);
/// The text at an offset that was checked.
const char *text(uint32_t offset);
/// The records of a range that was checked.
const void *records(struct seed_range range);

/// The directory of a process in /proc, which is of no other process later.
int open_process(pid_t process);
/// Maps one user and one group inside the namespace of such a process to the app's outside, and nothing else.
void map_ids(int process, uint32_t user, uint32_t group);
/// Clones the mounts of every SEED_BIND out of the current mount namespace, each with its own flags.
void open_mounts(void);
/// Leaves everything of the host's behind for an empty root, and keeps a new /proc at hand.
void leave_host(void);
/// Builds the root from the operations on top of the empty one.
void build_root(void);

/// The first process of the sandbox: raises the walls, starts the app and stays as init.
_Noreturn void inside(void);

#endif
