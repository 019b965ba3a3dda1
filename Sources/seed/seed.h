/// `seed` in three files: main.c outside the sandbox, root.c builds the root directory, inside.c raises the other
/// walls and becomes init. A step that fails ends the launch: nothing here goes on after an error.
#ifndef SEED_H
#define SEED_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "SeedSpec.h"

/// The spec, read once; its bounds are checked before anything else uses it.
extern const struct seed_spec *spec;
/// Pipe to the launcher for a struct seed_failure.
extern int errors;
/// Detached mounts by operation, -1 where none is open.
extern int mounts[SEED_OPERATIONS_MAX];

/// Tells the launcher which step failed with errno on which object, and ends.
_Noreturn void fail(const char *step, const char *object);
/// The text at an offset that was checked.
const char *text(uint32_t offset);
/// The records of a range that was checked.
const void *records(struct seed_range range);

/// Maps one user and one group inside the namespace of a process to the app's outside, and nothing else.
void map_ids(pid_t process, uint32_t user, uint32_t group);
/// Clones the mounts of every SEED_BIND out of the current mount namespace, each with its own flags.
void open_mounts(void);
/// Builds the new root from the operations and leaves the old one behind.
void build_root(void);

/// The first process of the sandbox: raises the walls, starts the app and stays as init.
_Noreturn void inside(int go);

#endif
