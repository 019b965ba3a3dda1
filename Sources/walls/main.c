/// Tries the walls of the sandbox in which it runs, and prints a line for each that is missing: its name, a colon and what
/// was seen. Each is looked at by itself, so that one is missed also where another one would have held.
/// `walls KIND=NUMBER... [memfd]`: the launcher's namespaces, and whether executable files in memory must be refused.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/keyctl.h>
#include <linux/sched.h>
#include <sched.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <termios.h>
#include <unistd.h>

enum { USER_INSIDE = 1000 };
static int missing;

__attribute__((format(printf, 2, 3))) static void miss(const char *wall, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    printf("%s: ", wall);
    vprintf(format, arguments);
    putchar('\n');
    va_end(arguments);
    missing = 1;
}

/// The call must have failed, and with this error: another one means that another wall held.
static void must_fail(const char *wall, const char *what, long result, int error) {
    if (result >= 0) miss(wall, "%s is possible", what);
    else if (errno != error) miss(wall, "%s fails with %s instead of %s", what, strerror(errno), strerror(error));
}

static void contents(const char *path, char *buffer, size_t size) {
    int file = open(path, O_RDONLY | O_CLOEXEC);
    size_t done = 0;
    for (ssize_t got; file >= 0 && done < size - 1 && (got = read(file, buffer + done, size - 1 - done)) > 0;)
        done += (size_t)got;
    if (file >= 0) close(file);
    // A last newline is not part of what is said about it.
    if (done > 0 && buffer[done - 1] == '\n') done--;
    buffer[done] = 0;
}

static void identity(void) {
    uid_t user[3];
    gid_t group[3];
    getresuid(&user[0], &user[1], &user[2]);
    getresgid(&group[0], &group[1], &group[2]);
    for (int i = 0; i < 3; i++)
        if (user[i] != USER_INSIDE || group[i] != USER_INSIDE) miss("identity", "user %u, group %u", user[i], group[i]);
    for (int i = 0; i < 2; i++) {
        const char *path = i == 0 ? "/proc/self/uid_map" : "/proc/self/gid_map";
        char map[256];
        unsigned inside = 0, outside = 0, count = 0;
        contents(path, map, sizeof map);
        if (sscanf(map, "%u %u %u", &inside, &outside, &count) != 3 || inside != USER_INSIDE || outside == 0 || count != 1)
            miss("id-map", "%s is %s", path, map);
    }
}

static void namespaces(int count, char **arguments) {
    static const char *const kinds[] = {"user", "mnt", "pid", "ipc", "uts", "net", "cgroup"};
    for (size_t kind = 0; kind < sizeof kinds / sizeof *kinds; kind++) {
        char path[64], link[64] = "", launcher[64] = "", name[32];
        size_t length = strlen(kinds[kind]);
        snprintf(path, sizeof path, "/proc/self/ns/%s", kinds[kind]);
        snprintf(name, sizeof name, "%s-namespace", kinds[kind]);
        for (int i = 1; i < count; i++)
            if (strncmp(arguments[i], kinds[kind], length) == 0 && arguments[i][length] == '=')
                snprintf(launcher, sizeof launcher, "%s:[%s]", kinds[kind], arguments[i] + length + 1);
        if (launcher[0] == 0 || readlink(path, link, sizeof link - 1) < 0 || strcmp(link, launcher) == 0)
            miss(name, "it is the launcher's, %s", link);
    }
    char text[32];
    contents("/proc/sys/user/max_user_namespaces", text, sizeof text);
    if (strcmp(text, "0") != 0) miss("user-namespaces", "%s more may be made", text);
}

static void capabilities(void) {
    for (int capability = 0; capability <= CAP_LAST_CAP; capability++)
        if (prctl(PR_CAPBSET_READ, capability) == 1) {
            miss("bounding-set", "it holds capability %d", capability);
            break;
        }
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[2];
    if (syscall(SYS_capget, &header, data) < 0) miss("capabilities", "they cannot be read");
    for (int i = 0; i < 2; i++)
        if (data[i].effective | data[i].permitted | data[i].inheritable) {
            miss("capabilities", "there are some");
            break;
        }
    if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1) miss("no-new-privileges", "setuid programs work");
}

/// Nothing else refuses these, or with another error.
static void system_calls(void) {
    if (prctl(PR_GET_SECCOMP) != 2) miss("seccomp", "there is no filter");
    must_fail("seccomp-namespaces", "unshare", unshare(0), EPERM);
    must_fail("seccomp-namespaces", "clone3", syscall(SYS_clone3, NULL, 0), ENOSYS);
    char from[1] = {1}, to[1];
    struct iovec here = {to, 1}, there = {from, 1};
    must_fail("seccomp-tracing", "process_vm_readv", process_vm_readv(getpid(), &here, 1, &there, 1, 0), EPERM);
    must_fail("seccomp-tracing", "ptrace", ptrace(PTRACE_TRACEME, 0, NULL, NULL), EPERM);
    must_fail("seccomp-keyrings", "keyctl",
              syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_PROCESS_KEYRING, 1, 0, 0), EPERM);
    must_fail("seccomp-terminal", "TIOCSTI", ioctl(2, TIOCSTI, "x"), EPERM);
    must_fail("seccomp-personality", "personality", syscall(SYS_personality, 0x0040000), EPERM);
    must_fail("seccomp-rings", "io_uring_setup", syscall(SYS_io_uring_setup, 0, NULL), ENOSYS);
    must_fail("seccomp-mounts", "mount", syscall(SYS_mount, NULL, "/nowhere", NULL, 0, NULL), EPERM);
    must_fail("seccomp-sockets", "a netlink socket", socket(AF_NETLINK, SOCK_RAW, 0), EAFNOSUPPORT);
    must_fail("seccomp-sockets", "a vsock socket", socket(AF_VSOCK, SOCK_STREAM, 0), EAFNOSUPPORT);
}

/// Owner, mode and mount allow these.
static void landlock(void) {
    must_fail("landlock-files", "writing /proc/self/comm", open("/proc/self/comm", O_WRONLY | O_CLOEXEC), EACCES);
    int stream = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    must_fail("landlock-network", "binding a port", bind(stream, (struct sockaddr *)&address, sizeof address), EACCES);
    address.sin_port = htons(9);
    must_fail("landlock-network", "connecting", connect(stream, (struct sockaddr *)&address, sizeof address), EACCES);
    close(stream);
}

static int is_one_of(const char *word, const char *list) {
    size_t length = strlen(word);
    for (const char *at = list; (at = strstr(at, word)) != NULL; at += length)
        if ((at == list || at[-1] == ' ') && (at[length] == ' ' || at[length] == 0)) return 1;
    return 0;
}

static int has_option(const char *options, const char *option) {
    size_t length = strlen(option);
    for (const char *at = options; (at = strstr(at, option)) != NULL; at += length)
        if ((at == options || at[-1] == ',') && (at[length] == ',' || at[length] == 0)) return 1;
    return 0;
}

static void look_at_mount(const char *point, const char *options, const char *others) {
    static const char devices[] = "/dev/null /dev/zero /dev/full /dev/random /dev/urandom";
    static const char writable[] = "/data /cache /tmp /dev/shm /proc";
    int isDevice = is_one_of(point, devices), isWritable = is_one_of(point, writable);
    if (!has_option(options, "nosuid")) miss("mounts-nosuid", "%s", point);
    if (!isDevice && !has_option(options, "nodev")) miss("mounts-nodev", "%s", point);
    if (!isDevice && !isWritable && !has_option(options, "ro")) miss("mounts-read-only", "%s", point);
    if ((isDevice || isWritable) && !has_option(options, "noexec")) miss("mounts-noexec", "%s", point);
    if (strstr(others, "shared:") || strstr(others, "master:")) miss("mounts-private", "%s", point);
}

static void mounts(void) {
    static char table[1 << 16];
    int isProcSysThere = 0, isRootThere = 0;
    contents("/proc/self/mountinfo", table, sizeof table);
    for (char *line = strtok(table, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        char point[4096], options[1024];
        int end = 0;
        if (sscanf(line, "%*s %*s %*s %*s %4095s %1023s%n", point, options, &end) != 2) continue;
        char *dash = strstr(line + end, " - ");
        if (dash != NULL) *dash = 0;
        look_at_mount(point, options, line + end);
        isProcSysThere |= strcmp(point, "/proc/sys") == 0;
        isRootThere |= strcmp(point, "/") == 0;
    }
    if (!isProcSysThere || !isRootThere) miss("mounts-read-only", "/proc/sys");
}

static void only(const char *wall, const char *directory, const char *known) {
    DIR *stream = opendir(directory);
    if (stream == NULL) miss(wall, "%s cannot be read", directory);
    for (struct dirent *entry; stream != NULL && (entry = readdir(stream)) != NULL;)
        if (!is_one_of(entry->d_name, known)) {
            miss(wall, "%s in %s", entry->d_name, directory);
            break;
        }
    if (stream != NULL) closedir(stream);
}

static void files(void) {
    only("files", "/", ". .. app bin cache data dev etc lib lib32 lib64 libx32 proc run sbin tmp usr");
    only("files", "/run", ". .. program");
    only("devices", "/dev", ". .. fd full null random shm stderr stdin stdout urandom zero");
    if (open("/etc/shadow", O_PATH | O_CLOEXEC) >= 0) miss("files", "/etc/shadow is there");
}

static void processes(void) {
    char own[16];
    snprintf(own, sizeof own, "1 %d", getpid());
    DIR *stream = opendir("/proc");
    for (struct dirent *entry; stream != NULL && (entry = readdir(stream)) != NULL;)
        if (strspn(entry->d_name, "0123456789") == strlen(entry->d_name) && !is_one_of(entry->d_name, own)) {
            miss("processes", "process %s can be seen", entry->d_name);
            break;
        }
    if (stream != NULL) closedir(stream);
    if (open("/proc/1/environ", O_RDONLY | O_CLOEXEC) >= 0) miss("init", "its environment can be read");
    if (getsid(0) != getpid()) miss("session", "it is the launcher's");
}

static void leaks(void) {
    static const char known[] = "CACHE_HOME HOME LOGNAME PATH SHELL TMPDIR USER XDG_CACHE_HOME XDG_CONFIG_HOME "
                                "XDG_DATA_HOME XDG_RUNTIME_DIR XDG_STATE_HOME YUN_DOMAIN YUN_PAGE";
    for (int descriptor = 3; descriptor < 1024; descriptor++)
        if (fcntl(descriptor, F_GETFD) >= 0) {
            miss("descriptors", "%d is open", descriptor);
            break;
        }
    for (char **variable = environ; *variable != NULL; variable++) {
        char name[64];
        snprintf(name, sizeof name, "%.*s", (int)strcspn(*variable, "="), *variable);
        if (!is_one_of(name, known)) {
            miss("environment", "%s is set", name);
            break;
        }
    }
}

static void limits(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_CORE, &limit) < 0 || limit.rlim_max != 0) miss("limits", "core files are written");
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_max > 4096) miss("limits", "descriptors are unlimited");
}

int main(int count, char **arguments) {
    leaks();
    identity();
    namespaces(count, arguments);
    capabilities();
    landlock();
    mounts();
    files();
    processes();
    limits();
    if (count > 1 && strcmp(arguments[count - 1], "memfd") == 0)
        must_fail("memory-files", "an executable one", memfd_create("x", MFD_CLOEXEC | 0x10 /* MFD_EXEC */), EACCES);
    // Last: where it is not refused, tracing ourselves has begun.
    system_calls();
    return missing;
}
