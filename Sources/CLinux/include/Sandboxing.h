/// System calls that the sandbox's launcher needs. As in CLinux.h: failures are -1 with errno.
#ifndef YUN_SANDBOXING_H
#define YUN_SANDBOXING_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/// AUDIT_ARCH_* of this machine, which a seccomp filter must check before it trusts a call number.
uint32_t yun_audit_architecture(void);

/// The system calls of this architecture that the build's kernel headers know, in no order.
size_t yun_system_call_count(void);
const char *yun_system_call_name(size_t index);
uint32_t yun_system_call_number(size_t index);

/// Binds the calling process for good: no descriptors but the first three, no files, no processes, `data_bytes` of memory
/// and `processor_seconds`, and in all of its threads only the calls that the filter of `count` instructions lets through.
int yun_confine(const void *filter, size_t count, uint64_t data_bytes, uint64_t processor_seconds);

/// Landlock's version in the running kernel, or -1.
int yun_landlock_abi(void);

/// A call that the filter asks about.
struct yun_notification {
    uint64_t id;
    uint32_t process;
    uint32_t number;
    uint64_t arguments[6];
};
/// Waits for a call; ENOENT where its process died meanwhile.
int yun_notification_receive(int listener, struct yun_notification *notification);
/// Lets the call fail with `error`, or goes on with it where `error` is 0.
int yun_notification_answer(int listener, uint64_t id, int error);
/// Whether the process that called still waits: if not, its id may belong to another by now.
int yun_notification_is_valid(int listener, uint64_t id);
/// Reads up to `size_bytes` of another process's memory; a short count is where its mapping ends.
ssize_t yun_process_read(pid_t process, uint64_t address, void *buffer, size_t size_bytes);

int yun_pipe(int pair[2]);
/// Unix sockets that keep messages apart, or a stream.
int yun_socket_pair(int pair[2]);
/// Sends all bytes over a Unix socket, with `count` descriptors beside the first. EPIPE where nobody reads, no signal.
int yun_send(int socket, const void *bytes, size_t size_bytes, const int *descriptors, size_t count);
/// Waits for `size_bytes` bytes and perhaps one descriptor, -1 where none came along. A short count is the end.
ssize_t yun_receive(int socket, void *buffer, size_t size_bytes, int *descriptor);
/// Waits until `descriptor` can be read, up to `timeout_ms` milliseconds (-1: forever). 1 readable, 2 hung up, 0 neither.
int yun_wait_readable(int descriptor, int timeout_ms);

/// A new pseudo terminal: the controlling end, which never waits, then the program's end.
int yun_terminal_open(int pair[2]);
int yun_terminal_copy_size(int from, int to);
/// Bytes of a terminal's settings, to be put back later.
struct yun_terminal_settings {
    unsigned char bytes[128];
};
int yun_terminal_save(int terminal, struct yun_terminal_settings *settings);
int yun_terminal_restore(int terminal, const struct yun_terminal_settings *settings);
/// Every key goes to the program as it is.
int yun_terminal_make_raw(int terminal);
/// A descriptor that becomes readable on each of `count` signals, which are blocked for the calling thread.
int yun_signal_descriptor(const int *signals, size_t count);
/// The next signal of such a descriptor; -1 if there is none yet.
int yun_signal_next(int descriptor);

#endif
