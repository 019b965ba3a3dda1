/// Says when it began, in nanoseconds of the machine's clock: the clock is its first act. To standard output, or to the
/// file that is its first argument, if that is not empty, or ANSWER; with a second argument, or WAIT, it then waits for a signal, so that its
/// memory can be measured.
#include <fcntl.h>
#include <stddef.h>
#include <time.h>
#include <unistd.h>

#ifndef ANSWER
#define ANSWER NULL
#endif
#ifdef WAIT
enum { IS_WAITING = 1 };
#else
enum { IS_WAITING = 0 };
#endif

int main(int argc, char **argv) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    // By hand: stdio would take longer to get ready than the rest.
    char text[24] = "\n";
    int count = 1;
    long long value = now.tv_sec * 1000000000ll + now.tv_nsec;
    for (long long rest = value; rest > 0; rest /= 10) count++;
    text[count - 1] = '\n';
    for (int place = count - 1; place-- > 0; value /= 10) text[place] = (char)('0' + value % 10);
    const char *path = argc > 1 ? argv[1] : ANSWER;
    int output = path && *path ? open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600) : 1;
    if (output < 0 || write(output, text, (size_t)count) != count) return 1;
    if (argc > 2 || IS_WAITING) pause();
    return 0;
}
