// libsodium: signatures, password hashing, locked memory. Only `Signing` imports it.
#include <sodium.h>
