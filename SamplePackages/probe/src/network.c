/// Sockets, of the machine and of the network.
#define _GNU_SOURCE
#include "probe.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int connectUnix(const char *path, int isAbstract) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    strncpy(address.sun_path + isAbstract, path, sizeof address.sun_path - 2);
    int socketDescriptor = socket(AF_UNIX, SOCK_STREAM, 0);
    socklen_t length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + (size_t)isAbstract + strlen(path));
    return outcome(connect(socketDescriptor, (struct sockaddr *)&address, length));
}

static int hostSocket(void) { return given("socket") ? connectUnix(given("socket"), 0) : SKIPPED; }
static int abstractSocket(void) { return given("abstract") ? connectUnix(given("abstract"), 1) : SKIPPED; }
static int pageManager(void) { return given("manager") ? connectUnix(given("manager"), 0) : SKIPPED; }
static int otherBroker(void) { return given("brokers") ? outcome(open(given("brokers"), O_RDONLY)) : SKIPPED; }
static int ownBroker(void) { return getenv("YUN_BROKER") ? connectUnix(getenv("YUN_BROKER"), 0) : SKIPPED; }

/// Calls the broker, and returns the descriptor that comes with the reply.
static int call(const char *text) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    strncpy(address.sun_path, getenv("YUN_BROKER"), sizeof address.sun_path - 1);
    int broker = socket(AF_UNIX, SOCK_STREAM, 0);
    if (connect(broker, (struct sockaddr *)&address, sizeof address) < 0) return -1;
    if (write(broker, text, strlen(text) + 1) < 0) return -1;
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(sizeof(int))];
    } control;
    char reply[4096];
    struct iovec content = {reply, sizeof reply};
    struct msghdr message = {
        .msg_iov = &content, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    if (recvmsg(broker, &message, 0) < 0 || message.msg_controllen == 0) return -1;
    return *(int *)(void *)CMSG_DATA(&control.header);
}

/// What may not be run from the own data may not be run from what the broker opens there either.
static int brokersFile(void) {
    if (!getenv("YUN_BROKER")) return SKIPPED;
    call("{\"method\":\"com.yunos.storage.WriteFile\",\"parameters\":{\"path\":\"code\",\"text\":\"x\"}}");
    int file = call("{\"method\":\"com.yunos.storage.ReadFile\",\"parameters\":{\"path\":\"code\"}}");
    if (file < 0) {
        detail("no file");
        return ALLOWED;
    }
    return outcome(mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, file, 0) == MAP_FAILED ? -1 : 0);
}

/// The way from a file that the broker has opened to what lies beside the app's own files.
static int aroundBrokersFile(void) {
    if (!getenv("YUN_BROKER")) return SKIPPED;
    int file = call("{\"method\":\"com.yunos.storage.ReadFile\",\"parameters\":{\"path\":\"code\"}}");
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d/../../values.db", file);
    return outcome(open(path, O_RDONLY));
}

static int displayServer(void) { return connectUnix("/tmp/.X11-unix/X0", 1); }
static int systemBus(void) { return connectUnix("/run/dbus/system_bus_socket", 0); }

static struct sockaddr_in internet(const char *host, int port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    inet_pton(AF_INET, host, &address.sin_addr);
    return address;
}

static int connectTo(const char *host, int port) {
    struct sockaddr_in address = internet(host, port);
    // Not waiting: an attempt that is under way has passed the wall.
    int socketDescriptor = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    return outcome(connect(socketDescriptor, (struct sockaddr *)&address, sizeof address));
}

static int outside(void) { return connectTo("192.0.2.1", 443); }
static int loopback(void) { return given("port") ? connectTo("127.0.0.1", atoi(given("port"))) : SKIPPED; }

static int outsideSix(void) {
    struct sockaddr_in6 address = {.sin6_family = AF_INET6, .sin6_port = htons(443)};
    inet_pton(AF_INET6, "2001:db8::1", &address.sin6_addr);
    int socketDescriptor = socket(AF_INET6, SOCK_STREAM | SOCK_NONBLOCK, 0);
    return outcome(connect(socketDescriptor, (struct sockaddr *)&address, sizeof address));
}

static int bindTo(int type) {
    struct sockaddr_in address = internet("127.0.0.1", 8080);
    return outcome(bind(socket(AF_INET, type, 0), (struct sockaddr *)&address, sizeof address));
}
static int bindStream(void) { return bindTo(SOCK_STREAM); }

static int sendTo(const char *host, int port) {
    struct sockaddr_in address = internet(host, port);
    return outcome(sendto(socket(AF_INET, SOCK_DGRAM, 0), "x", 1, 0, (struct sockaddr *)&address, sizeof address));
}
static int sendOutside(void) { return sendTo("192.0.2.1", 9); }
static int askNames(void) { return sendTo("192.0.2.53", 53); }

static int rawSocket(void) { return outcome(socket(AF_INET, SOCK_RAW, IPPROTO_ICMP)); }
static int pingSocket(void) { return outcome(socket(AF_INET, SOCK_DGRAM, IPPROTO_ICMP)); }
static int packetSocket(void) { return outcome(socket(AF_PACKET, SOCK_RAW, 0)); }
static int machineSocket(void) { return outcome(socket(AF_VSOCK, SOCK_STREAM, 0)); }
static int netlinkSocket(void) { return outcome(socket(AF_NETLINK, SOCK_RAW, 0)); }
static int cipherSocket(void) { return outcome(socket(AF_ALG, SOCK_SEQPACKET, 0)); }
static int bluetooth(void) { return outcome(socket(AF_BLUETOOTH, SOCK_RAW, 1)); }
static int interfaces(void) {
    // More than the loopback interface.
    int file = open("/proc/net/dev", O_RDONLY);
    char text[4096] = {0};
    if (file < 0 || read(file, text, sizeof text - 1) < 0) return outcome(-1);
    int lines = 0;
    for (char *c = text; *c; c++) lines += *c == '\n';
    detail("%d interfaces", lines - 2);
    return lines > 3 ? ALLOWED : DENIED;
}

const struct wall networkWalls[] = {
    {"connect-host-socket", hostSocket}, {"connect-abstract-socket", abstractSocket},
    {"connect-page-manager", pageManager}, {"see-other-brokers", otherBroker}, {"connect-own-broker", ownBroker},
    {"map-brokers-file-executable", brokersFile}, {"go-around-brokers-file", aroundBrokersFile},
    {"connect-x11", displayServer}, {"connect-system-bus", systemBus}, {"connect-outside", outside},
    {"connect-outside-ipv6", outsideSix}, {"connect-loopback", loopback}, {"bind-tcp", bindStream},
    {"send-udp", sendOutside}, {"ask-dns", askNames}, {"create-raw-socket", rawSocket},
    {"create-ping-socket", pingSocket}, {"create-packet-socket", packetSocket}, {"create-vsock", machineSocket},
    {"create-netlink-socket", netlinkSocket}, {"create-cipher-socket", cipherSocket},
    {"create-bluetooth-socket", bluetooth}, {"see-interfaces", interfaces}, {NULL, NULL},
};
