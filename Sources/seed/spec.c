/// The spec of one launch: read whole from the link, and checked before anything in it is used.
#define _GNU_SOURCE
#include "seed.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

struct shared *shared;

const char *text(uint32_t offset) { return shared->block.bytes + offset; }
const void *records(struct seed_range range) { return shared->block.bytes + range.offset; }

static void refuse_unless(int good, const char *what) {
    if (good) return;
    errno = EINVAL;
    fail("spec", what);
}

static void check_text(uint32_t offset) { refuse_unless(offset < spec->size_bytes, "text"); }

static void check_range(struct seed_range range, uint32_t unit, uint32_t alignment, const char *what) {
    uint32_t size = spec->size_bytes;
    refuse_unless(range.offset <= size && range.offset % alignment == 0, what);
    refuse_unless(range.count <= (size - range.offset) / unit, what);
}

static void check_texts(struct seed_range range, const char *what) {
    check_range(range, sizeof(uint32_t), sizeof(uint32_t), what);
    refuse_unless(range.count <= SEED_ARGUMENTS_MAX, what);
    const uint32_t *offsets = records(range);
    for (uint32_t i = 0; i < range.count; i++) check_text(offsets[i]);
}

/// A target must stay below the new root, whatever the launcher wrote.
static void check_target(const char *target) {
    refuse_unless(target[0] != 0 && target[0] != '/', "target");
    for (const char *part = target; part != NULL; part = strchr(part, '/')) {
        if (*part == '/') part++;
        size_t length = strcspn(part, "/");
        refuse_unless(length != 0 && !(length == 2 && part[0] == '.' && part[1] == '.'), "target");
    }
}

static void check_operations(void) {
    check_range(spec->operations, sizeof(struct seed_operation), 8, "operations");
    refuse_unless(spec->operations.count <= SEED_OPERATIONS_MAX, "operations");
    const struct seed_operation *operations = records(spec->operations);
    for (uint32_t i = 0; i < spec->operations.count; i++) {
        const struct seed_operation *operation = &operations[i];
        refuse_unless(operation->kind >= SEED_DIRECTORY && operation->kind <= SEED_PROC, "operation");
        check_text(operation->target);
        check_target(text(operation->target));
        check_text(operation->source);
        if (operation->kind == SEED_FILE)
            check_range((struct seed_range){operation->source, operation->source_bytes}, 1, 1, "file");
    }
}

static void check(size_t size, uint32_t descriptors) {
    refuse_unless(size >= sizeof *spec && spec->magic == SEED_MAGIC, "magic");
    refuse_unless(spec->version == SEED_VERSION, "version");
    refuse_unless(spec->size_bytes == size && shared->block.bytes[size - 1] == 0, "size");
    refuse_unless((spec->flags & ~(uint32_t)(SEED_TERMINAL | SEED_REPORTS)) == 0, "flags");
    refuse_unless(spec->descriptors >= 3 && spec->descriptors + !!(spec->flags & SEED_REPORTS) == descriptors,
                  "descriptors");
    check_text(spec->hostname);
    check_text(spec->directory);
    check_text(spec->executable);
    check_operations();
    check_range(spec->rules, sizeof(struct seed_rule), 8, "rules");
    for (uint32_t i = 0; i < spec->rules.count; i++) check_text(((const struct seed_rule *)records(spec->rules))[i].path);
    check_range(spec->limits, sizeof(struct seed_limit), 8, "limits");
    check_range(spec->filter, 8, 8, "filter");
    refuse_unless(spec->filter.count > 0 && spec->filter.count <= 4096, "filter");
    check_texts(spec->arguments, "arguments");
    check_texts(spec->environment, "environment");
}

static uint32_t keep_descriptors(struct msghdr *message) {
    uint32_t count = 0;
    refuse_unless(!(message->msg_flags & MSG_CTRUNC), "descriptors");
    struct cmsghdr *header = CMSG_FIRSTHDR(message);
    if (header != NULL && header->cmsg_type == SCM_RIGHTS) {
        count = (uint32_t)((header->cmsg_len - CMSG_LEN(0)) / sizeof(int));
        refuse_unless(count <= SEED_DESCRIPTORS_MAX, "descriptors");
        memcpy(shared->descriptors, CMSG_DATA(header), count * sizeof(int));
    }
    return count;
}

int receive_spec(void) {
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(SEED_DESCRIPTORS_MAX * sizeof(int))];
    } control;
    size_t size = 0;
    uint32_t descriptors = 0;
    for (;;) {
        struct iovec content = {shared->block.bytes + size, sizeof shared->block - size};
        struct msghdr message = {
            .msg_iov = &content, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
        ssize_t got = recvmsg(own.link, &message, 0);
        if (got < 0) fail("spec", "read");
        // All come with the first byte.
        if (size == 0) descriptors = keep_descriptors(&message);
        else refuse_unless(message.msg_controllen == 0, "descriptors");
        if (got == 0) break;
        size += (size_t)got;
    }
    if (size == 0 && descriptors == 0) return 0;
    check(size, descriptors);
    return 1;
}
