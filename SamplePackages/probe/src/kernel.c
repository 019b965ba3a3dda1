/// The kernel's own doors: mounts, namespaces, authority, keyrings, instruments.
#define _GNU_SOURCE
#include "probe.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int procSys(void) { return outcome(open("/proc/sys/user/max_user_namespaces", O_WRONLY)); }
static int hostnameFile(void) { return outcome(open("/proc/sys/kernel/hostname", O_WRONLY)); }
static int sysrq(void) { return outcome(open("/proc/sysrq-trigger", O_WRONLY)); }
static int processComm(void) { return outcome(open("/proc/self/comm", O_WRONLY)); }

static int mountTmpfs(void) { return outcome(mount("tmpfs", "/tmp", "tmpfs", 0, NULL)); }
static int mountBind(void) { return outcome(mount("/data", "/tmp", NULL, MS_BIND, NULL)); }
static int remount(void) { return outcome(mount(NULL, "/app", NULL, MS_REMOUNT | MS_BIND, NULL)); }
static int unmount(void) { return outcome(umount2("/proc/sys", MNT_DETACH)); }
static int openTree(void) { return outcome(syscall(SYS_open_tree, AT_FDCWD, "/app", 1)); }
static int newFileSystem(void) { return outcome(syscall(SYS_fsopen, "tmpfs", 0)); }
static int pivot(void) { return outcome(syscall(SYS_pivot_root, "/data", "/data")); }
static int changeRoot(void) { return outcome(chroot("/data")); }

static int unshareUser(void) { return outcome(unshare(CLONE_NEWUSER)); }
static int unshareMounts(void) { return outcome(unshare(CLONE_NEWNS)); }
static int enterNamespace(void) {
    int space = open("/proc/self/ns/user", O_RDONLY);
    if (space < 0) return outcome(-1);
    return outcome(setns(space, 0));
}
static int cloneUser(void) {
    long child = syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0);
    if (child == 0) _exit(0);
    return outcome(child);
}
static int cloneThree(void) {
    uint64_t arguments[8] = {CLONE_NEWUSER, 0, 0, 0, SIGCHLD};
    long child = syscall(435, arguments, sizeof arguments);
    if (child == 0) _exit(0);
    return outcome(child);
}

static int becomeRoot(void) { return outcome(setuid(0)); }
static int becomeOther(void) { return outcome(setuid(1)); }
static int takeCapabilities(void) {
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct all[2] = {{~0u, ~0u, 0}, {~0u, ~0u, 0}};
    return outcome(syscall(SYS_capset, &header, all));
}
static int boundingSet(void) {
    for (int capability = 0; prctl(PR_CAPBSET_READ, capability) >= 0; capability++)
        if (prctl(PR_CAPBSET_READ, capability) == 1) {
            detail("capability %d", capability);
            return ALLOWED;
        }
    return DENIED;
}
static int newPrivileges(void) { return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 ? DENIED : ALLOWED; }
static int setuidPrograms(void) {
    struct statvfs status;
    if (statvfs("/usr/bin", &status) < 0) return outcome(-1);
    return status.f_flag & ST_NOSUID ? DENIED : ALLOWED;
}
static int changeGroups(void) { return outcome(syscall(SYS_setgroups, 0, NULL)); }

static int keyring(void) { return outcome(syscall(SYS_add_key, "user", "probe", "x", 1, -4)); }
static int readKeyring(void) { return outcome(syscall(SYS_keyctl, 0, -3, 0)); }
static int fakeKeys(void) { return outcome(ioctl(0, TIOCSTI, "x")); }
static int fakeKeysHighBits(void) { return outcome(syscall(SYS_ioctl, 0, 0xFFFFFFFF00000000 | TIOCSTI, "x")); }
static int linuxConsole(void) {
    char code = 2;
    return outcome(ioctl(0, 0x541C, &code));
}

static int bpf(void) { return outcome(syscall(SYS_bpf, 0, NULL, 0)); }
static int perf(void) { return outcome(syscall(SYS_perf_event_open, NULL, 0, -1, -1, 0)); }
static int userFaults(void) { return outcome(syscall(SYS_userfaultfd, 1)); }
static int ring(void) {
    char parameters[120] = {0};
    return outcome(syscall(425, 1, parameters));
}
static int module(void) { return outcome(syscall(SYS_init_module, NULL, 0, "")); }
static int kexec(void) { return outcome(syscall(SYS_kexec_load, 0, 0, NULL, 0)); }
static int moduleFile(void) { return outcome(syscall(SYS_finit_module, 0, "", 0)); }
static int kexecFile(void) { return outcome(syscall(SYS_kexec_file_load, 0, 0, 1, "", 0)); }
static int requestKey(void) { return outcome(syscall(SYS_request_key, "user", "probe", NULL, -4)); }
static int swapOn(void) { return outcome(syscall(SYS_swapon, "/data/new", 0)); }
static int quota(void) { return outcome(syscall(SYS_quotactl, 0x800001, "/dev/vda", 0, NULL)); }
static int restart(void) { return outcome(syscall(SYS_reboot, 0, 0, 0, NULL)); }
static int setClock(void) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return outcome(clock_settime(CLOCK_REALTIME, &now));
}
static int kernelLog(void) {
    char buffer[256];
    return outcome(syscall(SYS_syslog, 3, buffer, sizeof buffer));
}
static int setName(void) { return outcome(sethostname("probe", 5)); }
static int noRandomization(void) { return outcome(personality(ADDR_NO_RANDOMIZE)); }
static int accounting(void) { return outcome(syscall(SYS_acct, NULL)); }
static int fanotify(void) { return outcome(syscall(SYS_fanotify_init, 0, 0)); }
static int sharedSegment(void) { return outcome(syscall(SYS_shmget, 0x79756e, 4096, 0)); }
static int unknownCall(void) { return outcome(syscall(900)); }

#ifdef __x86_64__
static int ports(void) { return outcome(syscall(SYS_iopl, 3)); }
static int x32(void) { return outcome(syscall(0x40000000 | SYS_getpid)); }
static int thirtyTwoBit(void) {
    long result;
    __asm__ volatile("int $0x80" : "=a"(result) : "a"(20) : "memory");
    return outcome(result < 0 ? -1 : 0);
}
#else
static int ports(void) { return SKIPPED; }
static int x32(void) { return SKIPPED; }
static int thirtyTwoBit(void) { return SKIPPED; }
#endif

const struct wall kernelWalls[] = {
    {"write-proc-sys", procSys}, {"write-kernel-hostname", hostnameFile}, {"write-sysrq", sysrq},
    {"write-proc-self", processComm}, {"mount-tmpfs", mountTmpfs}, {"mount-bind", mountBind},
    {"remount-writable", remount}, {"unmount", unmount}, {"clone-mount", openTree}, {"new-file-system", newFileSystem},
    {"pivot-root", pivot}, {"change-root", changeRoot}, {"unshare-user", unshareUser},
    {"unshare-mounts", unshareMounts}, {"enter-namespace", enterNamespace}, {"clone-new-user", cloneUser},
    {"clone3-new-user", cloneThree}, {"become-root", becomeRoot}, {"become-other-user", becomeOther},
    {"take-capabilities", takeCapabilities}, {"keep-bounding-set", boundingSet}, {"gain-privileges", newPrivileges},
    {"run-setuid", setuidPrograms}, {"change-groups", changeGroups}, {"add-key", keyring},
    {"read-keyring", readKeyring}, {"fake-keystrokes", fakeKeys}, {"fake-keystrokes-high-bits", fakeKeysHighBits},
    {"control-console", linuxConsole}, {"load-bpf", bpf}, {"open-perf", perf}, {"catch-page-faults", userFaults},
    {"create-io-ring", ring}, {"load-module", module}, {"load-kernel", kexec}, {"reboot", restart},
    {"set-clock", setClock}, {"read-kernel-log", kernelLog}, {"set-hostname", setName},
    {"disable-randomization", noRandomization}, {"account-processes", accounting}, {"watch-file-systems", fanotify},
    {"attach-shared-segment", sharedSegment}, {"call-unknown", unknownCall}, {"call-x32", x32},
    {"call-32-bit", thirtyTwoBit}, {"load-module-file", moduleFile}, {"load-kernel-file", kexecFile},
    {"request-key", requestKey}, {"swap-on", swapOn}, {"control-quota", quota}, {"open-ports", ports}, {NULL, NULL},
};
