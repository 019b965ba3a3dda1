/// Writes one byte as its first act: the other end of the pipe learns when the program began.
#include <unistd.h>

int main(int argc, char **argv) {
    (void)argv;
    if (write(1, "x", 1) != 1) return 1;
    // With an argument it waits for its input to end, so that its memory can be measured.
    char byte;
    if (argc > 1) (void)!read(0, &byte, 1);
    return 0;
}
