/// Unix sockets with descriptors beside their bytes. As in CLinux.h: failures are -1 with errno.
#ifndef YUN_SOCKETS_H
#define YUN_SOCKETS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/// A stream socket that listens as `name` in `directory`. The address goes by way of the directory's descriptor, since
/// a socket's own holds 107 bytes only.
int yun_socket_listen(int directory, const char *name, int backlog);
/// Waits for the next caller.
int yun_socket_accept(int listener);
/// Calls whoever listens as `name` in `directory`.
int yun_socket_connect(int directory, const char *name);
/// Two stream sockets that are connected to each other.
int yun_stream_pair(int pair[2]);

struct yun_peer {
    pid_t process;
    uid_t user;
};
/// Who called, as the kernel saw it when the connection was made.
int yun_socket_peer(int socket, struct yun_peer *peer);
/// The pid descriptor of who called; ENOPROTOOPT before Linux 6.5.
int yun_socket_peer_handle(int socket);

enum { YUN_MESSAGE_DESCRIPTORS_MAX = 16 };
/// Sends what fits without waiting, the descriptors with its first byte; EAGAIN where nothing fits, EPIPE where nobody
/// reads any more (no signal).
ssize_t yun_message_send(int socket, const void *bytes, size_t size_bytes, const int *descriptors, size_t count);
/// Receives up to `size_bytes` bytes, waiting for the first, with the descriptors that came with them, close-on-exec;
/// more than `*count` on entry are closed unseen. 0 at the end.
ssize_t yun_message_receive(int socket, void *bytes, size_t size_bytes, int *descriptors, size_t *count);
/// Sends a datagram to the socket at a path, or at an abstract name where the first character is `@`.
int yun_notify_manager(const char *address, const char *text);
/// Waits until `descriptor` can be written without waiting, up to `timeout_ms` milliseconds. 1 writable or broken, 0 not.
int yun_wait_writable(int descriptor, int timeout_ms);

/// Waits until `descriptor` can be read or the other end of `socket` (-1: none) has hung up, up to `timeout_ms`
/// milliseconds (-1: forever). 1 readable, 2 hung up, 0 neither.
int yun_wait_either(int descriptor, int socket, int timeout_ms);

/// Like yun_wait_either, but not for the end of what the other end writes: only for a socket that is closed, by either.
int yun_wait_unless_closed(int descriptor, int socket, int timeout_ms);

/// A counter to wake a waiting thread with.
int yun_event_create(void);
int yun_event_set(int descriptor);
int yun_event_clear(int descriptor);

#endif
