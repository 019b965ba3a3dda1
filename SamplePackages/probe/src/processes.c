/// Processes: seeing, tracing and signalling others, and taking more than one's share.
#define _GNU_SOURCE
#include "probe.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

static int initEnvironment(void) { return outcome(open("/proc/1/environ", O_RDONLY)); }
static int initMemory(void) { return outcome(open("/proc/1/mem", O_RDWR)); }
static int initRoot(void) { return outcome(open("/proc/1/root/etc", O_RDONLY)); }

static int hostProcess(void) {
    if (!given("pid")) return SKIPPED;
    return outcome(kill(atoi(given("pid")), 0));
}

static int killInit(void) {
    if (kill(1, SIGKILL) < 0) return outcome(-1);
    // Init's death would be ours.
    usleep(50000);
    detail("sent, without effect");
    return DENIED;
}

static int traceInit(void) { return outcome(ptrace(PTRACE_ATTACH, 1, NULL, NULL)); }
static int traceMe(void) { return outcome(ptrace(PTRACE_TRACEME, 0, NULL, NULL)); }

static int readMemory(void) {
    char byte, other = 1;
    struct iovec here = {&byte, 1}, there = {&other, 1};
    return outcome(process_vm_readv(getppid(), &here, 1, &there, 1, 0));
}

static int takeDescriptor(void) {
    int process = (int)syscall(SYS_pidfd_open, getppid(), 0);
    if (process < 0) return outcome(-1);
    return outcome(syscall(SYS_pidfd_getfd, process, 0, 0));
}

static int favourItself(void) {
    int file = open("/proc/self/oom_score_adj", O_WRONLY);
    if (file < 0) return outcome(-1);
    return outcome(write(file, "-1000", 5));
}
static int raisePriority(void) {
    errno = 0;
    return outcome(setpriority(PRIO_PROCESS, 0, -20));
}
static int realTime(void) {
    struct sched_param parameter = {.sched_priority = 1};
    return outcome(sched_setscheduler(0, SCHED_FIFO, &parameter));
}

static int coreDump(void) {
    struct rlimit limit;
    getrlimit(RLIMIT_CORE, &limit);
    detail("limit %ld", (long)limit.rlim_max);
    return limit.rlim_max == 0 ? DENIED : ALLOWED;
}

static int memoryBomb(void) {
    if (!given("memory")) return SKIPPED;
    size_t wanted = 4 * (size_t)atol(given("memory")), done = 0;
    for (; done < wanted; done += 1 << 20) {
        char *part = malloc(1 << 20);
        if (part == NULL) break;
        memset(part, 1, 1 << 20);
    }
    detail("%zu MiB", done >> 20);
    return done >= wanted ? ALLOWED : DENIED;
}

static int forkBomb(void) {
    if (!given("processes")) return SKIPPED;
    int wanted = 4 * atoi(given("processes")), done = 0;
    for (; done < wanted; done++) {
        pid_t child = fork();
        if (child < 0) break;
        if (child == 0) {
            pause();
            _exit(0);
        }
    }
    detail("%d processes", done);
    // The others end with the sandbox.
    return done >= wanted ? ALLOWED : DENIED;
}

static int descriptorBomb(void) {
    for (int i = 0; i < 100000; i++)
        if (dup(0) < 0) return outcome(-1);
    return ALLOWED;
}

const struct wall processWalls[] = {
    {"read-init-environment", initEnvironment}, {"open-init-memory", initMemory}, {"enter-init-root", initRoot},
    {"signal-host-process", hostProcess}, {"kill-init", killInit}, {"trace-init", traceInit}, {"trace-me", traceMe},
    {"survive-out-of-memory", favourItself}, {"raise-priority", raisePriority}, {"run-in-real-time", realTime},
    {"read-other-memory", readMemory}, {"take-other-descriptor", takeDescriptor}, {"dump-core", coreDump},
    {"bomb-memory", memoryBomb}, {"bomb-descriptors", descriptorBomb}, {NULL, NULL},
};

const struct wall lastWalls[] = {{"bomb-processes", forkBomb}, {NULL, NULL}};
