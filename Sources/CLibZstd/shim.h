// libzstd: the one compression of a bundle. Only `Archive` imports it.
#include <zstd.h>
