/// Each wall is tried in a child of its own, so that one that falls, kills or hangs does not hide the others.
#ifndef PROBE_H
#define PROBE_H

enum { DENIED = 0, ALLOWED = 1, SKIPPED = 2 };

struct wall {
    const char *name;
    int (*try)(void);
};

/// Ends with an entry without a name.
extern const struct wall fileWalls[], processWalls[], kernelWalls[], networkWalls[], leakWalls[], lastWalls[];

/// What the caller passed as NAME=value, or NULL.
const char *given(const char *name);
/// Says what was seen.
void detail(const char *format, ...) __attribute__((format(printf, 1, 2)));
/// ALLOWED for anything but -1; otherwise DENIED with errno's text as detail.
int outcome(long result);

#endif
