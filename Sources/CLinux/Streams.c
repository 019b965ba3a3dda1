#define _GNU_SOURCE
#include "CLinux.h"

#include <fcntl.h>
#include <ifaddrs.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>

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

enum yun_stream_kind yun_stream_kind(int descriptor, int writing) {
    struct stat status;
    int flags = fcntl(descriptor, F_GETFL);
    if (flags < 0 || flags & O_PATH || fstat(descriptor, &status) != 0) return YUN_STREAM_OTHER;
    int access = flags & O_ACCMODE;
    if (access != O_RDWR && access != (writing ? O_WRONLY : O_RDONLY)) return YUN_STREAM_OTHER;
    if (S_ISREG(status.st_mode)) return YUN_STREAM_FILE;
    if (S_ISFIFO(status.st_mode)) return YUN_STREAM_PIPE;
    return S_ISSOCK(status.st_mode) ? YUN_STREAM_SOCKET : YUN_STREAM_OTHER;
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
