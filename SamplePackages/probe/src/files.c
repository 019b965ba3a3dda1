/// Files: the host's, the release, the app's own, devices.
#define _GNU_SOURCE
#include "probe.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

static int reading(const char *path) { return outcome(open(path, O_RDONLY)); }
static int writing(const char *path) { return outcome(open(path, O_WRONLY)); }
static int creating(const char *path) {
    int file = open(path, O_WRONLY | O_CREAT, 0700);
    int result = outcome(file);
    if (file >= 0) unlink(path);
    return result;
}

static int shadow(void) { return reading("/etc/shadow"); }
static int secretRead(void) { return given("secret") ? reading(given("secret")) : SKIPPED; }
static int secretWrite(void) { return given("secret") ? writing(given("secret")) : SKIPPED; }
static int neighbour(void) { return given("neighbour") ? reading(given("neighbour")) : SKIPPED; }

static int home(void) {
    if (open("/root", O_RDONLY) >= 0 || open("/home", O_RDONLY) >= 0) return ALLOWED;
    return outcome(-1);
}

static int unknownInRoot(void) {
    static const char known[] = " . .. app bin cache data dev etc lib lib32 lib64 libx32 proc run sbin tmp usr ";
    DIR *root = opendir("/");
    if (root == NULL) return outcome(-1);
    for (struct dirent *entry; (entry = readdir(root));) {
        char word[300];
        snprintf(word, sizeof word, " %s ", entry->d_name);
        if (!strstr(known, word)) {
            detail("/%s", entry->d_name);
            return ALLOWED;
        }
    }
    return DENIED;
}

static int releaseCreate(void) { return creating("/app/new"); }
static int releaseChange(void) { return writing("/app/bin/probe"); }
static int releaseRemove(void) { return outcome(unlink("/app/icon.svg")); }
static int systemWrite(void) { return creating("/usr/bin/new"); }
static int settingsWrite(void) { return writing("/etc/passwd"); }
static int rootWrite(void) { return outcome(mkdir("/new", 0700)); }
static int dataWrite(void) { return creating("/data/new"); }
static int cacheWrite(void) { return creating("/cache/new"); }
static int temporaryWrite(void) { return creating("/tmp/new"); }
static int sharedMemory(void) { return creating("/dev/shm/new"); }

static int copyTo(const char *path) {
    static char buffer[1 << 16];
    int from = open("/proc/self/exe", O_RDONLY), to = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0700);
    if (from < 0 || to < 0) return -1;
    for (ssize_t got; (got = read(from, buffer, sizeof buffer)) > 0;)
        if (write(to, buffer, (size_t)got) != got) return -1;
    close(from);
    return close(to);
}

static int running(const char *path) {
    if (copyTo(path) < 0) return outcome(-1);
    pid_t child = fork();
    if (child == 0) {
        execl(path, "probe", "none", (char *)NULL);
        _exit(errno);
    }
    int status = 0;
    waitpid(child, &status, 0);
    unlink(path);
    errno = WEXITSTATUS(status);
    return outcome(errno == 0 ? 0 : -1);
}

static int dataRun(void) { return running("/data/copy"); }
static int temporaryRun(void) { return running("/tmp/copy"); }

/// Asks for the right to run it, as kernels from 6.3 on want it said; older ones do not know the flag.
static int memoryRun(void) {
    int file = memfd_create("copy", MFD_CLOEXEC | 0x10 /* MFD_EXEC */);
    if (file < 0 && errno == EINVAL) file = memfd_create("copy", MFD_CLOEXEC);
    if (file < 0) return outcome(-1);
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    return running(path);
}

static int dataMapExecutable(void) {
    int file = open("/data/code", O_RDWR | O_CREAT | O_TRUNC, 0700);
    if (file < 0 || ftruncate(file, 4096) < 0) return outcome(-1);
    void *code = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, file, 0);
    unlink("/data/code");
    return outcome(code == MAP_FAILED ? -1 : 0);
}

/// Lays a link in the own data and follows it: nothing of the host may be behind it, in this launch or the next.
static int plantedLink(void) {
    if (symlink("/", "/data/planted") < 0 && errno != EEXIST) return outcome(-1);
    char path[4096];
    snprintf(path, sizeof path, "/data/planted%s", given("secret") ? given("secret") : "/etc/shadow");
    return reading(path);
}

static int dotDot(void) { return reading("/data/../../../../../../etc/shadow"); }
static int sysRead(void) { return reading("/sys/kernel"); }
static int disk(void) { return reading("/dev/vda"); }
static int memoryDevice(void) { return reading("/dev/mem"); }
static int virtualMachine(void) { return reading("/dev/kvm"); }
static int fuse(void) { return reading("/dev/fuse"); }
static int graphics(void) { return reading("/dev/dri"); }
static int camera(void) { return reading("/dev/video0"); }
static int terminalDevice(void) { return reading("/dev/tty"); }
static int makeDevice(void) { return outcome(mknod("/data/disk", S_IFBLK | 0600, makedev(254, 0))); }
static int makeNull(void) { return outcome(mknod("/tmp/null", S_IFCHR | 0666, makedev(1, 3))); }
static int nullDevice(void) { return writing("/dev/null"); }

static int keyboard(void) { return reading("/dev/input"); }
static int madeKeyboard(void) { return writing("/dev/uinput"); }
static int sound(void) { return reading("/dev/snd"); }
static int memoryFile(void) { return reading("/proc/kcore"); }
static int pageFaultDevice(void) { return reading("/dev/userfaultfd"); }
static int kernelMessages(void) {
    if (open("/dev/kmsg", O_RDONLY) >= 0 || open("/proc/kmsg", O_RDONLY) >= 0) return ALLOWED;
    return outcome(-1);
}

static int setuidFile(void) {
    int result = creating("/data/setuid");
    int file = open("/data/setuid", O_WRONLY | O_CREAT, 0700);
    if (file >= 0) result = outcome(fchmod(file, 04755));
    unlink("/data/setuid");
    return result;
}

/// Another name for a file that can only be read: through it, it could be written.
static int linkRelease(void) {
    int result = outcome(link("/app/bin/probe", "/data/linked"));
    unlink("/data/linked");
    return result;
}

static int handle(void) {
    struct file_handle unknown = {.handle_bytes = 0};
    return outcome(open_by_handle_at(AT_FDCWD, &unknown, O_RDONLY));
}

const struct wall fileWalls[] = {
    {"read-shadow", shadow}, {"read-host-file", secretRead}, {"write-host-file", secretWrite}, {"read-home", home},
    {"read-other-app", neighbour}, {"see-host-root", unknownInRoot}, {"create-in-release", releaseCreate},
    {"change-release", releaseChange}, {"remove-from-release", releaseRemove}, {"write-system", systemWrite},
    {"write-settings", settingsWrite}, {"write-root", rootWrite}, {"write-data", dataWrite},
    {"write-cache", cacheWrite}, {"write-tmp", temporaryWrite}, {"write-shm", sharedMemory}, {"run-data", dataRun},
    {"run-tmp", temporaryRun}, {"run-memory-file", memoryRun}, {"map-data-executable", dataMapExecutable}, {"follow-planted-link", plantedLink},
    {"leave-by-dotdot", dotDot}, {"read-sys", sysRead}, {"open-disk", disk}, {"open-mem", memoryDevice},
    {"open-kvm", virtualMachine}, {"open-fuse", fuse}, {"open-graphics", graphics}, {"open-camera", camera},
    {"open-tty", terminalDevice}, {"make-disk-device", makeDevice}, {"make-null-device", makeNull},
    {"write-null", nullDevice}, {"open-by-handle", handle}, {"open-keyboard", keyboard},
    {"make-keyboard", madeKeyboard}, {"open-sound", sound}, {"open-kcore", memoryFile},
    {"open-userfaultfd", pageFaultDevice}, {"open-kmsg", kernelMessages}, {"make-setuid-file", setuidFile},
    {"link-release", linkRelease}, {NULL, NULL},
};
