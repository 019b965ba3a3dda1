#define _GNU_SOURCE
#include "CLinux.h"

#include <fcntl.h>
#include <ifaddrs.h>
#include <linux/magic.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/vfs.h>

int yun_event_counter(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK | EFD_SEMAPHORE); }

int yun_tcp_bytes(int socket, uint64_t *received, uint64_t *sent) {
    struct tcp_info info = {0};
    socklen_t size = sizeof info;
    if (getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return -1;
    *received = info.tcpi_bytes_received;
    *sent = info.tcpi_bytes_sent;
    return 0;
}

static int same_address(const struct sockaddr *left, const struct sockaddr *right) {
    if (!left || left->sa_family != right->sa_family) return 0;
    if (left->sa_family == AF_INET)
        return memcmp(&((const struct sockaddr_in *)left)->sin_addr, &((const struct sockaddr_in *)right)->sin_addr,
                      sizeof(struct in_addr)) == 0;
    return left->sa_family == AF_INET6 &&
           memcmp(&((const struct sockaddr_in6 *)left)->sin6_addr, &((const struct sockaddr_in6 *)right)->sin6_addr,
                  sizeof(struct in6_addr)) == 0;
}

int yun_local_interface(int socket, char name[16]) {
    struct sockaddr_storage local;
    socklen_t size = sizeof local;
    struct ifaddrs *all = NULL;
    name[0] = 0;
    if (getsockname(socket, (struct sockaddr *)&local, &size) != 0 || getifaddrs(&all) != 0) return -1;
    for (struct ifaddrs *one = all; one; one = one->ifa_next)
        if (same_address(one->ifa_addr, (struct sockaddr *)&local)) {
            snprintf(name, 16, "%s", one->ifa_name);
            break;
        }
    freeifaddrs(all);
    return 0;
}

/// Whether a file's bytes lie on a disk or in memory. Those of the kernel's own file systems are made when they are read
/// and do something when they are written, judged by who reads and writes; a FUSE file waits for another process.
static int is_plain(int descriptor) {
    struct statfs status;
    if (fstatfs(descriptor, &status) != 0) return 0;
    switch ((unsigned)status.f_type) {
    case PROC_SUPER_MAGIC: case SYSFS_MAGIC: case CGROUP_SUPER_MAGIC: case CGROUP2_SUPER_MAGIC:
    case DEBUGFS_MAGIC: case TRACEFS_MAGIC: case SECURITYFS_MAGIC: case SELINUX_MAGIC: case BPF_FS_MAGIC:
    case FUSE_SUPER_MAGIC: case EFIVARFS_MAGIC: case PSTOREFS_MAGIC: case BINFMTFS_MAGIC: case SMACK_MAGIC:
    case NSFS_MAGIC: case 0x62656570 /* configfs */: return 0;
    default: return 1;
    }
}

/// Whether a socket is one end of a pair that somebody made with socketpair(2): a connection to a service could tell it
/// that we are the sender.
static int is_pair(int socket) {
    int domain = 0, type = 0;
    socklen_t size = sizeof domain;
    struct sockaddr_un name;
    socklen_t own = sizeof name, peer = sizeof name;
    return getsockopt(socket, SOL_SOCKET, SO_DOMAIN, &domain, &size) == 0 && domain == AF_UNIX &&
           getsockopt(socket, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_STREAM &&
           getsockname(socket, (struct sockaddr *)&name, &own) == 0 && own == sizeof(sa_family_t) &&
           getpeername(socket, (struct sockaddr *)&name, &peer) == 0 && peer == sizeof(sa_family_t);
}

enum yun_stream_kind yun_stream_kind(int descriptor, int writing) {
    struct stat status;
    int flags = fcntl(descriptor, F_GETFL);
    if (flags < 0 || flags & O_PATH || fstat(descriptor, &status) != 0) return YUN_STREAM_OTHER;
    int access = flags & O_ACCMODE;
    if (access != O_RDWR && access != (writing ? O_WRONLY : O_RDONLY)) return YUN_STREAM_OTHER;
    if (S_ISREG(status.st_mode)) return is_plain(descriptor) ? YUN_STREAM_FILE : YUN_STREAM_OTHER;
    if (S_ISFIFO(status.st_mode)) return YUN_STREAM_PIPE;
    return S_ISSOCK(status.st_mode) && is_pair(descriptor) ? YUN_STREAM_SOCKET : YUN_STREAM_OTHER;
}

int yun_reopen_pipe(int descriptor, int writing) {
    char path[32];
    snprintf(path, sizeof path, "/proc/self/fd/%d", descriptor);
    return open(path, (writing ? O_WRONLY : O_RDONLY) | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
}

void yun_widen_pipe(int descriptor, int count) {
    if (fcntl(descriptor, F_GETPIPE_SZ) < count) (void)fcntl(descriptor, F_SETPIPE_SZ, count);
}

ssize_t yun_receive_now(int socket, void *bytes, size_t count) { return recv(socket, bytes, count, MSG_DONTWAIT); }

ssize_t yun_send_now(int socket, const void *bytes, size_t count) {
    return send(socket, bytes, count, MSG_DONTWAIT | MSG_NOSIGNAL);
}
