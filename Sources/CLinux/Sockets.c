#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#ifndef SO_PEERPIDFD
#define SO_PEERPIDFD 77
#endif

static int address_of(int directory, const char *name, struct sockaddr_un *address) {
    *address = (struct sockaddr_un){.sun_family = AF_UNIX};
    int length = snprintf(address->sun_path, sizeof address->sun_path, "/proc/self/fd/%d/%s", directory, name);
    if (length < 0 || (size_t)length >= sizeof address->sun_path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    return 0;
}

static int close_keeping_errno(int descriptor) {
    int error = errno;
    close(descriptor);
    errno = error;
    return -1;
}

int yun_socket_listen(int directory, const char *name, int backlog) {
    struct sockaddr_un address;
    if (address_of(directory, name, &address) < 0) return -1;
    int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (listener < 0) return -1;
    if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0 ||
        fchmodat(directory, name, 0600, 0) < 0 || listen(listener, backlog) < 0)
        return close_keeping_errno(listener);
    return listener;
}

int yun_socket_accept(int listener) {
    int connection;
    do connection = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    while (connection < 0 && (errno == EINTR || errno == ECONNABORTED));
    return connection;
}

int yun_socket_connect(int directory, const char *name) {
    struct sockaddr_un address;
    if (address_of(directory, name, &address) < 0) return -1;
    int connection = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connection < 0) return -1;
    if (connect(connection, (struct sockaddr *)&address, sizeof address) < 0) return close_keeping_errno(connection);
    return connection;
}

int yun_stream_pair(int pair[2]) { return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair); }

int yun_socket_peer(int socket, struct yun_peer *peer) {
    struct ucred credentials;
    socklen_t size = sizeof credentials;
    if (getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &credentials, &size) < 0) return -1;
    *peer = (struct yun_peer){credentials.pid, credentials.uid};
    return 0;
}

int yun_socket_peer_handle(int socket) {
    int handle = -1;
    socklen_t size = sizeof handle;
    return getsockopt(socket, SOL_SOCKET, SO_PEERPIDFD, &handle, &size) < 0 ? -1 : handle;
}

ssize_t yun_message_send(int socket, const void *bytes, size_t size_bytes, const int *descriptors, size_t count) {
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(sizeof(int) * YUN_MESSAGE_DESCRIPTORS_MAX)];
    } control;
    if (count > YUN_MESSAGE_DESCRIPTORS_MAX) {
        errno = E2BIG;
        return -1;
    }
    struct iovec content = {(void *)(uintptr_t)bytes, size_bytes};
    struct msghdr message = {.msg_iov = &content, .msg_iovlen = 1};
    if (count > 0) {
        memset(&control, 0, sizeof control);
        control.header = (struct cmsghdr){CMSG_LEN(sizeof(int) * count), SOL_SOCKET, SCM_RIGHTS};
        memcpy(CMSG_DATA(&control.header), descriptors, sizeof(int) * count);
        message.msg_control = &control;
        message.msg_controllen = CMSG_SPACE(sizeof(int) * count);
    }
    ssize_t sent;
    do sent = sendmsg(socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    while (sent < 0 && errno == EINTR);
    return sent;
}

ssize_t yun_message_receive(int socket, void *bytes, size_t size_bytes, int *descriptors, size_t *count) {
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(sizeof(int) * YUN_MESSAGE_DESCRIPTORS_MAX)];
    } control;
    struct iovec content = {bytes, size_bytes};
    struct msghdr message = {
        .msg_iov = &content, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    ssize_t got;
    do got = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    while (got < 0 && errno == EINTR);
    size_t room = *count;
    *count = 0;
    if (got < 0) return -1;
    for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header != NULL; header = CMSG_NXTHDR(&message, header)) {
        if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
        size_t sent = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t i = 0; i < sent; i++) {
            int descriptor;
            memcpy(&descriptor, CMSG_DATA(header) + i * sizeof descriptor, sizeof descriptor);
            if (*count < room) descriptors[(*count)++] = descriptor;
            else close(descriptor);
        }
    }
    return got;
}

int yun_wait_writable(int descriptor, int timeout_ms) {
    struct pollfd wait = {.fd = descriptor, .events = POLLOUT};
    int count;
    do count = poll(&wait, 1, timeout_ms);
    while (count < 0 && errno == EINTR);
    return count;
}

static int wait_for(int descriptor, int socket, short events, int timeout_ms) {
    struct pollfd waits[2] = {{.fd = descriptor, .events = POLLIN}, {.fd = socket, .events = events}};
    int count;
    do count = poll(waits, 2, timeout_ms);
    while (count < 0 && errno == EINTR);
    if (waits[0].revents != 0) return 1;
    return waits[1].revents != 0 ? 2 : 0;
}

int yun_wait_either(int descriptor, int socket, int timeout_ms) {
    return wait_for(descriptor, socket, POLLRDHUP, timeout_ms);
}

int yun_wait_unless_closed(int descriptor, int socket, int timeout_ms) {
    return wait_for(descriptor, socket, 0, timeout_ms);
}

int yun_event_create(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

int yun_event_set(int descriptor) { return eventfd_write(descriptor, 1); }

int yun_event_clear(int descriptor) {
    eventfd_t count;
    return eventfd_read(descriptor, &count);
}

int yun_notify_manager(const char *name, const char *text) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t length = strlen(name);
    if (length >= sizeof address.sun_path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memcpy(address.sun_path, name, length);
    if (name[0] == '@') address.sun_path[0] = 0;
    int sender = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (sender < 0) return -1;
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
    ssize_t sent = sendto(sender, text, strlen(text), MSG_NOSIGNAL, (struct sockaddr *)&address, size);
    return sent < 0 ? close_keeping_errno(sender) : close(sender);
}
