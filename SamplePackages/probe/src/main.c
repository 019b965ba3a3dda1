#define _GNU_SOURCE
#include "probe.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static struct {
    int result;
    char detail[200];
} *shared;
static int argumentCount;
static char **argumentList;

const char *given(const char *name) {
    size_t length = strlen(name);
    for (int i = 1; i < argumentCount; i++)
        if (strncmp(argumentList[i], name, length) == 0 && argumentList[i][length] == '=')
            return argumentList[i] + length + 1;
    return NULL;
}

void detail(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(shared->detail, sizeof shared->detail, format, arguments);
    va_end(arguments);
}

int outcome(long result) {
    if (result == -1) detail("%s", strerror(errno));
    return result == -1 ? DENIED : ALLOWED;
}

/// In the place of the web host it gets the web host's arguments, and finds its own in a file, a line each.
static int readArguments(void) {
    static char text[8192], *lines[64];
    int file = open("/data/arguments", O_RDONLY), count = 1;
    if (file < 0 || read(file, text, sizeof text - 1) < 0) return -1;
    close(file);
    for (char *line = strtok(text, "\n"); line != NULL && count < 64; line = strtok(NULL, "\n")) lines[count++] = line;
    argumentCount = count;
    argumentList = lines;
    return 0;
}

static void run(const struct wall *wall) {
    shared->result = DENIED;
    shared->detail[0] = 0;
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        alarm(20);
        shared->result = wall->try();
        _exit(0);
    }
    int status = 0;
    if (child < 0 || waitpid(child, &status, 0) < 0) detail("cannot try: %s", strerror(errno));
    else if (WIFSIGNALED(status)) {
        shared->result = DENIED;
        detail("killed by signal %d", WTERMSIG(status));
    }
}

static int wanted(const struct wall *wall) {
    int any = 0;
    for (int i = 1; i < argumentCount; i++) {
        if (strchr(argumentList[i], '=') || argumentList[i][0] == '-') continue;
        any = 1;
        if (strcmp(argumentList[i], wall->name) == 0) return 1;
    }
    return !any;
}

static void print(const struct wall *wall, int asJSON, int *count) {
    if (shared->result == SKIPPED) return;
    const char *word = shared->result == ALLOWED ? "allowed" : "denied";
    if (!asJSON) {
        printf("%s %s %s\n", wall->name, word, shared->detail);
        return;
    }
    for (char *c = shared->detail; *c; c++)
        if (*c == '"' || *c == '\\' || *c < ' ') *c = '\'';
    printf("%s\n  {\"name\": \"%s\", \"result\": \"%s\", \"detail\": \"%s\"}", (*count)++ ? "," : "", wall->name, word,
           shared->detail);
}

int main(int argc, char **argv) {
    argumentCount = argc;
    argumentList = argv;
    shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED) return 1;
    int isStandIn = argc > 1 && strcmp(argv[1], "--package") == 0;
    if (isStandIn && readArguments() < 0) return 1;
    int asJSON = argc > 1 && strcmp(argv[1], "--json") == 0, count = 0;
    if (asJSON) printf("[");
    const struct wall *groups[] = {fileWalls, processWalls, kernelWalls, networkWalls, leakWalls, lastWalls};
    for (unsigned i = 0; i < sizeof groups / sizeof groups[0]; i++)
        for (const struct wall *wall = groups[i]; wall->name != NULL; wall++)
            if (wanted(wall)) {
                run(wall);
                print(wall, asJSON, &count);
            }
    if (asJSON) printf("\n]\n");
    if (isStandIn) printf("everything tried\n");
    return 0;
}
