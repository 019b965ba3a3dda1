/// What the sandbox tells about its host and its launcher.
#define _GNU_SOURCE
#include "probe.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

extern char **environ;

static int descriptors(void) {
    DIR *directory = opendir("/proc/self/fd");
    if (directory == NULL) return outcome(-1);
    for (struct dirent *entry; (entry = readdir(directory));) {
        int number = atoi(entry->d_name);
        if (number <= 2 || number == dirfd(directory)) continue;
        detail("descriptor %d", number);
        return ALLOWED;
    }
    return DENIED;
}

static int environment(void) {
    static const char *const known[] = {
        "HOME", "USER", "LOGNAME", "SHELL", "PATH", "TMPDIR", "XDG_", "YUN_", "LANG", "TERM", "PWD", "DISPLAY",
        "WAYLAND_DISPLAY", "XAUTHORITY",
        // What a web page's toolkit and engine are told.
        "DBUS_", "GDK_BACKEND", "GIO_", "GSETTINGS_BACKEND", "NO_AT_BRIDGE", "LIBGL_", "WEBKIT_", NULL};
    for (char **variable = environ; *variable; variable++) {
        int isKnown = 0;
        for (int i = 0; known[i]; i++) isKnown |= strncmp(*variable, known[i], strlen(known[i])) == 0;
        if (!isKnown) {
            detail("%.40s", *variable);
            return ALLOWED;
        }
    }
    return DENIED;
}

static int contains(const char *path, const char *text) {
    static char buffer[1 << 16];
    int file = open(path, O_RDONLY);
    if (file < 0 || read(file, buffer, sizeof buffer - 1) < 0) return outcome(-1);
    return strstr(buffer, text) ? ALLOWED : DENIED;
}

static int mountNames(void) { return given("path") ? contains("/proc/self/mountinfo", given("path")) : SKIPPED; }

static int hostName(void) {
    struct utsname name;
    uname(&name);
    detail("%s", name.nodename);
    return given("name") ? strcmp(name.nodename, given("name")) == 0 : SKIPPED;
}

static int rootInside(void) {
    detail("user %d", (int)getuid());
    return getuid() == 0 || geteuid() == 0 ? ALLOWED : DENIED;
}

/// Nested maps hide who we are outside. What belongs to the host's root looks like ours only if we are that root.
static int rootOutside(void) {
    struct stat system;
    if (stat("/usr", &system) < 0) return outcome(-1);
    detail("/usr belongs to %u, we are %u", system.st_uid, getuid());
    return system.st_uid == getuid() ? ALLOWED : DENIED;
}

static int groups(void) {
    gid_t list[64];
    int count = getgroups(64, list);
    for (int i = 0; i < count; i++)
        if (list[i] != getgid()) {
            detail("group %d", (int)list[i]);
            return ALLOWED;
        }
    return DENIED;
}

static int session(void) {
    detail("session %d", (int)getsid(0));
    return getsid(0) == 0 ? ALLOWED : DENIED;
}

static int otherProcesses(void) {
    DIR *directory = opendir("/proc");
    int count = 0;
    if (directory == NULL) return outcome(-1);
    for (struct dirent *entry; (entry = readdir(directory));) count += atoi(entry->d_name) > 0;
    detail("%d processes", count);
    // Init, bubblewrap's helper, the probe and this child.
    return count > 4 ? ALLOWED : DENIED;
}

static int launcherArguments(void) {
    return given("path") ? contains("/proc/1/cmdline", given("path")) : SKIPPED;
}

const struct wall leakWalls[] = {
    {"inherit-descriptors", descriptors}, {"inherit-environment", environment}, {"see-host-paths", mountNames},
    {"see-host-name", hostName}, {"be-root-inside", rootInside}, {"be-root-outside", rootOutside},
    {"keep-groups", groups}, {"keep-session", session}, {"see-other-processes", otherProcesses},
    {"see-launcher-arguments", launcherArguments}, {NULL, NULL},
};
