#include "CLinux.h"

#include <string.h>

static char *area;
static size_t area_bytes;

/// glibc gives the program's arguments to constructors. They lie one behind the other, and /proc/PID/cmdline shows
/// their memory as it is now.
__attribute__((constructor)) static void note_arguments(int argc, char **argv) {
    if (argc < 1 || !argv[0]) return;
    area = argv[0];
    char *end = area;
    for (int index = 0; index < argc && argv[index] == end; index++) end += strlen(end) + 1;
    area_bytes = (size_t)(end - area);
}

size_t yun_set_process_title(const char *title) {
    if (area_bytes == 0) return 0;
    size_t count = strnlen(title, area_bytes - 1);
    memcpy(area, title, count);
    memset(area + count, 0, area_bytes - count);
    return count;
}
