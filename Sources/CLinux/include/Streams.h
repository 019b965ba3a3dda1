/// What Swift cannot reach of sockets, pipes and event counters.
#ifndef YUN_STREAMS_H
#define YUN_STREAMS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/// eventfd(2) that counts down by one for each read, close-on-exec; reading never waits.
int yun_event_counter(void);

/// Bytes that a TCP connection has received and sent so far, repeated ones too; 0 or -1.
int yun_tcp_bytes(int socket, uint64_t *received, uint64_t *sent);

/// The name of the network interface that has the local address of a socket, "" where none has; 0 or -1.
int yun_local_interface(int socket, char name[16]);

enum yun_stream_kind { YUN_STREAM_OTHER, YUN_STREAM_FILE, YUN_STREAM_PIPE, YUN_STREAM_SOCKET };
/// What a descriptor of another process stands for, where it can be read (or, with `writing`, written) without lending
/// that process more than its own rights; YUN_STREAM_OTHER where not. Files lie on a disk or in memory; sockets are
/// stream ends of a pair.
enum yun_stream_kind yun_stream_kind(int descriptor, int writing);

/// Opens the pipe behind a descriptor again, close-on-exec and non-blocking: flags are shared by everybody who has the
/// same open file, so those of a descriptor that another process gave away can change at any time.
int yun_reopen_pipe(int descriptor, int writing);

/// Lets a pipe hold up to `count` bytes, where the kernel and the user's share of it allow.
void yun_widen_pipe(int descriptor, int count);

/// read(2) and write(2) of a socket that never wait, and never raise SIGPIPE.
ssize_t yun_receive_now(int socket, void *bytes, size_t count);
ssize_t yun_send_now(int socket, const void *bytes, size_t count);

#endif
